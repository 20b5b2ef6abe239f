"""A workbook in which every text is text, with what all sheets of ``findings.xlsx`` share."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pandas as pd
import xlsxwriter

from lantu.messages import say
from lantu.report.palette import SEVERITY_COLOURS
from lantu.report.record import level_of
from lantu.report.wording import level_name, rule_title

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from lantu.model import Run

    Row = Sequence[str | float | None]

TEXT_MAX = 32_767
"""Characters that a cell of Excel holds."""

NAME_MAX = 31
LINE_PT, ROW_MAX_PT = 13, 409
"""Height of a line of type, and the highest row that Excel knows."""

FULL = 0.92
"""Share of a line that its text takes; widths are counted in digits, and most letters are narrower."""

A3, A4 = 8, 9
"""Paper sizes as Excel numbers them."""

_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
_ACTIVE = ("=", "+", "-", "@", "\t", "\r")
"""A text that starts so would be taken for a formula as soon as somebody edits its cell."""

_FIRST_WIDE = "\u2e80"
"""From here on a character takes the room of two Latin ones."""

_MEASURED = 2_000
"""Cells of a column that its width is made for; a longer list is measured on its first ones."""


class Book:
    """A workbook in which no formula, no link and no number is made from a string.

    ``cut`` counts the texts that are longer than a cell holds.
    """

    def __init__(self, run: Run, path: Path) -> None:
        options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        self.run = run
        self.language = run.language
        self.cut = 0
        self.book = xlsxwriter.Workbook(path, options)
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
            guard = style in (self.plain, self.wrapped) and value.startswith(_ACTIVE)
            sheet.write_string(row, column, self.shortened(value), self.guarded if guard else style)
        else:
            sheet.write_number(row, column, value, style)

    def link_to(self, sheet: Worksheet, row: int, column: int, place: str, text: str) -> None:
        """Write a text that opens the report beside the workbook at ``place``, e.g. ``finding=ID``."""
        sheet.write_url(row, column, f"external:report.html#{place}", self.link, text)

    def grow(self, sheet: Worksheet, rows: Sequence[Row], widths: Sequence[int]) -> None:
        """Make rows from the second on as high as their texts need in columns of ``widths`` characters.

        Excel would do so by itself when it is asked to; others do not.
        """
        for row, values in enumerate(rows, start=1):
            needed = [
                -(-FULL * _room(text) // width)
                for text, width in zip(values, widths, strict=True)
                if isinstance(text, str)
            ]
            lines = int(max(needed, default=1))
            if lines > 1:
                sheet.set_row(row, min(LINE_PT * lines + 2, ROW_MAX_PT))

    def shortened(self, text: str) -> str:
        """Return a text cut to what a cell holds, an ellipsis saying so."""
        if len(text) <= TEXT_MAX:
            return text
        self.cut += 1
        return text[: TEXT_MAX - 1] + "…"

    def table(self, sheet: Worksheet, top: int, heads: Sequence[str], rows: Sequence[Row]) -> None:
        """Write a small table at row ``top``."""
        for column, text in enumerate(heads):
            self.put(sheet, top, column, text, self.head)
        for row, values in enumerate(rows, start=top + 1):
            for column, value in enumerate(values):
                style = self.wrapped if isinstance(value, str) else self.count
                self.put(sheet, row, column, value, style)

    def listed(self, sheet: Worksheet, columns: Mapping[str, int], rows: Sequence[Row]) -> None:
        """Write a sheet that is one list: heads and largest widths by key of the catalogue, then rows."""
        heads = [self.say(key) for key in columns]
        self.table(sheet, 0, heads, rows)
        widths = [
            fitting_width(head, (row[column] for row in rows), most)
            for column, (head, most) in enumerate(zip(heads, columns.values(), strict=True))
        ]
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        self.grow(sheet, rows, widths)
        framed(sheet, len(rows), len(columns))


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
    said = (str(text)[:most] for _, text in zip(range(_MEASURED), texts, strict=False) if text is not None)
    return min(max(_room(head) + 4, *(_room(text) + 2 for text in said), 6), most)  # 4: the filter's arrow


def _room(text: str) -> int:
    return sum(2 if sign >= _FIRST_WIDE else 1 for sign in text)
