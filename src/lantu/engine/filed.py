"""Findings as Arrow tables while a run goes on, on file or in memory, in place of tables of objects."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from lantu.model import FINDING_COLUMNS, FINDINGS_AT_ONCE
from lantu.rules.verdict import Explained

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import pandas as pd

    from lantu.model import IntArray

BESIDE = ("translation", "cause_text")
TEXTS = (*(name for name, dtype in FINDING_COLUMNS.items() if dtype == "object"), *BESIDE)
FLOATS = tuple(name for name, dtype in FINDING_COLUMNS.items() if dtype != "object")
EXPLAINS, GEOMETRY = "explains", "geometry"
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
    """The findings in the rows from ``start`` to before ``stop`` of a file, or of a table in memory."""

    source: Path | pa.Table
    start: int
    stop: int

    def __len__(self) -> int:
        """Return the number of findings."""
        return self.stop - self.start


def as_table(frames: Sequence[pd.DataFrame]) -> pa.Table:
    """Return findings as Arrow has them."""
    columns: dict[str, Any] = {name: _texts(frames, name) for name in TEXTS}
    columns |= {name: pa.array(_column(frames, name), type=pa.float64(), from_pandas=True) for name in FLOATS}
    columns[EXPLAINS] = pa.array([_explained(one) for one in _column(frames, EXPLAINS)], type=pa.string())
    columns[GEOMETRY] = pa.array(shapely.to_wkb(_column(frames, GEOMETRY), flavor="iso"), type=pa.binary())
    return pa.table(columns, schema=SCHEMA)


def filed(tables: Sequence[pd.DataFrame | Filed]) -> list[Filed]:
    """Return findings with none of them in a table of objects; of small tables, many become one."""
    found = {place: table for place, table in enumerate(tables) if isinstance(table, Filed)}
    here = [(place, table) for place, table in enumerate(tables) if not isinstance(table, Filed)]
    size = np.cumsum([len(table) for _, table in here], dtype=np.int64)
    cuts = np.flatnonzero(np.diff(size // FINDINGS_AT_ONCE)) + 1
    for some in np.split(np.arange(len(here)), cuts) if here else ():
        table = as_table([here[number][1] for number in some])
        stops = np.cumsum([len(here[number][1]) for number in some]).tolist()
        for number, start, stop in zip(some, [0, *stops[:-1]], stops, strict=True):
            found[here[number][0]] = Filed(table, start, stop)
    return [found[place] for place in range(len(tables))]


def parts(
    findings: Sequence[Filed], columns: Sequence[str] = tuple(SCHEMA.names)
) -> Iterator[tuple[pa.Table, IntArray]]:
    """Yield some columns of findings, some ten thousand at a time, as they lie together, with their numbers.

    A number is the place of a finding among all of ``findings`` in their order.
    """
    tables: list[pa.Table] = []
    numbers: list[IntArray] = []
    for table, number in _lying(findings, columns):
        tables.append(table)
        numbers.append(number)
        if sum(map(len, numbers)) >= FINDINGS_AT_ONCE:
            yield pa.concat_tables(tables).combine_chunks(), np.concatenate(numbers)
            tables, numbers = [], []
            pa.default_memory_pool().release_unused()
    if tables:
        yield pa.concat_tables(tables).combine_chunks(), np.concatenate(numbers)


def _lying(findings: Sequence[Filed], columns: Sequence[str]) -> Iterator[tuple[pa.Table, IntArray]]:
    """Yield findings source by source, of a file row group by row group."""
    first = np.cumsum([0, *map(len, findings)])
    by_source: dict[Path | int, list[tuple[int, int, int]]] = {}
    sources: dict[Path | int, Path | pa.Table] = {}
    for one, number in zip(findings, first.tolist(), strict=False):
        key = one.source if isinstance(one.source, Path) else id(one.source)
        sources[key] = one.source
        by_source.setdefault(key, []).append((one.start, one.stop, number))
    for key, spans in by_source.items():
        for table, offset in _groups(sources[key], columns):
            for start, stop, number in spans:
                low, high = max(start, offset), min(stop, offset + table.num_rows)
                if low < high:
                    yield table.slice(low - offset, high - low), number + np.arange(low - start, high - start)


def _groups(source: Path | pa.Table, columns: Sequence[str]) -> Iterator[tuple[pa.Table, int]]:
    """Yield the rows of a source with the number of the first, no more than lie together in its file."""
    if not isinstance(source, Path):
        yield source.select(list(columns)), 0
        return
    offset = 0
    with pq.ParquetFile(source) as file:
        for group in range(file.num_row_groups):
            table = file.read_row_group(group, columns=list(columns))
            yield table, offset
            offset += table.num_rows


def _column(frames: Iterable[pd.DataFrame], name: str) -> np.ndarray[Any, Any]:
    found = [frame[name].to_numpy(dtype=np.float64 if name in FLOATS else object) for frame in frames]
    return np.concatenate(found) if found else np.empty(0, dtype=object)


def _texts(frames: Iterable[pd.DataFrame], name: str) -> pa.Array:
    return pa.array(_column(frames, name), type=pa.string(), from_pandas=True)


def _explained(value: Explained | None) -> str | None:
    if value is None:
        return None
    return json.dumps({"rules": list(value.rules), "ids": sorted(value.ids)})


def explanation(text: str) -> Explained:
    """Return what a finding explains, from its text in a table."""
    said = json.loads(text)
    return Explained(rules=tuple(said["rules"]), ids=frozenset((a, b) for a, b in said["ids"]))
