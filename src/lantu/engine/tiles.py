"""Tiles of subjects: a subject belongs to exactly one tile and is never clipped (law 4)."""

from __future__ import annotations

import threading
import weakref
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import DTypeLike

    from lantu.model import BoolArray, FloatArray, IntArray, Layer

SUBJECTS_PER_TILE = 10_000
"""Most subjects of an automatic tile: enough to pay for a task, few enough to share among threads."""

FINEST_M = 512.0
"""Side of the smallest square that the subjects of several layers share."""

MARGIN_M = 0.001

LARGEST_M = 2.0**20
SMALLEST_M = 16.0
"""Sides of the largest and of the smallest automatic tile; stacked features may fill the smallest."""

_SIDES_M = [LARGEST_M / 2.0**step for step in range(int(np.log2(LARGEST_M / SMALLEST_M)) + 1)]

KEPT: DTypeLike = np.int32
"""Of rows that stay as long as a run: of millions of features half the memory."""

_ROW = 2**31
"""Numbers of squares of one column: no place on earth is so many of the smallest squares from another."""


@dataclass(frozen=True)
class Tiling:
    """The tiles of a layer: rows of each, ascending, and the box (t, 4) that holds their geometry.

    ``rows`` are kept small; what is asked for has numpy's own type.
    """

    rows: tuple[IntArray, ...]
    boxes: FloatArray

    def rows_in(self, box: FloatArray, bounds_m: FloatArray) -> IntArray:
        """Return the rows whose boxes meet ``box`` (xmin, ymin, xmax, ymax), ascending."""
        found = [np.empty(0, dtype=np.int64)]
        for tile in np.flatnonzero(_meet(self.boxes, box)):
            rows = self.rows[tile]
            found.append(rows[_meet(bounds_m[rows], box)])
        return np.sort(np.concatenate(found))


@dataclass(frozen=True)
class Density:
    """How many features stand where, told from tiles alone: their boxes (t, 4), and how many each holds."""

    boxes: FloatArray
    counts: IntArray

    @classmethod
    def of(cls, layers: Iterable[Layer]) -> Density:
        """Return the density of several layers together."""
        tilings = [tiling_of(layer) for layer in layers]
        boxes = np.concatenate([np.empty((0, 4)), *(tiling.boxes for tiling in tilings)])
        counts = np.array([len(rows) for tiling in tilings for rows in tiling.rows], dtype=np.int64)
        return cls(boxes, counts)

    def about_in(self, box: FloatArray) -> float:
        """Return about how many features stand in a box, as if each tile's were spread evenly over it."""
        low, high = np.maximum(self.boxes[:, :2], box[:2]), np.minimum(self.boxes[:, 2:], box[2:])
        whole = self.boxes[:, 2:] - self.boxes[:, :2]
        share = np.where(whole > 0.0, (high - low) / np.where(whole > 0.0, whole, 1.0), high >= low)
        return float(np.nan_to_num(np.maximum(share, 0.0).prod(axis=1) * self.counts).sum())


@dataclass(frozen=True)
class Square:
    """A square of ground: its column and row among squares of that side, west and south edge included."""

    column: float
    row: float
    side_m: float

    @property
    def box(self) -> FloatArray:
        """Return west, south, east and north, a little wider than the square, for divisions round."""
        west, south = self.column * self.side_m, self.row * self.side_m
        east, north = west + self.side_m, south + self.side_m
        return np.array([west, south, east, north]) + MARGIN_M * np.array([-1.0, -1.0, 1.0, 1.0])


def squares_of(
    bounds_m: Sequence[FloatArray], *, side_m: float | None = None, most: int = SUBJECTS_PER_TILE
) -> list[Square]:
    """Return the squares that the features of several layers belong to, from their boxes (n, 4) each.

    Of one side, or halved until none holds more than ``most`` features; row by row from the south.
    """
    finest_m = side_m or FINEST_M
    cells, counts = np.empty((0, 2)), np.empty(0, dtype=np.int64)
    for boxes in bounds_m:
        cell = np.floor(boxes[np.isfinite(boxes[:, 0]), :2] / finest_m)
        _, first, count = np.unique(_named(cell), return_index=True, return_counts=True)
        cells, counts = np.concatenate([cells, cell[first]]), np.concatenate([counts, count])
    place = np.column_stack([cells, np.full(len(cells), finest_m)])
    if side_m is None:
        place = _adaptive(cells * finest_m, most, counts, least_m=finest_m)
        place[:, :2] /= place[:, 2:]
    south = np.unique(np.column_stack([place[:, 1] * place[:, 2], place]), axis=0)
    return [Square(column, row, side) for _, column, row, side in south.tolist()]


def corners_in(square: Square, tiling: Tiling, bounds_m: FloatArray) -> IntArray:
    """Return the rows of a layer whose boxes have their lower left corner in a square, ascending."""
    rows = tiling.rows_in(square.box, bounds_m)
    column, row = np.floor(bounds_m[rows, :2] / square.side_m).T
    return np.asarray(rows[(column == square.column) & (row == square.row)])


def tiles(layer: Layer, tile_m: float | None = None) -> list[IntArray]:
    """Split a layer's rows into tiles by the lower left corner of each subject's box.

    With ``tile_m`` tiles are squares of that side. Without, squares are halved until none holds more than
    SUBJECTS_PER_TILE: where much stands tiles are small, and one more feature changes only those around it.
    Every row is in exactly one tile; features without geometry have one of their own.
    """
    return tiles_of(layer.bounds_m, tile_m)


def tiles_of(bounds_m: FloatArray, tile_m: float | None = None) -> list[IntArray]:
    """Split features into tiles by their boxes (n, 4), as ``tiles`` does."""
    if len(bounds_m) == 0:
        return []
    corner = bounds_m[:, :2]
    located = np.isfinite(corner[:, 0])
    place = np.zeros((len(corner), 3))
    place[located] = (
        _fixed(corner[located], tile_m) if tile_m else _adaptive(corner[located], SUBJECTS_PER_TILE)
    )
    place[~located, 2] = -1.0
    order = np.lexsort((np.arange(len(corner)), place[:, 2], place[:, 0], place[:, 1]))
    starts = np.flatnonzero(np.r_[True, (np.diff(place[order], axis=0) != 0).any(axis=1)])
    return [np.sort(part) for part in np.split(order, starts[1:])]


_known: dict[tuple[int, float | None], tuple[weakref.ref[Layer], Tiling]] = {}
_lock = threading.Lock()


def tiling_of(layer: Layer, tile_m: float | None = None) -> Tiling:
    """Return a layer's tiling, the same one for as long as the layer lives."""
    key = (id(layer), tile_m)
    with _lock:
        kept = _known.get(key)
        if kept is None or kept[0]() is not layer:
            rows = tuple(part.astype(KEPT) for part in tiles(layer, tile_m))
            boxes = np.array([box_of(layer.bounds_m[part]) for part in rows]).reshape(-1, 4)
            kept = (weakref.ref(layer, lambda _: _known.pop(key, None)), Tiling(rows, boxes))
            _known[key] = kept
        return kept[1]


def box_of(bounds_m: FloatArray) -> FloatArray:
    """Return the box around boxes (n, 4), NaN where none of them is located."""
    located = bounds_m[np.isfinite(bounds_m[:, 0])]
    if len(located) == 0:
        return np.full(4, np.nan)
    return np.concatenate([located[:, :2].min(axis=0), located[:, 2:].max(axis=0)])


def _named(cell: FloatArray) -> IntArray:
    """Return one number for each column and row (n, 2)."""
    return cell[:, 0].astype(np.int64) * _ROW + cell[:, 1].astype(np.int64)


def _meet(boxes: FloatArray, box: FloatArray) -> BoolArray:
    """Return which boxes meet another one, edges included; NaN meets nothing."""
    west, south, east, north = boxes.T  # column by column: ten times as fast as rows of two
    met = (west <= box[2]) & (south <= box[3]) & (east >= box[0]) & (north >= box[1])
    return np.asarray(met, dtype=np.bool_)


def _fixed(corner: FloatArray, side_m: float) -> FloatArray:
    """Return column, row and side of the square that holds each corner."""
    return np.column_stack([np.floor(corner / side_m), np.full(len(corner), side_m)])


def _adaptive(
    corner: FloatArray, most: int, weight: IntArray | None = None, least_m: float = SMALLEST_M
) -> FloatArray:
    """Return west, south and side of the square that holds each corner, halved while it holds too many."""
    place = np.empty((len(corner), 3))
    open_ = np.arange(len(corner))
    for side_m in _SIDES_M:
        cell = np.floor(corner[open_] / side_m)
        _, of = np.unique(_named(cell), return_inverse=True)
        count = np.bincount(of, weights=None if weight is None else weight[open_])
        settled = (count[of] <= most) | (side_m <= least_m)
        place[open_[settled], :2], place[open_[settled], 2] = cell[settled] * side_m, side_m
        open_ = open_[~settled]
        if len(open_) == 0:
            break
    return place
