"""Waivers: contradictions that somebody answers for, until a date (contract, section 6)."""

from __future__ import annotations

import csv
import datetime as dt
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from lantu.errors import BlueprintError
from lantu.messages import Message, message
from lantu.register.objects import digests
from lantu.register.waiver_lock import finding_digests, key_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd

    from lantu.model import BoolArray, IntArray, Layer
    from lantu.register.waiver_lock import Lock, Rows

COLUMNS = ("rule", "layer_a", "id_a", "layer_b", "id_b", "reason", "decided_by", "decided_on", "until")
MATCHED = ("rule", "layer_a", "id_a", "layer_b", "id_b")
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


@dataclass(frozen=True, kw_only=True)
class Waived:
    """Findings split by waivers, what became of each waiver, and the lock as it should be from now on."""

    findings: gpd.GeoDataFrame
    waived: gpd.GeoDataFrame
    summary: dict[str, Any]
    lock: Lock | None = None


def waive(
    findings: gpd.GeoDataFrame,
    waivers: tuple[Waiver, ...],
    as_of: dt.date,
    *,
    lock: Lock | None = None,
    layers: Sequence[Layer] = (),
) -> Waived:
    """Take out the findings that a waiver in force covers; the first in file order counts.

    With a ``lock`` a finding stays where the geometry (in ``layers``) or the compared values of its objects
    are not what they were when the waiver first took it out. The summary counts waivers used and lists all
    of them with their reach: how many findings each takes out (``in_force``), took out before the objects
    changed (``reopened``) or would take out (``lapsed``).
    """
    by = np.full(len(findings), -1)
    covered = [waiver.covers(findings) for waiver in waivers]
    for number, waiver in enumerate(waivers):
        if not waiver.lapsed(as_of):
            by[(by < 0) & covered[number]] = number
    kept, reopened = _held(findings, waivers, by, lock, layers)
    by[reopened] = -1 - len(waivers) + by[reopened]  # remembers who, below zero
    taken = by >= 0
    waived = findings[taken].copy()
    for name in ("reason", "decided_by", "until"):
        waived[name] = [getattr(waivers[number], name) for number in by[taken]]
        waived[name] = waived[name].astype(object)
    used = Counter(by[taken].tolist())
    again = Counter((by[reopened] + 1 + len(waivers)).tolist())
    return Waived(
        findings=findings[~taken].reset_index(drop=True),
        waived=waived.reset_index(drop=True),
        summary={
            "used": len(used),
            "findings": int(taken.sum()),
            "in_force": [waivers[n].shown() | {"findings": used[n]} for n in sorted(used)],
            "unused": [
                w.shown() for n, w in enumerate(waivers) if not (n in used or n in again or w.lapsed(as_of))
            ],
            "lapsed": [
                w.shown() | {"findings": int(covered[n].sum())}
                for n, w in enumerate(waivers)
                if w.lapsed(as_of)
            ],
            "reopened": [waivers[n].shown() | {"findings": again[n]} for n in sorted(again)],
        },
        lock=None if lock is None else replace(lock, rows=kept),
    )


def _held(
    findings: gpd.GeoDataFrame,
    waivers: tuple[Waiver, ...],
    by: IntArray,
    lock: Lock | None,
    layers: Sequence[Layer],
) -> tuple[Rows, IntArray]:
    """Return the lock's rows from now on, and the positions of findings that are not what was waived."""
    taken = np.flatnonzero(by >= 0)
    none = np.empty(0, dtype=np.int64)
    if lock is None:
        return {}, none
    known = {key_of(waiver, "")[:-1] for waiver in waivers}
    rows = {key: digest for key, digest in lock.rows.items() if key[:-1] in known}
    if not len(taken):
        return rows, none
    chosen = findings.iloc[taken]
    keys = [key_of(waivers[by[at]], one) for at, one in zip(taken, chosen["finding_id"], strict=True)]
    now = finding_digests(chosen, digests(layers))
    changed = [at for at, key, one in zip(taken, keys, now, strict=True) if rows.get(key, one) != one]
    return dict(zip(keys, now, strict=True)) | rows, np.array(changed, dtype=np.int64)
