"""Here, in one process: one task after the other, or threads, since the libraries free the interpreter."""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING

from lantu.engine.tasks import perform

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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


@dataclass(frozen=True)
class Threads:
    """A pool of threads. ``windowed``: tasks that see whole layers have the memory to themselves."""

    jobs: int
    windowed: bool = False

    def run(self, ground: Ground, tasks: Iterable[Task]) -> Iterator[tuple[Task, tuple[Done, ...]]]:
        """Yield each task with what came of it, as they are finished."""
        waiting = iter(tasks)
        if self.windowed:  # such tasks come first
            for task in waiting:
                if task.windows is not None:
                    waiting = chain([task], waiting)
                    break
                yield task, perform(ground, task)
        with ThreadPoolExecutor(max_workers=self.jobs) as pool:
            running: dict[Future[tuple[Done, ...]], Task] = {}
            while True:
                for task in islice(waiting, self.jobs * (1 + AHEAD) - len(running)):
                    running[pool.submit(perform, ground, task)] = task
                if not running:
                    return
                finished, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in finished:
                    yield running.pop(future), future.result()
