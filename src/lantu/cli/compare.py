"""``lantu compare``: what is new, what stays, what is resolved, and what was not tested again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from lantu.cli.usage import OptionError
from lantu.messages import message

if TYPE_CHECKING:
    from lantu.cli.terminal import Terminal
    from lantu.register import Comparison

COUNTED = ("new", "reopened", "persisting", "resolved", "waived", "not_retested")


def compare(terminal: Terminal, old: str, new: str, *, out: str | None, as_json: bool) -> int:
    """Compare the folders of two runs, print the counts, and return the exit status.

    Raises
    ------
    OptionError
        ``out`` is no CSV file.
    OutputError
        A folder does not hold a finished check, or ``out`` cannot be written.
    """
    from lantu.comparing import compare as compared
    from lantu.errors import OutputError

    if out is not None and Path(out).suffix.lower() != ".csv":
        raise OptionError(message("cli.compare.not_csv", word=out))
    language = terminal.language if terminal.fixed else None
    found = compared(old, new, language=language)
    if out is not None:
        try:
            found.write(Path(out))
        except OSError as error:
            raise OutputError(message("report.cannot_write", file=out, reason=str(error))) from error
    if as_json:
        rows = found.findings.astype(object).where(found.findings.notna(), None)
        terminal.show_json(found.summary() | {"findings": rows.to_dict(orient="records")})
        return 0
    _show(terminal, found)
    if out is not None:
        terminal.show(terminal.text("cli.compare.written", path=out))
    return 0


def _show(terminal: Terminal, found: Comparison) -> None:
    terminal.show(sentence(terminal, found.counts()))
    by_rule = found.by_rule()
    if len(by_rule):
        terminal.show()
        heads = [terminal.text("cli.column.rule"), *(terminal.text(f"compare.status.{s}") for s in COUNTED)]
        rows = [(code, *(int(row[s]) for s in COUNTED)) for code, row in by_rule.iterrows()]
        terminal.show_table(heads, rows)
    by_delivery = found.by_delivery()
    if len(by_delivery):
        terminal.show()
        heads = [terminal.text(f"cli.compare.{name}") for name in ("introduced_by", "delivery")]
        terminal.show_table(
            [*heads, terminal.text("cli.column.count")],
            [
                (terminal.text(f"compare.by.{row['introduced_by']}"), row["delivery"], int(row["findings"]))
                for row in by_delivery.to_dict(orient="records")
            ],
        )
    left = found.by_reason()
    if len(left):
        terminal.show()
        heads = [terminal.text(key) for key in ("cli.column.rule", "cli.compare.reason", "cli.column.count")]
        terminal.show_table(heads, left.to_numpy().tolist())


def sentence(terminal: Terminal, counts: dict[str, int]) -> str:
    """Return the counts of a comparison in one sentence."""
    return terminal.text("cli.compare.counts", **counts)
