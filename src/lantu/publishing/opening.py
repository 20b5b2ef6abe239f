"""Opening every kind of file that an edition is made of, down to the bytes, texts and places in it.

A GeoPackage is read as bytes, free pages included, and through SQL; a workbook part by part; a parquet file
with its metadata, statistics and the entries of its dictionaries that no row uses; a page with the blocks of
data that stand in it packed, as they are and with its sentences put together as the page does.
"""

from __future__ import annotations

import base64
import binascii
import gzip
import html
import io
import json
import re
import sqlite3
import zipfile
import zlib
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from lantu.report.page.columns import unfolded
from lantu.report.page.sentences import whole

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PACKED = re.compile(rb"[A-Za-z0-9+/]{64,}={0,2}")
BLOCK = re.compile(rb'<script type="application/octet-stream" id="([\w-]+)">([A-Za-z0-9+/=\s]*)</script>')
SQLITE, ZIP, PARQUET, GZIP = b"SQLite format 3\x00", b"PK\x03\x04", b"PAR1", b"\x1f\x8b"
DEEPEST = 6
PAGE_CONTENT = "data-content"


@dataclass(frozen=True, kw_only=True)
class View:
    """One way to look at a file, or at a part of it: where it is, its bytes, and its texts cell by cell."""

    place: str
    content: bytes = b""
    cells: tuple[str, ...] = ()
    blocks: dict[str, bytes] = field(default_factory=dict)


def open_folder(folder: Path) -> Iterator[View]:
    """Yield every view of every file below a folder, in the order of their names."""
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        name = path.relative_to(folder).as_posix()
        yield View(place=f"{name} (name)", content=name.encode("utf-8"))
        yield from views(name, path.read_bytes())


def views(place: str, content: bytes, depth: int = 0) -> Iterator[View]:
    """Yield the bytes as they stand, and whatever can be unpacked from them, packed things within too."""
    yield View(place=place, content=content)
    if depth >= DEEPEST:
        return
    opened: Iterator[View]
    if content.startswith(SQLITE):
        opened = _database(place, content)
    elif content.startswith(ZIP):
        opened = _archive(place, content, depth)
    elif content.startswith(PARQUET):
        opened = _parquet(place, content)
    elif content.startswith(GZIP):
        opened = _unpacked(place, content, depth)
    else:
        opened = _text(place, content, depth)
    yield from opened


def _database(place: str, content: bytes) -> Iterator[View]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(content)
        connection.text_factory = lambda given: given.decode("utf-8", errors="replace")
        found = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
        for (table,) in [("sqlite_schema",), *found]:
            quoted = '"' + table.replace('"', '""') + '"'
            try:
                rows = connection.execute(f"SELECT * FROM {quoted}").fetchall()  # noqa: S608  # quoted name
            except sqlite3.Error:
                continue  # a virtual table whose module is not here: its content stands in its own tables
            values = [value for row in rows for value in row]
            texts = tuple(value for value in values if isinstance(value, str))
            blobs = b"\x00".join(value for value in values if isinstance(value, bytes))
            yield View(place=f"{place}: table {table}", content=_lines(texts) + blobs, cells=texts)


def _archive(place: str, content: bytes, depth: int) -> Iterator[View]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            yield from views(f"{place}: {name}", archive.read(name), depth + 1)


def _parquet(place: str, content: bytes) -> Iterator[View]:
    plain = pq.ParquetFile(io.BytesIO(content))
    schema, metadata = plain.schema_arrow, plain.metadata
    notes = b"\n".join(key + b"=" + value for key, value in (metadata.metadata or {}).items())
    yield View(place=f"{place}: metadata", content=notes + str(schema).encode("utf-8"))
    texts = [name for name in schema.names if _is_text(schema.field(name).type)]
    table = pq.ParquetFile(io.BytesIO(content), read_dictionary=texts).read()
    for name in table.column_names:
        values: list[Any] = []
        for chunk in table.column(name).chunks:
            values += (
                chunk.dictionary.to_pylist() if isinstance(chunk, pa.DictionaryArray) else chunk.to_pylist()
            )
        values += _statistics(metadata, name)
        cells = tuple(value for value in values if isinstance(value, str))
        blobs = b"\x00".join(value for value in values if isinstance(value, bytes))
        yield View(place=f"{place}: column {name}", content=_lines(cells) + blobs, cells=cells)


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _statistics(metadata: Any, name: str) -> list[Any]:  # noqa: ANN401  # pyarrow ships no types
    """Return the smallest and largest values that the file itself states of a column."""
    found = []
    for group in range(metadata.num_row_groups):
        for number in range(metadata.num_columns):
            column = metadata.row_group(group).column(number)
            if (
                column.path_in_schema == name
                and column.statistics is not None
                and column.statistics.has_min_max
            ):
                found += [column.statistics.min, column.statistics.max]
    return found


def _unpacked(place: str, content: bytes, depth: int) -> Iterator[View]:
    try:
        inside = gzip.decompress(content)
    except (OSError, EOFError, zlib.error):
        return
    yield from views(f"{place}: unpacked", inside, depth + 1)


def _text(place: str, content: bytes, depth: int) -> Iterator[View]:
    """Yield a text with its entities resolved, its JSON cells, and what stands in it as base64."""
    blocks = {name.decode("ascii"): _decoded(text) for name, text in BLOCK.findall(content)}
    if blocks:
        unpacked = {name: gzip.decompress(text) for name, text in blocks.items()}
        yield View(place=place, blocks=unpacked)
        told = tuple(_told(unpacked.get(PAGE_CONTENT, b"{}")))
        yield View(place=f"{place}: sentences", content=_lines(told), cells=told)
    seen = set(blocks.values())
    for text in (*blocks.values(), *(_decoded(found) for found in PACKED.findall(content))):
        if text and (text in seen or text.startswith(GZIP)):
            seen.discard(text)
            yield from views(f"{place}: packed", text, depth + 1)
    if b"<" in content and (b"&" in content or b"</t>" in content):
        marked = content.decode("utf-8", errors="replace")
        cells = tuple(html.unescape(cell) for cell in _elements(marked))
        yield View(place=f"{place}: entities", content=html.unescape(marked).encode("utf-8"), cells=cells)
    elif content[:1] in {b"{", b"["}:
        cells = tuple(_strings(_without_pieces(_json(content))))
        yield View(place=f"{place}: values", content=_lines(cells), cells=cells)


def _without_pieces(value: Any) -> Any:  # noqa: ANN401  # whatever JSON holds
    """Return what a page carries without its sentences in pieces: a piece is no cell, the whole is told."""
    if isinstance(value, dict) and "sentences" in value:
        return {name: one for name, one in value.items() if name != "sentences"}
    return value


def _told(content: bytes) -> Iterator[str]:
    """Yield the sentences that a page puts together from its templates, in both languages."""
    columns = _json(content)
    if isinstance(columns, dict) and "sentences" in columns:
        told, findings = (unfolded(columns[name]) for name in ("sentences", "findings"))
        for both in whole(told, findings):
            yield from (text for text in both or () if text)


def _elements(text: str) -> tuple[str, ...]:
    """Return the texts of a workbook's cells; what else stands between tags is numbers or layout."""
    return tuple(re.findall(r"<t(?:\s[^<>]*)?>([^<>]+)</t>", text))


def _decoded(text: bytes) -> bytes:
    try:
        return base64.b64decode(text, validate=False)
    except binascii.Error:
        return b""


def _json(content: bytes) -> Any:  # noqa: ANN401  # whatever JSON holds
    try:
        return json.loads(content)
    except ValueError:
        return None


def _strings(value: Any) -> Iterator[str]:  # noqa: ANN401  # as above
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, one in value.items():
            yield key
            yield from _strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)


def _lines(texts: tuple[str, ...]) -> bytes:
    return "\n".join(dict.fromkeys(texts)).encode("utf-8", errors="replace") + b"\n"
