"""RO01: one road, two lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import shapely

from lantu.relations import Same
from lantu.rules.base import PairRule, Partner  # class data is read at run time
from lantu.rules.identity import has_own_id
from lantu.rules.ro.road_alongside import run_alongside
from lantu.rules.ro.road_line_alongside import RoadLineAlongside
from lantu.rules.verdict import verdict

if TYPE_CHECKING:
    from lantu.model import BoolArray, Layer, ObjectArray
    from lantu.relations import Pairs, Relation
    from lantu.rules.verdict import Verdict

QUAD_SEGS = 32
"""Corners of the buffer: its edge is within 0.03 % of the distance."""


@dataclass(frozen=True, kw_only=True)
class RoadLineDiffers(PairRule):
    """One road has two centre lines that run apart.

    *What it finds*

    A road that two layers carry under one id and whose lines are further apart than max_m along at least
    min_length_m. Where the two layers share no id: a road beside whose line the other layer's line work runs
    in the same direction, within reach_m under the same name (half of it where a name is missing), and
    which is further off than max_m along a stretch of at least min_length_m. Where another line could be
    meant as well (a second carriageway, a service road), and where there is no counterpart, nothing is
    compared, and the report counts these roads.

    *Why it matters*

    Red lines, pipes and plots are drawn from the centre line; two lines make two streets.

    *Basis*

    CJJ 37 (the red line follows the road's centre line).

    *Example*

    Road R-12 of the road department runs 6 m beside planning's line along 140 m.

    *How to resolve*

    Find out which line was surveyed and which was designed, and when; the road department confirms the
    built line, planning the planned one.

    *Trap*

    A planned widening to one side moves the centre line for a good reason. Dual carriageways are drawn once
    in the middle or twice: without common ids a line of the same name that keeps more than half of the reach
    away all along is undecidable, and one further off than the reach is taken for another road.
    """

    code: ClassVar[str] = "RO01"
    name: ClassVar[str] = "road-line-differs"
    subjects: ClassVar[tuple[str, ...]] = ("transport.road",)
    against: ClassVar[tuple[str, ...]] = ("transport.road",)
    partner: ClassVar[Partner] = "siblings"
    max_m: float = 2.0
    min_length_m: float = 20.0
    reach_m: float = 20.0

    @property
    def relation(self) -> Relation:
        """Return roads with one id."""
        return Same()

    def between(self, a: Layer, b: Layer) -> PairRule:
        """Return this rule, or, for layers that are numbered apart, the one that goes by name and course."""
        if not run_alongside(a, b):
            return self
        return RoadLineAlongside(
            severity=self.severity, max_m=self.max_m, min_length_m=self.min_length_m, reach_m=self.reach_m
        )

    def selects_a(self, layer: Layer) -> BoolArray:
        """Return features with an id of their own; record numbers match nothing."""
        return has_own_id(layer)

    def selects_b(self, layer: Layer) -> BoolArray:
        """Return features with an id of their own."""
        return has_own_id(layer)

    def judge(self, pairs: Pairs) -> Verdict:
        """Return roads that are apart for certain; undecidable where the tolerance keeps it open."""
        surely = self._apart(pairs, self.max_m + pairs.tolerance_m)
        maybe = self._apart(pairs, max(self.max_m - pairs.tolerance_m, 0.0))
        certain = shapely.length(surely) >= self.min_length_m
        keep = shapely.length(maybe) >= self.min_length_m
        parts = np.where(certain, surely, maybe)[keep]
        kept = pairs.take(keep)
        return verdict(
            kept.rows_a,
            kept.rows_b,
            severity=self.severity,
            undecidable=~certain[keep],
            facts={"deviation_m": kept["deviation_m"]},
            field="geometry",
            measure=shapely.length(parts),
            unit="m",
            required=self.max_m,
            tolerance=pairs.tolerance_m,
            share_a=shapely.length(parts) / shapely.length(kept.subject.geometry),
            shape=parts,
        )

    def _apart(self, pairs: Pairs, distance_m: float) -> ObjectArray:
        """Return the part of each subject that is further than ``distance_m`` from its partner."""
        reach = shapely.buffer(pairs.other.geometry, distance_m, quad_segs=QUAD_SEGS)
        return np.asarray(shapely.difference(pairs.subject.geometry, reach), dtype=object)
