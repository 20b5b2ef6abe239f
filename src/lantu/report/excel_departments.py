"""The departments' sheets of ``findings.xlsx``: what concerns each, causes first, its own side first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pandas as pd

from lantu.model import SEVERITIES
from lantu.report.caps import SHEET_LINKS, SHEET_ROWS
from lantu.report.decided import decided_cells, decided_columns
from lantu.report.excel_book import A3, fitting_width, framed
from lantu.report.wording import department_names, level_name, said_value, value_field

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from lantu.model import Run
    from lantu.report.excel_book import Book

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
_SIDED = ("department", "layer", "id", "value", "raw")


def write_departments(book: Book) -> list[str]:
    """Add the sheets of all departments; return a sentence for each limit that took effect."""
    said: list[str] = []
    names = department_names(book.run)
    for key, name in names.items():
        table = pd.concat([_cause_rows(book, key, names), _finding_rows(book, key, names)], ignore_index=True)
        starts = range(0, max(len(table), 1), SHEET_ROWS)
        for start in starts:
            sheet = book.sheet(name)
            part = table.iloc[start : start + SHEET_ROWS].reset_index(drop=True)
            _write(book, sheet, part)
            linked = min(len(part), SHEET_LINKS)
            if linked < len(part):
                said.append(book.say("excel.links_end", sheet=sheet.name, linked=linked, rows=len(part)))
        if len(starts) > 1:
            counted = {"rows": len(table), "sheets": len(starts), "most": SHEET_ROWS}
            said.append(book.say("excel.continued", department=name, **counted))
    return said


def seen_by(run: Run, department: str) -> pd.DataFrame:
    """Return the findings that concern a department, its own side named ``own``, the other ``other``.

    The most severe come first; among equals the order of the run holds.
    """
    table = pd.DataFrame(run.findings.drop(columns=run.findings.geometry.name)).astype(object)
    table = table.where(table.notna(), None)
    first = (table["department_a"] == department).to_numpy()
    second = (table["department_b"] == department).to_numpy() & ~first
    sides = []
    for mask, own, other in ((first, "a", "b"), (second, "b", "a")):
        names = {f"{part}_{own}": f"own_{part}" for part in _SIDED}
        names |= {f"{part}_{other}": f"other_{part}" for part in _SIDED}
        sides.append(table[mask].rename(columns=names))
    rank = {severity: place for place, severity in enumerate(SEVERITIES)}
    seen = pd.concat(sides).sort_index()
    return seen.sort_values("severity", key=lambda column: column.map(rank), kind="stable")


def causes_of(run: Run, department: str) -> pd.DataFrame:
    """Return the causes that concern a department: its own, and those of findings in which it is a side."""
    if run.causes.empty:
        return run.causes
    sides = (run.findings["department_a"] == department) | (run.findings["department_b"] == department)
    concerned = set(run.findings.loc[sides, "cause_id"].dropna())
    own = run.causes["department"] == department
    return run.causes[own | run.causes["cause_id"].isin(concerned)]


def _cause_rows(book: Book, department: str, names: Mapping[str, str]) -> pd.DataFrame:
    rows = []
    for cause in causes_of(book.run, department).to_dict(orient="records"):
        side = "own" if cause["department"] == department else "other"
        row = {
            "entry": book.say("excel.kind.cause"), "finding_id": cause["cause_id"], "rule": cause["rule"],
            "rule_title": cause["title"], "message": cause["message"], "findings": int(cause["findings"]),
            f"{side}_layer": cause["layer"], f"{side}_id": cause["object"], "cause": cause["cause_id"],
            "severity": cause["severity"], "link": f"cause={quote(cause['cause_id'])}",
        }  # fmt: skip
        if side == "other":
            row["other_department"] = names.get(cause["department"], cause["department"])
        rows.append(row)
    return _filled(pd.DataFrame(rows), book)


def _finding_rows(book: Book, department: str, names: Mapping[str, str]) -> pd.DataFrame:
    """Return the findings with the columns of the sheet, values in the words of the reader."""
    run, language = book.run, book.language
    seen = seen_by(run, department)
    table = seen.rename(columns={"cause_id": "cause", "share_a": "share"})
    table["entry"] = book.say("excel.kind.finding")
    table["link"] = [f"finding={quote(one)}" for one in table["finding_id"]]
    table["verdict"] = _each(table["verdict"], lambda one: book.say(f"verdict.{one}"))
    table["level"] = _each(table["level"], lambda one: level_name(one, book.language))
    table["rule_title"] = _each(table["rule"], book.title_of)
    table["other_department"] = _each(table["other_department"], lambda one: names.get(one, one))
    table["unit"] = _each(table["unit"], lambda one: {"m2": "m²", "m3": "m³"}.get(one, one))
    for side in ("own_value", "other_value"):
        pairs = pd.Series(
            list(zip(table["field"], table[side], strict=True)), index=table.index, dtype=object
        )
        table[side] = _each(pairs, lambda pair: said_value(pair[0], pair[1], language))
    table["field"] = _each(table["field"], lambda one: value_field(one, language))
    for key in decided_columns(run):
        table[key] = None
    if run.decisions is not None and len(table):
        cells = pd.DataFrame([decided_cells(run, one, names) for one in table["finding_id"]], dtype=object)
        table[list(cells.columns)] = cells.to_numpy()
    return _filled(table, book)


def _each(column: pd.Series[Any], said: Callable[[Any], str | None]) -> pd.Series[Any]:
    """Return ``said`` of each value, asked once for each different one; None stays None."""
    known = {value: None if value is None else said(value) for value in column.unique()}
    return column.map(known).astype(object)


def _filled(table: pd.DataFrame, book: Book) -> pd.DataFrame:
    wanted = [*COLUMNS, *decided_columns(book.run), "link"]
    return table.reindex(columns=wanted).astype(object)


def _write(book: Book, sheet: Worksheet, table: pd.DataFrame) -> None:
    widths = {**COLUMNS, **decided_columns(book.run)}
    for column, (key, most) in enumerate(widths.items()):
        values = table[key].where(table[key].notna(), None).tolist()
        shown = [book.say(f"severity.{one}") for one in values] if key == "severity" else values
        head = book.say(f"excel.{key}")
        style = _style(book, key)
        width = fitting_width(head, shown, most)
        sheet.set_column(column, column, width, style)
        if key == "message":
            book.grow(sheet, [(text,) for text in shown], [width])
        book.put(sheet, 0, column, head, book.head)
        for row, (value, text) in enumerate(zip(values, shown, strict=True), start=1):
            if text is not None:
                book.put(sheet, row, column, text, book.severities[value] if key == "severity" else style)
    _link(book, sheet, table)
    if table.empty:
        book.put(sheet, 1, 0, book.say("excel.nothing"), book.strong)
    framed(sheet, len(table), len(widths))
    sheet.freeze_panes(1, list(widths).index("finding_id") + 1)
    sheet.set_paper(A3)
    sheet.print_area(0, 0, max(len(table), 1), PRINTED - 1)


def _link(book: Book, sheet: Worksheet, table: pd.DataFrame) -> None:
    """Turn the ids into links that open the report there; Excel takes only so many on a sheet."""
    column = list(COLUMNS).index("finding_id")
    ids, links = table["finding_id"].tolist()[:SHEET_LINKS], table["link"].tolist()
    for row, (one, link) in enumerate(zip(ids, links, strict=False), start=1):
        book.link_to(sheet, row, column, link, one)


def _style(book: Book, key: str) -> Format:
    if key in _MEASURES:
        return book.number
    return {"findings": book.count, "message": book.wrapped}.get(key, book.plain)
