"""LU03: construction on permanent basic farmland."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from lantu.rules.lu.construction_in_line import ConstructionInLine


@dataclass(frozen=True, kw_only=True)
class ConstructionOnBasicFarmland(ConstructionInLine):
    """Planned construction, or a construction parcel, lies on permanent basic farmland.

    *What it finds*

    A plot planned for construction, or a parcel registered as construction land, of which at least
    min_area_m2 lie inside a line of permanent basic farmland. Critical where the constraint matrix
    prohibits the class, major where it needs approval, minor where it is conditional.

    *Why it matters*

    Permanent basic farmland may not be occupied; only national key projects that cannot avoid it may,
    with the State Council's approval. A permit given here is void.

    *Basis*

    土地管理法(2019) 33-35, 44; 基本农田保护条例(2011) 15, 17; landuse_constraint_matrix.csv.

    *Example*

    Plot A-1, planned as industrial (1001), lies on 1 000 m² of basic farmland F1: prohibited.

    *How to resolve*

    Take the ground out of the plan, or the project through the State Council's approval and the
    replacement of the farmland (补划). A parcel that was built on before the line was drawn: check the
    line's own date.

    *Trap*

    Lines drawn on 1:10 000 imagery run through villages and roads that were there before. Farm roads and
    facilities that serve the fields are not construction land and are not looked at here.
    """

    code: ClassVar[str] = "LU03"
    name: ClassVar[str] = "construction-on-basic-farmland"
    line_kind: ClassVar[str] = "permanent_basic_farmland"
