"""Findings taken out by waivers, as long as their objects are what they were when they were waived."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from lantu.model import StoredFindings
from lantu.register.objects import digests
from lantu.register.waiver_lock import finding_digests, key_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    import geopandas as gpd

    from lantu.model import BoolArray, IntArray, Layer
    from lantu.register.waiver_file import Waiver
    from lantu.register.waiver_lock import Lock, Rows


KEY_COLUMNS = ("rule", "layer_a", "id_a", "layer_b", "id_b")
"""What a waiver names findings by."""


@dataclass(frozen=True, kw_only=True)
class Waived:
    """Findings split by waivers, what became of each waiver, and the lock as it should be from now on."""

    findings: gpd.GeoDataFrame | StoredFindings
    waived: gpd.GeoDataFrame
    summary: dict[str, Any]
    lock: Lock | None = None


def waive(
    findings: gpd.GeoDataFrame | StoredFindings,
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
    told = pd.DataFrame(findings[list(KEY_COLUMNS)]) if waivers else pd.DataFrame()
    covered = [waiver.covers(told) for waiver in waivers]
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
        findings=_without(findings, taken),
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


def _without(findings: Any, taken: BoolArray) -> Any:  # noqa: ANN401  # a table, or stored
    if isinstance(findings, StoredFindings):
        return findings.without(taken) if taken.any() else findings
    return findings[~taken].reset_index(drop=True)


def _held(
    findings: gpd.GeoDataFrame | StoredFindings,
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
    chosen = findings[by >= 0]
    keys = [key_of(waivers[by[at]], one) for at, one in zip(taken, chosen["finding_id"], strict=True)]
    now = finding_digests(chosen, digests(layers))
    changed = [at for at, key, one in zip(taken, keys, now, strict=True) if rows.get(key, one) != one]
    return dict(zip(keys, now, strict=True)) | rows, np.array(changed, dtype=np.int64)
