"""A run killed at any moment ends with the older output or the newer one, whole; so does one without room."""

from __future__ import annotations

import hashlib
import multiprocessing
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import lantu
from lantu.staging import LOCK, STAGE, settle

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "agreeing"))

from agreement_district import district
from killed_writer import NEEDED, check_and_write

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL"),
]

TRIALS = 50

METHOD = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
PROCESSES = multiprocessing.get_context(METHOD)
PROCESSES.set_forkserver_preload(list(NEEDED))

LIMITED = """
import resource, signal, sys, lantu
from lantu.errors import OutputError
run = lantu.open(sys.argv[1]).check()
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), int(sys.argv[3])))
try:
    run.write(sys.argv[2], formats=[sys.argv[4]])
except OutputError as error:
    sys.exit(2)
"""


def digest(folder: Path) -> dict[str, str]:
    files = (one for one in folder.rglob("*") if one.is_file() and STAGE not in one.parts)
    return {
        one.relative_to(folder).as_posix(): hashlib.sha256(one.read_bytes()).hexdigest()
        for one in files
        if one.name not in {"timings.json", LOCK}  # a lock that a killed process left goes with the next one
    }


class Writer:
    """A process of its own that checks a blueprint and writes the run."""

    def __init__(self, blueprint: Path, out: Path) -> None:
        """Start it."""
        self._ear, mouth = PROCESSES.Pipe(duplex=False)
        self.process = PROCESSES.Process(target=check_and_write, args=(str(blueprint), str(out), mouth))
        self.process.start()
        mouth.close()

    def wait_until_checked(self) -> None:
        assert self._ear.recv() == "checked"

    def kill(self) -> None:
        self.process.kill()
        self.process.join()

    def finish(self) -> None:
        self.process.join()
        assert self.process.exitcode == 0


def test_fifty_kills_leave_the_older_or_the_newer_output(tmp_path: Path) -> None:
    older = district(tmp_path / "older", authority=["land"])
    newer = district(tmp_path / "newer")
    text = newer.read_text(encoding="utf-8").replace('language = "en"', 'language = "zh"')
    newer.write_text(text, encoding="utf-8")
    spent_s = 0.0
    for name, blueprint in (("older", older), ("newer", newer)):
        writer = Writer(blueprint, tmp_path / f"{name}-out")
        writer.wait_until_checked()
        began = time.perf_counter()
        writer.finish()
        spent_s = max(spent_s, time.perf_counter() - began)
    whole = {name: digest(tmp_path / f"{name}-out") for name in ("older", "newer")}
    assert whole["older"] != whole["newer"]
    chance = random.Random(7)  # noqa: S311  # moments, not secrets
    out, seen, late_s = tmp_path / "out", [], 1.1 * spent_s
    Writer(older, out).finish()
    assert digest(out) == whole["older"]
    for trial in range(TRIALS):
        wanted = newer if digest(out) == whole["older"] else older
        writer = Writer(wanted, out)
        if trial % 5:  # four of five while it writes, the others at any time before
            writer.wait_until_checked()
            time.sleep(chance.uniform(0, late_s))
        else:
            time.sleep(chance.uniform(0, spent_s))
        writer.kill()
        settle(out)  # what any command does first that reads or writes the folder
        found = digest(out)
        assert found in (whole["older"], whole["newer"]), f"trial {trial}"
        seen.append(found == whole["newer"])
        # A machine with more or less to do than at first takes another time; most kills shall fall within it.
        late_s *= 0.8 if seen[-1] == (wanted is newer) else 1.04
    assert len(set(seen)) == 2, "no kill came late enough, or none early enough, to tell anything"


@pytest.mark.parametrize(
    ("written", "limit"), [("html", 90_000), ("gpkg", 40_000), ("xlsx", 6_000), ("parquet", 4_000)]
)
def test_a_disk_without_room_keeps_the_older_output(tmp_path: Path, written: str, limit: int) -> None:
    pytest.importorskip("resource")
    blueprint = district(tmp_path / "district")
    out = tmp_path / "out"
    lantu.open(blueprint).check().write(out)
    before = digest(out)
    command = [sys.executable, "-c", LIMITED, *map(str, (blueprint, out, limit, written))]
    done = subprocess.run(command, check=False, capture_output=True)  # noqa: S603  # written above
    assert done.returncode == 2  # an error that says so, not a crash
    assert digest(out) == before
    assert not (out / STAGE).exists()
