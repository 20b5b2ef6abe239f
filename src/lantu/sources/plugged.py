"""Readers that other packages bring: a `Kind` each, whose failures cost one layer and are named."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from lantu.errors import LantuError, PluginError, SourceError
from lantu.messages import Message, message
from lantu.model import RawTable
from lantu.plugins import Plugged, attempt, crash_of, entries, sorted_out
from lantu.sources.kind import Kind
from lantu.sources.source import NotedTable

if TYPE_CHECKING:
    from collections.abc import Callable
    from importlib.metadata import EntryPoint
    from pathlib import Path

    from lantu.sources.source import Source

T = TypeVar("T")

_SUFFIX = re.compile(r"\.[a-z0-9_]+")


def plugged_readers(taken: frozenset[str]) -> Plugged[Kind]:
    """Return the formats that plug-ins read; ``taken`` are the suffixes that have a reader already."""
    suffixes = set(taken)
    return sorted_out(
        attempt(entry, partial(_accepted, entry, suffixes)) for entry in entries("lantu.readers")
    )


def _accepted(entry: EntryPoint, taken: set[str]) -> Kind:
    """Return a format under the entry point's name; its suffixes are added to ``taken``.

    Raises
    ------
    PluginError
        It is no `Kind`, or a suffix does not fit or is taken.
    """
    kind = entry.load()
    if not isinstance(kind, Kind):
        raise PluginError(message("plugins.wrong_kind", expected=Kind.__name__, found=type(kind).__name__))
    for suffix in kind.suffixes:
        if not _SUFFIX.fullmatch(suffix):
            raise PluginError(message("plugins.name", name=suffix, expected=".abc"))
        if suffix in taken:
            raise PluginError(message("plugins.taken", name=suffix))
    if not kind.suffixes:
        raise PluginError(message("plugins.name", name="", expected=".abc"))
    taken.update(kind.suffixes)
    return replace(kind, name=entry.name, open=partial(_open, kind, entry.name))


def _open(kind: Kind, name: str, path: Path, encoding: str | None) -> Source:
    return _Guarded(_tried(lambda: kind.open(path, encoding), path, name), path, name)


@dataclass(frozen=True)
class _Guarded:
    """A plug-in's source: whatever goes wrong in it is the error of this source, and its tables are whole."""

    source: Source
    path: Path
    kind: str

    @property
    def driver(self) -> str:
        """Return the name of the format."""
        return self.kind

    def layers(self) -> tuple[str, ...]:
        """Return the names of all layers, in source order."""
        return _tried(lambda: tuple(str(name) for name in self.source.layers()), self.path, self.kind)

    def read(self, layer: str | None = None, *, geometry: bool = True) -> NotedTable:
        """Read one layer whole, as every reader does."""
        read = partial(self.source.read, layer, geometry=geometry)
        return _tried(lambda: _whole(read()), self.path, self.kind)


def _whole(table: object) -> NotedTable:
    """Return the table of a plug-in's reader where its parts fit together."""
    if not isinstance(table, RawTable):
        raise PluginError(
            message("plugins.wrong_kind", expected=NotedTable.__name__, found=type(table).__name__)
        )
    counts = {name: len(getattr(table, name)) for name in ("attributes", "geometry", "record")}
    if len(set(counts.values())) > 1:
        raise PluginError(message("plugins.table_uneven", **counts))
    return table if isinstance(table, NotedTable) else NotedTable(**vars(table))


def _tried(make: Callable[[], T], path: Path, kind: str) -> T:
    """Return what a plug-in makes of a file, or raise what went wrong as the error of that file."""
    try:
        return make()
    except SourceError:
        raise
    except LantuError as error:
        raise _failed(path, kind, error.whole) from error
    except Exception as error:  # foreign code: whatever it is costs this file only
        raise _failed(path, kind, crash_of(error)) from error


def _failed(path: Path, kind: str, reason: Message) -> SourceError:
    return SourceError(message("plugins.read_failed", path=path.name, kind=kind, reason=reason))
