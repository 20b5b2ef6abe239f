"""SW02: construction in a key conservation zone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from lantu.model import Severity  # noqa: TC001  # dataclass fields are read at run time
from lantu.rules.construction import ConstructionInZone


@dataclass(frozen=True, kw_only=True)
class ConstructionInKeyZone(ConstructionInZone):
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
    kinds: ClassVar[tuple[str, ...]] = ("key_prevention", "key_governance")
    severity: Severity = "info"
    min_area_m2: float = 100.0
