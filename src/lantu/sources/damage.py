"""The list of records that a reader could not make a feature of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from lantu.model import PROBLEM_COLUMNS, ProblemKind, ProblemLog, empty_problems

if TYPE_CHECKING:
    from lantu.messages import Message

WHOLE_LAYER = -1
"""``row`` of a problem that stands on no row of the table."""

RAW_LENGTH = 200
"""Longest excerpt of a damaged record that is kept, in characters."""


@dataclass
class Damage:
    """Collects what could not be read, record by record, while a layer is being read."""

    unreadable: dict[int, tuple[Message, str | None]] = field(default_factory=dict)
    values: list[tuple[int, str, str, Message]] = field(default_factory=list)

    def refuse(self, record: int, reason: Message, raw: object = None) -> None:
        """List a whole record (1-based); the first reason given for it stands."""
        excerpt = None if raw is None else str(raw)[:RAW_LENGTH]
        self.unreadable.setdefault(record, (reason, excerpt))

    def doubt(self, record: int, column: str, raw: str, reason: Message) -> None:
        """List one value of a record that is kept."""
        self.values.append((record, column, raw[:RAW_LENGTH], reason))

    def log(self) -> ProblemLog:
        """Return the problem log, by record number; ``detail`` is a Message, said when it is printed."""
        rows: list[dict[str, object]] = [
            problem(ProblemKind.RECORD_UNREADABLE, record=record, raw=raw, detail=reason)
            for record, (reason, raw) in sorted(self.unreadable.items())
        ]
        rows += [
            problem(ProblemKind.VALUE_UNREADABLE, record=record, column=column, raw=raw, detail=reason)
            for record, column, raw, reason in sorted(self.values, key=lambda value: value[:2])
            if record not in self.unreadable
        ]
        return problem_log(rows)


def problem(  # one parameter for each column of the log
    kind: ProblemKind,
    *,
    row: int = WHOLE_LAYER,
    record: int = WHOLE_LAYER,
    column: str | None = None,
    raw: str | None = None,
    detail: Message | None = None,
) -> dict[str, object]:
    """Return one row of a problem log."""
    return dict(zip(PROBLEM_COLUMNS, (str(kind), row, record, column, raw, detail, None), strict=True))


def problem_log(rows: list[dict[str, object]]) -> ProblemLog:
    """Return a problem log with these rows and the columns and types of an empty one."""
    empty = empty_problems()
    if not rows:
        return empty
    return pd.DataFrame(
        {name: pd.Series([row[name] for row in rows], dtype=empty[name].dtype) for name in PROBLEM_COLUMNS}
    )
