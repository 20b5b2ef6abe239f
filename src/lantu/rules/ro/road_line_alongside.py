"""RO01 where two layers of roads share no ids: how far each road runs from its counterpart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import shapely

from lantu.rules.ro.road_alongside import RoadAlongside, ways
from lantu.rules.verdict import verdict

if TYPE_CHECKING:
    from lantu.relations import Pairs
    from lantu.rules.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class RoadLineAlongside(RoadAlongside):
    """What RO01 becomes between two layers that are numbered apart."""

    code: ClassVar[str] = "RO01"
    name: ClassVar[str] = "road-line-differs"

    def judge(self, pairs: Pairs) -> Verdict:
        """Return roads that run apart for certain; undecidable where the tolerance keeps it open.

        Undecidable too is a road of the same name that keeps its distance: it may be the other carriageway.
        """
        pairs = pairs.take(pairs["possible_m"] > 0)
        certain = pairs["certain_m"] > 0
        apart_m = np.where(certain, pairs["certain_m"], pairs["possible_m"])
        key = np.where(
            pairs["apart_m"] > 0, "rules.RO01.other_carriageway", "rules.RO01.alongside_undecidable"
        )
        return verdict(
            pairs.rows_a,
            pairs.rows_b,
            severity=self.severity,
            undecidable=~certain,
            facts={
                "deviation_m": pairs["deviation_m"],
                "place_x_m": pairs["x_m"],
                "place_y_m": pairs["y_m"],
                "way": ways(pairs),
            },
            message=np.where(certain, "rules.RO01.alongside", key).astype(object),
            field="geometry",
            measure=apart_m,
            unit="m",
            required=self.max_m,
            tolerance=pairs.tolerance_m,
            share_a=apart_m / shapely.length(pairs.subject.geometry),
            shape=pairs.shape(),
        )
