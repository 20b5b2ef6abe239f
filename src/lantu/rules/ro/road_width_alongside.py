"""RO02 where two layers of roads share no ids: the red-line width of the road that runs alongside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import shapely

from lantu.rules.heights import as_text
from lantu.rules.ro.red_line import WIDTH
from lantu.rules.ro.road_alongside import RoadAlongside, ways
from lantu.rules.verdict import verdict

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
        difference_m = np.abs(pairs.subject.numbers(WIDTH) - pairs.other.numbers(WIDTH))
        keep = np.isnan(difference_m) | (difference_m > self.tolerance_m)
        pairs, difference_m = pairs.take(keep), difference_m[keep]
        width_a_m, width_b_m = pairs.subject.numbers(WIDTH), pairs.other.numbers(WIDTH)
        missing = np.isnan(difference_m)
        partly = pairs["main_m"] < LEAST_SHARE * shapely.length(pairs.subject.geometry)
        key = np.where(partly, "rules.RO02.partly_alongside", "rules.RO02.alongside")
        return verdict(
            pairs.rows_a,
            pairs.rows_b,
            severity=self.severity,
            undecidable=missing | partly,
            facts={"width_a_m": width_a_m, "width_b_m": width_b_m, "way": ways(pairs)},
            message=np.where(missing, "rules.RO02.alongside_undecidable", key).astype(object),
            field=WIDTH,
            value_a=as_text(width_a_m),
            value_b=as_text(width_b_m),
            raw_a=pairs.subject.raw(WIDTH),
            raw_b=pairs.other.raw(WIDTH),
            measure=difference_m,
            unit="m",
            required=self.tolerance_m,
            shape=pairs.subject.geometry,
        )
