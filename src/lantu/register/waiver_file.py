"""Waivers as people write them: what somebody answers for, until a date (contract, section 6)."""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from lantu.errors import BlueprintError
from lantu.messages import Message, message

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from lantu.model import BoolArray

COLUMNS = ("rule", "layer_a", "id_a", "layer_b", "id_b", "reason", "decided_by", "decided_on", "until")
REQUIRED = ("rule", "reason", "decided_by", "decided_on")


@dataclass(frozen=True, kw_only=True)
class Waiver:
    """One line of the file. An empty name or id is "any"; without ``until`` it does not lapse by date."""

    line: int
    rule: str
    layer_a: str
    id_a: str
    layer_b: str
    id_b: str
    reason: str
    decided_by: str
    decided_on: dt.date
    until: dt.date | None

    def lapsed(self, as_of: dt.date) -> bool:
        """Say whether the waiver's date has passed."""
        return self.until is not None and self.until < as_of

    def covers(self, findings: pd.DataFrame) -> BoolArray:
        """Return which findings the waiver covers, shape (n,); either side may stand first."""
        rule = (findings["rule"] == self.rule).to_numpy()
        return np.asarray(
            rule & (self._sides(findings, "a", "b") | self._sides(findings, "b", "a")), dtype=np.bool_
        )

    def _sides(self, findings: pd.DataFrame, first: str, second: str) -> BoolArray:
        mask = np.ones(len(findings), dtype=np.bool_)
        for mine, theirs in (("a", first), ("b", second)):
            for part in ("layer", "id"):
                wanted = getattr(self, f"{part}_{mine}")
                if wanted:
                    mask &= (findings[f"{part}_{theirs}"] == wanted).to_numpy()
        return mask

    def shown(self) -> dict[str, Any]:
        """Return the waiver as text, for ``run.json``."""
        row = {name: getattr(self, name) for name in COLUMNS}
        return {
            name: value.isoformat() if isinstance(value, dt.date) else value for name, value in row.items()
        }


def read_waivers(path: Path) -> tuple[Waiver, ...]:
    """Read a waiver file (CSV, UTF-8).

    Raises
    ------
    BlueprintError
        Columns are missing, a required value is empty or a date is no date; all mistakes are listed.
    """
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream)
        missing = [name for name in COLUMNS if name not in (reader.fieldnames or [])]
        if missing:
            raise BlueprintError(
                message("register.waiver_columns", file=path.name, missing=", ".join(missing))
            )
        rows = [(reader.line_num, {name: (row[name] or "").strip() for name in COLUMNS}) for row in reader]
    mistakes: list[Message] = []
    waivers = [_waiver(path.name, line, row, mistakes) for line, row in rows]
    if mistakes:
        raise BlueprintError(message("register.waiver_mistakes", file=path.name), tuple(mistakes))
    return tuple(waiver for waiver in waivers if waiver is not None)


def _waiver(file: str, line: int, row: dict[str, str], mistakes: list[Message]) -> Waiver | None:
    empty = [name for name in REQUIRED if not row[name]]
    if empty:
        mistakes.append(message("register.waiver_empty", file=file, line=line, columns=", ".join(empty)))
        return None
    dates: dict[str, dt.date | None] = {"until": None}
    for name in ("decided_on", "until"):
        try:
            dates[name] = dt.date.fromisoformat(row[name]) if row[name] else None
        except ValueError:
            mistakes.append(
                message("register.waiver_date", file=file, line=line, column=name, found=row[name])
            )
            return None
    decided_on = dates["decided_on"]
    assert decided_on is not None  # noqa: S101  # it is required, and was read
    texts = {name: row[name] for name in COLUMNS if name not in dates}
    return Waiver(line=line, decided_on=decided_on, until=dates["until"], **texts)
