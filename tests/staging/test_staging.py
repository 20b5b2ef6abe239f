"""The older set of files or the newer one, whatever happens in between."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from lantu.errors import OutputError
from lantu.staging import LOCK, STAGE, settle, staged

OLD = {"run.json": "old", "report.html": "old", "kept/layer-0.parquet": "old", "kept/layer-1.parquet": "old"}
NEW = {"run.json": "new", "report.html": "new", "kept/layer-0.parquet": "new", "findings.gpkg": "new"}
AFTER = {**NEW, "notes.txt": "mine"}


def lay(folder: Path, files: dict[str, str]) -> None:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")


def content(folder: Path) -> dict[str, str]:
    files = (one for one in folder.rglob("*") if one.is_file())
    named = {one.relative_to(folder).as_posix(): one.read_text(encoding="utf-8") for one in files}
    return {name: text for name, text in named.items() if not name.startswith(STAGE)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    lay(tmp_path, {**OLD, "notes.txt": "mine"})
    return tmp_path


def test_the_newer_set_takes_the_place_of_the_older_one(folder: Path) -> None:
    with staged(folder, owned=("kept",)) as passing:
        lay(passing, NEW)
        assert content(folder) == {**OLD, "notes.txt": "mine"}  # nothing is seen before it is whole
    assert content(folder) == AFTER
    assert not (folder / STAGE).exists()


def test_a_failure_leaves_the_older_set(folder: Path) -> None:
    before = content(folder)

    def write() -> None:
        with staged(folder, owned=("kept",)) as passing:
            lay(passing, {"run.json": "half"})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write()
    assert content(folder) == before
    assert not (folder / STAGE).exists()


@pytest.mark.parametrize("locked", sorted(OLD))
def test_a_file_that_another_program_holds_undoes_the_others(
    folder: Path, locked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace, before = Path.replace, content(folder)

    def held(path: Path, target: Path) -> Any:
        if path == folder / locked:
            raise PermissionError(13, "held open", str(path))
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", held)
    with (
        pytest.raises(OutputError, match=locked.replace(".", r"\.")),
        staged(folder, owned=("kept",)) as passing,
    ):
        lay(passing, NEW)
    assert content(folder) == before
    assert not (folder / STAGE).exists()


@pytest.mark.parametrize("moves", range(10))
def test_a_process_killed_while_moving_is_finished_by_the_next(
    folder: Path, moves: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a kill leaves is made by hand: after so many moves nothing more is done, not even tidying up."""
    replace, done = Path.replace, []

    class Killed(BaseException):
        pass

    def counted(path: Path, target: Path) -> Any:
        if (folder / STAGE / "ready.json").exists():
            if len(done) == moves:
                raise Killed
            done.append(path)
        return replace(path, target)

    before = content(folder)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", counted)
        patch.setattr("shutil.rmtree", lambda *_, **__: None)
        try:
            with staged(folder, owned=("kept",)) as passing:
                lay(passing, NEW)
        except Killed:
            pass
    settle(folder)
    assert content(folder) in (before, AFTER)
    assert content(folder) == AFTER  # the list was written: the newer set is finished
    settle(folder)
    assert content(folder) == AFTER


def test_what_was_left_before_the_list_is_cleared_by_the_next_writer(folder: Path) -> None:
    lay(folder / STAGE / "new", {"run.json": "half"})
    settle(folder)
    assert content(folder)["run.json"] == "old"
    with staged(folder, owned=("kept",)) as passing:
        assert list(passing.iterdir()) == []
        lay(passing, NEW)
    assert content(folder) == AFTER


def test_a_folder_that_is_a_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("", encoding="utf-8")
    with pytest.raises(OutputError), staged(tmp_path / "taken"):
        pass


def test_a_list_that_names_files_elsewhere_moves_nothing(folder: Path) -> None:
    lay(folder / STAGE / "new", {"run.json": "new"})
    stray = {"files": ["../stray.txt"], "remove": ["../../other.txt"]}
    (folder / STAGE / "ready.json").write_text(json.dumps(stray), encoding="utf-8")
    other = folder.parent / "other.txt"
    other.write_text("mine", encoding="utf-8")
    settle(folder)
    assert other.read_text(encoding="utf-8") == "mine"


HOLDER = """
import sys
from pathlib import Path
from lantu.staging import staged
with staged(Path(sys.argv[1])) as passing:
    (passing / "run.json").write_text("other", encoding="utf-8")
    print("inside", flush=True)
    sys.stdin.readline()
"""


def test_of_two_processes_one_is_told_that_the_other_writes(folder: Path) -> None:
    before = content(folder)
    command = [sys.executable, "-c", HOLDER, str(folder)]
    holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603  # written above
    assert holder.stdout is not None
    assert holder.stdout.readline() == "inside\n"
    with pytest.raises(OutputError) as told, staged(folder) as passing:
        lay(passing, {"run.json": "mine"})
    assert str(holder.pid) in str(told.value)
    assert content(folder) == before
    holder.communicate("go on\n")
    assert holder.returncode == 0
    assert (folder / "run.json").read_text(encoding="utf-8") == "other"
    assert not (folder / LOCK).exists()


def test_a_lock_that_a_killed_process_left_stops_nobody(folder: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(folder)]
    holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603  # written above
    assert holder.stdout is not None
    holder.stdout.readline()
    holder.kill()
    holder.communicate()
    assert (folder / LOCK).exists()
    with staged(folder, owned=("kept",)) as passing:
        lay(passing, NEW)
    assert content(folder) == AFTER
    assert not (folder / LOCK).exists()
