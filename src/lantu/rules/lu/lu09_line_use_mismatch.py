"""LU09: a planned use does not fit the line it lies in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from lantu.relations import Overlaps
from lantu.rules.base import PairRule
from lantu.rules.land_use import CLASS, is_missing, shared_ground, unclassified
from lantu.rules.recalled import check_against, lowered
from lantu.rules.verdict import verdict
from lantu.rules.zone_kind import kinds_or, may_be, undecided_by_kind
from lantu.standards.control_line import four_lines, line_uses

if TYPE_CHECKING:
    from lantu.model import BoolArray, Layer
    from lantu.relations import Pairs, Relation
    from lantu.rules.verdict import Verdict
    from lantu.standards.control_line import LineUses

PROHIBITED = "prohibited"


@dataclass(frozen=True, kw_only=True)
class LineUseMismatch(PairRule):
    """A planned class does not fit the green, blue, purple or yellow line that the plot lies in.

    *What it finds*

    Ground of at least min_area_m2, and min_share of the plot, planned for a class which the green, blue,
    purple or yellow line there does not admit. One severity lower where the line's rule was only recalled.
    Classes that the line admits with approval are not reported.

    *Why it matters*

    The lines are mandatory content of the plan: a permit for the planned class cannot be given inside
    them, and the green space, the water or the works they keep free are lost on paper already.

    *Basis*

    control_lines.csv with the regulations on the four lines (城市绿线, 蓝线, 紫线, 黄线管理办法), and
    control_line_uses.csv for the classes that each of them excludes.

    *Example*

    Plot A-1, planned as commercial (0901), takes 800 m² of green line G3.

    *How to resolve*

    Draw the plot back to the line. If the line was moved by an approved amendment, the layer of lines takes
    the new one over.

    *Trap*

    A coarse plan that gives one class to a whole quarter includes its small greens by design: raise
    min_share to leave them out. A purple line admits dwellings and shops: a historic district is lived in.
    """

    code: ClassVar[str] = "LU09"
    name: ClassVar[str] = "line-use-mismatch"
    subjects: ClassVar[tuple[str, ...]] = ("plan.plot",)
    against: ClassVar[tuple[str, ...]] = ("plan.control_line",)
    needs_a: ClassVar[tuple[str, ...]] = (CLASS,)
    needs_b: ClassVar[tuple[str, ...]] = ("kind",)
    min_area_m2: float = 10.0
    min_share: float = 0.0

    @property
    def relation(self) -> Relation:
        """Return overlaps of at least ``min_area_m2`` and ``min_share``."""
        return Overlaps(min_area_m2=self.min_area_m2, min_share=self.min_share)

    def selects_b(self, layer: Layer) -> BoolArray:
        """Return the lines of the four kinds, and those of unknown kind."""
        return may_be(layer, *four_lines())

    def wants(self, pairs: Pairs) -> BoolArray:
        """Return plots whose class the line excludes, or is not known."""
        said = _said(pairs)
        excluded = np.asarray(said.verdict == PROHIBITED, dtype=np.bool_)
        return excluded | is_missing(pairs.subject[CLASS])

    def judge(self, pairs: Pairs) -> Verdict:
        """Return every remaining pair; undecidable, and one lower, where the plot has no single class."""
        unknown = unclassified(pairs, other=False)
        said = _said(pairs)
        columns = shared_ground(pairs, min_area_m2=self.min_area_m2)
        columns.update(value_b=pairs.other["kind"], raw_b=pairs.other.raw("kind"))
        found = verdict(
            pairs.rows_a,
            pairs.rows_b,
            severity=lowered(self.severity, said.recalled | unknown.mask),
            undecidable=unknown.mask,
            cause=unknown.cause,
            facts={**unknown.facts, "check": check_against(said.source, said.recalled)},
            tolerance=pairs.tolerance_m,
            **columns,
        )
        return undecided_by_kind(pairs, found)


def _said(pairs: Pairs) -> LineUses:
    """Return what each line says of the planned class; of unknown kind as the first, which excludes most."""
    return line_uses(kinds_or(pairs.other, four_lines()[0]), planned=pairs.subject[CLASS])
