"""Which boxes meet: a grid of cells over the boxes of one layer, asked by those of another."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lantu.pieces import in_pieces
from lantu.relations.kernels.compiled import inner_kernel, kernel, longer, put_in_order

if TYPE_CHECKING:
    from lantu.model import FloatArray, IntArray

MOST_CELLS = 4
"""Cells, and boxes in cells, for each box: a grid with more is made coarser."""


class Grid(NamedTuple):
    """Cells of ``side_m`` from (x, y); the boxes members[first[c]:first[c + 1]] touch cell c."""

    boxes_m: FloatArray
    x: float
    y: float
    side_m: float
    columns: int
    rows: int
    first: IntArray
    members: IntArray


def grid_of(boxes_m: FloatArray) -> Grid:
    """Return a grid over boxes, shape (n, 4); those with NaN are in no cell."""
    known = boxes_m[np.isfinite(boxes_m).all(axis=1)]
    if len(known) == 0:
        none = np.zeros(2, dtype=np.int64)
        return Grid(boxes_m, 0.0, 0.0, 1.0, 1, 1, none, none[:0])
    x, y = float(known[:, 0].min()), float(known[:, 1].min())
    width, height = float(known[:, 2].max()) - x, float(known[:, 3].max()) - y
    size_m = known[:, 2:] - known[:, :2]
    apart_m = math.sqrt(width * height / len(known))
    side_m = max(float(size_m.mean()), apart_m, 1e-9 * max(width, height, 1.0))
    while True:
        columns, rows = int(width // side_m) + 1, int(height // side_m) + 1
        in_cells = float(((size_m[:, 0] // side_m + 2) * (size_m[:, 1] // side_m + 2)).sum())
        if in_cells <= 2 * MOST_CELLS * len(known) and columns * rows <= MOST_CELLS * len(known) + 1:
            break
        side_m *= 2.0
    first = np.zeros(columns * rows + 1, dtype=np.int64)
    grid = Grid(boxes_m, x, y, side_m, columns, rows, first, np.empty(0, dtype=np.int64))
    return grid._replace(members=_members(grid))


def boxes_meeting(grid: Grid, boxes_m: FloatArray, *, share_ground: bool) -> tuple[IntArray, IntArray]:
    """Return the pairs of boxes and of those in the grid that meet, in order of both.

    With ``share_ground`` only those that have more in common than an edge or a corner.
    """

    def found(low: int, high: int) -> tuple[IntArray, IntArray]:
        pair: tuple[IntArray, IntArray] = _meeting(grid, boxes_m, low, high, share_ground)
        return pair

    none = np.empty(0, dtype=np.int64)
    some = [(none, none), *in_pieces(len(boxes_m), found)]
    return np.concatenate([one for one, _ in some]), np.concatenate([other for _, other in some])


@inner_kernel
def _cell(grid: Grid, x: float, y: float) -> tuple[int, int]:
    """Return column and row of the cell that a place lies in, or the nearest to it."""
    column, row = math.floor((x - grid.x) / grid.side_m), math.floor((y - grid.y) / grid.side_m)
    return min(max(column, 0), grid.columns - 1), min(max(row, 0), grid.rows - 1)


@inner_kernel
def _cells_under(grid: Grid, boxes_m: FloatArray, number: int) -> tuple[int, int, int, int]:
    """Return the cells under a box: first column and row, last column and row."""
    left, foot = _cell(grid, boxes_m[number, 0], boxes_m[number, 1])
    right, head = _cell(grid, boxes_m[number, 2], boxes_m[number, 3])
    return left, foot, right, head


@kernel
def _members(grid: Grid) -> IntArray:
    """Return the boxes cell by cell, and fill in where each cell begins."""
    boxes_m, first = grid.boxes_m, grid.first
    for number in range(boxes_m.shape[0]):
        if boxes_m[number, 0] <= boxes_m[number, 2]:
            left, foot, right, head = _cells_under(grid, boxes_m, number)
            for row in range(foot, head + 1):
                for column in range(left, right + 1):
                    first[row * grid.columns + column + 1] += 1
    for cell in range(first.shape[0] - 1):
        first[cell + 1] += first[cell]
    members, place = np.empty(first[-1], dtype=np.int64), first.copy()
    for number in range(boxes_m.shape[0]):
        if boxes_m[number, 0] <= boxes_m[number, 2]:
            left, foot, right, head = _cells_under(grid, boxes_m, number)
            for row in range(foot, head + 1):
                for column in range(left, right + 1):
                    cell = row * grid.columns + column
                    members[place[cell]] = number
                    place[cell] += 1
    return members


@kernel
def _meeting(
    grid: Grid,
    boxes_m: FloatArray,
    low: int,
    high: int,
    share_ground: bool,  # noqa: FBT001  # a kernel's arguments have no names
) -> tuple[IntArray, IntArray]:
    """Return what ``boxes_meeting`` returns, of boxes low to high."""
    one, other = (
        np.empty(8 * (high - low) + 8, dtype=np.int64),
        np.empty(8 * (high - low) + 8, dtype=np.int64),
    )
    count = 0
    for position in range(low, high):
        box, begin = boxes_m[position], count
        if not box[0] <= box[2]:
            continue
        left, foot, right, head = _cells_under(grid, boxes_m, position)
        for row in range(foot, head + 1):
            for column in range(left, right + 1):
                cell = row * grid.columns + column
                for at in range(grid.first[cell], grid.first[cell + 1]):
                    number = grid.members[at]
                    if not _meet(box, grid.boxes_m[number], share_ground):
                        continue
                    corner = _corner_cell(grid, box, grid.boxes_m[number])
                    if corner[0] != column or corner[1] != row:  # another cell has this pair too
                        continue
                    if count == one.shape[0]:
                        one, other = longer(one), longer(other)
                    one[count], other[count] = position, number
                    count += 1
        put_in_order(other, np.int64(begin), np.int64(count))
    return one[:count], other[:count]


@inner_kernel
def _meet(a: FloatArray, b: FloatArray, share_ground: bool) -> bool:  # noqa: FBT001  # as above
    """Say whether two boxes meet."""
    if share_ground:
        return bool(max(a[0], b[0]) < min(a[2], b[2]) and max(a[1], b[1]) < min(a[3], b[3]))
    return bool(a[0] <= b[2] and b[0] <= a[2] and a[1] <= b[3] and b[1] <= a[3])


@inner_kernel
def _corner_cell(grid: Grid, a: FloatArray, b: FloatArray) -> tuple[int, int]:
    """Return the cell with the lower left corner of what two boxes have in common: one cell a pair."""
    return _cell(grid, max(a[0], b[0]), max(a[1], b[1]))
