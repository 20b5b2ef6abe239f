"""A set of files that takes the place of an older set as a whole, or not at all.

Everything is written below ``.lantu-writing`` in the target folder. When all of it is there, a list of the
files is written down, and only then do they move into place one by one, each older file aside first. A
process that is killed before the list leaves the older set untouched; one that is killed after it has left
all that is needed to finish, which the next reader or writer of the folder does. A file that cannot be moved
(another program holds it open) undoes the moves before it. Of two processes that would write one folder, or
finish what a third one left, one is told that the other is at work.
"""

from __future__ import annotations

import json
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

from lantu.alone import alone
from lantu.errors import OutputError
from lantu.messages import message

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

STAGE = ".lantu-writing"
LOCK = ".lantu-writing.lock"
_NEW, _OLD, _LIST = "new", "old", "ready.json"


@contextmanager
def staged(folder: Path, *, owned: Sequence[str] = ()) -> Iterator[Path]:
    """Give an empty folder to write into; on leaving, its files take their places in ``folder``.

    Files below the folders ``owned`` that are not written anew are removed. Where the body raises, nothing
    in ``folder`` changes.

    Raises
    ------
    OutputError
        The folder cannot be made or written, the disk is full, a file in it is held open by another program,
        or another process is writing there.
    """
    with alone(folder / LOCK, folder=folder):
        yield from _staged(folder, owned)


def _staged(folder: Path, owned: Sequence[str]) -> Iterator[Path]:
    stage = folder / STAGE
    try:
        _finish(folder)
        shutil.rmtree(stage, ignore_errors=True)
        new = stage / _NEW
        new.mkdir(parents=True)
    except OSError as error:
        raise OutputError(message("report.no_folder", folder=str(folder), reason=str(error))) from error
    try:
        yield new
        _commit(folder, stage, owned)
    except PermissionError as error:
        raise OutputError(message("report.locked", file=str(error.filename or folder))) from error
    except OSError as error:
        raise OutputError(message("report.cannot_write", file=str(folder), reason=str(error))) from error
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def settle(folder: Path) -> None:
    """Finish what a killed process had made ready in ``folder``; do nothing where nothing was ready.

    Raises
    ------
    OutputError
        Another process is moving files in the folder right now.
    """
    if (folder / STAGE / _LIST).is_file():
        with alone(folder / LOCK, folder=folder):
            _finish(folder)


def _finish(folder: Path) -> None:
    stage = folder / STAGE
    if not (stage / _LIST).is_file():
        return
    told = json.loads((stage / _LIST).read_text(encoding="utf-8"))
    inside = {name: [one for one in told[name] if ".." not in one.split("/")] for name in ("files", "remove")}
    _move(folder, stage, inside["files"], inside["remove"])
    shutil.rmtree(stage, ignore_errors=True)


def _commit(folder: Path, stage: Path, owned: Sequence[str]) -> None:
    files = _files(stage / _NEW)
    there = [f"{name}/{one}" for name in owned for one in _files(folder / name)]
    told = {"files": files, "remove": sorted(set(there) - set(files))}
    passing = stage / f".{_LIST}"
    passing.write_text(json.dumps(told), encoding="utf-8")
    passing.replace(stage / _LIST)
    try:
        _move(folder, stage, told["files"], told["remove"])
    except OSError:
        (stage / _LIST).unlink()
        _undo(folder, stage, told["files"])
        raise


def _files(folder: Path) -> list[str]:
    return sorted(one.relative_to(folder).as_posix() for one in folder.rglob("*") if one.is_file())


def _move(folder: Path, stage: Path, files: Sequence[str], remove: Sequence[str]) -> None:
    """Set each older file aside and put the newer one in its place; those moved already are left."""
    for name in (*files, *remove):
        source, target, aside = stage / _NEW / name, folder / name, stage / _OLD / name
        if not source.is_file() and name in files:
            continue
        if target.is_file():
            aside.parent.mkdir(parents=True, exist_ok=True)
            target.replace(aside)
        if name in files:
            target.parent.mkdir(parents=True, exist_ok=True)
            source.replace(target)


def _undo(folder: Path, stage: Path, files: Sequence[str]) -> None:
    """Put every older file back; where there was none, take the newer one away."""
    for name in files:
        if not (stage / _NEW / name).is_file() and not (stage / _OLD / name).is_file():
            (folder / name).unlink(missing_ok=True)
    for name in _files(stage / _OLD):
        (stage / _OLD / name).replace(folder / name)
