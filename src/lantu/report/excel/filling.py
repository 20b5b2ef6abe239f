"""Lists written into a workbook that has all but their rows.

xlsxwriter writes the frame: sheets, heads, widths, formats, filters, and for each list one *specimen* row
with a cell in each of its formats and, where it has links, one link. Here the specimen is replaced by the
rows of the list, and the link by theirs; every other byte stays. A list of a million cells takes a second
so, where a call for each cell takes ten, and is never in memory as cells.
"""

from __future__ import annotations

import re
import zipfile
from typing import TYPE_CHECKING

from xlsxwriter.utility import xl_col_to_name

from lantu.report.excel.rows import FIRST_ROW

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path
    from typing import BinaryIO

    from lantu.report.excel.rows import Rows
    from lantu.report.excel.texts import Texts

LEVEL = 3
"""Of compression: a tenth larger than the usual 6, in half the time."""

WIDE = 1 << 30
"""Bytes of texts from which the file of texts may exceed what a zip archive holds without extensions."""

_TEXTS = "xl/sharedStrings.xml"
_COUNTS = re.compile(rb' count="(\d+)" uniqueCount="(\d+)"')
_SPECIMEN = re.compile(rf'<row r="{FIRST_ROW}".*?</row>')
_STYLE = re.compile(r' s="(\d+)"')
_DIMENSION = re.compile(r'<dimension ref="[^"]*"/>')
_LINK = re.compile(r"<hyperlink [^>]*/>")


def fill(frame: BinaryIO, path: Path, lists: Mapping[int, Rows], texts: Texts) -> None:
    """Write the workbook ``frame`` to ``path``, with the rows of ``lists`` by the number of their sheet."""
    by_name = {f"xl/worksheets/sheet{number}.xml": rows for number, rows in lists.items()}
    with (
        zipfile.ZipFile(frame) as given,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as filled,
    ):
        first_text = _texts_of(given.read(_TEXTS))
        for entry in given.infolist():
            content = given.read(entry)
            parts: Iterable[bytes | memoryview] = [content]
            if entry.filename in by_name:
                parts = _sheet(content.decode(), by_name[entry.filename], first_text)
            elif entry.filename == _TEXTS:
                parts = _shared(content, texts, cells=sum(_text_cells(rows) for rows in lists.values()))
            wide = entry.filename == _TEXTS and texts.size > WIDE
            _write(filled, entry.filename, parts, wide=wide)


def _write(filled: zipfile.ZipFile, name: str, parts: Iterable[bytes | memoryview], *, wide: bool) -> None:
    """Write one file of the workbook; ``wide`` makes Excel ask for leave to repair the workbook first."""
    with filled.open(name, "w", force_zip64=wide) as file:
        for part in parts:
            file.write(part)


def _texts_of(content: bytes) -> int:
    """Return how many texts the frame has."""
    found = _COUNTS.search(content)
    assert found is not None  # noqa: S101  # every sheet has a head
    return int(found[2])


def _shared(content: bytes, texts: Texts, *, cells: int) -> Iterator[bytes | memoryview]:
    """Yield the shared texts of the frame, then those of the lists."""
    found = _COUNTS.search(content)
    assert found is not None  # noqa: S101  # as above
    count, unique = int(found[1]) + cells, int(found[2]) + texts.count
    head, end = content[: found.start()], b"</sst>"
    yield head + b' count="%d" uniqueCount="%d"' % (count, unique)
    yield content[found.end() : content.rindex(end)]
    yield from texts.elements()
    yield end


def _text_cells(rows: Rows) -> int:
    return sum(int(column.filled.sum()) for column in rows.columns if column.of_texts)


def _sheet(content: str, rows: Rows, first_text: int) -> Iterator[bytes | memoryview]:
    """Yield a worksheet of the frame with the rows of a list for its specimen."""
    specimen = _SPECIMEN.search(content)
    assert specimen is not None  # noqa: S101  # written for this
    last = f"{xl_col_to_name(len(rows.columns) - 1)}{len(rows) + FIRST_ROW - 1}"
    head = _DIMENSION.sub(f'<dimension ref="A1:{last}"/>', content[: specimen.start()], count=1)
    yield head.encode()
    yield from rows.elements(_STYLE.findall(specimen[0]), first_text)
    yield from _linked(content[specimen.end() :], rows)


def _linked(rest: str, rows: Rows) -> Iterator[bytes]:
    """Yield what follows the rows; every link leads to the file that the one of the specimen leads to."""
    link = _LINK.search(rest)
    if link is None:
        yield rest.encode()
        return
    cell = f'ref="{xl_col_to_name(rows.linked)}{{row}}"'
    one = re.sub(r'ref="[^"]*"', cell, re.sub(r'location="[^"]*"', 'location="{place}"', link[0]))
    yield rest[: link.start()].encode()
    yield rows.hyperlinks(one)
    yield rest[link.end() :].encode()
