"""Gaps and overlaps of one whole table, for who wants them and no check: by its kernels."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from lantu.relations.areas import SharedAreas, areas_in_pieces, areas_of_pairs, objects_of
from lantu.relations.coverage import edges_out_of_balance, enclosed_by
from lantu.relations.index import MOST_UNBALANCED
from lantu.relations.kernels import boxes_meeting, kernels_for, may_overlap, unbalanced_edges
from lantu.relations.left_out import in_steps
from lantu.relations.polygons import check_plane, features_in, polygons_of
from lantu.relations.segments import Segments
from lantu.relations.tolerance import TOPOLOGY_M
from lantu.relations.width import wide_parts

if TYPE_CHECKING:
    from lantu.model import FloatArray, IntArray, ObjectArray
    from lantu.relations.polygons import Polygons, Table

KERNELS = {"areas", "balance", "tables"}


class CoverageFaults(NamedTuple):
    """The holes between neighbours, (k,), their square metres, (k,), and which features share ground."""

    gaps: ObjectArray
    gaps_m2: FloatArray
    overlaps: SharedAreas


def coverage_faults(table: Table) -> CoverageFaults:
    """Return where the polygons of a table, which are to cover ground once, leave some out or share some.

    Tables are those of ``shared_areas``, and areas are measured as there. A gap is ground that features
    enclose and none covers, wider than the topology tolerance of a millimetre; ground that is open to the
    outside is none. Gaps come from west to east. ValueError where GEOS cannot draw the gaps.
    """
    with ThreadPoolExecutor(max_workers=1) as pool:
        reading = pool.submit(polygons_of, table)
        kernels = kernels_for(2 * features_in(table), KERNELS)  # it meets itself; loads while it is read
        one = reading.result()
    check_plane(one, one)
    find = _by_kernels if kernels.serve else _by_shapely
    holes, (rows_a, rows_b, area_m2) = find(one)
    holes = holes[wide_parts(holes, TOPOLOGY_M)]
    holes = holes[np.lexsort(shapely.bounds(holes).T[::-1])]
    area_m2 = in_steps(area_m2)
    some = area_m2 > 0
    overlaps = SharedAreas(rows_a[some], rows_b[some], area_m2[some])
    return CoverageFaults(holes, np.asarray(shapely.area(holes), dtype=np.float64), overlaps)


def _by_kernels(one: Polygons) -> tuple[ObjectArray, tuple[IntArray, IntArray, FloatArray]]:
    """Return the holes, and the pairs of features that may share ground, with what they share."""
    outlines = one.outlines
    edges, count = unbalanced_edges(outlines, np.ones(len(one), dtype=np.bool_))
    owner = np.searchsorted(outlines.first, edges, side="right") - 1
    left = Segments(outlines.xy[edges], outlines.xy[edges + 1], owner)
    parts = _drawn(one, left, count)
    inner = shapely.point_on_surface(parts)
    place = np.tile(shapely.get_coordinates(inner), 2)
    point, feature = boxes_meeting(place, outlines.boxes_m, share_ground=False)
    covers = shapely.intersects(one.shapes(feature), inner[point])
    covered = np.bincount(point[covers], minlength=len(parts)) > 0
    drawn_together = len(edges) <= MOST_UNBALANCED * count
    rows = np.flatnonzero(may_overlap(outlines, edges)) if drawn_together else np.arange(len(one))
    i, j = boxes_meeting(outlines.boxes_m[rows], outlines.boxes_m[rows])
    rows_a, rows_b = rows[i[i < j]], rows[j[i < j]]
    return parts[~covered], (rows_a, rows_b, areas_of_pairs(one, one, rows_a, rows_b))


def _by_shapely(one: Polygons) -> tuple[ObjectArray, tuple[IntArray, IntArray, FloatArray]]:
    """Return the same without a kernel."""
    one = objects_of(one)
    rows = np.flatnonzero(~shapely.is_missing(one.source))
    parts = _drawn(one, *edges_out_of_balance(one.source[rows], rows))
    tree = shapely.STRtree(one.source)
    point, _ = tree.query(shapely.point_on_surface(parts), predicate="intersects")
    covered = np.bincount(point, minlength=len(parts)) > 0
    found = tree.query(one.source)
    found = found[:, found[0] < found[1]]
    rows_a, rows_b = found[:, np.lexsort(found[::-1])].astype(np.int64)
    return parts[~covered], (rows_a, rows_b, areas_in_pieces(one, one, rows_a, rows_b))


def _drawn(one: Polygons, left: Segments, count: int) -> ObjectArray:
    """Return the ground that the edges out of balance enclose."""
    parts, failed = enclosed_by(left, count, lambda: one.shapes(np.unique(left.owner)))
    if failed:
        problem = "GEOS cannot put the edges of these polygons together: are they valid?"
        raise ValueError(problem)
    return parts
