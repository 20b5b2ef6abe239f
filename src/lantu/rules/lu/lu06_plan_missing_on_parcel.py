"""LU06: no plan covers a parcel, or a part of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from lantu.model import Severity  # noqa: TC001  # a dataclass field, read at run time
from lantu.relations import Uncovered
from lantu.rules.base import PairRule
from lantu.rules.land_use import CLASS, raw_use
from lantu.rules.verdict import verdict
from lantu.rules.wording import listed_texts

if TYPE_CHECKING:
    from lantu.relations import Pairs, Relation
    from lantu.rules.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class PlanMissingOnParcel(PairRule):
    """No plan covers a parcel, or a part of it.

    *What it finds*

    Parcels of which at least min_area_m2 and min_share lie under no plot of any plan layer in force.

    *Why it matters*

    Without a plan no permit can be given there, and the rules that compare with the plan are silent:
    their silence is no agreement.

    *Basis*

    城乡规划法 38 (no supply of land without planning conditions); coverage of the plan layers delivered.

    *Example*

    Parcel P4 lies on 3 000 m² (30 %) under no plot.

    *How to resolve*

    Ask the planning department whether the ground is planned in a layer that was not delivered. Otherwise
    it goes on the list of places to be planned.

    *Trap*

    Detailed plans cover the built-up area only: outside it this is the normal state, hence info. A plan
    that leaves out the roads between its plots uncovers every street parcel.
    """

    code: ClassVar[str] = "LU06"
    name: ClassVar[str] = "plan-missing-on-parcel"
    subjects: ClassVar[tuple[str, ...]] = ("land.parcel",)
    against: ClassVar[tuple[str, ...]] = ("plan.plot",)
    severity: Severity = "info"
    min_area_m2: float = 50.0
    min_share: float = 0.10

    @property
    def relation(self) -> Relation:
        """Return what no plot covers, at least ``min_area_m2`` and ``min_share``."""
        return Uncovered(min_area_m2=self.min_area_m2, min_share=self.min_share)

    def judge(self, pairs: Pairs) -> Verdict:
        """Return every parcel with a rest."""
        return verdict(
            pairs.rows_a,
            severity=self.severity,
            value_a=pairs.subject[CLASS],
            field=CLASS,
            raw_a=raw_use(pairs.subject),
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
