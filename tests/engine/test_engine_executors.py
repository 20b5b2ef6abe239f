"""Threads on layers on disk: one task at a time sees whole layers, and the others go on beside it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from lantu.engine.executors import Threads, local
from lantu.engine.tasks import Task

if TYPE_CHECKING:
    from collections.abc import Iterator

NOTHING: dict[str, Any] = {}


class Watch:
    """Counts which tasks are at work side by side."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.running: list[Task] = []
        self.most_whole = 0
        self.beside_whole = 0

    def perform(self, _: object, task: Task) -> tuple[()]:
        with self.lock:
            self.running.append(task)
            whole = sum(one.windows is None for one in self.running)
            self.most_whole = max(self.most_whole, whole)
            self.beside_whole += whole > 0 and len(self.running) > whole
        threading.Event().wait(0.02)
        with self.lock:
            self.running.remove(task)
        return ()


def tasks(statements: int, tiles: int) -> Iterator[Task]:
    for number in range(statements + tiles):
        windows = None if number < statements else NOTHING
        yield Task(number=number, planned=(0,), rows={}, windows=windows)


@pytest.mark.parametrize(("statements", "tiles"), [(4, 12), (3, 0), (0, 5), (6, 1)])
def test_statements_about_whole_layers_take_turns(
    monkeypatch: pytest.MonkeyPatch, statements: int, tiles: int
) -> None:
    watch = Watch()
    monkeypatch.setattr(local, "perform", watch.perform)
    done = [task.number for task, _ in Threads(3, windowed=True).run(None, tasks(statements, tiles))]  # type: ignore[arg-type]
    assert sorted(done) == list(range(statements + tiles))
    assert watch.most_whole == min(statements, 1)
    assert watch.beside_whole > 0 or 0 in {statements, tiles} or tiles == 1


def test_in_memory_they_need_not(monkeypatch: pytest.MonkeyPatch) -> None:
    watch = Watch()
    monkeypatch.setattr(local, "perform", watch.perform)
    assert len(list(Threads(3).run(None, tasks(6, 0)))) == 6  # type: ignore[arg-type]
    assert watch.most_whole > 1
