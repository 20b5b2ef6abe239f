"""The passing folder of a run: its stored layers, and the tasks that are done, in case it is interrupted."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lantu.alone import alone
from lantu.engine.store import Store
from lantu.errors import OutputError
from lantu.messages import message

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LARGE_BYTES = 512 * 2**20
"""From so many bytes of delivered files on, layers are kept on disk rather than in memory."""


@dataclass(frozen=True, kw_only=True)
class Workplace:
    """``store`` holds the layers of this run alone, ``done`` what any run of the blueprint has finished.

    Both hold what the deliveries hold, whatever its level: they lie beside the reports and go when the run is
    over. A cluster's workers have to see the folder under the same path.
    """

    store: Store
    done: Path


@contextmanager
def workplace(parent: Path, blueprint: Path) -> Iterator[Workplace]:
    """Give a blueprint's runs a folder in ``parent``, and remove it when the run has come to its end.

    A run that fails or is stopped leaves what it has finished, and the next one goes on from there; its store
    goes at once, or with the next run where it was killed.

    Raises
    ------
    OutputError
        The folder cannot be made.
    """
    name = hashlib.sha256(str(blueprint.resolve()).encode("utf-8", "surrogatepass")).hexdigest()[:12]
    folder = parent.resolve() / f".lantu-work-{name}"
    try:
        with alone(folder / "lock", folder=parent):
            yield from _prepared(folder)
    finally:
        with suppress(OSError):  # what is left in it is for the next run
            folder.rmdir()


def _prepared(folder: Path) -> Iterator[Workplace]:
    """Yield the workplace, and clear it up afterwards; what is finished stays where the run was stopped."""
    try:
        for dead in folder.glob("store-*"):  # of a run that was killed: nobody else works here
            shutil.rmtree(dead, ignore_errors=True)
        (folder / "done").mkdir(exist_ok=True)
        store = Path(tempfile.mkdtemp(prefix="store-", dir=folder))
    except OSError as error:
        raise OutputError(message("report.no_folder", folder=str(folder), reason=str(error))) from error
    try:
        yield Workplace(store=Store(store), done=folder / "done")
        shutil.rmtree(folder / "done", ignore_errors=True)
    finally:
        shutil.rmtree(store, ignore_errors=True)
        with suppress(OSError):
            (folder / "done").rmdir()


def is_large(files: Iterable[Path]) -> bool:
    """Say whether files are so large together that their layers should lie on disk."""
    return sum(_bytes(path) for path in files) >= LARGE_BYTES


def _bytes(path: Path) -> int:
    try:
        if path.is_dir():
            return sum(entry.stat().st_size for entry in path.rglob("*") if entry.is_file())
        return path.stat().st_size
    except OSError:
        return 0
