"""Which features of which layers each rule is about, before anything is related."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

from lantu.engine import answers
from lantu.engine.judging import Choice, crash_message
from lantu.relations.index import index_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lantu.engine.gathering import Gathering
    from lantu.engine.meetings import Meeting
    from lantu.model import BlueprintFacts, BoolArray, Layer
    from lantu.rules.base import PairRule


def related(rules: Sequence[PairRule], gathering: Gathering) -> list[PairRule]:
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


def choices_of(meeting: Meeting, gathering: Gathering) -> dict[str, Choice]:
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
        others.append((seen, _once(rule.selects_b(seen) & compared(layer, facts), layer)))
    beside = tuple(layer for layer in facts.layers if layer.standard in rule.beside and not layer.refusal)
    chosen = rule.selects_a(meeting.a) & compared(meeting.a, facts)
    return Choice(a=_once(chosen, meeting.a), others=tuple(others), beside=beside)


def _once(mask: BoolArray, layer: Layer) -> BoolArray:
    """Return a mask that forty rules share where they are about the same features, not to be written to."""
    digest = hashlib.blake2b(np.packbits(mask).tobytes(), digest_size=16).digest()
    kept: BoolArray = index_of(layer).made.setdefault((_once, len(mask), digest), mask)
    kept.setflags(write=False)
    return kept


def compared(layer: Layer, facts: BlueprintFacts) -> BoolArray:
    """Return which features may be compared, in force and in place; looked at once, not to be written to."""
    made = index_of(layer).made
    key = (compared, facts.as_of)
    if key not in made:
        made[key] = in_force(layer, facts) & in_place(layer)
        made[key].setflags(write=False)
    mask: BoolArray = made[key]
    return mask


def in_place(layer: Layer) -> BoolArray:
    """Return which features stand where they can be compared; strays outside the district judge nothing."""
    mask = np.ones(len(layer), dtype=np.bool_)
    astray = answers.astray(layer)
    mask[astray[astray >= 0]] = False
    return mask


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
