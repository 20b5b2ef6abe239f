"""The work of a run: which tasks there are, which of them are known already, and having the others done."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from lantu.engine.records.keys import Keys
from lantu.engine.tasks import tasks_of, windows_of
from lantu.model import give_memory_back

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lantu.engine.executors import Executor
    from lantu.engine.progress import Progress
    from lantu.engine.records import Records
    from lantu.engine.tasks import Done, Ground, Task
    from lantu.model import IntArray


@dataclass(frozen=True, kw_only=True)
class Work:
    """The ground, who does the tasks on it, and the records that spare some of them."""

    ground: Ground
    executor: Executor
    progress: Progress
    tile_m: float | None = None
    records: Records | None = None
    _named: dict[int, dict[int, str]] = field(default_factory=dict)

    def results(self) -> Iterator[tuple[int, Done]]:
        """Yield what came of each meeting of each task, with the task's number, as it is known."""
        tasks = list(tasks_of(self.ground, tile_m=self.tile_m, together=self.executor.windowed))
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

    def _unknown(self, tasks: list[Task], spared: list[tuple[int, Done]]) -> Iterator[Task]:
        """Yield the tasks that have to be done; what the records know goes to ``spared``."""
        seen: dict[str, IntArray] | None = None
        last: Task | None = None
        for task in tasks:
            if self.executor.windowed or self.records is not None:
                if last is None or task.rows is not last.rows:
                    seen = windows_of(self.ground, self._with_all_meetings(task))
                last = task
            rest = task
            if self.records is not None:
                names = {place: self._keys.of(task, seen, place) for place in task.planned}
                known = {place: self.records.find(key, place) for place, key in names.items()}
                spared.extend((task.number, done) for done in known.values() if done is not None)
                rest = replace(task, planned=tuple(place for place in names if known[place] is None))
                self._named[task.number] = names
            if rest.planned:
                yield replace(rest, windows=seen if self.executor.windowed else None)
            else:
                self.progress.advance()

    def _with_all_meetings(self, task: Task) -> Task:
        """Return the task with all meetings of its tile, which then share one set of windows."""
        planned = self.ground.planned
        if self.executor.windowed or planned[task.planned[0]].is_statement:
            return task
        name = planned[task.planned[0]].meeting.a.name
        every = [place for place, one in enumerate(planned) if one.meeting.a.name == name and one.choices]
        return replace(task, planned=tuple(place for place in every if not planned[place].is_statement))

    @cached_property
    def _keys(self) -> Keys:
        return Keys(self.ground)
