"""The departments' sheets of ``findings.xlsx``: what concerns each, causes first, its own side first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import numpy as np
import pyarrow as pa

from lantu.model import SEVERITIES
from lantu.report.caps import SHEET_LINKS, SHEET_ROWS
from lantu.report.excel.book import A3, fitting_width, framed, heights_pt
from lantu.report.excel.decided import decided_columns
from lantu.report.excel.rows import Column, Rows, texts_column
from lantu.report.excel.texts import rooms
from lantu.report.excel.told import severity_ranks, told
from lantu.report.wording import department_names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from lantu.model import BoolArray, FloatArray, IntArray
    from lantu.model.coded import Codes
    from lantu.report.excel.book import Book
    from lantu.report.excel.rows import Picks
    from lantu.report.excel.told import Told

COLUMNS: Mapping[str, int] = {
    "entry": 10, "finding_id": 26, "severity": 10, "verdict": 12, "rule": 8, "rule_title": 28, "findings": 10,
    "message": 80, "own_layer": 18, "own_id": 24, "own_value": 20, "other_department": 20, "other_id": 24,
    "other_value": 20, "measure": 14, "unit": 7,
    "other_layer": 18, "own_raw": 14, "other_raw": 14, "field": 18, "required": 12, "tolerance": 12,
    "share": 9, "cause": 26, "town": 14, "village": 14, "level": 12,
}  # fmt: skip
"""Columns of a department's sheet, each with the largest width in characters that it may take."""

PRINTED = 16
"""Columns that are printed: more of them on A3 could not be read."""

_MEASURES = ("measure", "required", "tolerance", "share")
_NAMES = {"share": "share_a", "cause": "cause_id"}
"""Columns that a finding has under another name."""


@dataclass(frozen=True, kw_only=True)
class _Seen:
    """What one department sees: values by column, and for each row its severity and its message's room.

    ``causes`` is how many rows, the first ones, are causes.
    """

    values: Mapping[str, Codes | FloatArray]
    severities: Picks
    rooms: IntArray
    causes: int

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.rooms)


def write_departments(book: Book) -> list[str]:
    """Add the sheets of all departments; return a sentence for each limit that took effect."""
    said: list[str] = []
    findings = told(book)
    for department, name in department_names(book.run).items():
        seen = _seen(book, findings, department)
        starts = range(0, max(len(seen), 1), SHEET_ROWS)
        for start in starts:
            sheet = book.sheet(name)
            rows = slice(start, min(start + SHEET_ROWS, len(seen)))
            _write(book, sheet, seen, rows)
            size = rows.stop - rows.start
            linked = min(size, SHEET_LINKS)
            if linked < size:
                said.append(book.say("excel.links_end", sheet=sheet.name, linked=linked, rows=size))
        if len(starts) > 1:
            counted = {"rows": len(seen), "sheets": len(starts), "most": SHEET_ROWS}
            said.append(book.say("excel.continued", department=name, **counted))
    return said


def _seen(book: Book, findings: Told, department: str) -> _Seen:
    """Return what concerns a department: causes, then findings, the most severe first."""
    causes, ranks = _causes(book, findings, department)
    rows, own_first = findings.seen_by(department)
    values: dict[str, Codes | FloatArray] = {}
    for key in (*COLUMNS, *decided_columns(book.run)):
        found = _of_findings(book, findings, key, own_first)[rows]
        values[key] = np.concatenate(
            [causes.get(key, np.full(len(ranks), _nothing(found), dtype=found.dtype)), found]
        )
    said = book.texts.shown(causes["message"])
    return _Seen(
        values=values,
        severities=np.concatenate([ranks, findings.severities[rows]]),
        rooms=np.concatenate([rooms(pa.array(said, pa.string())), findings.rooms[rows]]),
        causes=len(ranks),
    )


def _of_findings(book: Book, findings: Told, key: str, own_first: BoolArray) -> Codes | FloatArray:
    """Return a column of all findings as a department reads it."""
    if key == "entry":
        return np.full(len(findings), book.texts.of(book.say("excel.kind.finding")), dtype=np.int32)
    if key == "findings":
        return np.full(len(findings), np.nan)
    side, _, part = key.partition("_")
    if side in ("own", "other"):
        first = own_first if side == "own" else ~own_first
        return np.where(first, findings.texts[f"{part}_a"], findings.texts[f"{part}_b"])
    name = _NAMES.get(key, key)
    return findings.numbers[name] if name in findings.numbers else findings.texts[name]


def _causes(book: Book, findings: Told, department: str) -> tuple[dict[str, Codes | FloatArray], Picks]:
    """Return the causes that concern a department by column, and their severities.

    These are its own, and those of findings in which it is a side.
    """
    run, names = book.run, department_names(book.run)
    rows, _ = findings.seen_by(department)
    concerned = set(book.texts.shown(np.unique(findings.texts["cause_id"][rows])))
    of = run.causes["department"] == department
    causes = run.causes[of | run.causes["cause_id"].isin(concerned)]
    own = (causes["department"] == department).to_numpy()
    others = causes["department"].map(lambda key: names.get(key, key))
    columns: dict[str, Any] = {
        "entry": [book.say("excel.kind.cause")] * len(causes),
        "finding_id": causes["cause_id"], "rule": causes["rule"], "rule_title": causes["title"],
        "message": causes["message"], "cause": causes["cause_id"],
        "severity": [book.say(f"severity.{one}") for one in causes["severity"]],
        "own_layer": causes["layer"].where(own), "own_id": causes["object"].where(own),
        "other_layer": causes["layer"].where(~own), "other_id": causes["object"].where(~own),
        "other_department": others.where(~own),
    }  # fmt: skip
    texts = {
        key: book.texts.column(pa.array(found, pa.string(), from_pandas=True))
        for key, found in columns.items()
    }
    counts = causes["findings"].to_numpy(dtype=np.float64)
    return {**texts, "findings": counts}, severity_ranks(causes["severity"])


def _nothing(values: Codes | FloatArray) -> float:
    return -1 if values.dtype.kind == "i" else np.nan


def _write(book: Book, sheet: Worksheet, seen: _Seen, rows: slice) -> None:
    widths = {**COLUMNS, **decided_columns(book.run)}
    places = {key: place for place, key in enumerate(widths)}
    heads = [book.say(f"excel.{key}") for key in widths]
    book.heads(sheet, 0, heads)
    columns, lines = [], np.zeros(rows.stop - rows.start)
    for (key, most), head in zip(widths.items(), heads, strict=True):
        column = _column(book, key, seen, rows)
        width = fitting_width(head, book.first_of(column), most)
        sheet.set_column(places[key], places[key], width, _style(book, key))
        if key == "message":
            lines = seen.rooms[rows] / width
        columns.append(column)
    links = _links(book, seen, rows)
    columns[places["finding_id"]] = book.links_column(columns[places["finding_id"]], len(links))
    book.fill(
        sheet,
        Rows(columns=tuple(columns), heights_pt=heights_pt(lines), linked=places["finding_id"], links=links),
    )
    if not len(lines):
        book.put(sheet, 1, 0, book.say("excel.nothing"), book.strong)
    framed(sheet, len(lines), len(widths))
    sheet.freeze_panes(1, places["finding_id"] + 1)
    sheet.set_paper(A3)
    sheet.print_area(0, 0, max(len(lines), 1), PRINTED - 1)


def _column(book: Book, key: str, seen: _Seen, rows: slice) -> Column:
    values = seen.values[key][rows]
    if key == "severity":
        styles = tuple(book.severities[severity] for severity in SEVERITIES)
        return Column(values=values, formats=styles, picks=seen.severities[rows])
    style = _style(book, key)
    if values.dtype.kind == "i":
        return texts_column(book.texts, values, style, book.guarded)
    return Column(values=values, formats=(style,))


def _links(book: Book, seen: _Seen, rows: slice) -> tuple[str, ...]:
    """Return where in the report the first rows lead; Excel takes only so many on a sheet."""
    first = slice(rows.start, min(rows.stop, rows.start + SHEET_LINKS))
    ids = book.texts.shown(seen.values["finding_id"][first])
    return tuple(
        f"{'cause' if row < seen.causes else 'finding'}={quote(one or '')}"
        for row, one in enumerate(ids, start=first.start)
    )


def _style(book: Book, key: str) -> Format:
    if key in _MEASURES:
        return book.number
    return {"findings": book.count, "message": book.wrapped}.get(key, book.plain)
