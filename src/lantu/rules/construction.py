"""What rules ask about construction: whether an object is built or planned to be, and what a zone allows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from lantu.relations import Overlaps
from lantu.rules.base import PairRule
from lantu.rules.overlay import rulings
from lantu.rules.verdict import verdict
from lantu.rules.zone_kind import kinds_or, may_be, undecided_by_kind
from lantu.standards import is_construction

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lantu.model import BoolArray, Layer, ObjectArray
    from lantu.relations import Pairs, Relation
    from lantu.rules.overlay import Rulings
    from lantu.rules.verdict import Verdict

BUILDING = "housing.building"


def is_built(pairs: Pairs) -> ObjectArray:
    """Return ``yes``, ``no`` or ``unknown``: whether each subject is a building or planned construction.

    A plot or parcel whose class is not known is ``unknown``, never guessed.
    """
    if pairs.a.standard == BUILDING:
        return np.full(len(pairs), "yes", dtype=object)
    return is_construction(pairs.subject["use_class"])


def what_it_is(pairs: Pairs) -> ObjectArray:
    """Return what contradicts a zone: the planned or registered class, or ``building``."""
    if pairs.a.standard == BUILDING:
        return np.full(len(pairs), "building", dtype=object)
    return np.asarray(pairs.subject["use_class"], dtype=object)


def zone_rulings(pairs: Pairs, *, assumed: str) -> Rulings:
    """Return what the constraint matrix says of each subject's class in the kind of zone that it meets.

    A building stands for construction that is not further divided; ``assumed`` is the kind of zones whose
    kind is not known.
    """
    assert pairs.b is not None  # noqa: S101  # zones
    kinds = kinds_or(pairs.other, assumed)
    overlays = np.array([f"{pairs.b.standard}/{kind}" for kind in kinds], dtype=object)
    what = what_it_is(pairs)
    return rulings(overlays, np.where(what == "building", "construction_generic", what))


def zone_findings(
    pairs: Pairs,
    *,
    severity: str | ObjectArray,
    undecidable: bool | BoolArray = False,
    required_m2: float | None = None,
    zone: str | None = None,
    facts: Mapping[str, ObjectArray] | None = None,
) -> Verdict:
    """Return a finding for every pair of something planned or built with a zone, by area.

    ``zone`` names the kind of zone where the other layer has no column for it.
    """
    return verdict(
        pairs.rows_a,
        pairs.rows_b,
        severity=severity,
        undecidable=undecidable,
        facts=facts,
        field="use_class",
        value_a=what_it_is(pairs),
        value_b=zone or pairs.other["kind"],
        raw_a=pairs.subject.raw("use_code"),
        raw_b=pairs.other.raw("kind"),
        measure=pairs["area_m2"],
        unit="m2",
        required=required_m2,
        share_a=pairs["share_a"],
        shape=pairs.shape(),
    )


@dataclass(frozen=True, kw_only=True)
class ConstructionInZone(PairRule):
    """What the rules share that look for buildings or planned construction in one kind of zone."""

    kinds: ClassVar[tuple[str, ...]]
    own_class: ClassVar[str | None] = None  # the class of the zone's own land, which belongs there
    min_area_m2: float

    @property
    def relation(self) -> Relation:
        """Return overlaps of at least ``min_area_m2``."""
        return Overlaps(min_area_m2=self.min_area_m2)

    def selects_b(self, layer: Layer) -> BoolArray:
        """Return the zones of these kinds, and those of unknown kind."""
        return may_be(layer, *self.kinds)

    def wants(self, pairs: Pairs) -> BoolArray:
        """Return buildings, planned construction, and plots whose class is not known."""
        built = np.asarray(is_built(pairs) != "no", dtype=np.bool_)
        built &= np.asarray(what_it_is(pairs) != self.own_class, dtype=np.bool_)
        return built & np.asarray(self._rulings(pairs).word != "ok", dtype=np.bool_) | self._unknown(pairs)

    def judge(self, pairs: Pairs) -> Verdict:
        """Return every remaining pair; undecidable where the planned class or the kind is not known."""
        said = self._rulings(pairs)
        found = zone_findings(
            pairs,
            severity=said.severity(self.severity),
            undecidable=self._unknown(pairs),
            required_m2=self.min_area_m2,
            facts=said.facts(),
        )
        return undecided_by_kind(pairs, found)

    def _rulings(self, pairs: Pairs) -> Rulings:
        return zone_rulings(pairs, assumed=self.kinds[0])

    def _unknown(self, pairs: Pairs) -> BoolArray:
        return np.asarray(is_built(pairs) == "unknown", dtype=np.bool_)
