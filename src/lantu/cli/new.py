"""``lantu new``: a folder straight from the departments becomes a commented blueprint."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from lantu.errors import OutputError
from lantu.messages import message

if TYPE_CHECKING:
    from lantu.cli.terminal import Terminal
    from lantu.guessing import GuessedLayer

DEFAULT_NAME = "blueprint.toml"


def new(terminal: Terminal, folder: str, *, out: str | None, force: bool) -> int:
    """Survey ``folder``, write the blueprint, say what was guessed, and return the exit status."""
    from lantu.guessing import blueprint_text, survey_folder

    source = Path(folder)
    target = Path(out) if out is not None else source / DEFAULT_NAME
    if target.exists() and not force:
        raise OutputError(message("cli.new.exists", path=target))
    terminal.say(message("cli.new.reading", path=source))
    survey = survey_folder(source, leave_out=target)
    text = blueprint_text(survey, terminal.language, base=_base(source, target))
    try:
        target.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputError(message("cli.new.not_written", path=target, reason=reason)) from error
    columns = ("layer", "path", "standard", "sure", "features", "questions")
    terminal.show_table(
        [terminal.text(f"cli.new.column.{name}") for name in columns],
        [_row(terminal, layer) for layer in survey.layers],
    )
    terminal.show(
        terminal.text(
            "cli.new.written",
            path=target,
            layers=len(survey.usable),
            undecided=len(survey.layers) - len(survey.usable),
            unused=len(survey.unused),
            questions=survey.questions,
        )
    )
    terminal.say(message("cli.new.next", path=target))
    return 0


def _base(source: Path, target: Path) -> str:
    """Return the surveyed folder as seen from the file to be written, empty where it lies in it."""
    try:
        shown = Path(os.path.relpath(source.absolute(), target.absolute().parent)).as_posix()
    except ValueError as error:  # another drive
        raise OutputError(message("cli.new.elsewhere", folder=source)) from error
    return "" if shown == "." else shown


def _row(terminal: Terminal, layer: GuessedLayer) -> list[object]:
    standard = layer.standard
    sure = "" if standard is None else terminal.text(f"guessing.sure.{standard.confidence}")
    return [
        layer.name,
        layer.path,
        terminal.text("cli.new.undecided") if standard is None else standard.value,
        sure,
        layer.features,
        len(layer.questions) + len(layer.field_questions),
    ]
