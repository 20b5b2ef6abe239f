"""The attribute table of a shapefile, read as bytes: fields, text, deleted rows.

GDAL converts text with an encoding that it has to be told, drops what it cannot convert and says so at
most once per process. So text is decoded here, from the bytes, and GDAL is left with the numbers.
Layout: dBASE III/IV file structure, 32 bytes of header, 32 bytes for each field, fixed-width rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lantu.errors import SourceError
from lantu.messages import message
from lantu.sources.coding import Cell, Coding, Statement, decide_coding, decode_text, replace_text
from lantu.sources.source import distinct_names

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from lantu.model import BoolArray, IntArray, ObjectArray
    from lantu.sources.damage import Damage

_HEADER_BYTES, _FIELD_BYTES, _END_OF_FIELDS = 32, 32, 0x0D
_NAME_BYTES = 10
FEW_ROWS, MOST_LOST = 10_000, 50
"""A header that states this many more rows than there are, and this many times more, is damaged: each row
lost would be listed, and four damaged bytes can stand for four thousand million of them."""

_LANGUAGE_BYTES = {
    0x01: "cp437", 0x02: "cp850", 0x03: "cp1252", 0x13: "cp932", 0x4D: "GBK", 0x4E: "cp949", 0x4F: "big5",
    0x78: "big5", 0x79: "cp949", 0x7A: "GBK", 0x7B: "cp932", 0xC8: "cp1250", 0xC9: "cp1251", 0xCB: "cp1253",
}  # fmt: skip
"""Language byte to encoding; 0x00 (not set) and 0x57 (the writer's own code page) state nothing."""


@dataclass(frozen=True, kw_only=True)
class DbfField:
    """One field: its name as stored, its type letter, and where it stands in the row."""

    name: bytes
    kind: str
    offset: int
    width: int


@dataclass(frozen=True, kw_only=True)
class DbfTable:
    """A .dbf in memory: ``rows`` has one line of bytes for each record, deleted ones included.

    ``overstated`` is the number in a header that no copy broken off explains; ``count_stated`` is then what
    is there.
    """

    fields: tuple[DbfField, ...]
    rows: NDArray[np.uint8]
    count_stated: int
    language_byte: int
    overstated: int | None = None

    @property
    def deleted(self) -> BoolArray:
        """Say which records are marked as deleted, shape (n,)."""
        return np.asarray(self.rows[:, 0] == ord("*"), dtype=np.bool_)

    @property
    def language(self) -> Statement | None:
        """Return what the language byte states, if it states anything."""
        codec = _LANGUAGE_BYTES.get(self.language_byte)
        return None if codec is None else Statement(text=codec, how="ldid")

    def text_cells(self, field: DbfField) -> list[bytes]:
        """Return the bytes of a field, one for each record, padding and what follows a NUL removed."""
        if field.width == 0:
            return [b""] * len(self.rows)
        block = np.ascontiguousarray(self.rows[:, field.offset : field.offset + field.width])
        cells = block.view(f"S{field.width}").ravel()
        return [cell.partition(b"\0")[0].strip(b" ") for cell in cells.tolist()]


def read_dbf(path: Path) -> DbfTable:
    """Read a .dbf; fewer rows than its header states is not an error, ``count_stated`` tells.

    Raises
    ------
    SourceError
        The header is not one of a dBASE table.
    """
    data = np.fromfile(path, dtype=np.uint8)
    header = data[:_HEADER_BYTES].tobytes()
    count = int.from_bytes(header[4:8], "little")
    start, width = int.from_bytes(header[8:10], "little"), int.from_bytes(header[10:12], "little")
    if len(header) < _HEADER_BYTES or width == 0 or not _HEADER_BYTES < start <= data.size:
        raise SourceError(message("sources.dbf_damaged", path=path.name))
    fields = _fields(data[_HEADER_BYTES:start].tobytes(), width)
    whole_rows = min(count, (data.size - start) // width)
    rows = data[start : start + whole_rows * width].reshape(whole_rows, width)
    overstated = count if count - whole_rows > max(FEW_ROWS, MOST_LOST * whole_rows) else None
    return DbfTable(
        fields=fields,
        rows=rows,
        count_stated=whole_rows if overstated is not None else count,
        language_byte=header[29],
        overstated=overstated,
    )


def decide_dbf_coding(table: DbfTable, *, cpg: str | None, declared: str | None) -> Coding:
    """Return the encoding of all text of the table, field names included."""
    stated = Statement(text=cpg, how="cpg") if cpg else table.language
    return decide_coding(_distinct_cells(table), declared=declared, stated=stated)


def field_names(table: DbfTable, coding: Coding) -> list[str]:
    """Return the field names, distinct; a name cut in the middle of a character loses that character."""
    names = [_decoded((field.name, True), coding.codec)[0] for field in table.fields]
    return distinct_names(names)


def text_column(
    table: DbfTable, position: int, coding: Coding, *, records: IntArray, damage: Damage
) -> ObjectArray:
    """Return a text field for these 1-based records: text, None where blank.

    A value that is not text in this encoding is kept with U+FFFD for the bytes that are wrong, and listed.
    """
    field = table.fields[position]
    codes, distinct = pd.factorize(np.array([*table.text_cells(field), b""], dtype=object)[:-1])
    texts: list[str | None] = []
    wrong: set[int] = set()
    for code, data in enumerate(distinct):
        text, right = _decoded((data, len(data) == field.width), coding.codec)
        texts.append(text or None)
        if not right:
            wrong.add(code)
    here = codes[records - 1]
    name = field_names(table, coding)[position]
    for row in np.flatnonzero(np.isin(here, sorted(wrong))):
        reason = message("sources.text_undecodable", encoding=coding.encoding)
        damage.doubt(int(records[row]), name, texts[here[row]] or "", reason)
    return np.array([*texts, None], dtype=object)[here]


def _decoded(cell: Cell, codec: str) -> tuple[str, bool]:
    try:
        return decode_text(cell, codec), True
    except UnicodeDecodeError:
        return replace_text(cell[0], codec), False


def _distinct_cells(table: DbfTable) -> list[Cell]:
    found: dict[Cell, None] = {}
    for field in table.fields:
        found[field.name, len(field.name) >= _NAME_BYTES] = None
        if field.kind == "C":
            found |= {
                (cell, len(cell) == field.width): None
                for cell in dict.fromkeys(table.text_cells(field))
                if not cell.isascii()
            }
    return list(found)


def _fields(block: bytes, row_width: int) -> tuple[DbfField, ...]:
    fields: list[DbfField] = []
    offset = 1  # the first byte of a row is its deletion mark
    for start in range(0, len(block) - _FIELD_BYTES + 1, _FIELD_BYTES):
        entry = block[start : start + _FIELD_BYTES]
        if entry[0] == _END_OF_FIELDS:
            break
        kind = chr(entry[11])
        # Clipper and others use the decimals of a text field as the high byte of its width.
        width = entry[16] + 256 * entry[17] if kind == "C" else entry[16]
        if offset + width > row_width:
            width = max(min(entry[16], row_width - offset), 0)
        name = entry[:11].partition(b"\0")[0].strip(b" ")
        fields.append(DbfField(name=name, kind=kind, offset=offset, width=width))
        offset += width
    return tuple(fields)
