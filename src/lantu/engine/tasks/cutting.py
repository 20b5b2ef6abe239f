"""How a check is cut into tasks: statements about layers whole, everything else by tiles of subjects."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import numpy as np

from lantu.engine.tasks.task import Task
from lantu.engine.tiles import KEPT, Density, box_of, corners_in, squares_of, tiling_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lantu.engine.tasks.task import Ground
    from lantu.engine.tiles import Square
    from lantu.model import IntArray, Layer

MOST_IN_SQUARE = 50_000
"""Features of all layers in a square whose subjects are judged together, where layers are on disk."""

MOST_SEEN = 75_000
"""Features in the box of a task's subjects, where layers are on disk: some hundred megabytes."""

MOST_SEEN_TWICE = 1.5
"""How many times as many features two halves of a tile may see as the whole of it."""

MOST_SEEN_AGAIN = 2.0
"""How many times over the subjects of a layer may see the district square by square, to be taken that way."""


def tasks_of(ground: Ground, *, tile_m: float | None, together: bool) -> Iterator[Task]:
    """Yield the tasks of a plan: statements about layers first, since they are long, then tile by tile.

    ``together`` puts all meetings of a tile into one task, which then reads each window once, and layers
    whose features are small beside the tiles into common ones; otherwise every meeting is a task.
    """
    numbers = count()
    whole: dict[str, dict[str, IntArray]] = {}
    for place, planned in enumerate(ground.planned):
        if planned.is_statement and planned.choices:
            a = planned.meeting.a
            rows = whole.setdefault(a.name, {a.name: np.arange(len(a))})
            yield Task(number=next(numbers), planned=(place,), rows=rows)
    meetings = _tiled(ground)
    if together:
        for rows in _together(ground, list(meetings), tile_m):
            places = sorted(place for name in rows for place in meetings[name])
            yield Task(number=next(numbers), planned=tuple(places), rows=rows)
        return
    for name, places in meetings.items():
        for tile in tiling_of(ground.layers[name], tile_m).rows:
            rows = {name: tile.astype(np.int64)}
            for place in places:
                yield Task(number=next(numbers), planned=(place,), rows=rows)


def _tiled(ground: Ground) -> dict[str, list[int]]:
    """Return the places in the plan of all meetings that are tiled, by the name of the subjects' layer."""
    found: dict[str, list[int]] = {}
    for place, planned in enumerate(ground.planned):
        if not planned.is_statement and planned.choices:
            found.setdefault(planned.meeting.a.name, []).append(place)
    return dict(sorted(found.items()))


def _together(ground: Ground, names: list[str], tile_m: float | None) -> Iterator[dict[str, IntArray]]:
    """Yield the subjects of each task by layer: common squares, then layers by tiles of their own."""
    layers = {name: ground.layers[name] for name in names}
    density = Density.of(ground.layers.values())
    squares = squares_of([one.bounds_m for one in ground.layers.values()], side_m=tile_m, most=MOST_IN_SQUARE)
    most = MOST_SEEN if tile_m is None else np.inf  # whoever says how large tiles are has them so
    small = _small_beside(density, layers, squares)
    for place in range(len(squares)):
        here = {name: parts[place] for name, parts in small.items() if len(parts[place])}
        yield from _seeing_few_together(density, layers, here, most)
    nowhere = {name: np.flatnonzero(np.isnan(layers[name].bounds_m[:, 0])) for name in small}
    if any(map(len, nowhere.values())):
        yield {name: rows for name, rows in nowhere.items() if len(rows)}
    for name in [name for name in names if name not in small]:
        for tile in tiling_of(layers[name], tile_m).rows:
            yield from ({name: part} for part in _seeing_few(density, layers[name], tile, most))


def _small_beside(
    density: Density, layers: Mapping[str, Layer], squares: Sequence[Square]
) -> dict[str, list[IntArray]]:
    """Return the rows in each square of the layers whose features are small beside the squares.

    Rivers reach through the district: square by square they would see all of it again and again.
    """
    most = MOST_SEEN_AGAIN * density.counts.sum()
    small = {}
    for name, layer in layers.items():
        parts = [corners_in(square, tiling_of(layer), layer.bounds_m).astype(KEPT) for square in squares]
        if sum(density.about_in(box_of(layer.bounds_m[rows])) for rows in parts if len(rows)) <= most:
            small[name] = parts
    return small


def _seeing_few_together(
    density: Density, layers: Mapping[str, Layer], subjects: Mapping[str, IntArray], most: float
) -> Iterator[dict[str, IntArray]]:
    """Yield subjects of several layers together, but for those in whose common box too much would stand."""
    boxes = {name: box_of(layers[name].bounds_m[rows]) for name, rows in subjects.items()}
    together: dict[str, IntArray] = {}
    box = np.full(4, np.nan)
    for name in sorted(boxes, key=lambda name: (density.about_in(boxes[name]), name)):
        wider = box_of(np.stack([box, boxes[name]]))
        if density.about_in(wider) <= most:
            together[name], box = subjects[name], wider
        else:
            yield from ({name: part} for part in _seeing_few(density, layers[name], subjects[name], most))
    if together:
        yield together


def _seeing_few(density: Density, layer: Layer, rows: IntArray, most: float) -> Iterator[IntArray]:
    """Yield the rows of a tile in parts in whose boxes no more than about ``most`` features stand.

    Ten thousand plots see ten times as many parcels, and what a task sees is in memory together. Where both
    halves would see nearly all that the whole sees, because subjects are large, they stay together.
    """
    box = box_of(layer.bounds_m[rows])
    seen = density.about_in(box)
    if seen > most and len(rows) > 1:
        corner = layer.bounds_m[rows, int(box[3] - box[1] > box[2] - box[0])]
        halves = [rows[np.sort(half)] for half in np.array_split(np.argsort(corner, kind="stable"), 2)]
        again = sum(density.about_in(box_of(layer.bounds_m[half])) for half in halves)
        if again <= MOST_SEEN_TWICE * seen:
            for half in halves:
                yield from _seeing_few(density, layer, half, most)
            return
    yield rows
