"""The register: one SQLite file beside the runs, to which decisions are only ever added."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lantu.errors import RegisterError
from lantu.messages import message
from lantu.register.decisions_file import TEXTS, Decision

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

REGISTER = "register.sqlite"
SCHEMA_VERSION = 1

_TABLES = """
CREATE TABLE decision (
  entry_id TEXT PRIMARY KEY, blueprint TEXT NOT NULL, run TEXT NOT NULL, finding_id TEXT NOT NULL,
  decision TEXT NOT NULL, decided_by TEXT NOT NULL, said_at TEXT NOT NULL, decided_at TEXT NOT NULL,
  responsible TEXT NOT NULL, due TEXT NOT NULL, until TEXT NOT NULL, reason TEXT NOT NULL, note TEXT NOT NULL,
  seen TEXT NOT NULL, digest TEXT NOT NULL
);
CREATE INDEX decision_of_blueprint ON decision (blueprint, finding_id);
CREATE TRIGGER decision_stays BEFORE UPDATE ON decision BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER decision_is_kept BEFORE DELETE ON decision BEGIN SELECT RAISE(ABORT, 'append only'); END;
"""
_SAID = (
    "finding_id", "decision", "decided_by", "said_at", "responsible", "due", "until", "reason", "note",
)  # fmt: skip
"""The columns of ``decisions_file.TEXTS``, in its order."""

_COLUMNS = ("entry_id", "blueprint", "run", *_SAID, "decided_at", "seen", "digest")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A decision as the register keeps it.

    ``run`` is the folder in whose report it was made, ``decided_at`` its time also where the file named
    none, ``digest`` what the finding rested on then (``standing.digests``).
    """

    said: Decision
    blueprint: str
    run: str
    decided_at: str
    digest: str

    def shown(self) -> dict[str, Any]:
        """Return the entry as plain values, for reports; what was not said is None."""
        texts = {name: getattr(self.said, name) or None for name in TEXTS if name != "finding_id"}
        # The page names what was seen by the time that the file gave, so this is the one that it gets.
        return texts | {"decided_at": self.decided_at, "run": self.run}


def register_beside(run_folder: Path) -> Path:
    """Return the register of the folder in which a run's folder lies, there or not."""
    return run_folder.resolve().parent / REGISTER


def add_entries(register: Path, entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Add the entries that the register does not have, all or none; return those added.

    The register is made where it is missing, and stays as it is, byte for byte, where nothing is new.

    Raises
    ------
    RegisterError
        The file is no register, is of a newer version, or cannot be written.
    """
    known = {entry.said.entry_id for entry in read_entries(register)}
    new = {entry.said.entry_id: entry for entry in entries if entry.said.entry_id not in known}
    if not new:
        return ()
    marks = ", ".join("?" * len(_COLUMNS))
    insert = f"INSERT OR IGNORE INTO decision ({', '.join(_COLUMNS)}) VALUES ({marks})"  # noqa: S608  # constants
    try:
        with closing(sqlite3.connect(register)) as connection, connection:
            if _version(connection) == 0:
                connection.executescript(f"BEGIN;{_TABLES}PRAGMA user_version = {SCHEMA_VERSION};COMMIT;")
            connection.executemany(insert, [_row(entry) for entry in new.values()])
    except sqlite3.Error as error:
        raise RegisterError(
            message("decisions.cannot_write", file=register.name, reason=str(error))
        ) from error
    return tuple(new.values())


def read_entries(register: Path, *, blueprint: str | None = None) -> tuple[Entry, ...]:
    """Return the entries of a register in the order in which they came; none where there is no register.

    ``blueprint`` keeps those of the blueprint of this name: runs of several may lie side by side, and
    equal layer names and ids would give equal finding ids.

    Raises
    ------
    RegisterError
        The file is no register or is of a newer version.
    """
    if not register.is_file():
        return ()
    where, values = ("", ()) if blueprint is None else (" WHERE blueprint = ?", (blueprint,))
    select = f"SELECT {', '.join(_COLUMNS)} FROM decision{where} ORDER BY rowid"  # noqa: S608  # constants
    try:
        with closing(sqlite3.connect(f"{register.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            version = _version(connection)
            if version > SCHEMA_VERSION:
                raise RegisterError(
                    message(
                        "decisions.newer_register", file=register.name, found=version, known=SCHEMA_VERSION
                    )
                )
            rows = connection.execute(select, values).fetchall() if version else []
    except sqlite3.Error as error:
        raise RegisterError(
            message("decisions.no_register", file=register.name, reason=str(error))
        ) from error
    return tuple(_entry(dict(zip(_COLUMNS, row, strict=True))) for row in rows)


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _row(entry: Entry) -> tuple[str, ...]:
    said = [getattr(entry.said, name) for name in TEXTS]
    seen = json.dumps(entry.said.seen, ensure_ascii=False)
    return (
        entry.said.entry_id, entry.blueprint, entry.run, *said, entry.decided_at, seen, entry.digest,
    )  # fmt: skip


def _entry(row: dict[str, str]) -> Entry:
    texts = {name: row[column] for name, column in zip(TEXTS, _SAID, strict=True)}
    seen = tuple((by, at) for by, at in json.loads(row["seen"]))
    return Entry(
        said=Decision(**texts, seen=seen),
        blueprint=row["blueprint"],
        run=row["run"],
        decided_at=row["decided_at"],
        digest=row["digest"],
    )
