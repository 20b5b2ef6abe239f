"""HE02: height over the limit of a control zone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from lantu.relations import Overlaps
from lantu.rules.base import PairRule
from lantu.rules.heights import height_column, height_verdict
from lantu.rules.zone_kind import may_be

if TYPE_CHECKING:
    from lantu.model import BoolArray, Layer
    from lantu.relations import Pairs, Relation
    from lantu.rules.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class HeightOverControlLimit(PairRule):
    """A building or planned height exceeds the limit of the control zone that it stands in.

    *What it finds*

    A building, or a plot by its planned maximum height, that shares at least min_area_m2 with a heritage
    control zone and is higher than the zone's limit. Planned heights are exact; heights of buildings carry
    height_accuracy_m.

    *Why it matters*

    The control zone protects the setting of the site: its height limit is the condition under which
    building there is consented to at all.

    *Basis*

    文物保护法 (2024) 29; the height limit is the one published with the control zone.

    *Example*

    Plot C-03 is planned up to 54 m inside a control zone limited to 24 m, on 2 698 m².

    *How to resolve*

    Planning lowers the height of the plot, or of the part inside the zone, to the limit. For a building
    that stands, the heritage department decides about consent given at its time.

    *Trap*

    Heights are measured from different grounds: plans count from the pavement to the parapet, surveys to
    the highest point of the roof. A zone without a limit in the data is not a zone without a limit.
    """

    code: ClassVar[str] = "HE02"
    name: ClassVar[str] = "height-over-control-limit"
    subjects: ClassVar[tuple[str, ...]] = ("plan.plot", "housing.building")
    against: ClassVar[tuple[str, ...]] = ("heritage.zone",)
    needs_b: ClassVar[tuple[str, ...]] = ("kind", "height_limit_m")
    min_area_m2: float = 1.0
    height_accuracy_m: float = 0.5

    @property
    def relation(self) -> Relation:
        """Return overlaps of at least ``min_area_m2``."""
        return Overlaps(min_area_m2=self.min_area_m2)

    def columns_a(self, layer: Layer) -> tuple[str, ...]:
        """Return the height that the subject's standard has."""
        return (height_column(layer),)

    def selects_b(self, layer: Layer) -> BoolArray:
        """Return the control zones, and those of unknown kind."""
        return may_be(layer, "control")

    def judge(self, pairs: Pairs) -> Verdict:
        """Return heights over the limit; undecidable where a height is missing or too near to its limit.

        So is what would be over the limit of a zone whose kind is not known.
        """
        return height_verdict(
            pairs,
            limit_m=pairs.other.numbers("height_limit_m"),
            accuracy_m=self.height_accuracy_m,
            severity=self.severity,
            by_kind=True,
        )
