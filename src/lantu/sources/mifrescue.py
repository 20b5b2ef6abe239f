"""A .mif with its .mid looked through, and a copy of what is whole for GDAL to read.

Object and row belong together by their order alone. Where there are more of one than of the other and
something is damaged, nothing after the first damage can be trusted to belong together.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lantu.messages import message
from lantu.sources.damage import Damage
from lantu.sources.mapinfohead import NUMBERS, MifHead
from lantu.sources.mifobjects import Span, cells_of, is_number, spans_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lantu.sources.source import NotedTable

_LONGEST_LINE = 1 << 20


@dataclass(kw_only=True)
class MifCheck:
    """What is wrong with a table of ``count`` records; of those after ``kept`` nothing is to be read."""

    head: MifHead
    count: int = 0
    kept: int = 0
    damage: Damage = field(default_factory=Damage)
    spans: list[Span] = field(default_factory=list)  # lines of damaged objects
    unknown: dict[int, array[int]] = field(default_factory=dict)  # column: records where it has no number
    doubts: list[tuple[int, int, bytes]] = field(default_factory=list)  # record, column, what is no number
    end: int = 0  # line after the last object to keep

    @property
    def is_whole(self) -> bool:
        """Say whether GDAL may be given the files as they are."""
        return not self.damage.unreadable

    def finish(self, found: NotedTable) -> NotedTable:
        """Return what GDAL made of the whole records, with the damaged ones taken out and listed."""
        attributes = found.attributes.copy()
        for place, records in self.unknown.items():
            column = attributes.iloc[:, place]
            if pd.api.types.is_integer_dtype(column.dtype):
                column = column.astype("Int64")
            attributes.isetitem(place, column.mask(np.isin(found.record, records)).array)
        for record, place, cell in self.doubts:
            reason = message("sources.vct_no_number", kind=self.head.columns[place][1].decode("ascii"))
            raw = cell.decode("ascii", errors="backslashreplace")
            self.damage.doubt(record, str(attributes.columns[place]), raw, reason)
        good = ~np.isin(found.record, sorted(self.damage.unreadable))
        log = [part for part in (found.problems, self.damage.log()) if len(part)]
        return replace(
            found,
            attributes=attributes[good].reset_index(drop=True),
            geometry=found.geometry[good],
            record=found.record[good],
            problems=pd.concat(log, ignore_index=True) if log else found.problems,
            count_in=self.count,
        )


def check_mif(mif: Path, mid: Path | None, head: MifHead) -> MifCheck:
    """Look through all objects and rows; a value that is no number, though its column is one, is listed."""
    found = MifCheck(head=head)
    ends: list[int] = []
    for record, span in enumerate(spans_of(_lines(mif, skip=head.lines), first=head.lines + 1), start=1):
        ends.append(span.end)
        if span.reason is not None:
            found.spans.append(span)
            found.damage.refuse(record, span.reason)
    rows = len(ends) if mid is None else _check_rows(mid, found, len(ends))
    found.count, found.kept = max(len(ends), rows), min(len(ends), rows)
    if len(ends) != rows:
        broken = bool(found.damage.unreadable)
        found.kept = min(found.kept, min(found.damage.unreadable, default=found.count + 1) - 1)
        key = "sources.mif_no_row" if len(ends) > rows else "sources.mif_no_object"
        reason = message("sources.mif_out_of_step" if broken else key, objects=len(ends), rows=rows)
        for record in range(found.kept + 1, found.count + 1):
            found.damage.refuse(record, reason)
    found.end = ends[found.kept - 1] if found.kept else head.lines + 1
    return found


def write_whole(check: MifCheck, source: Path, target: Path) -> None:
    """Write a copy of a .mif with the records to keep; of a damaged object only its place is left."""
    spans = iter(check.spans)
    span = next(spans, None)
    with target.open("wb") as file:
        for number, line in enumerate(_lines(source), start=1):
            if number >= check.end:
                return
            while span is not None and number >= span.end:
                span = next(spans, None)
            if span is None or number < span.start:
                file.write(line)
            elif number == span.start:
                file.write(b"NONE\n")


def write_whole_rows(check: MifCheck, source: Path, target: Path) -> None:
    """Write a copy of a .mid with the rows to keep, damaged ones emptied."""
    empty = check.head.delimiter.join([b'""'] * len(check.head.columns)) + b"\n"
    with target.open("wb") as file:
        for record, line in enumerate(_lines(source), start=1):
            if record > check.kept:
                return
            file.write(empty if record in check.damage.unreadable else line)


def _check_rows(mid: Path, check: MifCheck, objects: int) -> int:
    """Return how many rows a .mid has; blank lines at its end count as far as there are objects."""
    head = check.head
    count = blank = 0
    for record, line in enumerate(_lines(mid), start=1):
        blank = 0 if line.strip() else blank + 1
        count = record
        cells = cells_of(line, head.delimiter)
        if len(cells) != len(head.columns):
            if record <= objects:
                reason = message("sources.mif_row_length", found=len(cells), expected=len(head.columns))
                check.damage.refuse(record, reason, line.decode("ascii", errors="backslashreplace").strip())
            continue
        for place, ((_, kind), cell) in enumerate(zip(head.columns, cells, strict=True)):
            if kind in NUMBERS and not is_number(cell):
                check.unknown.setdefault(place, array("q")).append(record)  # GDAL would say 0
                if cell.strip():
                    check.doubts.append((record, place, cell))
    return max(count - blank, min(count, objects))


def _lines(path: Path, *, skip: int = 0) -> Iterator[bytes]:
    with path.open("rb") as file:
        for number, line in enumerate(iter(lambda: file.readline(_LONGEST_LINE), b"")):
            if number >= skip:
                yield line
