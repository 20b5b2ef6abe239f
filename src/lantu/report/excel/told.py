"""The findings as columns of the workbook, each finding once, whoever reads it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lantu.model import FINDING_COLUMNS, SEVERITIES, finding_parts
from lantu.report.excel.decided import COUNTED, decided_cells, decided_columns
from lantu.report.excel.texts import rooms
from lantu.report.wording import department_names, level_name, said_value, value_field

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import pandas as pd

    from lantu.model import BoolArray, FloatArray, IntArray, ObjectArray
    from lantu.model.coded import Codes
    from lantu.report.excel.book import Book
    from lantu.report.excel.rows import Picks

_PLAIN = (
    "finding_id", "message", "cause_id", "town", "village",
    "layer_a", "layer_b", "id_a", "id_b", "raw_a", "raw_b",
)  # fmt: skip
"""Columns that are shown as they are."""

_NONE = pa.table(
    {
        name: pa.array([], pa.float64() if kind == "float64" else pa.string())
        for name, kind in FINDING_COLUMNS.items()
    }
)
"""No finding, with all columns."""

_UNITS = {"m2": "m²", "m3": "m³"}
_APART = "\x1f"
"""Between a column's name and its value; ASCII has it for this, and no name holds it."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """``texts`` are numbers of texts by column, -1 for none; ``numbers`` by column, NaN for none.

    ``rooms`` is the room that each message takes, ``severities`` the place of each among SEVERITIES,
    ``sides`` the keys of both departments. All of shape (n,), in the order of the run.
    """

    texts: Mapping[str, Codes]
    numbers: Mapping[str, FloatArray]
    rooms: IntArray
    severities: Picks
    sides: tuple[ObjectArray, ObjectArray]

    def __len__(self) -> int:
        """Return the number of findings."""
        return len(self.rooms)

    def seen_by(self, department: str) -> tuple[IntArray, BoolArray]:
        """Return the rows that concern a department and, of all rows, where it is the first side.

        The most severe come first; among equals the order of the run holds.
        """
        first, second = (side == department for side in self.sides)
        rows = np.flatnonzero(first | second)
        return rows[np.argsort(self.severities[rows], kind="stable")], first


def told(book: Book) -> Told:
    """Read the findings of a run, some ten thousand at a time, and add their texts to the book's."""
    texts: dict[str, list[Codes]] = {}
    numbers: dict[str, list[FloatArray]] = {}
    room: list[IntArray] = [np.empty(0, dtype=np.int64)]
    for part in chain([_NONE], finding_parts(book.run.findings, list(FINDING_COLUMNS))):
        for name, column in _shown(book, part):
            if pa.types.is_string(column.type):
                texts.setdefault(name, []).append(book.texts.column(column))
            else:
                numbers.setdefault(name, []).append(column.cast(pa.float64()).to_numpy(zero_copy_only=False))
        room.append(rooms(_flat(part, "message")))
    return Told(
        texts={name: np.concatenate(found) for name, found in texts.items()},
        numbers={name: np.concatenate(found) for name, found in numbers.items()},
        rooms=np.concatenate(room),
        severities=severity_ranks(book.run.findings["severity"]),
        sides=(
            book.run.findings["department_a"].to_numpy(dtype=object),
            book.run.findings["department_b"].to_numpy(dtype=object),
        ),
    )


def severity_ranks(severities: pd.Series[Any]) -> Picks:
    """Return the place of each severity among SEVERITIES."""
    rank = {severity: place for place, severity in enumerate(SEVERITIES)}
    return np.asarray(severities.map(rank), dtype=np.uint8)


def _shown(book: Book, part: pa.Table) -> Iterator[tuple[str, pa.Array]]:
    """Yield the columns, those of texts in the words of the reader."""
    language = book.language
    names = department_names(book.run)
    for name in _PLAIN:
        yield name, _flat(part, name)
    yield "rule", _flat(part, "rule")
    yield "rule_title", _each(_flat(part, "rule"), book.title_of)
    yield "severity", _each(_flat(part, "severity"), lambda one: book.say(f"severity.{one}"))
    yield "verdict", _each(_flat(part, "verdict"), lambda one: book.say(f"verdict.{one}"))
    yield "level", _each(_flat(part, "level"), lambda one: level_name(one, language))
    yield "unit", _each(_flat(part, "unit"), lambda one: _UNITS.get(one, one))
    field = _flat(part, "field")
    yield "field", _each(field, lambda one: value_field(one, language))
    for side in ("a", "b"):
        yield f"department_{side}", _each(_flat(part, f"department_{side}"), lambda one: names.get(one, one))
        pairs = pc.binary_join_element_wise(field.fill_null(""), _flat(part, f"value_{side}"), _APART)
        yield f"value_{side}", _each(pairs, lambda one: _value(one, book))
    for name, kind in FINDING_COLUMNS.items():
        if kind == "float64":
            yield name, _array(part.column(name))
    yield from _decided(book, part, names)


def _value(pair: str, book: Book) -> str | None:
    field, value = pair.split(_APART, maxsplit=1)
    return said_value(field or None, value, book.language)


def _decided(book: Book, part: pa.Table, names: Mapping[str, str]) -> Iterator[tuple[str, pa.Array]]:
    """Yield what the register says of the findings."""
    if book.run.decisions is None:
        return
    cells = [decided_cells(book.run, one, names) for one in part.column("finding_id").to_pylist()]
    for name in decided_columns(book.run):
        kind = pa.float64() if name in COUNTED else pa.string()
        yield name, pa.array([cell[name] for cell in cells], kind)


def _each(column: pa.Array, said: Callable[[str], str | None]) -> pa.Array:
    """Return ``said`` of each text, asked once for each different one; none stays none."""
    coded = column.dictionary_encode()
    words = pa.array([said(text) for text in coded.dictionary.to_pylist()], pa.string())
    return words.take(coded.indices)


def _flat(part: pa.Table, name: str) -> pa.Array:
    return _array(part.column(name).cast(pa.string()))


def _array(column: pa.ChunkedArray) -> pa.Array:
    """Return a column as one array."""
    whole = column.combine_chunks()
    return whole.chunk(0) if isinstance(whole, pa.ChunkedArray) else whole
