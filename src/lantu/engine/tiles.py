"""Tiles of subjects: a subject belongs to exactly one tile and is never clipped (law 4)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from lantu.model import FloatArray, IntArray, Layer

SUBJECTS_PER_TILE = 10_000
"""Aim of the automatic tile size: large enough to amortise a task, small enough to share among threads."""


def tiles(layer: Layer, tile_m: float | None = None) -> list[IntArray]:
    """Split a layer's rows into tiles by the lower left corner of each subject's box.

    Without ``tile_m`` the size follows from the layer's extent and count. Every row is in exactly one
    tile, features without geometry in the first. Tiles come in order of row, then column.
    """
    if len(layer) == 0:
        return []
    bounds = layer.bounds_m
    located = np.isfinite(bounds[:, 0])
    size_m = tile_m or _automatic_size_m(bounds[located])
    column = np.zeros(len(layer), dtype=np.int64)
    row = np.zeros(len(layer), dtype=np.int64)
    column[located] = np.floor(bounds[located, 0] / size_m).astype(np.int64)
    row[located] = np.floor(bounds[located, 1] / size_m).astype(np.int64)
    order = np.lexsort((np.arange(len(layer)), column, row))
    starts = np.flatnonzero(np.r_[True, (np.diff(row[order]) != 0) | (np.diff(column[order]) != 0)])
    return [np.sort(part) for part in np.split(order, starts[1:])]


def _automatic_size_m(bounds: FloatArray) -> float:
    """Return the side of square tiles that hold about SUBJECTS_PER_TILE subjects each."""
    if len(bounds) <= SUBJECTS_PER_TILE:
        return math.inf
    width = float(np.ptp(bounds[:, 0]))
    height = float(np.ptp(bounds[:, 1]))
    return max(math.sqrt(width * height * SUBJECTS_PER_TILE / len(bounds)), 1.0)
