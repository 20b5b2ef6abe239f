"""Columns of a frame as Arrow arrays and back, so that what comes back is what went in, to the type."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lantu.model import ObjectArray

PICKLED, TEXT, DAY, EMPTY, PLAIN = "pickled", "text", "day", "empty", "plain"
"""How a column is kept: mixed kinds, texts and None, dates and None, None alone, or as Arrow has it."""


def to_arrow(series: pd.Series[Any]) -> tuple[pa.Array, str]:
    """Return a column as an Arrow array, and how it is kept."""
    if series.dtype != object:
        return pa.array(series, from_pandas=True), f"{PLAIN}:{series.dtype}"
    values = series.to_numpy()
    try:
        array = pa.array(values, from_pandas=False)
    except (pa.ArrowInvalid, pa.ArrowTypeError, UnicodeEncodeError):
        return _pickled(values), PICKLED
    if pa.types.is_null(array.type):
        return array.cast(pa.string()), EMPTY
    if pa.types.is_string(array.type):
        return array, TEXT
    if pa.types.is_date32(array.type):
        return array, DAY
    return _pickled(values), PICKLED


def from_arrow(column: pa.ChunkedArray, kept: str) -> pd.Series[Any]:
    """Return a column as it was."""
    if kept in {TEXT, EMPTY}:
        return pd.Series(_objects(column.to_numpy(zero_copy_only=False)), dtype=object)
    if kept == DAY:
        return pd.Series(_objects(column.to_pylist()), dtype=object)
    if kept == PICKLED:
        return pd.Series(_objects([pickle.loads(value) for value in column.to_pylist()]), dtype=object)  # noqa: S301  # written by this run
    return pd.Series(column.to_pandas()).astype(pd.api.types.pandas_dtype(kept.partition(":")[2]))


def joined(kinds: Sequence[str]) -> str:
    """Return how a column is kept whose pieces are kept so."""
    some = set(kinds) - {EMPTY} or {EMPTY}
    return some.pop() if len(some) == 1 else PICKLED


def recast(column: pa.ChunkedArray, before: str, kept: str) -> pa.ChunkedArray:
    """Return a column as it is kept with pieces that are kept otherwise."""
    if before == kept:
        return column
    if before == EMPTY and kept in {TEXT, DAY}:
        return column.cast(pa.string() if kept == TEXT else pa.date32())
    return pa.chunked_array([_pickled(from_arrow(column, before).to_numpy(dtype=object))])


def _pickled(values: ObjectArray) -> pa.Array:
    return pa.array([pickle.dumps(value) for value in values], type=pa.binary())


def _objects(values: Any) -> ObjectArray:  # noqa: ANN401  # any sequence
    found = np.empty(len(values), dtype=object)
    found[:] = values
    return found
