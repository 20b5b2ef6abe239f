"""The same bytes from a cluster, whatever becomes of its workers and its scheduler."""

from __future__ import annotations

import subprocess
import sys
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from engine_district import district
from engine_layers import every_rule, make_facts, record_of, run
from engine_machines import (
    HERE,
    NETWORK,
    free_port,
    hosts,
    inside,
    running,
    scheduler,
    why_no_hosts,
    worker,
)

from lantu.engine import check
from lantu.engine.executors import Cluster, cluster
from lantu.engine.store import Store
from lantu.errors import ClusterError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from lantu.engine.tasks import Done, Ground, Task
    from lantu.model import Layer

pytest.importorskip("distributed", reason="dask is not installed: pip install 'lantu[dask]'")
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("default")]  # dask's own warnings are its own

LAYERS = district(4, 2, 2)
TILE_M = 50.0
PORT = 8786


@pytest.fixture(scope="module")
def expected() -> Any:
    return record_of(run(every_rule(), *fresh(LAYERS), towns=LAYERS[-1]), make_facts(*LAYERS))


def fresh(layers: tuple[Layer, ...]) -> tuple[Layer, ...]:
    return tuple(replace(layer) for layer in layers)


def answer(folder: Path, executor: Any) -> Any:
    store = Store(folder)
    stored = tuple(store.put(layer) for layer in fresh(LAYERS))
    facts = make_facts(*stored)
    found = check(every_rule(), facts, tile_m=TILE_M, towns=stored[-1], executor=executor)
    return record_of(found, facts)


class Watched:
    """A cluster of which ``after`` is called when some tasks have come back."""

    windowed = True

    def __init__(self, inner: Cluster, count: int, after: Callable[[], object]) -> None:
        self.inner, self.count, self.after = inner, count, after

    def run(self, ground: Ground, tasks: Iterable[Task]) -> Iterator[tuple[Task, tuple[Done, ...]]]:
        for number, result in enumerate(self.inner.run(ground, tasks), start=1):
            yield result
            if number == self.count:
                self.after()


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_workers_of_this_machine_change_no_byte(tmp_path: Path, workers: int, expected: Any) -> None:
    assert answer(tmp_path, Cluster(folder=tmp_path, workers=workers)) == expected


def test_a_worker_that_is_killed_costs_time_and_nothing_else(tmp_path: Path, expected: Any) -> None:
    port = free_port()
    address = f"tcp://{HERE}:{port}"
    with running(scheduler(HERE, port)), running(worker(address)) as victim, running(worker(address)):
        watched = Watched(Cluster(folder=tmp_path, address=address), 3, victim.kill)
        assert answer(tmp_path, watched) == expected
        assert victim.wait() != 0


def test_a_scheduler_that_starts_again_costs_time_and_nothing_else(tmp_path: Path, expected: Any) -> None:
    port = free_port()
    address = f"tcp://{HERE}:{port}"
    with ExitStack() as machines:
        first = machines.enter_context(running(scheduler(HERE, port)))
        machines.enter_context(running(worker(address)))

        def restart() -> None:
            first.kill()
            first.wait()
            machines.enter_context(running(scheduler(HERE, port)))
            machines.enter_context(running(worker(address)))

        watched = Watched(Cluster(folder=tmp_path, address=address), 3, restart)
        assert answer(tmp_path, watched) == expected


def test_nobody_answers(tmp_path: Path) -> None:
    nobody = Cluster(folder=tmp_path, address=f"tcp://{HERE}:{free_port()}", patience_s=1.0)
    with pytest.raises(ClusterError, match="no scheduler"):
        answer(tmp_path, nobody)


def test_a_worker_of_another_edition_is_refused() -> None:
    with pytest.raises(ClusterError, match="another edition"):
        cluster.perform_at("nowhere", "another", None)  # type: ignore[arg-type]


def test_a_worker_without_the_folder_says_so(tmp_path: Path) -> None:
    with pytest.raises(ClusterError, match="shared"):
        cluster.perform_at(str(tmp_path / "nowhere"), cluster.edition(), None)  # type: ignore[arg-type]


def test_tls_is_taken_from_dasks_own_settings(tmp_path: Path, expected: Any) -> None:
    import dask
    import trustme

    authority = trustme.CA()
    own = authority.issue_cert(HERE)
    ca, cert, key = (str(tmp_path / f"{name}.pem") for name in ("ca", "cert", "key"))
    authority.cert_pem.write_to_path(ca)
    own.cert_chain_pems[0].write_to_path(cert)
    own.private_key_pem.write_to_path(key)
    port = free_port()
    address = f"tls://{HERE}:{port}"
    files = ["--tls-ca-file", ca, "--tls-cert", cert, "--tls-key", key]
    own_settings = {"ca-file": ca, "client.cert": cert, "client.key": key}
    settings = {f"distributed.comm.tls.{name}": value for name, value in own_settings.items()}
    settings["distributed.comm.require-encryption"] = True
    with (
        running(scheduler(HERE, port, "--protocol", "tls", *files)),
        running(worker(address, *files)),
        dask.config.set(settings),
    ):
        assert answer(tmp_path / "store", Cluster(folder=tmp_path / "store", address=address)) == expected


CLIENT = """
import sys
sys.path.insert(0, {tests!r})
from pathlib import Path
from engine_machines import ip
from test_engine_cluster import Cluster, Watched, answer
folder = Path({folder!r})
cut = lambda: ip("-n", {cut_off!r}, "link", "set", "eth0", "down")
if __name__ == "__main__":
    print(repr(answer(folder, Watched(Cluster(folder=folder, address={address!r}), 3, cut))))
"""


def test_hosts_of_their_own_of_which_one_is_cut_off(tmp_path: Path, expected: Any) -> None:
    """Scheduler and two workers in network namespaces; after 3 tasks a cable is pulled, without a goodbye."""
    reason = why_no_hosts()
    if reason is not None:
        pytest.skip(reason)
    address = f"tcp://{NETWORK}1:{PORT}"
    script = tmp_path / "client.py"
    soon = {"DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": "10s"}
    with hosts(3) as (first, *others), ExitStack() as machines:
        machines.enter_context(running(inside(first, scheduler(f"{NETWORK}1", PORT)), soon))
        words = {"tests": str(Path(__file__).parent), "folder": str(tmp_path / "store"), "address": address}
        script.write_text(CLIENT.format(**words, cut_off=others[-1]), encoding="utf-8")
        for name in others:
            machines.enter_context(running(inside(name, worker(address)), soon))
        command = inside(first, [sys.executable, str(script)])
        said = subprocess.run(command, capture_output=True, text=True, timeout=400, check=False)  # noqa: S603
    assert said.returncode == 0, said.stderr[-2000:]
    assert said.stdout.strip().splitlines()[-1] == repr(expected)
