"""How far the boundaries of one id differ in two whole tables, for who wants that and no check."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import shapely

from lantu.relations.areas import areas_by_geos, areas_of_pairs
from lantu.relations.deviation import MOST_HALVINGS, PRECISION_M, deviation_m
from lantu.relations.index import POLYGON
from lantu.relations.kernels import centres_of, farthest_m, in_pieces, kernels_for
from lantu.relations.left_out import in_steps
from lantu.relations.polygons import check_plane, features_in, polygons_of

if TYPE_CHECKING:
    from lantu.model import FloatArray, IntArray
    from lantu.relations.polygons import Polygons, Table

KERNELS = {"areas", "deviations", "tables"}


class BoundaryDifferences(NamedTuple):
    """Polygons of one id, rows of either table (n,), sorted by rows, and how they differ.

    ``iou`` is the shared area over that of both together, 1 where the boundaries are the same;
    ``deviation_m`` the largest distance between the boundaries, ``shift_m`` that between the centroids.
    """

    rows_a: IntArray
    rows_b: IntArray
    area_a_m2: FloatArray
    area_b_m2: FloatArray
    iou: FloatArray
    deviation_m: FloatArray
    shift_m: FloatArray


def boundary_differences(a: Table, b: Table, *, ids: str) -> BoundaryDifferences:
    """Return how the polygons differ that carry one id in the column ``ids`` of two tables.

    Tables are those of ``shared_areas`` that have columns: files and GeoDataFrames. An id that several
    features bear pairs with each; features that are no polygons pair with none. Measures are those of a
    check's ``same`` relation, by compiled kernels in threads for large tables, by Shapely for small ones.
    """
    with ThreadPoolExecutor(max_workers=2) as pool:
        reading = [pool.submit(polygons_of, table, ids=ids) for table in (a, b)]
        kernels = kernels_for(features_in(a) + features_in(b), KERNELS)  # loads while files are read
        one, two = (table.result() for table in reading)
    check_plane(one, two)
    rows_a, rows_b = _of_one_id(one, two)
    measure = _by_kernels if kernels.serve else _by_shapely
    rows_a, rows_b, (area_a_m2, area_b_m2, far_m, shared_m2, shift_m) = measure(one, two, rows_a, rows_b)
    shared_m2 = in_steps(shared_m2)
    with np.errstate(divide="ignore", invalid="ignore"):
        iou = np.minimum(shared_m2 / (area_a_m2 + area_b_m2 - shared_m2), 1.0)
    iou[far_m == 0] = 1.0
    return BoundaryDifferences(rows_a, rows_b, area_a_m2, area_b_m2, iou, far_m, shift_m)


Measured = tuple["IntArray", "IntArray", tuple["FloatArray", ...]]


def _by_kernels(one: Polygons, two: Polygons, rows_a: IntArray, rows_b: IntArray) -> Measured:
    """Return the pairs of polygons with both areas, deviation, shared area and shift."""
    first, second = one.outlines, two.outlines
    there = (np.diff(first.first)[rows_a] > 0) & (np.diff(second.first)[rows_b] > 0)
    rows_a, rows_b = rows_a[there], rows_b[there]

    def far(low: int, high: int) -> FloatArray:
        i, j = rows_a[low:high], rows_b[low:high]
        return farthest_m(first, second, i, j, precision_m=PRECISION_M, most_halvings=MOST_HALVINGS)

    far_m = np.concatenate([np.empty(0), *in_pieces(len(rows_a), far)])
    left = np.flatnonzero(np.isnan(far_m))
    far_m[left] = deviation_m(one.shapes(rows_a[left]), two.shapes(rows_b[left]))
    area_a_m2, area_b_m2 = first.area_m2[rows_a], second.area_m2[rows_b]
    shared_m2, moved = area_a_m2.copy(), np.flatnonzero(far_m > 0)
    shared_m2[moved] = areas_of_pairs(one, two, rows_a[moved], rows_b[moved])
    off_m = centres_of(second)[rows_b] - centres_of(first)[rows_a]
    return rows_a, rows_b, (area_a_m2, area_b_m2, far_m, shared_m2, np.hypot(off_m[:, 0], off_m[:, 1]))


def _by_shapely(one: Polygons, two: Polygons, rows_a: IntArray, rows_b: IntArray) -> Measured:
    """Return the same without a kernel."""
    a, b = one.shapes(rows_a), two.shapes(rows_b)
    there = (shapely.get_dimensions(a) == POLYGON) & (shapely.get_dimensions(b) == POLYGON)
    there &= ~(shapely.is_empty(a) | shapely.is_empty(b))
    rows_a, rows_b, a, b = rows_a[there], rows_b[there], a[there], b[there]
    shared_m2 = areas_by_geos(one, two, rows_a, rows_b)
    shift_m = shapely.distance(shapely.centroid(a), shapely.centroid(b))
    measures = shapely.area(a), shapely.area(b), deviation_m(a, b), shared_m2, shift_m
    return rows_a, rows_b, tuple(np.asarray(measure, dtype=np.float64) for measure in measures)


def _of_one_id(one: Polygons, two: Polygons) -> tuple[IntArray, IntArray]:
    """Return the rows that carry the same id, compared as text; null is none."""
    columns = [table.ids.cast(pa.string()) for table in (one, two)]
    together = pa.chunked_array([chunk for column in columns for chunk in column.chunks], pa.string())
    code = together.combine_chunks().dictionary_encode().indices.fill_null(-1).to_numpy().astype(np.int64)
    of_a, of_b = code[: len(one)], code[len(one) :]
    order = np.argsort(of_b, kind="stable")
    first, stop = (np.searchsorted(of_b[order], of_a, side=side) for side in ("left", "right"))
    count = np.where(of_a >= 0, stop - first, 0)
    rows_a = np.repeat(np.arange(len(one)), count)
    step = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    return rows_a, order[np.repeat(first, count) + step]
