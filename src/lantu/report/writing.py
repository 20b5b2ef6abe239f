"""Writing a run to a folder, each file whole or not at all."""

from __future__ import annotations

import sqlite3
import warnings
from dataclasses import replace
from functools import cache, partial
from types import MappingProxyType
from typing import TYPE_CHECKING

from pyogrio.errors import DataLayerError, DataSourceError, FeatureError
from xlsxwriter.exceptions import XlsxWriterException

from lantu.errors import OutputError
from lantu.messages import message
from lantu.model import give_memory_back, in_memory, meanwhile
from lantu.report.excel import write_excel
from lantu.report.geopackage import write_geopackage
from lantu.report.page import write_page
from lantu.report.parquet import write_parquet
from lantu.report.plugged import plugged_reporters, write_plugged
from lantu.report.record import write_record, write_timings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from lantu.messages import Message
    from lantu.model import Run
    from lantu.plugins import Plugged
    from lantu.report.plugged import Reporter, Writer

FORMATS: Mapping[str, str] = MappingProxyType(
    {
        "html": "report.html",
        "gpkg": "findings.gpkg",
        "xlsx": "findings.xlsx",
        "parquet": "findings.parquet",
    }
)
"""Format, as in ``--format`` and ``[report] formats``, to file name."""

_WRITERS: Mapping[str, Writer] = MappingProxyType(
    {
        "report.html": write_page,
        "findings.gpkg": write_geopackage,
        "findings.xlsx": write_excel,
        "findings.parquet": write_parquet,
        "run.json": write_record,
        "timings.json": write_timings,
    }
)

WRITERS_ERRORS = (
    OSError, DataSourceError, DataLayerError, FeatureError, sqlite3.Error, XlsxWriterException,
)  # fmt: skip
"""What the libraries that write raise where a disk is full or a file cannot be made."""

_IN_PARTS = ("findings.parquet", "findings.xlsx", "run.json", "timings.json")
"""Files whose writers take the findings wherever they lie; the others take them in memory."""

_ALWAYS = ("timings.json", "run.json")
"""``run.json`` comes last: a folder that has it is complete."""


@cache
def reporters() -> Plugged[Reporter]:
    """Return the reporters of plug-ins by their formats, and those that are skipped."""
    return plugged_reporters(FORMATS, files=(*FORMATS.values(), *_ALWAYS))


def formats_known() -> tuple[str, ...]:
    """Return the formats that can be asked for: the shipped ones, then those of plug-ins."""
    return (*FORMATS, *(reporter.format for reporter in reporters().found))


def _warn(said: Message, run: Run) -> None:
    warnings.warn(said.text(run.language), stacklevel=4)


def write(
    run: Run,
    directory: Path,
    *,
    formats: Sequence[str] = tuple(FORMATS),
    tell: Callable[[Message], object] | None = None,
) -> tuple[Path, ...]:
    """Write the files of ``formats``, ``timings.json`` and ``run.json`` to ``directory``; return their paths.

    Each file is written beside its place under a passing name and then renamed, so that a reader
    never meets half a file and a failure leaves the older file as it was. The format of a plug-in that
    is skipped is left out; so is one whose reporter fails: ``run.json`` says so under ``plugins``, and
    ``tell`` is told, a warning by default.

    Raises
    ------
    OutputError
        A format is unknown, or a file cannot be written: the folder is read-only, the disk is full, or
        another program holds the file open.
    """
    known = formats_known()
    lost = {one.part for one in reporters().skipped}
    unknown = [name for name in formats if name not in known and name not in lost]
    if unknown:
        raise OutputError(message("report.unknown_format", found=", ".join(unknown), known=", ".join(known)))
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(message("report.no_folder", folder=str(directory), reason=str(error))) from error
    names = [FORMATS[name] for name in FORMATS if name in formats]
    plugged = [reporter for reporter in reporters().found if reporter.format in formats]
    whole = in_memory(run) if plugged or not set(names) <= set(_IN_PARTS) else run
    paths = _written(names, directory, run, whole)
    for reporter in plugged:
        path = directory / reporter.file
        failed = write_plugged(reporter, whole, path, write_whole=write_whole)
        if failed is None:
            paths.append(path)
            continue
        run, whole = (replace(one, skipped_plugins=(*one.skipped_plugins, failed)) for one in (run, whole))
        (tell or partial(_warn, run=run))(failed.message)
    paths += [write_whole(directory / name, partial(_WRITERS[name], run)) for name in _ALWAYS]
    return tuple(paths)


def _written(names: Sequence[str], directory: Path, run: Run, whole: Run) -> list[Path]:
    """Write files: the page, which takes as long as all others, beside those that need little memory."""

    def each(some: Sequence[str]) -> None:
        for name in some:
            write_whole(directory / name, partial(_WRITERS[name], run if name in _IN_PARTS else whole))

    page = [name for name in names if name == FORMATS["html"]]
    small = [name for name in names if name in _IN_PARTS]
    each([name for name in names if name not in (*page, *small)])
    with meanwhile(partial(each, small)):
        each(page)
    return [directory / name for name in names]


def write_whole(path: Path, write_to: Callable[[Path], object]) -> Path:
    """Write a file beside its place by ``write_to``, then rename it; return ``path``.

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    passing = path.with_name(f".writing-{path.name}")
    try:
        passing.unlink(missing_ok=True)
        write_to(passing)
        passing.replace(path)
    except PermissionError as error:
        raise OutputError(message("report.locked", file=str(path))) from error
    except WRITERS_ERRORS as error:
        raise OutputError(message("report.cannot_write", file=str(path), reason=str(error))) from error
    finally:
        _remove(passing)
    give_memory_back()
    return path


def _remove(passing: Path) -> None:
    """Remove what a failed writer left; where that fails too, the first error is the one to tell."""
    try:
        passing.unlink(missing_ok=True)
    except OSError:
        return
