"""Row groups of stored layers; those read last stay in memory, since the next tile asks for them again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

import pyarrow.parquet as pq

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pyarrow as pa

    Key: TypeAlias = tuple[Path, int, int, tuple[str, ...]]

MOST_BYTES = 2**26
"""What stays in memory of all stored layers together, in each process."""

_held: OrderedDict[Key, tuple[pa.Table, int]] = OrderedDict()
_lock = threading.Lock()


def read_group(path: Path, group: int, names: Sequence[str]) -> pa.Table:
    """Return some columns of a row group."""
    written = path.stat().st_mtime_ns
    key = (path, written, group, tuple(names))
    with _lock:
        if key in _held:
            _held.move_to_end(key)
            return _held[key][0]
    with pq.ParquetFile(path, memory_map=True, metadata=_metadata(path, written)) as file:
        table = file.read_row_group(group, columns=list(names))
    _hold(key, table)
    return table


def _hold(key: Key, table: pa.Table) -> None:
    with _lock:
        _held[key] = (table, table.nbytes)
        held_bytes = sum(nbytes for _, nbytes in _held.values())
        while held_bytes > MOST_BYTES:
            held_bytes -= _held.popitem(last=False)[1][1]


@lru_cache(maxsize=64)
def _metadata(path: Path, written: int) -> pq.FileMetaData:
    """Return where the row groups are, read once in each process."""
    del written
    return pq.read_metadata(path)
