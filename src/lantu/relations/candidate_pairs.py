"""Which objects can meet at all: boxes that meet, keys that are equal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from lantu.relations.index import LINE, POLYGON, index_of
from lantu.relations.local import MARGIN_M, around_each_other
from lantu.relations.pairs import NO_ROW, Pairs
from lantu.relations.spec import Alone, Crosses, Near, Overlaps, Relation, Same
from lantu.relations.tolerance import TOPOLOGY_M, tolerance_between
from lantu.standards import standard

if TYPE_CHECKING:
    from lantu.model import BoolArray, IntArray, Layer

REACH_MARGIN_M = 1e-6
"""Added to every reach, so that rounding never loses a pair that stands exactly at its limit."""


def candidates(
    relation: Relation,
    a: Layer,
    b: Layer | None,
    *,
    rows_a: IntArray,
    chosen_a: BoolArray,
    chosen_b: BoolArray | None,
    itself: bool = False,
) -> Pairs:
    """Return the pairs that can meet, without measures, sorted by (rows_a, rows_b).

    ``rows_a`` are the subjects of one tile; each comes with all its partners in the whole of ``b``,
    so the pairs of all tiles together are the same for every tiling. ``chosen_a`` and ``chosen_b``
    are masks over the two whole layers (None: all). ``itself`` says that b is a: each unordered pair
    comes once, with the smaller id (as text) as subject, or, where the masks differ and allow only one
    order, in that order. Null and empty geometries never meet anything; only equal keys pair
    regardless of geometry, because the attributes behind them can be compared. Features of one coverage
    were drawn together: the accuracy of their layer explains no overlap among them, and the tolerance is
    that of topology.
    """
    subjects = np.sort(np.asarray(rows_a, dtype=np.int64))
    subjects = subjects[chosen_a[subjects]]
    drawn_together = itself and isinstance(relation, Overlaps) and standard(a.standard).coverage
    tolerance_m = TOPOLOGY_M if drawn_together else tolerance_between(a, b)
    if b is None or isinstance(relation, Alone):
        return _pairs(a, None, subjects, np.full(len(subjects), NO_ROW, dtype=np.int64), tolerance_m)
    others = np.ones(len(b), dtype=np.bool_) if chosen_b is None else chosen_b
    if isinstance(relation, Same) and relation.unmatched:
        of_subject, rows_b = index_of(b).bearers.of(index_of(a).keys[subjects])
        lone = subjects[np.bincount(of_subject[others[rows_b]], minlength=len(subjects)) == 0]
        return _pairs(a, b, lone, np.full(len(lone), NO_ROW, dtype=np.int64), tolerance_m)
    rows_a, rows_b = _meeting(relation, a, b, subjects, tolerance_m)
    kept = others[rows_b]
    if itself:
        kept &= _once(a, rows_a, rows_b, chosen_a, others)
    rows_a, rows_b = rows_a[kept], rows_b[kept]
    order = np.lexsort((rows_b, rows_a))
    return _pairs(a, b, rows_a[order], rows_b[order], tolerance_m)


def _pairs(a: Layer, b: Layer | None, rows_a: IntArray, rows_b: IntArray, tolerance_m: float) -> Pairs:
    return Pairs(a=a, b=b, rows_a=rows_a, rows_b=rows_b, tolerance_m=tolerance_m)


def _once(
    layer: Layer, rows_a: IntArray, rows_b: IntArray, chosen_a: BoolArray, chosen_b: BoolArray
) -> BoolArray:
    """Return which of the ordered pairs stand for their unordered pair of different features."""
    rank = index_of(layer).rank
    reversible = chosen_a[rows_b] & chosen_b[rows_a]
    once: BoolArray = (rows_a != rows_b) & ((rank[rows_a] < rank[rows_b]) | ~reversible)
    return once


def _meeting(
    relation: Relation, a: Layer, b: Layer, subjects: IntArray, tolerance_m: float
) -> tuple[IntArray, IntArray]:
    """Return all pairs of the subjects with features of ``b`` that the relation has to look at."""
    if isinstance(relation, Same):
        if relation.key == "geometry":
            return _equal_boxes(a, b, subjects, tolerance_m)
        return _equal_keys(a, b, subjects)
    if isinstance(relation, Near):
        return _rows_within(a, b, subjects, reach_m=relation.within_m + tolerance_m + REACH_MARGIN_M)
    if isinstance(relation, (Overlaps, Crosses)):
        rows_a, rows_b = rows_that_meet(a, b, subjects, reach_m=0.0)
        kinds_a, kinds_b = index_of(a).dimension[rows_a], index_of(b).dimension[rows_b]
        if isinstance(relation, Crosses):
            fit = (kinds_a == LINE) & (kinds_b == LINE)
        else:
            fit = (kinds_a == POLYGON) | (kinds_b == POLYGON)
            fit &= ~((kinds_a == POLYGON) & (kinds_b == POLYGON)) | _share_ground(a, b, rows_a, rows_b)
        return rows_a[fit], rows_b[fit]
    problem = f"{type(relation).__name__} has no pairs of candidates"
    raise TypeError(problem)


def rows_that_meet(a: Layer, b: Layer, subjects: IntArray, *, reach_m: float) -> tuple[IntArray, IntArray]:
    """Return the pairs whose boxes come as close as ``reach_m``."""
    if reach_m > 0:
        box = index_of(a).bounds_m[subjects] + np.array([-reach_m, -reach_m, reach_m, reach_m])
        found = index_of(b).tree.query(shapely.box(*box.T))
    else:
        found = index_of(b).tree.query(a.geometry[subjects])
    return subjects[found[0]], np.asarray(found[1], dtype=np.int64)


def _rows_within(a: Layer, b: Layer, subjects: IntArray, *, reach_m: float) -> tuple[IntArray, IntArray]:
    """Return the pairs that are no further apart than ``reach_m``."""
    rows_a, rows_b = rows_that_meet(a, b, subjects, reach_m=reach_m)
    one, two = around_each_other(a, b, rows_a, rows_b, margin_m=reach_m + MARGIN_M)
    close = shapely.dwithin(one, two, reach_m)
    return rows_a[close], rows_b[close]


def _share_ground(a: Layer, b: Layer, rows_a: IntArray, rows_b: IntArray) -> BoolArray:
    """Return which boxes share more than an edge or a corner."""
    a_m, b_m = index_of(a).bounds_m.take(rows_a, axis=0), index_of(b).bounds_m.take(rows_b, axis=0)
    wide = np.minimum(a_m[:, 2], b_m[:, 2]) > np.maximum(a_m[:, 0], b_m[:, 0])
    high = np.minimum(a_m[:, 3], b_m[:, 3]) > np.maximum(a_m[:, 1], b_m[:, 1])
    return np.asarray(wide & high, dtype=np.bool_)


def _equal_boxes(a: Layer, b: Layer, subjects: IntArray, tolerance_m: float) -> tuple[IntArray, IntArray]:
    """Return the pairs of one dimension whose boxes agree within the tolerance on every side."""
    reach_m = tolerance_m + REACH_MARGIN_M
    rows_a, rows_b = rows_that_meet(a, b, subjects, reach_m=reach_m)
    apart_m = index_of(a).bounds_m.take(rows_a, axis=0) - index_of(b).bounds_m.take(rows_b, axis=0)
    fit = (np.abs(apart_m) <= reach_m).all(axis=1) & (
        index_of(a).dimension[rows_a] == index_of(b).dimension[rows_b]
    )
    return rows_a[fit], rows_b[fit]


def _equal_keys(a: Layer, b: Layer, subjects: IntArray) -> tuple[IntArray, IntArray]:
    """Return the pairs whose ids are equal but for the mark of a repeated one."""
    of_subject, rows_b = index_of(b).bearers.of(index_of(a).keys[subjects])
    return subjects[of_subject], rows_b
