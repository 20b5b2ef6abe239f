"""What every reader is: a source that lists its layers and reads one of them as delivered."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from lantu.errors import SourceError
from lantu.messages import Message, message
from lantu.model import RawTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from lantu.sources.address import Address


@dataclass(frozen=True, kw_only=True)
class NotedTable(RawTable):
    """A raw table with what its reader wants said about it, e.g. a .cpg that contradicts the bytes."""

    notes: tuple[Message, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)  # field -> the longer name that people see


def with_aliases(raw: RawTable, wanted: Iterable[str]) -> RawTable:
    """Return the table with a copy of each column that ``wanted`` names by its alias, under that name."""
    if not isinstance(raw, NotedTable):
        return raw
    fields = {alias: name for name, alias in sorted(raw.aliases.items(), reverse=True)}
    named = {
        alias: raw.attributes[fields[alias]]
        for alias in dict.fromkeys(wanted)
        if alias not in raw.attributes.columns and fields.get(alias) in raw.attributes.columns
    }
    return replace(raw, attributes=raw.attributes.assign(**named)) if named else raw


def notes_of(raw: RawTable) -> tuple[Message, ...]:
    """Return the notes of the reader, none where the table carries none."""
    return raw.notes if isinstance(raw, NotedTable) else ()


class Source(Protocol):
    """A file, folder or archive, opened by the one reader that knows its kind."""

    @property
    def path(self) -> Path:
        """Return the path as given."""
        ...

    @property
    def driver(self) -> str:
        """Return the name of the format, e.g. ``ESRI Shapefile``."""
        ...

    def layers(self) -> tuple[str, ...]:
        """Return the names of all layers, in source order."""
        ...

    def read(self, layer: str | None = None, *, geometry: bool = True) -> NotedTable:
        """Read one layer whole; ``layer`` may be left out where the source has only one.

        With ``geometry=False`` the attributes are enough: a plain table is then no error and the
        geometries may all be None. Records that cannot be read are listed in ``problems``.

        Raises
        ------
        SourceError
            The layer is not there, is not named although there are several, has no geometry
            although it is asked for, or the source is damaged beyond rescue.
        """
        ...


@dataclass(frozen=True)
class OneLayerFile:
    """A file that holds one layer, named as the file; ``encoding`` is what the blueprint says of it."""

    path: Path
    encoding: str | None = None
    driver: str = ""

    def layers(self) -> tuple[str, ...]:
        """Return the file's own name, the only layer."""
        return (self.path.stem,)


def choose_layer(
    path: Path | Address, asked: str | None, available: Sequence[str], *, likely: Sequence[str] = ()
) -> str:
    """Return the layer to read: the one asked for, or the only one, or the only one of the likely.

    Raises
    ------
    SourceError
        There is no layer of that name, none at all, or none was named although there are several.
    """
    listed = ", ".join(available)
    if not available:
        raise SourceError(message("sources.no_layers", path=path.name))
    if asked is None:
        if len(available) > 1 and len(likely) == 1:
            return likely[0]
        if len(available) > 1:
            raise SourceError(message("sources.layer_not_named", path=path.name, layers=listed))
        return available[0]
    if asked in available:
        return asked
    raise SourceError(
        message(
            "sources.layer_unknown",
            path=path.name,
            layer=asked,
            layers=listed,
            help=did_you_mean(asked, available),
        )
    )


def did_you_mean(name: str, known: Iterable[str]) -> Message:
    """Return the hint that names the closest of ``known``, or an empty sentence where none is close."""
    names = {candidate.casefold(): candidate for candidate in known}
    close = difflib.get_close_matches(name.casefold(), list(names), n=1, cutoff=0.5)
    if not close:
        return message("sources.no_hint")
    return message("sources.did_you_mean", name=names[close[0]])


def distinct_names(names: Sequence[str]) -> list[str]:
    """Return ``names`` made distinct: the second ``AREA`` becomes ``AREA_2``; nameless ones ``field_N``."""
    taken: set[str] = set()
    found: list[str] = []
    for position, given in enumerate(names, start=1):
        name = given.strip() or f"field_{position}"
        base, number = name, 1
        while name in taken:
            number += 1
            name = f"{base}_{number}"
        taken.add(name)
        found.append(name)
    return found
