"""From the bytes of a blueprint file to its tables, past as many broken lines as can be told apart.

The standard library's parser stops at the first mistake. Here the broken line (or the whole table, where
its header is broken) is left out and the rest is parsed again, so that one run lists all mistakes.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lantu.config.mistake import Mistake, dotted
from lantu.config.positions import KeyPath, Statement, last_statement, line_index, split_key
from lantu.messages import message

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_MISTAKES = 50
"""Broken lines that are told apart before the rest of the file is given up."""

_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_INLINE_KEY = re.compile(r"^Duplicate inline table key '(.*)'$")
_HEADER = re.compile(r"\s*\[{1,2}(?P<key>[^\[\],]+)\]{1,2}\s*(?:#.*)?$")
_FULL_WIDTH = re.compile("[“”‘’＝，［］｛｝＂＇]")
_SENTENCES = (
    (("Cannot overwrite a value", "Duplicate inline table key"), "repeated_key"),
    (("Cannot declare",), "repeated_table"),
    (("Cannot mutate immutable namespace", "Cannot redefine namespace"), "closed_table"),
    (("Unescaped '\\'", "Invalid hex value", "Escaped character"), "backslash"),
    (("Unterminated string", "Illegal character '\\n'", "Expected \"'", "Expected '\""), "unclosed_text"),
    (("Illegal character", "Found invalid character"), "character"),
    (("Unclosed array",), "unclosed_list"),
    (("Unclosed inline table",), "unclosed_braces"),
    (("Expected '='",), "no_equals"),
    (("Expected ']",), "no_bracket"),
    (("Invalid initial character for a key",), "key"),
    (("Invalid value",), "value"),
    (("Expected newline",), "rest"),
    (("Invalid date",), "date"),
    (("Invalid statement",), "statement"),
)
"""How the parser's messages start, and the sentence of the catalogue that says the same to a planner."""

_HELP = {
    "backslash": "forward_slashes",
    "value": "quote_text",
    "rest": "quote_text",
    "key": "quote_key",
    "statement": "quote_key",
}


@dataclass(frozen=True, kw_only=True)
class Parsed:
    """What could be parsed; ``lost`` are the keys and tables that were left out as broken."""

    data: Mapping[str, Any]
    lines: Mapping[KeyPath, int]
    lost: frozenset[KeyPath] = frozenset()
    mistakes: tuple[Mistake, ...] = ()


def parse(content: bytes) -> Parsed:
    """Parse a blueprint file; mistakes in its syntax are returned, never raised.

    Where the file cannot be read past a mistake, ``data`` is empty and ``lost`` holds the root.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        help_ = message("config.help.save_as_utf8")
        return _given_up([Mistake(path=(), line=line, what=message("config.syntax.encoding"), help=help_)])
    rows = text.replace("\r\n", "\n").split("\n")
    mistakes: list[Mistake] = []
    lost: set[KeyPath] = set()
    while True:
        text = "\n".join(rows)
        try:
            data = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            broken = _broken(str(error), rows)
            mistakes.append(broken.mistake)
            if not broken.drop(rows) or len(mistakes) == MOST_MISTAKES:
                return _given_up(mistakes)
            lost.update(broken.lost)
        else:
            return Parsed(data=data, lines=line_index(text), lost=frozenset(lost), mistakes=tuple(mistakes))


def _given_up(mistakes: list[Mistake]) -> Parsed:
    return Parsed(data={}, lines={(): 1}, lost=frozenset({()}), mistakes=tuple(mistakes))


@dataclass(frozen=True, kw_only=True)
class _Broken:
    """A syntax mistake, the rows to leave out because of it (from 0, end exclusive), and what they held."""

    mistake: Mistake
    first: int
    end: int
    lost: frozenset[KeyPath] = frozenset()

    def drop(self, rows: list[str]) -> bool:
        """Blank the rows; say whether that changed anything."""
        changed = any(row.strip() for row in rows[self.first : self.end])
        rows[self.first : self.end] = [""] * (self.end - self.first)
        return changed


def _broken(error: str, rows: list[str]) -> _Broken:
    """Tell what is wrong and how far it reaches."""
    place = _PLACE.search(error)
    detail = error[: place.start()] if place else error
    found = place is not None and place[1] is not None
    row = int(place[1]) - 1 if place and found else len(rows) - 1
    column = int(place[2]) - 1 if place and found else len(rows[-1])
    kind = next((kind for starts, kind in _SENTENCES if detail.startswith(starts)), "other")
    statement = last_statement("\n".join([*rows[:row], rows[row][:column]]))
    if _is_header(rows[row]) and kind not in {"unclosed_list", "unclosed_text"}:
        return _broken_table(kind, detail, rows, row)
    if kind == "repeated_key":
        return _repeated_key(statement, detail, row, rows)
    first = statement.line - 1
    if first == row or kind not in {"unclosed_list", "unclosed_text"}:
        lost = frozenset({statement.table, _path_of(rows[row], statement.table)})
        return _Broken(mistake=_mistake(kind, detail, row, rows), first=row, end=row + 1, lost=lost)
    lost = frozenset({statement.table, statement.path})
    mistake = _mistake(kind, detail, first, rows)
    return _Broken(mistake=mistake, first=first, end=_next_header(rows, first + 1), lost=lost)


def _broken_table(kind: str, detail: str, rows: list[str], row: int) -> _Broken:
    """Leave out a table whose header is broken, since nobody can tell where its keys belong."""
    path = _path_of(rows[row].strip().lstrip("["), ())
    mistake = _mistake(kind, detail, row, rows, path)
    return _Broken(mistake=mistake, first=row, end=_next_header(rows, row + 1), lost=frozenset({path}))


def _repeated_key(statement: Statement, detail: str, row: int, rows: list[str]) -> _Broken:
    """Leave out the second of two equal keys, and say where the first is."""
    first = min(statement.line - 1, row)
    path = statement.path or _path_of(rows[first], statement.table)
    inline = _INLINE_KEY.search(detail)
    path = (*path, inline[1]) if inline else path
    line = statement.lines.get(path, first + 1)
    help_ = message("config.help.first_given", line=line) if line != first + 1 else None
    what = message("config.syntax.repeated_key", key=dotted(path))
    mistake = Mistake(path=path, line=first + 1, what=what, help=help_)
    return _Broken(mistake=mistake, first=first, end=row + 1)


def _mistake(kind: str, detail: str, row: int, rows: list[str], path: KeyPath = ()) -> Mistake:
    helps = "fullwidth" if _FULL_WIDTH.search(rows[row]) else _HELP.get(kind)
    return Mistake(
        path=path,
        line=row + 1,
        what=message(f"config.syntax.{kind}", detail=detail, key=dotted(path)),
        help=message(f"config.help.{helps}") if helps else None,
    )


def _is_header(row: str) -> bool:
    """Say whether a row starts a table, be it a broken one."""
    return bool(_HEADER.match(row)) or (row.lstrip().startswith("[") and "=" not in row)


def _next_header(rows: list[str], start: int) -> int:
    """Return the first row from ``start`` on that is a table header, or the number of rows."""
    return next((number for number in range(start, len(rows)) if _HEADER.match(rows[number])), len(rows))


def _path_of(row: str, table: KeyPath) -> KeyPath:
    """Return the path of the key that a row starts with, or of the table where it has none."""
    try:
        return (*table, *split_key(row.strip()))
    except (ValueError, tomllib.TOMLDecodeError):
        return table
