r"""The tags of a DXF file, before ezdxf sees them: text decoded, damaged entities taken out and listed.

ezdxf gives up on a whole drawing for one number that is none, and repairs others by guessing digits. So
the main entities are looked through here; what is handed on is plain ASCII (other characters as DXF's own
``\U+XXXX``), and every main entity carries its record number as its handle.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from lantu.errors import SourceError
from lantu.messages import Message, message
from lantu.sources.coding import Coding, Statement, decide_coding, declared_coding, replace_text
from lantu.sources.dxfbinary import SENTINEL, ascii_lines

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FIRST_HANDLE = 0xF0000000
"""Handle of record 0: far above what drawings use, so that none is taken twice."""

LARGEST_ORDINATE = 1e11
"""Farther than any projected coordinate, in millimetres: what lies beyond is damage."""

_UTF8_SINCE = "AC1021"
_NUMBERS = (*range(10, 100), *range(140, 150), *range(170, 180), *range(210, 240), *range(270, 290))
_NUMBER_CODES = frozenset(f"{code}" for code in (*_NUMBERS, *range(1010, 1072)))
_PARTS = {"VERTEX": {"POLYLINE"}, "ATTRIB": {"INSERT"}, "SEQEND": {"POLYLINE", "INSERT"}}
"""Entities that belong to the one before."""

_EXTENDED = frozenset({"1001"})  # where an entity's extended data start
_NAME = re.compile(r"[A-Z][A-Z0-9_]+\s*$")

_BY_NUMBER = re.compile(r"\\U\+([0-9A-Fa-f]{4})")
_BY_PAGE = re.compile(r"\\M\+([1-5])([0-9A-Fa-f]{4})")
_PAGES = {"1": "cp932", "2": "big5", "3": "cp949", "4": "johab", "5": "gbk"}
_NON_ASCII = re.compile(r"[^\x00-\x7f]")
_VERSION = re.compile(rb"\$ACADVER\s+1\s+(AC\d{4})")
_CODEPAGE = re.compile(rb"\$DWGCODEPAGE\s+3\s+([A-Za-z0-9_-]+)")

Tag = tuple[str, str]


@dataclass
class _Entity:
    """One main entity with the tags of its parts."""

    tags: list[Tag]
    broken: Message | None = None

    @property
    def kind(self) -> str:
        return self.tags[0][1]


@dataclass
class DxfText:
    """A drawing as ASCII that ezdxf can read, and the entities that were taken out of it."""

    data: str
    coding: Coding
    count: int = 0
    refused: dict[int, tuple[Message, str, str]] = field(default_factory=dict)  # record: why, what, layer
    handles: dict[int, str] = field(default_factory=dict)  # record: the handle that the drawing gives it
    layers: dict[int, str] = field(default_factory=dict)  # record: the drawing layer
    codepage: str | None = None
    section: tuple[int, int] = (0, 0)  # lines of ``data`` from the begin to the end of ENTITIES

    def entities_alone(self) -> str:
        """Return the ENTITIES section as a drawing of its own, for where the rest of it is damaged."""
        lines = self.data.split("\n")[slice(*self.section)]
        version = "AC1015" if "AcDbEntity" in lines else "AC1009"  # only the older has no classes
        head = ("0", "SECTION", "2", "HEADER", "9", "$ACADVER", "1", version, "0", "ENDSEC")
        return "\n".join([*head, *lines, "0", "EOF", ""])


def read_dxf_text(path: Path, encoding: str | None) -> DxfText:
    """Read a drawing's tags and take out the entities that are damaged.

    Records count the entities of the ENTITIES section, from 1; vertices belong to theirs.

    Raises
    ------
    SourceError
        It is no DXF.
    """
    data = path.read_bytes()
    if data.startswith(SENTINEL):
        data = ascii_lines(data)
    codepage = _CODEPAGE.search(data[:200_000])
    coding = _coding(data, encoding, codepage[1].decode("ascii") if codepage else None)
    text = _unescaped(replace_text(data, coding.codec))
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if _section_start(lines, "ENTITIES") is None:
        raise SourceError(message("sources.not_dxf", path=path.name))
    found = DxfText("", coding, codepage=codepage[1].decode("ascii") if codepage else None)
    found.data = "\n".join(_rewritten(lines, found)) + "\n"
    return found


def _unescaped(text: str) -> str:
    r"""Return text with characters written as ``\U+5b97`` or, of a code page, ``\M+5D7DA`` as such."""

    def by_number(found: re.Match[str]) -> str:
        return chr(int(found[1], 16))

    def by_page(found: re.Match[str]) -> str:
        return bytes.fromhex(found[2]).decode(_PAGES[found[1]], "replace")

    if "\\M+" in text:
        text = _BY_PAGE.sub(by_page, text)
    return plain_text(_BY_NUMBER.sub(by_number, text)) if "\\U+" in text else text


def plain_text(text: str) -> str:
    """Return text as ezdxf gives it with characters beyond the basic plane, escaped as two, joined."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _coding(data: bytes, encoding: str | None, codepage: str | None) -> Coding:
    if encoding is not None:
        return declared_coding(encoding)
    version = _VERSION.search(data[:200_000])
    modern = version is not None and version[1].decode("ascii") >= _UTF8_SINCE
    stated = "UTF-8" if modern else codepage
    cells = [(line, False) for line in set(data.splitlines()) if not line.isascii()]
    cells.sort()
    found = decide_coding(cells, stated=Statement(text=stated, how="format") if stated else None)
    if found.note is None:
        return found
    note = message("sources.charset_contradicted", stated=str(stated), found=found.encoding)
    return replace(found, note=note)


def _section_start(lines: list[str], section: str) -> int | None:
    """Return the index of the first line after the section's name; None where there is none."""
    for place in range(len(lines) - 3):
        if (
            lines[place + 3].strip() == section
            and lines[place].strip() == "0"
            and lines[place + 1].strip() == "SECTION"
        ):
            return place + 4
    return None


def _rewritten(lines: list[str], found: DxfText) -> Iterator[str]:
    """Yield the drawing's lines, the ENTITIES section rebuilt from the entities that are whole."""
    start = _section_start(lines, "ENTITIES") or 0
    entities, end = _entities(lines, start)
    found.count = len(entities)
    written = start
    yield from lines[:start]
    for record, entity in enumerate(entities, start=1):
        if entity.broken is not None:
            found.refused[record] = (entity.broken, _excerpt(entity), _value(entity, "8") or "0")
            continue
        found.layers[record] = _value(entity, "8") or "0"
        found.handles[record] = _value(entity, "5") or ""
        for code, value in _with_handle(entity.tags, f"{FIRST_HANDLE + record:X}"):
            yield code
            yield value
            written += 2
    yield from ("0", "ENDSEC")
    found.section = (start - 4, written + 2)
    yield from lines[end:]
    yield from ("0", "EOF")


def _tags(lines: list[str], start: int) -> Iterator[tuple[str | None, str, int]]:
    """Yield code, value and the next line's index; code is None where lines are missing or too many."""
    place = start
    while place + 1 < len(lines):
        code = lines[place].strip()
        if code.isdecimal() or code.startswith("-"):
            place += 2
            yield code, lines[place - 1], place
            continue
        place += 1
        while place + 1 < len(lines) and not (lines[place].strip() == "0" and _NAME.match(lines[place + 1])):
            place += 1
        yield None, code, place


def _entities(lines: list[str], start: int) -> tuple[list[_Entity], int]:
    """Return the entities of a section, and the index of the first line after it."""
    found: list[_Entity] = []
    place = start
    for code, value, following in _tags(lines, start):
        place = following
        if code == "0":
            name = value.strip()
            if name in {"ENDSEC", "EOF"}:
                return found, place
            if found and name in _PARTS and found[-1].kind in _PARTS[name]:
                found[-1].tags.append((code, name))
            else:
                found.append(_Entity([(code, name)]))
        elif found:
            reason = _tag_problem(code, value)
            found[-1].broken = found[-1].broken or reason
            found[-1].tags += [(code, value)] if code is not None else []
    if found:
        found[-1].broken = found[-1].broken or message("sources.dxf_cut_off")
    return found, len(lines)


def _tag_problem(code: str | None, value: str) -> Message | None:
    """Return why a tag cannot be right; None where it can."""
    if code is None:
        return message("sources.dxf_lines_shifted")
    if code not in _NUMBER_CODES:
        return None
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not abs(number) <= LARGEST_ORDINATE:  # nan is not less than anything
        return message("sources.dxf_number", code=code, text=value.strip())
    return None


def _with_handle(tags: list[Tag], handle: str) -> list[Tag]:
    """Return the tags of an entity with this handle in place of its own; its parts keep theirs."""
    head = next((place for place, tag in enumerate(tags) if place and tag[0] == "0"), len(tags))
    plain = next((place for place, (code, _) in enumerate(tags[:head]) if code in _EXTENDED), head)
    kept = [tag for tag in tags[1:plain] if tag[0] != "5"]
    return [tags[0], ("5", handle), *kept, *tags[plain:]]


def _value(entity: _Entity, code: str) -> str | None:
    found = next((value for own, value in entity.tags if own == code), None)
    return None if found is None else found.strip()


def _excerpt(entity: _Entity) -> str:
    handle = _value(entity, "5")
    return f"{entity.kind} {handle}" if handle else entity.kind


def escaped(text: str) -> bytes:
    """Return text as ASCII, other characters as DXF writes them, one escape for each UTF-16 unit."""

    def units(found: re.Match[str]) -> str:
        data = found[0].encode("utf-16-be", "surrogatepass")
        pairs = zip(data[::2], data[1::2], strict=True)
        return "".join(f"\\U+{high:02X}{low:02X}" for high, low in pairs)

    return _NON_ASCII.sub(units, text).encode("ascii")
