"""HE01: construction in a protection range."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from lantu.model import Severity  # noqa: TC001  # dataclass fields are read at run time
from lantu.rules.construction import ConstructionInZone


@dataclass(frozen=True, kw_only=True)
class ConstructionInProtectionRange(ConstructionInZone):
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
    kinds: ClassVar[tuple[str, ...]] = ("protection",)
    own_class: ClassVar[str | None] = "heritage"
    severity: Severity = "critical"
    min_area_m2: float = 1.0
