"""SW02: construction in a key conservation zone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from lantu.model import Severity  # noqa: TC001  # dataclass fields are read at run time
from lantu.relations import Overlaps
from lantu.rules.base import PairRule
from lantu.rules.construction import is_built, of_kind, zone_findings

if TYPE_CHECKING:
    from lantu.model import BoolArray, Layer
    from lantu.relations import Pairs, Relation
    from lantu.rules.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class ConstructionInKeyZone(PairRule):
    """Planned construction lies in a key zone of soil and water conservation, where stricter conditions hold.

    *What it finds*

    A plot planned for construction that shares at least min_area_m2 with a key prevention or key governance
    zone.

    *Why it matters*

    Projects should avoid these zones; one that cannot must build to the raised conservation standard, which
    costs land and money that the plan should show.

    *Basis*

    水土保持法 24 (projects avoid key zones or meet a raised standard).

    *Example*

    Plot F-01, planned as industrial, lies on 12 000 m² of a key prevention zone.

    *How to resolve*

    Nobody need change a map: the plan states the raised standard as a condition of the plot, or the project
    moves.

    *Trap*

    Zones published nationally are drawn on small-scale maps, much coarser than a plot; a strip along their
    edge says little.
    """

    code: ClassVar[str] = "SW02"
    name: ClassVar[str] = "construction-in-key-zone"
    subjects: ClassVar[tuple[str, ...]] = ("plan.plot",)
    against: ClassVar[tuple[str, ...]] = ("water.zone",)
    needs_a: ClassVar[tuple[str, ...]] = ("use_class",)
    needs_b: ClassVar[tuple[str, ...]] = ("kind",)
    severity: Severity = "info"
    min_area_m2: float = 100.0

    @property
    def relation(self) -> Relation:
        """Return overlaps of at least ``min_area_m2``."""
        return Overlaps(min_area_m2=self.min_area_m2)

    def selects_b(self, layer: Layer) -> BoolArray:
        """Return the key prevention and key governance zones."""
        return of_kind(layer, "key_prevention", "key_governance")

    def wants(self, pairs: Pairs) -> BoolArray:
        """Return buildings, planned construction, and plots whose class is not known."""
        return np.asarray(is_built(pairs) != "no", dtype=np.bool_)

    def judge(self, pairs: Pairs) -> Verdict:
        """Return every remaining pair; undecidable where the planned class is not known."""
        return zone_findings(
            pairs,
            severity=self.severity,
            undecidable=is_built(pairs) == "unknown",
            required_m2=self.min_area_m2,
        )
