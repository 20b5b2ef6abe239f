"""Reading a large layer piece by piece: the same features, in the same order, as reading it whole.

Only where nothing about the source needs care: what a damaged record, a missing geometry or an arc means can
be said of a whole layer alone. So a piece that is not plain says so, and the layer is read whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lantu.errors import SourceError
from lantu.messages import message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lantu.sources.source import NotedTable, Source

FEATURES_AT_ONCE = 25_000
"""Features of a piece."""


class NeedsWholeError(SourceError):
    """The layer cannot be read piece by piece."""

    def __init__(self, path: str) -> None:
        super().__init__(message("sources.unreadable", path=path, reason="piece by piece"))


@dataclass(frozen=True, kw_only=True)
class Pieces:
    """A layer of ``count`` features, read anew piece by piece each time ``tables`` is called.

    Each table is what a reader gives, but ``count_in`` is that of the whole layer, and a column of whole
    numbers or truth values is of pandas' own type only in pieces where it has gaps.

    Raises
    ------
    NeedsWholeError
        A piece has something that has to be read with care. Raised while going through the tables.
    """

    count: int
    tables: Callable[[], Iterator[NotedTable]]


def pieces_of(source: Source, layer: str | None) -> Pieces | None:
    """Return the pieces of a layer, None where its format is read whole."""
    given = getattr(source, "pieces", None)
    pieces: Pieces | None = given(layer) if given is not None else None
    return pieces
