"""RO04: parcel in a road red line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from lantu.model import Severity  # noqa: TC001  # dataclass fields are read at run time
from lantu.relations import Overlaps
from lantu.rules.base import PairRule
from lantu.rules.construction import is_built
from lantu.rules.ro.red_line import between_red_lines, in_red_line, red_line_columns, red_lines

if TYPE_CHECKING:
    from lantu.model import BoolArray, Layer
    from lantu.relations import Pairs, Relation
    from lantu.rules.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class ParcelInRoadRedLine(PairRule):
    """A construction parcel reaches into the red line of a road.

    *What it finds*

    A parcel registered for construction, roads themselves excepted, that shares at least min_area_m2 with
    the area between a road's red lines.

    *Why it matters*

    Land inside the red line is the road's; as long as it is registered to somebody else the road cannot be
    built, nor the parcel built on to its edge.

    *Basis*

    CJJ 37 (width of the road's red line).

    *Example*

    Parcel P-0231, registered as commercial, reaches with 65 m² into the red line of road R-07.

    *How to resolve*

    Planning and land agree on the line; the strip is bought or exchanged when the road is built, and the
    plan says so until then.

    *Trap*

    Red lines of roads planned for widening lie inside registered parcels by design. Strips narrower than
    the tolerance are drawing, not land.
    """

    code: ClassVar[str] = "RO04"
    name: ClassVar[str] = "parcel-in-road-red-line"
    subjects: ClassVar[tuple[str, ...]] = ("land.parcel",)
    against: ClassVar[tuple[str, ...]] = ("plan.control_line", "transport.road")
    needs_a: ClassVar[tuple[str, ...]] = ("use_class",)
    severity: Severity = "minor"
    min_area_m2: float = 5.0

    @property
    def relation(self) -> Relation:
        """Return overlaps of at least ``min_area_m2``."""
        return Overlaps(min_area_m2=self.min_area_m2)

    def selects_a(self, layer: Layer) -> BoolArray:
        """Return parcels that are not registered as roads."""
        return np.asarray(layer.values("use_class") != "transport", dtype=np.bool_)

    def columns_b(self, layer: Layer) -> tuple[str, ...]:
        """Return the width of roads, the kind of control lines."""
        return red_line_columns(layer)

    def derives_b(self, layer: Layer) -> Layer:
        """Return centre lines as the area between their red lines; control lines as they are."""
        return between_red_lines(layer)

    def selects_b(self, layer: Layer) -> BoolArray:
        """Return road red lines, and roads whose width is known."""
        return red_lines(layer)

    def wants(self, pairs: Pairs) -> BoolArray:
        """Return construction parcels, and parcels whose class is not known."""
        return np.asarray(is_built(pairs) != "no", dtype=np.bool_)

    def judge(self, pairs: Pairs) -> Verdict:
        """Return every remaining pair; undecidable where the class is not known."""
        return in_red_line(
            pairs,
            severity=self.severity,
            min_area_m2=self.min_area_m2,
            undecidable=is_built(pairs) == "unknown",
        )
