"""The blocks of a VCT file (GB/T 17798-2007), read line by line: head, feature codes, tables, objects, rows.

Nothing is kept that was not asked for. A record that is damaged is skipped up to the next one that can
be recognised: a line ``0``, then an identifier, then a known feature code.
"""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lantu.messages import Message, message
from lantu.sources.boundary_lines import number_at
from lantu.sources.vct_head import BEGIN, END, Lines, body, is_edge

if TYPE_CHECKING:
    from collections.abc import Iterator

BOUNDARY_CODE = "1099000000"
"""Lines that are only the sides of polygons."""

_STRAIGHT = 11
_WHOLE = re.compile(r"^[+-]?[0-9]{1,18}$")


@dataclass(kw_only=True)
class Record:
    """One object as read: identifier, code, and points or references; ``reason`` where it is damaged."""

    bsm: str
    code: str
    line: int
    starts: list[int] = field(default_factory=list)
    coordinates: array[float] = field(default_factory=lambda: array("d"))
    references: list[list[str]] = field(default_factory=list)
    reason: Message | None = None


def find_block(lines: Lines) -> str | None:
    """Go on to the next block and return its name in lower case; None at the end of the file."""
    while (line := lines.take()) is not None:
        begin = BEGIN.match(line)
        if begin is not None:
            return begin[1].casefold()
    return None


def skip_block(lines: Lines) -> None:
    """Pass over a block."""
    for _ in body(lines):
        pass


def read_objects(lines: Lines, block: str, *, separator: str, codes: frozenset[str]) -> Iterator[Record]:
    """Yield the objects of a block; of damaged ones what can be told of them, with the reason."""
    read = {"point": _read_point, "line": _read_line, "polygon": _read_polygon}[block]
    while (ahead := lines.peek(2)) and not is_edge(ahead[0]):
        bsm = lines.take() or ""
        code = "" if len(ahead) == 1 or is_edge(ahead[1]) else lines.take() or ""
        record = Record(bsm=bsm[:80], code=code[:80], line=lines.number)
        try:
            _check_identity(record)
            read(lines, record, separator, codes)
        except _DamagedError:
            record.reason = message("sources.vct_object_damaged", line=lines.number, id=record.bsm)
            _resume(lines, codes)
        yield record


def read_rows(lines: Lines, separator: str, *, table: str) -> Iterator[tuple[int, list[str]]]:
    """Yield line number and values of the rows of one table of the attribute block, others passed over."""
    while (name := lines.take()) is not None and not END.match(name):
        wanted = name.casefold() == table.casefold()
        while (line := lines.take()) is not None and line.casefold() != "tableend":
            if END.match(line):
                return
            if wanted:
                yield lines.number, [value.strip() for value in line.split(separator)]


class _DamagedError(Exception):
    """An object is not what it has to be."""


def _check_identity(record: Record) -> None:
    if not _WHOLE.match(record.bsm) or not _WHOLE.match(record.code):
        raise _DamagedError


def _read_point(lines: Lines, record: Record, separator: str, codes: frozenset[str]) -> None:
    """Style, type and count, then the points, then ``0``."""
    _numbers_before_points(lines, separator, wanted=1)
    record.starts.append(0)
    while (ahead := lines.peek(1)) and separator in ahead[0]:
        record.coordinates.extend(_point(lines, separator))
    _end_of_object(lines, codes)


def _read_line(lines: Lines, record: Record, separator: str, codes: frozenset[str]) -> None:
    """Style and type, number of segments, then of each its type, its number of points and its points."""
    numbers = _numbers_before_points(lines, separator, wanted=3)
    segments, kind, count = numbers[-3:]
    record.starts.append(0)
    for position in range(segments):
        if position:
            kind, count = _integer(lines), _integer(lines)
        if count < 1:
            raise _DamagedError
        for _ in range(count):
            x, y = _point(lines, separator)
            if list(record.coordinates[-2:]) != [x, y] or not position:
                record.coordinates.extend((x, y))
        if kind != _STRAIGHT and record.reason is None:
            record.reason = message("sources.vct_curve", id=record.bsm, kind=kind)
    _end_of_object(lines, codes)


def _read_polygon(lines: Lines, record: Record, separator: str, codes: frozenset[str]) -> None:
    """Style and type, label point, construction, number of lines, their identifiers, then ``0``."""
    _numbers_before_points(lines, separator, wanted=1)
    _point(lines, separator)
    _integer(lines)
    count = _integer(lines)
    rings: list[list[str]] = [[]]
    found = entries = 0
    while found < count:
        ahead = lines.peek(3)
        if not ahead or is_edge(ahead[0]):
            raise _DamagedError
        if ahead[0] == "0" and entries >= count and _is_next(ahead[1:], codes):
            break  # the number counts the zeros between rings too, and this one ends the object
        for token in (lines.take() or "").split(separator):
            value = token.strip()
            if not value:
                continue
            if not _WHOLE.match(value):
                raise _DamagedError
            entries += 1
            if int(value) == 0:
                rings.append([])
            else:
                rings[-1].append(value)
                found += 1
    record.references = [ring for ring in rings if ring]
    _end_of_object(lines, codes)


def _numbers_before_points(lines: Lines, separator: str, *, wanted: int) -> list[int]:
    """Take the lines before the first point; the last of them are numbers, a style may precede them."""
    found: list[int] = []
    while (ahead := lines.peek(1)) and separator not in ahead[0]:
        if is_edge(ahead[0]) or len(found) > 8:  # noqa: PLR2004  # four or five lines are usual
            raise _DamagedError
        line = lines.take() or ""
        found = [*found, int(line)] if _WHOLE.match(line) else []
    if len(found) < wanted:
        raise _DamagedError
    return found


def _point(lines: Lines, separator: str) -> tuple[float, float]:
    ahead = lines.peek(1)
    parts = ahead[0].split(separator) if ahead else []
    if len(parts) < 2 or is_edge(ahead[0]):  # noqa: PLR2004  # x, y and perhaps z
        raise _DamagedError
    lines.take()
    x, y = number_at(parts[0].strip()), number_at(parts[1].strip())
    if x != x or y != y:  # noqa: PLR0124  # not a number
        raise _DamagedError
    return x, y


def _integer(lines: Lines) -> int:
    ahead = lines.peek(1)
    if not ahead or not _WHOLE.match(ahead[0]):
        raise _DamagedError
    return int(lines.take() or "0")


def _end_of_object(lines: Lines, codes: frozenset[str]) -> None:
    """Take the ``0``; some writers leave it out, which shows in what follows."""
    ahead = lines.peek(3)
    if ahead and ahead[0] == "0":
        lines.take()
    elif not _is_next(ahead, codes):
        raise _DamagedError


def _is_next(ahead: list[str], codes: frozenset[str]) -> bool:
    """Say whether these lines begin another object, or end the block or the file."""
    if not ahead or is_edge(ahead[0]):
        return True
    return len(ahead) > 1 and bool(_WHOLE.match(ahead[0])) and ahead[1] in codes


def _resume(lines: Lines, codes: frozenset[str]) -> None:
    """Skip what is left of a damaged object."""
    while ahead := lines.peek(3):
        if is_edge(ahead[0]):
            return
        if ahead[0] == "0" and _is_next(ahead[1:], codes):
            lines.take()
            return
        lines.take()
