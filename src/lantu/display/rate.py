"""How fast a stage goes, beside its bar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.progress import ProgressColumn
from rich.text import Text

if TYPE_CHECKING:
    from rich.progress import Task

FEW = 10.0


class Rate(ProgressColumn):
    """Steps per second, nothing before the first."""

    def render(self, task: Task) -> Text:
        """Return the rate of a stage."""
        speed = task.finished_speed or task.speed
        if speed is None:
            return Text("")
        return Text(f"{speed:.1f}/s" if speed < FEW else f"{speed:.0f}/s", style="progress.data.speed")
