"""BU03: plot ratio over plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from lantu.rules.bu.built_over_plan import BuiltOverPlan

if TYPE_CHECKING:
    from lantu.model import FloatArray
    from lantu.relations import Pairs


@dataclass(frozen=True, kw_only=True)
class PlotRatioOverPlan(BuiltOverPlan):
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
    needs_a: ClassVar[tuple[str, ...]] = ("far_max",)
    needs_b: ClassVar[tuple[str, ...]] = ("floor_area_m2",)
    limit: ClassVar[str] = "far_max"
    sum_named: ClassVar[str] = "floor_area_m2"

    def built_m2(self, buildings: Pairs) -> FloatArray:
        """Return the floor area of each building."""
        return buildings.other.numbers("floor_area_m2")
