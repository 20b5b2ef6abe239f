"""Keeping two processes out of one another's folder."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from filelock import SoftFileLock, Timeout

from lantu.errors import OutputError
from lantu.messages import message

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def alone(lock: Path, *, folder: Path) -> Iterator[None]:
    """Be the only process that works in ``folder`` until the end of the block, as the file ``lock`` says.

    The file names its process and machine. One that a killed process of this machine has left is taken
    over, so that nobody has to remove it; one of another machine looks like that of a living process.

    Raises
    ------
    OutputError
        Another process holds the lock, or it cannot be made.
    """
    held = SoftFileLock(lock, blocking=False)
    made = not lock.parent.exists()
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        held.acquire()
    except Timeout as error:  # before OSError, of which it is one
        process = held.pid or "?"
        said = message("report.busy", folder=str(folder), process=process, lock=str(lock))
        raise OutputError(said) from error
    except OSError as error:
        raise OutputError(message("report.no_folder", folder=str(lock.parent), reason=str(error))) from error
    try:
        yield
    finally:
        held.release()
        if made:  # a run that writes nothing leaves nothing, not even an empty folder
            with suppress(OSError):
                lock.parent.rmdir()
