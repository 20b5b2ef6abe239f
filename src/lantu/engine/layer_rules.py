"""The rules about layers and about the blueprint as a whole: judged at once, on what loading has noted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.engine import answers
from lantu.engine.judging import crash_message
from lantu.engine.wording import findings_of
from lantu.messages import listed, message
from lantu.model import Outcome
from lantu.rules.base import BlueprintRule, LayerRule, takes
from lantu.standards import StandardName

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lantu.engine.gathering import Gathering
    from lantu.model import BoolArray, Layer
    from lantu.rules.base import Rule


def judge_deliveries(rules: Sequence[Rule], gathering: Gathering) -> None:
    """Run the rules about layers and about the blueprint as a whole."""
    facts = gathering.facts
    for rule in rules:
        if isinstance(rule, BlueprintRule):
            try:
                verdict, departments = rule.judge(facts)
                table = findings_of(rule, verdict, None, None, facts, departments)
            except Exception as error:  # noqa: BLE001  # a crash inside a rule is that rule's answer only
                gathering.outcomes.append(answers.not_checked(rule.code, None, None, crash_message(error)))
                continue
            gathering.tables.append(table)
            gathering.outcomes.append(
                _simple_outcome(rule, None, len(facts.departments), verdict.undecidable)
            )
        elif isinstance(rule, LayerRule):
            _judge_layers(rule, gathering)


def _judge_layers(rule: LayerRule, gathering: Gathering) -> None:
    subjects = [layer for layer in gathering.facts.layers if takes(rule.subjects, layer)]
    if not subjects:
        lacking = message("engine.no_layer", standards=listed([StandardName(name) for name in rule.subjects]))
        gathering.outcomes.append(answers.not_checked(rule.code, None, None, lacking))
    apart = 0
    for layer in subjects:
        try:
            if not rule.concerns(layer):
                apart += 1
                continue
            reason = answers.layer_obstacle(rule, layer)
            if reason is not None:
                gathering.outcomes.append(answers.not_checked(rule.code, layer, None, reason))
                continue
            verdict = rule.judge(layer, gathering.facts)
            table = findings_of(rule, verdict, layer, None, gathering.facts)
        except Exception as error:  # noqa: BLE001  # as above
            gathering.outcomes.append(answers.not_checked(rule.code, layer, None, crash_message(error)))
            continue
        gathering.tables.append(table)
        gathering.outcomes.append(_simple_outcome(rule, layer, len(layer), verdict.undecidable))
    if subjects and apart == len(subjects):  # a rule without any outcome would have vanished
        nothing = message("engine.concerns_no_layer", count=apart)
        gathering.outcomes.append(answers.not_checked(rule.code, None, None, nothing))


def _simple_outcome(rule: Rule, layer: Layer | None, matched: int, undecidable: BoolArray) -> Outcome:
    unsure = int(undecidable.sum())
    found = len(undecidable) - unsure
    said, reason = answers.answer(found=found, undecidable=unsure, layers=())
    lost = answers.unread(layer) if layer is not None and said == "none_found" else None
    if lost is not None:  # what was not read may be just what the rule looks for
        said, reason = "not_checked", lost
    name = layer.name if layer is not None else None
    return Outcome(
        rule=rule.code, layer_a=name, layer_b=None, answer=said, reason=reason,
        matched=matched, candidates=matched, judged=matched, found=found, undecidable=unsure,
    )  # fmt: skip
