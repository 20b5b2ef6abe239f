"""Since when each finding has been there: what stood from when until when, as a blueprint's runs saw it."""

from __future__ import annotations

import datetime as dt
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from lantu.errors import OutputError
from lantu.messages import message
from lantu.model import finding_parts, shapes_of
from lantu.register.history import register_beside
from lantu.register.rollup import areas_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    import pyarrow as pa

    from lantu.model import Outcome, Run
    from lantu.register.rollup import AreasOf

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

_THERE = """
CREATE TEMP TABLE there (finding_id, rule, layer_a, layer_b, town, village, known INTEGER NOT NULL DEFAULT 0)
"""
"""The findings of a run: ``known`` is 1 of one that stands in the register, 2 of one that ended this day."""

_KNOWN = (
    "CREATE INDEX there_by_id ON there (finding_id)",
    """
    DELETE FROM there WHERE EXISTS
    (SELECT 1 FROM there AS one WHERE one.finding_id = there.finding_id AND one.rowid < there.rowid)
    """,
    """
    UPDATE there SET known = 1 WHERE EXISTS (
      SELECT 1 FROM presence AS p
      WHERE p.blueprint = :name AND p.finding_id = there.finding_id AND p.until = '')
    """,
    """
    UPDATE there SET known = 2 WHERE known = 0 AND EXISTS (
      SELECT 1 FROM presence AS p
      WHERE p.blueprint = :name AND p.finding_id = there.finding_id AND p.until = :day)
    """,
)

_GOES_ON = """
UPDATE presence SET until = '' WHERE blueprint = :name AND until = :day
AND finding_id IN (SELECT finding_id FROM there WHERE known = 2)
"""

_TOLD_ANEW = """
UPDATE presence SET (rule, layer_a, layer_b, town, village)
= (SELECT rule, layer_a, layer_b, town, village FROM there WHERE finding_id = presence.finding_id)
WHERE blueprint = :name AND until = '' AND EXISTS (
  SELECT 1 FROM there WHERE finding_id = presence.finding_id AND known = 1
  AND (presence.rule, presence.layer_a, presence.layer_b, presence.town, presence.village)
  <> (rule, layer_a, layer_b, town, village))
"""
"""What a finding is about, which a migrated row does not know, and where it lies now."""

_NEW = """
INSERT INTO presence (blueprint, since, finding_id, rule, layer_a, layer_b, town, village)
SELECT :name, :day, finding_id, rule, layer_a, layer_b, town, village FROM there WHERE known = 0
ORDER BY finding_id
"""

_GONE = """
UPDATE presence SET until = :day WHERE blueprint = :name AND until = ''
AND NOT EXISTS (SELECT 1 FROM there WHERE finding_id = presence.finding_id)
AND (rule, layer_a, layer_b) IN (SELECT rule, layer_a, layer_b FROM checked)
"""

_THERE_BY = """
UPDATE presence SET since = :day WHERE blueprint = :name AND since > :day
AND finding_id IN (SELECT finding_id FROM there)
AND since = (
  SELECT min(since) FROM presence AS p WHERE p.blueprint = :name AND p.finding_id = presence.finding_id)
"""
"""The first day of findings goes back to that of an earlier run which is noted late."""

CACHE_KIB = 65_536

_TOLD = ("finding_id", "rule", "layer_a", "layer_b", "geometry")


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
            connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
            connection.execute("BEGIN IMMEDIATE")  # nobody writes between what is read and what is written
            _prepare(connection, run.facts.as_of.isoformat())
            _note(connection, run)
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


def _prepare(connection: sqlite3.Connection, day: str) -> None:
    """Make the table where there is none, with what an older register knows."""
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    connection.execute(_TABLE)
    if "presence" not in tables and "decision" in tables:
        connection.execute(_FROM_DECISIONS, (day,))


def _read(connection: sqlite3.Connection, blueprint: str) -> pd.DataFrame:
    select = f"SELECT {', '.join(_NAMES)} FROM presence WHERE blueprint = ?"  # noqa: S608  # constants
    return pd.DataFrame(connection.execute(select, (blueprint,)).fetchall(), columns=list(_NAMES))


def _note(connection: sqlite3.Connection, run: Run) -> None:
    given = {"name": run.facts.name, "day": run.facts.as_of.isoformat()}
    connection.execute(_THERE)
    for rows in _there(run):
        connection.executemany("INSERT INTO there VALUES (?, ?, ?, ?, ?, ?, 0)", rows)
    for statement in _KNOWN:
        connection.execute(statement, given)
    days = "SELECT max(since), max(until) FROM presence WHERE blueprint = :name"
    last = max(day or "" for day in connection.execute(days, given).fetchone())
    if given["day"] < last:
        connection.execute(_THERE_BY, given)
        return
    connection.execute("CREATE TEMP TABLE checked (rule, layer_a, layer_b)")
    connection.executemany("INSERT INTO checked VALUES (?, ?, ?)", _checked(run.outcomes))
    for statement in (_GOES_ON, _TOLD_ANEW, _NEW, _GONE):
        connection.execute(statement, given)


def _there(run: Run) -> Iterator[Iterable[tuple[str, ...]]]:
    """Yield the findings of a run, the waived ones too, some ten thousand at a time, as rows of ``there``."""
    areas = areas_of(run)
    for part in finding_parts(run.findings, _TOLD):
        yield _rows(part, areas)
    for part in finding_parts(run.waived, _TOLD):
        yield _rows(part, areas)


def _rows(part: pa.Table, areas: AreasOf) -> Iterable[tuple[str, ...]]:
    texts = [part.column(name).fill_null("").to_pylist() for name in _TOLD[:-1]]
    return zip(*texts, *areas(shapes_of(part.column(_TOLD[-1]))).values(), strict=True)


def _checked(outcomes: Iterable[Outcome]) -> set[tuple[str, str, str]]:
    """Return rule and layers of findings whose absence tells something: they were looked for."""
    told: set[tuple[str, str, str]] = set()
    for one in outcomes:
        decided = one.answer != "not_checked" or (one.reason is not None and one.reason.key == UNDECIDABLE)
        if decided:
            others = ("", *(one.layer_b or "").split(", "))
            told |= {(one.rule, one.layer_a or "", other) for other in others}
    return told
