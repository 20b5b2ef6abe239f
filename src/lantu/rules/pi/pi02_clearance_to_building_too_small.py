"""PI02: clearance to a building too small."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from lantu.relations import Near, Overlaps, kept, measured
from lantu.rules.base import PairRule
from lantu.rules.pi.clearance import Required, causes, facts_of, judge_clear, largest_m, required_of
from lantu.rules.pi.pipes import MEDIUM, PIPE, diameter_m, kinds_of, largest_radius_m
from lantu.rules.recalled import lowered
from lantu.rules.verdict import verdict
from lantu.standards import clearance_horizontal
from lantu.standards.clearance import clearance_rows

if TYPE_CHECKING:
    from lantu.model import BoolArray
    from lantu.relations import Pairs, Relation
    from lantu.rules.verdict import Verdict

BUILDING = "building"


@dataclass(frozen=True, kw_only=True)
class ClearanceToBuildingTooSmall(PairRule):
    """A pipe lies nearer to a building than the standard allows.

    *What it finds*

    A pipe whose outer surface is nearer to a building than its medium, diameter, pressure and laying
    require, by more than the tolerance of the two layers. Clear distance is that of the centre line less
    half the diameter. Undecidable: nearer to the requirement than the tolerance, or an attribute is
    missing and what is possible does not agree; a missing diameter may be up to unknown_diameter_mm. A
    pipe with min_under_m or more under the building is PI01's.

    *Why it matters*

    A trench beside a foundation weakens it, a burst main undermines it, and gas that leaks near a wall
    finds its way into the cellar.

    *Basis*

    GB 50289-2016 4.1.9, table 4.1.9; for gas GB 50028-2006 (2020) table 6.3.3-1.

    *Example*

    Sewer WS-242 lies 0.75 m clear of building FW-418; 2.5 m are required.

    *How to resolve*

    Measure on site from the foundation to the pipe. If it is confirmed, the owner of whichever came later
    answers: the pipe is moved or protected at its next renewal, or the building keeps away.

    *Trap*

    The standard counts from the foundation, drawings show the wall or the eaves. Service pipes must come near
    the house they serve. Where roads are narrow the distance may be smaller with protective measures, and a
    pipe deeper than the foundation needs more (4.1.11).
    """

    code: ClassVar[str] = "PI02"
    name: ClassVar[str] = "clearance-to-building-too-small"
    subjects: ClassVar[tuple[str, ...]] = (PIPE,)
    against: ClassVar[tuple[str, ...]] = ("housing.building",)
    needs_a: ClassVar[tuple[str, ...]] = (MEDIUM,)
    reveals: ClassVar[tuple[str, ...]] = ("diameter_mm", "pressure", "voltage_kv")
    unknown_diameter_mm: float = 500.0
    min_under_m: float = 0.5

    @property
    def relation(self) -> Relation:
        """Return what is within the largest distance of the table, from the surface of the thickest pipe."""
        within_m = _most_m() + max(largest_radius_m(), self.unknown_diameter_mm / 2000.0)
        return Near(within_m=within_m, along=False)

    def judge(self, pairs: Pairs) -> Verdict:
        """Return pairs nearer than required, and those of which the data cannot tell."""
        required = _required(pairs)
        distance_m = pairs["distance_m"]
        clear_m = distance_m - diameter_m(pairs.subject, unknown_mm=0.0) / 2.0
        least_m = distance_m - diameter_m(pairs.subject, unknown_mm=self.unknown_diameter_mm) / 2.0
        found = judge_clear(required, clear_m=clear_m, least_m=least_m, tolerance_m=pairs.tolerance_m)
        keep = found.reported & ~_under(pairs, found.reported & (distance_m == 0), self.min_under_m)
        pairs, required, found = pairs.take(keep), required.take(keep), found.take(keep)
        clear_m = clear_m[keep]
        return verdict(
            pairs.rows_a,
            pairs.rows_b,
            severity=lowered(self.severity, required.recalled),
            undecidable=found.unsure,
            cause=causes(pairs, found),
            facts=facts_of(required, found, pairs.tolerance_m) | {"short_m": required.low_m - clear_m},
            field=MEDIUM,
            value_a=pairs.subject[MEDIUM],
            raw_a=pairs.subject.raw(MEDIUM),
            measure=clear_m,
            unit="m",
            required=required.stated_m(found.conflict),
            tolerance=pairs.tolerance_m,
            shape=pairs.shape(),
        )


def _most_m() -> float:
    return largest_m(clearance_rows("pipeline_clearance_horizontal"), BUILDING)


def _required(pairs: Pairs) -> Required:
    kinds = kinds_of(pairs.subject)
    rows = clearance_horizontal(kinds.pipes, against=BUILDING)
    return required_of(rows, most_m=_most_m()).take(kinds.of)


def _under(pairs: Pairs, touching: BoolArray, min_length_m: float) -> BoolArray:
    """Return which of the touching pairs have the pipe under the building, as PI01 sees it."""
    relation = Overlaps(min_length_m=min_length_m)
    under = np.zeros(len(pairs), dtype=np.bool_)
    under[touching] = kept(relation, measured(relation, pairs.take(touching)))[0]
    return under
