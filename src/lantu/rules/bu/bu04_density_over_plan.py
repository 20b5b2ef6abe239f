"""BU04: building density over plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from lantu.model import Severity  # noqa: TC001  # dataclass fields are read at run time
from lantu.rules.bu.built_over_plan import BuiltOverPlan

if TYPE_CHECKING:
    from lantu.model import FloatArray
    from lantu.relations import Pairs


@dataclass(frozen=True, kw_only=True)
class DensityOverPlan(BuiltOverPlan):
    """The buildings on a plot cover more of it than its planned maximum density.

    *What it finds*

    A plot of which the buildings that stand on it with more than half of their footprint cover more than its
    maximum building density, by more than tolerance_ratio of it. Of a footprint the part on the plot counts.

    *Why it matters*

    What is built over is lost for light, greenery, rain water and the fire engine's way; density is a
    condition of the land grant like the plot ratio.

    *Basis*

    城乡规划法 38-39 (planning conditions are part of the grant of land).

    *Example*

    The buildings on plot A-03-15 cover 4 200 m² of 9 000 m²: 47 % where 35 % are planned.

    *How to resolve*

    Compare the permits with the footprints on site. Sheds without a permit are for the enforcement of
    planning; where all is permitted, the plan's indicator is corrected.

    *Trap*

    Footprints drawn from the roof include eaves and canopies that density does not count. A building
    delivered twice (GE04) covers its ground twice.
    """

    code: ClassVar[str] = "BU04"
    name: ClassVar[str] = "density-over-plan"
    needs_a: ClassVar[tuple[str, ...]] = ("density_max_ratio",)
    limit: ClassVar[str] = "density_max_ratio"
    sum_named: ClassVar[str] = "footprint_m2"
    severity: Severity = "minor"

    def built_m2(self, buildings: Pairs) -> FloatArray:
        """Return the ground of the plot that each building covers."""
        return buildings["area_m2"]
