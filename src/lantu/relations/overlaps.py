"""Overlaps: the ground, the length or the place that two objects share."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from lantu.relations.index import LINE, POINT, POLYGON, dimensions, index_of
from lantu.relations.kernels import shared_areas_m2, widths
from lantu.relations.left_out import STEP, LeftOut, in_steps, left_out
from lantu.relations.local import MARGIN_M, around, around_each_other, as_intersection_notices
from lantu.relations.overlay import lineal, overlay, polygonal
from lantu.relations.width import LOCAL_REACH, lines_through, points_inside, wide_polygons
from lantu.standards import standard

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from lantu.model import BoolArray, FloatArray, IntArray, Layer, ObjectArray
    from lantu.relations.pairs import Pairs
    from lantu.relations.spec import Overlaps

ROUNDING_M = 1e-8
"""How far GEOS may put a place where two edges cross from where it is."""

MEASURES = ("area_m2", "length_m", "share_a", "share_b")


@dataclass(frozen=True)
class KeptShapes:
    """Geometries that measuring built anyway, handed out by position."""

    geometry: ObjectArray

    def __call__(self, chosen: IntArray) -> ObjectArray:
        """Return the geometry of each chosen pair."""
        return self.geometry[chosen]


@dataclass(frozen=True)
class SharedParts:
    """What the two of each pair share: built while measuring where that needed it, else when asked for."""

    pairs: Pairs
    built: ObjectArray
    waiting: BoolArray  # polygons on polygons that a kernel measured; each is built once
    area_m2: FloatArray | None  # what kernels measured

    def __call__(self, chosen: IntArray) -> ObjectArray:
        """Return the geometry of each chosen pair."""
        late = np.unique(chosen[self.waiting[chosen]])
        if len(late):
            self.built[late] = (
                _shared_ground(self.pairs, late)
                if self.area_m2 is None
                else _measured_ground(self.pairs, late, self.area_m2[late])
            )
            self.waiting[late] = False
        return self.built[chosen]


def measure_overlaps(pairs: Pairs, *, kernels: bool = False) -> Pairs:
    """Return the pairs with ``area_m2``, ``length_m``, ``share_a``, ``share_b``, ``wide`` and ``by_geos``.

    Polygon on polygon: area and both shares. Line and polygon, in either order: length, and the line's
    share. Point and polygon: the point's share, 1 where it is inside. What a pair does not have is NaN;
    where GEOS could not compute it, all but ``wide`` is NaN. Only parts of the right dimension count.
    The values depend on the two objects and the tolerance alone. Areas come in steps of 2⁻²⁰ m², a
    square millimetre, from ``kernels`` as from GEOS, and what is less than half of one is none;
    ``by_geos`` is 1 where a kernel left a pair of polygons to GEOS.
    """
    kind_a, kind_b = dimensions(pairs)
    measures = {name: np.full(len(pairs), np.nan) for name in MEASURES}
    measures |= {"wide": np.zeros(len(pairs)), "by_geos": np.zeros(len(pairs))}
    shapes = np.full(len(pairs), None, dtype=object)
    areas = np.flatnonzero((kind_a == POLYGON) & (kind_b == POLYGON))
    waiting = _measure_areas(pairs, areas, measures, shapes, kernels=kernels)
    for kind, measure in ((LINE, _measure_lines), (POINT, _measure_points)):
        measure(pairs, np.flatnonzero((kind_a == kind) & (kind_b == POLYGON)), measures, shapes, of_a=True)
        measure(pairs, np.flatnonzero((kind_b == kind) & (kind_a == POLYGON)), measures, shapes, of_a=False)
    known_m2 = measures["area_m2"] if kernels else None
    return replace(pairs, measures=measures, shapes=SharedParts(pairs, shapes, waiting, known_m2))


def _measure_areas(
    pairs: Pairs, at: IntArray, measures: dict[str, FloatArray], shapes: ObjectArray, *, kernels: bool
) -> BoolArray:
    """Fill in what the polygons at these positions share; return whose geometry is still to build."""
    a, b, rows_a, rows_b = _sides(pairs, at, of_a=True)
    area_m2, wide = np.full(len(at), np.nan), np.full(len(at), -1, dtype=np.int8)
    if kernels and len(at):
        some = np.flatnonzero(_may_share(a, b, rows_a, rows_b))
        area_m2, wide = np.zeros(len(at)), np.zeros(len(at), dtype=np.int8)
        area_m2[some], wide[some] = _by_kernels(a, b, rows_a[some], rows_b[some], pairs.tolerance_m)
    by_geos = np.flatnonzero(np.isnan(area_m2) | (wide < 0))
    shapes[at[by_geos]] = _shared_ground(pairs, at[by_geos])
    unmeasured = by_geos[np.isnan(area_m2[by_geos])]
    area_m2[unmeasured] = in_steps(measured_or_nan(shapely.area, shapes[at[unmeasured]]))
    wide[by_geos] = wide_polygons(shapes[at[by_geos]], pairs.tolerance_m) & (area_m2[by_geos] > 0)
    measures["area_m2"][at] = area_m2
    measures["share_a"][at] = share_of(area_m2, index_of(a).area_m2[rows_a])
    measures["share_b"][at] = share_of(area_m2, index_of(b).area_m2[rows_b])
    measures["wide"][at] = wide
    measures["by_geos"][at[by_geos]] = float(kernels)
    waiting = np.zeros(len(pairs), dtype=np.bool_)
    waiting[at] = True
    waiting[at[by_geos]] = False
    return waiting


def _may_share(a: Layer, b: Layer, rows_a: IntArray, rows_b: IntArray) -> BoolArray:
    """Return which pairs may share ground: of one coverage only few."""
    if a is not b or not standard(a.standard).coverage:
        return np.ones(len(rows_a), dtype=np.bool_)
    may = index_of(a).may_overlap
    return may[rows_a] & may[rows_b]


def _by_kernels(
    a: Layer, b: Layer, rows_a: IntArray, rows_b: IntArray, tolerance_m: float
) -> tuple[FloatArray, NDArray[np.int8]]:
    """Return what polygons share, NaN for GEOS to say, and whether it is wide, -1 for GEOS."""
    one, two = index_of(a).outlines, index_of(b).outlines
    exact_m2, covered = shared_areas_m2(one, two, rows_a, rows_b)
    area_m2 = in_steps(exact_m2)
    return area_m2, widths(one, two, rows_a, rows_b, (area_m2, covered), tolerance_m)


def _measured_ground(pairs: Pairs, at: IntArray, area_m2: FloatArray) -> ObjectArray:
    """Return the polygons that the two of each of these pairs share, whose area a kernel has measured.

    Drawn without what GEOS cuts off first, and as from whole polygons where the area is another: where GEOS
    cannot node at first it cuts nothing off, and what was left out would be missed.
    """
    one, two = as_intersection_notices(*_sides(pairs, at, of_a=True))
    ground = polygonal(overlay(shapely.intersection, one, two))
    near = np.abs(shapely.area(ground) - area_m2) <= STEP + ROUNDING_M * shapely.length(ground)
    other = np.flatnonzero(~near)
    ground[other] = _shared_ground(pairs, at[other])
    return ground


def _shared_ground(pairs: Pairs, at: IntArray) -> ObjectArray:
    """Return the polygons that the two of each of these pairs share."""
    a, b, rows_a, rows_b = _sides(pairs, at, of_a=True)
    one, two = around_each_other(a, b, rows_a, rows_b, margin_m=MARGIN_M)
    return polygonal(overlay(shapely.intersection, one, two))


def _measure_lines(
    pairs: Pairs, at: IntArray, measures: dict[str, FloatArray], shapes: ObjectArray, *, of_a: bool
) -> None:
    """Fill in the length of the lines of one side inside the polygons of the other."""
    inner, outer, rows, outer_rows = _sides(pairs, at, of_a=of_a)
    margin_m = MARGIN_M + LOCAL_REACH * pairs.tolerance_m
    polygons, same = around(outer, outer_rows, index_of(inner).bounds_m[rows], margin_m=margin_m)
    lines = inner.geometry[rows]
    shapes[at] = lineal(overlay(shapely.intersection, lines, polygons))
    length_m = measured_or_nan(shapely.length, shapes[at])
    measures["length_m"][at] = length_m
    measures["share_a" if of_a else "share_b"][at] = share_of(length_m, index_of(inner).length_m[rows])
    some = length_m > 0
    measures["wide"][at[some]] = lines_through(
        lines[some], polygons[some], pairs.tolerance_m, same=same[some]
    )


def _measure_points(
    pairs: Pairs, at: IntArray, measures: dict[str, FloatArray], shapes: ObjectArray, *, of_a: bool
) -> None:
    """Fill in which points of one side are inside the polygons of the other."""
    inner, outer, rows, outer_rows = _sides(pairs, at, of_a=of_a)
    margin_m = MARGIN_M + pairs.tolerance_m
    polygons, _ = around(outer, outer_rows, index_of(inner).bounds_m[rows], margin_m=margin_m)
    points = inner.geometry[rows]
    shapes[at] = points
    measures["share_a" if of_a else "share_b"][at] = shapely.intersects(points, polygons)
    measures["wide"][at] = points_inside(points, polygons, pairs.tolerance_m)


def _sides(pairs: Pairs, at: IntArray, *, of_a: bool) -> tuple[Layer, Layer, IntArray, IntArray]:
    """Return the layer of the inner objects, of the outer ones, and the rows of both."""
    other = pairs.a if pairs.b is None else pairs.b
    if of_a:
        return pairs.a, other, pairs.rows_a[at], pairs.rows_b[at]
    return other, pairs.a, pairs.rows_b[at], pairs.rows_a[at]


def measured_or_nan(measure: Callable[[ObjectArray], Any], geometry: ObjectArray) -> FloatArray:
    """Return the area or length of each geometry; NaN where there is none because GEOS failed."""
    return np.asarray(measure(geometry), dtype=np.float64)


def share_of(part: FloatArray, whole: FloatArray) -> FloatArray:
    """Return part / whole, at most 1, NaN where there is nothing to take a share of."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.minimum(np.where(whole > 0, part / whole, np.nan), 1.0), dtype=np.float64)


def keep_overlaps(relation: Overlaps, pairs: Pairs) -> tuple[BoolArray, LeftOut]:
    """Return which pairs reach the thresholds and are wide, and what was not wide.

    A threshold on a measure that the pair does not have (the area of a line) does not bind.
    """
    wide = pairs["wide"] > 0
    area_m2, length_m, share_a, share_b = (pairs[name] for name in MEASURES)
    failed = np.isnan(area_m2) & np.isnan(length_m) & np.isnan(share_a) & np.isnan(share_b)
    enough = ~(area_m2 < relation.min_area_m2) & ~(length_m < relation.min_length_m)
    enough &= ~(share_a < relation.min_share)
    point = np.isnan(area_m2) & np.isnan(length_m)
    meets = (area_m2 > 0) | (length_m > 0) | (point & ((share_a > 0) | (share_b > 0)))
    return wide & enough, left_out(meets & ~wide, area_m2=area_m2, length_m=length_m, failed=failed)
