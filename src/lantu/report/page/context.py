"""What the page carries of the departments' own objects: the sides of the findings and their neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from lantu.report.caps import CONTEXT_VERTICES

if TYPE_CHECKING:
    from lantu.model import FloatArray, IntArray, Layer, ObjectArray, Run

NEAR_M = 150.0
"""Objects this close to a finding are carried before the others."""


@dataclass(frozen=True, kw_only=True)
class Context:
    """Rows of one layer's frame that the page carries, ascending."""

    layer: Layer
    rows: IntArray


def contexts(run: Run, *, vertices_max: int = CONTEXT_VERTICES) -> list[Context]:
    """Choose the objects that the page carries, layer by layer, within ``vertices_max`` vertices in all.

    Within a layer the sides of findings come first, then what lies near a finding, then the rest in
    the order of the layer. Small layers leave what they do not need to the larger ones.
    """
    layers = [layer for layer in run.facts.layers if layer.refusal is None]
    sizes = [np.asarray(shapely.get_num_coordinates(layer.geometry), dtype=np.int64) for layer in layers]
    near = shapely.STRtree(_surroundings(run))
    left, chosen = vertices_max, {}
    order = sorted(range(len(layers)), key=lambda number: (int(sizes[number].sum()), number))
    for place, number in enumerate(order):
        share = left // (len(order) - place)
        rows = _within(share, sizes[number], _ranks(run, layers[number], near))
        left -= int(sizes[number][rows].sum())
        chosen[number] = rows
    return [Context(layer=layer, rows=chosen[number]) for number, layer in enumerate(layers)]


def side_rows(run: Run, layer: Layer, side: str) -> IntArray:
    """Return the row in ``layer`` of each finding's object on ``side`` (a or b), -1 for none, shape (n,)."""
    rows = pd.Index(layer.ids).get_indexer(run.findings[f"id_{side}"])
    here = (run.findings[f"layer_{side}"] == layer.name).to_numpy()
    return np.where(here, rows, -1).astype(np.int64)


def _within(vertices_max: int, sizes: IntArray, ranks: IntArray) -> IntArray:
    """Return rows, ascending, taken by rank until their vertices exceed the limit."""
    order = np.argsort(ranks, kind="stable")
    fits = np.cumsum(sizes[order]) <= vertices_max
    return np.sort(order[fits])


def _ranks(run: Run, layer: Layer, near: shapely.STRtree) -> IntArray:
    """Return 0 for objects that are a side of a finding, 1 for those near one, 2 for the rest, shape (n,)."""
    ranks = np.full(len(layer), 2)
    found = near.query(shapely.box(*layer.bounds_m.T))[0] if len(layer) else np.empty(0, dtype=np.int64)
    ranks[found] = 1
    for side in ("a", "b"):
        rows = side_rows(run, layer, side)
        ranks[rows[rows >= 0]] = 0
    return ranks


def _surroundings(run: Run) -> ObjectArray:
    """Return a box around each finding that has a place."""
    bounds: FloatArray = run.findings.geometry.bounds.to_numpy(dtype=np.float64)
    bounds = bounds[np.isfinite(bounds).all(axis=1)]
    return np.asarray(shapely.box(*(bounds[:, :2] - NEAR_M).T, *(bounds[:, 2:] + NEAR_M).T), dtype=object)
