"""A folder, or an unpacked archive, that holds one or more sources."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lantu.errors import SourceError
from lantu.messages import message
from lantu.sources.source import NotedTable, Source, choose_layer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_TABLES = frozenset({".dbf", ".csv", ".tsv", ".xlsx"})
"""Tables that lie beside a layer: not meant where a layer is asked for and none is named."""


@dataclass(frozen=True)
class DamagedPart:
    """A part that cannot be opened: it costs only who asks for it, who then hears why."""

    path: Path
    error: SourceError
    driver: str = "damaged"

    def layers(self) -> tuple[str, ...]:
        """Return the file's own name."""
        return (self.path.stem,)

    def read(self, layer: str | None = None, *, geometry: bool = True) -> NotedTable:  # noqa: ARG002
        """Raise what opening it raised."""
        raise self.error


@dataclass(frozen=True)
class FolderSource:
    """Several sources as one: their layers side by side, ``file/layer`` where names repeat."""

    path: Path
    parts: tuple[Source, ...]
    driver: str = "folder"

    def layers(self) -> tuple[str, ...]:
        """Return the names of all layers of all parts."""
        return tuple(self._places())

    def read(self, layer: str | None = None, *, geometry: bool = True) -> NotedTable:
        """Read the one layer of that name."""
        places = self._places()
        likely = [name for name, (part, _) in places.items() if part.path.suffix.casefold() not in _TABLES]
        name = choose_layer(self.path, layer, tuple(places), likely=likely if geometry else ())
        part, inner = places[name]
        return replace(part.read(inner, geometry=geometry), layer=name)

    def _places(self) -> dict[str, tuple[Source, str]]:
        found = [(part, name) for part in self.parts for name in part.layers()]
        repeated = Counter(name for _, name in found)
        return {
            name if repeated[name] == 1 else f"{part.path.name}/{name}": (part, name) for part, name in found
        }


def folder_source(
    path: Path, *, shown: Path, encoding: str | None, open_part: Callable[..., Source | None], deep: bool
) -> FolderSource:
    """Open every source in a folder; ``deep`` looks into folders within, as archives have them.

    Raises
    ------
    SourceError
        There is nothing in it that can be read.
    """
    entries = [path] if _holds_tables(path) else _entries(path, deep=deep)
    opened = [_opened(entry, encoding, open_part) for entry in entries]
    parts = [source for source in opened if source is not None]
    if not parts:
        raise SourceError(message("sources.nothing_inside", path=shown.name))
    shapes = {source.path.with_suffix("") for source in parts if source.path.suffix.casefold() == ".shp"}
    parts = [
        source
        for source in parts
        if source.path.suffix.casefold() != ".dbf" or source.path.with_suffix("") not in shapes
    ]
    return FolderSource(shown, tuple(parts))


def is_geodatabase(path: Path) -> bool:
    """Say whether a folder is a file geodatabase, by its name or, where it was renamed, by what it holds."""
    return path.suffix.casefold() == ".gdb" or _holds_tables(path)


def _holds_tables(path: Path) -> bool:
    return any(path.glob("a0000000*.gdbtable"))


def _opened(entry: Path, encoding: str | None, open_part: Callable[..., Source | None]) -> Source | None:
    try:
        source = open_part(entry, encoding=encoding)
        if source is not None:
            source.layers()
    except SourceError as error:
        return DamagedPart(entry, error)
    return source


def _entries(path: Path, *, deep: bool) -> list[Path]:
    """Return files and geodatabase folders in name order, what macOS adds to archives left out."""
    found: list[Path] = []
    for entry in sorted(path.iterdir()):
        if entry.name.startswith((".", "__MACOSX")):
            continue
        if entry.is_dir() and not is_geodatabase(entry):
            found += _entries(entry, deep=deep) if deep else []
        else:
            found.append(entry)
    return found
