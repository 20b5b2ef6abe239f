"""Width: whether what two objects share is wider than the tolerance somewhere.

Two polygons that only touch, one of them moved by d, share ground in which no disc wider than d has
room: a disc in both would have lain in the first and, moved back, in the second, so its diameter
cannot exceed d. The overlap is therefore wider than honest error explains exactly when a disc of the
tolerance as diameter fits into it, that is, when it survives erosion by half the tolerance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from lantu.relations.overlay import eroded, grown, overlay
from lantu.relations.segments import ends_of

if TYPE_CHECKING:
    from lantu.model import BoolArray, FloatArray, IntArray, ObjectArray

LOCAL_REACH = 3.0
"""How far beyond the polygon, in tolerances, a line is followed to see whether it passes through."""


def wide_polygons(polygons: ObjectArray, tolerance_m: float) -> BoolArray:
    """Return whether a disc of diameter ``tolerance_m`` fits into some part of each, shape (n,).

    Certain cases go first. Mean thickness 2·area/perimeter never exceeds the diameter of the largest
    disc (for at most one hole), so a thicker part is wide; a small mean proves nothing, for a long
    sliver may end in a broad spot. A part narrower than the tolerance between two parallel lines, or
    smaller than the disc, is not wide. What is left is eroded; GEOS does that to about 1 % of the
    tolerance. What cannot be computed counts as wide: nothing is dropped in silence.
    """
    parts, owner = shapely.get_parts(polygons, return_index=True)
    wide = wide_parts(parts, tolerance_m)
    any_wide: BoolArray = np.bincount(owner[wide], minlength=len(polygons)) > 0
    return any_wide


def wide_parts(parts: ObjectArray, tolerance_m: float) -> BoolArray:
    """Return the same for single polygons, one answer a part."""
    area_m2 = shapely.area(parts)
    wide: BoolArray = area_m2 > 0
    if tolerance_m <= 0:
        return wide
    thick = 2.0 * area_m2 > tolerance_m * shapely.length(parts)
    open_cases = wide & ~(thick & (shapely.get_num_interior_rings(parts) <= 1))
    wide &= ~open_cases
    open_cases &= area_m2 > np.pi / 4.0 * tolerance_m**2
    left = np.flatnonzero(open_cases)
    left = left[_extent_m(parts[left]) > tolerance_m]
    wide[left] = ~shapely.is_empty(eroded(parts[left], tolerance_m / 2.0))
    return wide


def _extent_m(parts: ObjectArray) -> FloatArray:
    """Return each part's extent across its longest edge: no disc in it is wider."""
    if len(parts) == 0:
        return np.empty(0)
    points, owner = shapely.get_coordinates(parts, return_index=True)
    starts = np.flatnonzero(np.r_[True, owner[1:] != owner[:-1]])
    step = np.zeros_like(points)
    same = owner[1:] == owner[:-1]  # the jump to a hole may pass for an edge: any direction is sound
    step[:-1][same] = (points[1:] - points[:-1])[same]
    length_m = np.sqrt(step[:, 0] ** 2 + step[:, 1] ** 2)
    order = np.lexsort((length_m, owner))
    longest = order[np.r_[starts[1:], len(owner)] - 1]
    normal = np.column_stack([-step[longest, 1], step[longest, 0]]) / length_m[longest, None]
    local = points - points[starts][owner]
    across = local[:, 0] * normal[owner, 0] + local[:, 1] * normal[owner, 1]
    extent: FloatArray = np.maximum.reduceat(across, starts) - np.minimum.reduceat(across, starts)
    return extent


def lines_through(
    lines: ObjectArray, polygons: ObjectArray, tolerance_m: float, *, same: IntArray
) -> BoolArray:
    """Return whether each line enters its polygon by more than the tolerance explains, shape (n,).

    It does so when every line within the tolerance of the given one meets the polygon. That is so where
    a point of it lies deeper inside than the tolerance, which eroding the polygon finds. The others
    (along an edge, across a corner, an end that reaches in, through a wall thinner than the tolerance)
    are followed in their own corridor, the ground within the tolerance of the line: where the polygon
    cuts the corridor in two there is no way past it, and the line goes through.

    ``same`` numbers equal polygons alike, so that each is eroded once.
    """
    if len(lines) == 0 or tolerance_m <= 0:
        return np.ones(len(lines), dtype=np.bool_)
    _, first, number = np.unique(same, return_index=True, return_inverse=True)
    cores = eroded(polygons[first], tolerance_m)
    through = np.asarray(shapely.intersects(lines, cores[number]), dtype=np.bool_)
    left = np.flatnonzero(~through)
    if len(left):
        through[left] = _cut(lines[left], polygons[left], tolerance_m)
    return through


def points_inside(points: ObjectArray, polygons: ObjectArray, tolerance_m: float) -> BoolArray:
    """Return whether each point (of several: any) lies deeper inside its polygon than the tolerance."""
    single, owner = shapely.get_parts(points, return_index=True)
    outer = polygons[owner]
    inside = shapely.intersects(single, outer)
    deep = np.flatnonzero(inside)
    deep = deep[shapely.distance(single[deep], shapely.boundary(outer[deep])) > tolerance_m]
    any_deep: BoolArray = np.bincount(owner[deep], minlength=len(points)) > 0
    return any_deep


def _cut(lines: ObjectArray, polygons: ObjectArray, tolerance_m: float) -> BoolArray:
    """Return whether the polygon cuts some stretch's corridor between the stretch's two ends."""
    stretches, owner = _stretches(lines, polygons, tolerance_m)
    corridors = grown(stretches, tolerance_m)
    free, stretch = shapely.get_parts(
        overlay(shapely.difference, corridors, polygons[owner]), return_index=True
    )
    starts, stops = ends_of(stretches)
    reaches = (shapely.distance(free, starts[stretch]) < tolerance_m) & (
        shapely.distance(free, stops[stretch]) < tolerance_m
    )
    past = np.bincount(stretch[reaches], minlength=len(stretches)) > 0
    cut: BoolArray = np.bincount(owner[~past], minlength=len(lines)) > 0
    return cut


def _stretches(lines: ObjectArray, polygons: ObjectArray, tolerance_m: float) -> tuple[ObjectArray, IntArray]:
    """Return the single lines that come near the polygon, cut off some way out, and whose they are."""
    parts, owner = shapely.get_parts(shapely.line_merge(lines), return_index=True)
    around = grown(polygons, LOCAL_REACH * tolerance_m)
    near, part = shapely.get_parts(
        shapely.line_merge(overlay(shapely.intersection, parts, around[owner])), return_index=True
    )
    whole = shapely.get_type_id(near) == 1
    return near[whole], owner[part[whole]]
