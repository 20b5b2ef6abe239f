"""RO01 where two layers of roads share no ids: the road that runs alongside, by name or by course."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import shapely

from lantu.messages import message
from lantu.relations import Alongside
from lantu.rules.base import PairRule, Partner  # class data is read at run time
from lantu.rules.verdict import verdict

if TYPE_CHECKING:
    from lantu.model import BoolArray, Layer
    from lantu.relations import Pairs, Relation
    from lantu.rules.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class RoadAlongside(PairRule):
    """What RO01 becomes between two layers that are numbered apart; no rule of its own."""

    code: ClassVar[str] = "RO01"
    name: ClassVar[str] = "road-line-differs"
    subjects: ClassVar[tuple[str, ...]] = ("transport.road",)
    against: ClassVar[tuple[str, ...]] = ("transport.road",)
    partner: ClassVar[Partner] = "siblings"
    reveals: ClassVar[tuple[str, ...]] = ("name",)
    max_m: float
    min_length_m: float
    reach_m: float

    @property
    def relation(self) -> Relation:
        """Return the line work that runs along each road, by name where both sides have one."""
        return Alongside(max_m=self.max_m, min_length_m=self.min_length_m, reach_m=self.reach_m, name="name")

    def selects_a(self, layer: Layer) -> BoolArray:
        """Return roads drawn as lines; an area has no centre line."""
        return _lines(layer)

    def selects_b(self, layer: Layer) -> BoolArray:
        """Return roads drawn as lines."""
        return _lines(layer)

    def judge(self, pairs: Pairs) -> Verdict:
        """Return roads that run apart for certain; undecidable where the tolerance keeps it open."""
        pairs = pairs.take(pairs["possible_m"] > 0)
        certain = pairs["certain_m"] > 0
        apart_m = np.where(certain, pairs["certain_m"], pairs["possible_m"])
        way = np.where(pairs["by_name"] > 0, "rules.RO01.by_name", "rules.RO01.by_course")
        facts = {
            "deviation_m": pairs["deviation_m"],
            "place_x_m": pairs["x_m"],
            "place_y_m": pairs["y_m"],
            "way": [message(key) for key in way],
        }
        return verdict(
            pairs.rows_a,
            pairs.rows_b,
            severity=self.severity,
            undecidable=~certain,
            facts=facts,
            message=np.where(certain, "rules.RO01.alongside", "rules.RO01.alongside_undecidable").astype(
                object
            ),
            field="geometry",
            measure=apart_m,
            unit="m",
            required=self.max_m,
            tolerance=pairs.tolerance_m,
            share_a=apart_m / shapely.length(pairs.subject.geometry),
            shape=pairs.shape(),
        )


def _lines(layer: Layer) -> BoolArray:
    return np.asarray(shapely.get_dimensions(layer.geometry) == 1, dtype=np.bool_)
