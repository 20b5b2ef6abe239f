"""Taking a decisions file into the register, and what the register says about a run."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd

from lantu.errors import RegisterError
from lantu.messages import Message, message
from lantu.register.decisions_file import read_decisions
from lantu.register.history import Entry, add_entries, read_entries, register_beside
from lantu.register.standing import clashing, digests, latest, standings

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from lantu.model import Run
    from lantu.register.decisions_file import DecisionsFile


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What became of a decisions file: entries added, those known already, mistakes, and clashes now."""

    register: Path
    added: tuple[Entry, ...]
    known: int
    mistakes: tuple[Message, ...]
    clashes: tuple[tuple[Entry, ...], ...]


def take_decisions(run_folder: Path, file: Path, *, now: dt.datetime, by: str | None = None) -> Taken:
    """Take the decisions of a file into the register beside ``run_folder``.

    ``now`` (with its offset) stands for the time of entries that give none; ``by`` for a missing name.
    Entries about findings that the run does not have are mistakes; the others are kept. The same file a
    second time changes nothing.

    Raises
    ------
    RegisterError
        The folder is no run, the file is none of its reports', or the register cannot be used.
    """
    name, findings, sha256 = _run(run_folder)
    told = read_decisions(file, by=by)
    _require_of(told, file.name, name, sha256)
    of_file = {entry.finding_id for entry in told.decisions}
    digest = digests(findings[findings["finding_id"].isin(list(of_file))])
    unknown = sorted(of_file - set(digest))
    entries = [
        Entry(
            said=said,
            blueprint=name,
            run=run_folder.resolve().name,
            decided_at=said.at or now.isoformat(),
            digest=digest[said.finding_id],
        )
        for said in told.decisions
        if said.finding_id in digest
    ]
    register = register_beside(run_folder)
    added = add_entries(register, entries)
    return Taken(
        register=register,
        added=added,
        known=len({entry.said.entry_id for entry in entries}) - len(added),
        mistakes=(*told.mistakes, *(message("decisions.unknown_finding", id=one) for one in unknown)),
        clashes=_clashes(register, name, set(digest)),
    )


def decisions_on(run: Run, folder: Path) -> dict[str, Any] | None:
    """Return what the register beside a run's folder says of its findings; None where there is no register.

    Raises
    ------
    RegisterError
        The file is no register or is of a newer version.
    """
    register = register_beside(folder)
    if not register.is_file():
        return None
    by_finding = _by_finding(read_entries(register, blueprint=run.facts.name))
    return standings(by_finding, run.findings, run.facts.as_of)


def _by_finding(entries: tuple[Entry, ...]) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        found.setdefault(entry.said.finding_id, []).append(entry)
    return found


def _clashes(register: Path, blueprint: str, findings: set[str]) -> tuple[tuple[Entry, ...], ...]:
    by_finding = _by_finding(read_entries(register, blueprint=blueprint))
    heads = [latest(by_finding[name]) for name in sorted(findings & set(by_finding))]
    return tuple(entries for entries in heads if clashing(entries))


def _run(folder: Path) -> tuple[str, gpd.GeoDataFrame, str]:
    """Return the blueprint's name, the findings, and the SHA-256 of their file, of a run's folder."""
    record, table = folder / "run.json", folder / "findings.parquet"
    for path in (record, table):
        if not path.is_file():
            raise RegisterError(message("decisions.no_run", folder=str(folder), file=path.name))
    try:
        name = str(json.loads(record.read_text(encoding="utf-8"))["blueprint"]["name"])
        findings = gpd.read_parquet(table)
        sha256 = hashlib.sha256(table.read_bytes()).hexdigest()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RegisterError(
            message("decisions.damaged_run", folder=str(folder), reason=str(error))
        ) from error
    return name, findings, sha256


def _require_of(told: DecisionsFile, file: str, name: str, sha256: str) -> None:
    """Raise where the decisions were not recorded in this run's report."""
    if told.run != name:
        raise RegisterError(message("decisions.other_run", file=file, found=told.run, expected=name))
    if told.findings_sha256 != sha256:
        raise RegisterError(
            message(
                "decisions.other_findings", file=file, found=told.findings_sha256[:12], expected=sha256[:12]
            )
        )
