"""Displacement: which objects of two layers are one thing, and how far apart the two drawings of it lie.

Centroids, not boundaries, say how far: noise at the corners of an outline cancels out in its centroid, and
a shift does not. Looks at both layers whole, because an offset is a statement about layers.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely

from lantu.crs import WEB_MAP_LIKE_M, WEB_MAPS, in_web_map
from lantu.pieces import in_pieces
from lantu.relations.corners import corners_of, matched_corners
from lantu.relations.index import LINE, POLYGON, index_of
from lantu.relations.kernels import outlines_of, shared_areas_m2
from lantu.relations.left_out import in_steps
from lantu.relations.nearest import mutual_nearest, reached
from lantu.relations.overlay import overlay
from lantu.relations.own_ids import ids_by_chance, rows_of_one_id
from lantu.relations.pairs import Pairs
from lantu.relations.tolerance import tolerance_between

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import DTypeLike

    from lantu.model import BoolArray, FloatArray, IntArray, Layer
    from lantu.relations.corners import Corners
    from lantu.relations.kernels.outlines import Outlines
    from lantu.relations.spec import Displaced

BY_ID, BY_CENTROID, BY_CORNER = 0, 1, 2
"""Values of the measure ``way``."""

LEAST_IOU = 0.5
"""Polygons matched by centroid share more than this, so none has two partners in a coverage."""

ALIKE = 0.9
"""Least ratio of sizes (area and length) of two drawings of one object that was not redrawn."""

CORNER_REACH_M = 5.0
"""Corners further apart are not looked for: within a street the wrong neighbour would be found."""

SEEN_M = 3.0 * CORNER_REACH_M
"""Seen around a band: a corner's nearest, the nearest of that, and more, so that no place is cut in two."""

MOST_LOOKED_AT = 500
"""Places looked at, evenly spread over a layer, before a web map's displacement is taken back from all."""

CELL_M = 1024.0
PAIRS_AT_ONCE = 1_000
"""Pairs of neighbouring cells whose geometry a thread has in memory: a patch of a survey may have thousands
of vertices."""

FEATURES_AT_ONCE = 25_000
"""Features of a band of the district whose corners a thread has in memory, where layers lie on disk."""

LEAST_BACK_SHARE = 0.5
"""Part of the smaller layer that has to match once a web map's displacement is taken back: less is chance."""


def displaced(
    relation: Displaced,
    a: Layer,
    b: Layer,
    *,
    chosen_a: BoolArray,
    chosen_b: BoolArray,
    kernels: bool = False,
) -> Pairs:
    """Return the matched objects of two whole layers with the measures of Displaced, sorted by rows.

    The first way that gives ``min_pairs`` matches is taken, else the one that gives most. Where none does,
    the objects of one layer may lie some hundred metres off, where a web map shows them: they are matched
    where GCJ-02 or BD-09 taken back would put them, and measured where they are.
    """
    found = _by_id(a, b, chosen_a, chosen_b)
    if len(found) < relation.min_pairs:
        found = max(found, _by_centroid(a, b, chosen_a, chosen_b, kernels=kernels), key=len)
    fit = a.standard in relation.line_work and b.standard in relation.line_work
    if len(found) < relation.min_pairs and fit:
        found = max(found, _by_corner(a, b, chosen_a, chosen_b), key=len)
    if len(found) < relation.min_pairs:
        found = max(found, _behind_web_map(a, b, chosen_a, chosen_b, lines=fit), key=len)
    return found


def _by_id(a: Layer, b: Layer, chosen_a: BoolArray, chosen_b: BoolArray) -> Pairs:
    """Match objects by ids that stand once in each layer."""
    rows_a, rows_b = rows_of_one_id(a, b, chosen_a=chosen_a, chosen_b=chosen_b)
    if ids_by_chance(a, b, chosen_a=chosen_a, chosen_b=chosen_b):
        rows_a = rows_b = np.empty(0, dtype=np.int64)
    return _matched(a, b, rows_a, rows_b, BY_ID)


def _by_centroid(
    a: Layer, b: Layer, chosen_a: BoolArray, chosen_b: BoolArray, *, kernels: bool = False
) -> Pairs:
    """Match polygons whose centroids are each other's nearest and that share more than half."""
    rows_a = np.flatnonzero(chosen_a & (index_of(a).dimension == POLYGON))
    rows_b = np.flatnonzero(chosen_b & (index_of(b).dimension == POLYGON))
    if len(rows_a) and len(rows_b):
        i, j = mutual_nearest(index_of(a).centre_m[rows_a], index_of(b).centre_m[rows_b])
        alike = _alike(index_of(a).area_m2[rows_a[i]], index_of(b).area_m2[rows_b[j]])
        rows_a, rows_b = rows_a[i[alike]], rows_b[j[alike]]
        shared_m2 = _shared_m2(a, b, rows_a, rows_b, kernels=kernels)
        both_m2 = index_of(a).area_m2[rows_a] + index_of(b).area_m2[rows_b] - shared_m2
        fit = shared_m2 > LEAST_IOU * both_m2
        rows_a, rows_b = rows_a[fit], rows_b[fit]
    else:
        rows_a = rows_b = np.empty(0, dtype=np.int64)
    return _matched(a, b, rows_a, rows_b, BY_CENTROID)


def _shared_m2(a: Layer, b: Layer, rows_a: IntArray, rows_b: IntArray, *, kernels: bool) -> FloatArray:
    """Return the area that the two of each pair share."""

    def of_some(some: IntArray) -> FloatArray:
        shared_m2 = np.full(len(some), np.nan)
        if kernels:
            (one, i), (two, j) = _outlined(a, rows_a[some]), _outlined(b, rows_b[some])
            shared_m2, _ = shared_areas_m2(one, two, i, j)
        left = np.isnan(shared_m2)
        sides = a.geometry[rows_a[some[left]]], b.geometry[rows_b[some[left]]]
        shared_m2[left] = shapely.area(overlay(shapely.intersection, *sides))
        return shared_m2

    return in_steps(by_neighbours(index_of(a).centre_m[rows_a], of_some, np.float64))


def _outlined(layer: Layer, rows: IntArray) -> tuple[Outlines, IntArray]:
    """Return outlines and the places of some features in them: those of the layer where it is in memory."""
    if layer.on_disk:
        return outlines_of(layer.geometry[rows]), np.arange(len(rows))
    return index_of(layer).outlines, rows


def by_neighbours(
    places: FloatArray, work: Callable[[IntArray], np.ndarray], kind: DTypeLike
) -> np.ndarray[Any, Any]:
    """Return ``work`` of the positions of places, on threads, a thousand that lie near each other at a time.

    What is known of each pair alone can so be looked at without reading whole layers.
    """
    cell = np.floor(places / CELL_M)
    order = np.lexsort((cell[:, 0], cell[:, 1]))
    done = in_pieces(len(order), lambda start, stop: work(order[start:stop]), piece=PAIRS_AT_ONCE)
    found = np.empty(len(order), dtype=kind)
    found[order] = np.concatenate([np.empty(0, dtype=kind), *done])
    return found


def _by_corner(a: Layer, b: Layer, chosen_a: BoolArray, chosen_b: BoolArray) -> Pairs:
    """Match corners of lines and outlines; a pair stands for two corners and the features that own them."""
    bands = list(_bands(a, b, chosen_a, chosen_b))

    def of_band(number: int, _: int) -> tuple[IntArray, IntArray, FloatArray, FloatArray]:
        low_m, high_m = bands[number]
        one, two = (
            _corners_between(layer, chosen, low_m - SEEN_M, high_m + SEEN_M)
            for layer, chosen in ((a, chosen_a), (b, chosen_b))
        )
        i, j = matched_corners(one, two, reach_m=CORNER_REACH_M)
        own = (one.place[i, 1] >= low_m) & (one.place[i, 1] < high_m)
        one, two = one.take(i[own]), two.take(j[own])
        return one.owner, two.owner, one.place, two.place

    found = in_pieces(len(bands), of_band, piece=1)
    rows_a, rows_b, place_a, place_b = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return _pairs(a, b, rows_a, rows_b, place_a, place_b, BY_CORNER)


def _bands(a: Layer, b: Layer, chosen_a: BoolArray, chosen_b: BoolArray) -> Iterator[tuple[float, float]]:
    """Yield southern and northern ends of bands of the district, one for layers in memory.

    As each matched corner lies in one band, and all that it is matched with in what is seen around it, bands
    change no match.
    """
    if not (a.on_disk or b.on_disk):
        yield -np.inf, np.inf
        return
    feet = np.sort(np.concatenate([a.bounds_m[chosen_a, 1], b.bounds_m[chosen_b, 1]]))  # NaN last
    ends = np.unique(feet[FEATURES_AT_ONCE::FEATURES_AT_ONCE])
    yield from pairwise([-np.inf, *ends[np.isfinite(ends)].tolist(), np.inf])


def _corners_between(layer: Layer, chosen: BoolArray, low_m: float, high_m: float) -> Corners:
    """Return the corners of the chosen features between two northings."""
    if low_m == -np.inf and high_m == np.inf:
        return _corners(layer, chosen)
    met = (layer.bounds_m[:, 1] <= high_m) & (layer.bounds_m[:, 3] >= low_m)
    corners = corners_of(layer.geometry, np.flatnonzero(chosen & met))
    return corners.take((corners.place[:, 1] >= low_m) & (corners.place[:, 1] <= high_m))


def _behind_web_map(a: Layer, b: Layer, chosen_a: BoolArray, chosen_b: BoolArray, *, lines: bool) -> Pairs:
    """Match centroids, else corners, with a web map's displacement taken back from one of the layers.

    No pairs where nothing matches so, or less than half of the smaller layer.
    """
    best = _matched(a, b, np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), BY_CENTROID)
    areal = _has_areas(a, chosen_a) and _has_areas(b, chosen_b)
    if not (areal or lines):
        return best
    places, match = (_area_centres, _by_centroid) if areal else (_corner_places, _by_corner)
    place_a, place_b = places(a, chosen_a), places(b, chosen_b)
    least = max(1.0, LEAST_BACK_SHARE * min(len(place_a), len(place_b)))
    for system in WEB_MAPS:
        shift = partial(in_web_map, crs=a.frame.crs, system=system)
        for in_b, true, shown in ((True, place_a, place_b), (False, place_b, place_a)):
            if _lie_together(true, shift(_some(shown), back=True)):
                back = partial(shift, back=True)
                side_a, side_b = (a, _transformed(b, back)) if in_b else (_transformed(a, back), b)
                found = match(side_a, side_b, chosen_a, chosen_b)
                if len(found) >= max(least, len(best) + 1):
                    best = _as_shown(found, a, b, shift, in_b=in_b)
    return best


def _has_areas(layer: Layer, chosen: BoolArray) -> bool:
    return bool((chosen & (index_of(layer).dimension == POLYGON)).any())


def _area_centres(layer: Layer, chosen: BoolArray) -> FloatArray:
    centres: FloatArray = index_of(layer).centre_m[chosen & (index_of(layer).dimension == POLYGON)]
    return centres


def _corner_places(layer: Layer, chosen: BoolArray) -> FloatArray:
    return _corners(layer, chosen).place


def _corners(layer: Layer, chosen: BoolArray) -> Corners:
    """Return the corners of the chosen features; those of all of them once a layer in memory."""
    if chosen.all() and not layer.on_disk:
        return index_of(layer).corners
    return corners_of(layer.geometry, np.flatnonzero(chosen))


def _some(places: FloatArray) -> FloatArray:
    return places[:: max(1, -(-len(places) // MOST_LOOKED_AT))]


def _lie_together(places: FloatArray, others: FloatArray) -> bool:
    """Say whether half of ``others`` have a place nearby: if not, nothing would match, and slowly."""
    known, there = (some[np.isfinite(some).all(axis=1)] for some in (others, places))
    near = reached(known, there, reach_m=WEB_MAP_LIKE_M)
    return bool(near.any() and near.sum() >= LEAST_BACK_SHARE * len(known))


def _transformed(layer: Layer, move: Callable[[FloatArray], FloatArray]) -> Layer:
    """Return a layer that lies elsewhere, to be matched only."""
    moved = shapely.transform(layer.geometry, move)
    return replace(layer, frame=layer.frame.set_geometry(gpd.GeoSeries(moved, crs=layer.frame.crs)))


def _as_shown(
    found: Pairs, a: Layer, b: Layer, shift: Callable[[FloatArray], FloatArray], *, in_b: bool
) -> Pairs:
    """Return matches between layers of which one was taken back, measured where both were delivered."""
    one = np.column_stack([found["x_m"], found["y_m"]])
    two = one + np.column_stack([found["dx_m"], found["dy_m"]])
    one, two = (one, shift(two)) if in_b else (shift(one), two)
    return _pairs(a, b, found.rows_a, found.rows_b, one, two, int(found["way"][0]))


def _matched(a: Layer, b: Layer, rows_a: IntArray, rows_b: IntArray, way: int) -> Pairs:
    """Return the pairs of one kind and one size, with the displacement of their centroids."""
    kind = index_of(a).dimension[rows_a]
    fit = (kind == index_of(b).dimension[rows_b]) & (kind >= 0)
    for least, size_a, size_b in (
        (LINE, index_of(a).length_m, index_of(b).length_m),
        (POLYGON, index_of(a).area_m2, index_of(b).area_m2),
    ):
        fit &= (kind < least) | _alike(size_a[rows_a], size_b[rows_b])
    rows_a, rows_b = rows_a[fit], rows_b[fit]
    one, two = (index_of(layer).centre_m[rows] for layer, rows in ((a, rows_a), (b, rows_b)))
    return _pairs(a, b, rows_a, rows_b, one, two, way)


def _alike(one: FloatArray, other: FloatArray) -> BoolArray:
    return np.asarray(np.minimum(one, other) >= ALIKE * np.maximum(one, other), dtype=np.bool_)


def _pairs(
    a: Layer, b: Layer, rows_a: IntArray, rows_b: IntArray, one: FloatArray, two: FloatArray, way: int
) -> Pairs:
    order = np.lexsort((one[:, 1], one[:, 0], rows_b, rows_a))
    one, two = one[order], two[order]
    return Pairs(
        a=a,
        b=b,
        rows_a=rows_a[order],
        rows_b=rows_b[order],
        tolerance_m=tolerance_between(a, b),
        measures={
            "x_m": one[:, 0],
            "y_m": one[:, 1],
            "dx_m": two[:, 0] - one[:, 0],
            "dy_m": two[:, 1] - one[:, 1],
            "way": np.full(len(order), float(way)),
        },
    )
