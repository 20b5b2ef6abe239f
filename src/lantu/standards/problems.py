"""Writing a problem log: rows are noted kind by kind and become one table at the end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from lantu.model import PROBLEM_COLUMNS, empty_problems

if TYPE_CHECKING:
    from lantu.messages import Message
    from lantu.model import IntArray, ObjectArray, ProblemKind, ProblemLog

LAYER_ROW = -1


@dataclass(kw_only=True)
class ProblemNotes:
    """Collects problems of features of one layer, those from row ``first`` on.

    ``record`` gives the source record number of each of them.
    """

    record: IntArray
    first: int = 0
    parts: list[dict[str, Any]] = field(default_factory=list)

    def layer(self, kind: ProblemKind, *, column: str | None, detail: Message | None = None) -> None:
        """Note a problem of the whole layer."""
        self._add(kind, np.array([LAYER_ROW]), np.array([-1]), column, None, detail, None)

    def rows(
        self,
        kind: ProblemKind,
        rows: IntArray,
        *,
        column: str | None = None,
        raw: ObjectArray | None = None,
        detail: ObjectArray | Message | None = None,
        place: ObjectArray | None = None,
    ) -> None:
        """Note a problem on each of ``rows``; ``raw``, ``detail`` and ``place`` stand row by row."""
        if len(rows):
            self._add(kind, rows + self.first, self.record[rows], column, raw, detail, place)

    def log(self) -> ProblemLog:
        """Return all notes in the order they were taken."""
        if not self.parts:
            return empty_problems()
        columns: dict[str, Any] = {}
        for name in PROBLEM_COLUMNS:
            values = np.concatenate([part[name] for part in self.parts])
            columns[name] = pd.Series(values, dtype="int64" if name in {"row", "record"} else "object")
        return pd.DataFrame(columns)

    def _add(self, kind: ProblemKind, rows: IntArray, record: IntArray, *values: object) -> None:
        part: dict[str, Any] = {"kind": _column(str(kind), len(rows)), "row": rows, "record": record}
        for name, value in zip(PROBLEM_COLUMNS[3:], values, strict=True):
            part[name] = _column(value, len(rows))
        self.parts.append(part)


def by_row(*logs: ProblemLog) -> ProblemLog:
    """Return the problems of several logs by row, those of one row as they come, of the layer first.

    So the order says nothing of how many features were looked at together.
    """
    filled = [log for log in logs if len(log)]
    if not filled:
        return empty_problems()
    return pd.concat(filled, ignore_index=True).sort_values("row", kind="stable", ignore_index=True)


def _column(value: object, count: int) -> ObjectArray:
    column = np.full(count, None, dtype=object)
    if value is not None:
        column[:] = value
    return column
