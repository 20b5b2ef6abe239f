"""A rule that a planner wrote in the blueprint, run like every other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from lantu.messages import catalogue
from lantu.relations import Near, kept, measured
from lantu.rules.base import PairRule, Partner, takes
from lantu.rules.own.finding import own_verdict
from lantu.rules.own.judging import everywhere, of_layer, of_pairs, value_of
from lantu.rules.own.scope import OTHER, SUBJECT
from lantu.sources.truth import Truth

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lantu.model import BoolArray, IntArray, Layer
    from lantu.relations import Pairs, Relation
    from lantu.rules.own.condition import Condition
    from lantu.rules.own.requirement import Required, RequirementTable
    from lantu.rules.own.scope import Scope
    from lantu.rules.verdict import Verdict

NAMES_OF_SIDES = (SUBJECT, OTHER)


@dataclass(frozen=True, kw_only=True)
class OwnRule(PairRule):
    """A ``[[rule]]`` of a blueprint: two objects that meet, and a condition over both.

    What shipped rules have as class variables are values here. ``condition`` None is always true; with a
    ``table`` the two must keep the distance that it requires. Where subject and other may be of one layer
    or standard, both orders of a pair are looked at, and the one that says more is reported.
    """

    code: str  # type: ignore[misc]  # a value of each rule here, a class variable of shipped ones
    name: str  # type: ignore[misc]
    subjects: tuple[str, ...]  # type: ignore[misc]
    against: tuple[str, ...]  # type: ignore[misc]
    reveals: tuple[str, ...] = ()  # type: ignore[misc]
    partner: ClassVar[Partner] = "everyone"
    title: str
    basis: str | None = None
    scope: Scope
    meets: Relation
    condition: Condition | None = None
    table: RequirementTable | None = None
    parameters: Mapping[str, Any]

    @property
    def relation(self) -> Relation:
        """Return the relation that the blueprint asks for, with its thresholds."""
        return self.meets

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Return the names by which the table is looked up, none without a table."""
        return () if self.table is None else self.table.keys

    def text(self, part: str) -> Mapping[str, str] | None:
        """Return title and basis as the planner wrote them, and the sentences of own rules."""
        given = {"title": self.title, "basis": self.basis}
        if part in given:
            said = given[part]
            return {"zh": said, "en": said} if said else None
        form = "required" if self.table is not None else self.scope.kind
        return catalogue().get(f"rules.own.{form}.{part}")

    def columns_a(self, layer: Layer) -> tuple[str, ...]:  # noqa: ARG002  # one standard, one answer
        """Return the subject's columns without which nothing can be found."""
        return self._needed(SUBJECT)

    def columns_b(self, layer: Layer) -> tuple[str, ...]:  # noqa: ARG002  # as above
        """Return the other side's columns without which nothing can be found."""
        return self._needed(OTHER)

    def _needed(self, side: str) -> tuple[str, ...]:
        names = set(self.condition.needed) if self.condition is not None else set()
        if self.table is not None:
            names |= {
                key
                for position, key in enumerate(self.table.keys)
                if not any(row.cells[position] == "*" for row in self.table.rows)
            }
        return tuple(sorted(name.removeprefix(f"{side}.") for name in names if name.startswith(f"{side}.")))

    def selects_a(self, layer: Layer) -> BoolArray:
        """Return which features the condition is not false of already by the subject's columns."""
        return self._selects(layer, SUBJECT)

    def selects_b(self, layer: Layer) -> BoolArray:
        """Return which features the condition is not false of already by the other side's columns."""
        return self._selects(layer, OTHER)

    def _selects(self, layer: Layer, side: str) -> BoolArray:
        if self.condition is None:
            return np.ones(len(layer), dtype=np.bool_)
        roles = NAMES_OF_SIDES if self._both_roles(layer) else (side,)
        possible = [~of_layer(layer, role, self.condition.about(role)).false for role in roles]
        return np.asarray(np.logical_or.reduce(possible), dtype=np.bool_)

    def _both_roles(self, layer: Layer) -> bool:
        """Say whether features of a layer may stand on either side."""
        return takes(self.subjects, layer) and takes(self.against, layer)

    def wants(self, pairs: Pairs) -> BoolArray:
        """Return the pairs that the columns of both do not rule out already, in one order or the other."""
        if not self._reversible(pairs):
            return self._possible(pairs, (NAMES_OF_SIDES,))
        every = (NAMES_OF_SIDES, (SUBJECT,), (OTHER,))
        return self._possible(pairs, every) | self._possible(_reversed(pairs), every)

    def _possible(self, pairs: Pairs, about: tuple[tuple[str, ...], ...]) -> BoolArray:
        """Return where neither these parts of the condition are false nor the table requires nothing."""
        possible = np.ones(len(pairs), dtype=np.bool_)
        if self.condition is not None:
            parts = [part for sides in about for part in self.condition.about(*sides)]
            possible &= ~of_pairs(pairs, parts).false
        required = self._required(pairs)
        return possible if required is None else possible & (required.high_m > 0)

    def judge(self, pairs: Pairs) -> Verdict:
        """Return conflicts where the condition is true, undecidable entries where it is unknown."""
        weight = self._weight(pairs)
        if self._reversible(pairs) and len(pairs):
            pairs, weight = self._better_order(pairs, weight)
        keep = weight > 0
        pairs = pairs.take(keep)
        return own_verdict(self, pairs, undecidable=weight[keep] == 1, required=self._required(pairs))

    def _weight(self, pairs: Pairs) -> IntArray:
        """Return 2 where a measured pair contradicts, 1 where that is unknown, 0 where it does not."""
        found = self._limit(pairs)
        if self.condition is not None:
            found &= of_pairs(pairs, self.condition.conjuncts)
        return np.where(found.true, 2, np.where(found.false, 0, 1)).astype(np.int64)

    def _limit(self, pairs: Pairs) -> Truth:
        """Return whether the two are nearer than the rule's own limit; true where it has none."""
        if not isinstance(self.meets, Near):
            return everywhere(len(pairs))
        distance_m, tolerance_m = pairs["distance_m"], pairs.tolerance_m
        required = self._required(pairs)
        if required is None:
            limit_m = self.meets.within_m
            return Truth(distance_m + tolerance_m <= limit_m, distance_m - tolerance_m > limit_m)
        return Truth(distance_m < required.low_m - tolerance_m, distance_m >= required.high_m + tolerance_m)

    def _required(self, pairs: Pairs) -> Required | None:
        if self.table is None:
            return None
        return self.table.required([np.asarray(value_of(pairs, key), dtype=object) for key in self.keys])

    def _reversible(self, pairs: Pairs) -> bool:
        """Say whether the other side may as well be the subject, and this one the other side."""
        return pairs.b is not None and takes(self.subjects, pairs.b) and takes(self.against, pairs.a)

    def _better_order(self, pairs: Pairs, weight: IntArray) -> tuple[Pairs, IntArray]:
        """Return pairs in the order that says more; of two layers, the other order is another meeting's."""
        back = measured(self.meets, _reversed(pairs))
        back_weight = np.where(kept(self.meets, back)[0], self._weight(back), 0)
        if pairs.b is not pairs.a:
            assert pairs.b is not None  # noqa: S101  # a pair without another side cannot be reversed
            first = weight >= back_weight if pairs.a.name < pairs.b.name else weight > back_weight
            return pairs, np.where(first, weight, 0)
        turn = back_weight > weight
        ordered = replace(
            pairs,
            rows_a=np.where(turn, pairs.rows_b, pairs.rows_a),
            rows_b=np.where(turn, pairs.rows_a, pairs.rows_b),
        )
        return measured(self.meets, ordered), np.maximum(weight, back_weight)


def _reversed(pairs: Pairs) -> Pairs:
    """Return the pairs with their sides exchanged, not measured."""
    assert pairs.b is not None  # noqa: S101  # as above
    return replace(
        pairs,
        a=pairs.b,
        b=pairs.a,
        rows_a=pairs.rows_b,
        rows_b=pairs.rows_a,
        measures={},
        shapes=None,
    )
