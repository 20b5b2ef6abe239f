"""HE06: a protection range that the plan does not know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from lantu.relations import Uncovered
from lantu.rules.base import PairRule
from lantu.rules.land_use import CLASS, is_missing
from lantu.rules.verdict import verdict
from lantu.rules.wording import listed_texts
from lantu.rules.zone_kind import area_of_unknown_m2, may_be, of_kind, undecided_by_own_kind

if TYPE_CHECKING:
    from lantu.model import BoolArray, Layer
    from lantu.relations import Pairs, Relation
    from lantu.rules.verdict import Verdict

LINE = "plan.control_line"


@dataclass(frozen=True, kw_only=True)
class ZoneUnknownToPlan(PairRule):
    """A protection range, or a part of it, is neither under a purple line nor planned as heritage land.

    *What it finds*

    A protection range of which at least min_area_m2, wider than the tolerance, lies under no purple line
    (heritage_purple) and no plot in force of the class heritage, all plan layers together. Undecidable where
    plots or lines whose class or kind is not known lie on what is left. Plans that hold no heritage anywhere
    are judged where lines of several kinds were delivered: without, nobody knows that purple is missing.

    *Why it matters*

    A permit follows the plan. What the plan does not show as heritage will be planned and permitted as
    ordinary land, and the range is found when the foundations are dug.

    *Basis*

    文物保护法 (2024) 27 (plans take the protection of heritage in).

    *Example*

    2 600 m² of protection range W-014-B lie under no purple line, and the plan has them as commercial.

    *How to resolve*

    Planning takes the range over as a purple line, or plans its ground as heritage land. Where the heritage
    department has redrawn the range, it sends the new one.

    *Trap*

    A detailed plan ends at the town: out in the fields only a purple line can hold a range. A purple line
    drawn around a building instead of its range leaves the rest open.
    """

    code: ClassVar[str] = "HE06"
    name: ClassVar[str] = "zone-unknown-to-plan"
    subjects: ClassVar[tuple[str, ...]] = ("heritage.zone",)
    against: ClassVar[tuple[str, ...]] = (LINE, "plan.plot")
    needs_a: ClassVar[tuple[str, ...]] = ("kind",)
    min_area_m2: float = 10.0

    @property
    def relation(self) -> Relation:
        """Return what no purple line and no heritage plot covers, at least ``min_area_m2``."""
        return Uncovered(min_area_m2=self.min_area_m2)

    def columns_b(self, layer: Layer) -> tuple[str, ...]:
        """Return the column that tells heritage apart: of lines their kind, of plots their class."""
        return ("kind",) if layer.standard == LINE else (CLASS,)

    def absence_counts(self, others: tuple[Layer, ...]) -> bool:
        """Say whether a layer holds lines of several kinds: lines of one kind say nothing of the others."""
        return any(
            layer.standard == LINE and len(set(layer.values("kind").astype(str))) > 1 for layer in others
        )

    def selects_a(self, layer: Layer) -> BoolArray:
        """Return the protection ranges, and zones of unknown kind."""
        return may_be(layer, "protection")

    def selects_b(self, layer: Layer) -> BoolArray:
        """Return purple lines and heritage plots."""
        if layer.standard == LINE:
            return of_kind(layer, "heritage_purple")
        return np.asarray(layer.values(CLASS) == "heritage", dtype=np.bool_)

    def judge(self, pairs: Pairs) -> Verdict:
        """Return every range with a rest; undecidable where something of no known class lies on it."""
        found = verdict(
            pairs.rows_a,
            severity=self.severity,
            undecidable=self._may_be_covered(pairs),
            field="kind",
            value_a=pairs.subject["kind"],
            raw_a=pairs.subject.raw("kind"),
            measure=pairs["area_m2"],
            unit="m2",
            required=self.min_area_m2,
            share_a=pairs["share_a"],
            shape=pairs.shape(),
            facts={
                "plans": listed_texts(layer.name for layer in pairs.others),
                "tolerance_m": pairs.tolerance_m,
            },
        )
        return undecided_by_own_kind(pairs, found)

    def _may_be_covered(self, pairs: Pairs) -> BoolArray:
        """Return which rests would be too small if whatever is of no known class were heritage."""
        unknown = [(layer, is_missing(layer.values(self.columns_b(layer)[0]))) for layer in pairs.others]
        doubtful_m2 = area_of_unknown_m2(pairs.shape(), unknown)
        return np.asarray(pairs["area_m2"] - doubtful_m2 < self.min_area_m2, dtype=np.bool_)
