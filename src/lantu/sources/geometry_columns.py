"""Where the geometry of a plain table stands: in one column, in both ends of a line, or in a position.

The first of these that a table has is taken. A table of line ends often has a position beside, of a label.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lantu.sources.coordinates import PositionColumns, find_positions, read_points
from lantu.sources.line_ends import EndColumns, find_end_columns, read_end_columns
from lantu.sources.written_geometry import find_empty, find_written, read_written

if TYPE_CHECKING:
    import pandas as pd
    from pyproj import CRS

    from lantu.messages import Message
    from lantu.model import IntArray, ObjectArray
    from lantu.sources.damage import Damage


@dataclass(frozen=True, kw_only=True)
class GeometryColumns:
    """The columns that hold the geometry: exactly one of the three is given."""

    written: str | None = None
    ends: EndColumns | None = None
    position: PositionColumns | None = None

    @property
    def names(self) -> frozenset[str]:
        """Return the columns themselves."""
        found: list[str | None] = [self.written]
        if self.position is not None:
            found += [self.position.east, self.position.north, self.position.height]
        ends = self.ends.names if self.ends is not None else ()
        return frozenset({name for name in found if name is not None} | set(ends))

    @property
    def note(self) -> Message | None:
        """Return what is to be said of how they were taken."""
        holder = self.ends or self.position
        return holder.note if holder is not None else None


def find_geometry_columns(frame: pd.DataFrame) -> GeometryColumns | None:
    """Return the columns that hold the geometry, None where there are none."""
    written = find_written(frame)
    if written is not None:
        return GeometryColumns(written=written)
    ends = find_end_columns(frame)
    if ends is not None:
        return GeometryColumns(ends=ends)
    position = find_positions(frame)
    if position is not None:
        return GeometryColumns(position=position)
    empty = find_empty(frame)
    return GeometryColumns(written=empty) if empty is not None else None


def read_geometry(
    frame: pd.DataFrame, columns: GeometryColumns, *, records: IntArray, damage: Damage
) -> tuple[ObjectArray, CRS | None]:
    """Return the geometries, None where the cells are empty, and the CRS that they state.

    What cannot be read is listed by record.
    """
    if columns.written is not None:
        return read_written(frame[columns.written], records=records, damage=damage)
    if columns.ends is not None:
        return read_end_columns(frame, columns.ends, records=records, damage=damage), None
    if columns.position is None:
        raise AssertionError
    return read_points(frame, columns.position, records=records, damage=damage), None
