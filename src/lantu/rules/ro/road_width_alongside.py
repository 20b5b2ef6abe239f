"""RO02 where two layers of roads share no ids: the red-line width of the road that runs alongside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import shapely

from lantu.rules.ro.red_line import WIDTH
from lantu.rules.ro.road_alongside import RoadAlongside, ways
from lantu.rules.ro.road_widths import difference_m, may_differ, widths_differ

if TYPE_CHECKING:
    from lantu.relations import Pairs
    from lantu.rules.verdict import Verdict

LEAST_SHARE = 0.5
"""Share of a road along which its counterpart must run for the two widths to be of one road."""


@dataclass(frozen=True, kw_only=True)
class RoadWidthAlongside(RoadAlongside):
    """What RO02 becomes between two layers that are numbered apart."""

    code: ClassVar[str] = "RO02"
    name: ClassVar[str] = "road-width-differs"
    needs_a: ClassVar[tuple[str, ...]] = (WIDTH,)
    needs_b: ClassVar[tuple[str, ...]] = (WIDTH,)
    tolerance_m: float

    def judge(self, pairs: Pairs) -> Verdict:
        """Return roads whose widths differ from that of the road they run along most.

        Undecidable where a width is missing, and where that road accompanies less than half of this one.
        """
        pairs = pairs.take(may_differ(pairs, self.tolerance_m))
        missing = np.isnan(difference_m(pairs))
        partly = pairs["main_m"] < LEAST_SHARE * shapely.length(pairs.subject.geometry)
        key = np.where(partly, "rules.RO02.partly_alongside", "rules.RO02.alongside")
        return widths_differ(
            pairs,
            severity=self.severity,
            tolerance_m=self.tolerance_m,
            undecidable=missing | partly,
            message=np.where(missing, "rules.RO02.alongside_undecidable", key).astype(object),
            facts={"way": ways(pairs)},
        )
