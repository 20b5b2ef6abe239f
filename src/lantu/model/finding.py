"""A finding: A says this, B says that, here. Its columns, in the order of the contract."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Literal

import geopandas as gpd
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyproj import CRS

Severity = Literal["critical", "major", "minor", "info"]

SEVERITIES: tuple[Severity, ...] = ("critical", "major", "minor", "info")
"""Most serious first."""

FINDING_COLUMNS: dict[str, str] = {
    "finding_id": "object",
    "rule": "object",
    "verdict": "object",  # conflict | undecidable
    "severity": "object",
    "department_a": "object",
    "layer_a": "object",
    "id_a": "object",
    "department_b": "object",
    "layer_b": "object",
    "id_b": "object",
    "field": "object",
    "value_a": "object",
    "value_b": "object",
    "raw_a": "object",
    "raw_b": "object",
    "measure": "float64",
    "unit": "object",
    "required": "float64",
    "tolerance": "float64",
    "share_a": "float64",
    "cause_id": "object",
    "level": "object",
    "town": "object",
    "village": "object",
    "message": "object",
}
"""Column name to dtype, in the order of the contract; ``geometry`` follows."""

ID_LENGTH = 16


def finding_id(
    rule: str, layer_a: str, id_a: str, layer_b: str | None, id_b: str | None, part: str = ""
) -> str:
    """Return the stable id of a finding, e.g. ``LU01-3f2a…``: rule code and 16 hex digits of SHA-256.

    It depends on the rule code, both layers and both ids; ``part`` tells apart several findings of
    one rule on one pair (the field in contradiction, the number of the crossing).
    """
    return finding_ids(rule, layer_a, [id_a], layer_b, [id_b], [part])[0]


def finding_ids(
    rule: str,
    layer_a: str,
    ids_a: Iterable[str],
    layer_b: str | None,
    ids_b: Iterable[str | None],
    parts: Iterable[str | None],
) -> list[str]:
    """Return the ids of all findings of one rule on two layers."""
    head, between = f"{rule}\x1f{layer_a}\x1f", f"\x1f{layer_b or ''}\x1f"
    keys = (
        f"{head}{a}{between}{b or ''}\x1f{part or ''}" for a, b, part in zip(ids_a, ids_b, parts, strict=True)
    )
    digits = (hashlib.sha256(key.encode("utf-8")).hexdigest() for key in keys)
    return [f"{rule}-{one[:ID_LENGTH]}" for one in digits]


def empty_findings(crs: CRS | str | None) -> gpd.GeoDataFrame:
    """Return a findings table without rows, with every column of the contract."""
    columns = {name: pd.Series(dtype=dtype) for name, dtype in FINDING_COLUMNS.items()}
    return gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries([], crs=crs), crs=crs)
