"""``findings.xlsx``: one summary, the causes, a sheet for each department, and what was not checked."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from lantu.model import SEVERITIES
from lantu.report.caps import SHEET_LINKS
from lantu.report.excel.book import Book
from lantu.report.excel.departments import write_departments
from lantu.report.excel.texts import TEXT_MAX
from lantu.report.excel.waivers import write_waivers
from lantu.report.page.verdict import withheld_sentence
from lantu.report.record import consolidated, counts, level_of, rule_answer, rule_codes
from lantu.report.wording import department_names, level_name

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from xlsxwriter.worksheet import Worksheet

    from lantu.model import Run
    from lantu.report.excel.book import Row


def write_excel(run: Run, path: Path) -> None:
    """Write the workbook; the same run gives the same bytes."""
    book = Book(run)
    summary = _summary(book)
    _causes(book)
    limits = write_departments(book)
    _not_checked(book)
    write_waivers(book)
    if book.texts.cut:
        limits.append(book.say("excel.texts_cut", count=book.texts.cut, most=TEXT_MAX))
    _limits(book, summary, limits)
    book.save(path)


def _summary(book: Book) -> Worksheet:
    run = book.run
    sheet = book.sheet(book.say("excel.summary"))
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 8, 16)
    book.put(sheet, 0, 0, run.facts.name, book.title)
    number = counts(run)
    facts: list[Row] = [
        (book.say("excel.level"), level_name(level_of(run), book.language)),
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
    if run.withheld is not None:
        book.put(sheet, 12, 0, withheld_sentence(run.withheld, book.language), book.strong)
    heads = [book.say("excel.by_severity"), *(book.say(f"severity.{name}") for name in SEVERITIES)]
    rows: list[Row] = [
        (book.say(f"verdict.{verdict}"), *(number["by_severity"][verdict][name] for name in SEVERITIES))
        for verdict in ("conflict", "undecidable")
    ]
    book.table(sheet, 13, heads, rows)
    book.table(sheet, 17, [book.say(f"excel.{name}") for name in _RULE_HEADS], _rule_rows(book))
    return sheet


_RULE_HEADS = ("rule_title", "rule", "answer", "matched", "judged", "found", "undecidable", "left_out")


def _rule_rows(book: Book) -> list[Row]:
    rows: list[Row] = []
    for code in rule_codes(book.run):
        outcomes = [outcome for outcome in book.run.outcomes if outcome.rule == code]
        total = [sum(getattr(o, name) for o in outcomes) for name in _RULE_HEADS[3:]]
        answer = book.say(f"answer.{rule_answer(outcomes)}")
        rows.append((book.title_of(code), code, answer, *total))
    return rows


def _causes(book: Book) -> None:
    names = department_names(book.run)
    sheet = book.sheet(book.say("excel.causes"))
    columns = {
        "cause": 28, "scope": 12, "severity": 12, "rule": 8, "rule_title": 30, "department": 22, "layer": 20,
        "object": 26, "findings": 10, "message": 90,
    }  # fmt: skip
    causes = book.run.causes.to_dict(orient="records")
    rows: list[Row] = [
        (
            cause["cause_id"], book.say(f"scope.{cause['scope']}"), book.say(f"severity.{cause['severity']}"),
            cause["rule"], cause["title"], names.get(cause["department"], cause["department"]),
            cause["layer"], cause["object"], int(cause["findings"]), cause["message"],
        )
        for cause in causes
    ]  # fmt: skip
    links = [f"cause={quote(cause['cause_id'])}" for cause in causes[:SHEET_LINKS]]
    book.listed(sheet, {f"excel.{name}": most for name, most in columns.items()}, rows, links)
    if not consolidated(book.run):
        book.put(sheet, len(rows) + 1, 0, book.say("excel.not_consolidated"), book.strong)


def _not_checked(book: Book) -> None:
    columns = {"rule": 8, "rule_title": 30, "layer_a": 22, "layer_b": 30, "reason": 100}
    gaps = book.run.not_checked.assign(rule_title=book.run.not_checked["rule"].map(book.title_of))
    rows = [tuple(row) for row in gaps[list(columns)].to_numpy().tolist()]
    sheet = book.sheet(book.say("excel.not_checked"))
    book.listed(sheet, {f"excel.{name}": most for name, most in columns.items()}, rows)


def _limits(book: Book, summary: Worksheet, limits: Sequence[str]) -> None:
    """Say beside the headline numbers what Excel's own limits did to the lists."""
    for row, text in enumerate(limits, start=2):
        book.put(summary, row, 3, text, book.strong)
