"""Which layers lie offset against which, for the inventory; found and judged as by rule CR04."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lantu.engine.answers import obstacle
from lantu.engine.check import in_force, in_place
from lantu.engine.judging import Choice, judge_whole
from lantu.engine.meetings import plan
from lantu.messages import message
from lantu.rules.cr.cr04_layer_shifted import LayerShifted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lantu.engine.judging import Judged
    from lantu.engine.meetings import Meeting
    from lantu.messages import Message
    from lantu.model import BlueprintFacts, BoolArray, Layer

DECIMALS = 3
"""Places of an offset in metres; a zero has no sign."""


def offsets(facts: BlueprintFacts) -> dict[str, tuple[Message, ...]]:
    """Return for each layer that is offset against others one sentence for each of those.

    An offset says nothing about which of the two layers is wrong, so both have it, with opposite signs.
    """
    rule = LayerShifted()
    found: dict[str, list[Message]] = {}
    for meeting in plan([rule], facts.layers)[0]:
        judged = _judged(rule, meeting, facts)
        if judged is not None and meeting.b is not None:
            for layer, text in _sentences(meeting.a, meeting.b, judged):
                found.setdefault(layer, []).append(text)
    return {layer: tuple(texts) for layer, texts in found.items()}


def _judged(rule: LayerShifted, meeting: Meeting, facts: BlueprintFacts) -> Judged | None:
    """Return what the rule says of two layers; None where they cannot be compared."""
    if obstacle(rule, meeting, None) is not None:
        return None
    others = tuple((layer, rule.selects_b(layer) & _compared(layer, facts)) for layer in meeting.others)
    choice = Choice(a=rule.selects_a(meeting.a) & _compared(meeting.a, facts), others=others)
    if obstacle(rule, meeting, choice) is not None:
        return None
    return judge_whole(meeting, rule, choice, np.arange(len(meeting.a)))[rule.code]


def _compared(layer: Layer, facts: BlueprintFacts) -> BoolArray:
    return in_force(layer, facts) & in_place(layer)


def _sentences(a: Layer, b: Layer, judged: Judged) -> Iterator[tuple[str, Message]]:
    if judged.crash is not None:
        yield a.name, judged.crash
    if judged.verdict is None or not len(judged.verdict):
        return
    facts = judged.verdict.facts
    for dx_m, dy_m, share in zip(facts["dx_m"], facts["dy_m"], facts["share"], strict=True):
        for layer, other, sign in ((a, b, -1.0), (b, a, 1.0)):
            east_m, north_m = (round(sign * value, DECIMALS) + 0.0 for value in (dx_m, dy_m))
            yield (
                layer.name,
                message("engine.offset", layer=other.name, dx_m=east_m, dy_m=north_m, share=share),
            )
