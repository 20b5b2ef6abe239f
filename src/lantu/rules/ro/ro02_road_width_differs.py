"""RO02: one road, two red-line widths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from lantu.relations import Same
from lantu.rules.base import PairRule, Partner  # class data is read at run time
from lantu.rules.identity import has_own_id
from lantu.rules.ro.road_alongside import run_alongside
from lantu.rules.ro.road_width_alongside import RoadWidthAlongside
from lantu.rules.ro.road_widths import difference_m, may_differ, widths_differ

if TYPE_CHECKING:
    from lantu.model import BoolArray, Layer
    from lantu.relations import Pairs, Relation
    from lantu.rules.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class RoadWidthDiffers(PairRule):
    """One road has two red-line widths.

    *What it finds*

    A road that two layers carry under one id, with red-line widths that differ by more than tolerance_m.
    Where the two layers share no id, a road is compared with the one that runs along most of it, by name or
    by course within reach_m as in RO01.

    *Why it matters*

    The width decides how far plots, buildings and pipes stay back; two widths make two red lines.

    *Basis*

    CJJ 37 (width of the road's red line).

    *Example*

    Road R-07 is 24 m wide with the road department and 30 m in the plan.

    *How to resolve*

    The plan in force decides the planned width; the road department's built width is kept apart from it, as
    a different value.

    *Trap*

    Built width, right of way and planned red line are three things under one column name. Without common ids
    a road that is cut differently is compared with one piece of the other layer, the one along most of it.
    """

    code: ClassVar[str] = "RO02"
    name: ClassVar[str] = "road-width-differs"
    subjects: ClassVar[tuple[str, ...]] = ("transport.road",)
    against: ClassVar[tuple[str, ...]] = ("transport.road",)
    partner: ClassVar[Partner] = "siblings"
    needs_a: ClassVar[tuple[str, ...]] = ("red_line_width_m",)
    needs_b: ClassVar[tuple[str, ...]] = ("red_line_width_m",)
    tolerance_m: float = 0.5
    reach_m: float = 20.0

    @property
    def relation(self) -> Relation:
        """Return roads with one id."""
        return Same()

    def between(self, a: Layer, b: Layer) -> PairRule:
        """Return this rule, or, for layers that are numbered apart, the one that goes by name and course."""
        if not run_alongside(a, b):
            return self
        return RoadWidthAlongside(severity=self.severity, tolerance_m=self.tolerance_m, reach_m=self.reach_m)

    def selects_a(self, layer: Layer) -> BoolArray:
        """Return features with an id of their own; record numbers match nothing."""
        return has_own_id(layer)

    def selects_b(self, layer: Layer) -> BoolArray:
        """Return features with an id of their own."""
        return has_own_id(layer)

    def wants(self, pairs: Pairs) -> BoolArray:
        """Return roads whose widths differ, or of which one is missing; none of it needs geometry."""
        return may_differ(pairs, self.tolerance_m)

    def judge(self, pairs: Pairs) -> Verdict:
        """Return every remaining pair; undecidable where a width is missing."""
        return widths_differ(
            pairs,
            severity=self.severity,
            tolerance_m=self.tolerance_m,
            undecidable=np.isnan(difference_m(pairs)),
        )
