"""The findings as columns for the page; a text that repeats is stored once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from lantu.model import FINDING_COLUMNS
from lantu.report.wording import column_texts, value_texts

if TYPE_CHECKING:
    import geopandas as gpd

    from lantu.model import Run

SIGNIFICANT = 8
"""Digits that the page keeps of a measure; the full number stands in ``findings.parquet``."""

EXACT = 22
"""The highest power of ten that is exact in 64 bits: rounding to more decimals would not be to decimals."""

SHARE_DIGITS = 5
"""Digits that the page keeps of a share, which it shows in per cent to one digit."""


def finding_columns(findings: gpd.GeoDataFrame) -> dict[str, Any]:
    """Return each column of the contract as ``{"values", "codes"}`` for texts and as a list for numbers.

    What a finding says is not among them: see ``sentences``.
    """
    return {
        name: texts(findings[name])
        if dtype == "object"
        else numbers(findings[name], digits=SHARE_DIGITS if name == "share_a" else SIGNIFICANT)
        for name, dtype in FINDING_COLUMNS.items()
        if name != "message"
    }


def texts(series: pd.Series[Any]) -> dict[str, list[Any]]:
    """Return the different values in order of first appearance, and for each row its place there or -1."""
    codes, values = pd.factorize(series, use_na_sentinel=True)
    return {"values": [str(value) for value in values], "codes": codes.tolist()}


def numbers(series: pd.Series[Any], *, digits: int = SIGNIFICANT) -> list[float | None]:
    """Return the numbers to ``digits`` significant digits, None where there is none."""
    values = series.to_numpy(dtype=np.float64, na_value=np.nan)
    finite = np.isfinite(values)
    rounded = np.zeros(len(values))
    sized = finite & (values != 0)
    places = digits - 1 - np.floor(np.log10(np.abs(values[sized]))).astype(int)
    for place in np.unique(places):
        rows = np.flatnonzero(sized)[places == place]
        rounded[rows] = np.round(values[rows], min(int(place), EXACT))
    return [value if known else None for value, known in zip(rounded.tolist(), finite.tolist(), strict=True)]


def folded(columns: dict[str, Any]) -> dict[str, Any]:
    """Return columns as the page carries them: whole numbers as steps from row to row.

    Findings are in the order of their objects, so steps are small and repeat: a seventh of the size.
    ``payload.js`` sums them up again.
    """
    return {name: _folded(column) for name, column in columns.items()}


def unfolded(columns: dict[str, Any]) -> dict[str, Any]:
    """Return columns as they were before ``folded``."""
    return {name: _unfolded(column) for name, column in columns.items()}


def _unfolded(column: Any) -> Any:  # noqa: ANN401  # as they stand in the page
    if not isinstance(column, dict):
        return column
    if "steps" in column:
        return np.cumsum(column["steps"], dtype=np.int64).tolist()
    return column | {"codes": _unfolded(column["codes"])}


def _folded(column: Any) -> Any:  # noqa: ANN401  # texts, whole numbers or numbers
    if isinstance(column, dict):
        return column | {"codes": _steps(column["codes"])}
    if column and all(isinstance(value, int) for value in column):
        return _steps(column)
    return column


def _steps(column: list[int]) -> dict[str, list[int]]:
    return {"steps": np.diff(column, prepend=0).astype(np.int64).tolist()}


def labels(run: Run) -> dict[str, Any]:
    """Return, for each column in contradiction, its name and its values in both languages."""
    pairs: set[tuple[str, str]] = set()
    fields = sorted(set(run.findings["field"].dropna()))
    for side in ("value_a", "value_b"):
        given = run.findings[["field", side]].dropna().drop_duplicates()
        pairs.update(zip(given["field"], given[side], strict=True))
    found: dict[str, Any] = {field: {"name": column_texts(field), "values": {}} for field in fields}
    for field, value in sorted(pairs):
        said = value_texts(field, value)
        if set(said.values()) != {value}:  # most values of most columns are names and numbers
            found[field]["values"][value] = said
    return found
