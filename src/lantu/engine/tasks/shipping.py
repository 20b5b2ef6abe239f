"""The ground without what stays behind: small enough to be sent to whoever does the tasks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from lantu.engine.tasks.task import Ground, Planned
from lantu.model import empty_problems

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lantu.engine.judging import Choice
    from lantu.model import Layer


def shipped(ground: Ground) -> Ground:
    """Return the ground with layers whose features lie in a store, and nothing of them in memory.

    Trees, boxes, keys and problem logs stay behind. A layer that a rule has derived goes along as it is.
    """
    light: dict[int, Layer] = {}

    def lighter(layer: Layer) -> Layer:
        if id(layer) not in light:
            light[id(layer)] = replace(layer, problems=empty_problems(), keys=None, digests=None)
        return light[id(layer)]

    def layers(some: Iterable[Layer]) -> tuple[Layer, ...]:
        return tuple(lighter(layer) for layer in some)

    def choice(given: Choice) -> Choice:
        others = tuple((lighter(layer), mask) for layer, mask in given.others)
        return replace(given, others=others, beside=layers(given.beside))

    planned = []
    for one in ground.planned:
        meeting = replace(one.meeting, a=lighter(one.meeting.a), others=layers(one.meeting.others))
        choices = {code: choice(given) for code, given in one.choices.items()}
        planned.append(Planned(meeting=meeting, choices=choices))
    return Ground(planned=tuple(planned), facts=replace(ground.facts, layers=()))
