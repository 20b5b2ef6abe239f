"""Which layers lie offset against which, for the inventory; found and judged by rule CR04 itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from lantu.engine.answers import obstacle
from lantu.engine.choosing import compared
from lantu.engine.judging import Choice, judge_whole
from lantu.engine.meetings import plan
from lantu.messages import message

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lantu.engine.judging import Judged
    from lantu.engine.meetings import Meeting
    from lantu.messages import Message
    from lantu.model import BlueprintFacts, Layer
    from lantu.rules.cr.cr04_layer_shifted import LayerShifted
    from lantu.rules.verdict import Verdict

DECIMALS = 3
"""Places of a length in metres and of a share; a zero has no sign."""

SIGNED = ("dx_m", "dy_m", "rotation", "scale_ppm", "rest_dx_m", "rest_dy_m")
SIGNED_WEB = ("seen_east_m", "seen_north_m", "expected_east_m", "expected_north_m")
"""Values that change their sign with the side that is looked from; the others do not."""

UNSIGNED = ("spread_m", "pairs", "share", "rest_share")
UNSIGNED_WEB = ("web_map", "web_layer", "left_m")


@dataclass(frozen=True, kw_only=True)
class LayerOffset:
    """How one layer lies against ``other``: what CR04 found, seen from this layer.

    ``kind`` is ``moved``, ``turned`` (a rotation and scale fit better), ``half`` (two populations) or ``web``
    (a web map's displacement); ``crashed`` has no values. ``values`` are CR04's facts: ``dx_m``, ``dy_m``,
    ``spread_m``, ``pairs``, ``share``, ``rotation`` (arc seconds), ``scale_ppm`` and, for two populations,
    those of the rest.
    """

    other: str
    kind: str
    values: Mapping[str, Any]
    text: Message

    def record(self) -> dict[str, Any]:
        """Return the offset as plain data."""
        return {"layer": self.other, "kind": self.kind, **self.values}


def offsets(facts: BlueprintFacts, rule: LayerShifted) -> dict[str, tuple[LayerOffset, ...]]:
    """Return for each layer that is offset against others how it lies against each of those.

    ``rule`` is CR04 as the blueprint tunes it. An offset says nothing about which of the two layers is wrong,
    so both have it, with opposite signs. A crash of the rule stands with the first of the two.
    """
    found: dict[str, list[LayerOffset]] = {}
    for meeting in plan([rule], facts.layers)[0]:
        judged = _judged(rule, meeting, facts)
        if judged is None or meeting.b is None:
            continue
        if judged.crash is not None:
            crash = LayerOffset(other=meeting.b.name, kind="crashed", values={}, text=judged.crash)
            found.setdefault(meeting.a.name, []).append(crash)
        if judged.verdict is not None:
            for layer, offset in _both_ways(meeting.a, meeting.b, judged.verdict):
                found.setdefault(layer, []).append(offset)
    return {layer: tuple(several) for layer, several in found.items()}


def _judged(rule: LayerShifted, meeting: Meeting, facts: BlueprintFacts) -> Judged | None:
    """Return what the rule says of two layers; None where they cannot be compared."""
    if obstacle(rule, meeting, None) is not None:
        return None
    others = tuple((layer, rule.selects_b(layer) & compared(layer, facts)) for layer in meeting.others)
    choice = Choice(a=rule.selects_a(meeting.a) & compared(meeting.a, facts), others=others)
    if obstacle(rule, meeting, choice) is not None:
        return None
    return judge_whole(meeting, rule, choice, np.arange(len(meeting.a)))[rule.code]


def _both_ways(a: Layer, b: Layer, verdict: Verdict) -> Iterator[tuple[str, LayerOffset]]:
    """Yield what a verdict says of each of its two layers."""
    for entry in range(len(verdict)):
        kind = str(verdict.message[entry]).rpartition(".")[2]
        said = {name: values[entry] for name, values in verdict.facts.items()}
        for layer, other, sign in ((a, b, -1.0), (b, a, 1.0)):
            values = _seen(said, sign, web=kind == "web")
            length_m = round(float(verdict.measure[entry]), DECIMALS)
            text = message(
                f"engine.offset_{kind}",
                layer=other.name,
                length_m=length_m,
                matched=said["matched"],
                **values,
            )
            yield layer.name, LayerOffset(other=other.name, kind=kind, values=values, text=text)


def _seen(said: Mapping[str, Any], sign: float, *, web: bool) -> dict[str, Any]:
    """Return the facts of an offset as one side sees them, rounded."""
    signed, unsigned = (SIGNED + SIGNED_WEB, UNSIGNED + UNSIGNED_WEB) if web else (SIGNED, UNSIGNED)
    seen = {name: round(sign * float(said[name]), DECIMALS) + 0.0 for name in signed}
    return seen | {name: _plain(said[name]) for name in unsigned}


def _plain(value: Any) -> Any:  # noqa: ANN401  # a fact of any type
    """Return a fact as plain data, lengths and shares rounded."""
    return round(float(value), DECIMALS) if isinstance(value, float | np.floating) else value
