"""BD02: an id that one department has and the other has not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from lantu.messages import message
from lantu.model import Severity  # noqa: TC001  # a dataclass field, read at run time
from lantu.relations import Same, holders_of, new_ids_on
from lantu.rules.base import PairRule, Partner
from lantu.rules.identity import has_own_id
from lantu.rules.verdict import verdict
from lantu.rules.wording import listed_texts

if TYPE_CHECKING:
    from lantu.messages import Message
    from lantu.model import BoolArray, Layer, ObjectArray
    from lantu.relations import Pairs, Relation
    from lantu.rules.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class IdInOneDepartmentOnly(PairRule):
    """A parcel's id is in one of two parcel layers only.

    *What it finds*

    A parcel whose id no parcel of the other layer carries, in both directions, where the two layers share
    ids at all. Where the other layer has its ground under other ids, they are named: the parcel was divided
    among them, or became part of one.

    *Why it matters*

    One department taxes, serves or registers a parcel that the other does not know: one of the two
    records is out of date.

    *Basis*

    Identity of parcels by their code, GB/T 37346-2019; both layers describe the same district.

    *Example*

    Parcel 370306001002GB00007 is in layer parcels and not in layer tax.

    *How to resolve*

    Look for the ground under another id in the other layer (BD03). New or subdivided parcels: the other
    department takes them over. Cancelled ones: they are taken out.

    *Trap*

    Two layers of different extent or of different kinds of right rightly differ. An id written with
    spaces or with another prefix is missing only in spelling.
    """

    code: ClassVar[str] = "BD02"
    name: ClassVar[str] = "id-in-one-department-only"
    subjects: ClassVar[tuple[str, ...]] = ("land.parcel",)
    against: ClassVar[tuple[str, ...]] = ("land.parcel",)
    partner: ClassVar[Partner] = "siblings_both"
    severity: Severity = "minor"

    @property
    def relation(self) -> Relation:
        """Return subjects whose id the other layer lacks."""
        return Same(unmatched=True)

    def selects_a(self, layer: Layer) -> BoolArray:
        """Return features with a delivered id."""
        return has_own_id(layer)

    def selects_b(self, layer: Layer) -> BoolArray:
        """Return features with a delivered id."""
        return has_own_id(layer)

    def judge(self, pairs: Pairs) -> Verdict:
        """Return every subject without a partner."""
        return verdict(
            pairs.rows_a,
            severity=self.severity,
            field="id",
            value_a=pairs.subject.ids,
            raw_a=pairs.subject.raw("id"),
            measure=pairs["area_a_m2"],
            unit="m2",
            shape=pairs.subject.geometry,
            facts={"other_layer": pairs.b.name if pairs.b is not None else None, "became": _became(pairs)},
        )


def _became(pairs: Pairs) -> ObjectArray:
    """Say under which ids the other layer has the ground of each subject; empty text for nowhere."""
    said = np.full(len(pairs), "", dtype=object)
    if pairs.b is None:
        return said
    ground = pairs.subject.geometry
    parts, holders = new_ids_on(ground, pairs.b, before=pairs.a), holders_of(ground, pairs.b)
    said[:] = [_said(*each) for each in zip(parts, holders, strict=True)]
    return said


def _said(parts: tuple[str, ...], holder: str | None) -> Message | str:
    if len(parts) > 1:
        return message("rules.BD02.divided", ids=listed_texts(parts))
    return "" if holder is None else message("rules.BD02.held", id=holder)
