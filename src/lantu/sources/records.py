"""Attributes that come one mapping per record: GeoJSON, TopoJSON, KML."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_INT64_LIMIT = 1 << 63


def frame_of(records: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return one column for each key, in order of first appearance, with values as delivered.

    Whole numbers stay whole (``Int64`` where some are missing), text stays text, a nested value becomes
    its JSON text, and a column of mixed kinds holds each value as it came.
    """
    names: dict[str, None] = {}
    for record in records:
        names |= dict.fromkeys(record)
    columns = {name: series_of([record.get(name) for record in records]) for name in names}
    return pd.DataFrame(columns, index=pd.RangeIndex(len(records)))


def series_of(values: Sequence[Any]) -> pd.Series:
    """Return a column of plain values with the narrowest type that changes none of them."""
    plain: list[Any] = [
        json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list)) else value
        for value in values
    ]
    kinds = {type(value) for value in plain} - {type(None)}
    complete = None not in plain
    if kinds == {int} and all(-_INT64_LIMIT <= value < _INT64_LIMIT for value in plain if value is not None):
        return pd.Series(plain, dtype="int64" if complete else "Int64")
    if kinds and kinds <= {int, float} and float in kinds:
        return pd.Series(plain, dtype="float64")
    if kinds == {bool}:
        return pd.Series(plain, dtype="bool" if complete else "boolean")
    return pd.Series(plain, dtype=object)
