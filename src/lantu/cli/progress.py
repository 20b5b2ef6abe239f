"""Progress of a command: what ``display`` draws on stderr, nothing where only results are wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from lantu.cli.terminal import Terminal
    from lantu.engine import Progress


def watching(terminal: Terminal) -> AbstractContextManager[Progress]:
    """Give a watcher that draws bars on stderr where that is a terminal and not all shall be quiet."""
    from lantu import display

    return display.watching(terminal.language, quiet=terminal.quiet)
