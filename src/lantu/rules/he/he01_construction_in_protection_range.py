"""HE01: construction in a protection range."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from lantu.model import Severity  # noqa: TC001  # dataclass fields are read at run time
from lantu.relations import Overlaps
from lantu.rules.base import PairRule
from lantu.rules.construction import is_built, of_kind, what_it_is, zone_findings

if TYPE_CHECKING:
    from lantu.model import BoolArray, Layer
    from lantu.relations import Pairs, Relation
    from lantu.rules.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class ConstructionInProtectionRange(PairRule):
    """A building, or planned construction, stands in the protection range of a heritage site.

    *What it finds*

    A building, or a plot planned for construction (heritage land excepted), that shares at least min_area_m2
    with a protection range.

    *Why it matters*

    Inside a protection range no other construction works are allowed without a special approval; what is
    planned there cannot be permitted, and what stands there may be unlawful.

    *Basis*

    文物保护法 (2024) 28; 文物保护法 (2024) 31 for works that cannot avoid a site.

    *Example*

    Plot B-07, planned as commercial, lies on 420 m² of the protection range of a temple.

    *How to resolve*

    Planning takes the plot out of the range or plans it as heritage land. For a building that stands: the
    heritage department finds out whether it is older than the range, part of the site, or unlawful.

    *Trap*

    Buildings that belong to the site stand in its own range. The range may have been drawn from an old map
    with metres of error: look at the overlap's width before at its area.
    """

    code: ClassVar[str] = "HE01"
    name: ClassVar[str] = "construction-in-protection-range"
    subjects: ClassVar[tuple[str, ...]] = ("plan.plot", "housing.building")
    against: ClassVar[tuple[str, ...]] = ("heritage.zone",)
    needs_b: ClassVar[tuple[str, ...]] = ("kind",)
    severity: Severity = "critical"
    min_area_m2: float = 1.0

    @property
    def relation(self) -> Relation:
        """Return overlaps of at least ``min_area_m2``."""
        return Overlaps(min_area_m2=self.min_area_m2)

    def selects_b(self, layer: Layer) -> BoolArray:
        """Return the protection ranges."""
        return of_kind(layer, "protection")

    def wants(self, pairs: Pairs) -> BoolArray:
        """Return buildings, planned construction, and plots of unknown class; a site's own land is none."""
        built = np.asarray(is_built(pairs) != "no", dtype=np.bool_)
        return built & np.asarray(what_it_is(pairs) != "heritage", dtype=np.bool_)

    def judge(self, pairs: Pairs) -> Verdict:
        """Return every remaining pair; undecidable where the planned class is not known."""
        return zone_findings(
            pairs,
            severity=self.severity,
            undecidable=is_built(pairs) == "unknown",
            required_m2=self.min_area_m2,
        )
