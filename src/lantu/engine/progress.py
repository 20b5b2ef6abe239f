"""How a run tells a watcher where it stands."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """What the engine calls while it works; the command line draws bars from it."""

    def stage(self, name: str, total: int) -> None:
        """Start a stage (read, relate, report …) of ``total`` steps."""
        ...

    def advance(self, steps: int = 1) -> None:
        """Say that ``steps`` more steps of the stage are done."""
        ...


class Silent:
    """A watcher that looks away."""

    def stage(self, name: str, total: int) -> None:
        """Do nothing."""

    def advance(self, steps: int = 1) -> None:
        """Do nothing."""
