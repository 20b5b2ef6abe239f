"""Which current use goes with which planned use, and what each overlay allows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from lantu.messages import Message, message
from lantu.standards.distinct import distinct
from lantu.standards.enumeration import use_classes
from lantu.standards.mistakes import StandardMistakes
from lantu.standards.suggestion import did_you_mean
from lantu.standards.tables import RECALLED, reference_table
from lantu.standards.user_table import UserRow, read_user_table, repeated_lines

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lantu.model import BoolArray, IntArray, ObjectArray

VERDICTS = ("consistent", "convertible", "contradictory")
SEVERITIES = ("0", "1", "2", "3")
USER_COLUMNS = ("current", "planned", "verdict", "severity", "reason", "source")
UNKNOWN_SEVERITY = -1


@dataclass(frozen=True, kw_only=True)
class CompatibilityRows:
    """What the matrix says of each pair, shape (n,) each; None and -1 where a class is unknown."""

    verdict: ObjectArray
    severity: IntArray
    recalled: BoolArray
    reason: ObjectArray
    source: ObjectArray


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One cell of the matrix."""

    verdict: str
    severity: int
    recalled: bool
    reason: str
    source: str


@dataclass(frozen=True, kw_only=True)
class Compatibility:
    """The matrix of current against planned classes; ``source`` names the user's file where one overrides."""

    cells: Mapping[tuple[str, str], Cell]
    source: str | None = None

    def lookup(self, current: ObjectArray, planned: ObjectArray) -> CompatibilityRows:
        """Return what the matrix says of each pair of classes, both of shape (n,)."""
        count = len(use_classes().words)
        position = _positions(current) * (count + 1) + _positions(planned)
        columns = self._columns
        return CompatibilityRows(
            verdict=columns["verdict"][position],
            severity=columns["severity"][position].astype(np.int64),
            recalled=columns["recalled"][position].astype(np.bool_),
            reason=columns["reason"][position],
            source=columns["source"][position],
        )

    @cached_property
    def _columns(self) -> Mapping[str, ObjectArray]:
        """Return the cells as flat arrays; the last row and column stand for an unknown class."""
        words = (*use_classes().words, None)
        unknown = {"severity": UNKNOWN_SEVERITY, "recalled": False}
        cells = [self.cells.get((a, b)) if a and b else None for a in words for b in words]
        columns = {}
        for name in ("verdict", "severity", "recalled", "reason", "source"):
            column = np.full(len(cells), unknown.get(name), dtype=object)
            column[:] = [unknown.get(name) if cell is None else getattr(cell, name) for cell in cells]
            columns[name] = column
        return columns


def compatibility(matrix: str | Path | None = None, *, base: Path | None = None) -> Compatibility:
    """Return the shipped matrix, its cells overridden by those of a user's CSV where one is given.

    The file has the columns current, planned, verdict (consistent, convertible, contradictory),
    severity (0 none to 3 high), reason and source; a relative path is taken from ``base``. Pairs that it
    does not name keep the shipped verdict. A user's cell is the user's word and counts as verified.

    Raises
    ------
    StandardError
        The file is missing or lacks a column; StandardMistakes lists all bad rows with their lines.
    """
    if matrix is None:
        return _shipped()
    shown = str(matrix)
    path = Path(matrix) if base is None else base / Path(matrix)
    rows = read_user_table(path, columns=USER_COLUMNS, shown=shown)
    mistakes = [mistake for row in rows for mistake in _row_mistakes(row, shown)]
    mistakes += repeated_lines(
        [(row.line, f"{row.values['current']} → {row.values['planned']}") for row in rows], shown=shown
    )
    if mistakes:
        raise StandardMistakes(
            message("standards.matrix.mistakes", path=shown, count=len(mistakes)), tuple(mistakes)
        )
    cells = dict(_shipped().cells)
    for row in rows:
        cells[row.values["current"], row.values["planned"]] = _cell(row.values, recalled=False)
    return Compatibility(cells=cells, source=shown)


@cache
def _shipped() -> Compatibility:
    cells = {
        (row["current"], row["planned"]): _cell(row, recalled=row["confidence"] == RECALLED)
        for row in reference_table("landuse_compatibility")
    }
    return Compatibility(cells=cells)


def _cell(row: Mapping[str, str], *, recalled: bool) -> Cell:
    return Cell(
        verdict=row["verdict"],
        severity=int(row["severity"]),
        recalled=recalled,
        reason=row["reason"],
        source=row["source"],
    )


def _row_mistakes(row: UserRow, shown: str) -> list[Message]:
    """Return what is wrong with one row of a user's matrix."""
    allowed = {
        "current": use_classes().words,
        "planned": use_classes().words,
        "verdict": VERDICTS,
        "severity": SEVERITIES,
    }
    return [
        message(
            "standards.matrix.bad_value",
            path=shown,
            line=row.line,
            column=column,
            value=row.values[column],
            hint=did_you_mean(row.values[column], words),
        )
        for column, words in allowed.items()
        if row.values[column] not in words
    ]


def _positions(classes: ObjectArray) -> IntArray:
    """Return the position of each class among the canonical ones, and one beyond where it is none."""
    words = {word: index for index, word in enumerate(use_classes().words)}
    kinds = distinct(classes)
    lookup = np.array([*(words.get(text, len(words)) for text in kinds.texts), len(words)], dtype=np.int64)
    return np.asarray(lookup[kinds.positions], dtype=np.int64)
