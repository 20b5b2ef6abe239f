"""How long work shows its progress: bars in a terminal, bars in a notebook, nothing where nobody looks."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from lantu.display.fragment import fragment
from lantu.engine.progress import Silent
from lantu.messages import catalogue, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    import rich.progress

    from lantu.engine.progress import Progress
    from lantu.messages import Language

PAUSE_S = 0.1
"""A notebook is told no more often than this."""


class TerminalBars:
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


class NotebookBars:
    """A bar for each stage in the output of a cell, gone when the work is done."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._stages: list[list[Any]] = []  # name, total, done
        self._shown: Any = None
        self._told_s = 0.0

    def stage(self, name: str, total: int) -> None:
        """Finish the stage at hand and start another of ``total`` steps."""
        if self._stages:
            self._stages[-1][2] = self._stages[-1][1]
        self._stages.append([stage_name(name, self._language), total, 0])
        self._show()

    def advance(self, steps: int = 1) -> None:
        """Move the bar of the stage at hand; the page is told a few times a second."""
        if self._stages:
            self._stages[-1][2] += steps
            if time.monotonic() - self._told_s >= PAUSE_S:
                self._show()

    def finish(self) -> None:
        """Take the bars away: what comes of the work speaks for itself."""
        if self._shown is not None:
            self._shown.update(_html(""))

    def _show(self) -> None:
        self._told_s = time.monotonic()
        page = _html(fragment("progress", stages=self._stages))
        if self._shown is None:
            from IPython.display import display  # noqa: PLC0415  # only there in a notebook

            self._shown = display(page, display_id=True)
        else:
            self._shown.update(page)


@contextmanager
def watching(language: Language, *, given: Progress | None = None, quiet: bool = False) -> Iterator[Progress]:
    """Give a watcher that suits where the work is looked at: the one given, a notebook, a terminal, or none.

    Bars of a terminal are drawn on stderr, and only where that is a terminal.
    """
    if given is not None:
        yield given
    elif quiet:
        yield Silent()
    elif in_notebook():
        bars = NotebookBars(language)
        try:
            yield bars
        finally:
            bars.finish()
    elif sys.stderr.isatty():
        with _terminal_bars(language) as drawn:
            yield drawn
    else:
        yield Silent()


@contextmanager
def _terminal_bars(language: Language) -> Iterator[Progress]:
    from rich.console import Console  # noqa: PLC0415  # not needed where nobody looks
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    from lantu.display.rate import Rate  # noqa: PLC0415

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), Rate())
    times = (TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, *times, console=Console(file=sys.stderr)) as display:
        bars = TerminalBars(display, language)
        yield bars
        bars.finish()


def in_notebook() -> bool:
    """Say whether the code runs in a kernel, whose front end can show HTML."""
    if "IPython" not in sys.modules:
        return False
    from IPython import get_ipython  # noqa: PLC0415  # loaded already

    return getattr(get_ipython(), "kernel", None) is not None


def stage_name(name: str, language: Language) -> str:
    """Return what a stage is called, its own name where the catalogue has none."""
    key = f"display.stage.{name}"
    return say(key, language) if key in catalogue() else name


def _html(text: str) -> Any:  # noqa: ANN401  # IPython has no types
    from IPython.display import HTML  # noqa: PLC0415  # only there in a notebook

    return HTML(text)
