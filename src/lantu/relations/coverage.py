"""Coverage: gaps between neighbours in one layer.

A gap is enclosed ground that no feature covers; neighbours that meet in a single point enclose too.
Computed on the whole layer, not by tiles: whether ground is enclosed cannot be seen from a part. Only
edges that no neighbour has the other way round can border a gap; where neighbours share their vertices
those are few, and gaps are the faces between them that no feature covers. Where many are left, because
neighbours were drawn apart, the features that have them are united instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from lantu.relations.arrangement import faces_between
from lantu.relations.index import MOST_UNBALANCED, POLYGON, index_of
from lantu.relations.kernels import outlines_of, unbalanced_edges, unbalanced_of_parts
from lantu.relations.left_out import LeftOut, left_out
from lantu.relations.overlaps import KeptShapes
from lantu.relations.overlay import overlay, polygonal, union_of_each
from lantu.relations.pairs import NO_ROW, Pairs
from lantu.relations.segments import Segments, ordered_ends, segments_of, sums_of
from lantu.relations.tolerance import TOPOLOGY_M
from lantu.relations.width import wide_parts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lantu.model import BoolArray, IntArray, Layer, ObjectArray
    from lantu.relations.kernels.outlines import Outlines
    from lantu.relations.spec import Coverage

FEATURES_AT_ONCE = 10_000
"""Features of a layer on disk whose edges are looked at together."""

BOXES_AT_ONCE = 100_000
REACH_M = 2.0 * TOPOLOGY_M
"""More than the distance at which a feature still touches a hole."""


def gaps(
    relation: Coverage, a: Layer, *, chosen_a: BoolArray, kernels: bool = False
) -> tuple[Pairs, LeftOut]:
    """Return the holes between neighbours that are narrower than ``max_width_m``, and those below tolerance.

    One row a hole; the subject is the neighbour with the smallest id. Measures: ``area_m2``, ``width_m``
    (mean: 2·area/perimeter, so a square as large as a field is no gap), ``part`` (0, 1, … for each
    subject, from west to east) and ``wide``. The features of one coverage were drawn together, so the
    accuracy of the layer explains no gap: the tolerance is the topology tolerance of one millimetre.
    Overlaps inside the layer do not disturb the answer; ground open to the outside is no gap.
    """
    index = index_of(a)
    rows = np.flatnonzero(chosen_a & (index.dimension == POLYGON))
    rows = rows[np.argsort(index.rank[rows])]  # the same order of union for every order of rows
    holes, failed = _holes(a, rows, kernels=kernels)
    area_m2 = shapely.area(holes)
    width_m = 2.0 * area_m2 / shapely.length(holes)
    subject = _smallest_neighbour(a, holes, chosen_a)
    wide = wide_parts(holes, TOPOLOGY_M)
    thin = (width_m < relation.max_width_m) & (subject >= 0)
    kept = np.flatnonzero(wide & thin)
    box = shapely.bounds(holes[kept])
    kept = kept[np.lexsort((*box.T[::-1], subject[kept]))]
    part = (np.arange(len(kept)) - np.searchsorted(subject[kept], subject[kept])).astype(np.float64)
    pairs = Pairs(
        a=a,
        b=None,
        rows_a=subject[kept],
        rows_b=np.full(len(kept), NO_ROW, dtype=np.int64),
        tolerance_m=TOPOLOGY_M,
        measures={
            "area_m2": area_m2[kept],
            "width_m": width_m[kept],
            "part": part,
            "wide": np.ones(len(kept)),
        },
        shapes=KeptShapes(holes[kept]),
    )
    return pairs, left_out(~wide & thin, area_m2=area_m2, failed=np.full(1, failed))


def _holes(layer: Layer, rows: IntArray, *, kernels: bool) -> tuple[ObjectArray, bool]:
    """Return all enclosed ground that no feature covers, as single polygons, and whether GEOS failed."""
    if kernels:
        edges, count = _edges_by_kernel(layer, rows)
    else:
        edges, count = edges_out_of_balance(layer.geometry[rows], rows)
    parts, failed = enclosed_by(edges, count, lambda: layer.geometry[rows[np.isin(rows, edges.owner)]])
    inner = shapely.point_on_surface(parts)
    tree, near = _tree_at(layer, inner)
    point, feature = tree.query(inner, predicate="intersects")
    covered = np.bincount(point[np.isin(near[feature], rows)], minlength=len(parts)) > 0
    return parts[~covered], failed


def enclosed_by(edges: Segments, count: int, owners: Callable[[], ObjectArray]) -> tuple[ObjectArray, bool]:
    """Return the ground that edges out of balance enclose, covered or not, and whether GEOS failed.

    ``count`` is the number of all edges; ``owners`` gives the features whose edges are out of balance, for
    where those are too many to be put together.
    """
    if len(edges) == 0:
        return np.empty(0, dtype=object), False
    return faces_between(edges) if len(edges) <= MOST_UNBALANCED * count else _beside(owners())


def _tree_at(layer: Layer, shapes: ObjectArray) -> tuple[shapely.STRtree, IntArray]:
    """Return a tree of all features that come within reach of some shapes, and their rows.

    Of a layer in memory that is the tree of the whole layer, which others use too.
    """
    if not layer.on_disk:
        return index_of(layer).tree, np.arange(len(layer))
    places = shapely.STRtree(shapes)
    near = [np.empty(0, dtype=np.int64)]
    for start in range(0, len(layer), BOXES_AT_ONCE):
        box = layer.bounds_m[start : start + BOXES_AT_ONCE] + REACH_M * np.array([-1.0, -1.0, 1.0, 1.0])
        near.append(start + np.unique(places.query(shapely.box(*box.T))[0]))
    rows = np.concatenate(near)
    return shapely.STRtree(layer.geometry[rows]), rows


def _beside(border: ObjectArray) -> tuple[ObjectArray, bool]:
    """Return the ground that these features enclose and do not cover themselves."""
    whole = union_of_each(border, np.zeros(len(border), dtype=np.int64), count=1)
    low_x, low_y, high_x, high_y = shapely.total_bounds(border)
    frame = np.array([shapely.box(low_x - 1, low_y - 1, high_x + 1, high_y + 1)], dtype=object)
    free = polygonal(overlay(shapely.difference, frame, whole))
    parts = shapely.get_parts(free)
    inner = shapely.bounds(parts)[:, 0] >= low_x  # all but the ground outside
    return parts[inner], bool(shapely.is_missing(free).any())


def _edges_by_kernel(layer: Layer, rows: IntArray) -> tuple[Segments, int]:
    """Return what ``edges_out_of_balance`` returns, but of edges that stand more than once not every one."""
    if layer.on_disk:
        left, count = unbalanced_of_parts(_parts(layer, np.sort(rows)))
        return Segments(left.ends[:, 0], left.ends[:, 1], left.owner), count
    index = index_of(layer)
    outlines, chosen = index.outlines, np.zeros(len(layer), dtype=np.bool_)
    chosen[rows] = True
    everyone = bool(chosen[index.dimension == POLYGON].all())
    edges, count = index.unbalanced if everyone else unbalanced_edges(outlines, chosen)
    owner = np.searchsorted(outlines.first, edges, side="right") - 1
    return Segments(outlines.xy[edges], outlines.xy[edges + 1], owner), count


def _parts(layer: Layer, rows: IntArray) -> Iterator[tuple[Outlines, IntArray]]:
    for start in range(0, len(rows), FEATURES_AT_ONCE):
        some = rows[start : start + FEATURES_AT_ONCE]
        yield outlines_of(layer.geometry[some]), some


def edges_out_of_balance(polygons: ObjectArray, rows: IntArray) -> tuple[Segments, int]:
    """Return the edges that are not matched by as many the other way round, and the number of all.

    Their owners are the rows of their features.
    """
    edges = segments_of(np.asarray(shapely.orient_polygons(polygons), dtype=object))
    edges = edges.take(np.flatnonzero((edges.start != edges.stop).any(axis=1)))  # a repeated point is no edge
    first, last = ordered_ends(edges)
    forward = first == edges.start[:, 0] + 1j * edges.start[:, 1]
    order = np.lexsort((last, first))
    new = np.ones(len(order), dtype=np.bool_)
    new[1:] = (np.diff(first[order]) != 0) | (np.diff(last[order]) != 0)
    number = np.empty(len(order), dtype=np.int64)
    number[order] = np.cumsum(new) - 1
    balance = sums_of(number, np.where(forward, 1.0, -1.0), len(order))
    left = edges.take(np.flatnonzero(balance[number] != 0))
    return Segments(left.start, left.stop, rows[left.owner]), len(edges)


def _smallest_neighbour(layer: Layer, holes: ObjectArray, chosen: BoolArray) -> IntArray:
    """Return the row of the touching feature with the smallest id for each hole, NO_ROW for none."""
    index = index_of(layer)
    tree, near = _tree_at(layer, holes)
    hole, found = tree.query(holes, predicate="dwithin", distance=TOPOLOGY_M)
    found = near[found]
    fit = chosen[found] & (index.dimension[found] == POLYGON)
    hole, found = hole[fit], found[fit]
    order = np.lexsort((index.rank[found], hole))
    hole, found = hole[order], found[order]
    first = np.flatnonzero(np.r_[True, hole[1:] != hole[:-1]][: len(hole)])
    subject = np.full(len(holes), NO_ROW, dtype=np.int64)
    subject[hole[first]] = found[first]
    return subject
