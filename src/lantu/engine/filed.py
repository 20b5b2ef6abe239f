"""Findings on file while a run goes on, in place of tables in memory; read when all are gathered."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from lantu.engine.wording import COLUMN_TYPES
from lantu.model import FINDING_COLUMNS
from lantu.rules.verdict import Explained

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from lantu.model import IntArray, ObjectArray

BESIDE = ("translation", "cause_text")
TEXTS = (*(name for name, dtype in FINDING_COLUMNS.items() if dtype == "object"), *BESIDE)
FLOATS = tuple(name for name, dtype in FINDING_COLUMNS.items() if dtype != "object")
EXPLAINS, GEOMETRY = "explains", "geometry"
LONG = ("message", "translation", GEOMETRY)
SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in TEXTS),
        *((name, pa.float64()) for name in FLOATS),
        (EXPLAINS, pa.string()),
        (GEOMETRY, pa.binary()),
    ]
)


@dataclass(frozen=True)
class Filed:
    """The findings in the rows from ``start`` to before ``stop`` of a file."""

    path: Path
    start: int
    stop: int

    def __len__(self) -> int:
        """Return the number of findings."""
        return self.stop - self.start


def joined(tables: Sequence[pd.DataFrame | Filed]) -> pd.DataFrame:
    """Return the findings of several tables in one, in their order, column by column: there are thousands.

    Each file is read once.
    """
    frames = [table for table in tables if not isinstance(table, Filed)]
    filed = [table for table in tables if isinstance(table, Filed)]
    if not filed:
        return _together(frames, slice(None))
    number = np.repeat(np.arange(len(tables)), [len(table) for table in tables])
    on_file = np.repeat([isinstance(table, Filed) for table in tables], [len(table) for table in tables])
    order = np.lexsort((number, on_file))  # as they stand one after the other now
    back = np.empty(len(order), dtype=np.int64)
    back[order] = np.arange(len(order))
    return _together([*frames, _frame(filed)], back)


def _together(frames: Sequence[pd.DataFrame], order: IntArray | slice) -> pd.DataFrame:
    return pd.DataFrame(
        {
            name: pd.Series(np.concatenate([frame[name].to_numpy() for frame in frames])[order], dtype=kind)
            for name, kind in COLUMN_TYPES.items()
        },
        copy=False,
    )


def _read(filed: Sequence[Filed], names: Sequence[str]) -> pa.Table:
    tables = {path: pq.read_table(path, columns=list(names)) for path in {one.path for one in filed}}
    return pa.concat_tables([tables[one.path].slice(one.start, len(one)) for one in filed])


def as_table(frames: Sequence[pd.DataFrame]) -> pa.Table:
    """Return findings as Arrow has them."""
    columns: dict[str, Any] = {name: _texts(frames, name) for name in TEXTS}
    columns |= {name: pa.array(_column(frames, name), type=pa.float64()) for name in FLOATS}
    columns[EXPLAINS] = pa.array([_explained(one) for one in _column(frames, EXPLAINS)], type=pa.string())
    columns[GEOMETRY] = pa.array(shapely.to_wkb(_column(frames, GEOMETRY)), type=pa.binary())
    return pa.table(columns, schema=SCHEMA)


def _frame(filed: Sequence[Filed]) -> pd.DataFrame:
    """Return findings as ``wording`` gave them; of equal texts there is one object.

    The longest columns are read by themselves, so that no more than one of them is in memory twice.
    """
    columns: dict[str, Any] = {}
    for names in (*((name,) for name in LONG), tuple(name for name in SCHEMA.names if name not in LONG)):
        table = _read(filed, names)
        columns |= {name: _values(table.column(name), name) for name in names}
        del table
    return pd.DataFrame(
        {name: pd.Series(values, dtype=values.dtype) for name, values in columns.items()}, copy=False
    )


def _values(column: pa.ChunkedArray, name: str) -> np.ndarray[Any, Any]:
    if name in FLOATS:
        return np.asarray(column.to_numpy(), dtype=np.float64)
    if name == GEOMETRY:
        shapes = [shapely.from_wkb(blob.to_numpy(zero_copy_only=False)) for blob in column.chunks]
        return np.concatenate([np.empty(0, dtype=object), *shapes])
    texts = _shared(column)
    if name == EXPLAINS:
        told = np.flatnonzero(pd.notna(texts))
        texts[told] = _objects([_explanation(text) for text in texts[told]])
    return texts


def _shared(column: pa.ChunkedArray) -> ObjectArray:
    """Return texts as objects, one for each distinct text."""
    coded = pa.chunked_array(column.cast(pa.large_string())).combine_chunks().dictionary_encode()
    texts = _objects([*coded.dictionary.to_pylist(), None])
    found: ObjectArray = texts[coded.indices.fill_null(len(texts) - 1).to_numpy()]
    return found


def _objects(values: Sequence[Any]) -> ObjectArray:
    found = np.empty(len(values), dtype=object)
    found[:] = values
    return found


def _column(frames: Iterable[pd.DataFrame], name: str) -> np.ndarray[Any, Any]:
    found = [frame[name].to_numpy(dtype=np.float64 if name in FLOATS else object) for frame in frames]
    return np.concatenate(found) if found else np.empty(0, dtype=object)


def _texts(frames: Iterable[pd.DataFrame], name: str) -> pa.Array:
    values = _column(frames, name)
    values[pd.isna(values)] = None
    return pa.array(values, type=pa.string())


def _explained(value: Explained | None) -> str | None:
    if value is None:
        return None
    return json.dumps({"rules": list(value.rules), "ids": sorted(value.ids)})


def _explanation(text: str) -> Explained:
    said = json.loads(text)
    return Explained(rules=tuple(said["rules"]), ids=frozenset((a, b) for a, b in said["ids"]))
