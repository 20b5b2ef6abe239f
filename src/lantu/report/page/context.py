"""What the page carries of the departments' own objects: the sides of the findings and their neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from lantu.report.caps import CONTEXT_VERTICES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lantu.model import FloatArray, IntArray, Layer, ObjectArray, Run

NEAR_M = 150.0
"""Objects this close to a finding, and some up to twice as far, are carried before the others."""


@dataclass(frozen=True, kw_only=True)
class Context:
    """Rows of one layer's frame that the page carries, ascending.

    ``sides`` has for side a and side b the findings with an object of the layer there, and its row.
    """

    layer: Layer
    rows: IntArray
    sides: Mapping[str, tuple[IntArray, IntArray]]


def contexts(run: Run, *, vertices_max: int = CONTEXT_VERTICES) -> list[Context]:
    """Choose the objects that the page carries, layer by layer, within ``vertices_max`` vertices in all.

    Within a layer the sides of findings come first, then what lies near a finding, then the rest in
    the order of the layer. Small layers leave what they do not need to the larger ones.
    """
    layers = [layer for layer in run.facts.layers if layer.refusal is None]
    sizes = [np.asarray(shapely.get_num_coordinates(layer.geometry), dtype=np.int64) for layer in layers]
    sides = [_sides(run, layer) for layer in layers]
    near = cache(partial(_near, run))
    left, chosen = vertices_max, {}
    order = sorted(range(len(layers)), key=lambda number: (int(sizes[number].sum()), number))
    for place, number in enumerate(order):
        share = left // (len(order) - place)
        rows = _within(share, sizes[number], sides[number], partial(_near_of, layers[number], near))
        left -= int(sizes[number][rows].sum())
        chosen[number] = rows
    return [
        Context(layer=layer, rows=chosen[number], sides=sides[number]) for number, layer in enumerate(layers)
    ]


def _sides(run: Run, layer: Layer) -> dict[str, tuple[IntArray, IntArray]]:
    """Return for each side the findings whose object there is one of ``layer``, and its row."""
    index = pd.Index(layer.ids)
    found = {}
    for side in ("a", "b"):
        here = np.flatnonzero(run.findings[f"layer_{side}"].to_numpy(dtype=object) == layer.name)
        rows = np.asarray(index.get_indexer(run.findings[f"id_{side}"].iloc[here]), dtype=np.int64)
        found[side] = here[rows >= 0], rows[rows >= 0]
    return found


def _within(
    vertices_max: int,
    sizes: IntArray,
    sides: Mapping[str, tuple[IntArray, IntArray]],
    near: Callable[[], IntArray],
) -> IntArray:
    """Return rows, ascending, taken until their vertices exceed the limit: sides, ``near`` ones, the rest.

    Which are near is asked only where that decides anything.
    """
    ranks = np.full(len(sizes), 2, dtype=np.uint8)  # small numbers are sorted in no time
    for _, rows in sides.values():
        ranks[rows] = 0
    if int(sizes[ranks == 0].sum()) <= vertices_max < int(sizes.sum()):
        rows = near()
        ranks[rows] = np.minimum(ranks[rows], 1)
    order = np.argsort(ranks, kind="stable")
    fits = np.cumsum(sizes[order]) <= vertices_max
    return np.sort(order[fits])


def _near_of(layer: Layer, near: Callable[[], shapely.STRtree]) -> IntArray:
    """Return the rows of a layer near a finding, each as often as it is near one."""
    return np.asarray(near().query(shapely.box(*layer.bounds_m.T))[0], dtype=np.int64)


def _near(run: Run) -> shapely.STRtree:
    return shapely.STRtree(_surroundings(run))


def _surroundings(run: Run) -> ObjectArray:
    """Return boxes around the findings that have a place, on a grid: one serves all that lie together."""
    bounds: FloatArray = run.findings.geometry.bounds.to_numpy(dtype=np.float64)
    bounds = bounds[np.isfinite(bounds).all(axis=1)]
    cells = np.column_stack([np.floor(bounds[:, :2] / NEAR_M) - 1.0, np.ceil(bounds[:, 2:] / NEAR_M) + 1.0])
    return np.asarray(shapely.box(*(np.unique(cells, axis=0) * NEAR_M).T), dtype=object)
