"""How the rules about clearance and cover judge: what a table requires, what is there, how sure both are.

A requirement is a range where an attribute that decides between rows of the table is not known; what is
there is a range where a diameter is not known. A conflict is what stays one whatever the unknown value
is, by more than the tolerance; silence is what keeps every row by more than the tolerance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lantu.messages import Message, listed, message
from lantu.rules.pi.pipes import DIAMETER, PIPE, kinds_of
from lantu.rules.recalled import check_against
from lantu.standards import clearance_horizontal, clearance_vertical
from lantu.standards.clearance import clearance_rows, take
from lantu.standards.distinct import is_none
from lantu.standards.tables import reference_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from lantu.model import BoolArray, FloatArray, IntArray, ObjectArray
    from lantu.relations import Pairs
    from lantu.standards import RequiredRows
    from lantu.standards.clearance import ClearanceRow, Table

DEPTH = "depth"
DEPTH_ACCURACY = "depth_accuracy_m"


@dataclass(frozen=True, kw_only=True)
class Required:
    """What a table requires of each pair, shape (n,): at least ``low_m``, at most ``high_m``.

    NaN where the table says nothing. ``low_m`` is -inf where not even the object is known. ``lacks`` names
    the attributes, joined by commas, that keep the two apart; None where they are one. ``row`` is the row of
    the table that requires the least, ``source`` its clause; both None where no row is known.
    """

    low_m: FloatArray
    high_m: FloatArray
    lacks: ObjectArray
    recalled: BoolArray
    row: ObjectArray
    source: ObjectArray

    def stated_m(self, conflict: BoolArray) -> FloatArray:
        """Return the value that a finding names: of a conflict the least, else the only one, or NaN."""
        return np.where(conflict | (self.low_m == self.high_m), self.low_m, np.nan)

    def take(self, chosen: BoolArray | IntArray) -> Required:
        """Return the chosen pairs."""
        return Required(**{name: values[chosen] for name, values in vars(self).items()})


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """Which pairs to report, which of them the data cannot decide, and what they lack, shape (n,)."""

    conflict: BoolArray
    unsure: BoolArray
    lacks: ObjectArray

    @property
    def reported(self) -> BoolArray:
        """Return which pairs are reported at all."""
        return self.conflict | self.unsure

    def take(self, chosen: BoolArray) -> Judgement:
        """Return the chosen pairs."""
        return Judgement(conflict=self.conflict[chosen], unsure=self.unsure[chosen], lacks=self.lacks[chosen])


def required_of(rows: RequiredRows, *, most_m: float) -> Required:
    """Return what a table requires; ``most_m`` is its largest value, for pipes of which nothing is known."""
    nowhere = rows.status == "no_row"
    nameless = (rows.status == "undecidable") & np.isnan(rows.max_m)
    low_m = np.where(nowhere, np.nan, np.where(nameless, -np.inf, rows.min_m))
    high_m = np.where(nowhere, np.nan, np.where(nameless, most_m, rows.max_m))
    return Required(
        low_m=low_m,
        high_m=high_m,
        lacks=rows.unknown,
        recalled=rows.recalled,
        row=rows.row_id,
        source=rows.source,
    )


def required_between(pairs: Pairs, table: Table) -> Required:
    """Return what a table requires between the two pipes of each pair."""
    a, b = kinds_of(pairs.subject), kinds_of(pairs.other)
    met, place = np.unique(a.of * max(len(b.pipes), 1) + b.of, return_inverse=True)
    one, two = np.divmod(met, max(len(b.pipes), 1))
    look_up = clearance_vertical if table == "pipeline_clearance_vertical" else clearance_horizontal
    rows = look_up(take(a.pipes, one), against=take(b.pipes, two))
    return required_of(rows, most_m=most_between_pipes_m(table)).take(place)


def largest_m(rows: Iterable[ClearanceRow], *objects: str) -> float:
    """Return the largest value of the rows; with ``objects``, of those for one of these objects."""
    return max(row.value_m for row in rows if not objects or {row.a, row.b} & set(objects))


def most_between_pipes_m(table: Table) -> float:
    """Return the largest distance that a table requires between two pipes."""
    pipes = {row["object"] for row in reference_table("pipeline_objects")}
    return largest_m(row for row in clearance_rows(table) if {row.a, row.b} <= pipes)


def judge_clear(
    required: Required, *, clear_m: FloatArray, least_m: FloatArray, tolerance_m: float | FloatArray
) -> Judgement:
    """Return what to report of pairs that are ``clear_m`` apart, or, where a diameter is unknown, less.

    ``least_m`` is the clear distance with the largest diameter that an unknown one may be, NaN where it is
    not known how little it may be.
    """
    conflict = clear_m < required.low_m - tolerance_m
    enough = least_m >= required.high_m + tolerance_m
    unsure = ~np.isnan(required.high_m) & ~conflict & ~enough
    return Judgement(
        conflict=conflict, unsure=unsure, lacks=lacking(required, unsure, clear_m=clear_m, least_m=least_m)
    )


def lacking(
    required: Required, unsure: BoolArray, *, clear_m: FloatArray, least_m: FloatArray
) -> ObjectArray:
    """Return what must be known to decide each unsure pair, joined by commas; None where nothing is missing.

    Without a depth nothing else is worth knowing first.
    """
    lacks = required.lacks.copy()
    lacks[~unsure] = None
    thin = unsure & (least_m < clear_m)
    thin &= np.array([text is None or DIAMETER not in text for text in lacks], dtype=np.bool_)
    lacks[thin] = [DIAMETER if text is None else f"{text},{DIAMETER}" for text in lacks[thin]]
    lacks[unsure & np.isnan(least_m)] = DEPTH
    return np.asarray(lacks, dtype=object)


def causes(pairs: Pairs, found: Judgement, *, depth_accuracy_m: float | None = np.nan) -> ObjectArray:
    """Return one cause for each layer, or two layers, and missing attributes; None where nothing is missing.

    Where depths are judged and nobody states their accuracy (None), that is what a margin within the
    tolerance lacks.
    """
    of_pipes = [layer for layer in (pairs.a, pairs.b) if layer is not None and layer.standard == PIPE]
    names = dict.fromkeys(layer.name for layer in of_pipes)
    lacks = found.lacks
    if depth_accuracy_m is None:
        lacks = np.where(found.unsure & is_none(lacks), DEPTH_ACCURACY, lacks)
    said = np.full(len(lacks), None, dtype=object)
    said[:] = [None if text is None else f"{' / '.join(names)}: {text}" for text in lacks]
    return said


def facts_of(required: Required, found: Judgement, tolerance_m: float | FloatArray) -> dict[str, ObjectArray]:
    """Return what the sentences say beside the numbers: ``needed``, ``clause``, ``why`` and ``check``.

    ``needed`` is the required distance or its range, ``clause`` the row of the table behind it (of a range
    the one that requires the least), ``why`` what keeps an entry from being decided, ``check`` the remark
    that the value is to be looked up in the standard, empty where it was.
    """
    tolerances = np.broadcast_to(np.asarray(tolerance_m, dtype=np.float64), (len(found.lacks),))
    return {
        "needed": _said_of(needed, required.low_m, required.high_m),
        "why": _said_of(_why, found.lacks, tolerances),
        "clause": _said_of(_clause, required.source, required.row),
        "check": check_against(required.source, required.recalled & ~is_none(required.source)),
    }


def needed(low_m: float, high_m: float) -> Message:
    """Say what is required: one value, a range, or at most so much."""
    if low_m == high_m:
        return message("rules.pipes.exactly", value_m=high_m)
    if low_m == -np.inf:
        return message("rules.pipes.at_most", high_m=high_m)
    return message("rules.pipes.between", low_m=low_m, high_m=high_m)


def _clause(source: str | None, row: str | None) -> Message | str:
    return "" if row is None else message("rules.pipes.clause", source=source, row=row)


def _why(lacking: str | None, tolerance_m: float) -> Message:
    if lacking is None:
        return message("rules.pipes.within", tolerance_m=tolerance_m)
    names = listed([message(f"rules.pipes.attribute.{name}") for name in lacking.split(",")])
    return message("rules.pipes.lacking", names=names)


def _said_of(say: Callable[..., Message | str], *columns: FloatArray | ObjectArray) -> ObjectArray:
    """Return what is said of the values of each row, made once for those that have the same."""
    rows = list(zip(*(column.tolist() for column in columns), strict=True))
    known = {row: say(*row) for row in set(rows)}
    said = np.empty(len(rows), dtype=object)
    said[:] = [known[row] for row in rows]
    return said
