"""LU04: construction inside the ecological redline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from lantu.rules.lu.construction_in_line import ConstructionInLine


@dataclass(frozen=True, kw_only=True)
class ConstructionInEcologicalRedline(ConstructionInLine):
    """Planned construction, or a construction parcel, lies inside the ecological redline.

    *What it finds*

    A plot planned for construction, or a parcel registered as construction land, of which at least
    min_area_m2 lie inside an ecological redline. Critical where the constraint matrix prohibits the
    class, major where it is one of the limited activities that need an opinion or approval.

    *Why it matters*

    Inside the redline no development is allowed but the listed limited activities, and in the core of a
    nature reserve none at all. A plan that says otherwise cannot be carried out.

    *Basis*

    自然资发〔2022〕142号 1; landuse_constraint_matrix.csv, with the exceptions by class.

    *Example*

    Plot B-2, planned as commercial (0901), lies inside redline R1 on 400 m²: prohibited.

    *How to resolve*

    Move the plot out of the line. A linear or defence project that cannot avoid it: obtain the provincial
    government's opinion that it is a limited activity, and record it as a waiver.

    *Trap*

    Villages and roads inside the line at the time it was drawn are lawful to keep, not to enlarge. The
    line does not say whether it is the core of a reserve; ask for that layer.
    """

    code: ClassVar[str] = "LU04"
    name: ClassVar[str] = "construction-in-ecological-redline"
    line_kind: ClassVar[str] = "ecological_redline"
