"""What BU03 and BU04 share: what is built on a plot, over the plot's area, against its planned maximum."""

from __future__ import annotations

from abc import abstractmethod
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
class BuiltOverPlan(PairRule):
    """Base of the rules on the sum of what is built on a plot over the plot's area."""

    subjects: ClassVar[tuple[str, ...]] = ("plan.plot",)
    against: ClassVar[tuple[str, ...]] = ("housing.building",)
    limit: ClassVar[str]  # the plot's column with the planned maximum
    sum_named: ClassVar[str]  # what the sentences call the sum
    tolerance_ratio: float = 0.05

    @abstractmethod
    def built_m2(self, buildings: Pairs) -> FloatArray:
        """Return what each building adds to the sum, NaN where it is not known."""

    @property
    def relation(self) -> Relation:
        """Return overlaps; which buildings count is a matter of their own share."""
        return Overlaps()

    def judge(self, pairs: Pairs) -> Verdict:
        """Return plots over their maximum; undecidable where a missing part or maximum keeps it open."""
        standing = pairs.take(pairs["share_b"] > HALF)
        first = first_of_each(standing.rows_a)
        plots = standing.take(first)
        parts_m2 = self.built_m2(standing)
        known_m2 = _sums(np.nan_to_num(parts_m2), first)
        incomplete = _sums(np.isnan(parts_m2).astype(np.float64), first) > 0
        allowed = plots.subject.numbers(self.limit)
        ratio = known_m2 / shapely.area(plots.subject.geometry)
        over = ratio > allowed * (1.0 + self.tolerance_ratio)
        unknown = ~over & (incomplete | np.isnan(allowed))
        keep = over | unknown
        return verdict(
            plots.rows_a[keep],
            severity=self.severity,
            undecidable=unknown[keep],
            facts={
                self.sum_named: known_m2[keep],
                "buildings": np.diff(np.r_[first, len(standing)])[keep],
            },
            field=self.limit,
            value_a=as_text(allowed[keep]),
            value_b=[f"{value:.2f}" for value in ratio[keep]],
            raw_a=plots.subject.raw(self.limit)[keep],
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
