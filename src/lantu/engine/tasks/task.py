"""What a task is, what it stands on, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import groupby, product
from typing import TYPE_CHECKING

import numpy as np

from lantu.engine.tiles import box_of, tiling_of
from lantu.relations import Alongside, Coverage, Displaced, Uncovered

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

    from lantu.engine.filed import Filed
    from lantu.engine.judging import Choice, Tally
    from lantu.engine.meetings import Meeting
    from lantu.messages import Message
    from lantu.model import BlueprintFacts, IntArray, Layer


MOST_SEEN = 75_000
"""Features in the box of a task's subjects, where layers are on disk: some hundred megabytes."""

MOST_SEEN_TWICE = 1.5
"""How many times as many features two halves of a tile may see as the whole of it."""


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A meeting, and what each of its rules that can be checked has chosen."""

    meeting: Meeting
    choices: Mapping[str, Choice]

    @property
    def is_statement(self) -> bool:
        """Say whether the rule states something about layers: one task, no tiles."""
        return isinstance(self.meeting.relation, Coverage | Displaced)

    @property
    def at_once(self) -> bool:
        """Say whether the relation looks at a subject and all its neighbours at once, for one rule."""
        return self.is_statement or isinstance(self.meeting.relation, Alongside | Uncovered)


@dataclass(frozen=True, kw_only=True)
class Ground:
    """All that tasks stand on: the plan, and the blueprint's facts as sentences need them."""

    planned: tuple[Planned, ...]
    facts: BlueprintFacts

    @cached_property
    def layers(self) -> dict[str, Layer]:
        """Return the layers that take part, by name, without those that rules derive."""
        every = [planned.meeting for planned in self.planned]
        beside = [layer for p in self.planned for choice in p.choices.values() for layer in choice.beside]
        met = [layer for meeting in every for layer in (meeting.a, *meeting.others)]
        return {layer.name: layer for layer in (*beside, *met)}


@dataclass(frozen=True, kw_only=True)
class Task:
    """Meetings of one layer, by their places in the plan, on the subjects ``rows``.

    ``windows`` are the rows of each layer that have to be seen, by its name; of a layer that is not named
    everything is. None: everything of all.
    """

    number: int
    planned: tuple[int, ...]
    rows: IntArray
    windows: Mapping[str, IntArray] | None = None


@dataclass(frozen=True, kw_only=True)
class Piece:
    """What one rule found in one task, in words, or the crash that stopped it."""

    findings: pd.DataFrame | Filed | None
    undecidable: int
    tally: Tally
    crash: Message | None = None


@dataclass(frozen=True, kw_only=True)
class Done:
    """What came of one meeting in one task, by rule, and the seconds of a processor that it took."""

    planned: int
    pieces: Mapping[str, Piece]
    spent_s: float = 0.0


def tasks_of(ground: Ground, *, tile_m: float | None, together: bool) -> Iterator[Task]:
    """Yield the tasks of a plan: statements about layers first, since they are long, then tile by tile.

    ``together`` puts all meetings of a layer into one task a tile, which then reads each window once;
    otherwise every meeting is a task.
    """
    number = 0
    for place, planned in enumerate(ground.planned):
        if planned.is_statement and planned.choices:
            yield Task(number=number, planned=(place,), rows=np.arange(len(planned.meeting.a)))
            number += 1
    tiled = [
        (planned.meeting.a.name, place)
        for place, planned in enumerate(ground.planned)
        if not planned.is_statement and planned.choices
    ]
    for name, group in groupby(sorted(tiled), key=lambda entry: entry[0]):
        places = tuple(place for _, place in group)
        layer = ground.layers[name]
        for tile in tiling_of(layer, tile_m).rows:
            subjects = _seeing_few(ground, layer, tile) if together and tile_m is None else [tile]
            for rows, some in product(subjects, [places] if together else [(place,) for place in places]):
                yield Task(number=number, planned=some, rows=rows)
                number += 1


def _seeing_few(ground: Ground, layer: Layer, rows: IntArray) -> Iterator[IntArray]:
    """Yield the rows of a tile in parts in whose boxes no more than about MOST_SEEN features stand.

    Ten thousand plots see ten times as many parcels, and what a task sees is in memory together. Where both
    halves would see nearly all that the whole sees, because subjects are large, they stay together.
    """
    seen = _in_box(ground, layer, rows)
    if seen > MOST_SEEN and len(rows) > 1:
        box = box_of(layer.bounds_m[rows])
        corner = layer.bounds_m[rows, int(box[3] - box[1] > box[2] - box[0])]
        halves = [rows[np.sort(half)] for half in np.array_split(np.argsort(corner, kind="stable"), 2)]
        if sum(_in_box(ground, layer, half) for half in halves) <= MOST_SEEN_TWICE * seen:
            for half in halves:
                yield from _seeing_few(ground, layer, half)
            return
    yield rows


def _in_box(ground: Ground, layer: Layer, rows: IntArray) -> float:
    """Return about how many features of all layers stand in the box of some."""
    box = box_of(layer.bounds_m[rows])
    return sum(tiling_of(other).about_in(box) for other in ground.layers.values())
