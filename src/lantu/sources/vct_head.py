"""The lines of a VCT file and what stands before its objects: head, feature codes, table structures."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from lantu.sources.coding import replace_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SEPARATOR = ","
LONGEST_LINE = 1 << 20
"""Bytes of a line; a longer one is no VCT."""

MOST_FIELDS = 1024

END = re.compile(
    r"^(?:Head|FeatureCode|TableStructure|Point|Line|Polygon|Annotation|Topology|Attribute)End$",
    re.IGNORECASE,
)
BEGIN = re.compile(r"^(\w+)Begin$", re.IGNORECASE)


class Lines:
    """The lines of a file, decoded, without blanks around them; empty ones are skipped."""

    def __init__(self, path: Path, codec: str) -> None:
        self._path, self._codec = path, codec
        self.number = 0
        self._ahead: deque[tuple[int, str]] = deque()
        self._source = self._read()

    def take(self) -> str | None:
        """Return the next line, None at the end of the file."""
        if not self._ahead:
            self._fill(1)
        if not self._ahead:
            return None
        self.number, line = self._ahead.popleft()
        return line

    def peek(self, count: int) -> list[str]:
        """Return up to ``count`` of the lines that come next."""
        self._fill(count)
        return [line for _, line in islice(self._ahead, count)]

    def _fill(self, count: int) -> None:
        self._ahead.extend(islice(self._source, max(count - len(self._ahead), 0)))

    def _read(self) -> Iterator[tuple[int, str]]:
        with self._path.open("rb") as file:
            number = 0
            while data := file.readline(LONGEST_LINE):
                number += 1
                line = replace_text(data, self._codec).strip().removeprefix("\ufeff")
                if line:
                    yield number, line


@dataclass(frozen=True, kw_only=True)
class FeatureCode:
    """A kind of feature: its code, name, kind of geometry and the table of its attributes."""

    code: str
    name: str
    kind: str
    table: str


@dataclass(frozen=True, kw_only=True)
class Head:
    """What stands before the objects."""

    stated: dict[str, str]  # keys in lower case
    codes: tuple[FeatureCode, ...]
    tables: dict[str, tuple[tuple[str, str], ...]]  # table -> (field, type)
    separator: str


def read_head(lines: Lines) -> Head:
    """Read the head, the feature codes and the table structures; stops before the first object."""
    values: dict[str, str] = {}
    codes: list[FeatureCode] = []
    tables: dict[str, tuple[tuple[str, str], ...]] = {}
    separator = SEPARATOR
    while (ahead := lines.peek(1)) and (begin := BEGIN.match(ahead[0])) is not None:
        block = begin[1].casefold()
        if block not in {"head", "featurecode", "tablestructure"}:
            break
        lines.take()
        if block == "head":
            values = dict(_statement(line) for line in body(lines) if len(line) < MOST_FIELDS)
            separator = values.get("separator", "") or SEPARATOR
        elif block == "featurecode":
            codes += [_feature_code(line, separator) for line in body(lines)]
        else:
            tables = _tables(body(lines), separator)
    return Head(stated=values, codes=tuple(codes), tables=tables, separator=separator)


def is_edge(line: str) -> bool:
    """Say whether a line ends a block, or begins one because the end is missing."""
    return END.match(line) is not None or BEGIN.match(line) is not None


def body(lines: Lines) -> Iterator[str]:
    """Yield the lines of a block and take its end."""
    while (ahead := lines.peek(1)) and not is_edge(ahead[0]):
        yield lines.take() or ""
    if ahead and END.match(ahead[0]):
        lines.take()


def _statement(line: str) -> tuple[str, str]:
    key, _, value = line.replace("：", ":", 1).partition(":")
    return key.strip().casefold(), value.strip()


def _feature_code(line: str, separator: str) -> FeatureCode:
    code, name, kind, table = ([part.strip() for part in line.split(separator)] + [""] * 4)[:4]
    return FeatureCode(code=code, name=name, kind=kind.casefold(), table=table)


def _tables(body: Iterator[str], separator: str) -> dict[str, tuple[tuple[str, str], ...]]:
    tables: dict[str, tuple[tuple[str, str], ...]] = {}
    name: str | None = None
    fields: list[tuple[str, str]] = []
    for line in body:
        parts = [part.strip() for part in line.split(separator)]
        if line == "0":
            name, fields = None, []
        elif name is None:
            name, fields = parts[0], []
            tables.setdefault(name, ())
        elif len(fields) < MOST_FIELDS:
            fields.append((parts[0], parts[1].casefold() if len(parts) > 1 else "char"))
            tables[name] = tuple(fields)
    return tables
