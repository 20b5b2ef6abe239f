"""The law of counts: what came in went out, was listed as unreadable, or was filtered; nothing is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.errors import SourceError
from lantu.messages import message
from lantu.model import flat_of

if TYPE_CHECKING:
    from lantu.model import RawTable


def require_read_whole(raw: RawTable, *, listed: int) -> None:
    """Raise unless every record of a source was read, with attributes and geometry, or listed.

    Raises
    ------
    SourceError
        The counts do not add up; the message says them.
    """
    flat = flat_of(raw)
    for read in (len(raw.record), len(raw.attributes), len(raw.geometry if flat is None else flat)):
        require_all_counted(raw, out=read, listed=listed, filtered=0)


def require_all_counted(raw: RawTable, *, out: int, listed: int, filtered: int) -> None:
    """Raise unless ``raw.count_in`` is the sum of features out, records listed and features filtered.

    Raises
    ------
    SourceError
        The counts do not add up; the message says them.
    """
    found = out + listed + filtered
    if found != raw.count_in:
        values = {"count_in": raw.count_in, "out": out, "listed": listed, "filtered": filtered}
        raise SourceError(message("engine.counts_differ", **values, found=found))
