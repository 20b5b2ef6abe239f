"""A run as the files it wrote tell it, whether it is still in memory or read back from its folder."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd

from lantu.errors import OutputError
from lantu.messages import message
from lantu.model import empty_translations
from lantu.register.objects import OBJECTS_FILE, digests
from lantu.staging import settle

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from lantu.model import Run

FINDINGS_FILE = "findings.parquet"
RECORD_FILE = "run.json"


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """What two runs are compared by: ``summary`` is ``run.json``, ``findings`` has the contract's columns.

    ``objects`` has the digests of ``register.objects``, None for a run that was written without them.
    ``waived`` are the ids of the findings that a waiver took out. ``translations`` has what the findings say
    in the language that is not the run's, as far as it was kept.
    """

    name: str
    summary: Mapping[str, Any]
    findings: gpd.GeoDataFrame
    objects: pd.DataFrame | None
    waived: frozenset[str]
    translations: pd.DataFrame = field(default_factory=empty_translations)


def recorded(run: Run, summary: Mapping[str, Any]) -> Recorded:
    """Return a run in memory, with its own summary, as if it had been written and read."""
    return Recorded(
        name=run.facts.name,
        summary=summary,
        findings=run.findings,
        objects=digests(run.facts.layers),
        waived=frozenset(run.waived["finding_id"]),
        translations=run.translations,
    )


def read_recorded(folder: Path) -> Recorded:
    """Read the folder that a check wrote.

    Raises
    ------
    OutputError
        The folder lacks ``run.json`` or ``findings.parquet``, or they cannot be read.
    """
    settle(folder)
    for name in (RECORD_FILE, FINDINGS_FILE):
        if not (folder / name).is_file():
            raise OutputError(message("compare.no_run", folder=str(folder), file=name))
    try:
        summary = json.loads((folder / RECORD_FILE).read_text(encoding="utf-8"))
        findings = gpd.read_parquet(folder / FINDINGS_FILE)
        path = folder / OBJECTS_FILE
        objects = pd.read_parquet(path) if path.is_file() else None
        waived = frozenset(str(one) for one in summary["waivers"].get("finding_ids", ()))
    except (OSError, ValueError, KeyError, AttributeError) as error:
        raise OutputError(message("compare.unreadable", folder=str(folder), reason=str(error))) from error
    return Recorded(
        name=folder.name or str(folder), summary=summary, findings=findings, objects=objects, waived=waived
    )
