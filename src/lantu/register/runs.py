"""The runs of a folder as the register remembers them: how many findings each had."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

from lantu.errors import OutputError
from lantu.messages import message
from lantu.register.history import register_beside

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping
    from pathlib import Path

COUNTED = ("conflict", "undecidable", "not_checked", "waived")

_TABLE = """
CREATE TABLE IF NOT EXISTS runs (
  place INTEGER PRIMARY KEY, blueprint TEXT NOT NULL, run TEXT NOT NULL, as_of TEXT NOT NULL,
  conflict INTEGER NOT NULL, undecidable INTEGER NOT NULL, not_checked INTEGER NOT NULL,
  waived INTEGER NOT NULL, UNIQUE (blueprint, run)
)
"""
_NAMES = ("run", "as_of", *COUNTED)


def add_run(folder: Path, *, blueprint: str, as_of: dt.date, counts: Mapping[str, Any]) -> None:
    """Write down the counts of the run in ``folder`` in the register beside it, once a folder.

    ``counts`` are those of its ``run.json``.

    Raises
    ------
    OutputError
        The register cannot be written.
    """
    marks = ", ".join("?" * (len(_NAMES) + 1))
    again = ", ".join(f"{name} = excluded.{name}" for name in ("as_of", *COUNTED))
    insert = f"INSERT INTO runs (blueprint, {', '.join(_NAMES)}) VALUES ({marks}) "  # noqa: S608  # constants
    insert += f"ON CONFLICT (blueprint, run) DO UPDATE SET {again}"
    path = register_beside(folder)
    try:
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute(_TABLE)
            counted = (counts[name] for name in COUNTED)
            values = (blueprint, folder.resolve().name, as_of.isoformat(), *counted)
            connection.execute(insert, values)
    except sqlite3.Error as error:
        raise OutputError(message("compare.register_lost", file=path.name, reason=str(error))) from error


def read_runs(folder: Path, blueprint: str) -> tuple[dict[str, Any], ...]:
    """Return the runs of a blueprint beside ``folder`` but that of the folder itself, oldest first.

    Runs whose folder is gone stay: their counts are what they were. A register that cannot be read has none.
    """
    path = register_beside(folder)
    if not path.is_file():
        return ()
    select = f"SELECT {', '.join(_NAMES)} FROM runs WHERE blueprint = ? AND run <> ? ORDER BY as_of, place"  # noqa: S608  # constants
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            rows = connection.execute(select, (blueprint, folder.resolve().name)).fetchall()
    except sqlite3.Error:
        return ()
    return tuple(dict(zip(_NAMES, row, strict=True)) for row in rows)
