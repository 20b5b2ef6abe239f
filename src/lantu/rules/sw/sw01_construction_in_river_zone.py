"""SW01: construction in a river management range."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from lantu.model import Severity  # noqa: TC001  # dataclass fields are read at run time
from lantu.rules.construction import ConstructionInZone


@dataclass(frozen=True, kw_only=True)
class ConstructionInRiverZone(ConstructionInZone):
    """A building, or planned construction, stands in the management range of a river.

    *What it finds*

    A building, or a plot planned for construction, that shares at least min_area_m2 with a river management
    range. Critical where the constraint matrix prohibits the class, major where it asks for approval, minor
    where it says nothing of it.

    *Why it matters*

    Buildings in the range narrow the flood way: they endanger everybody upstream, and cannot be permitted.

    *Basis*

    河道管理条例 24-25; 防洪法 22.

    *Example*

    Plot E-02, planned as residential, lies on 1 300 m² of the river's management range.

    *How to resolve*

    Planning draws the plot back behind the management line, or the water department states the approval of
    a work that belongs to the river. Buildings that stand are listed by the water department.

    *Trap*

    Bridges, wharves and pumping stations belong there and need an approval, not a removal. The management
    line moves when dykes are built: compare the dates.
    """

    code: ClassVar[str] = "SW01"
    name: ClassVar[str] = "construction-in-river-zone"
    subjects: ClassVar[tuple[str, ...]] = ("plan.plot", "housing.building")
    against: ClassVar[tuple[str, ...]] = ("water.zone",)
    needs_b: ClassVar[tuple[str, ...]] = ("kind",)
    kinds: ClassVar[tuple[str, ...]] = ("river_management",)
    severity: Severity = "critical"
    min_area_m2: float = 10.0
