"""What the engine asks of whoever does the tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lantu.engine.tasks import Done, Ground, Task


class Executor(Protocol):
    """Does tasks; each is whole in itself, so they may be done in any order, anywhere, and again."""

    @property
    def windowed(self) -> bool:
        """Say whether tasks are done where the layers are not at hand, and so have to name what they see."""
        ...

    def run(self, ground: Ground, tasks: Iterable[Task]) -> Iterator[tuple[Task, tuple[Done, ...]]]:
        """Yield each task with what came of it, as they are finished."""
        ...
