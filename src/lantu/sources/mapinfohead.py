"""The head of a MapInfo table, checked before GDAL sees it.

GDAL's own complaints about a damaged head repeat its bytes, which are no UTF-8, and the bindings between GDAL
and Python fall over them with a traceback on the terminal. So what they would complain about is refused here.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from lantu.errors import SourceError
from lantu.messages import message

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

NUMBERS = frozenset({b"integer", b"smallint", b"largeint", b"float", b"decimal"})
"""Types of columns that hold numbers."""

_TYPES = NUMBERS | {b"char", b"date", b"time", b"datetime", b"logical"}
_KEYWORDS = frozenset({b"version", b"charset", b"delimiter", b"unique", b"index", b"coordsys", b"transform"})
_COLUMN = re.compile(rb"^\s*([^\s(;]+)\s+([A-Za-z]+)\b")
_CHARSET = re.compile(rb"""charset\s+"?[A-Za-z0-9_-]+"?\s*$""", re.IGNORECASE)
_DELIMITER = re.compile(rb"""delimiter\s+"(.)""", re.IGNORECASE)
_LONGEST_LINE = 4096
_MOST_LINES = 10_000
_LONGEST_QUOTE = 40


@dataclass(frozen=True, kw_only=True)
class MifHead:
    """What the head of a .mif states: columns as name and type, the delimiter of the .mid, its own lines."""

    columns: tuple[tuple[bytes, bytes], ...]
    delimiter: bytes
    lines: int


def read_mif_head(path: Path) -> MifHead:
    """Read the lines of a .mif up to ``Data``.

    Raises
    ------
    SourceError
        One of them is not as the format has it; it is named by its number.
    """
    with path.open("rb") as file:
        lines = _Lines(path, islice(iter(lambda: file.readline(_LONGEST_LINE), b""), _MOST_LINES))
        delimiter = b"\t"
        columns: tuple[tuple[bytes, bytes], ...] = ()
        before = b""
        for line in lines:
            words = line.split()
            keyword = words[0].lower() if words else before
            if keyword == b"data":
                return MifHead(columns=columns, delimiter=delimiter, lines=lines.number)
            if keyword == b"columns":
                columns = _columns(lines, words[1:])
            elif keyword == b"charset" and not _CHARSET.match(line.strip()):
                lines.refuse("sources.mapinfo_expects_charset")
            elif keyword == b"delimiter" and (found := _DELIMITER.match(line.strip())):
                delimiter = found[1]
            elif not line.isascii() or (keyword not in _KEYWORDS and before != b"coordsys"):
                lines.refuse("sources.mapinfo_expects_keyword")
            before = keyword if keyword in _KEYWORDS else before
        lines.refuse("sources.mapinfo_expects_data")
    raise AssertionError  # `refuse` has raised


def check_tab_head(path: Path, head: bytes) -> None:
    """Raise a SourceError where the character set or a field of a .tab is not as the format has it."""
    lines = _Lines(path, head.splitlines())
    for line in lines:
        words = line.split()
        if words and words[0].lower() == b"!charset" and not _CHARSET.match(line.strip().lstrip(b"!")):
            lines.refuse("sources.mapinfo_expects_charset")
        if words and words[0].lower() == b"type" and b"charset" in line.lower():
            stated = line[line.lower().index(b"charset") :].strip()
            if not _CHARSET.match(stated):
                lines.refuse("sources.mapinfo_expects_charset")
        if words and words[0].lower() == b"fields":
            _columns(lines, words[1:])


class _Lines:
    """Lines counted from 1, so that a complaint can name the one it is about."""

    def __init__(self, path: Path, lines: Iterable[bytes]) -> None:
        self._path = path
        self._lines = iter(lines)
        self._line = b""
        self.number = 0

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        self._line = next(self._lines).removeprefix(BOM_UTF8)
        self.number += 1
        return self._line

    def refuse(self, expected: str) -> None:
        """Raise a SourceError about the line that was read last."""
        text = self._line.strip()[:_LONGEST_QUOTE].decode("ascii", errors="backslashreplace")
        wanted = message(expected)
        raise SourceError(
            message(
                "sources.mapinfo_head", path=self._path.name, line=self.number, text=text, expected=wanted
            )
        )


def _columns(lines: _Lines, words: list[bytes]) -> tuple[tuple[bytes, bytes], ...]:
    """Return name and type of as many columns as were stated, one on each of the lines that follow."""
    if len(words) != 1 or not words[0].isdigit():
        lines.refuse("sources.mapinfo_expects_count")
    found = []
    for _ in range(min(int(words[0]), _MOST_LINES)):
        column = _COLUMN.match(next(lines, b""))
        if column is None or column[2].lower() not in _TYPES:
            lines.refuse("sources.mapinfo_expects_column")
        else:
            found.append((column[1], column[2].lower()))
    return tuple(found)
