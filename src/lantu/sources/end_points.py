"""Lines of a table that names its end points, built from the table that has their positions.

That is how surveys of underground pipes are handed over (CJJ 61): a table of points (物探点号, X, Y,
地面高程) and a table of lines (起点点号, 终点点号, 管径, 材质), as two files or two sheets of a workbook.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from lantu.messages import message
from lantu.model import EndPointsSpec, JoinCount
from lantu.sources.damage import Damage
from lantu.sources.join import columns_added, field_of, first_rows, keys_of
from lantu.sources.line_ends import lines_between
from lantu.sources.registry import open_source

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from lantu.messages import Message
    from lantu.model import BoolArray, FloatArray, IntArray, ObjectArray
    from lantu.sources.source import NotedTable

START_PREFIX, END_PREFIX = "start.", "end."
"""What stands before the name of a point's column where a line has it from its start or from its end."""

_SAME_PLACE_M, _SAME_PLACE_DEGREES = 0.0015, 1e-8
_LARGEST_DEGREE = 360.0
_POINT = 0


@dataclass(frozen=True, kw_only=True)
class _Points:
    """A table of points by their keys: the row of each, and which keys stand for more than one place."""

    table: NotedTable
    name: str
    positions: FloatArray
    keys: ObjectArray
    rows: IntArray
    repeated: IntArray
    scattered: BoolArray


def read_between_points(
    path: Path, ends: EndPointsSpec, *, layer: str | None = None, encoding: str | None = None
) -> tuple[NotedTable, JoinCount]:
    """Return the lines of a table, straight from start to end, and how well their points were found.

    Keys are compared as those of a join are. Each line has the columns of both points, under ``start.NAME``
    and ``end.NAME``, and the points' CRS. A line is listed, not built, where a point is not named, not there,
    without a position, in several places, or the same at both ends. ``rows_unused`` counts the points that
    no line names.

    Raises
    ------
    SourceError
        One of the tables cannot be read, has no such field, or no position of a point.
    """
    lines = open_source(path, encoding=encoding).read(layer, geometry=False)
    points = _points(ends, encoding)
    named = [keys_of(field_of(lines.attributes, field, lines.layer or path.name)) for field in ends.on]
    places = [pd.Index(points.keys).get_indexer(pd.Index(keys)) for keys in named]
    damage = Damage()
    for keys, at, field in zip(named, places, ends.on, strict=True):
        for row, reason in _reasons(points, keys, at, field):
            damage.refuse(int(lines.record[row]), reason, " → ".join(str(side[row] or "") for side in named))
    sound = ~np.isin(lines.record, sorted(damage.unreadable))
    start, end = (_rows_at(points, at) for at in places)
    from_there, to_there = (_positions_at(points, rows) for rows in (start, end))
    shapes = lines_between(from_there, to_there, present=sound, records=lines.record, damage=damage)
    good = ~np.isin(lines.record, sorted(damage.unreadable))
    count = _counted(points, ends, places, good)
    logs = [log for log in (lines.problems, damage.log()) if len(log)]
    return replace(
        _with_columns(lines, points, (start, end), good),
        geometry=shapes[good],
        record=lines.record[good],
        crs=points.table.crs,
        files=tuple(dict.fromkeys((*lines.files, *points.table.files))),
        problems=pd.concat(logs, ignore_index=True) if logs else lines.problems,
        notes=(
            *lines.notes,
            *(note for note in points.table.notes if note not in lines.notes),
            _said(points, count),
        ),
    ), count


def _counted(points: _Points, ends: EndPointsSpec, places: Sequence[IntArray], good: BoolArray) -> JoinCount:
    """Return how many lines found their points, and how many points no line names."""
    used = np.unique(np.concatenate([at[at >= 0] for at in places]))
    keys = pd.Index(keys_of(points.table.attributes[ends.table_key]))
    return JoinCount(
        joined=int(good.sum()),
        without_row=int((~good).sum()),
        rows_unused=int((~keys.isin(points.keys[used])).sum()),
        keys_repeated=int((points.repeated > 1).sum()),
    )


def _said(points: _Points, count: JoinCount) -> Message:
    return message(
        "sources.lines_from_points",
        lines=count.joined,
        listed=count.without_row,
        table=points.name,
        points=len(points.table.record),
        unused=count.rows_unused,
    )


def _points(ends: EndPointsSpec, encoding: str | None) -> _Points:
    """Read the table of points; without need of geometry, so that rows are no boundary of anything."""
    source = open_source(ends.path, encoding=encoding)
    table = source.read(ends.layer, geometry=False)
    if shapely.is_missing(table.geometry).all():
        table = source.read(ends.layer)
    keys = keys_of(field_of(table.attributes, ends.table_key, ends.path.name))
    positions = np.full((len(keys), 2), np.nan)
    there = shapely.get_type_id(table.geometry) == _POINT
    positions[there] = np.column_stack(
        [shapely.get_x(table.geometry[there]), shapely.get_y(table.geometry[there])]
    )
    placed = np.isfinite(positions).all(axis=1)
    order = np.concatenate([np.flatnonzero(placed), np.flatnonzero(~placed)])  # a place before none
    distinct, first, counts = first_rows(keys[order])
    rows = order[first] if len(first) else np.empty(0, dtype=np.int64)
    return _Points(
        table=table,
        name=f"{ends.path.name}: {ends.layer}" if ends.layer else ends.path.name,
        positions=positions,
        keys=distinct,
        rows=rows,
        repeated=counts,
        scattered=_scattered(keys, positions, distinct, rows),
    )


def _scattered(keys: ObjectArray, positions: FloatArray, distinct: ObjectArray, rows: IntArray) -> BoolArray:
    """Mark the keys whose rows lie in different places."""
    found = np.zeros(len(distinct), dtype=bool)
    at = pd.Index(distinct).get_indexer(pd.Index(keys)) if len(distinct) else np.full(len(keys), -1)
    there = np.flatnonzero((at >= 0) & np.isfinite(positions).all(axis=1))
    if len(there):
        degrees = np.abs(positions[there]).max() <= _LARGEST_DEGREE
        apart = np.abs(positions[there] - positions[rows[at[there]]]).max(axis=1)
        found[at[there[apart > (_SAME_PLACE_DEGREES if degrees else _SAME_PLACE_M)]]] = True
    return found


def _reasons(points: _Points, keys: ObjectArray, at: IntArray, field: str) -> list[tuple[int, Message]]:
    """Return the rows whose point cannot serve, each with the reason."""
    found: list[tuple[int, Message]] = []
    for row, (key, place) in enumerate(zip(keys, at.tolist(), strict=True)):
        values = {"field": field, "key": key, "table": points.name}
        if key is None:
            found.append((row, message("sources.end_unnamed", field=field)))
        elif place < 0:
            found.append((row, message("sources.end_missing", **values)))
        elif not np.isfinite(points.positions[points.rows[place]]).all():
            found.append((row, message("sources.end_unplaced", **values)))
        elif points.scattered[place]:
            found.append((row, message("sources.end_scattered", **values, rows=int(points.repeated[place]))))
    return found


def _rows_at(points: _Points, at: IntArray) -> IntArray:
    """Return the row of each key, -1 where there is none."""
    rows = np.full(len(at), -1, dtype=np.int64)
    rows[at >= 0] = points.rows[at[at >= 0]]
    return rows


def _positions_at(points: _Points, rows: IntArray) -> FloatArray:
    """Return the positions (n, 2) of rows, NaN where there is none."""
    found = np.full((len(rows), 2), np.nan)
    found[rows >= 0] = points.positions[rows[rows >= 0]]
    return found


def _with_columns(
    lines: NotedTable, points: _Points, rows: tuple[IntArray, IntArray], good: BoolArray
) -> NotedTable:
    """Return the good lines with the columns of both their points."""
    frame = lines.attributes[good].reset_index(drop=True)
    for prefix, at in zip((START_PREFIX, END_PREFIX), rows, strict=True):
        named = points.table.attributes.add_prefix(prefix)
        frame = pd.concat([frame, columns_added(frame, named, at[good])], axis=1)
    return replace(lines, attributes=frame)
