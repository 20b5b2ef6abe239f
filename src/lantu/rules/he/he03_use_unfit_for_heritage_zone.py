"""HE03: planned class does not fit the heritage zone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from lantu.relations import Overlaps
from lantu.rules.base import PairRule
from lantu.rules.construction import zone_findings, zone_rulings
from lantu.rules.land_use import is_missing
from lantu.rules.zone_kind import kinds_or, may_be, undecided_by_kind

if TYPE_CHECKING:
    from lantu.model import BoolArray, Layer
    from lantu.relations import Pairs, Relation
    from lantu.rules.verdict import Verdict


KINDS = ("protection", "control")
"""Of heritage zones; a zone of unknown kind is looked at as if it were the first, the stricter."""


@dataclass(frozen=True, kw_only=True)
class UseUnfitForHeritageZone(PairRule):
    """The planned class is one that the constraint matrix prohibits in the heritage zone.

    *What it finds*

    A plot whose planned class the constraint matrix calls prohibited in the kind of heritage zone it shares
    at least min_area_m2 with.

    *Why it matters*

    A plan that gives such land to the class promises what no permit can keep; HE01 speaks about building
    there, this rule about the plan's class.

    *Basis*

    文物保护法 (2024) 27-30; landuse_constraint_matrix.csv.

    *Example*

    Plot D-11 is planned as industrial on 900 m² of a protection range.

    *How to resolve*

    Planning gives the part inside the range to heritage, green or reserved land, or draws the plot without
    it.

    *Trap*

    Heritage land inside its own range needs a permission for works, but its class is right. Where the
    matrix only asks for approval the rule is silent.
    """

    code: ClassVar[str] = "HE03"
    name: ClassVar[str] = "use-unfit-for-heritage-zone"
    subjects: ClassVar[tuple[str, ...]] = ("plan.plot",)
    against: ClassVar[tuple[str, ...]] = ("heritage.zone",)
    needs_a: ClassVar[tuple[str, ...]] = ("use_class",)
    needs_b: ClassVar[tuple[str, ...]] = ("kind",)
    min_area_m2: float = 10.0

    @property
    def relation(self) -> Relation:
        """Return overlaps of at least ``min_area_m2``."""
        return Overlaps(min_area_m2=self.min_area_m2)

    def selects_b(self, layer: Layer) -> BoolArray:
        """Return the zones of both kinds, and those of unknown kind."""
        return may_be(layer, *KINDS)

    def wants(self, pairs: Pairs) -> BoolArray:
        """Return plots whose class is prohibited in the kind of zone, or not known."""
        prohibited = np.asarray(zone_rulings(pairs, assumed=KINDS[0]).word == "prohibited", dtype=np.bool_)
        in_range = np.asarray(kinds_or(pairs.other, KINDS[0]) == KINDS[0], dtype=np.bool_)
        return prohibited | (is_missing(pairs.subject["use_class"]) & in_range)

    def judge(self, pairs: Pairs) -> Verdict:
        """Return every remaining pair; undecidable where the planned class or the kind is not known."""
        said = zone_rulings(pairs, assumed=KINDS[0])
        found = zone_findings(
            pairs,
            severity=said.severity(self.severity),
            undecidable=is_missing(pairs.subject["use_class"]),
            facts=said.facts(),
        )
        return undecided_by_kind(pairs, found)
