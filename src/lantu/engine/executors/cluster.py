"""A cluster: the same tasks on dask.distributed, whose workers read their windows from the shared store.

Nothing is lost with a worker: dask does its tasks again elsewhere. Nothing is lost with the scheduler either:
what has come back is kept here, and the rest is sent again when a scheduler answers at the address.
"""

from __future__ import annotations

import contextlib
import hashlib
import pickle
import time
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lantu.engine.edition import edition
from lantu.engine.tasks import Task, perform, shipped
from lantu.errors import ClusterError
from lantu.messages import message

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lantu.engine.tasks import Done, Ground

AHEAD = 2
"""Tasks for each thread of the cluster that are sent before they can be begun."""

PATIENCE_S = 300.0
"""How long a scheduler may be gone before the run gives up."""

RETRY_S = 1.0


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """A scheduler at ``address`` with its workers, or ``workers`` processes of this machine without one.

    ``folder`` is where the ground is laid down; it has to be the same folder for every worker, like the
    store. TLS is what dask's own configuration says (``distributed.comm.tls``).
    """

    folder: Path
    address: str | None = None
    workers: int = 1
    patience_s: float = PATIENCE_S

    @property
    def windowed(self) -> bool:
        """Say that tasks name what they have to see."""
        return True

    def run(self, ground: Ground, tasks: Iterable[Task]) -> Iterator[tuple[Task, tuple[Done, ...]]]:
        """Yield each task with what came of it, as they are finished.

        Raises
        ------
        ClusterError
            dask is not installed, nobody answers at the address, a worker has another edition of Lantu or
            does not see the folder, or a task has cost several workers their lives.
        """
        path = _laid_down(ground, self.folder)
        waiting = iter(tasks)
        sent: dict[int, Task] = {}
        with contextlib.ExitStack() as stack:
            address, security = self.address, None
            if address is None:
                address, security = stack.enter_context(_local_cluster(self.workers))
            while True:
                with _client(address, security, self.patience_s) as client:
                    yield from _until_lost(client, path, waiting, sent)
                if not sent:
                    return


def perform_at(path: str, edition_wanted: str, task: Task) -> tuple[Done, ...]:
    """Do a task on the ground that was laid down at ``path``; what a worker runs."""
    if edition() != edition_wanted:
        raise ClusterError(message("engine.cluster.edition"))
    return perform(_ground_at(path), task)


@lru_cache(maxsize=1)
def _ground_at(path: str) -> Ground:
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise ClusterError(message("engine.cluster.folder", folder=path, reason=str(error))) from error
    ground: Ground = pickle.loads(content)  # noqa: S301  # written by this run, into its own folder
    return ground


def _laid_down(ground: Ground, folder: Path) -> Path:
    """Write the ground where every worker finds it; its name says what it holds."""
    content = pickle.dumps(shipped(ground), protocol=pickle.HIGHEST_PROTOCOL)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"ground-{hashlib.sha256(content).hexdigest()[:16]}.pickle"
    path.write_bytes(content)
    return path.resolve()


def _until_lost(
    client: Any,  # noqa: ANN401  # dask ships no types
    path: Path,
    waiting: Iterator[Task],
    sent: dict[int, Task],
) -> Iterator[tuple[Task, tuple[Done, ...]]]:
    """Send tasks and yield what comes back, until all is done or the scheduler is gone.

    ``sent`` are tasks that were sent and have not come back.
    """
    from distributed import as_completed  # noqa: PLC0415  # only where a cluster is asked for

    def send(task: Task) -> Any:  # noqa: ANN401  # a future
        sent[task.number] = task
        return client.submit(
            perform_at, str(path), edition(), task, key=f"{path.stem}-{task.number}", retries=1
        )

    futures = {send(task): task.number for task in list(sent.values())}
    room = max(sum(client.nthreads().values()), 1) * (1 + AHEAD)
    futures |= {send(task): task.number for task in islice(waiting, max(room - len(futures), 0))}
    arriving = as_completed(list(futures), loop=client.loop, raise_errors=False)
    for future in arriving:
        if future.status in {"cancelled", "lost"}:
            return
        done = _result(future)
        if done is None:
            return
        task = sent.pop(futures.pop(future))
        yield task, done
        for following in islice(waiting, 1):
            fresh = send(following)
            futures[fresh] = following.number
            arriving.add(fresh)


def _result(future: Any) -> tuple[Done, ...] | None:  # noqa: ANN401  # a future
    """Return what came of a task; None where it was lost on the way back."""
    from distributed import KilledWorker  # noqa: PLC0415  # as above
    from distributed.client import FutureCancelledError  # noqa: PLC0415
    from distributed.comm import CommClosedError  # noqa: PLC0415

    try:
        done: tuple[Done, ...] = future.result()
    except KilledWorker as error:
        raise ClusterError(message("engine.cluster.killed")) from error
    except (CommClosedError, FutureCancelledError, OSError, TimeoutError):
        return None
    return done


@contextlib.contextmanager
def _local_cluster(workers: int) -> Iterator[tuple[str, Any]]:
    """Start worker processes on this machine; yield the scheduler's address and the keys to it.

    The keys are made for this run, because other users of the machine could reach the port too.
    """
    distributed = _distributed()
    with distributed.LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        processes=True,
        dashboard_address=None,
        silence_logs=50,
        security=distributed.Security.temporary(),
    ) as cluster:
        yield str(cluster.scheduler_address), cluster.security


@contextlib.contextmanager
def _client(address: str, security: Any, patience_s: float) -> Iterator[Any]:  # noqa: ANN401  # as above
    """Connect, and go on trying while nobody answers; without ``security`` as dask's settings say."""
    distributed = _distributed()
    until = time.monotonic() + patience_s
    while True:
        try:
            client = distributed.Client(
                address, security=security, timeout=max(RETRY_S * 5, 5), set_as_default=False
            )
            client.wait_for_workers(1, timeout=max(until - time.monotonic(), 1.0))
            break
        except (OSError, TimeoutError) as error:
            if time.monotonic() >= until:
                raise ClusterError(message("engine.cluster.no_answer", address=address)) from error
            time.sleep(RETRY_S)
    try:
        yield client
    finally:
        with contextlib.suppress(Exception):  # a scheduler that is gone cannot be said goodbye to
            client.close(timeout=2)


def _distributed() -> Any:  # noqa: ANN401  # a module without types
    try:
        import distributed  # noqa: PLC0415  # an extra, and slow to import
    except ImportError as error:
        raise ClusterError(message("engine.cluster.not_installed")) from error
    return distributed
