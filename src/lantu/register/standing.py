"""Where a finding stands: the latest decisions in force, clashes, age, what is overdue and what reopened.

Everything here is a function of the set of entries: the order in which files came in does not matter.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from lantu.register.decisions_file import instant

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import geopandas as gpd

    from lantu.register.history import Entry

STATUSES = ("open", "decided", "waived", "false_alarm", "postponed", "clash", "lapsed", "reopened")
"""``decided`` is any of the three corrections; ``lapsed`` a waiver whose date has passed."""

CORRECTIONS = ("a_corrects", "b_corrects", "both_correct")
COMPARED = ("value_a", "value_b", "raw_a", "raw_b")
ROUNDED_M = 3
"""Decimals of a metre that the digest keeps of coordinates."""


def digests(findings: gpd.GeoDataFrame) -> dict[str, str]:
    """Return by finding what a decision rests on: SHA-256 of the compared values and the conflict's geometry.

    Neither the start of a ring nor anything below a millimetre changes it.
    """
    shapes = shapely.transform(
        shapely.force_2d(findings.geometry.to_numpy()), lambda xy: np.round(xy, ROUNDED_M) + 0.0
    )
    wkb = shapely.to_wkb(shapely.normalize(shapes), byte_order=1)
    texts = findings[list(COMPARED)].astype(object)
    rows = texts.where(texts.notna(), None).itertuples(index=False, name=None)
    return {
        name: hashlib.sha256(repr(row).encode("utf-8", errors="replace") + (shape or b"")).hexdigest()
        for name, row, shape in zip(findings["finding_id"], rows, wkb, strict=True)
    }


def latest(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return the entries in force, newest first: of each person the last, unless somebody has replaced it.

    An entry replaces those that its author had seen.
    """
    known = list(entries)
    seen = {pair for e in known for pair in e.said.seen if pair != (e.said.by, e.said.at)}
    left = [entry for entry in known if (entry.said.by, entry.said.at) not in seen] or known
    ordered = sorted(left, key=lambda entry: (instant(entry.decided_at), entry.said.entry_id))
    by_person = {entry.said.by: entry for entry in ordered}
    return tuple(sorted(by_person.values(), key=ordered.index, reverse=True))


def clashing(entries: Sequence[Entry]) -> bool:
    """Say whether entries in force decide differently: another decision, department, due date or term."""
    return len({(e.said.decision, e.said.responsible, e.said.due, e.said.until) for e in entries}) > 1


def standing(entries: Sequence[Entry], digest: str, as_of: dt.date) -> dict[str, Any]:
    """Return where one finding stands, as plain values: status, age_days, overdue and the whole history.

    ``digest`` is that of the finding as it is now. Age counts from the newest decision to ``as_of``.
    """
    heads = latest(entries)
    status = _status(heads, digest, as_of)
    dues = [head.said.due for head in heads if head.said.due]
    decided_on = instant(heads[0].decided_at).date()
    ordered = sorted(entries, key=lambda entry: (instant(entry.decided_at), entry.said.entry_id))
    return {
        "status": status,
        "age_days": max((as_of - decided_on).days, 0),
        "overdue": status not in {"waived", "false_alarm"}
        and any(dt.date.fromisoformat(due) < as_of for due in dues),
        "history": [entry.shown() | {"latest": entry in heads} for entry in ordered],
    }


def _status(heads: Sequence[Entry], digest: str, as_of: dt.date) -> str:
    if all(head.digest != digest for head in heads):
        return "reopened"
    if clashing(heads):
        return "clash"
    said = heads[0].said
    if said.decision == "waived" and dt.date.fromisoformat(said.until) < as_of:
        return "lapsed"
    return "decided" if said.decision in CORRECTIONS else said.decision


def standings(
    history: Mapping[str, Sequence[Entry]], findings: gpd.GeoDataFrame, as_of: dt.date
) -> dict[str, Any]:
    """Return what a report says of decisions: counts by status, overdue ones, and each decided finding.

    ``gone`` are decided findings that this run does not have; whether they are resolved or were not tested
    again, ``lantu compare`` tells.
    """
    known = findings[findings["finding_id"].isin(list(history))]
    now = digests(known)
    found = {name: standing(history[name], now[name], as_of) for name in sorted(now)}
    counts = dict.fromkeys(STATUSES, 0)
    for entry in found.values():
        counts[entry["status"]] += 1
    counts["open"] = len(findings) - len(found)
    return {
        "counts": counts,
        "overdue": sum(entry["overdue"] for entry in found.values()),
        "findings": found,
        "gone": sorted(set(history) - set(found)),
    }
