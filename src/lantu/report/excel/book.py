"""A workbook in which every text is text, with what all sheets of ``findings.xlsx`` share."""

from __future__ import annotations

import datetime as dt
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import xlsxwriter

from lantu.messages import say
from lantu.report.excel.filling import fill
from lantu.report.excel.rows import FIRST_ROW, Column, Rows, texts_column
from lantu.report.excel.texts import ACTIVE, TEXT_MAX, Texts, room, rooms
from lantu.report.palette import SEVERITY_COLOURS
from lantu.report.record import level_of
from lantu.report.wording import level_name, rule_title

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from lantu.model import FloatArray, IntArray, Run

    Row = Sequence[str | float | None]

NAME_MAX = 31
LINE_PT, ROW_MAX_PT = 13, 409
"""Height of a line of type, and the highest row that Excel knows."""

FULL = 0.92
"""Share of a line that its text takes; widths are counted in digits, and most letters are narrower."""

A3, A4 = 8, 9
"""Paper sizes as Excel numbers them."""

REPORT = "report.html"
"""The file beside the workbook that its links lead to."""

_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", " "))

_MEASURED = 2_000
"""Cells of a column that its width is made for; a longer list is measured on its first ones."""


class Book:
    """A workbook in which no formula, no link and no number is made from a string.

    What is written cell by cell goes into its frame; lists are kept by the number of their sheet until it
    is saved, their texts in ``texts``.
    """

    def __init__(self, run: Run) -> None:
        options = {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        self.run = run
        self.language = run.language
        self.texts = Texts()
        self._lists: dict[int, Rows] = {}
        self._frame = BytesIO()
        self.book = xlsxwriter.Workbook(self._frame, options)
        self.book.set_properties(
            {
                "title": run.facts.name,
                "author": "Lantu",
                "created": dt.datetime.combine(run.facts.as_of, dt.time(), tzinfo=dt.UTC),
            }
        )
        font = {"font_name": "Microsoft YaHei" if run.language == "zh" else "Calibri", "font_size": 10}
        self.font = font | {"valign": "top"}
        self.plain = self.book.add_format(self.font)
        self.wrapped = self.book.add_format(self.font | {"text_wrap": True})
        self.number = self.book.add_format(self.font | {"num_format": "#,##0.00"})
        self.count = self.book.add_format(self.font | {"num_format": "#,##0"})
        self.guarded = self.book.add_format(self.font | {"quote_prefix": True})
        self.link = self.book.add_format(self.font | {"font_color": "#0b5fa5", "underline": 1})
        self.title = self.book.add_format(font | {"bold": True, "font_size": 15})
        self.strong = self.book.add_format(font | {"bold": True, "valign": "top"})
        frame = {"bold": True, "bg_color": "#e8edf3", "bottom": 1, "bottom_color": "#9aa7b5"}
        self.head = self.book.add_format(font | frame | {"valign": "vcenter"})
        self.severities = {
            severity: self.book.add_format(self.font | {"bold": True, "font_color": colour})
            for severity, colour in SEVERITY_COLOURS.items()
        }
        self.names: set[str] = {"history"}  # Excel keeps this name for itself

    def say(self, key: str, **values: object) -> str:
        """Return a sentence of the report's catalogue in the language of the run."""
        return say(f"report.{key}", self.language, **values)

    def title_of(self, rule: str) -> str:
        """Return a rule's title."""
        return rule_title(self.run, rule, self.language)

    def sheet(self, name: str) -> Worksheet:
        """Add a sheet under a name that Excel accepts; the level is printed on top of each of its pages."""
        sheet = self.book.add_worksheet(sheet_name(name, self.names))
        sheet.set_header(f'&L&"-,Bold"{level_name(level_of(self.run), self.language)}&R&A')
        sheet.set_footer("&C&P / &N")
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.fit_to_pages(1, 0)
        return sheet

    def put(self, sheet: Worksheet, row: int, column: int, value: str | float | None, style: Format) -> None:
        """Write a text as text and a number as a number; nothing for None and NaN."""
        if value is None or (isinstance(value, float) and pd.isna(value)):
            return
        if isinstance(value, str):
            guard = style in (self.plain, self.wrapped) and value.startswith(ACTIVE)
            sheet.write_string(row, column, self._shortened(value), self.guarded if guard else style)
        else:
            sheet.write_number(row, column, value, style)

    def table(self, sheet: Worksheet, top: int, heads: Sequence[str], rows: Sequence[Row]) -> None:
        """Write a small table at row ``top``."""
        self.heads(sheet, top, heads)
        for row, values in enumerate(rows, start=top + 1):
            for column, value in enumerate(values):
                style = self.wrapped if isinstance(value, str) else self.count
                self.put(sheet, row, column, value, style)

    def heads(self, sheet: Worksheet, row: int, heads: Sequence[str]) -> None:
        """Write the heads of a table."""
        for column, text in enumerate(heads):
            self.put(sheet, row, column, text, self.head)

    def listed(
        self, sheet: Worksheet, columns: Mapping[str, int], rows: Sequence[Row], links: Sequence[str] = ()
    ) -> None:
        """Write a sheet that is one list: heads and largest widths by key of the catalogue, then rows.

        ``links`` are places in the report, e.g. ``finding=ID``, that the first cells lead to.
        """
        heads = [self.say(key) for key in columns]
        self.heads(sheet, 0, heads)
        cells = [self._column([row[place] for row in rows]) for place in range(len(columns))]
        widths = [
            fitting_width(head, self.first_of(column), most)
            for head, column, most in zip(heads, cells, columns.values(), strict=True)
        ]
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        taken = [
            rooms(pa.array([str(row[place] or "") for row in rows], pa.large_string())) / widths[place]
            for place in range(len(columns))
        ]
        if links:
            cells[0] = self.links_column(cells[0], len(links))
        self.fill(
            sheet,
            Rows(
                columns=tuple(cells),
                heights_pt=heights_pt(np.max(taken, axis=0, initial=0.0)),
                links=tuple(links),
            ),
        )
        framed(sheet, len(rows), len(columns))

    def fill(self, sheet: Worksheet, rows: Rows) -> None:
        """Have a list written below the head of ``sheet`` when the workbook is saved."""
        if not len(rows):
            return
        for column, style in enumerate(rows.formats):
            sheet.write_blank(FIRST_ROW - 1, column, None, style)
        if rows.links:
            place = f"external:{REPORT}#{rows.links[0]}"
            sheet.write_url(FIRST_ROW - 1, len(rows.formats), place, self.link, REPORT)
        self._lists[self.book.worksheets().index(sheet) + 1] = rows

    def save(self, path: Path) -> None:
        """Write the workbook; the same run gives the same bytes."""
        self.book.close()
        fill(self._frame, path, self._lists, self.texts)

    def first_of(self, column: Column) -> list[Any]:
        """Return what the first cells of a column show."""
        first = column.of_rows(slice(0, _MEASURED))
        if first.of_texts:
            return self.texts.shown(first.values)
        return [number if filled else None for number, filled in zip(first.values, first.filled, strict=True)]

    def links_column(self, column: Column, linked: int) -> Column:
        """Return a column of texts of which the first ``linked`` look like links."""
        picks = (np.arange(len(column.values)) >= linked).astype(np.uint8)
        return Column(values=column.values, formats=(self.link, self.plain), picks=picks)

    def _column(self, cells: Sequence[str | float | None]) -> Column:
        """Return cells as a column: of numbers where none is a text."""
        if any(isinstance(cell, str) for cell in cells):
            texts = pa.array([None if pd.isna(cell) else str(cell) for cell in cells], pa.string())
            return texts_column(self.texts, self.texts.column(texts), self.wrapped, self.guarded)
        return Column(values=np.array(cells, dtype=np.float64), formats=(self.count,))

    def _shortened(self, text: str) -> str:
        """Return a text cut to what a cell holds, an ellipsis saying so."""
        if len(text) <= TEXT_MAX:
            return text
        self.texts.cut += 1
        return text[: TEXT_MAX - 1] + "…"


def heights_pt(lines: FloatArray) -> IntArray:
    """Return the height of each row whose text takes ``lines`` of its column, 0 for one line and less.

    Excel would find them by itself when it is asked to; others do not.
    """
    whole = np.ceil(FULL * lines).astype(np.int64)
    return np.where(whole > 1, np.minimum(LINE_PT * whole + 2, ROW_MAX_PT), 0)


def sheet_name(wanted: str, taken: set[str]) -> str:
    """Return ``wanted`` as a sheet's name: no forbidden signs, 31 characters at most, new to ``taken``."""
    clean = "".join(sign for sign in wanted.translate(_FORBIDDEN) if sign.isprintable())
    base = clean.strip().strip("'").strip()[:NAME_MAX].strip() or "-"
    name, number = base, 1
    while name.casefold() in taken:
        number += 1
        tail = f" ({number})"
        name = base[: NAME_MAX - len(tail)] + tail
    taken.add(name.casefold())
    return name


def framed(sheet: Worksheet, rows: int, columns: int) -> None:
    """Freeze the head, switch the filter on, and repeat the head on each printed page."""
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(rows, 1), columns - 1)
    sheet.set_row(0, 22)
    sheet.repeat_rows(0)


def fitting_width(head: str, texts: Iterable[object], most: int) -> int:
    """Return the width of a column in characters: as its head and its texts need, ``most`` at most."""
    said = {str(text)[:most] for text in texts if text is not None}
    return min(max(room(head) + 4, *(room(text) + 2 for text in said), 6), most)  # 4: the filter's arrow
