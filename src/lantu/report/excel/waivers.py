"""The sheet of ``findings.xlsx`` that lists the waivers, each with its reach; none without waivers."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lantu.report.excel.book import Book, Row

STATES = ("in_force", "reopened", "lapsed", "unused")
COLUMNS = {
    "state": 16, "rule": 8, "layer_a": 18, "id_a": 22, "layer_b": 18, "id_b": 22, "reason": 50,
    "decided_by": 18, "decided_on": 12, "until": 12, "findings": 9,
}  # fmt: skip


def write_waivers(book: Book) -> None:
    """Add a sheet with a row a waiver: what became of it and how many findings it concerns."""
    rows: list[Row] = [
        (
            book.say(f"waiver.{state}"),
            *(one.get(name) for name in list(COLUMNS)[1:-1]),
            one.get("findings", 0),
        )
        for state in STATES
        for one in book.run.waivers.get(state, ())
    ]
    if not rows:
        return
    columns = {f"waiver.{name}": most for name, most in COLUMNS.items()}
    book.listed(book.sheet(book.say("waiver.sheet")), columns, rows)
