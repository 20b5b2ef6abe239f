"""Displacement: which objects of two layers are one thing, and how far apart the two drawings of it lie.

Centroids, not boundaries, say how far: noise at the corners of an outline cancels out in its centroid, and
a shift does not. Looks at both layers whole, because an offset is a statement about layers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from lantu.relations.corners import corners_of, matched_corners, mutual_nearest
from lantu.relations.index import LINE, POLYGON, index_of
from lantu.relations.overlay import overlay
from lantu.relations.own_ids import has_own_id
from lantu.relations.pairs import Pairs
from lantu.relations.tolerance import tolerance_between

if TYPE_CHECKING:
    from lantu.model import BoolArray, FloatArray, IntArray, Layer, ObjectArray
    from lantu.relations.spec import Displaced

BY_ID, BY_CENTROID, BY_CORNER = 0, 1, 2
"""Values of the measure ``way``."""

LEAST_IOU = 0.5
"""Polygons matched by centroid share more than this, so none has two partners in a coverage."""

ALIKE = 0.9
"""Least ratio of sizes (area and length) of two drawings of one object that was not redrawn."""

CORNER_REACH_M = 5.0
"""Corners further apart are not looked for: within a street the wrong neighbour would be found."""


def displaced(relation: Displaced, a: Layer, b: Layer, *, chosen_a: BoolArray, chosen_b: BoolArray) -> Pairs:
    """Return the matched objects of two whole layers with the measures of Displaced, sorted by rows.

    The first way that gives ``min_pairs`` matches is taken, else the one that gives most.
    """
    found = _by_id(a, b, chosen_a, chosen_b)
    if len(found) < relation.min_pairs:
        found = max(found, _by_centroid(a, b, chosen_a, chosen_b), key=len)
    fit = a.standard in relation.line_work and b.standard in relation.line_work
    if len(found) < relation.min_pairs and fit:
        found = max(found, _by_corner(a, b, chosen_a, chosen_b), key=len)
    return found


def _by_id(a: Layer, b: Layer, chosen_a: BoolArray, chosen_b: BoolArray) -> Pairs:
    """Match objects by ids that stand once in each layer."""
    sides = []
    for layer, chosen, name in ((a, chosen_a, "a"), (b, chosen_b, "b")):
        rows = np.flatnonzero(chosen & has_own_id(layer))
        side = pd.DataFrame({"key": index_of(layer).keys[rows], name: rows})
        sides.append(side[~side["key"].duplicated(keep=False)])
    both = sides[0].merge(sides[1], on="key")
    return _matched(a, b, both["a"].to_numpy(np.int64), both["b"].to_numpy(np.int64), BY_ID)


def _by_centroid(a: Layer, b: Layer, chosen_a: BoolArray, chosen_b: BoolArray) -> Pairs:
    """Match polygons whose centroids are each other's nearest and that share more than half."""
    rows_a = np.flatnonzero(chosen_a & (index_of(a).dimension == POLYGON))
    rows_b = np.flatnonzero(chosen_b & (index_of(b).dimension == POLYGON))
    if len(rows_a) and len(rows_b):
        i, j = mutual_nearest(shapely.centroid(a.geometry[rows_a]), shapely.centroid(b.geometry[rows_b]))
        rows_a, rows_b = rows_a[i], rows_b[j]
        shared_m2 = shapely.area(overlay(shapely.intersection, a.geometry[rows_a], b.geometry[rows_b]))
        both_m2 = index_of(a).area_m2[rows_a] + index_of(b).area_m2[rows_b] - shared_m2
        fit = shared_m2 > LEAST_IOU * both_m2
        rows_a, rows_b = rows_a[fit], rows_b[fit]
    else:
        rows_a = rows_b = np.empty(0, dtype=np.int64)
    return _matched(a, b, rows_a, rows_b, BY_CENTROID)


def _by_corner(a: Layer, b: Layer, chosen_a: BoolArray, chosen_b: BoolArray) -> Pairs:
    """Match corners of lines and outlines; a pair stands for two corners and the features that own them."""
    one = corners_of(a.geometry, np.flatnonzero(chosen_a))
    two = corners_of(b.geometry, np.flatnonzero(chosen_b))
    i, j = matched_corners(one, two, reach_m=CORNER_REACH_M)
    return _pairs(a, b, one.owner[i], two.owner[j], one.place[i], two.place[j], BY_CORNER)


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
    return _pairs(a, b, rows_a, rows_b, _centres(a.geometry[rows_a]), _centres(b.geometry[rows_b]), way)


def _alike(one: FloatArray, other: FloatArray) -> BoolArray:
    return np.asarray(np.minimum(one, other) >= ALIKE * np.maximum(one, other), dtype=np.bool_)


def _centres(geometry: ObjectArray) -> FloatArray:
    centres: FloatArray = shapely.get_coordinates(shapely.centroid(geometry))
    return centres


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
