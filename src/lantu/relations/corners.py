"""Corners: the points of lines and outlines that can be told from their neighbours, and so be matched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from lantu.model import parts_of
from lantu.relations.index import POLYGON
from lantu.relations.nearest import mutual_nearest
from lantu.relations.tolerance import TOPOLOGY_M

if TYPE_CHECKING:
    from lantu.model import BoolArray, FloatArray, IntArray, ObjectArray

SHARPEST_STRAIGHT = np.cos(np.radians(20.0))
"""A line that turns by less than this is straight here: the point could slide along it."""

ALIKE_BEARING = np.cos(np.radians(30.0))
"""Corners that open in directions further apart than this are different corners."""


FEATURES_AT_ONCE = 50_000
"""Features whose outlines are taken apart at a time."""


@dataclass(frozen=True)
class Corners:
    """Corners of a layer, one a place: where, which way they open (0, 0 for a point), and whose they are."""

    place: FloatArray  # (n, 2)
    bearing: FloatArray  # (n, 2), unit vectors
    owner: IntArray  # row of the feature

    def take(self, chosen: IntArray | BoolArray) -> Corners:
        """Return some of the corners."""
        return Corners(self.place[chosen], self.bearing[chosen], self.owner[chosen])


def corners_of(geometry: ObjectArray, rows: IntArray) -> Corners:
    """Return the corners of the features ``rows``: turns of outlines and lines, ends of lines, points."""
    if len(rows) <= FEATURES_AT_ONCE:
        return _turns(geometry, rows)
    starts = range(0, len(rows), FEATURES_AT_ONCE)
    parts = [_turns(geometry, rows[start : start + FEATURES_AT_ONCE]) for start in starts]
    place = np.concatenate([part.place for part in parts])
    first = _one_a_place(place)
    bearing, owner = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("bearing", "owner")
    )
    return Corners(place[first], bearing[first], owner[first])


def _turns(geometry: ObjectArray, rows: IntArray) -> Corners:
    """Return the corners of some features."""
    shapes = geometry[rows].copy()
    areas = shapely.get_dimensions(shapes) == POLYGON
    shapes[areas] = shapely.boundary(shapes[areas])
    parts, part_owner = parts_of(shapes)
    place, part = shapely.get_coordinates(parts, return_index=True)
    if len(place) == 0:
        return Corners(np.empty((0, 2)), np.empty((0, 2)), np.empty(0, dtype=np.int64))
    before, after = _steps(place, part, closed=np.asarray(shapely.is_closed(parts), dtype=np.bool_))
    turning = before[:, 0] * after[:, 0] + before[:, 1] * after[:, 1] < SHARPEST_STRAIGHT
    kept = np.flatnonzero(turning)
    chosen = kept[_one_a_place(place[kept])]
    opening = after[chosen] - before[chosen]
    length = np.hypot(opening[:, 0], opening[:, 1])
    bearing = np.divide(opening, length[:, None], out=np.zeros_like(opening), where=length[:, None] > 0)
    return Corners(place[chosen], bearing, rows[part_owner[part[chosen]]])


def _one_a_place(points: FloatArray) -> IntArray:
    """Return the first of all points that are one place, as sorted positions."""
    x, y = np.round(points[:, 0] / TOPOLOGY_M), np.round(points[:, 1] / TOPOLOGY_M)
    order = np.lexsort((y, x))
    x, y = x[order], y[order]
    new = np.ones(len(order), dtype=np.bool_)
    new[1:] = (x[1:] != x[:-1]) | (y[1:] != y[:-1])
    return np.sort(order[new])


def matched_corners(a: Corners, b: Corners, *, reach_m: float) -> tuple[IntArray, IntArray]:
    """Return the corners that are each other's nearest, within ``reach_m``, and open the same way."""
    i, j = mutual_nearest(a.place, b.place, reach_m=reach_m)
    same_way = (a.bearing[i] * b.bearing[j]).sum(axis=1)
    pointlike = ~a.bearing[i].any(axis=1) & ~b.bearing[j].any(axis=1)
    fit = (same_way > ALIKE_BEARING) | pointlike
    return i[fit], j[fit]


def _steps(place: FloatArray, part: IntArray, *, closed: ObjectArray) -> tuple[FloatArray, FloatArray]:
    """Return the unit steps into and out of each point; 0 at the open end of a line.

    The first and last points of a ring are one place: both get the steps around it.
    """
    size = len(part)
    starts = np.flatnonzero(np.r_[True, part[1:] != part[:-1]])
    stops = np.r_[starts[1:], size] - 1
    ring = closed[part[starts]] & (stops - starts > 1)
    step = np.zeros((size, 2))
    step[:-1] = place[1:] - place[:-1]
    step[stops] = 0.0
    length = np.hypot(step[:, 0], step[:, 1])
    unit = np.divide(step, length[:, None], out=np.zeros_like(step), where=length[:, None] > 0)
    before = np.zeros((size, 2))
    before[1:] = unit[:-1]  # 0 after the last point of a part
    after = unit
    before[starts[ring]] = unit[stops[ring] - 1]
    after[stops[ring]] = unit[starts[ring]]
    return before, after
