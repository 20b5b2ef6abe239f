"""One process at a time in a folder; a killed one is in nobody's way."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from lantu.alone import alone
from lantu.errors import OutputError

if TYPE_CHECKING:
    from pathlib import Path

HOLDER = """
import sys
from pathlib import Path
from lantu.alone import alone
with alone(Path(sys.argv[1]), folder=Path("reports")):
    print("held", flush=True)
    sys.stdin.read()
"""


def holder(lock: Path) -> subprocess.Popen[bytes]:
    """Start a process that holds the lock until its standard input ends."""
    command = [sys.executable, "-c", HOLDER, str(lock)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603  # our own
    assert process.stdout is not None
    assert process.stdout.readline().strip() == b"held"
    return process


def test_a_second_process_is_told_who_is_at_work_and_what_to_do(tmp_path: Path) -> None:
    lock = tmp_path / "reports" / ".today.lock"
    with holder(lock) as process:
        with pytest.raises(OutputError) as refused, alone(lock, folder=tmp_path / "today"):
            pytest.fail("two at once")
        process.communicate()
    said = str(refused.value)
    assert f"process {process.pid}" in said
    assert str(tmp_path / "today") in said
    assert "--out" in said


def test_the_lock_goes_with_its_process_however_that_ends(tmp_path: Path) -> None:
    lock = tmp_path / ".today.lock"
    with holder(lock) as process:
        process.kill()  # no goodbye
        process.wait()
    assert lock.exists()
    with alone(lock, folder=tmp_path):
        assert lock.exists()
    assert not lock.exists()


def test_a_run_that_fails_lets_go(tmp_path: Path) -> None:
    lock = tmp_path / ".today.lock"
    with pytest.raises(ZeroDivisionError), alone(lock, folder=tmp_path):
        _ = 1 / 0
    with alone(lock, folder=tmp_path):
        pass


def test_a_place_where_nobody_may_write_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with (
        pytest.raises(OutputError, match="cannot make the output folder"),
        alone(tmp_path / "file" / ".today.lock", folder=tmp_path),
    ):
        pytest.fail("there is no folder")
