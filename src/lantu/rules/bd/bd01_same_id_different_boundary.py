"""BD01: one id, two boundaries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from lantu.messages import message
from lantu.relations import Same, deviation_at, subdivided
from lantu.rules.base import PairRule, Partner
from lantu.rules.identity import has_own_id
from lantu.rules.verdict import verdict

if TYPE_CHECKING:
    from lantu.messages import Message
    from lantu.model import BoolArray, Layer, ObjectArray
    from lantu.relations import Pairs, Relation
    from lantu.rules.verdict import Verdict

MOST_NAMED = 10
"""Ids that a sentence names; it says that there are more."""

MOVED_SHARE = 0.75
"""Of the largest deviation: centroids that moved by so much of it moved with the whole boundary."""


@dataclass(frozen=True, kw_only=True)
class SameIdDifferentBoundary(PairRule):
    """One id has two boundaries, further apart than the tolerance.

    *What it finds*

    Parcels or plots of two layers with one id whose boundaries deviate somewhere by more than the
    combined tolerance. The kind of change is said: split (most of the lost ground has ids that only the
    other layer knows), merged (the reverse), rearranged (both), resized (the areas differ by more than
    their own error), moved (the centroids are as far apart as the boundaries), else reshaped. The point
    where the two are furthest apart is said in working coordinates. A missing boundary is undecidable.

    *Why it matters*

    Both departments mean the same parcel and work with another piece of ground: permits, fees and
    inspections then apply to different land.

    *Basis*

    Tolerance of the pair, 2·sqrt(a² + b²) of the two standard errors (tolerance.md 1, 4); area error by
    propagation (tolerance.md 3).

    *Example*

    Parcel P1 lies 3 m further east in layer tax than in layer parcels: moved, deviation 3.00 m at its western
    corner, against a tolerance of 0.14 m.

    *How to resolve*

    The layer with surveyed boundary points holds; the other takes it over. If many parcels moved alike, a
    wrong datum or transform is the cause: see CR04 and the offset in lantu layers.

    *Trap*

    A stated accuracy that is too good makes everything deviate. A subdivision that keeps no old id is
    BD02's: it names the old id and the new ones that its ground is divided among.
    """

    code: ClassVar[str] = "BD01"
    name: ClassVar[str] = "same-id-different-boundary"
    subjects: ClassVar[tuple[str, ...]] = ("land.parcel", "plan.plot")
    against: ClassVar[tuple[str, ...]] = ("land.parcel", "plan.plot")
    partner: ClassVar[Partner] = "siblings"

    @property
    def relation(self) -> Relation:
        """Return identity by id."""
        return Same()

    def selects_a(self, layer: Layer) -> BoolArray:
        """Return features with a delivered id."""
        return has_own_id(layer)

    def selects_b(self, layer: Layer) -> BoolArray:
        """Return features with a delivered id."""
        return has_own_id(layer)

    def judge(self, pairs: Pairs) -> Verdict:
        """Return pairs whose boundaries differ; undecidable where one has none.

        A parcel and a plot that share an id and no ground are two things with one name, not one thing.
        """
        unknown = np.isnan(pairs["deviation_m"])
        found = (pairs["wide"] > 0) | unknown
        if pairs.b is not None and pairs.a.standard != pairs.b.standard:
            found &= ~unknown & (pairs["iou"] > 0)
        chosen = pairs.take(np.asarray(found, dtype=np.bool_))
        place = np.round(deviation_at(chosen.subject.geometry, chosen.other.geometry)[1], 2)
        return verdict(
            chosen.rows_a,
            chosen.rows_b,
            severity=self.severity,
            undecidable=unknown[found],
            measure=chosen["deviation_m"],
            unit="m",
            required=0.0,
            tolerance=chosen.tolerance_m,
            share_a=1.0 - chosen["iou"],
            shape=chosen.shape(),
            facts={
                "change": _change(chosen),
                "iou": chosen["iou"],
                "shift_m": chosen["shift_m"],
                "place_x_m": place[:, 0],
                "place_y_m": place[:, 1],
                "area_difference_m2": chosen["area_difference_m2"],
            },
        )


def _change(pairs: Pairs) -> ObjectArray:
    """Return the kind of change of each pair, and the ids that hold what was lost or gained.

    The areas differ when they do by more than 2 sigma of the difference of two squares of this size:
    sqrt(2·area) times the pair's tolerance.
    """
    area_error_m2 = np.sqrt(2.0 * pairs["area_a_m2"]) * pairs.tolerance_m
    resized = np.abs(pairs["area_difference_m2"]) > area_error_m2
    moved = pairs["shift_m"] >= MOVED_SHARE * pairs["deviation_m"]
    kinds = np.where(resized, "resized", np.where(moved, "moved", "reshaped"))
    apart, joined = subdivided(pairs)
    said = np.empty(len(pairs), dtype=object)
    said[:] = [_said(*each) for each in zip(kinds, apart, joined, strict=True)]
    return said


def _said(kind: str, parts: tuple[str, ...], whole: tuple[str, ...]) -> Message:
    """Return a kind of change in words; new ids on the ground say more than the measures."""
    if not parts and not whole:
        return message(f"rules.BD01.{kind}")
    change = "rearranged" if parts and whole else "split" if parts else "merged"
    return message(f"rules.BD01.{change}", ids=_named(parts + whole))


def _named(ids: tuple[str, ...]) -> str:
    return ", ".join(ids[:MOST_NAMED]) + (" …" if len(ids) > MOST_NAMED else "")
