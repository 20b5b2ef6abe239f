"""Crosses: each place where two lines cross in plan, and what is a connection instead.

Two lines cross where they share a single point, at a vertex or not. Where they run along each other
for a stretch they cross only if one changes sides; the crossing is then the middle of the stretch.
A shared point near an end of either line, pipe to pipe or a branch on a main, joins the two: within
TOPOLOGY_M it is a plain connection and no pair at all; within the tolerance the data cannot tell a
connection from a crossing, so the pair is left out by the tolerance and counted (``wide`` 0).
A line's ends are its boundary: a closed line has none, and parts that continue each other have none
between them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from lantu.relations.index import index_of
from lantu.relations.kernels import crossings
from lantu.relations.left_out import LeftOut, left_out
from lantu.relations.overlaps import KeptShapes
from lantu.relations.overlay import lineal, overlay
from lantu.relations.segments import angle_between_deg
from lantu.relations.tolerance import TOPOLOGY_M

if TYPE_CHECKING:
    from lantu.model import BoolArray, FloatArray, IntArray, ObjectArray
    from lantu.relations.pairs import Pairs


def measure_crosses(pairs: Pairs, *, kernels: bool = False) -> Pairs:
    """Return one pair for each crossing, with ``wide`` and the measures of Crosses.

    Crossings of a pair are numbered along the subject, those left out by the tolerance last.
    """
    a, b = pairs.subject.geometry, pairs.other.geometry
    points, pair, failed = _by_kernel(pairs, a, b) if kernels else _by_geos(a, b, np.arange(len(pairs)))
    end_m = np.fmin(_end_distance_m(points, a[pair]), _end_distance_m(points, b[pair]))
    crossing = ~(end_m <= TOPOLOGY_M)
    points, pair, end_m = points[crossing], pair[crossing], end_m[crossing]
    measures = {
        "fraction_a": shapely.line_locate_point(a[pair], points, normalized=True),
        "fraction_b": shapely.line_locate_point(b[pair], points, normalized=True),
        "angle_deg": angle_between_deg(a[pair], b[pair], points, points),
        "wide": (~(end_m <= pairs.tolerance_m)).astype(np.float64),
    }
    measures = {name: np.r_[values, np.full(len(failed), np.nan)] for name, values in measures.items()}
    pair = np.r_[pair, failed]
    points = np.r_[points, np.full(len(failed), None, dtype=object)]
    order = np.lexsort((measures["fraction_b"], measures["fraction_a"], -measures["wide"], pair))
    measures = {name: values[order] for name, values in measures.items()}
    pair = pair[order]
    first = np.searchsorted(pair, pair)
    measures["part"] = (np.arange(len(pair)) - first).astype(np.float64)
    measures["wide"] = np.nan_to_num(measures["wide"], nan=0.0)
    taken = pairs.take(pair.astype(np.int64))
    return replace(taken, measures=measures, shapes=KeptShapes(points[order]))


def keep_crosses(pairs: Pairs) -> tuple[BoolArray, LeftOut]:
    """Return which pairs are crossings, and how many points may be connections as well."""
    wide = pairs["wide"] > 0
    failed = np.isnan(pairs["fraction_a"])
    return wide, left_out(~wide & ~failed, failed=failed)


def _by_geos(a: ObjectArray, b: ObjectArray, chosen: IntArray) -> tuple[ObjectArray, IntArray, IntArray]:
    """Return the points where the lines of chosen pairs cross, their pairs, and pairs that GEOS failed on."""
    meets, failed = _meets(a[chosen], b[chosen])
    points, pair = _points(a[chosen], b[chosen], meets)
    return points, chosen[pair], chosen[failed]


def _by_kernel(pairs: Pairs, a: ObjectArray, b: ObjectArray) -> tuple[ObjectArray, IntArray, IntArray]:
    """Return the same of all pairs: most cross once, or join only, and that takes no geometry."""
    other = pairs.a if pairs.b is None else pairs.b
    kind, place = crossings(index_of(pairs.a).paths, index_of(other).paths, pairs.rows_a, pairs.rows_b)
    plain = (kind < 2) & ~shapely.has_z(a) & ~shapely.has_z(b)  # noqa: PLR2004  # 2: for GEOS to say
    once = np.flatnonzero(plain & (kind == 1))
    points, pair, failed = _by_geos(a, b, np.flatnonzero(~plain))
    return np.concatenate([points, shapely.points(place[once])]), np.concatenate([pair, once]), failed


def _meets(a: ObjectArray, b: ObjectArray) -> tuple[ObjectArray, IntArray]:
    """Return what each two lines share, and the positions where GEOS could not compute it."""
    meets = np.full(len(a), None, dtype=object)
    some = np.flatnonzero(shapely.intersects(a, b))
    meets[some] = overlay(shapely.intersection, a[some], b[some])
    return meets, some[shapely.is_missing(meets[some])]


def _points(a: ObjectArray, b: ObjectArray, meets: ObjectArray) -> tuple[ObjectArray, IntArray]:
    """Return all points where the two of a pair cross, and their pairs."""
    parts, pair = shapely.get_parts(meets, return_index=True)
    single = shapely.get_type_id(parts) == 0
    along = np.unique(pair[~single])  # most lines share points and nothing else
    stretches, of = shapely.get_parts(shapely.line_merge(lineal(meets[along])), return_index=True)
    real = shapely.length(stretches) > 0
    stretches, owner = stretches[real], along[of[real]]
    through = _changes_sides(a[owner], b[owner], stretches)
    middle = shapely.line_interpolate_point(stretches[through], 0.5, normalized=True)
    return np.concatenate([parts[single], middle]), np.concatenate([pair[single], owner[through]])


def _end_distance_m(points: ObjectArray, lines: ObjectArray) -> FloatArray:
    """Return how far each point is from the nearest end of its line; NaN where the line has no ends."""
    distance_m = np.full(len(points), np.nan)
    open_ = (shapely.get_type_id(lines) == shapely.GeometryType.LINESTRING) & ~shapely.is_closed(lines)
    ends = [shapely.get_point(lines[open_], place) for place in (0, -1)]
    distance_m[open_] = np.minimum(*(shapely.distance(points[open_], end) for end in ends))
    distance_m[~open_] = shapely.distance(points[~open_], shapely.boundary(lines[~open_]))
    return distance_m


def _changes_sides(a: ObjectArray, b: ObjectArray, stretches: ObjectArray) -> BoolArray:
    """Return whether b is left of a before the stretch that they share and right after it, or the reverse."""
    first, last = shapely.get_point(stretches, 0), shapely.get_point(stretches, -1)
    inward = shapely.line_interpolate_point(stretches, TOPOLOGY_M)
    outward = shapely.line_interpolate_point(stretches, -TOPOLOGY_M)
    before = _turn(first, inward, _beyond(a, first, last), _beyond(b, first, last))
    after = _turn(last, outward, _beyond(a, last, first), _beyond(b, last, first))
    # Seen from either end the stretch leads away, so one and the same side turns the other way.
    return (before * after) > 0


def _beyond(lines: ObjectArray, end: ObjectArray, other_end: ObjectArray) -> ObjectArray:
    """Return the point of each line just outside the stretch at ``end``; None past the line's own end."""
    here_m = shapely.line_locate_point(lines, end)
    there_m = shapely.line_locate_point(lines, other_end)
    place_m = here_m + np.where(here_m > there_m, TOPOLOGY_M, -TOPOLOGY_M)
    inside = (place_m >= 0) & (place_m <= shapely.length(lines))
    points = np.full(len(lines), None, dtype=object)
    points[inside] = shapely.line_interpolate_point(lines[inside], place_m[inside])
    return points


def _turn(at: ObjectArray, along: ObjectArray, a: ObjectArray, b: ObjectArray) -> FloatArray:
    """Return 1 where b comes before a, turning anticlockwise from the stretch, -1 where after, else 0."""
    angle_a, angle_b = _bearing(at, a) - _bearing(at, along), _bearing(at, b) - _bearing(at, along)
    return np.nan_to_num(np.sign(angle_a % (2 * np.pi) - angle_b % (2 * np.pi)), nan=0.0)


def _bearing(start: ObjectArray, stop: ObjectArray) -> FloatArray:
    """Return the direction from each point to another in radians, NaN where there is none."""
    bearing: FloatArray = np.arctan2(
        shapely.get_y(stop) - shapely.get_y(start), shapely.get_x(stop) - shapely.get_x(start)
    )
    return bearing
