"""BU03: plot ratio over plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import shapely

from lantu.relations import Overlaps
from lantu.rules.base import PairRule, first_of_each
from lantu.rules.heights import as_text
from lantu.rules.verdict import verdict

if TYPE_CHECKING:
    from lantu.model import FloatArray, IntArray
    from lantu.relations import Pairs, Relation
    from lantu.rules.verdict import Verdict

STEP = 2.0**-20

HALF = 0.5
"""A building counts where more than this share of its footprint stands."""


@dataclass(frozen=True, kw_only=True)
class PlotRatioOverPlan(PairRule):
    """The floor area on a plot exceeds its planned maximum plot ratio.

    *What it finds*

    A plot on which the floor areas of all buildings that stand on it with more than half of their
    footprint, divided by the plot's area, exceed its maximum plot ratio by more than tolerance_ratio of it.

    *Why it matters*

    The plot ratio is what the land was paid for; more floor than planned means unpaid land value, and
    schools, pipes and roads that are too small.

    *Basis*

    城乡规划法 38-39 (planning conditions are part of the grant of land).

    *Example*

    The buildings on plot A-03-12 have 31 500 m² of floor on 9 000 m²: 3.50 where 2.5 is planned.

    *How to resolve*

    Compare the permits with the floors built. Basements and open ground floors are taken off as the local
    rules say; what remains above is for the enforcement of planning.

    *Trap*

    Housing counts all floors, planning leaves out basements and transfer floors. A plot shared by two
    estates carries the ratio of both.
    """

    code: ClassVar[str] = "BU03"
    name: ClassVar[str] = "plot-ratio-over-plan"
    subjects: ClassVar[tuple[str, ...]] = ("plan.plot",)
    against: ClassVar[tuple[str, ...]] = ("housing.building",)
    needs_a: ClassVar[tuple[str, ...]] = ("far_max",)
    needs_b: ClassVar[tuple[str, ...]] = ("floor_area_m2",)
    tolerance_ratio: float = 0.05

    @property
    def relation(self) -> Relation:
        """Return overlaps; which buildings count is a matter of their own share."""
        return Overlaps()

    def judge(self, pairs: Pairs) -> Verdict:
        """Return plots over their ratio; undecidable where a missing floor area or maximum keeps it open."""
        standing = pairs.take(pairs["share_b"] > HALF)
        first = first_of_each(standing.rows_a)
        plots = standing.take(first)
        floors_m2 = standing.other.numbers("floor_area_m2")
        known_m2 = _sums(np.nan_to_num(floors_m2), first)
        incomplete = _sums(np.isnan(floors_m2).astype(np.float64), first) > 0
        allowed = plots.subject.numbers("far_max")
        ratio = known_m2 / shapely.area(plots.subject.geometry)
        over = ratio > allowed * (1.0 + self.tolerance_ratio)
        unknown = ~over & (incomplete | np.isnan(allowed))
        keep = over | unknown
        return verdict(
            plots.rows_a[keep],
            severity=self.severity,
            undecidable=unknown[keep],
            facts={
                "floor_area_m2": known_m2[keep],
                "buildings": np.diff(np.r_[first, len(standing)])[keep],
            },
            field="far_max",
            value_a=as_text(allowed[keep]),
            value_b=[f"{value:.2f}" for value in ratio[keep]],
            raw_a=plots.subject.raw("far_max")[keep],
            measure=ratio[keep],
            unit="1",
            required=allowed[keep],
            tolerance=allowed[keep] * self.tolerance_ratio,
            shape=plots.subject.geometry[keep],
        )


def _sums(values: FloatArray, first: IntArray) -> FloatArray:
    """Return the sum of each group of values; the groups start at ``first``.

    Summed in steps of about a millionth, which floats add without rounding: in any order the same.
    """
    return np.add.reduceat(np.round(values / STEP), first) * STEP if len(first) else np.empty(0)
