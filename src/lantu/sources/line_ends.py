"""Lines of a table that has both ends of each in one row: 起点X, 起点Y, 终点X, 终点Y; START_X and so on.

Which of two columns is the easting is decided as for points, over both ends at once. A bare X under a Chinese
word or its initials is a surveyor's: the values decide, and the northing is first where they do not.
Heights make no third dimension here: whether 起点高程 is that of the ground or of the pipe is for the
standard's own columns to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from lantu.messages import Message, message
from lantu.sources.coordinates import find_positions, numbers_of, plain_header

if TYPE_CHECKING:
    from lantu.model import BoolArray, FloatArray, IntArray, ObjectArray
    from lantu.sources.damage import Damage

_SURVEY_WORDS = (
    ("起点", "终点"),
    ("起点", "止点"),
    ("起始点", "终止点"),
    ("起始", "终止"),
    ("起", "止"),
    ("起", "终"),
    ("起始点", "终点"),
    ("首点", "末点"),
    ("上游", "下游"),
    ("qd", "zd"),
    ("qsd", "zzd"),
    ("qs", "zz"),
)
_OTHER_WORDS = (
    ("start", "end"),
    ("startpoint", "endpoint"),
    ("startpt", "endpt"),
    ("begin", "end"),
    ("from", "to"),
    ("upstream", "downstream"),
    ("us", "ds"),
    ("up", "down"),
    ("up", "dn"),
    ("s", "e"),
)
END_WORDS = (*_SURVEY_WORDS, *_OTHER_WORDS)
"""Words for the start and for the end of a line, as ``plain_header`` leaves them."""

_BARE = {"x": "x坐标", "y": "y坐标", "xzb": "x坐标", "yzb": "y坐标"}


@dataclass(frozen=True, kw_only=True)
class EndColumns:
    """The columns of both ends, easting (or longitude) and northing of each, and how they were taken."""

    start: tuple[str, str]
    end: tuple[str, str]
    note: Message | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Return all four columns."""
        return (*self.start, *self.end)


def find_end_columns(frame: pd.DataFrame) -> EndColumns | None:
    """Return the columns that hold both ends of a line, None where there are none."""
    plain = {str(name): plain_header(str(name)) for name in frame.columns}
    for words, surveyed in ((_SURVEY_WORDS, True), (_OTHER_WORDS, False)):
        for first, last in words:
            starts, ends = (_parts(plain, word, surveyed=surveyed) for word in (first, last))
            both = [part for part in starts if part in ends]
            halves = [frame[[side[part] for part in both]].set_axis(both, axis=1) for side in (starts, ends)]
            found = find_positions(pd.concat(halves, ignore_index=True)) if len(both) > 1 else None
            if found is None:
                continue
            start, end = ((side[found.east], side[found.north]) for side in (starts, ends))
            note = None
            if found.note is not None:
                note = message(found.note.key, east=f"{start[0]}、{end[0]}", north=f"{start[1]}、{end[1]}")
            return EndColumns(start=start, end=end, note=note)
    return None


def read_end_columns(
    frame: pd.DataFrame, columns: EndColumns, *, records: IntArray, damage: Damage
) -> ObjectArray:
    """Return a line a row, None where all four cells are empty; what is no line is listed by record."""
    values = np.column_stack([numbers_of(frame[name]) for name in columns.names])
    empty = frame[list(columns.names)].isna().all(axis=1).to_numpy(dtype=bool)
    good: BoolArray = np.asarray(np.isfinite(values).all(axis=1), dtype=bool)
    for row in np.flatnonzero(~good & ~empty):
        raw = ", ".join(str(cell) for cell in frame[list(columns.names)].iloc[row])
        reason = message(
            "sources.position_unreadable",
            east="、".join(columns.names[::2]),
            north="、".join(columns.names[1::2]),
        )
        damage.refuse(int(records[row]), reason, raw)
    return lines_between(values[:, :2], values[:, 2:], present=good, records=records, damage=damage)


def lines_between(
    starts: FloatArray, ends: FloatArray, *, present: BoolArray, records: IntArray, damage: Damage
) -> ObjectArray:
    """Return the straight line of each row ``present`` from start to end (n, 2), None in the others.

    Ends in one place are no line, and listed.
    """
    dots = present & (starts == ends).all(axis=1)
    for row in np.flatnonzero(dots):
        damage.refuse(int(records[row]), message("sources.line_without_length"), str(starts[row].tolist()))
    there = np.flatnonzero(present & ~dots)
    shapes: ObjectArray = np.full(len(starts), None, dtype=object)
    shapes[there] = shapely.linestrings(np.stack([starts[there], ends[there]], axis=1))
    return shapes


def _parts(plain: dict[str, str], word: str, *, surveyed: bool) -> dict[str, str]:
    """Return what the headers with a word before or behind say beside it, and which they are."""
    found: dict[str, str] = {}
    for name, key in plain.items():
        if key == word or not (key.startswith(word) or key.endswith(word)):
            continue
        rest = key.removeprefix(word) if key.startswith(word) else key.removesuffix(word)
        rest = rest.replace("coordinate", "").replace("coord", "") or rest
        found.setdefault(_BARE.get(rest, rest) if surveyed else rest, name)
    return found
