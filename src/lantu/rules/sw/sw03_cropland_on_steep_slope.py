"""SW03: cropland on a steep slope."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from lantu.relations import Overlaps
from lantu.rules.base import PairRule
from lantu.rules.construction import zone_findings, zone_rulings
from lantu.rules.land_use import is_missing
from lantu.rules.zone_kind import may_be, undecided_by_kind

if TYPE_CHECKING:
    from lantu.model import BoolArray, Layer
    from lantu.relations import Pairs, Relation
    from lantu.rules.verdict import Verdict


STEEP = "steep_slope"


@dataclass(frozen=True, kw_only=True)
class CroplandOnSteepSlope(PairRule):
    """Cropland, now or planned, lies on a slope on which clearing for crops is forbidden.

    *What it finds*

    A survey patch or a plot whose class is cropland that shares at least min_area_m2 with land steeper than
    25 degrees.

    *Why it matters*

    Steep fields lose their soil; clearing slopes above 25 degrees for crops is forbidden, and cropland
    planned there cannot be counted as stock.

    *Basis*

    水土保持法 20 (no clearing for crops above 25 degrees).

    *Example*

    Dry cropland patch T-0412 lies on 2 600 m² of a steep-slope area.

    *How to resolve*

    The land department takes the patch off the cropland that must be kept, or shows that it is terraced;
    planning moves planned cropland elsewhere.

    *Trap*

    Terraces built long ago may lawfully be tilled. A slope computed from a coarse elevation model smooths
    or invents steep places: small pieces need a look on site.
    """

    code: ClassVar[str] = "SW03"
    name: ClassVar[str] = "cropland-on-steep-slope"
    subjects: ClassVar[tuple[str, ...]] = ("land.survey", "plan.plot")
    against: ClassVar[tuple[str, ...]] = ("water.zone",)
    needs_a: ClassVar[tuple[str, ...]] = ("use_class",)
    needs_b: ClassVar[tuple[str, ...]] = ("kind",)
    min_area_m2: float = 400.0

    @property
    def relation(self) -> Relation:
        """Return overlaps of at least ``min_area_m2``."""
        return Overlaps(min_area_m2=self.min_area_m2)

    def selects_b(self, layer: Layer) -> BoolArray:
        """Return the steep slopes, and zones of unknown kind."""
        return may_be(layer, STEEP)

    def wants(self, pairs: Pairs) -> BoolArray:
        """Return cropland, and land whose class is not known."""
        return np.asarray(pairs.subject["use_class"] == "cropland", dtype=np.bool_) | self._unknown(pairs)

    def judge(self, pairs: Pairs) -> Verdict:
        """Return every remaining pair; undecidable where the class or the kind is not known."""
        said = zone_rulings(pairs, assumed=STEEP)
        found = zone_findings(
            pairs,
            severity=said.severity(self.severity),
            undecidable=self._unknown(pairs),
            required_m2=self.min_area_m2,
            facts=said.facts(),
        )
        return undecided_by_kind(pairs, found)

    def _unknown(self, pairs: Pairs) -> BoolArray:
        return is_missing(pairs.subject["use_class"])
