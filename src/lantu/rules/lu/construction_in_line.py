"""What LU03 and LU04 share: construction inside a control line, by the constraint matrix."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from lantu.model import Severity  # noqa: TC001  # a dataclass field, read at run time
from lantu.relations import Overlaps
from lantu.rules.base import PairRule
from lantu.rules.land_use import CLASS, shared_ground, unclassified
from lantu.rules.overlay import rulings
from lantu.rules.verdict import verdict
from lantu.rules.zone_kind import may_be, undecided_by_kind
from lantu.standards import is_construction

if TYPE_CHECKING:
    from lantu.model import BoolArray, Layer
    from lantu.relations import Pairs, Relation
    from lantu.rules.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class ConstructionInLine(PairRule):
    """Base of the rules on construction inside one kind of control line."""

    line_kind: ClassVar[str]
    subjects: ClassVar[tuple[str, ...]] = ("plan.plot", "land.parcel")
    against: ClassVar[tuple[str, ...]] = ("plan.control_line",)
    needs_a: ClassVar[tuple[str, ...]] = (CLASS,)
    needs_b: ClassVar[tuple[str, ...]] = ("kind",)
    severity: Severity = "critical"
    min_area_m2: float = 10.0

    @property
    def relation(self) -> Relation:
        """Return overlaps of at least ``min_area_m2``."""
        return Overlaps(min_area_m2=self.min_area_m2)

    def selects_a(self, layer: Layer) -> BoolArray:
        """Return features that are construction land, or of which it is not known."""
        return np.asarray(is_construction(layer.values(CLASS)) != "no", dtype=np.bool_)

    def selects_b(self, layer: Layer) -> BoolArray:
        """Return the lines of this rule's kind, and those of unknown kind."""
        return may_be(layer, self.line_kind)

    def wants(self, pairs: Pairs) -> BoolArray:
        """Return pairs that the constraint matrix does not allow."""
        return np.asarray(rulings(self.line_kind, pairs.subject[CLASS]).word != "ok", dtype=np.bool_)

    def judge(self, pairs: Pairs) -> Verdict:
        """Return every remaining pair; undecidable without a single class, or where the kind is not known."""
        unknown = unclassified(pairs, other=False)
        said = rulings(self.line_kind, pairs.subject[CLASS])
        columns = shared_ground(pairs, min_area_m2=self.min_area_m2)
        columns.update(value_b=pairs.other["kind"], raw_b=pairs.other.raw("kind"))
        found = verdict(
            pairs.rows_a,
            pairs.rows_b,
            severity=said.severity(self.severity),
            undecidable=unknown.mask,
            cause=unknown.cause,
            facts={
                **unknown.facts,
                **said.facts(),
                "tolerance_m": pairs.tolerance_m,
            },
            **columns,
        )
        return undecided_by_kind(pairs, found)
