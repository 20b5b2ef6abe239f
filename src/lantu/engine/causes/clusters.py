"""Places as causes: findings that lie side by side, to be settled in one visit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import shapely

from lantu.engine.causes.ledger import Cause, groups_of
from lantu.relations import Alone
from lantu.relations.arrangement import joined

if TYPE_CHECKING:
    from lantu.engine.causes.ledger import Ledger
    from lantu.model import FloatArray, IntArray, ObjectArray, StoredFindings

REACH_M = 20.0
"""Two findings no further apart than this, from edge to edge, belong to one place."""

SQUARE_M = 14.0
"""Side of a square in which no two points are further apart than REACH_M, with room for rounding."""

LEAST_FINDINGS = 3
EXTENT_M = 300.0
"""No place is larger: a larger chain is cut by the cells of a grid of this size, a larger finding is none."""

ID = pa.schema([("finding_id", pa.string())])

CHUNK = 4096
"""Findings looked up at a time, so that a crowd of them does not fill the memory."""


def add_places(ledger: Ledger) -> None:
    """Add the places where at least LEAST_FINDINGS free findings lie within REACH_M of one another.

    Only findings from objects that meet: where a value of one object by itself is wrong, its place has
    nothing to do with it. A place is named by the smallest finding id in it, so its id stays unless that
    one finding goes or a smaller one comes.
    """
    rows = _located(ledger)
    bounds = ledger.findings.bounds_m[rows]
    labels = _components(ledger.findings, rows, np.zeros(len(rows), dtype=np.int64))
    large = _extent_of_each(bounds, labels) > EXTENT_M
    again = np.flatnonzero(large[labels]) if len(labels) else labels
    if len(again):
        labels[again] = len(rows) + _components(ledger.findings, rows[again], _cells(bounds[again]))
    groups = [np.sort(rows[part]) for part in groups_of(labels, LEAST_FINDINGS)]
    named = zip(_first_ids(ledger, groups), groups, strict=True)
    for first, group in sorted(named, key=lambda found: found[0]):
        layer = ledger.most("layer_a", group)
        ledger.add(Cause(scope="place", kind="place", layer=layer, key=(first,), rows=group))


def _first_ids(ledger: Ledger, groups: list[IntArray]) -> list[str]:
    """Return the smallest finding id of each group."""
    group_of = np.full(len(ledger.findings), -1, dtype=np.int64)
    for number, rows in enumerate(groups):
        group_of[rows] = number
    grouped = group_of >= 0
    parts = [ID.empty_table(), *ledger.findings.parts(ID.names, rows=grouped)]
    table = pa.concat_tables(parts).append_column("group", pa.array(group_of[grouped]))
    smallest = table.group_by("group").aggregate([("finding_id", "min")]).sort_by("group")
    return [str(one) for one in smallest.column("finding_id_min").to_pylist()]


def _located(ledger: Ledger) -> IntArray:
    """Return the free findings that a place can explain: drawn, and no larger than a place."""
    meeting = [c for c in ledger.kinds("rule").names if not isinstance(ledger.relation(c), Alone | None)]
    rows = np.flatnonzero(ledger.free & ledger.of_rules(meeting))
    bounds = ledger.findings.bounds_m[rows]
    return rows[np.hypot(bounds[:, 2] - bounds[:, 0], bounds[:, 3] - bounds[:, 1]) <= EXTENT_M]


def _components(findings: StoredFindings, rows: IntArray, cells: IntArray) -> IntArray:
    """Return the number of the cluster of each finding: connected within REACH_M inside one cell.

    A line sweeps from west to east over the geometries, some ten thousand at a time; of those behind it, it
    takes along what the next may still reach.
    """
    bounds = findings.bounds_m[rows]
    order = np.argsort(bounds[:, 0], kind="stable")
    here, shapes = order[:0], np.empty(0, dtype=object)
    one, other = [order[:0].astype(np.int32)], [order[:0].astype(np.int32)]  # as many as findings
    start = 0
    for following in findings.shapes_in(rows[order]):
        taken = order[start : start + len(following)]
        start += len(following)
        along = bounds[here, 2] + REACH_M >= bounds[taken[0], 0]
        here, shapes = np.r_[here[along], taken], np.r_[shapes[along], following]
        first = here[_near_each_other(shapes, cells[here])]
        tied = first != here
        one.append(first[tied].astype(np.int32))
        other.append(here[tied].astype(np.int32))
    labels = joined(np.arange(len(rows), dtype=np.int32), np.concatenate(one), np.concatenate(other))
    return labels.astype(np.int64)


def _near_each_other(shapes: ObjectArray, cells: IntArray) -> IntArray:
    """Return for each shape the position of the first one that it is connected with inside its cell.

    Most are connected by vertices that lie close together, which needs no geometry; distances are measured
    only between shapes that are not connected yet.
    """
    labels = joined(np.arange(len(shapes)), *_by_vertices(shapes, cells))
    tree, boxes = shapely.STRtree(shapes), shapely.bounds(shapes) + REACH_M * np.array([-1.0, -1.0, 1.0, 1.0])
    for start in range(0, len(shapes), CHUNK):
        one, other = tree.query(shapely.box(*boxes[start : start + CHUNK].T))
        one = one + start
        open_yet = (one < other) & (cells[one] == cells[other]) & (labels[one] != labels[other])
        one, other = one[open_yet], other[open_yet]
        near = shapely.dwithin(shapes[one], shapes[other], REACH_M)
        labels = joined(labels, one[near], other[near])
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


def _extent_of_each(bounds: FloatArray, labels: IntArray) -> FloatArray:
    """Return the diagonal of each cluster's box, by label."""
    box = np.full((len(labels), 4), -np.inf)
    np.maximum.at(box, labels, bounds * np.array([-1.0, -1.0, 1.0, 1.0]))
    used = np.isfinite(box[:, 0])
    size = np.zeros(len(labels))
    size[used] = np.hypot(box[used, 0] + box[used, 2], box[used, 1] + box[used, 3])
    return size


def _cells(bounds: FloatArray) -> IntArray:
    """Return the number of the grid cell that holds the middle of each box.

    Half of the allowed extent a side, so that a cell's findings and their edges stay about within it.
    """
    middle = (bounds[:, :2] + bounds[:, 2:]) / 2.0
    cells = np.floor(middle / (EXTENT_M / 2.0)).astype(np.int64)
    _, number = np.unique(cells, axis=0, return_inverse=True)
    return number.reshape(-1).astype(np.int64)
