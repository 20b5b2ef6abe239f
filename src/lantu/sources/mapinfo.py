"""MapInfo tables: .tab with .dat and .map, and the exchange format .mif with .mid; read with GDAL.

The character set that a table states is checked against its bytes: Chinese tables often state "Neutral", or
another. A .tab stores coordinates as whole steps of its Bounds; where a step is longer than a millimetre,
that is said.
"""

from __future__ import annotations

import re
import shutil
import struct
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from lantu.errors import SourceError
from lantu.messages import Message, message
from lantu.sources.coding import Coding, Statement, decide_coding, replace_text
from lantu.sources.database import MAPINFO, DatabaseSource
from lantu.sources.files import sibling, siblings
from lantu.sources.mapinfohead import check_tab_head, read_mif_head
from lantu.sources.mifrescue import MifCheck, check_mif, write_whole, write_whole_rows
from lantu.sources.source import NotedTable, OneLayerFile, choose_layer, distinct_names

if TYPE_CHECKING:
    from collections.abc import Iterator

_CHARSETS = {
    "windowssimpchinese": "gbk", "windowstradchinese": "big5", "windowslatin1": "cp1252",
    "windowslatin2": "cp1250", "windowscyrillic": "cp1251", "windowsarabic": "cp1256",
    "windowsgreek": "cp1253", "windowsturkish": "cp1254", "windowshebrew": "cp1255",
    "windowsjapanese": "cp932", "windowskorean": "cp949", "utf-8": "utf-8", "iso8859_1": "latin-1",
}  # fmt: skip
_BYTES = "ISO8859_1"
"""Under this character set GDAL hands every byte on as one character, which are then decoded here."""

_CHARSET = re.compile(
    rb"""(?im)^(\s*!?charset\s+"?)([A-Za-z0-9_-]+)|(\bType\s+\w+\s+Charset\s+")([A-Za-z0-9_-]+)"""
)
_TYPE = re.compile(rb"""(?i)\bType\s+"?([A-Za-z]+)""")
_READ_TYPES = frozenset({b"NATIVE", b"DBF"})
_HEAD_BYTES = 1 << 20
_STEP_MATTERS_M = 0.001
_METRES_A_DEGREE = 111_320.0
_MAP_MAGIC, _MAP_SCALES = 0x100, 0x170
_DELETED = 0x2A


@dataclass(frozen=True)
class MapInfoSource(OneLayerFile):
    """One MapInfo table."""

    driver: str = MAPINFO

    def read(self, layer: str | None = None, *, geometry: bool = True) -> NotedTable:
        """Read the table; rows that MapInfo has marked as deleted are no records."""
        name = choose_layer(self.path, layer, self.layers())
        head = self._head()
        coding, stated = self._coding(head)
        check = self._check()
        deleted = self._deleted()
        with self._readable(coding, stated, check) as (path, undecoded):
            found = DatabaseSource(path, MAPINFO, careful=bool(deleted)).read(geometry=geometry)
        if undecoded:
            found = replace(found, attributes=_decoded(found.attributes, coding))
        found = check.finish(found) if check is not None else _without_deleted(found, deleted)
        return replace(
            found,
            layer=name,
            encoding=coding.encoding,
            encoding_how=coding.how,
            files=siblings(self.path),
            notes=(*found.notes, *self._notes(coding, head, found)),
        )

    def _head(self) -> bytes:
        with self.path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
        table = self.path.suffix.casefold() == ".tab"
        start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:10].lower()
        if not start.startswith(b"!table" if table else b"version"):
            raise SourceError(message("sources.signature_wrong", path=self.path.name, kind="MapInfo"))
        kind = _TYPE.search(head)
        if table and kind is not None and kind[1].upper() not in _READ_TYPES:
            raise SourceError(
                message("sources.tab_linked", path=self.path.name, kind=kind[1].decode("ascii").upper())
            )
        if table:
            check_tab_head(self.path, head)
        return head

    def _check(self) -> MifCheck | None:
        """Look through a .mif and its .mid; None for a .tab, whose records carry their numbers."""
        if self.path.suffix.casefold() == ".tab":
            return None
        return check_mif(self.path, sibling(self.path, ".mid"), read_mif_head(self.path))

    def _coding(self, head: bytes) -> tuple[Coding, str | None]:
        """Return the encoding, and the character set that the file states."""
        found = _CHARSET.search(head if self.path.suffix.casefold() == ".tab" else head[:2000])
        stated = (found[2] or found[4]).decode("ascii") if found else None
        codec = _CHARSETS.get((stated or "").casefold())
        cells = sorted({(cell, False) for cell in self._cells(head) if not cell.isascii()})
        statement = Statement(text=codec, how="format") if codec else None
        coding = decide_coding(cells, declared=self.encoding, stated=statement)
        if coding.codec == "cp1252" and coding.how == "format":
            # A program that is not set to Chinese states its own set, and single bytes contradict nothing.
            found_there = decide_coding(cells)
            if found_there.codec == "gb18030":
                coding = replace(found_there, note=message("sources.no_hint"))
        if coding.note is not None:
            note = message("sources.charset_contradicted", stated=str(stated), found=coding.encoding)
            coding = replace(coding, note=note)
        return coding, stated

    def _cells(self, head: bytes) -> Iterator[bytes]:
        """Yield pieces of text as stored: column names, and the values of .dat or .mid."""
        table = self.path.suffix.casefold() == ".tab"
        yield from head.split(b"\nData", 1)[0].splitlines()
        companion = sibling(self.path, ".dat" if table else ".mid")
        if companion is None:
            return
        data = companion.read_bytes()
        if not table:
            yield from data.splitlines()
            return
        width, rows, start = _dat_layout(data)
        entries = [data[place : place + 32] for place in range(32, min(start, len(data)) - 31, 32)]
        fields = [(entry[16], entry[11:12] == b"C") for entry in entries]
        for row in range(rows):
            place = start + row * width + 1
            for size, is_text in fields:
                if is_text:
                    yield data[place : place + size].rstrip(b"\0 ")
                place += size

    @contextmanager
    def _readable(
        self, coding: Coding, stated: str | None, check: MifCheck | None
    ) -> Iterator[tuple[Path, bool]]:
        """Yield the table; or a copy, of what is whole, of text as bytes, where GDAL would get it wrong."""
        decoded = _CHARSETS.get((stated or "").casefold()) == coding.codec
        if decoded and (check is None or check.is_whole):
            yield self.path, False
            return
        with tempfile.TemporaryDirectory(prefix="lantu-") as folder:
            copy = Path(folder, self.path.stem + self.path.suffix.casefold())
            for part in siblings(self.path):
                target = copy.with_suffix(part.suffix.casefold())
                if check is None or check.is_whole:
                    shutil.copyfile(part, target)
                else:
                    write = write_whole if target == copy else write_whole_rows
                    write(check, part, target)
            if not decoded:
                data = _restated(copy.read_bytes(), table=copy.suffix == ".tab")
                found = _CHARSET.search(data)
                if found is None or (found[2] or found[4]).decode("ascii") != _BYTES:
                    raise SourceError(message("sources.signature_wrong", path=self.path.name, kind="MapInfo"))
                copy.write_bytes(data)
            yield copy, not decoded

    def _deleted(self) -> set[int]:
        dat = sibling(self.path, ".dat") if self.path.suffix.casefold() == ".tab" else None
        if dat is None:
            return set()
        data = dat.read_bytes()
        width, rows, start = _dat_layout(data)
        return {row + 1 for row in range(rows) if data[start + row * width] == _DELETED}

    def _notes(self, coding: Coding, head: bytes, found: NotedTable) -> Iterator[Message]:
        if self.path.suffix.casefold() == ".mif" and sibling(self.path, ".mid") is None:
            yield message("sources.mid_missing", path=self.path.name)
        if coding.note is not None:
            yield coding.note
        if found.crs is None and re.search(rb"(?i)nonearth", head[:4000]):
            yield message("sources.mapinfo_nonearth")
        places = sibling(self.path, ".map") if self.path.suffix.casefold() == ".tab" else None
        if places is not None and found.crs is not None:
            unit_m = _METRES_A_DEGREE if found.crs.is_geographic else 1.0
            step_m = _coordinate_step(places) * unit_m
            if step_m > _STEP_MATTERS_M:
                yield message("sources.mapinfo_step", step_m=step_m)


def _restated(data: bytes, *, table: bool) -> bytes:
    """Return a table's bytes with `_BYTES` as character set, stated where nothing was."""
    head, rest = (data, b"") if table else (data[:2000], data[2000:])
    if not table and not _CHARSET.search(head):
        line = re.compile(rb"(?im)^(\s*version\s+\d+[^\n]*\n)")
        return line.sub(rb'\1Charset "' + _BYTES.encode("ascii") + b'"\n', head, count=1) + rest
    if table and not re.search(rb"(?im)^\s*!charset", head):
        stated = rb"\1!charset " + _BYTES.encode("ascii") + b"\n"
        head = re.sub(rb"(?im)^(\s*!table[^\n]*\n)", stated, head, count=1)
    return _CHARSET.sub(lambda found: (found[1] or found[3]) + _BYTES.encode("ascii"), head) + rest


def _decoded(attributes: pd.DataFrame, coding: Coding) -> pd.DataFrame:
    """Return attributes whose characters were bytes as text; what is no such text gets U+FFFD."""

    def text(value: object) -> object:
        if not isinstance(value, str) or value.isascii():
            return value
        return replace_text(value.encode("latin-1", errors="replace"), coding.codec)

    found = attributes.copy()
    for place in range(attributes.shape[1]):
        if pd.api.types.is_object_dtype(attributes.dtypes.iloc[place]):
            found.isetitem(place, attributes.iloc[:, place].map(text).to_numpy(dtype=object))
    found.columns = distinct_names([str(text(name)) for name in attributes.columns])
    return found


def _without_deleted(found: NotedTable, deleted: set[int]) -> NotedTable:
    listed = found.problems["record"].isin(deleted).to_numpy()
    problems = found.problems[~listed].reset_index(drop=True)
    return replace(found, problems=problems, count_in=found.count_in - int(listed.sum()))


def _dat_layout(data: bytes) -> tuple[int, int, int]:
    """Return bytes a row, rows that are there, and where the first starts; a .dat has a .dbf's header."""
    if len(data) < 32:  # noqa: PLR2004  # the fixed part of the header
        return 1, 0, 0
    rows, start, width = struct.unpack("<IHH", data[4:12])
    width = max(width, 1)
    return width, min(rows, max(len(data) - start, 0) // width), start


def _coordinate_step(path: Path) -> float:
    """Return the length of one step of a .map's whole-number coordinates, in its units; 0 if unknown."""
    with path.open("rb") as file:
        head = file.read(512)
    if len(head) < 512 or struct.unpack_from("<i", head, _MAP_MAGIC)[0] != 42424242:  # noqa: PLR2004  # a block; its mark
        return 0.0
    scales = struct.unpack_from("<dd", head, _MAP_SCALES)
    return max((1 / scale for scale in scales if 1e-9 < scale < 1e15), default=0.0)  # noqa: PLR2004  # neither 0 nor junk
