"""Delimited text: CSV and its relatives, every cell kept as the text it is."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lantu.errors import SourceError
from lantu.messages import Message, message
from lantu.sources.boundary_rows import find_boundary_columns, read_boundaries, side_by_side
from lantu.sources.coding import Coding, decide_coding, declared_coding, replace_text
from lantu.sources.damage import Damage
from lantu.sources.geometry_columns import find_geometry_columns, read_geometry
from lantu.sources.source import NotedTable, OneLayerFile, choose_layer, distinct_names
from lantu.sources.spoiled import set_aside_rounded

if TYPE_CHECKING:
    from pathlib import Path

    from pyproj import CRS

    from lantu.model import IntArray, ObjectArray

DRIVER = "CSV"

csv.field_size_limit(
    (1 << 31) - 1
)  # a boundary in WKT is longer than the 131 072 characters allowed by default

_DELIMITERS = (",", ";", "\t", "|", "，")
_SEPARATOR_LINE = re.compile(r"^sep=(.)\r?\n", re.IGNORECASE)  # written by Excel for Excel
_HEADER_SAMPLE = 1 << 16
_MOST_TITLE_LINES = 15
_BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


@dataclass(frozen=True)
class DelimitedSource(OneLayerFile):
    """One text file with a header line."""

    driver: str = DRIVER

    def read(self, layer: str | None = None, *, geometry: bool = True) -> NotedTable:
        """Read all rows as text, empty cells as None; record 1 is the line after the header.

        A row with more cells than the header is listed, since no cell of it can be trusted to stand under
        its own name; a shorter one is filled up with None.
        """
        name = choose_layer(self.path, layer, self.layers())
        text, coding = decode_file(self.path.read_bytes(), self.encoding)
        damage = Damage()
        text, above = _below_title(text)
        frame, records, count = _rows(text, damage)
        if not len(frame.columns):
            raise SourceError(message("sources.empty", path=self.path.name))
        if "\ufffd" in text:
            list_undecodable(frame, records, coding, damage)
        notes = [coding.note] if coding.note else []
        if above:
            notes.append(message("sources.header_below", row=above + 1))
        return finish_table(
            frame,
            records=records,
            count=count,
            damage=damage,
            notes=notes,
            geometry=geometry,
            path=self.path,
            layer=name,
            driver=self.driver,
            coding=coding,
        )


def finish_table(  # noqa: PLR0913  # the parts of one table, handed over by both readers of plain tables
    frame: pd.DataFrame,
    *,
    records: IntArray,
    count: int,
    damage: Damage,
    notes: list[Message],
    geometry: bool,
    path: Path,
    layer: str,
    driver: str,
    coding: Coding,
) -> NotedTable:
    """Return a plain table with the geometry that some of its columns hold.

    Raises
    ------
    SourceError
        Geometry is asked for and no column holds any.
    """
    columns = find_geometry_columns(frame)
    placed = columns.names if columns is not None else frozenset()
    frame = set_aside_rounded(frame, records=records, damage=damage, skip=placed)
    position, grouping = columns.position if columns is not None else None, None
    if geometry and position is not None:
        unfolded = side_by_side(frame, records)
        grouping = find_boundary_columns(unfolded[0], position)
        frame, records = unfolded if grouping is not None else (frame, records)
    shapes: ObjectArray = np.full(len(frame), None, dtype=object)
    crs: CRS | None = None
    if position is not None and grouping is not None:
        found = read_boundaries(frame, position, grouping, records=records, damage=damage)
        frame, shapes, records, damage = found.frame, found.shapes, found.records, found.damage
        count, notes = len(records), [*notes, *([position.note] if position.note else []), *found.notes]
    elif columns is not None:
        # Without need of geometry a key table with odd coordinates loses no row: what is wrong is not listed.
        places = damage if geometry else Damage()
        shapes, crs = read_geometry(frame, columns, records=records, damage=places)
        if columns.note is not None:
            notes = [*notes, columns.note]
    elif geometry:
        raise SourceError(message("sources.no_geometry", path=path.name, columns=", ".join(frame.columns)))
    good = ~np.isin(records, sorted(damage.unreadable))
    return NotedTable(
        attributes=frame[good].reset_index(drop=True),
        geometry=shapes[good],
        record=records[good],
        crs=crs,
        driver=driver,
        count_in=count,
        layer=layer,
        encoding=coding.encoding,
        encoding_how=coding.how,
        files=(path,),
        problems=damage.log(),
        notes=tuple(notes),
    )


def decode_file(data: bytes, encoding: str | None) -> tuple[str, Coding]:
    """Return the text of a whole file, without its byte order mark, U+FFFD for what is no text in it.

    Raises
    ------
    SourceError
        ``encoding`` names no encoding.
    """
    if encoding is None:
        for mark, codec in _BYTE_ORDER_MARKS:
            if data.startswith(mark):
                name = "UTF-8" if codec == "utf-8-sig" else "UTF-16"
                coding = Coding(encoding=name, codec=codec, how="detected")
                return replace_text(data, codec), coding
        try:
            return data.decode("utf-8"), Coding(encoding="UTF-8", codec="utf-8", how="detected")
        except UnicodeDecodeError:
            coding = decide_coding((line, False) for line in data.splitlines())
    else:
        coding = declared_coding(encoding)
    return replace_text(data, coding.codec).removeprefix("\ufeff"), coding


def _below_title(text: str) -> tuple[str, int]:
    """Return the text from its header line on, and how many lines of a title stand above that.

    A title is in one cell; the header below it is the first line with at least half as many cells as any.
    """
    lines = text[:_HEADER_SAMPLE].splitlines(keepends=True)[:_MOST_TITLE_LINES]
    filled = [_filled(line) for line in lines]
    widest = max((len(cells) for cells in filled), default=0)
    first = next((len(cells) for cells in filled if cells), 0)
    if first != 1 or widest == 1:
        return text, 0
    place = next(number for number, cells in enumerate(filled) if len(cells) > 1 and 2 * len(cells) >= widest)
    if any(cell[0].isdigit() or ("(" in cell and cell[-1].isdigit()) for cell in filled[place]):
        return text, 0  # values, no headings
    return text[sum(len(line) for line in lines[:place]) :], place


def _filled(line: str) -> list[str]:
    """Return the cells of a line that hold something."""
    cells = next(csv.reader([line], delimiter=_delimiter(line)), [])
    return [cell.strip() for cell in cells if cell.strip()]


def _rows(text: str, damage: Damage) -> tuple[pd.DataFrame, IntArray, int]:
    """Return the cells by column, the record number of each row kept, and the count of all rows."""
    separator = _SEPARATOR_LINE.match(text)
    delimiter = separator[1] if separator else _delimiter(text)
    body = text[separator.end() :] if separator else text
    lines = csv.reader(io.StringIO(body, newline=""), delimiter=delimiter)
    header = next((line for line in lines if any(cell.strip() for cell in line)), [])
    width = len(header)
    rows: list[list[str]] = []
    records: list[int] = []
    count = 0
    for line in lines:
        if not any(cell.strip() for cell in line):
            continue
        count += 1
        if len(line) > width and any(cell.strip() for cell in line[width:]):
            reason = message("sources.too_many_cells", found=len(line), expected=width)
            damage.refuse(count, reason, delimiter.join(line))
            continue
        rows.append([*line[:width], *[""] * (width - len(line))])
        records.append(count)
    cells = np.array(rows, dtype=object).reshape(len(rows), width)
    cells[cells == ""] = None  # compared cell by cell
    names = distinct_names(header)
    frame = pd.DataFrame(
        {name: pd.Series(cells[:, position], dtype=object) for position, name in enumerate(names)},
        index=pd.RangeIndex(len(rows)),
    )
    return frame, np.array(records, dtype=np.int64), count


def _delimiter(text: str) -> str:
    """Return the delimiter that the header line uses most, outside quotes; a comma where it uses none."""
    header = next((line for line in text[:_HEADER_SAMPLE].splitlines() if line.strip()), "")
    unquoted = re.sub(r'"[^"]*"', "", header)
    counts = Counter(character for character in unquoted if character in _DELIMITERS)
    return max(_DELIMITERS, key=lambda delimiter: (counts[delimiter], delimiter == ","))


def list_undecodable(frame: pd.DataFrame, records: IntArray, coding: Coding, damage: Damage) -> None:
    """List every cell that holds U+FFFD, by record number."""
    reason = message("sources.text_undecodable", encoding=coding.encoding)
    for name in frame.columns:
        for row in np.flatnonzero(frame[name].str.contains("\ufffd", regex=False, na=False)):
            damage.doubt(int(records[row]), str(name), frame[name].iloc[row], reason)
