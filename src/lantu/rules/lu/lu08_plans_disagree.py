"""LU08: two plans give one place contradictory classes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from lantu.model import Severity  # noqa: TC001  # a dataclass field, read at run time
from lantu.relations import Overlaps
from lantu.rules.base import PairRule, Partner
from lantu.rules.land_use import CLASS, agree, shared_ground, unclassified
from lantu.rules.recalled import check_against, lowered
from lantu.rules.verdict import verdict
from lantu.standards import compatibility

if TYPE_CHECKING:
    from lantu.model import BoolArray
    from lantu.relations import Pairs, Relation
    from lantu.rules.verdict import Verdict

HIGH = 3


@dataclass(frozen=True, kw_only=True)
class PlansDisagree(PairRule):
    """Two plan layers give contradictory classes to one piece of land.

    *What it finds*

    Ground of at least min_area_m2 that two plan layers in force give to two classes of use. Critical
    where the compatibility matrix puts the pair at its highest, in either direction; one step lower for
    other pairs, and one lower again where the row was only recalled.

    *Why it matters*

    Two plans in force cannot both be carried out. Whoever applies first gets the plan that suits, and the
    other department objects.

    *Basis*

    landuse_compatibility.csv, read in both directions; 城乡规划法 5, 19 (plans follow the plan above them).

    *Example*

    The master plan has 2 000 m² of plot M-1 as forest, the detailed plan has plot D-4 there as
    industrial.

    *How to resolve*

    The plan of the higher level holds, else the later approval; the other is amended. Enter the decision
    in the blueprint's authority table.

    *Trap*

    Plans of different scale differ along every line by the accuracy of the coarser one. A master plan
    that says mixed use or reserved and a detailed plan that says which do not contradict each other.
    """

    code: ClassVar[str] = "LU08"
    name: ClassVar[str] = "plans-disagree"
    subjects: ClassVar[tuple[str, ...]] = ("plan.plot",)
    against: ClassVar[tuple[str, ...]] = ("plan.plot",)
    partner: ClassVar[Partner] = "siblings"
    needs_a: ClassVar[tuple[str, ...]] = (CLASS,)
    needs_b: ClassVar[tuple[str, ...]] = (CLASS,)
    severity: Severity = "critical"
    min_area_m2: float = 50.0

    @property
    def relation(self) -> Relation:
        """Return overlaps of at least ``min_area_m2``."""
        return Overlaps(min_area_m2=self.min_area_m2)

    def wants(self, pairs: Pairs) -> BoolArray:
        """Return pairs whose classes differ or are not known; reserved land leaves the use open."""
        a, b = pairs.subject[CLASS], pairs.other[CLASS]
        open_use = np.asarray((a == "reserved") | (b == "reserved"), dtype=np.bool_)
        return ~agree(a, b) & ~open_use

    def judge(self, pairs: Pairs) -> Verdict:
        """Return every remaining pair; undecidable where a code has no single class."""
        unknown = unclassified(pairs)
        a, b = pairs.subject[CLASS], pairs.other[CLASS]
        one, other = compatibility().lookup(a, b), compatibility().lookup(b, a)
        graver = one.severity > other.severity
        graver |= (one.severity == other.severity) & (~one.recalled | other.recalled)
        highest = np.where(graver, one.severity, other.severity)
        recalled = np.where(graver, one.recalled, other.recalled)
        check = check_against(np.where(graver, one.source, other.source), recalled)
        return verdict(
            pairs.rows_a,
            pairs.rows_b,
            severity=lowered(lowered(self.severity, highest != HIGH), recalled),
            undecidable=unknown.mask,
            cause=unknown.cause,
            facts={**unknown.facts, "check": check, "tolerance_m": pairs.tolerance_m},
            **shared_ground(pairs, min_area_m2=self.min_area_m2),
        )
