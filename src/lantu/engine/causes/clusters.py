"""Places as causes: findings that lie side by side, to be settled in one visit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from lantu.engine.causes.ledger import Cause
from lantu.relations import Alone

if TYPE_CHECKING:
    from lantu.engine.causes.ledger import Ledger
    from lantu.model import IntArray, ObjectArray

REACH_M = 20.0
"""Two findings no further apart than this, from edge to edge, belong to one place."""

SQUARE_M = 14.0
"""Side of a square in which no two points are further apart than REACH_M, with room for rounding."""

LEAST_FINDINGS = 3
EXTENT_M = 300.0
"""No place is larger: a larger chain is cut by the cells of a grid of this size, a larger finding is none."""

CHUNK = 4096
"""Findings looked up at a time, so that a crowd of them does not fill the memory."""


def add_places(ledger: Ledger) -> None:
    """Add the places where at least LEAST_FINDINGS free findings lie within REACH_M of one another.

    Only findings from objects that meet: where a value of one object by itself is wrong, its place has
    nothing to do with it. A place is named by the smallest finding id in it, so its id stays unless that
    one finding goes or a smaller one comes.
    """
    rows, shapes = _located(ledger)
    labels = _components(shapes, np.arange(len(rows)), np.zeros(len(rows), dtype=np.int64))
    large = _extent_of_each(shapes, labels) > EXTENT_M
    again = np.flatnonzero(large[labels]) if len(labels) else labels
    if len(again):
        labels[again] = len(rows) + _components(shapes[again], np.arange(len(again)), _cells(shapes[again]))
    order = np.argsort(labels, kind="stable")
    cuts = np.flatnonzero(np.diff(labels[order])) + 1
    ids = ledger.text("finding_id")
    groups = [np.sort(rows[part]) for part in np.split(order, cuts) if len(part) >= LEAST_FINDINGS]
    named = sorted(((min(ids[group]), group) for group in groups), key=lambda found: found[0])
    for first, group in named:
        layer = ledger.most("layer_a", group)
        ledger.add(Cause(scope="place", kind="place", layer=layer, key=(first,), rows=group))


def _located(ledger: Ledger) -> tuple[IntArray, ObjectArray]:
    """Return the free findings that a place can explain, and where they are."""
    shapes = ledger.findings["geometry"].to_numpy(dtype=object)
    drawn = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    meeting = [c for c in ledger.kinds("rule").names if not isinstance(ledger.relation(c), Alone | None)]
    rows = np.flatnonzero(ledger.free & drawn & ledger.of_rules(meeting))
    bounds = shapely.bounds(shapes[rows])
    small = np.hypot(bounds[:, 2] - bounds[:, 0], bounds[:, 3] - bounds[:, 1]) <= EXTENT_M
    return rows[small], shapes[rows[small]]


def _components(shapes: ObjectArray, labels: IntArray, cells: IntArray) -> IntArray:
    """Return the number of the cluster of each shape: connected within REACH_M inside one cell.

    Most are connected by vertices that lie close together, which needs no geometry; distances are measured
    only between shapes that are not connected yet.
    """
    if not len(shapes):
        return labels
    labels = _joined(labels, *_by_vertices(shapes, cells))
    tree, boxes = shapely.STRtree(shapes), shapely.bounds(shapes) + REACH_M * np.array([-1.0, -1.0, 1.0, 1.0])
    for start in range(0, len(shapes), CHUNK):
        one, other = tree.query(shapely.box(*boxes[start : start + CHUNK].T))
        one = one + start
        open_yet = (one < other) & (cells[one] == cells[other]) & (labels[one] != labels[other])
        one, other = one[open_yet], other[open_yet]
        near = shapely.dwithin(shapes[one], shapes[other], REACH_M)
        labels = _joined(labels, one[near], other[near])
    return labels


def _by_vertices(shapes: ObjectArray, cells: IntArray) -> tuple[IntArray, IntArray]:
    """Return pairs of shapes that have vertices in one square of which the diagonal is below REACH_M."""
    points, owner = shapely.get_coordinates(shapes, return_index=True)
    squares = np.floor(points / SQUARE_M).astype(np.int64)
    squares -= squares.min(axis=0)
    square = squares[:, 0] * (squares[:, 1].max() + 1) + squares[:, 1]
    order = np.lexsort((square, cells[owner]))
    starts = np.r_[True, (np.diff(square[order]) != 0) | (np.diff(cells[owner[order]]) != 0)]
    first = owner[order[np.flatnonzero(starts)]]
    return first[np.cumsum(starts) - 1], owner[order]


def _joined(labels: IntArray, one: IntArray, other: IntArray) -> IntArray:
    """Join clusters that an edge connects: every label is the smallest position of its cluster."""
    while True:
        low = np.minimum(labels[one], labels[other])
        high = np.maximum(labels[one], labels[other])
        apart = low != high
        if not apart.any():
            return labels
        one, other = one[apart], other[apart]
        labels = labels.copy()
        np.minimum.at(labels, high[apart], low[apart])
        while (labels[labels] != labels).any():
            labels = labels[labels]


def _extent_of_each(shapes: ObjectArray, labels: IntArray) -> np.ndarray:
    """Return the diagonal of each cluster's box, by label."""
    box = np.full((len(labels), 4), -np.inf)
    bounds = shapely.bounds(shapes) * np.array([-1.0, -1.0, 1.0, 1.0]) if len(shapes) else box
    np.maximum.at(box, labels, bounds)
    used = np.isfinite(box[:, 0])
    size = np.zeros(len(labels))
    size[used] = np.hypot(box[used, 0] + box[used, 2], box[used, 1] + box[used, 3])
    return size


def _cells(shapes: ObjectArray) -> IntArray:
    """Return the number of the grid cell that holds the middle of each shape's box.

    Half of the allowed extent a side, so that a cell's findings and their edges stay about within it.
    """
    bounds = shapely.bounds(shapes)
    middle = (bounds[:, :2] + bounds[:, 2:]) / 2.0
    cells = np.floor(middle / (EXTENT_M / 2.0)).astype(np.int64)
    _, number = np.unique(cells, axis=0, return_inverse=True)
    return number.reshape(-1).astype(np.int64)
