"""BU01: building across a parcel line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from lantu.model import Severity  # noqa: TC001  # dataclass fields are read at run time
from lantu.relations import Overlaps
from lantu.rules.base import PairRule, first_of_each
from lantu.rules.verdict import verdict

if TYPE_CHECKING:
    from lantu.relations import Pairs, Relation
    from lantu.rules.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class BuildingAcrossParcelLine(PairRule):
    """A building stands on two or more parcels.

    *What it finds*

    A building that stands on two or more parcels of one layer, on each with at least min_area_m2 and
    min_share of its footprint. One finding a building, against the parcel with its second largest part.

    *Why it matters*

    A house is registered with the parcel it stands on; one that crosses the line cannot be registered, sold
    or taken as security cleanly.

    *Basis*

    不动产登记暂行条例 (a house is registered together with its land).

    *Example*

    Building F-231 stands with 310 m² on parcel A and with 84 m² on parcel B.

    *How to resolve*

    Survey both the wall and the boundary. Parcels of one holder are merged; otherwise the boundary is
    corrected, or an agreement about the land is registered.

    *Trap*

    Footprints drawn from aerial photographs show the roof, 0.5 to 1 m wider than the wall. Blocks drawn as
    one polygon are several houses.
    """

    code: ClassVar[str] = "BU01"
    name: ClassVar[str] = "building-across-parcel-line"
    subjects: ClassVar[tuple[str, ...]] = ("housing.building",)
    against: ClassVar[tuple[str, ...]] = ("land.parcel",)
    severity: Severity = "minor"
    min_area_m2: float = 2.0
    min_share: float = 0.05

    @property
    def relation(self) -> Relation:
        """Return overlaps of at least ``min_area_m2`` and ``min_share``."""
        return Overlaps(min_area_m2=self.min_area_m2, min_share=self.min_share)

    def judge(self, pairs: Pairs) -> Verdict:
        """Return, for each building with several parcels, the pair with its second largest part."""
        ranked = pairs.take(np.lexsort((pairs.other.ids.astype(str), -pairs["area_m2"], pairs.rows_a)))
        first = first_of_each(ranked.rows_a)
        parcels = np.diff(np.r_[first, len(ranked)])
        several = parcels > 1
        second = ranked.take(first[several] + 1)
        return verdict(
            second.rows_a,
            second.rows_b,
            severity=self.severity,
            facts={"parcels": parcels[several], "home": ranked.take(first[several]).other.ids},
            measure=second["area_m2"],
            unit="m2",
            required=self.min_area_m2,
            tolerance=None,
            share_a=second["share_a"],
            shape=second.shape(),
        )
