"""RO03: building in a road red line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from lantu.relations import Overlaps
from lantu.rules.base import PairRule
from lantu.rules.ro.red_line import between_red_lines, in_red_line, red_line_columns, red_lines

if TYPE_CHECKING:
    from lantu.model import BoolArray, Layer
    from lantu.relations import Pairs, Relation
    from lantu.rules.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class BuildingInRoadRedLine(PairRule):
    """A building stands inside the red line of a road.

    *What it finds*

    A building that shares at least min_area_m2 with the area between a road's red lines: a control line of
    kind road_red, or a centre line with its red-line width.

    *Why it matters*

    No building may cross the red line; one that does blocks the road's building, and cannot be permitted.

    *Basis*

    GB 55031-2022 (buildings must not cross the road red line).

    *Example*

    Building F-044 stands with 80 m² inside the red line of road R-07.

    *How to resolve*

    Compare the dates: a building older than the red line is taken into the road's land acquisition; one
    younger was set out or permitted wrongly.

    *Trap*

    Eaves and canopies may project where the standard allows it. Widths of planned roads reach over houses
    that will come down.
    """

    code: ClassVar[str] = "RO03"
    name: ClassVar[str] = "building-in-road-red-line"
    subjects: ClassVar[tuple[str, ...]] = ("housing.building",)
    against: ClassVar[tuple[str, ...]] = ("plan.control_line", "transport.road")
    min_area_m2: float = 1.0

    @property
    def relation(self) -> Relation:
        """Return overlaps of at least ``min_area_m2``."""
        return Overlaps(min_area_m2=self.min_area_m2)

    def columns_b(self, layer: Layer) -> tuple[str, ...]:
        """Return the width of roads, the kind of control lines."""
        return red_line_columns(layer)

    def derives_b(self, layer: Layer) -> Layer:
        """Return centre lines as the area between their red lines; control lines as they are."""
        return between_red_lines(layer)

    def selects_b(self, layer: Layer) -> BoolArray:
        """Return road red lines, and roads whose width is known."""
        return red_lines(layer)

    def judge(self, pairs: Pairs) -> Verdict:
        """Return every pair: the area is large enough; undecidable where a line's kind is not known."""
        return in_red_line(pairs, severity=self.severity, min_area_m2=self.min_area_m2)
