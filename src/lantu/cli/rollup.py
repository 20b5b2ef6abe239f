"""``lantu rollup``: totals by district, town and village, and how far they are closed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lantu.cli.usage import OptionError
from lantu.messages import message

if TYPE_CHECKING:
    import pandas as pd

    from lantu.cli.terminal import Terminal

SHOWN = (
    "town", "village", "findings", "conflict", "undecidable", "critical", "closed", "decided", "open",
    "reopened", "overdue", "resolved", "closing_rate", "age_days",
)  # fmt: skip
NAMED = ("~several", "~outside", "~no_place")


def rollup(terminal: Terminal, run: str, *, out: str | None, as_json: bool) -> int:
    """Print the totals of a run, or write them as CSV, and return the exit status.

    Raises
    ------
    OptionError
        ``out`` is no CSV file.
    OutputError
        The folder keeps no run, or ``out`` cannot be written.
    """
    from lantu.keeping import read_kept
    from lantu.register import decisions_on, presence_on
    from lantu.register import rollup as totals

    if out is not None and Path(out).suffix.lower() != ".csv":
        raise OptionError(message("cli.compare.not_csv", word=out))
    kept = read_kept(Path(run))
    folder = Path(run)
    table = totals(replace(kept, decisions=decisions_on(kept, folder)), presence_on(kept, folder))
    if out is not None:
        _write(table, Path(out))
    spoken = terminal.speaking(kept.language)
    if as_json:
        rows = table.astype(object).where(table.notna(), None).to_dict(orient="records")
        terminal.show_json(rows)
        return 0
    heads = [spoken.text(f"rollup.{name}") for name in SHOWN]
    spoken.show_table(heads, [_cells(spoken, row) for row in table.to_dict(orient="records")])
    return 0


def _write(table: pd.DataFrame, path: Path) -> None:
    from lantu.errors import OutputError
    from lantu.register.objects import write_table

    try:
        write_table(table, path)
    except OSError as error:
        raise OutputError(message("report.cannot_write", file=str(path), reason=str(error))) from error


def _cells(terminal: Terminal, row: Any) -> list[Any]:  # noqa: ANN401  # a record of the table
    cells: list[Any] = []
    for name in SHOWN:
        value = row[name]
        if value in NAMED:
            value = terminal.text(f"rollup.place.{str(value).removeprefix('~')}")
        elif name == "town" and row["level"] == "district":
            value = terminal.text("rollup.place.district")
        elif name == "closing_rate":
            value = None if value != value else f"{value:.0%}"  # noqa: PLR0124  # NaN
        cells.append(None if value != value or value == "" else value)  # noqa: PLR0124  # as above
    return cells
