"""PI03: clearance between parallel pipes too small."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import shapely

from lantu.relations import Near
from lantu.rules.base import PairRule, Partner
from lantu.rules.pi.clearance import (
    Judgement,
    Required,
    causes,
    facts_of,
    lacking,
    most_between_pipes_m,
    required_between,
)
from lantu.rules.pi.parallel import Stretches, connected, stretches
from lantu.rules.pi.pipes import MEDIUM, PIPE, diameter_m, kinds_of, largest_radius_m, one_pipe
from lantu.rules.recalled import lowered
from lantu.rules.verdict import verdict
from lantu.rules.wording import words

if TYPE_CHECKING:
    from lantu.model import BoolArray, FloatArray
    from lantu.relations import Pairs, Relation
    from lantu.rules.verdict import Verdict
    from lantu.standards.clearance import Table

TABLE: Table = "pipeline_clearance_horizontal"

NOWHERE = -1.0
"""A limit below which nothing lies."""


@dataclass(frozen=True, kw_only=True)
class ClearanceBetweenPipesTooSmall(PairRule):
    """Two pipes run along each other nearer than the standard allows.

    *What it finds*

    Two pipes that run along each other, at an angle of at most max_angle_deg, and for min_length_m or more
    are nearer than the table requires, outer surface to outer surface, by more than the tolerance of the two
    layers. Undecidable: nearer to the requirement than the tolerance, or an attribute is missing and what is
    possible does not agree; a missing diameter may be up to unknown_diameter_mm. Crossings are PI04's; pipes
    of one network that join each other are no contradiction.

    *Why it matters*

    Whoever digs up one pipe finds the other in the trench. Leaking sewage reaches drinking water, leaking gas
    finds the cable duct, and hot pipes age what lies beside them.

    *Basis*

    GB 50289-2016 4.1.9, table 4.1.9; pipes one above the other: 4.1.6.

    *Example*

    Water main JS-250 runs for 84 m beside sewer WS-5, 0.55 m clear; 1.5 m are required.

    *How to resolve*

    Compare how and when both were surveyed, and expose or survey them again. If it is confirmed, the
    temporary gives way to the permanent, the branch to the main and the pressure pipe to the gravity pipe, or
    a barrier is built.

    *Trap*

    Pipes drawn after the street and not surveyed stand anywhere. Pipes in one tunnel or trench follow rules
    of their own; cables of one bundle are often drawn one by one and are meant to be close.
    """

    code: ClassVar[str] = "PI03"
    name: ClassVar[str] = "clearance-between-pipes-too-small"
    subjects: ClassVar[tuple[str, ...]] = (PIPE,)
    against: ClassVar[tuple[str, ...]] = (PIPE,)
    partner: ClassVar[Partner] = "all"
    needs_a: ClassVar[tuple[str, ...]] = (MEDIUM,)
    reveals: ClassVar[tuple[str, ...]] = ("diameter_mm", "pressure", "voltage_kv")
    needs_b: ClassVar[tuple[str, ...]] = (MEDIUM,)
    max_angle_deg: float = 30.0
    min_length_m: float = 2.0
    unknown_diameter_mm: float = 500.0

    @property
    def relation(self) -> Relation:
        """Return what is within the largest distance of the table, between the thickest pipes."""
        return Near(
            within_m=most_between_pipes_m(TABLE)
            + 2.0 * max(largest_radius_m(), self.unknown_diameter_mm / 2000.0),
            along=False,  # runs are measured by stretch, at each pair's own limit
        )

    def wants(self, pairs: Pairs) -> BoolArray:
        """Return pairs that the table speaks of and that their own diameters do not keep apart.

        One pipe in two departments' books is PI07's.
        """
        required = required_between(pairs, TABLE)
        reach_m = required.high_m + _radii_m(pairs, self.unknown_diameter_mm) + pairs.tolerance_m
        spoken = ~np.isnan(reach_m) & ~one_pipe(pairs)
        wanted = np.zeros(len(pairs), dtype=np.bool_)
        chosen = pairs.take(spoken)
        wanted[spoken] = shapely.dwithin(chosen.subject.geometry, chosen.other.geometry, reach_m[spoken])
        return wanted

    def judge(self, pairs: Pairs) -> Verdict:
        """Return pairs that run too near for long enough, and those of which the data cannot tell."""
        required, known_m = required_between(pairs, TABLE), _radii_m(pairs, 0.0)
        beside = stretches(
            pairs.subject.geometry,
            pairs.other.geometry,
            max_angle_deg=self.max_angle_deg,
            tolerance_m=pairs.tolerance_m,
        )
        found, distance_m = self._judged(pairs, required, beside)
        keep = found.reported.copy()
        keep[keep] = ~_one_network(pairs.take(keep))
        limit_m = np.where(found.conflict, required.low_m, required.high_m + pairs.tolerance_m) + known_m
        shape = beside.shape(limit_m, keep)
        run_m = beside.run_m(np.where(keep, limit_m, NOWHERE))[keep]
        clear_m = (distance_m - known_m)[keep]
        pairs, required, found = pairs.take(keep), required.take(keep), found.take(keep)
        said = {"run_m": run_m, "other_medium": words(MEDIUM, pairs.other[MEDIUM])}
        return verdict(
            pairs.rows_a,
            pairs.rows_b,
            severity=lowered(self.severity, required.recalled),
            undecidable=found.unsure,
            cause=causes(pairs, found),
            facts=facts_of(required, found, pairs.tolerance_m) | said,
            field=MEDIUM,
            value_a=pairs.subject[MEDIUM],
            value_b=pairs.other[MEDIUM],
            raw_a=pairs.subject.raw(MEDIUM),
            raw_b=pairs.other.raw(MEDIUM),
            measure=clear_m,
            unit="m",
            required=required.stated_m(found.conflict),
            tolerance=pairs.tolerance_m,
            shape=shape,
        )

    def _judged(self, pairs: Pairs, required: Required, beside: Stretches) -> tuple[Judgement, FloatArray]:
        """Return what to report, and how near those come.

        Reported are runs below the least requirement, and runs that may be below the true one.
        """
        known_m, most_m = _radii_m(pairs, 0.0), _radii_m(pairs, self.unknown_diameter_mm)
        least_run_m = max(self.min_length_m, np.finfo(float).tiny)
        surely_m = np.nan_to_num(required.low_m - pairs.tolerance_m + known_m, nan=NOWHERE, neginf=NOWHERE)
        conflict = beside.run_m(surely_m) >= least_run_m
        maybe_m = np.nan_to_num(required.high_m + pairs.tolerance_m + most_m, nan=NOWHERE)
        unsure = beside.run_m(np.where(conflict, NOWHERE, maybe_m)) >= least_run_m
        distance_m = beside.distance_m(conflict | unsure)
        lacks = lacking(required, unsure, clear_m=distance_m - known_m, least_m=distance_m - most_m)
        return Judgement(conflict=conflict, unsure=unsure, lacks=lacks), distance_m


def _radii_m(pairs: Pairs, unknown_mm: float) -> FloatArray:
    """Return what both pipes take off the distance of their centre lines."""
    diameters = (diameter_m(side, unknown_mm=unknown_mm) for side in (pairs.subject, pairs.other))
    return np.asarray(sum(diameters) / 2.0, dtype=np.float64)


def _one_network(pairs: Pairs) -> BoolArray:
    """Return which pairs are pipes of one kind that join each other."""
    kind_a, kind_b = kinds_of(pairs.subject).objects, kinds_of(pairs.other).objects
    joined = connected(pairs.subject.geometry, pairs.other.geometry, tolerance_m=pairs.tolerance_m)
    return np.asarray((kind_a == kind_b) & joined, dtype=np.bool_)
