"""Same: one object in two layers, or twice in one; by its id or by its geometry."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from lantu.relations.deviation import MOST_HALVINGS, PRECISION_M, deviation_m
from lantu.relations.index import LINE, POLYGON, dimensions, index_of
from lantu.relations.kernels import farthest_m, shared_areas_m2
from lantu.relations.left_out import LeftOut, in_steps, left_out
from lantu.relations.overlay import grown, overlay

if TYPE_CHECKING:
    from lantu.model import BoolArray, FloatArray, IntArray, ObjectArray
    from lantu.relations.pairs import Pairs
    from lantu.relations.spec import Same

LEAST_IOU = 0.5
"""Equal polygons share more than this; small neighbours within the tolerance of each other do not."""


@dataclass(frozen=True)
class Differences:
    """Where the two of each pair differ, computed when asked for.

    Polygons: what only one of them covers. Lines: the parts of either further than the tolerance from
    the other. Everything else: the shortest line from one to the other.
    """

    a: ObjectArray
    b: ObjectArray
    kind: IntArray  # the dimension that both have, or -1
    tolerance_m: float

    def __call__(self, chosen: IntArray) -> ObjectArray:
        """Return a geometry for each chosen pair; None where a side has none."""
        a, b, kind = self.a[chosen], self.b[chosen], self.kind[chosen]
        shapes = np.asarray(shapely.shortest_line(a, b), dtype=object)
        areas, lines = kind == POLYGON, kind == LINE
        shapes[areas] = overlay(shapely.symmetric_difference, a[areas], b[areas])
        one = overlay(shapely.difference, a[lines], grown(b[lines], self.tolerance_m))
        two = overlay(shapely.difference, b[lines], grown(a[lines], self.tolerance_m))
        shapes[lines] = overlay(shapely.union, one, two)
        return shapes


def measure_same(relation: Same, pairs: Pairs, *, kernels: bool = False) -> Pairs:
    """Return the pairs with the measures of Same and ``wide``; a subject without another side has NaN.

    ``iou`` is of polygons, ``deviation_m`` of objects of one dimension, else NaN. By id, ``wide`` says that
    the two boundaries are further apart than the tolerance; by geometry, that they are not, and the
    two are equal (polygons share more than half besides, or small neighbours would be equal too).
    """
    a, b = pairs.subject.geometry, pairs.other.geometry
    if pairs.b is not None:
        b[pairs.rows_b < 0] = None
    kind_a, kind_b = dimensions(pairs)
    kind = np.where(kind_a == kind_b, kind_a, -1)
    area_a_m2, area_b_m2 = (np.asarray(shapely.area(side), dtype=np.float64) for side in (a, b))
    far_m, shared_m2 = np.full(len(pairs), np.nan), np.full(len(pairs), np.nan)
    polygons = np.flatnonzero(kind == POLYGON)
    if kernels and len(polygons):
        far_m[polygons], shared_m2[polygons] = _by_kernels(pairs, polygons)
    left = np.flatnonzero((kind >= 0) & np.isnan(far_m))
    far_m[left] = deviation_m(a[left], b[left])
    unshared = polygons[(far_m[polygons] > 0) & np.isnan(shared_m2[polygons])]
    shared_m2[unshared] = in_steps(shapely.area(overlay(shapely.intersection, a[unshared], b[unshared])))
    iou = _iou(area_a_m2 + area_b_m2, shared_m2, far_m, polygons)
    if relation.key == "geometry":
        wide = (far_m <= pairs.tolerance_m) & ~(iou <= LEAST_IOU)
    elif relation.unmatched:
        wide = np.ones(len(pairs), dtype=np.bool_)
    else:
        wide = far_m > pairs.tolerance_m
    measures = {
        "iou": iou,
        "area_a_m2": area_a_m2,
        "area_b_m2": area_b_m2,
        "area_difference_m2": area_b_m2 - area_a_m2,
        "deviation_m": far_m,
        "by_geos": np.isin(np.arange(len(pairs)), unshared).astype(np.float64) * kernels,
        "shift_m": np.asarray(shapely.distance(shapely.centroid(a), shapely.centroid(b)), dtype=np.float64),
        "wide": wide.astype(np.float64),
    }
    if relation.unmatched:
        return replace(pairs, measures=measures)
    return replace(pairs, measures=measures, shapes=Differences(a, b, kind, pairs.tolerance_m))


def _by_kernels(pairs: Pairs, at: IntArray) -> tuple[FloatArray, FloatArray]:
    """Return how far the polygons there deviate, and what they share where they do; NaN for GEOS."""
    other = pairs.a if pairs.b is None else pairs.b
    one, two = index_of(pairs.a).outlines, index_of(other).outlines
    rows_a, rows_b = pairs.rows_a[at], pairs.rows_b[at]
    far_m = farthest_m(one, two, rows_a, rows_b, precision_m=PRECISION_M, most_halvings=MOST_HALVINGS)
    moved = np.flatnonzero(far_m > 0)
    shared_m2 = np.full(len(at), np.nan)
    shared_m2[moved] = in_steps(shared_areas_m2(one, two, rows_a[moved], rows_b[moved])[0])
    return far_m, shared_m2


def _iou(both_m2: FloatArray, shared_m2: FloatArray, far_m: FloatArray, polygons: IntArray) -> FloatArray:
    """Return shared area over the area of both together, 1 for boundaries that are the same."""
    iou = np.full(len(both_m2), np.nan)
    iou[polygons] = 1.0
    moved = polygons[far_m[polygons] > 0]
    iou[moved] = np.minimum(shared_m2[moved] / (both_m2[moved] - shared_m2[moved]), 1.0)
    return iou


def keep_same(relation: Same, pairs: Pairs) -> tuple[BoolArray, LeftOut]:
    """Return which pairs are of the same object.

    By id all of them are, whatever their boundaries: their attributes can be compared, and ``wide`` says
    whether the boundaries differ. What the tolerance leaves out is then the boundaries that differ by
    no more, with the area that only one side covers. By geometry the wide pairs are kept.
    """
    if relation.key == "geometry":
        return pairs["wide"] > 0, LeftOut()
    everything = np.ones(len(pairs), dtype=np.bool_)
    if relation.unmatched:
        return everything, LeftOut()
    differs = (pairs["deviation_m"] > 0) & ~(pairs["wide"] > 0)
    both_m2 = (pairs["area_a_m2"] + pairs["area_b_m2"]) * (1.0 - pairs["iou"]) / (1.0 + pairs["iou"])
    polygons = (pairs["area_a_m2"] > 0) & (pairs["area_b_m2"] > 0)
    failed = polygons & np.isnan(pairs["iou"])
    return everything, left_out(differs, area_m2=both_m2, failed=failed)
