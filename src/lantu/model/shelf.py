"""Rows that come in one order and are taken up in another, a compartment for each stretch of that."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter, OrderedDict
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lantu.model.arrays import IntArray

PLACE = "place"

OPEN_AT_ONCE = 64
"""Compartments whose files are open: a system may allow a process no more than 256 in all."""


class Shelf:
    """Rows of Arrow tables, ``rows_each`` of the order to come in a compartment.

    With a ``folder`` compartments are files in a folder of their own there, so that only what is being put or
    taken up is in memory. Nothing can be put any more once something has been taken up.
    """

    def __init__(self, rows_each: int, folder: Path | None = None) -> None:
        """Begin with empty compartments."""
        self.rows_each = rows_each
        self.folder = None if folder is None else Path(tempfile.mkdtemp(prefix="shelf-", dir=folder))
        self._here: dict[int, list[pa.Table]] = {}
        self._nbytes: Counter[int] = Counter()
        self._open: OrderedDict[int, tuple[pa.OSFile, pa.ipc.RecordBatchStreamWriter]] = OrderedDict()

    def put(self, table: pa.Table, place: IntArray) -> None:
        """Lay down rows, each at its place in the order to come; one with a place below 0 is left out."""
        order = np.argsort(place, kind="stable")
        order = order[np.searchsorted(place[order], 0) :]
        sorted_by_place = table.take(pa.array(order)).append_column(PLACE, pa.array(place[order], pa.int64()))
        number = place[order] // self.rows_each
        starts = np.flatnonzero(np.r_[True, np.diff(number) != 0][: len(number)])
        for start, stop in zip(starts, np.r_[starts[1:], len(number)][: len(starts)], strict=True):
            self._add(int(number[start]), sorted_by_place.slice(start, stop - start))

    def stretches(self, stop: int, most_bytes: int) -> Iterator[tuple[int, int]]:
        """Yield where each stretch of the places before ``stop`` starts and stops: what to take up together.

        A stretch is a compartment, or an even part of one that holds more than ``most_bytes``.
        """
        for start in range(0, stop, self.rows_each):
            parts = max(1, -(-self._nbytes[start // self.rows_each] // most_bytes))
            ends = np.linspace(start, min(start + self.rows_each, stop), parts + 1).astype(np.int64)
            yield from ((first, last) for first, last in pairwise(ends.tolist()) if first < last)

    def take_up(self, start: int, stop: int, columns: Sequence[str]) -> pa.Table:
        """Return some columns of the rows of a stretch, in the order of their places."""
        self._close()
        held = self._held(start // self.rows_each, [*columns, PLACE])
        table = pa.concat_tables([_between(one, start, stop) for one in held]).combine_chunks()
        order = np.argsort(table.column(PLACE).to_numpy())
        return table.select(list(columns)).take(pa.array(order)).combine_chunks()

    def clear(self) -> None:
        """Remove what lies here."""
        self._close()
        self._here.clear()
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _add(self, number: int, rows: pa.Table) -> None:
        self._nbytes[number] += rows.nbytes
        if self.folder is None:
            self._here.setdefault(number, []).append(rows)
            return
        if number not in self._open:
            while len(self._open) >= OPEN_AT_ONCE:
                self._close_first()
            options = pa.ipc.IpcWriteOptions(compression="lz4")
            file = pa.OSFile(str(self._path(number)), mode="ab")
            self._open[number] = file, pa.ipc.new_stream(file, rows.schema, options=options)
        self._open.move_to_end(number)
        self._open[number][1].write_table(rows)

    def _held(self, number: int, columns: Sequence[str]) -> Iterator[pa.Table]:
        """Yield some columns of a compartment, a batch after the other."""
        if self.folder is None:
            yield from (table.select(list(columns)) for table in self._here[number])
            return
        with pa.OSFile(str(self._path(number))) as file:
            names = pa.ipc.open_stream(file).schema.names
            wanted = pa.ipc.IpcReadOptions(included_fields=[names.index(name) for name in columns])
            file.seek(0)
            while file.tell() < file.size():  # a stream for each time that it was open
                for batch in pa.ipc.open_stream(file, options=wanted):
                    yield pa.table(batch)

    def _close(self) -> None:
        while self._open:
            self._close_first()

    def _close_first(self) -> None:
        """Close the compartment that has not been written to for longest."""
        _, (file, writer) = self._open.popitem(last=False)
        writer.close()
        file.close()

    def _path(self, number: int) -> Path:
        assert self.folder is not None  # noqa: S101  # asked for files only
        return self.folder / f"{number:05d}.arrow"


def _between(rows: pa.Table, start: int, stop: int) -> pa.Table:
    place = rows.column(PLACE).to_numpy()
    here = (place >= start) & (place < stop)
    return rows if here.all() else rows.filter(pa.array(here))
