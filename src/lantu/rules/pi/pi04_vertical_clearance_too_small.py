"""PI04: vertical clearance at a crossing too small."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from lantu.relations import Crosses
from lantu.rules.base import PairRule, Partner
from lantu.rules.heights import as_text
from lantu.rules.pi.clearance import (
    Required,
    causes,
    facts_of,
    judge_clear,
    required_between,
)
from lantu.rules.pi.crossing import Crossing, crossing_of
from lantu.rules.pi.pipes import DEPTHS, ELEVATIONS, MEDIUM, PIPE, one_pipe, place_columns
from lantu.rules.recalled import lowered
from lantu.rules.verdict import verdict
from lantu.rules.wording import words

if TYPE_CHECKING:
    from lantu.model import BoolArray, FloatArray, Layer, ObjectArray
    from lantu.relations import Pairs, Relation
    from lantu.rules.verdict import Verdict
    from lantu.standards.clearance import Table

TABLE: Table = "pipeline_clearance_vertical"
DECIMALS = 3
"""A depth between two surveyed ends is said to the millimetre."""


@dataclass(frozen=True, kw_only=True)
class VerticalClearanceTooSmall(PairRule):
    """Two pipes cross with less height between them than the standard allows.

    *What it finds*

    Each place where two pipes cross in plan and the underside of the upper is nearer to the top of the lower
    than the table requires, by more than the error of their depths. Depths are interpolated between the ends
    of each pipe and are covers to its top; where a depth is missing on either side, the elevations of both
    are compared: of the invert for drains, of the top for all others (CJJ 61-2017). Undecidable: a depth or
    an attribute is missing, or the margin is within the error. depth_accuracy_m is the standard error of a
    depth; without it 7.5 % of the depth, of 1 m at least. A missing diameter may be up to
    unknown_diameter_mm.

    *Why it matters*

    The pipe that comes second will not fit, or rests on the first. Pipes that touch wear through, and heat,
    current and sewage pass from one to the other.

    *Basis*

    GB 50289-2016 4.1.14, table 4.1.14; the order of crossing pipes from the surface down: 4.1.12.

    *Example*

    Water main JS-42 crosses gas pipe RQ-151, water above, with 0.02 m between them; 0.15 m are required.

    *How to resolve*

    Measure both depths at the nearest manholes or in a trial pit. If it is confirmed, the level follows the
    gravity pipe: the other is bent at its next renewal, and a plate or sleeve protects it until then.

    *Trap*

    Depths are interpolated in a straight line between the ends of a pipe; a pipe that dips under another in
    between does not show it. Depths of gravity pipes are sometimes given to the invert instead of the top. A
    detected depth is sure to about 7.5 % of it.
    """

    code: ClassVar[str] = "PI04"
    name: ClassVar[str] = "vertical-clearance-too-small"
    subjects: ClassVar[tuple[str, ...]] = (PIPE,)
    against: ClassVar[tuple[str, ...]] = (PIPE,)
    partner: ClassVar[Partner] = "all"
    needs_a: ClassVar[tuple[str, ...]] = (MEDIUM,)
    reveals: ClassVar[tuple[str, ...]] = ("diameter_mm", "pressure", "voltage_kv", *DEPTHS, *ELEVATIONS)
    needs_b: ClassVar[tuple[str, ...]] = (MEDIUM,)
    depth_accuracy_m: float | None = None
    unknown_diameter_mm: float = 500.0

    @property
    def relation(self) -> Relation:
        """Return crossings in plan."""
        return Crosses()

    def columns_a(self, layer: Layer) -> tuple[str, ...]:
        """Return the medium, and the depths or the elevations, whichever the layer has."""
        return (MEDIUM, *place_columns(layer))

    def wants(self, pairs: Pairs) -> BoolArray:
        """Return pairs that the table speaks of; one pipe in two departments' books is PI07's."""
        spoken = ~np.isnan(required_between(pairs, TABLE).high_m)
        return np.asarray(spoken & ~one_pipe(pairs), dtype=np.bool_)

    def judge(self, pairs: Pairs) -> Verdict:
        """Return crossings with too little between the pipes, and those of which the data cannot tell."""
        here = crossing_of(
            pairs, depth_accuracy_m=self.depth_accuracy_m, unknown_diameter_mm=self.unknown_diameter_mm
        )
        required = required_between(pairs, TABLE)
        found = judge_clear(
            required, clear_m=here.clear_m, least_m=here.least_m, tolerance_m=here.tolerance_m
        )
        keep = found.reported
        pairs, required, here, found = (
            pairs.take(keep), required.take(keep), here.take(keep), found.take(keep),
        )  # fmt: skip
        return verdict(
            pairs.rows_a,
            pairs.rows_b,
            severity=lowered(self.severity, required.recalled),
            undecidable=found.unsure,
            cause=causes(pairs, found, depth_accuracy_m=self.depth_accuracy_m),
            facts=facts_of(required, found, here.tolerance_m) | _said(pairs, required, here),
            field=here.column,
            value_a=as_text(np.round(here.place_a_m, DECIMALS)),
            value_b=as_text(np.round(here.place_b_m, DECIMALS)),
            raw_a=here.raw(pairs.subject),
            raw_b=here.raw(pairs.other),
            measure=here.clear_m,
            unit="m",
            required=required.stated_m(found.conflict),
            tolerance=here.tolerance_m,
            part=[str(int(part)) for part in pairs["part"]],
            shape=pairs.shape(),
        )


def _said(pairs: Pairs, required: Required, here: Crossing) -> dict[str, ObjectArray | FloatArray]:
    return {
        "medium_a": words(MEDIUM, pairs.subject[MEDIUM]),
        "medium_b": words(MEDIUM, pairs.other[MEDIUM]),
        "upper": np.where(here.a_is_upper, pairs.subject.ids, pairs.other.ids),
        "short_m": required.low_m - here.clear_m,
    }
