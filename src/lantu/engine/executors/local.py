"""Here, in one process: one task after the other, or threads, since the libraries free the interpreter."""

from __future__ import annotations

from collections import deque
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lantu.engine.tasks import perform

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from lantu.engine.tasks import Done, Ground, Task

AHEAD = 2
"""Tasks for each thread that wait to be begun: enough to keep all busy, few enough to take no memory."""


@dataclass(frozen=True)
class Serial:
    """One task after the other."""

    windowed: bool = False

    def run(self, ground: Ground, tasks: Iterable[Task]) -> Iterator[tuple[Task, tuple[Done, ...]]]:
        """Yield each task with what came of it."""
        for task in tasks:
            yield task, perform(ground, task)


@dataclass
class _Waiting:
    """Tasks not begun; ``alone``: of those that see whole layers, and need much memory, one at a time."""

    tasks: Iterator[Task]
    alone: bool
    _held: deque[Task] = field(default_factory=deque)

    def next(self, running: Collection[Task]) -> Task | None:
        """Return a task that may be begun beside those that are running; None where none may, or is left."""
        one_whole = self.alone and any(task.windows is None for task in running)
        if self._held and not one_whole:
            return self._held.popleft()
        for task in self.tasks:
            if not one_whole or task.windows is not None:
                return task
            self._held.append(task)
        return None


@dataclass(frozen=True)
class Threads:
    """A pool of threads."""

    jobs: int
    windowed: bool = False

    def run(self, ground: Ground, tasks: Iterable[Task]) -> Iterator[tuple[Task, tuple[Done, ...]]]:
        """Yield each task with what came of it, as they are finished."""
        waiting = _Waiting(iter(tasks), alone=self.windowed)
        with ThreadPoolExecutor(max_workers=self.jobs) as pool:
            running: dict[Future[tuple[Done, ...]], Task] = {}
            while True:
                while len(running) < self.jobs * (1 + AHEAD):
                    task = waiting.next(running.values())
                    if task is None:
                        break
                    running[pool.submit(perform, ground, task)] = task
                if not running:
                    return
                finished, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in finished:
                    yield running.pop(future), future.result()
