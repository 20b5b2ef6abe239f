"""Reporters that other packages bring: a file name and a function that writes a run to a path."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from lantu.errors import PluginError
from lantu.messages import message
from lantu.model import Run
from lantu.plugins import Plugged, Skipped, attempt, entries, sorted_out

if TYPE_CHECKING:
    from collections.abc import Iterable
    from importlib.metadata import EntryPoint

Writer = Callable[[Run, Path], object]

_FORMAT = re.compile(r"[a-z][a-z0-9_]*")
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*(\.[A-Za-z0-9]+)+")


@dataclass(frozen=True, kw_only=True)
class Reporter:
    """A format of a run: the name of its file in the report's folder, and the function that writes it.

    ``write`` gets the run and the path of a passing file, which is renamed once it is whole. It computes
    nothing, and leaves out nothing that ``run.findings`` marks with a level. The entry point's name is the
    format.
    """

    file: str
    write: Writer
    entry: EntryPoint | None = field(default=None, repr=False)

    @property
    def format(self) -> str:
        """Return the name of the format, as in ``--format`` and ``[report] formats``."""
        return self.entry.name if self.entry is not None else ""


def plugged_reporters(formats: Iterable[str], *, files: Iterable[str]) -> Plugged[Reporter]:
    """Return the reporters of plug-ins; ``formats`` and ``files`` are taken already."""
    taken, names = set(formats), {name.casefold() for name in files}
    return sorted_out(
        attempt(entry, partial(_accepted, entry, taken, names)) for entry in entries("lantu.reporters")
    )


def write_plugged(
    reporter: Reporter, run: Run, path: Path, *, write_whole: Callable[[Path, Callable[[Path], object]], Path]
) -> Skipped | None:
    """Write a run by a plug-in's reporter; return why that failed, None where the file is there."""
    entry = reporter.entry
    assert entry is not None  # noqa: S101  # every reporter of a plug-in has been accepted by its entry point

    def write(passing: Path) -> None:
        reporter.write(run, passing)
        if not passing.is_file():
            raise PluginError(message("plugins.no_file", file=reporter.file))

    made = attempt(entry, partial(write_whole, path, write))
    return made if isinstance(made, Skipped) else None


def _accepted(entry: EntryPoint, taken: set[str], names: set[str]) -> Reporter:
    """Return a reporter under the entry point's name; its format and file are added to what is taken.

    Raises
    ------
    PluginError
        It is no `Reporter`, or its format or file does not fit or is taken.
    """
    given = entry.load()
    if not isinstance(given, Reporter) or not callable(given.write):
        raise PluginError(
            message("plugins.wrong_kind", expected=Reporter.__name__, found=type(given).__name__)
        )
    if not _FORMAT.fullmatch(entry.name):
        raise PluginError(message("plugins.name", name=entry.name, expected="md"))
    if not _FILE.fullmatch(given.file):
        raise PluginError(message("plugins.name", name=given.file, expected="findings.md"))
    for name, known in ((entry.name, taken), (given.file.casefold(), names)):
        if name in known:
            raise PluginError(message("plugins.taken", name=name))
    taken.add(entry.name)
    names.add(given.file.casefold())
    return replace(given, entry=entry)
