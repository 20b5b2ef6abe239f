"""The rows of one list as the XML of a worksheet, made a column at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from xlsxwriter.utility import xl_col_to_name

from lantu.report.excel.texts import joined, large

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from xlsxwriter.format import Format

    from lantu.model import BoolArray, FloatArray, IntArray
    from lantu.model.coded import Codes
    from lantu.report.excel.texts import Texts

    Picks = np.ndarray[Any, np.dtype[np.uint8]]

FIRST_ROW = 2
"""The row of a sheet where a list begins, as Excel numbers them: below its head."""

AT_ONCE = 20_000
"""Rows made at a time."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a list: ``values`` are numbers of texts, -1 for none, or numbers, NaN for none.

    Each cell has the first of ``formats``, or the one that ``picks`` says.
    """

    values: Codes | FloatArray
    formats: tuple[Format, ...]
    picks: Picks | None = None

    @property
    def of_texts(self) -> bool:
        """Return whether the values stand for texts."""
        return self.values.dtype.kind == "i"

    @property
    def filled(self) -> BoolArray:
        """Return which rows have a cell."""
        return self.values >= 0 if self.of_texts else np.isfinite(self.values)

    def of_rows(self, rows: slice) -> Column:
        """Return some rows of the column."""
        return Column(
            values=self.values[rows],
            formats=self.formats,
            picks=None if self.picks is None else self.picks[rows],
        )


@dataclass(frozen=True, kw_only=True)
class Rows:
    """The rows of a list: its columns, the heights in points that differ from one line's, and links.

    ``heights_pt`` is 0 where a row keeps the height of one line. ``links`` are the texts that stand after #
    in the addresses of the first cells of column ``linked``.
    """

    columns: tuple[Column, ...]
    heights_pt: IntArray
    linked: int = 0
    links: tuple[str, ...] = ()

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.heights_pt)

    @property
    def formats(self) -> tuple[Format, ...]:
        """Return the formats of all columns, one after the other."""
        return tuple(one for column in self.columns for one in column.formats)

    def elements(self, styles: Sequence[str], first_text: int) -> Iterator[memoryview]:
        """Yield the rows as XML; ``styles`` are the ids of ``formats``, ``first_text`` that of text 0."""
        for start in range(0, len(self), AT_ONCE):
            rows = slice(start, min(start + AT_ONCE, len(self)))
            number = _written(np.arange(rows.start, rows.stop) + FIRST_ROW)
            left = iter(styles)
            cells = [
                _cells(column.of_rows(rows), place, number, [next(left) for _ in column.formats], first_text)
                for place, column in enumerate(self.columns)
            ]
            head = _heads(number, self.heights_pt[rows])
            yield joined(
                pc.binary_join_element_wise(
                    head, *cells, large("</row>"), large(""), null_handling="replace", null_replacement=""
                )
            )

    def hyperlinks(self, one: str) -> bytes:
        """Return the links as XML; ``one`` is the element with ``{row}`` and ``{place}`` in it."""
        written = (one.format(row=row, place=place) for row, place in enumerate(self.links, FIRST_ROW))
        return "".join(written).encode()


def texts_column(
    texts: Texts, values: Codes | FloatArray, style: Format, guarded: Format | None = None
) -> Column:
    """Return a column of texts; those that a spreadsheet could take for a formula are ``guarded``."""
    picks = texts.active()[np.asarray(values, dtype=np.int64)].astype(np.uint8)
    if guarded is None or not picks.any():
        return Column(values=values, formats=(style,))
    return Column(values=values, formats=(style, guarded), picks=picks)


def _cells(column: Column, place: int, number: pa.Array, styles: Sequence[str], first_text: int) -> pa.Array:
    """Return the cells of a column as XML, null where a row has none."""
    kind = ' t="s"' if column.of_texts else ""
    middles = pa.array([f'" s="{style}"{kind}><v>' for style in styles], pa.large_string())
    middle = middles[0] if column.picks is None else middles.take(pa.array(column.picks))
    shown = column.values + first_text if column.of_texts else column.values
    value = _written(shown, missing=~column.filled)
    opened = large(f'<c r="{xl_col_to_name(place)}')
    return pc.binary_join_element_wise(opened, number, middle, value, large("</v></c>"), large(""))


def _heads(number: pa.Array, heights_pt: IntArray) -> pa.Array:
    known, picks = np.unique(heights_pt, return_inverse=True)
    said = [f'" ht="{height}" customHeight="1">' if height else '">' for height in known.tolist()]
    ends = pa.array(said, pa.large_string()).take(pa.array(picks))
    return pc.binary_join_element_wise(large('<row r="'), number, ends, large(""))


def _written(values: IntArray | Codes | FloatArray, missing: BoolArray | None = None) -> pa.Array:
    return pa.array(values, mask=missing).cast(pa.large_string())
