"""BD03: one piece of land, two ids."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from lantu.relations import Overlaps
from lantu.relations.index import index_of
from lantu.rules.base import PairRule, Partner
from lantu.rules.identity import has_own_id
from lantu.rules.verdict import verdict

if TYPE_CHECKING:
    from lantu.model import BoolArray, FloatArray, Layer
    from lantu.relations import Pairs, Relation
    from lantu.rules.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class SameLandDifferentId(PairRule):
    """Nearly equal ground carries two ids in two layers.

    *What it finds*

    Parcels, or plots, of two layers that share at least min_iou of the ground that both cover together
    (intersection over union), under two ids, where neither layer has the other's id. Layers that share
    no id at all are numbered apart and are not compared.

    *Why it matters*

    A join by id loses the parcel on both sides: it is taxed without being registered, and registered
    without being taxed.

    *Basis*

    Identity of parcels by their code, GB/T 37346-2019: one parcel, one code, in every department.

    *Example*

    Parcel 370306001002GB00007 of layer parcels and 370306001002GB0007 of layer tax share 99 % of their
    ground.

    *How to resolve*

    The land department's code holds; the other layer takes it over. Where both numbers were given, look
    for a renewal of the code after a subdivision, merger or renumbering of the cadastral district.

    *Trap*

    Two rights on different levels of one place (feature codes GB above, GX below ground) are two parcels.
    A plan that numbers its plots anew on purpose contradicts nothing.
    """

    code: ClassVar[str] = "BD03"
    name: ClassVar[str] = "same-land-different-id"
    subjects: ClassVar[tuple[str, ...]] = ("land.parcel", "plan.plot")
    against: ClassVar[tuple[str, ...]] = ("land.parcel", "plan.plot")
    partner: ClassVar[Partner] = "siblings"
    needs_shared_ids: ClassVar[bool] = True
    looks_ids_up: ClassVar[bool] = True
    min_iou: float = 0.90

    @property
    def relation(self) -> Relation:
        """Return every overlap of which the subject has a share; two equal pieces share most of each."""
        return Overlaps(min_share=min(self.min_iou, 1.0))

    def compares(self, a: Layer, b: Layer) -> bool:
        """Say whether two layers are of one standard."""
        return a.standard == b.standard

    def selects_a(self, layer: Layer) -> BoolArray:
        """Return features with a delivered id."""
        return has_own_id(layer)

    def selects_b(self, layer: Layer) -> BoolArray:
        """Return features with a delivered id."""
        return has_own_id(layer)

    def wants(self, pairs: Pairs) -> BoolArray:
        """Return pairs of which neither id stands in the other layer."""
        if pairs.b is None:
            return np.zeros(len(pairs), dtype=np.bool_)
        a, b = index_of(pairs.a), index_of(pairs.b)
        known_a, known_b = b.bearers.know(a.keys[pairs.rows_a]), a.bearers.know(b.keys[pairs.rows_b])
        return np.asarray(~(known_a | known_b), dtype=np.bool_)

    def judge(self, pairs: Pairs) -> Verdict:
        """Return pairs that cover nearly the same ground."""
        iou = _iou(pairs)
        found = iou >= self.min_iou
        pairs, iou = pairs.take(found), iou[found]
        return verdict(
            pairs.rows_a,
            pairs.rows_b,
            severity=self.severity,
            field="id",
            value_a=pairs.subject.ids,
            value_b=pairs.other.ids,
            raw_a=pairs.subject.raw("id"),
            raw_b=pairs.other.raw("id"),
            measure=iou,
            unit="1",
            required=self.min_iou,
            tolerance=pairs.tolerance_m,
            share_a=pairs["share_a"],
            shape=pairs.shape(),
            facts={"area_m2": pairs["area_m2"]},
        )


def _iou(pairs: Pairs) -> FloatArray:
    """Return shared ground over the ground of both together, shape (n,)."""
    shared_m2 = pairs["area_m2"]
    both_m2 = shared_m2 / pairs["share_a"] + shared_m2 / pairs["share_b"] - shared_m2
    return np.asarray(shared_m2 / both_m2, dtype=np.float64)
