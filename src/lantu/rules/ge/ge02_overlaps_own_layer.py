"""GE02: two features of one layer overlap."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from lantu.relations import Overlaps
from lantu.rules.base import PairRule, Partner
from lantu.rules.verdict import verdict

if TYPE_CHECKING:
    from lantu.model import BoolArray, ObjectArray
    from lantu.relations import Pairs, Relation
    from lantu.rules.verdict import Verdict

PARCEL_CODE = re.compile(r"^\d{6}\d{3}\d{3}[GJZ]([ABSXCDEFHGWY])\d{5}(?:~\d+)?$")
"""A 19-character parcel code (admin_codes.md section 2); the group is the kind of right and its level."""

OWN_LEVEL = frozenset("ASX")
"""Ownership, above ground, below ground: parcels of these kinds lie over or under those of other kinds."""


@dataclass(frozen=True, kw_only=True)
class OverlapsOwnLayer(PairRule):
    """Two features of one coverage overlap.

    *What it finds*

    Two parcels, survey patches, plots or administrative areas (of one level) of one layer that share
    ground wider than the tolerance and at least min_area_m2. Parcels whose 19-character codes put them on
    different levels (ownership, surface, above, below ground) may lie over each other and are not
    compared.

    *Why it matters*

    One square metre has two holders, two classes or two towns. Every sum over the layer counts it twice.

    *Basis*

    Topology of a coverage: cadastral parcels of one kind, survey patches and plots do not overlap (TD/T
    1055-2019, TD/T 1001-2012).

    *Example*

    Parcels P1 and P2 share a strip of 2 m by 50 m along their boundary: 100 m².

    *How to resolve*

    Compare both with the boundary points on record; the one that left its own points is redrawn. Where
    both are on record, it is a boundary dispute, for the land registry.

    *Trap*

    A strata parcel without its 19-character code cannot be told from an error. An old and a new parcel of
    one place, both kept after a subdivision, overlap wholly.
    """

    code: ClassVar[str] = "GE02"
    name: ClassVar[str] = "overlaps-own-layer"
    subjects: ClassVar[tuple[str, ...]] = ("land.parcel", "land.survey", "plan.plot", "admin.area")
    partner: ClassVar[Partner] = "itself"
    min_area_m2: float = 1.0

    @property
    def relation(self) -> Relation:
        """Return overlaps of at least ``min_area_m2``."""
        return Overlaps(min_area_m2=self.min_area_m2)

    def wants(self, pairs: Pairs) -> BoolArray:
        """Return the pairs on one level."""
        if pairs.a.standard == "admin.area":
            levels = pairs.subject["admin_level"], pairs.other["admin_level"]
            return np.asarray(levels[0] == levels[1], dtype=np.bool_)
        if pairs.a.standard != "land.parcel":
            return np.ones(len(pairs), dtype=np.bool_)
        rows, place = np.unique(np.concatenate([pairs.rows_a, pairs.rows_b]), return_inverse=True)
        a, b = np.split(_levels(pairs.a.ids[rows])[place], 2)
        return np.asarray((a == b) | (a == "") | (b == ""), dtype=np.bool_)

    def judge(self, pairs: Pairs) -> Verdict:
        """Return every remaining pair."""
        return verdict(
            pairs.rows_a,
            pairs.rows_b,
            severity=self.severity,
            measure=pairs["area_m2"],
            unit="m2",
            required=self.min_area_m2,
            share_a=pairs["share_a"],
            shape=pairs.shape(),
            facts={"tolerance_m": pairs.tolerance_m},
        )


def _levels(ids: ObjectArray) -> ObjectArray:
    """Return A, S, X, or ``surface`` for a parcel code; empty text where the id is none."""
    found = (PARCEL_CODE.search(one) if isinstance(one, str) else None for one in ids)
    kinds = ("" if code is None else code.group(1) for code in found)
    return np.array([kind if kind in OWN_LEVEL else kind and "surface" for kind in kinds], dtype=object)
