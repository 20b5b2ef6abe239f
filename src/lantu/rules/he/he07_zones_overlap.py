"""HE07: a control zone overlaps the protection range that it surrounds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from lantu.model import Severity  # noqa: TC001  # dataclass fields are read at run time
from lantu.relations import Overlaps
from lantu.rules.base import PairRule, Partner
from lantu.rules.land_use import is_missing
from lantu.rules.verdict import verdict
from lantu.rules.zone_kind import may_be, undecided_by_kind, undecided_by_own_kind

if TYPE_CHECKING:
    from lantu.model import BoolArray, Layer
    from lantu.relations import Pairs, Relation
    from lantu.rules.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class ZonesOverlap(PairRule):
    """A control zone was not cut out of its protection range.

    *What it finds*

    A control zone that shares at least min_area_m2 with a protection range of the same layer, of the same
    site, or of a site that one of the two does not name. Zones of two different sites may overlap.

    *Why it matters*

    The same ground then stands under two regimes, and every other rule on heritage reports it twice: once as
    forbidden, once as limited in height.

    *Basis*

    文物保护法实施条例 13 (a control zone is set around a protection range).

    *Example*

    Control zone W-014-J covers all 4 200 m² of protection range W-014-B, which lies inside it.

    *How to resolve*

    The heritage department cuts the range out of the zone; the announced text decides where the line runs.

    *Trap*

    Control zones are often announced by their outer limit alone, and drawn so: the ground is right, the
    drawing is not finished. Nothing has to be announced again.
    """

    code: ClassVar[str] = "HE07"
    name: ClassVar[str] = "zones-overlap"
    subjects: ClassVar[tuple[str, ...]] = ("heritage.zone",)
    against: ClassVar[tuple[str, ...]] = ("heritage.zone",)
    partner: ClassVar[Partner] = "itself"
    needs_a: ClassVar[tuple[str, ...]] = ("kind",)
    reveals: ClassVar[tuple[str, ...]] = ("site_id",)
    severity: Severity = "info"
    min_area_m2: float = 10.0

    @property
    def relation(self) -> Relation:
        """Return overlaps of at least ``min_area_m2``."""
        return Overlaps(min_area_m2=self.min_area_m2)

    def selects_a(self, layer: Layer) -> BoolArray:
        """Return the control zones, and zones of unknown kind."""
        return may_be(layer, "control")

    def selects_b(self, layer: Layer) -> BoolArray:
        """Return the protection ranges, and zones of unknown kind."""
        return may_be(layer, "protection")

    def wants(self, pairs: Pairs) -> BoolArray:
        """Return pairs that may be of one site."""
        site_a, site_b = pairs.subject["site_id"], pairs.other["site_id"]
        return np.asarray((site_a == site_b) | is_missing(site_a) | is_missing(site_b), dtype=np.bool_)

    def judge(self, pairs: Pairs) -> Verdict:
        """Return every remaining pair; undecidable where a kind is not known."""
        found = verdict(
            pairs.rows_a,
            pairs.rows_b,
            severity=self.severity,
            field="kind",
            value_a=pairs.subject["kind"],
            value_b=pairs.other["kind"],
            raw_a=pairs.subject.raw("kind"),
            raw_b=pairs.other.raw("kind"),
            measure=pairs["area_m2"],
            unit="m2",
            required=self.min_area_m2,
            share_a=pairs["share_a"],
            shape=pairs.shape(),
            facts={"tolerance_m": pairs.tolerance_m},
        )
        return undecided_by_own_kind(pairs, undecided_by_kind(pairs, found))
