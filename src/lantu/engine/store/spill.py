"""Features on their way into the store: written as they come, read again tile by tile."""

from __future__ import annotations

from dataclasses import dataclass, field
from shutil import rmtree
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from lantu.engine.store.columns import joined, recast

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from lantu.model import IntArray

FEATURES_AT_ONCE = 50_000
"""Features of neighbouring tiles that are in memory together."""

MOST_FILES = 200
"""Files that are written side by side: a layer with more features has more in each."""


@dataclass
class Spill:
    """Tables of features in a folder, in the order in which they came; ``kept`` as ``to_arrow`` says."""

    folder: Path
    _kept: list[dict[str, str]] = field(default_factory=list)
    _lengths: list[int] = field(default_factory=list)

    def add(self, table: pa.Table, kept: dict[str, str]) -> None:
        """Write some features; all tables have the same columns, but not always of the same types."""
        self.folder.mkdir(exist_ok=True)
        _write(self._path(len(self._lengths)), [table])
        self._kept.append(kept)
        self._lengths.append(table.num_rows)

    @property
    def kept(self) -> dict[str, str]:
        """Return how the columns of all tables together are kept."""
        return {name: joined([kept[name] for kept in self._kept]) for name in self._kept[0]}

    def by_tile(self, tiles: Sequence[IntArray]) -> Iterator[pa.Table]:
        """Yield the features tile by tile; ``tiles`` are rows, in the order in which they came, ascending."""
        heaps = _heaps(tiles)
        heap_of = np.empty(sum(self._lengths), dtype=np.int64)
        for number, heap in enumerate(heaps):
            heap_of[np.concatenate(heap)] = number
        paths = [self.folder / f"heap-{number}.arrow" for number in range(len(heaps))]
        self._sort(heap_of, paths)
        for path, heap in zip(paths, heaps, strict=True):
            table, rows = _read(path), np.sort(np.concatenate(heap))
            for tile in heap:
                yield table.take(pa.array(np.searchsorted(rows, tile)))
            path.unlink()
        rmtree(self.folder)

    def _sort(self, heap_of: IntArray, paths: Sequence[Path]) -> None:
        """Write the tables anew, heap by heap."""
        kept, first = self.kept, 0
        writers: dict[int, pa.ipc.RecordBatchFileWriter] = {}
        for number, length in enumerate(self._lengths):
            table = _read(self._path(number))
            for name, before in self._kept[number].items():
                column = recast(table.column(name), before, kept[name])
                table = table.set_column(table.column_names.index(name), name, column)
            mine = heap_of[first : first + length]
            for heap in np.unique(mine).tolist():
                if heap not in writers:
                    writers[heap] = pa.ipc.new_file(paths[heap], table.schema)
                writers[heap].write_table(table.take(pa.array(np.flatnonzero(mine == heap))))
            self._path(number).unlink()
            first += length
        for writer in writers.values():
            writer.close()

    def _path(self, number: int) -> Path:
        return self.folder / f"{number}.arrow"


def _heaps(tiles: Sequence[IntArray]) -> list[list[IntArray]]:
    """Return tiles by the file that they pass through, neighbours together."""
    sizes = np.array([len(tile) for tile in tiles], dtype=np.int64)
    most = max(FEATURES_AT_ONCE, -(-int(sizes.sum()) // MOST_FILES))
    heap_of = (np.cumsum(sizes) - sizes) // most
    return [[tiles[int(place)] for place in np.flatnonzero(heap_of == heap)] for heap in np.unique(heap_of)]


def _write(path: Path, tables: Sequence[pa.Table]) -> None:
    with pa.ipc.new_file(path, tables[0].schema) as writer:
        for table in tables:
            writer.write_table(table)


def _read(path: Path) -> pa.Table:
    with pa.OSFile(str(path)) as file, pa.ipc.open_file(file) as held:
        return held.read_all().combine_chunks()
