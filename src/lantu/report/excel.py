"""``findings.xlsx``: one summary, the causes, a sheet for each department, and what was not checked."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pandas as pd
import xlsxwriter

from lantu.messages import say
from lantu.model import SEVERITIES
from lantu.report.caps import SHEET_LINKS, SHEET_ROWS
from lantu.report.decided import decided_cells, decided_columns
from lantu.report.excel_waivers import write_waivers
from lantu.report.palette import SEVERITY_COLOURS
from lantu.report.record import consolidated, counts, level_of, rule_answer, rule_codes
from lantu.report.wording import department_names, rule_title, said_value, value_field

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from lantu.model import Run

    Row = Sequence[str | float | None]

TEXT_MAX = 32_767
"""Characters that a cell of Excel holds."""

NAME_MAX = 31
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
_ACTIVE = ("=", "+", "-", "@", "\t", "\r")
"""A text that starts so would be taken for a formula as soon as somebody edits its cell."""

COLUMNS: Mapping[str, int] = {
    "finding_id": 25, "severity": 9, "verdict": 10, "rule": 8, "rule_title": 26, "own_layer": 14,
    "own_id": 22, "other_department": 16, "other_layer": 14, "other_id": 22, "field": 16, "own_value": 16,
    "other_value": 16, "own_raw": 12, "other_raw": 12, "measure": 13, "unit": 7, "required": 11,
    "tolerance": 11, "share": 9, "cause": 19, "town": 12, "village": 12, "level": 9, "message": 90,
}  # fmt: skip
"""Columns of a department's sheet and their widths in characters."""


class Book:
    """A workbook in which every text is text: no formula, no link and no number is made from a string."""

    def __init__(self, run: Run, path: Path) -> None:
        options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        self.run = run
        self.language = run.language
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
        self.number = self.book.add_format(self.font | {"num_format": "#,##0.00"})
        self.guarded = self.book.add_format(self.font | {"quote_prefix": True})
        self.link = self.book.add_format(self.font | {"font_color": "#0b5fa5", "underline": 1})
        self.title = self.book.add_format(font | {"bold": True, "font_size": 15})
        self.strong = self.book.add_format(font | {"bold": True, "valign": "top"})
        self.head = self.book.add_format(
            font
            | {
                "bold": True,
                "bg_color": "#e8edf3",
                "bottom": 1,
                "bottom_color": "#9aa7b5",
                "valign": "vcenter",
            }
        )
        self.severities = {
            severity: self.book.add_format(self.font | {"bold": True, "font_color": colour})
            for severity, colour in SEVERITY_COLOURS.items()
        }
        self.names: set[str] = {"history"}  # Excel keeps this name for itself

    def say(self, key: str, **values: object) -> str:
        """Return a sentence of the report's catalogue in the language of the run."""
        return say(f"report.{key}", self.language, **values)

    def sheet(self, name: str) -> Worksheet:
        """Add a sheet under a name that Excel accepts; the level is printed on top of each of its pages."""
        sheet = self.book.add_worksheet(sheet_name(name, self.names))
        sheet.set_header(f'&L&"-,Bold"{self.say(f"level.{level_of(self.run)}")}')
        sheet.set_footer("&C&P / &N")
        return sheet

    def put(self, sheet: Worksheet, row: int, column: int, value: str | float | None, style: Format) -> None:
        """Write a text as text and a number as a number; an empty cell for None and NaN."""
        if value is None or (isinstance(value, float) and pd.isna(value)):
            sheet.write_blank(row, column, None, style)
        elif isinstance(value, str):
            guard = style is self.plain and value.startswith(_ACTIVE)
            sheet.write_string(row, column, _shortened(value), self.guarded if guard else style)
        else:
            sheet.write_number(row, column, value, style)

    def table(self, sheet: Worksheet, top: int, heads: Sequence[str], rows: Sequence[Row]) -> None:
        """Write a small table at row ``top``."""
        for column, text in enumerate(heads):
            self.put(sheet, top, column, text, self.head)
        for row, values in enumerate(rows, start=top + 1):
            for column, value in enumerate(values):
                self.put(sheet, row, column, value, self.plain)


def write_excel(run: Run, path: Path) -> None:
    """Write the workbook; the same run gives the same bytes."""
    book = Book(run, path)
    _summary(book)
    _causes(book)
    for key, name in department_names(run).items():
        findings = seen_by(run, key)
        if len(findings):
            _department(book, name, findings)
    _not_checked(book)
    write_waivers(book)
    book.book.close()


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


def seen_by(run: Run, department: str) -> pd.DataFrame:
    """Return the findings that concern a department, its own side named ``own``, the other ``other``."""
    table = pd.DataFrame(run.findings.drop(columns=run.findings.geometry.name)).astype(object)
    table = table.where(table.notna(), None)
    first = (table["department_a"] == department).to_numpy()
    second = (table["department_b"] == department).to_numpy() & ~first
    sides = []
    parts = ("department", "layer", "id", "value", "raw")
    for mask, own, other in ((first, "a", "b"), (second, "b", "a")):
        names = {f"{part}_{own}": f"own_{part}" for part in parts}
        names |= {f"{part}_{other}": f"other_{part}" for part in parts}
        sides.append(table[mask].rename(columns=names))
    return pd.concat(sides).sort_index()


def _summary(book: Book) -> None:
    run = book.run
    sheet = book.sheet(book.say("excel.summary"))
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 8, 16)
    book.put(sheet, 0, 0, run.facts.name, book.title)
    number = counts(run)
    facts: list[Row] = [
        (book.say("excel.level"), book.say(f"level.{level_of(run)}")),
        (book.say("excel.as_of"), run.facts.as_of.isoformat()),
        (book.say("excel.crs"), run.facts.working_crs),
        (book.say("headline.conflict"), number["conflict"]),
        (book.say("headline.undecidable"), number["undecidable"]),
        (book.say("headline.not_checked"), number["not_checked"]),
        (book.say("headline.causes"), number["causes"]),
        (book.say("headline.waived"), number["waived"]),
    ]
    for row, (name, value) in enumerate(facts, start=2):
        book.put(sheet, row, 0, name, book.strong)
        book.put(sheet, row, 1, value, book.plain)
    book.put(sheet, 11, 0, book.say("excel.absence"), book.plain)
    heads = [book.say("excel.by_severity"), *(book.say(f"severity.{name}") for name in SEVERITIES)]
    rows: list[Row] = [
        (book.say(f"verdict.{verdict}"), *(number["by_severity"][verdict][name] for name in SEVERITIES))
        for verdict in ("conflict", "undecidable")
    ]
    book.table(sheet, 13, heads, rows)
    book.table(sheet, 17, [book.say(f"excel.{name}") for name in _RULE_HEADS], _rule_rows(book))


_RULE_HEADS = ("rule_title", "rule", "answer", "matched", "judged", "found", "undecidable", "left_out")


def _rule_rows(book: Book) -> list[Row]:
    rows: list[Row] = []
    for code in rule_codes(book.run):
        outcomes = [outcome for outcome in book.run.outcomes if outcome.rule == code]
        total = [sum(getattr(o, name) for o in outcomes) for name in _RULE_HEADS[3:]]
        answer = book.say(f"answer.{rule_answer(outcomes)}")
        rows.append((rule_title(book.run, code, book.language), code, answer, *total))
    return rows


def _causes(book: Book) -> None:
    names = department_names(book.run)
    sheet = book.sheet(book.say("excel.causes"))
    columns = {
        "cause": 19, "scope": 9, "severity": 9, "rule": 8, "rule_title": 26, "department": 18, "layer": 16,
        "object": 20, "findings": 9, "message": 100,
    }  # fmt: skip
    for column, width in enumerate(columns.values()):
        sheet.set_column(column, column, width)
    rows: list[Row] = [
        (
            cause["cause_id"], book.say(f"scope.{cause['scope']}"), book.say(f"severity.{cause['severity']}"),
            cause["rule"], cause["title"], names.get(cause["department"], cause["department"]),
            cause["layer"], cause["object"], int(cause["findings"]), cause["message"],
        )
        for cause in book.run.causes.to_dict(orient="records")
    ]  # fmt: skip
    book.table(sheet, 0, [book.say(f"excel.{name}") for name in columns], rows)
    if not consolidated(book.run):
        book.put(sheet, len(rows) + 1, 0, book.say("excel.not_consolidated"), book.strong)
    _framed(sheet, len(rows), len(columns))


def _not_checked(book: Book) -> None:
    sheet = book.sheet(book.say("excel.not_checked"))
    columns = ("rule", "rule_title", "layer_a", "layer_b", "reason")
    for column, width in enumerate((8, 30, 22, 30, 100)):
        sheet.set_column(column, column, width)
    rows: list[Row] = [
        (
            row["rule"],
            rule_title(book.run, row["rule"], book.language),
            row["layer_a"],
            row["layer_b"],
            row["reason"],
        )
        for row in book.run.not_checked.to_dict(orient="records")
    ]
    book.table(sheet, 0, [book.say(f"excel.{name}") for name in columns], rows)
    _framed(sheet, len(rows), len(columns))


def _department(book: Book, name: str, findings: pd.DataFrame) -> None:
    sheet = book.sheet(name)
    columns = {**COLUMNS, **decided_columns(book.run)}
    for column, (key, width) in enumerate(columns.items()):
        sheet.set_column(column, column, width)
        book.put(sheet, 0, column, book.say(f"excel.{key}"), book.head)
    names = department_names(book.run)
    shown = findings.iloc[:SHEET_ROWS]
    for row, finding in enumerate(shown.to_dict(orient="records"), start=1):
        cells = _cells(book, finding, names)
        for column, key in enumerate(columns):
            book.put(sheet, row, column, cells[key], _style(book, key, finding))
        if row <= SHEET_LINKS:
            target = f"external:report.html#finding={quote(finding['finding_id'])}"
            sheet.write_url(row, 0, target, book.link, finding["finding_id"])
    if len(findings) > SHEET_ROWS:
        note = book.say("excel.cut", shown=SHEET_ROWS, total=len(findings))
        book.put(sheet, SHEET_ROWS + 1, 0, note, book.strong)
    _framed(sheet, len(shown), len(columns))
    sheet.freeze_panes(1, 1)


def _cells(book: Book, finding: Mapping[Any, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Return the cells of one finding by column, values in the words of the reader."""
    field = finding["field"]
    cells = {key: finding.get(key) for key in COLUMNS}
    cells |= {
        "severity": book.say(f"severity.{finding['severity']}"),
        "verdict": book.say(f"verdict.{finding['verdict']}"),
        "level": book.say(f"level.{finding['level']}"),
        "rule_title": rule_title(book.run, finding["rule"], book.language),
        "other_department": names.get(finding["other_department"], finding["other_department"]),
        "field": value_field(field, book.language),
        "own_value": said_value(field, finding["own_value"], book.language),
        "other_value": said_value(field, finding["other_value"], book.language),
        "unit": {"m2": "m²", "m3": "m³"}.get(finding["unit"], finding["unit"]),
        "share": finding["share_a"],
        "cause": finding["cause_id"],
    }
    return cells | decided_cells(book.run, finding["finding_id"], names)


def _style(book: Book, key: str, finding: Mapping[Any, Any]) -> Format:
    if key == "severity":
        return book.severities[finding["severity"]]
    return book.number if key in {"measure", "required", "tolerance", "share"} else book.plain


def _framed(sheet: Worksheet, rows: int, columns: int) -> None:
    """Freeze the head, switch the filter on, and print on landscape A4 with the head on each page."""
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(rows, 1), columns - 1)
    sheet.set_row(0, 22)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _shortened(text: str) -> str:
    """Return a text cut to what a cell holds, an ellipsis saying so."""
    return text if len(text) <= TEXT_MAX else text[: TEXT_MAX - 1] + "…"
