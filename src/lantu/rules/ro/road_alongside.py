"""Roads of two layers that share no ids: the road that runs alongside, by name or by course."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from lantu.messages import message
from lantu.relations import Alongside, numbered_apart
from lantu.relations.index import LINE, index_of
from lantu.rules.base import PairRule, Partner  # class data is read at run time

if TYPE_CHECKING:
    from lantu.messages import Message
    from lantu.model import BoolArray, Layer
    from lantu.relations import Pairs, Relation


@dataclass(frozen=True, kw_only=True)
class RoadAlongside(PairRule):
    """What a rule about one road in two layers becomes where these are numbered apart; no rule of its own.

    ``max_m`` apart, lines may still be one road; stretches count from ``min_length_m`` on.
    """

    subjects: ClassVar[tuple[str, ...]] = ("transport.road",)
    against: ClassVar[tuple[str, ...]] = ("transport.road",)
    partner: ClassVar[Partner] = "siblings"
    reveals: ClassVar[tuple[str, ...]] = ("name",)
    max_m: float = 2.0
    min_length_m: float = np.inf
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


def run_alongside(a: Layer, b: Layer) -> bool:
    """Say whether roads of two layers are matched by where they run, their ids having nothing in common."""
    return a.refusal is None and b.refusal is None and numbered_apart(a, b)


def ways(pairs: Pairs) -> list[Message]:
    """Return for each pair of roads what it was matched by."""
    keys = np.where(pairs["by_name"] > 0, "rules.RO01.by_name", "rules.RO01.by_course")
    return [message(key) for key in keys]


def _lines(layer: Layer) -> BoolArray:
    return np.asarray(index_of(layer).dimension == LINE, dtype=np.bool_)
