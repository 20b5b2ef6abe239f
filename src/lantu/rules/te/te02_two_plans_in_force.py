"""TE02: two plans are in force on one piece of land."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from lantu.model import Severity  # noqa: TC001  # a dataclass field, read at run time
from lantu.relations import Overlaps
from lantu.rules.base import PairRule, Partner
from lantu.rules.te.periods import END, START, days, has_period, written
from lantu.rules.verdict import verdict

if TYPE_CHECKING:
    from lantu.model import BoolArray, Layer
    from lantu.relations import Columns, Pairs, Relation
    from lantu.rules.te.periods import Days
    from lantu.rules.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class TwoPlansInForce(PairRule):
    """Plots of two plan layers are in force on the same land at the same time.

    *What it finds*

    Ground of at least min_area_m2 that plots of two plan layers share while the periods valid_from to
    valid_to of both overlap. An end that is open stays in force; a plot without either date is undecidable,
    and a layer without dates is not checked. All plots of one pair of layers are one cause.

    *Why it matters*

    One blueprint means one plan for one place. As long as two are in force, the one that is amended first
    contradicts the other, even where both say the same today.

    *Basis*

    一张蓝图 (one plan in force for each place); 城乡规划法 17, 46-48 (periods and revision of plans).

    *Example*

    Plot A-03 of the detailed plan and plot D-4 of the park's plan are both in force on 2 000 m² from
    2021-01-01 to 2025-12-31.

    *How to resolve*

    Decide which plan holds there, and end the other: enter its last day, or take the ground out of it.

    *Trap*

    A master plan and the detailed plan below it cover the same land and are both meant to be in force: leave
    the rule out where the two layers are plans of different levels.
    """

    code: ClassVar[str] = "TE02"
    name: ClassVar[str] = "two-plans-in-force"
    subjects: ClassVar[tuple[str, ...]] = ("plan.plot",)
    against: ClassVar[tuple[str, ...]] = ("plan.plot",)
    partner: ClassVar[Partner] = "siblings"
    reveals: ClassVar[tuple[str, ...]] = (START, END)
    severity: Severity = "minor"
    min_area_m2: float = 50.0

    @property
    def relation(self) -> Relation:
        """Return overlaps of at least ``min_area_m2``."""
        return Overlaps(min_area_m2=self.min_area_m2)

    def columns_a(self, layer: Layer) -> tuple[str, ...]:
        """Return valid_to where the layer has neither date."""
        return () if has_period(layer) else (END,)

    def columns_b(self, layer: Layer) -> tuple[str, ...]:
        """Return valid_to where the layer has neither date."""
        return self.columns_a(layer)

    def wants(self, pairs: Pairs) -> BoolArray:
        """Return pairs that are, or may be, in force at the same time at least for a day."""
        starts, ends = _shared(pairs)
        return np.asarray(~(starts > ends), dtype=np.bool_)  # never apart where an end is open

    def judge(self, pairs: Pairs) -> Verdict:
        """Return every remaining pair; undecidable where a plot does not say when it is in force."""
        undated = [_undated(side) for side in (pairs.subject, pairs.other)]
        period_a, period_b = (
            written(days(side[START]), days(side[END])) for side in (pairs.subject, pairs.other)
        )
        assert pairs.b is not None  # noqa: S101  # a sibling
        both = f"{pairs.a.name} / {pairs.b.name}"
        return verdict(
            pairs.rows_a,
            pairs.rows_b,
            severity=self.severity,
            field=END,
            value_a=period_a,
            value_b=period_b,
            raw_a=pairs.subject.raw(END),
            raw_b=pairs.other.raw(END),
            undecidable=undated[0] | undated[1],
            cause=np.select(undated, [f"{layer.name}: {END}" for layer in (pairs.a, pairs.b)], both),
            measure=pairs["area_m2"],
            unit="m2",
            required=self.min_area_m2,
            share_a=pairs["share_a"],
            shape=pairs.shape(),
            facts={"period": written(*_shared(pairs)), "tolerance_m": pairs.tolerance_m},
        )


def _shared(pairs: Pairs) -> tuple[Days, Days]:
    """Return the first and the last day on which both plots of each pair are in force; no day for open."""
    starts, ends = ([days(side[column]) for side in (pairs.subject, pairs.other)] for column in (START, END))
    return np.fmax(*starts), np.fmin(*ends)


def _undated(side: Columns) -> BoolArray:
    """Return which plots do not say at all when they are in force."""
    return np.asarray(np.isnat(days(side[START])) & np.isnat(days(side[END])), dtype=np.bool_)
