"""The main job: plan, relate, judge, and gather what was found and what was not checked."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from lantu.engine import answers
from lantu.engine.gathering import Gathering, gathered
from lantu.engine.judging import Choice, Judged, crash_message, judge_tile, judge_whole
from lantu.engine.meetings import plan
from lantu.engine.progress import Silent
from lantu.engine.tiles import tiles
from lantu.engine.wording import findings_of
from lantu.messages import message
from lantu.model import Outcome
from lantu.relations import Alongside, Coverage, Displaced, Kernels, Uncovered, kernels_for
from lantu.rules.base import BlueprintRule, LayerRule, PairRule, takes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Future

    import geopandas as gpd
    import pandas as pd

    from lantu.engine.meetings import Meeting
    from lantu.engine.progress import Progress
    from lantu.model import BlueprintFacts, BoolArray, Layer
    from lantu.rules.base import Rule


@dataclass(frozen=True, kw_only=True)
class Checked:
    """Findings in the contract's order, causes, translations, and one outcome per rule and pair of layers."""

    findings: gpd.GeoDataFrame
    causes: pd.DataFrame
    translations: pd.DataFrame
    outcomes: tuple[Outcome, ...]
    timings_s: dict[str, float]
    kernels: Kernels = field(default_factory=Kernels)


def check(
    rules: Sequence[Rule],
    facts: BlueprintFacts,
    *,
    jobs: int | None = None,
    tile_m: float | None = None,
    towns: Layer | None = None,
    progress: Progress | None = None,
) -> Checked:
    """Run ``rules`` over all layers of ``facts`` on ``jobs`` threads (all cores by default).

    ``tile_m`` is the side of the tiles of subjects in metres (automatic by default). Neither changes a
    byte of the result.
    """
    watcher = progress or Silent()
    gathering = Gathering(facts, kernels_for(sum(len(layer) for layer in facts.layers)))
    started = time.perf_counter()
    _judge_deliveries(rules, gathering)
    delivered = time.perf_counter()
    _judge_pairs([rule for rule in rules if isinstance(rule, PairRule)], gathering, jobs, tile_m, watcher)
    judged = time.perf_counter()
    findings, causes, translations = gathered(gathering, {rule.code: rule for rule in rules}, towns)
    timings = {
        "judge_deliveries": delivered - started,
        "relate_and_judge": judged - delivered,
        "gather": time.perf_counter() - judged,
    }
    ordered = tuple(sorted(gathering.outcomes, key=lambda o: (o.rule, o.layer_a or "", o.layer_b or "")))
    kernels = gathering.kernels
    return Checked(
        findings=findings, causes=causes, translations=translations, outcomes=ordered, timings_s=timings,
        kernels=kernels,
    )  # fmt: skip


def _judge_deliveries(rules: Sequence[Rule], gathering: Gathering) -> None:
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
        lacking = message("engine.no_layer", standards=", ".join(rule.subjects))
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


def _judge_pairs(
    rules: list[PairRule], gathering: Gathering, jobs: int | None, tile_m: float | None, progress: Progress
) -> None:
    """Run every meeting, tile by tile, on a pool of threads; results are taken in planned order."""
    facts, kernels = gathering.facts, gathering.kernels.serve
    meetings, unmet = plan(_related(rules, gathering), facts.layers, kernels=kernels)
    gathering.outcomes.extend(answers.unmet_outcome(entry) for entry in unmet)
    with ThreadPoolExecutor(max_workers=jobs or os.cpu_count() or 1) as pool:
        running = []
        for meeting in meetings:
            choices = _choices(meeting, gathering)
            running.append((meeting, choices, _submit(pool, meeting, choices, tile_m)))
        progress.stage("relate", sum(len(futures) for _, _, futures in running))
        for meeting, choices, futures in running:
            judged: dict[str, list[Judged]] = {code: [] for code in choices}
            for future in futures:
                for code, result in future.result().items():
                    judged[code].append(result)
                progress.advance()
            _take(meeting, choices, judged, gathering)


def _related(rules: list[PairRule], gathering: Gathering) -> list[PairRule]:
    """Return the rules that can say how their layers meet; the others are written down."""
    related = []
    for rule in rules:
        try:
            _ = rule.relation
        except Exception as error:  # noqa: BLE001  # as above
            gathering.outcomes.append(answers.not_checked(rule.code, None, None, crash_message(error)))
        else:
            related.append(rule)
    return related


def _choices(meeting: Meeting, gathering: Gathering) -> dict[str, Choice]:
    """Return each rule's own features on both sides; rules that cannot be checked are written down."""
    choices: dict[str, Choice] = {}
    for rule in meeting.rules:
        choice = None
        try:
            reason = answers.obstacle(rule, meeting, None)
            if reason is None:
                choice = _choice(rule, meeting, gathering)
                reason = answers.obstacle(rule, meeting, choice)
        except Exception as error:  # noqa: BLE001  # as above
            reason = crash_message(error)
        if reason is not None or choice is None:
            names = ", ".join(layer.name for layer in meeting.others) or None
            assert reason is not None  # noqa: S101  # without a choice there is a reason
            gathering.outcomes.append(answers.not_checked(rule.code, meeting.a, names, reason))
        else:
            choices[rule.code] = choice
    return choices


def _choice(rule: PairRule, meeting: Meeting, gathering: Gathering) -> Choice:
    facts = gathering.facts
    others = []
    for layer in meeting.others:
        seen = layer if meeting.itself else gathering.derived(rule, layer)
        others.append((seen, rule.selects_b(seen) & _compared(layer, facts)))
    beside = tuple(layer for layer in facts.layers if layer.standard in rule.beside and not layer.refusal)
    chosen = rule.selects_a(meeting.a) & _compared(meeting.a, facts)
    return Choice(a=chosen, others=tuple(others), beside=beside)


def _compared(layer: Layer, facts: BlueprintFacts) -> BoolArray:
    return in_force(layer, facts) & in_place(layer)


def in_place(layer: Layer) -> BoolArray:
    """Return which features stand where they can be compared; strays outside the district judge nothing."""
    return np.isin(np.arange(len(layer)), answers.astray(layer), invert=True)


def in_force(layer: Layer, facts: BlueprintFacts) -> BoolArray:
    """Return which features are in force on the day of the run; a plan that is not judges nothing."""
    mask = np.ones(len(layer), dtype=np.bool_)
    day = np.datetime64(facts.as_of, "D")
    # Days, not nanoseconds: a plan without an end is often given as valid to 9999-12-31.
    if "valid_from" in layer.frame.columns:
        mask &= ~(layer.frame["valid_from"].to_numpy().astype("datetime64[D]") > day)
    if "valid_to" in layer.frame.columns:
        mask &= ~(layer.frame["valid_to"].to_numpy().astype("datetime64[D]") < day)
    return mask


def _submit(
    pool: ThreadPoolExecutor, meeting: Meeting, choices: dict[str, Choice], tile_m: float | None
) -> list[Future[dict[str, Judged]]]:
    if not choices:
        return []
    if isinstance(meeting.relation, Coverage | Displaced):  # statements about layers: one task, no tiles
        parts = [np.arange(len(meeting.a))]
    else:
        parts = tiles(meeting.a, tile_m)
    if isinstance(meeting.relation, Alongside | Coverage | Displaced | Uncovered):
        rule = meeting.rules[0]
        return [pool.submit(judge_whole, meeting, rule, choices[rule.code], rows) for rows in parts]
    return [pool.submit(judge_tile, meeting, choices, rows) for rows in parts]


def _take(
    meeting: Meeting, choices: dict[str, Choice], judged: dict[str, list[Judged]], gathering: Gathering
) -> None:
    """Write down findings and outcome of each rule of a meeting; one crashed tile voids the rule here."""
    names = ", ".join(layer.name for layer in meeting.others) or None
    for rule in meeting.rules:
        if rule.code not in choices:
            continue
        results = judged[rule.code]
        verdicts = [result.verdict for result in results if result.verdict is not None]
        crash = next((result.crash for result in results if result.crash is not None), None)
        if crash is None:
            try:
                tables = [
                    findings_of(rule, verdict, meeting.a, meeting.b, gathering.facts, others=meeting.others)
                    for verdict in verdicts
                ]
            except Exception as error:  # noqa: BLE001  # a sentence that cannot be said is a crash of its rule
                crash = crash_message(error)
        if crash is not None:
            gathering.outcomes.append(answers.not_checked(rule.code, meeting.a, names, crash))
            continue
        gathering.tables.extend(tables)
        unsure = sum(int(verdict.undecidable.sum()) for verdict in verdicts)
        found = (sum(len(verdict) for verdict in verdicts) - unsure, unsure)
        tallies = [result.tally for result in results]
        gathering.outcomes.append(answers.outcome(rule, meeting, choices[rule.code], tallies, found))
