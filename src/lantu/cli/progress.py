"""Progress bars on a terminal, and nothing anywhere else."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from lantu.messages import catalogue, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    import rich.progress

    from lantu.cli.terminal import Terminal
    from lantu.engine.progress import Progress
    from lantu.messages import Language


class Bars:
    """A bar for each stage, the one at hand at the bottom."""

    def __init__(self, display: rich.progress.Progress, language: Language) -> None:
        self._display = display
        self._language = language
        self._stage: rich.progress.TaskID | None = None

    def stage(self, name: str, total: int) -> None:
        """Finish the stage at hand and start another of ``total`` steps."""
        self.finish()
        self._stage = self._display.add_task(stage_name(name, self._language), total=total)

    def advance(self, steps: int = 1) -> None:
        """Move the bar of the stage at hand."""
        if self._stage is not None:
            self._display.advance(self._stage, steps)

    def finish(self) -> None:
        """Fill the bar of the stage at hand."""
        if self._stage is not None:
            total = next(task.total for task in self._display.tasks if task.id == self._stage)
            self._display.update(self._stage, completed=total)


@contextmanager
def watching(terminal: Terminal) -> Iterator[Progress | None]:
    """Give a watcher that draws bars on stderr; None where stderr is no terminal or all shall be quiet."""
    if terminal.quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=Console(file=sys.stderr)) as display:
        bars = Bars(display, terminal.language)
        yield bars
        bars.finish()


def stage_name(name: str, language: Language) -> str:
    """Return what a stage is called, its own name where the catalogue has none."""
    key = f"cli.stage.{name}"
    return say(key, language) if key in catalogue() else name
