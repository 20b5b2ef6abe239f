"""``lantu demo``: a copy of the sample district, checked, so that a newcomer sees a report at once."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from lantu.cli.check import CheckOptions, report_folder, report_path, run_check, show_causes
from lantu.cli.outcome import severity_counts, severity_name, verdict
from lantu.cli.sample import copy_sample
from lantu.messages import message

if TYPE_CHECKING:
    from lantu.cli.terminal import Terminal
    from lantu.messages import Language
    from lantu.run import Run

_LANGUAGE = re.compile(r'^(language\s*=\s*)"(?:zh|en)"', re.MULTILINE)


def demo(terminal: Terminal, directory: str) -> int:
    """Copy the sample to ``directory``, check it, and return the exit status."""
    target = Path(directory)
    blueprint = copy_sample(target)
    _set_language(blueprint, terminal.language)
    terminal.say(message("cli.demo.copied", path=target))
    options = CheckOptions(out=report_folder(target / "reports", "demo"))
    run, paths = run_check(terminal, str(blueprint), options)
    _show(terminal, run, paths)
    return 0


def _set_language(blueprint: Path, language: Language) -> None:
    """Make the copy speak the user's language, in its reports too."""
    text = blueprint.read_text(encoding="utf-8")
    blueprint.write_text(_LANGUAGE.sub(rf'\1"{language}"', text, count=1), encoding="utf-8", newline="\n")


def _show(terminal: Terminal, run: Run, paths: tuple[Path, ...]) -> None:
    """Print the verdict, conflicts by severity, what was not checked, the causes behind most of it."""
    terminal.show(verdict(run, terminal.language))
    terminal.show()
    rows: list[tuple[str, int]] = [
        (severity_name(severity).text(terminal.language), count)
        for severity, count in severity_counts(run).items()
    ]
    rows.append(
        (terminal.text("cli.column.undecidable"), int((run.findings["verdict"] == "undecidable").sum()))
    )
    rows.append((terminal.text("cli.column.not_checked"), len(run.not_checked)))
    terminal.show_table(["", terminal.text("cli.column.count")], rows)
    terminal.show()
    show_causes(terminal, run)
    terminal.show(terminal.text("cli.demo.open", path=report_path(paths)))
