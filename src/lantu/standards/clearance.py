"""Clear distances that the pipeline tables require, and what must be known to say which one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

import numpy as np

from lantu.errors import StandardError
from lantu.messages import message
from lantu.standards.condition import FAILS, HOLDS, UNKNOWN, Condition, TriArray, judge, parse_condition
from lantu.standards.distinct import is_none, is_word
from lantu.standards.enumeration import no_words
from lantu.standards.pipes import NOT_IN_TABLES, Pipes
from lantu.standards.suggestion import did_you_mean
from lantu.standards.tables import RECALLED, reference_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lantu.model import BoolArray, FloatArray, IntArray, ObjectArray

ATTRIBUTES = {"pressure_class": "pressure"}
"""The canonical column behind a condition where it has another name."""

Table = Literal["pipeline_clearance_horizontal", "pipeline_clearance_vertical"]


@dataclass(frozen=True, kw_only=True)
class ClearanceRow:
    """One row of a table: two objects, their conditions, and the distance required."""

    id: str
    a: str
    b: str
    if_a: tuple[Condition, ...]
    if_b: tuple[Condition, ...]
    value_m: float
    with_separator_m: float
    recalled: bool
    source: str

    @property
    def specificity(self) -> int:
        """Return the number of conditions: a row with more goes before a row with fewer."""
        return len(self.if_a) + len(self.if_b)


@dataclass(frozen=True, kw_only=True)
class RequiredRows:
    """What a table requires of each pair, shape (n,) each.

    ``status`` is ``found`` (``required_m`` holds, min and max equal it), ``undecidable`` (the attributes
    in ``unknown``, joined by commas, decide between rows that require ``min_m`` to ``max_m``; both NaN
    where not even the object is known) or ``no_row`` (the table says nothing). ``row_id`` is the row, of
    several the first that requires the least. ``with_separator_m`` is the distance allowed with a separating
    plate.
    """

    status: ObjectArray
    required_m: FloatArray
    min_m: FloatArray
    max_m: FloatArray
    with_separator_m: FloatArray
    row_id: ObjectArray
    recalled: BoolArray
    unknown: ObjectArray
    source: ObjectArray


def clearance_horizontal(pipes: Pipes, *, against: Pipes | str) -> RequiredRows:
    """Return the horizontal clear distance required of each pair (GB 50289-2016 table 4.1.9).

    ``against`` are as many other pipes, or one object of the table: building, tree, shrub, pole, tower,
    kerb, tram, rail. Distances are between outer surfaces.

    Raises
    ------
    StandardError
        The table has no such object.
    """
    return _required(pipes, against, "pipeline_clearance_horizontal")


def clearance_vertical(pipes: Pipes, *, against: Pipes | str) -> RequiredRows:
    """Return the vertical clear distance required at each crossing (GB 50289-2016 table 4.1.14).

    ``against`` are as many other pipes, or one object of the table: culvert, tram_bottom, rail_bottom.
    Distances are from the underside of the upper to the outer surface of the lower.

    Raises
    ------
    StandardError
        The table has no such object.
    """
    return _required(pipes, against, "pipeline_clearance_vertical")


@cache
def clearance_rows(table: Table) -> tuple[ClearanceRow, ...]:
    """Return the rows of a clearance table."""
    return tuple(
        ClearanceRow(
            id=row["id"],
            a=row["object_a"],
            b=row["object_b"],
            if_a=parse_condition(row["a_condition"], row=row["id"]),
            if_b=parse_condition(row["b_condition"], row=row["id"]),
            value_m=float(row["min_clear_m"]),
            with_separator_m=float(row.get("min_with_separator_m") or "nan"),
            recalled=row["confidence"] == RECALLED,
            source=row["source"],
        )
        for row in reference_table(table)
    )


def _required(pipes: Pipes, against: Pipes | str, table: Table) -> RequiredRows:
    rows = clearance_rows(table)
    count = len(pipes)
    if isinstance(against, str):
        known = sorted({name for row in rows for name in (row.a, row.b)})
        if against not in known:
            hint = did_you_mean(against, known)
            raise StandardError(message("standards.clearance.unknown_object", name=against, hint=hint))
        others, other_objects = Pipes(medium=no_words(count)), np.full(count, against, dtype=object)
    else:
        others, other_objects = against, against.objects
    answer = blank_answer(count)
    objects = pipes.objects
    missing = is_none(objects) | is_none(other_objects)
    outside = is_word(objects, NOT_IN_TABLES) | is_word(other_objects, NOT_IN_TABLES)
    answer.status[missing & ~outside] = "undecidable"
    answer.unknown[missing & ~outside] = "medium"
    pairs = np.where(missing, "", objects) + "|" + np.where(missing, "", other_objects)
    for pair in sorted(set(pairs[~missing & ~outside])):
        here = np.flatnonzero(is_word(pairs, pair))
        fitting = [row for row in rows if pair in {f"{row.a}|{row.b}", f"{row.b}|{row.a}"}]
        if fitting:
            held = _held(fitting, pair, take(pipes, here), take(others, here))
            decide(answer, here, rows=fitting, held=held)
    return answer


def _held(rows: Sequence[ClearanceRow], pair: str, a: Pipes, b: Pipes) -> Mapping[str, TriArray]:
    """Return for every condition and row whether it holds, keyed ``row`` and ``row/attribute``."""
    ways = [(row, first, second) for row in rows for first, second in _orientations(row, pair, a, b)]
    held: dict[str, TriArray] = {}
    for row, first, second in ways:
        judged = [(one.key, judge(one, first)) for one in row.if_a]
        judged += [(one.key, judge(one, second)) for one in row.if_b]
        whole = np.full(len(a), HOLDS, dtype=np.int8)
        for _, answers in judged:
            whole = np.minimum(whole, answers)
        held[row.id] = np.maximum(held.get(row.id, np.full(len(a), FAILS, dtype=np.int8)), whole)
        for key, answers in judged:
            open_here = np.where((whole == UNKNOWN) & (answers == UNKNOWN), HOLDS, FAILS).astype(np.int8)
            name = f"{row.id}/{key}"
            held[name] = np.maximum(held.get(name, open_here), open_here)
    return held


def _orientations(row: ClearanceRow, pair: str, a: Pipes, b: Pipes) -> list[tuple[Pipes, Pipes]]:
    """Return the pipes as the row's a and b: pairs are stored once, and two of a kind fit both ways."""
    ways = []
    if pair == f"{row.a}|{row.b}":
        ways.append((a, b))
    if pair == f"{row.b}|{row.a}":
        ways.append((b, a))
    return ways


def decide(
    answer: RequiredRows, here: IntArray, *, rows: Sequence[ClearanceRow], held: Mapping[str, TriArray]
) -> None:
    """Write into ``answer[here]`` what the rows require, given which of them hold.

    A row whose conditions hold goes before those with fewer conditions; as long as a row with as many
    conditions or more may hold too, both are possible. Possible rows that agree decide.
    """
    whole = np.array([held[row.id] for row in rows])
    specificity = np.array([row.specificity for row in rows])[:, None]
    values = np.array([row.value_m for row in rows])[:, None]
    best = np.max(np.where(whole == HOLDS, specificity, -1), axis=0)
    possible = ((whole == HOLDS) & (specificity == best)) | ((whole == UNKNOWN) & (specificity >= best))
    some = possible.any(axis=0)
    low = np.where(possible, values, np.inf).min(axis=0)
    high = np.where(possible, values, -np.inf).max(axis=0)
    found = some & (low == high)
    first = np.where(possible, values, np.inf).argmin(axis=0)
    answer.status[here] = np.where(found, "found", np.where(some, "undecidable", "no_row"))
    answer.min_m[here] = np.where(some, low, np.nan)
    answer.max_m[here] = np.where(some, high, np.nan)
    answer.required_m[here] = np.where(found, low, np.nan)
    separators = np.array([row.with_separator_m for row in rows])
    answer.with_separator_m[here] = np.where(found, separators[first], np.nan)
    recalled = np.array([row.recalled for row in rows])[:, None]
    answer.recalled[here] = (possible & recalled).any(axis=0)
    answer.row_id[here] = np.where(some, np.array([row.id for row in rows], dtype=object)[first], None)
    answer.source[here] = np.where(some, np.array([row.source for row in rows], dtype=object)[first], None)
    unknown = _unknown(rows, held, possible)
    unknown[found | ~some] = None
    answer.unknown[here] = unknown


def _unknown(rows: Sequence[ClearanceRow], held: Mapping[str, TriArray], possible: BoolArray) -> ObjectArray:
    """Return the names of the attributes that keep possible rows open, joined by commas."""
    keys = sorted({name.partition("/")[2] for name in held if "/" in name})
    keys = [key for key in keys if _matters(rows, key)]
    texts = np.full(possible.shape[1], "", dtype=object)
    for key in keys:
        opened = np.zeros(possible.shape[1], dtype=np.bool_)
        for row, open_row in zip(rows, possible, strict=True):
            answers = held.get(f"{row.id}/{key}")
            if answers is not None:
                opened |= open_row & (answers == HOLDS)
        column = ATTRIBUTES.get(key, key)
        texts[opened] = np.where(texts[opened] == "", column, texts[opened] + "," + column)
    return texts


def _matters(rows: Sequence[ClearanceRow], key: str) -> bool:
    """Say whether rows that differ in this attribute alone require different distances."""
    values: dict[tuple[object, ...], set[float]] = {}
    for row in rows:
        others = tuple((one for one in side if one.key != key) for side in (row.if_a, row.if_b))
        values.setdefault(tuple(tuple(side) for side in others), set()).add(row.value_m)
    return any(len(group) > 1 for group in values.values())


def blank_answer(count: int) -> RequiredRows:
    """Return an answer for ``count`` pairs that says ``no_row`` everywhere."""
    return RequiredRows(
        status=np.full(count, "no_row", dtype=object),
        required_m=np.full(count, np.nan),
        min_m=np.full(count, np.nan),
        max_m=np.full(count, np.nan),
        with_separator_m=np.full(count, np.nan),
        row_id=no_words(count),
        recalled=np.zeros(count, dtype=np.bool_),
        unknown=no_words(count),
        source=no_words(count),
    )


def take(pipes: Pipes, rows: IntArray) -> Pipes:
    """Return some of the pipes."""

    def some(values: ObjectArray | None) -> ObjectArray | None:
        return None if values is None else values[rows]

    return Pipes(
        medium=pipes.medium[rows],
        raw_medium=some(pipes.raw_medium),
        diameter_mm=some(pipes.diameter_mm),
        pressure=some(pipes.pressure),
        voltage_kv=some(pipes.voltage_kv),
        laying=some(pipes.laying),
        material=some(pipes.material),
        surface=some(pipes.surface),
    )
