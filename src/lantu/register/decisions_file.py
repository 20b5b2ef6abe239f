"""The file in which decisions travel from a report's page to the register (docs/decisions_file.md)."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from lantu.errors import RegisterError
from lantu.messages import Message, message

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SCHEMA = "lantu.decisions"
VERSION = 1

DECISIONS = ("a_corrects", "b_corrects", "both_correct", "waived", "false_alarm", "postponed")
"""What can be decided about a finding, in the order of the keys 1 to 6 in the page."""

TEXTS = ("finding_id", "decision", "by", "at", "responsible", "due", "until", "reason", "note")
"""The texts of an entry; all but the first two may be missing."""


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What one person decided about one finding, as the file says it; an empty text is "not said".

    ``at`` is ISO 8601 with an offset, ``due`` and ``until`` (of a waiver) are ISO dates. ``seen`` are the
    decisions on the same finding, each as (by, at), that the person had before them: those are replaced.
    """

    finding_id: str
    decision: str
    by: str = ""
    at: str = ""
    responsible: str = ""
    due: str = ""
    until: str = ""
    reason: str = ""
    note: str = ""
    seen: tuple[tuple[str, str], ...] = ()

    @property
    def entry_id(self) -> str:
        """Return what tells entries apart: SHA-256 of all that is said, so that a copy is no second entry."""
        said = [*(getattr(self, name) for name in TEXTS), sorted(self.seen)]
        return hashlib.sha256(json.dumps(said).encode("ascii")).hexdigest()


@dataclass(frozen=True, kw_only=True)
class DecisionsFile:
    """A file that was read: whose run it belongs to, its sound entries, and what is wrong with the others."""

    run: str
    findings_sha256: str
    decisions: tuple[Decision, ...]
    mistakes: tuple[Message, ...]


def read_decisions(path: Path, *, by: str | None = None) -> DecisionsFile:
    """Read a decisions file; ``by`` names the person of entries that name nobody.

    An entry that cannot be used is a mistake of its own and costs no other one.

    Raises
    ------
    RegisterError
        The file cannot be read, is no decisions file, or is of a newer version.
    """
    try:
        told = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise RegisterError(
            message("decisions.unreadable", file=path.name, reason=str(error.strerror or error))
        ) from error
    except (ValueError, RecursionError) as error:
        raise RegisterError(message("decisions.no_json", file=path.name, reason=str(error))) from error
    if (
        not isinstance(told, dict)
        or told.get("schema") != SCHEMA
        or not isinstance(told.get("decisions"), list)
    ):
        raise RegisterError(message("decisions.no_schema", file=path.name, schema=SCHEMA))
    if told.get("version") != VERSION:
        raise RegisterError(
            message("decisions.version", file=path.name, found=str(told.get("version")), known=VERSION)
        )
    mistakes: list[Message] = []
    entries: list[Decision] = []
    for place, given in enumerate(told["decisions"], start=1):
        found = _entry(given, by)
        if isinstance(found, Message):
            mistakes.append(message("decisions.entry", file=path.name, place=place, what=found))
        else:
            entries.append(found)
    return DecisionsFile(
        run=str(told.get("run", "")),
        findings_sha256=str(told.get("findings_sha256", "")),
        decisions=tuple(entries),
        mistakes=tuple(mistakes),
    )


def _entry(given: Any, by: str | None) -> Decision | Message:  # noqa: ANN401  # whatever JSON holds
    """Return an entry, or what is wrong with it."""
    if not isinstance(given, dict):
        return message("decisions.no_entry")
    texts: dict[str, str] = {}
    for name in TEXTS:
        value = given.get(name)
        if value is not None and not isinstance(value, str):
            return message("decisions.no_text", field=name)
        texts[name] = _storable(value or "")
    seen = given.get("seen") or []
    try:
        pairs = tuple(sorted({(_storable(one["by"]), _storable(one["at"])) for one in seen}))
    except (TypeError, KeyError, AttributeError):
        return message("decisions.no_seen")
    entry = Decision(**texts, seen=pairs)
    entry = replace(entry, by=entry.by.strip() or (by or "").strip())
    return _wrong(entry) or entry


def _storable(text: str) -> str:
    """Return text without halves of characters, which no database takes."""
    return text.encode("utf-8", errors="replace").decode("utf-8")


def _wrong(entry: Decision) -> Message | None:
    """Return what keeps an entry from being used."""
    if not entry.finding_id:
        return message("decisions.no_finding")
    if entry.decision not in DECISIONS:
        return message("decisions.no_decision", found=entry.decision, known=", ".join(DECISIONS))
    if not entry.by:
        return message("decisions.nobody", id=entry.finding_id)
    for name, read in _READ.items():
        text = getattr(entry, name)
        if text and not _readable(text, read):
            return message(f"decisions.no_{name}", id=entry.finding_id, found=text)
    if entry.decision == "waived" and not (entry.reason.strip() and entry.until):
        return message("decisions.bare_waiver", id=entry.finding_id)
    return None


def instant(text: str) -> dt.datetime:
    """Return the moment of ISO 8601 text with an offset.

    Raises
    ------
    ValueError
        The text is no such moment.
    """
    moment = dt.datetime.fromisoformat(text)
    if moment.tzinfo is None:
        problem = f"no offset from UTC: {text}"
        raise ValueError(problem)
    return moment


_READ: dict[str, Callable[[str], object]] = {
    "at": instant,
    "due": dt.date.fromisoformat,
    "until": dt.date.fromisoformat,
}


def _readable(text: str, read: Callable[[str], object]) -> bool:
    try:
        read(text)
    except ValueError:
        return False
    return True
