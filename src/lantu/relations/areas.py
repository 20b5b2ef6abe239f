"""Shared areas of two whole tables, for who wants them and no check: by its kernels, to their bound."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lantu.relations.kernels import boxes_meeting, in_pieces, kernels_for, shared_areas_m2
from lantu.relations.left_out import in_steps
from lantu.relations.polygons import Polygons, check_plane, features_in, polygons_of

if TYPE_CHECKING:
    from lantu.model import FloatArray, IntArray
    from lantu.relations.polygons import Table

POLYGON = 2
"""Dimension of polygons."""


class SharedAreas(NamedTuple):
    """Features that share ground: rows of either table and square metres, (n,), sorted by rows."""

    rows_a: IntArray
    rows_b: IntArray
    area_m2: FloatArray


def shared_areas(a: Table, b: Table) -> SharedAreas:
    """Return which features of two tables share ground, and how much.

    A table is the path of a GeoParquet file (or of another that GDAL reads), a GeoDataFrame, a GeoSeries, an
    array of geometries, an Arrow column of WKB, or what ``polygons_of`` made of one. Polygons have to be
    valid, as for GEOS, and both tables in one system in metres; features that are no polygons share nothing.
    Areas are those of a check, in steps of 2⁻²⁰ m² (docs/performance.md says how exact they are), and what is
    less than half a step is none. Large tables are measured by compiled kernels in threads, small ones by
    Shapely; ``LANTU_KERNELS`` decides as for a check.
    """
    with ThreadPoolExecutor(max_workers=2) as pool:
        reading = [pool.submit(polygons_of, table) for table in (a, b)]
        kernels = kernels_for(
            features_in(a) + features_in(b), {"areas", "tables"}
        )  # loads while files are read
        one, two = (table.result() for table in reading)
    check_plane(one, two)
    find = _by_kernels if kernels.serve else _by_shapely
    rows_a, rows_b, area_m2 = find(one, two)
    area_m2 = in_steps(area_m2)
    some = area_m2 > 0
    return SharedAreas(rows_a[some], rows_b[some], area_m2[some])


def _by_kernels(one: Polygons, two: Polygons) -> tuple[IntArray, IntArray, FloatArray]:
    """Return the pairs whose boxes share ground, and what they share."""
    rows_a, rows_b = boxes_meeting(one.outlines.boxes_m, two.outlines.boxes_m)
    return rows_a, rows_b, areas_of_pairs(one, two, rows_a, rows_b)


def areas_of_pairs(one: Polygons, two: Polygons, rows_a: IntArray, rows_b: IntArray) -> FloatArray:
    """Return what the two of each pair share, by the kernel, in threads, and by GEOS what that leaves."""
    first, second = one.outlines, two.outlines

    def measured(low: int, high: int) -> FloatArray:
        some = slice(low, high)
        return shared_areas_m2(first, second, rows_a[some], rows_b[some])[0]

    area_m2 = np.concatenate([np.empty(0), *in_pieces(len(rows_a), measured)])
    left = np.flatnonzero(np.isnan(area_m2))
    area_m2[left] = areas_by_geos(one, two, rows_a[left], rows_b[left])
    return area_m2


def _by_shapely(one: Polygons, two: Polygons) -> tuple[IntArray, IntArray, FloatArray]:
    """Return the same without a kernel."""
    import shapely  # noqa: PLC0415  # kernels do without it, but for a pair in ten thousand

    one, two = objects_of(one), objects_of(two)
    found = shapely.STRtree(two.source).query(one.source)
    rows_a, rows_b = found[:, np.lexsort(found[::-1])].astype(np.int64)
    return rows_a, rows_b, areas_in_pieces(one, two, rows_a, rows_b)


def objects_of(table: Polygons) -> Polygons:
    """Return a table of objects, so that none is read anew for each pair; None for what is no polygon."""
    import shapely  # noqa: PLC0415  # as above

    shapes = table.shapes(np.arange(len(table)))
    shapes[(shapely.get_dimensions(shapes) != POLYGON) | shapely.is_empty(shapes)] = None
    return Polygons(shapes)


def areas_in_pieces(one: Polygons, two: Polygons, rows_a: IntArray, rows_b: IntArray) -> FloatArray:
    """Return what the two of each pair share by building it, in threads; NaN where GEOS cannot."""

    def built(low: int, high: int) -> FloatArray:
        return areas_by_geos(one, two, rows_a[low:high], rows_b[low:high])

    return np.concatenate([np.empty(0), *in_pieces(len(rows_a), built)])


def areas_by_geos(one: Polygons, two: Polygons, rows_a: IntArray, rows_b: IntArray) -> FloatArray:
    """Return what the two of each pair share by building it; NaN where GEOS cannot."""
    if len(rows_a) == 0:
        return np.empty(0)
    import shapely  # noqa: PLC0415  # as above

    from lantu.relations.overlay import overlay  # noqa: PLC0415  # loads shapely

    ground = overlay(shapely.intersection, one.shapes(rows_a), two.shapes(rows_b))
    return np.asarray(shapely.area(ground), dtype=np.float64)
