"""How a check is carried out: where its layers lie, who does the tasks, what is known already."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lantu.engine.executors import Cluster, Threads
from lantu.engine.records import Records
from lantu.engine.workplace import workplace
from lantu.model import cores

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lantu.engine.executors import Executor
    from lantu.engine.store import Store


@dataclass(frozen=True, kw_only=True)
class Execution:
    """``store`` None: layers stay in memory. ``executor`` None: threads. ``records`` None: all is judged."""

    store: Store | None = None
    executor: Executor | None = None
    records: Records | None = None

    @property
    def findings(self) -> Path | None:
        """Return where what is large of the findings lies until it is written; None where in memory."""
        return None if self.store is None else self.store.folder


@contextmanager
def execution(  # each is an option of the command line
    blueprint: Path,
    reports: Path,
    *,
    on_disk: bool,
    cluster: bool = False,
    scheduler: str | None = None,
    jobs: int | None = None,
    since: Path | None = None,
) -> Iterator[Execution]:
    """Give what a check of ``blueprint`` needs, and clear up behind it.

    ``on_disk`` keeps layers in a store beside ``reports``, and what is finished too, so that the next
    run goes on from there should this one be killed. A ``cluster`` is that of ``scheduler``, or ``jobs``
    processes of this machine. What the run in ``since`` has judged on the same grounds is taken over.
    """
    if not (on_disk or cluster):
        yield Execution(records=Records(earlier=since))
        return
    with workplace(reports, blueprint) as place:
        workers = jobs or cores()
        executor: Executor = Threads(workers, windowed=True)
        if cluster:
            executor = Cluster(folder=place.store.folder, address=scheduler, workers=workers)
        yield Execution(
            store=place.store, executor=executor, records=Records(folder=place.done, earlier=since)
        )
