"""The audit: one line for every file that left, kept beside the runs and only ever added to."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lantu.errors import OutputError
from lantu.messages import message

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from lantu.publishing.audience import Audience

AUDIT = "audit.jsonl"


@dataclass(frozen=True, kw_only=True)
class Sender:
    """Who publishes, when, and from which run's folder."""

    by: str
    now: dt.datetime
    run_folder: Path


def audit_beside(run_folder: Path) -> Path:
    """Return the audit of the folder in which a run's folder lies, there or not."""
    return run_folder.resolve().parent / AUDIT


def add_lines(edition: Path, who: Audience, sender: Sender, *, encrypted: bool) -> None:
    """Add a line a file of an edition: who published it, when, of which run, for whom, at which level, hash.

    Raises
    ------
    OutputError
        The audit cannot be written: then nothing may leave.
    """
    lines = [
        {
            "at": sender.now.isoformat(timespec="seconds"),
            "by": sender.by,
            "run": sender.run_folder.resolve().name,
            "audience": who.name,
            "level": who.level,
            "file": path.relative_to(edition).as_posix(),
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "encrypted": encrypted,
        }
        for path in sorted(edition.rglob("*"))
        if path.is_file()
    ]
    path = audit_beside(sender.run_folder)
    try:
        with path.open("a", encoding="utf-8", newline="\n") as stream:
            stream.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    except OSError as error:
        raise OutputError(message("report.cannot_write", file=str(path), reason=str(error))) from error
