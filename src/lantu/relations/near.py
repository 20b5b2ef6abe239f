"""Near: clear distance, the angle where two lines come nearest, and how long they keep close."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from lantu.relations.index import LINE, dimensions, index_of
from lantu.relations.kernels import run_lengths_m
from lantu.relations.left_out import LeftOut, left_out
from lantu.relations.local import MARGIN_M, around_each_other
from lantu.relations.run import run_length_m
from lantu.relations.segments import angle_between_deg, ends_of

if TYPE_CHECKING:
    from lantu.model import BoolArray, FloatArray, IntArray, ObjectArray
    from lantu.relations.pairs import Pairs
    from lantu.relations.spec import Near


@dataclass(frozen=True)
class NearestSegments:
    """The shortest lines between pairs, drawn when asked for; a point where the two meet."""

    a: ObjectArray
    b: ObjectArray

    def __call__(self, chosen: IntArray) -> ObjectArray:
        """Return a line or a point for each chosen pair."""
        lines = np.asarray(shapely.shortest_line(self.a[chosen], self.b[chosen]), dtype=object)
        meet = shapely.length(lines) == 0
        lines[meet] = shapely.get_point(lines[meet], 0)
        return lines


def measure_near(relation: Near, pairs: Pairs, *, kernels: bool = False) -> Pairs:
    """Return the pairs with ``distance_m``, ``angle_deg``, ``run_m`` and ``wide`` (always 1).

    ``run_m`` is measured at the relation's ``within_m``; ``run_length_m`` gives it for a limit of each
    pair's own. ``angle_deg`` and ``run_m`` are NaN where they have no meaning.
    """
    other = pairs.a if pairs.b is None else pairs.b
    margin_m = MARGIN_M + relation.within_m + pairs.tolerance_m
    a, b = around_each_other(pairs.a, other, pairs.rows_a, pairs.rows_b, margin_m=margin_m)
    measures = {
        "distance_m": np.asarray(shapely.distance(a, b), dtype=np.float64),
        "wide": np.ones(len(pairs)),
    }
    if relation.along:
        measures |= _along(relation, pairs, a, b, kernels=kernels)
    return replace(pairs, measures=measures, shapes=NearestSegments(a, b))


def _along(
    relation: Near, pairs: Pairs, a: ObjectArray, b: ObjectArray, *, kernels: bool
) -> dict[str, FloatArray]:
    """Return ``angle_deg`` and ``run_m``."""
    other = pairs.a if pairs.b is None else pairs.b
    kind_a, kind_b = dimensions(pairs)
    angle_deg, run_m = np.full(len(pairs), np.nan), np.full(len(pairs), np.nan)
    lines = np.flatnonzero((kind_a == LINE) & (kind_b == LINE))
    nearest = shapely.shortest_line(a[lines], b[lines])
    angle_deg[lines] = angle_between_deg(a[lines], b[lines], *ends_of(nearest))
    if kernels and len(lines):
        one, two = index_of(pairs.a).paths, index_of(other).paths
        run_m[lines] = run_lengths_m(one, two, pairs.rows_a[lines], pairs.rows_b[lines], relation.within_m)
    subjects = np.flatnonzero((kind_a == LINE) & (kind_b >= 0) & np.isnan(run_m))
    run_m[subjects] = run_length_m(a[subjects], b[subjects], relation.within_m)
    return {"angle_deg": angle_deg, "run_m": run_m}


def keep_near(relation: Near, pairs: Pairs) -> tuple[BoolArray, LeftOut]:
    """Return which pairs are within ``within_m`` plus the tolerance; the tolerance leaves nothing out.

    A pair that is further apart than the limit by less than the tolerance may in truth be too close, so
    it is handed on for the rule to call undecidable.
    """
    distance_m = pairs["distance_m"]
    failed = np.isnan(distance_m)
    kept: BoolArray = distance_m <= relation.within_m + pairs.tolerance_m
    return kept, left_out(np.zeros(len(pairs), dtype=np.bool_), failed=failed)
