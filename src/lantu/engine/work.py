"""The work of a run: which tasks there are, which of them are known already, and having the others done."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from lantu.engine.records.keys import Keys
from lantu.engine.tasks import tasks_of, together, windows_of
from lantu.model import give_memory_back

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from lantu.engine.executors import Executor
    from lantu.engine.progress import Progress
    from lantu.engine.records import Records
    from lantu.engine.tasks import Done, Ground, Task
    from lantu.model import IntArray

    Windows: TypeAlias = Mapping[str, IntArray] | None


@dataclass(kw_only=True)
class Work:
    """The ground, who does the tasks on it, and the records that spare some of them."""

    ground: Ground
    executor: Executor
    progress: Progress
    tile_m: float | None = None
    records: Records | None = None
    _named: dict[int, dict[int, str]] = field(default_factory=dict)
    _last: tuple[Mapping[str, IntArray], Mapping[str, Windows]] = ({}, {})

    def results(self) -> Iterator[tuple[int, Done]]:
        """Yield what came of each meeting of each task, with the task's number, as it is known."""
        tasks = deque(tasks_of(self.ground, tile_m=self.tile_m, together=self.executor.windowed))
        self.progress.stage("relate", len(tasks))
        spared: list[tuple[int, Done]] = []
        for task, finished in self.executor.run(self.ground, self._unknown(tasks, spared)):
            yield from ((task.number, done) for done in self._kept(task, finished))
            self.progress.advance()
        yield from spared

    def _kept(self, task: Task, finished: tuple[Done, ...]) -> Iterable[Done]:
        if self.executor.windowed:
            give_memory_back()
        if self.records is None:
            return finished
        names = self._named.pop(task.number)
        return self.records.keep({names[done.planned]: done for done in finished})

    def _unknown(self, tasks: deque[Task], spared: list[tuple[int, Done]]) -> Iterator[Task]:
        """Yield the tasks that have to be done, and forget them; what the records know goes to ``spared``."""
        while tasks:
            task = tasks.popleft()
            seen = self._seen(task)
            rest = task
            if self.records is not None:
                names = {place: self._key(task, seen, place) for place in task.planned}
                known = {place: self.records.find(key, place) for place, key in names.items()}
                spared.extend((task.number, done) for done in known.values() if done is not None)
                rest = replace(task, planned=tuple(place for place in names if known[place] is None))
                self._named[task.number] = names
            if rest.planned:
                needed = {self._subjects(place) for place in rest.planned}
                windows = together(seen[name] for name in sorted(needed)) if self.executor.windowed else None
                yield replace(rest, windows=windows)
            else:
                self.progress.advance()

    def _seen(self, task: Task) -> Mapping[str, Windows]:
        """Return what each layer's subjects have to see, by its name; nothing where nobody asks."""
        if not self.executor.windowed and self.records is None:
            return {}
        if task.rows is not self._last[0]:  # tasks of one meeting each follow each other on the same rows
            places = {name: self._places(task, name) for name in task.rows}
            seen = {name: windows_of(self.ground, places[name], rows) for name, rows in task.rows.items()}
            self._last = (task.rows, seen)
        return self._last[1]

    def _places(self, task: Task, name: str) -> tuple[int, ...]:
        """Return the meetings of a layer that share its windows: all that are done by tiles."""
        planned = self.ground.planned
        if planned[task.planned[0]].is_statement:
            return task.planned
        every = [place for place, one in enumerate(planned) if self._subjects(place) == name and one.choices]
        return tuple(place for place in every if not planned[place].is_statement)

    def _key(self, task: Task, seen: Mapping[str, Windows], place: int) -> str:
        name = self._subjects(place)
        return self._keys.of(place, task.rows[name], seen[name])

    def _subjects(self, place: int) -> str:
        return self.ground.planned[place].meeting.a.name

    @cached_property
    def _keys(self) -> Keys:
        return Keys(self.ground)
