"""On which line of a TOML text each key stands.

The standard library's parser says what a text means but not where. This scanner walks over a text that the
parser has accepted and notes lines only; it never decides what a value is.
"""

from __future__ import annotations

import re
import tomllib
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeAlias

KeyPath: TypeAlias = tuple[str | int, ...]
"""Keys from the top of the file down; numbers count the elements of arrays, from 0."""

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_LINE_STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'')
_BLOCK_STRING = re.compile(r'"""(?:[^\\]|\\.)*?"{3,5}(?!")|\'\'\'.*?\'{3,5}(?!\')', re.DOTALL)
_SCALAR = re.compile(r"[^,\]}#\n]+")


def line_index(text: str) -> dict[KeyPath, int]:
    """Return the 1-based line of every key, every table and every array element of a valid TOML text.

    A table stands where it is first named (``a`` in ``[a.b]``), the root, ``()``, on line 1.
    """
    scanner = _Scanner(text.replace("\r\n", "\n"))
    scanner.document()
    return scanner.lines


@dataclass(frozen=True, kw_only=True)
class Statement:
    """The last ``key = value`` of a text (``path`` is empty for a header), and the table that it is in."""

    line: int
    path: KeyPath
    table: KeyPath
    lines: dict[KeyPath, int]


def last_statement(text: str) -> Statement:
    """Return the last statement of a text, which may break off inside it."""
    scanner = _Scanner(text)
    with suppress(ValueError):
        scanner.document()
    return Statement(
        line=scanner.statement_line,
        path=scanner.statement_path,
        table=scanner.table,
        lines=scanner.lines,
    )


def split_key(text: str) -> tuple[str, ...]:
    """Return the parts of the dotted key that ``text`` starts with, e.g. ``("layers", "a.b")``.

    Raises
    ------
    ValueError
        The text does not start with a key.
    """
    return _Scanner(text).key()


class _Scanner:
    """A cursor over a TOML text that collects lines as it goes."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.lines: dict[KeyPath, int] = {(): 1}
        self.table: KeyPath = ()  # the table that the statement at hand is in
        self.statement_line = 1
        self.statement_path: KeyPath = ()
        self._counts: dict[KeyPath, int] = {}  # arrays of tables, by path: how many tables so far
        self._line = 1
        self._counted_to = 0

    def document(self) -> None:
        """Walk over the whole text."""
        self._take(_BLANK)
        while self.position < len(self.text):
            self.statement_line = self._line_here()
            self.statement_path = ()
            if self.text.startswith("[", self.position):
                self.table = self._header()
            else:
                self._pair(self.table)
            self._take(_BLANK)

    def key(self) -> tuple[str, ...]:
        """Take a dotted key and return its parts."""
        parts = [self._key_part()]
        while self._passes("."):
            self._take(_SPACE)
            parts.append(self._key_part())
        return tuple(parts)

    def _key_part(self) -> str:
        bare = self._take(_BARE_KEY)
        quoted = "" if bare else self._take(_LINE_STRING)
        if not bare and not quoted:
            problem = f"no key at position {self.position}"
            raise ValueError(problem)
        self._take(_SPACE)
        return bare or str(tomllib.loads(f"key = {quoted}")["key"])

    def _header(self) -> KeyPath:
        """Take ``[a.b]`` or ``[[a.b]]`` and return the path of the table that it opens."""
        line = self._line_here()
        is_array = self.text.startswith("[[", self.position)
        self.position += 2 if is_array else 1
        self._take(_SPACE)
        parts = self.key()
        self.position += 2 if is_array else 1
        path: KeyPath = ()
        for number, part in enumerate(parts, start=1):
            path = (*path, part)
            self.lines.setdefault(path, line)
            if is_array and number == len(parts):
                self._counts[path] = self._counts.get(path, 0) + 1
            if path in self._counts:
                path = (*path, self._counts[path] - 1)
                self.lines.setdefault(path, line)
        return path

    def _pair(self, table: KeyPath) -> None:
        """Take ``key = value``."""
        line = self._line_here()
        parts = self.key()
        for end in range(1, len(parts) + 1):
            self.lines.setdefault((*table, *parts[:end]), line)
        self.statement_path = self.statement_path or (*table, *parts)
        self._passes("=")
        self._take(_SPACE)
        self._value((*table, *parts))

    def _value(self, path: KeyPath) -> None:
        """Take one value and whatever is inside it."""
        if self._passes("["):
            self._array(path)
        elif self._passes("{"):
            self._inline_table(path)
        else:
            _ = self._take(_BLOCK_STRING) or self._take(_LINE_STRING) or self._take(_SCALAR)

    def _array(self, path: KeyPath) -> None:
        self._take(_BLANK)
        self._fail_at_end()
        number = 0
        while not self._passes("]"):
            self.lines[*path, number] = self._line_here()
            start = self.position
            self._value((*path, number))
            if self.position == start:
                problem = f"no value at position {start}"
                raise ValueError(problem)
            number += 1
            self._next_element()

    def _inline_table(self, path: KeyPath) -> None:
        self._take(_BLANK)
        self._fail_at_end()
        while not self._passes("}"):
            self._pair(path)
            self._next_element()

    def _next_element(self) -> None:
        self._take(_BLANK)
        self._passes(",")
        self._take(_BLANK)
        self._fail_at_end()

    def _fail_at_end(self) -> None:
        if self.position >= len(self.text):
            problem = f"the text ends inside the value that starts on line {self.statement_line}"
            raise ValueError(problem)

    def _passes(self, mark: str) -> bool:
        """Say whether ``mark`` stands here, and if so go past it."""
        found = self.text.startswith(mark, self.position)
        self.position += len(mark) if found else 0
        return found

    def _take(self, pattern: re.Pattern[str]) -> str:
        """Go past what ``pattern`` matches here and return it; empty where it does not."""
        found = pattern.match(self.text, self.position)
        if found is None:
            return ""
        self.position = found.end()
        return found[0]

    def _line_here(self) -> int:
        self._line += self.text.count("\n", self._counted_to, self.position)
        self._counted_to = self.position
        return self._line
