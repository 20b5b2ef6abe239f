"""BU02: building higher than planned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from lantu.relations import Overlaps
from lantu.rules.base import PairRule
from lantu.rules.heights import height_verdict

if TYPE_CHECKING:
    from lantu.relations import Pairs, Relation
    from lantu.rules.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class HeightOverPlan(PairRule):
    """A building is higher than the plan allows on its plot.

    *What it finds*

    A building that stands with at least min_share of its footprint on a plot and is higher than the plot's
    maximum by more than height_accuracy_m.

    *Why it matters*

    The maximum height is a condition of the planning permit; a building above it was built otherwise than
    permitted, or the plan was changed after it.

    *Basis*

    城乡规划法 38-39 (planning conditions are part of the grant of land).

    *Example*

    Building F-118 is 41.2 m high on plot A-03-12, planned up to 36 m.

    *How to resolve*

    Compare the permit of the building with the plan in force on its day. Built otherwise than permitted:
    the enforcement of planning. Plan changed since: the plan notes the existing building.

    *Trap*

    Measured heights include lift housings and antennas that planning rules leave out. An old building under
    a new plan is no violation.
    """

    code: ClassVar[str] = "BU02"
    name: ClassVar[str] = "height-over-plan"
    subjects: ClassVar[tuple[str, ...]] = ("housing.building",)
    against: ClassVar[tuple[str, ...]] = ("plan.plot",)
    needs_a: ClassVar[tuple[str, ...]] = ("height_m",)
    needs_b: ClassVar[tuple[str, ...]] = ("height_max_m",)
    min_share: float = 0.5
    height_accuracy_m: float = 0.5

    @property
    def relation(self) -> Relation:
        """Return overlaps of at least ``min_share`` of the building."""
        return Overlaps(min_share=self.min_share)

    def judge(self, pairs: Pairs) -> Verdict:
        """Return buildings over the limit; undecidable where a height is missing or too near to its limit."""
        return height_verdict(
            pairs,
            limit_m=pairs.other.numbers("height_max_m"),
            accuracy_m=self.height_accuracy_m,
            severity=self.severity,
        )
