"""A planner's own table of required distances: which row stands for a pair, and what it requires."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lantu.errors import StandardError
from lantu.messages import message
from lantu.rules.own.checking import Complaint, suggested
from lantu.rules.own.scope import word_for, words_of
from lantu.standards.user_table import read_user_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from lantu.model import FloatArray, IntArray, ObjectArray
    from lantu.rules.own.scope import Scope
    from lantu.standards import Column
    from lantu.standards.user_table import UserRow

ANYTHING = "*"
"""A key cell that fits every value, an unknown one too."""

REQUIRED = "required_m"

Cell = str | float


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """One row of the table; ``required_m`` is None where its cell is blank: such pairs are not concerned."""

    line: int
    cells: tuple[Cell, ...]
    required_m: float | None
    source: str
    clause: str

    def fits(self, values: Sequence[Cell | None]) -> bool:
        """Say whether the row may stand for these values; an unknown one (None) may be any."""
        return all(
            value is None or cell in {ANYTHING, value} for cell, value in zip(self.cells, values, strict=True)
        )

    @property
    def wildcards(self) -> int:
        """Return how many key cells fit everything."""
        return self.cells.count(ANYTHING)


@dataclass(frozen=True, kw_only=True)
class Required:
    """What the table requires of each pair, shape (n,).

    At least ``low_m``, at most ``high_m``; -inf where nothing is required or perhaps nothing. ``row`` is the
    position of the row that stands for the pair, -1 where there is none or where it is not known which.
    """

    low_m: FloatArray
    high_m: FloatArray
    row: IntArray


@dataclass(frozen=True, kw_only=True)
class RequirementTable:
    """The rows of a table by its ``keys`` (``subject.medium``); ``name`` is the file's."""

    name: str
    keys: tuple[str, ...]
    rows: tuple[Requirement, ...]

    @property
    def most_m(self) -> float:
        """Return the largest distance that a row requires, 0 where none requires any."""
        return max((row.required_m for row in self.rows if row.required_m is not None), default=0.0)

    def required(self, values: Sequence[ObjectArray]) -> Required:
        """Return what is required of pairs by the values of their keys, one array a key, None for unknown.

        The row with the fewest ``*`` stands for a pair, the upper one of two. No row: nothing is required.
        """
        codes = [pd.factorize(column, use_na_sentinel=False)[0] for column in values]
        _, first, kinds = np.unique(np.column_stack(codes), axis=0, return_index=True, return_inverse=True)
        found = [self._of([_known(column[position]) for column in values]) for position in first]
        low_m, high_m, row = (np.array([one[part] for one in found]) for part in range(3))
        return Required(low_m=low_m[kinds], high_m=high_m[kinds], row=row[kinds].astype(np.int64))

    def _of(self, values: Sequence[Cell | None]) -> tuple[float, float, int]:
        """Return the least and the largest requirement for one kind of pair, and its row."""
        fitting = sorted(
            (number for number, row in enumerate(self.rows) if row.fits(values)),
            key=lambda number: (self.rows[number].wildcards, number),
        )
        sure = next((number for number in fitting if self._is_sure(number, values)), None)
        possible = fitting if sure is None else fitting[: fitting.index(sure) + 1]
        limits_m = [_limit_m(self.rows[number]) for number in possible]
        if sure is None:
            limits_m.append(-math.inf)
        return min(limits_m), max(limits_m), possible[0] if sure is not None and len(possible) == 1 else -1

    def _is_sure(self, number: int, values: Sequence[Cell | None]) -> bool:
        """Say whether a row that fits does so whatever the unknown values are."""
        cells = self.rows[number].cells
        return all(value is not None or cell == ANYTHING for cell, value in zip(cells, values, strict=True))


def _known(value: object) -> Cell | None:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    return float(value) if isinstance(value, int | float) else str(value)


def _limit_m(row: Requirement) -> float:
    return -math.inf if row.required_m is None else row.required_m


def read_requirements(
    path: Path, *, keys: Sequence[str], scope: Scope, shown: str
) -> tuple[RequirementTable | None, tuple[Complaint, ...]]:
    """Return the table of a CSV file, or None and everything that is wrong with it.

    Its columns are the keys as the blueprint names them, ``required_m``, and, where the planner likes,
    ``source`` and ``clause``. ``shown`` is how mistakes name the file.
    """
    try:
        rows = read_user_table(path, columns=(*(key.lower() for key in keys), REQUIRED), shown=shown)
    except StandardError as error:
        return None, (Complaint(error.message),)
    found: list[Complaint] = []
    columns = [scope.column(key) for key in keys]
    read = [_requirement(row, keys, columns, shown, found) for row in rows]
    first: dict[tuple[Cell, ...], int] = {}
    for one in read:
        if one.cells in first:
            said = {"path": shown, "line": one.line, "first": first[one.cells]}
            found.append(Complaint(message("rules.own.row_repeated", **said)))
        first.setdefault(one.cells, one.line)
    if found:
        return None, tuple(found)
    return RequirementTable(name=shown, keys=tuple(keys), rows=tuple(read)), ()


def _requirement(
    row: UserRow, keys: Sequence[str], columns: Sequence[Column | None], shown: str, found: list[Complaint]
) -> Requirement:
    """Return one row; what is wrong with its cells is added to ``found``."""
    place = {"path": shown, "line": row.line}
    given = dict(row.values)
    cells: list[Cell] = []
    for key, column in zip(keys, columns, strict=True):
        text = given[key.lower()]
        cell, complaint = _cell(text, column)
        if complaint is not None:
            what = message("rules.own.bad_cell", key=key, found=text, **place)
            found.append(Complaint(what, complaint.help))
        cells.append(cell)
    text = given[REQUIRED]
    required_m = _number(text)
    if text and (required_m is None or required_m < 0):
        found.append(Complaint(message("rules.own.bad_required", found=text, **place)))
    return Requirement(
        line=row.line,
        cells=tuple(cells),
        required_m=required_m,
        source=given.get("source", ""),
        clause=given.get("clause", ""),
    )


def _cell(text: str, column: Column | None) -> tuple[Cell, Complaint | None]:
    """Return a key cell as its column holds it: a number, or the standard's word for a spelling of it."""
    if text == ANYTHING or column is None:
        return text, None
    if column.is_numeric:
        number = _number(text)
        complaint = Complaint(message("rules.own.kind.number")) if number is None else None
        return text if number is None else number, complaint
    words = words_of(column)
    word = word_for(column, text) if words else text
    if not word:
        return text, Complaint(message("rules.own.kind.text"), suggested(text, words or (ANYTHING,)))
    return word, None


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
