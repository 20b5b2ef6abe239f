"""The whole command, files to files: the same bytes however the work is done, stopped and gone on with."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lantu.alone import alone
from lantu.cli import main

pytestmark = pytest.mark.slow

SAMPLE = Path(__file__).parents[2] / "layers" / "district" / "blueprint.toml"
SAME = ("findings.parquet", "run.json")
PATIENCE_S = 300.0


def command(out: Path, *options: str) -> list[str]:
    words = ["check", str(SAMPLE), "--out", str(out), "--format", "parquet", "--quiet", *options]
    return [sys.executable, "-m", "lantu", *words]


def checked(out: Path, *options: str) -> dict[str, str]:
    """Check the sample into a folder with nothing beside it, and return what the bytes are."""
    subprocess.run(command(out, *options), check=True, capture_output=True)  # noqa: S603
    return {name: hashlib.sha256((out / name).read_bytes()).hexdigest() for name in SAME}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    out = tmp_path_factory.mktemp("plain") / "run"
    return out, checked(out, "--jobs", "1")


@pytest.mark.parametrize(
    "options",
    [
        ["--jobs", "2"],
        ["--tile", "700"],
        ["--tile", "1500", "--jobs", "2"],
        ["--tile", "100000"],
    ],
    ids=" ".join,
)
def test_threads_and_tiles_change_no_byte(
    tmp_path: Path, plain: tuple[Path, dict[str, str]], options: list[str]
) -> None:
    assert checked(tmp_path / "run", *options) == plain[1]
    assert not list(tmp_path.glob(".lantu-work*"))


def test_a_cluster_of_this_machine_changes_no_byte(
    tmp_path: Path, plain: tuple[Path, dict[str, str]]
) -> None:
    pytest.importorskip("distributed", reason="dask is not installed: pip install 'lantu[dask]'")
    assert checked(tmp_path / "run", "--engine", "dask", "--jobs", "2") == plain[1]
    assert not list(tmp_path.glob(".lantu-work*"))


def test_a_run_that_was_killed_goes_on(tmp_path: Path, plain: tuple[Path, dict[str, str]]) -> None:
    out = tmp_path / "run"
    options = ("--tile", "700", "--jobs", "1")
    process = subprocess.Popen(command(out, *options), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
    until = time.monotonic() + PATIENCE_S
    while len(list(tmp_path.glob(".lantu-work*/done/*.parquet"))) < 2 and time.monotonic() < until:
        time.sleep(0.02)
    process.kill()  # no goodbye: SIGKILL
    process.wait()
    left = {path.name: path.stat().st_mtime_ns for path in tmp_path.glob(".lantu-work*/done/*.parquet")}
    assert len(left) >= 2
    assert not (out / "run.json").exists()
    assert checked(out, *options) == plain[1]
    assert not list(tmp_path.glob(".lantu-work*/done/*.parquet"))


def test_since_judges_nothing_again_where_nothing_changed(
    tmp_path: Path, plain: tuple[Path, dict[str, str]]
) -> None:
    """And adds the comparison, which says that nothing changed."""
    earlier, bytes_of = plain
    found = checked(tmp_path / "run", "--since", str(earlier))
    assert found["findings.parquet"] == bytes_of["findings.parquet"]
    assert (tmp_path / "run" / "comparison.csv").is_file()


@pytest.mark.parametrize("options", [[], ["--tile", "700"]], ids=["in memory", "on disk"])
def test_a_second_run_into_one_folder_is_refused(
    tmp_path: Path, options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with alone(tmp_path / ".run.lock", folder=tmp_path / "run"), pytest.raises(SystemExit) as left:
        main(command(tmp_path / "run", *options)[3:])
    assert left.value.code == 2
    assert f"{os.getpid()}" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()
