"""``lantu decide``: take the decisions that were recorded in a report into the register beside the runs."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

from lantu.messages import message

if TYPE_CHECKING:
    from lantu.cli.terminal import Terminal
    from lantu.register import Taken


def decide(terminal: Terminal, run: str, file: str, *, by: str | None, as_json: bool) -> int:
    """Take a decisions file in, say what became of it, and return the exit status.

    Raises
    ------
    RegisterError
        The folder is no run, the file is not of its report, or the register cannot be used.
    """
    from lantu.register import take_decisions

    now = dt.datetime.now(tz=dt.UTC).astimezone()
    taken = take_decisions(Path(run), Path(file), now=now, by=by)
    if as_json:
        terminal.show_json(_plain(terminal, taken))
    else:
        _show(terminal, taken)
    for mistake in taken.mistakes:
        terminal.complain(mistake)
    return 0


def _show(terminal: Terminal, taken: Taken) -> None:
    count = {"added": len(taken.added), "known": taken.known, "refused": len(taken.mistakes)}
    terminal.show(terminal.text("decisions.taken", file=taken.register.name, **count))
    for entries in taken.clashes:
        said = [
            message(
                "decisions.said",
                by=entry.said.by,
                decision=message(f"report.page.decision.word.{entry.said.decision}"),
                responsible=entry.said.responsible or "—",
                due=entry.said.due or "—",
            ).text(terminal.language)
            for entry in entries
        ]
        terminal.show(terminal.text("decisions.clash", id=entries[0].said.finding_id, said=" / ".join(said)))


def _plain(terminal: Terminal, taken: Taken) -> dict[str, object]:
    return {
        "register": taken.register.name,
        "added": [entry.said.finding_id for entry in taken.added],
        "known": taken.known,
        "refused": [mistake.text(terminal.language) for mistake in taken.mistakes],
        "clashes": [
            {"finding_id": entries[0].said.finding_id, "decisions": [entry.shown() for entry in entries]}
            for entries in taken.clashes
        ],
    }
