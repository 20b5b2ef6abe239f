"""A parsed file whose shape is not trusted yet, for checks that must go on where one table is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from lantu.config.positions import KeyPath
    from lantu.config.vocabulary import Vocabulary


@dataclass(frozen=True, kw_only=True)
class Draft:
    """The data of the file, the folder that its paths start from, and what its words may be.

    ``lost`` are keys and tables that broken syntax made unreadable: nothing is said about their absence.
    """

    data: Mapping[str, Any]
    folder: Path
    vocabulary: Vocabulary
    environment: Mapping[str, str]
    lost: frozenset[KeyPath] = frozenset()

    def value(self, *path: str | int) -> Any:  # noqa: ANN401  # whatever TOML can hold
        """Return the value at a path, None where there is none."""
        found: Any = self.data
        for key in path:
            try:
                found = found[key]
            except (KeyError, IndexError, TypeError):
                return None
        return found

    def text(self, *path: str | int) -> str | None:
        """Return the text at a path, None where there is none or where it is blank."""
        found = self.value(*path)
        return found if isinstance(found, str) and found.strip() else None

    def texts(self, *path: str | int) -> Iterator[tuple[KeyPath, str]]:
        """Yield the texts of the list at a path, each with its own path."""
        found = self.value(*path)
        for number, one in enumerate(found if isinstance(found, list) else ()):
            if isinstance(one, str) and one.strip():
                yield (*path, number), one

    def keys(self, *path: str | int) -> tuple[str, ...]:
        """Return the keys of the table at a path; none where there is no table."""
        found = self.value(*path)
        return tuple(found) if isinstance(found, dict) else ()

    def names(self, table: str) -> tuple[str, ...]:
        """Return the names that ``[table.NAME]`` headers declare, those of broken tables too."""
        broken = [path[1] for path in self.lost if len(path) > 1 and path[0] == table]
        return tuple(dict.fromkeys([*self.keys(table), *sorted(map(str, broken))]))

    def is_lost(self, path: KeyPath) -> bool:
        """Say whether a key may stand in a line or in a table that could not be read."""
        return path in self.lost or path[:-1] in self.lost or () in self.lost
