"""Since when each finding has been there: what stood from when until when, as a blueprint's runs saw it."""

from __future__ import annotations

import datetime as dt
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lantu.errors import OutputError
from lantu.messages import message
from lantu.register.history import register_beside
from lantu.register.rollup import areas_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from lantu.model import BoolArray, Outcome, Run

_TABLE = """
CREATE TABLE IF NOT EXISTS presence (
  blueprint TEXT NOT NULL, finding_id TEXT NOT NULL, since TEXT NOT NULL, until TEXT NOT NULL DEFAULT '',
  rule TEXT NOT NULL, layer_a TEXT NOT NULL, layer_b TEXT NOT NULL, town TEXT NOT NULL, village TEXT NOT NULL,
  PRIMARY KEY (blueprint, finding_id, since)
)
"""
"""One row for each time that a finding stood; ``until`` is empty while it stands, then the day of the run
that no longer had it."""

_FROM_DECISIONS = """
INSERT OR IGNORE INTO presence (blueprint, finding_id, since, rule, layer_a, layer_b, town, village)
SELECT blueprint, finding_id, min(min(substr(decided_at, 1, 10)), ?), '', '', '', '', '' FROM decision
GROUP BY blueprint, finding_id
"""
"""A register from before this table: what was decided on a day had been seen by then. Not later than the day
of the run at hand, which a blueprint may have fixed before anybody decided."""

UNDECIDABLE = "engine.only_undecidable"
"""Why a rule that looked at everything has not earned "none found": what it could not decide is there."""

_NAMES = ("finding_id", "since", "until", "rule", "layer_a", "layer_b", "town", "village")
_ABOUT = ("rule", "layer_a", "layer_b", "town", "village")


@dataclass(frozen=True, kw_only=True)
class Presence:
    """What the register knows of findings on the day of a run.

    ``first_seen`` is the day of the first run that had a finding, ``returned`` are those of the run that were
    gone in between, ``resolved`` has ``town`` and ``village`` of each that is gone.
    """

    first_seen: Mapping[str, dt.date]
    returned: frozenset[str]
    resolved: pd.DataFrame


def note_presence(run: Run, folder: Path) -> None:
    """Write down which findings a run has, and which of those before it are gone.

    A finding is gone where its rule was checked on its layers and did not report it; where it was not checked
    nothing is known. What is gone and back on one day (``as_of``, which a blueprint may fix) stood all the
    time. A run of an earlier day than the last one only says that its findings were there by then.

    Raises
    ------
    OutputError
        The register cannot be written.
    """
    path = register_beside(folder)
    try:
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("BEGIN IMMEDIATE")  # nobody writes between what is read and what is written
            _prepare(connection, run.facts.as_of.isoformat())
            _note(connection, run, _there(run))
    except sqlite3.Error as error:
        raise OutputError(message("compare.register_lost", file=path.name, reason=str(error))) from error


def presence_on(run: Run, folder: Path) -> Presence | None:
    """Return what the register beside a run's folder knows of findings on the run's day; None without one.

    A register that cannot be read, or is older than this knowledge, has none.
    """
    path = register_beside(folder)
    if not path.is_file():
        return None
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            rows = _read(connection, run.facts.name)
    except sqlite3.Error:
        return None
    return _presence(rows[rows["since"] <= run.facts.as_of.isoformat()], run)


def _presence(rows: pd.DataFrame, run: Run) -> Presence:
    day = run.facts.as_of.isoformat()
    mine = rows["finding_id"].isin(list(_ids(run)))
    gone = (rows["until"] != "") & (rows["until"] <= day)
    first = rows.groupby("finding_id")["since"].min()
    lasting = set(rows.loc[~gone, "finding_id"])
    resolved = rows[gone & ~mine & ~rows["finding_id"].isin(list(lasting))]
    return Presence(
        first_seen={str(name): dt.date.fromisoformat(since) for name, since in first.items()},
        returned=frozenset(rows.loc[gone & mine, "finding_id"]),
        resolved=resolved.sort_values("until").drop_duplicates("finding_id", keep="last")[
            ["town", "village"]
        ],
    )


def _ids(run: Run) -> set[str]:
    """Return the ids of the findings that a run has; a waived one is there too."""
    return {*run.findings["finding_id"], *run.waived["finding_id"]}


def _there(run: Run) -> pd.DataFrame:
    tables = []
    for table in (run.findings, run.waived):
        told = pd.DataFrame(table[["finding_id", "rule", "layer_a", "layer_b"]]).fillna("")
        told = told.astype(str).astype(object)  # texts as objects are gone through ten times as fast
        tables.append(told.assign(**areas_of(run, table)))
    return pd.concat(tables, ignore_index=True).drop_duplicates("finding_id")


def _prepare(connection: sqlite3.Connection, day: str) -> None:
    """Make the table where there is none, with what an older register knows."""
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    connection.execute(_TABLE)
    if "presence" not in tables and "decision" in tables:
        connection.execute(_FROM_DECISIONS, (day,))


def _read(connection: sqlite3.Connection, blueprint: str) -> pd.DataFrame:
    select = f"SELECT {', '.join(_NAMES)} FROM presence WHERE blueprint = ?"  # noqa: S608  # constants
    return pd.DataFrame(connection.execute(select, (blueprint,)).fetchall(), columns=list(_NAMES))


def _note(connection: sqlite3.Connection, run: Run, there: pd.DataFrame) -> None:
    known = _read(connection, run.facts.name)
    name, day = run.facts.name, run.facts.as_of.isoformat()
    last = max([*known["since"], *known["until"]], default="")
    standing = known[known["until"] == ""]
    if day < last:
        _there_by(connection, name, day, known, there)
        return
    stood = _among(there["finding_id"], standing["finding_id"])
    _insert(connection, name, day, there[~stood], known)
    _tell(connection, name, _told_anew(there[stood], standing))
    gone = standing[~_among(standing["finding_id"], there["finding_id"]) & _checked(standing, run.outcomes)]
    ended = [(day, name, one) for one in gone["finding_id"]]
    connection.executemany(
        "UPDATE presence SET until = ? WHERE blueprint = ? AND finding_id = ? AND until = ''", ended
    )


def _among(ids: pd.Series[str], others: pd.Series[str]) -> BoolArray:
    """Return which ids are among the others."""
    known = set(others)
    return np.array([one in known for one in ids], dtype=np.bool_)


def _told_anew(rows: pd.DataFrame, standing: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that say something else of their findings than the register does."""
    known = {row[0]: row[1:] for row in standing[["finding_id", *_ABOUT]].itertuples(index=False, name=None)}
    told = rows[["finding_id", *_ABOUT]].itertuples(index=False, name=None)
    return rows[np.array([known[row[0]] != row[1:] for row in told], dtype=np.bool_)]


def _insert(
    connection: sqlite3.Connection, name: str, day: str, rows: pd.DataFrame, known: pd.DataFrame
) -> None:
    """Let findings stand from a day on; one that ended on this very day goes on standing."""
    ended = set(known.loc[known["until"] == day, "finding_id"])
    again = [(name, one, day) for one in rows["finding_id"] if one in ended]
    connection.executemany(
        "UPDATE presence SET until = '' WHERE blueprint = ? AND finding_id = ? AND until = ?", again
    )
    values = rows[["finding_id", *_ABOUT]].itertuples(index=False, name=None)
    connection.executemany(
        "INSERT INTO presence (blueprint, since, finding_id, rule, layer_a, layer_b, town, village) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        sorted((name, day, *row) for row in values if row[0] not in ended),  # as the table is ordered
    )


def _tell(connection: sqlite3.Connection, name: str, rows: pd.DataFrame) -> None:
    """Write down anew what findings are about, which a migrated row does not know, and where they lie now."""
    values = rows[[*_ABOUT, "finding_id"]].itertuples(index=False, name=None)
    connection.executemany(
        "UPDATE presence SET rule = ?, layer_a = ?, layer_b = ?, town = ?, village = ? "
        "WHERE finding_id = ? AND blueprint = ? AND until = ''",
        [(*row, name) for row in values],
    )


def _there_by(
    connection: sqlite3.Connection, name: str, day: str, known: pd.DataFrame, there: pd.DataFrame
) -> None:
    """Move the first day of findings back to that of an earlier run which is noted late."""
    first = known.groupby("finding_id")["since"].min()
    earlier = first[(first > day) & first.index.isin(there["finding_id"])]
    connection.executemany(
        "UPDATE presence SET since = ? WHERE blueprint = ? AND finding_id = ? AND since = ?",
        [(day, name, str(one), since) for one, since in earlier.items()],
    )


def _checked(rows: pd.DataFrame, outcomes: Iterable[Outcome]) -> pd.Series[bool]:
    """Say of which findings the rule was checked on the layers, so that their absence tells something."""
    told: set[tuple[str, str, str]] = set()
    for one in outcomes:
        decided = one.answer != "not_checked" or (one.reason is not None and one.reason.key == UNDECIDABLE)
        if decided:
            others = ("", *(one.layer_b or "").split(", "))
            told |= {(one.rule, one.layer_a or "", other) for other in others}
    keys = zip(rows["rule"], rows["layer_a"], rows["layer_b"], strict=True)
    return pd.Series([key in told for key in keys], index=rows.index, dtype=bool)
