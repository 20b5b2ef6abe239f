"""Tables with one boundary point a row: rows in order become the polygons that they go round.

A table is one of boundary points only where its columns say so, since one of wells or control points has
point numbers and coordinates too: a column of point numbers, and with it a column of plots or of rings
that runs over several rows, or numbers that count J1, J2, J3. What is written below the last point (who drew
it, who checked it) is no point, and is said.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from lantu.messages import Message, message
from lantu.sources.coordinates import PositionColumns, numbers_of, plain_header
from lantu.sources.damage import Damage
from lantu.sources.rings import FEWEST_POINTS, is_ring, nest_rings

if TYPE_CHECKING:
    from lantu.model import BoolArray, FloatArray, IntArray, ObjectArray

_POINT_NAMES = frozenset(
    "点号 点名 界址点号 界址点 界址点编号 界址点名 拐点 拐点号 拐点编号 顶点号 "  # noqa: SIM905
    "pointno pointid point vertex".split()
)
_BOUNDARY_NAMES = frozenset("界址点号 界址点 界址点编号 界址点名 拐点 拐点号 拐点编号".split())  # noqa: SIM905
_PLOT_NAMES = frozenset(
    "宗地号 宗地代码 宗地编号 宗地 地块号 地块编号 地块代码 地块名称 地块 图斑号 图斑编号 "  # noqa: SIM905
    "plot plotno plotid parcel parcelno parcelid".split()
)
_RING_NAMES = frozenset("圈号 地块圈号 圈 环号 环 环序号 ring ringno ringid".split())  # noqa: SIM905
_PIPE_NAMES = frozenset(
    "物探点号 管线点号 管点号 图上点号 埋深 管顶埋深 井深 地面高程 管顶高程 管底高程 附属物 "  # noqa: SIM905
    "管线类型 surfh".split()
)
"""Headers of a table of pipe points, whose numbers count J1, J2 too: 给水 is J in many towns."""

_COUNTED = re.compile(r"^[JＪj]\s*[-_]?\s*(\d{1,6})$")
_SAME_PLACE_M, _SAME_PLACE_DEGREES = 0.0015, 1e-8
_LARGEST_DEGREE = 360.0
_MOST_ROWS_NAMED = 5


@dataclass(frozen=True, kw_only=True)
class BoundaryColumns:
    """The columns that group points: numbers of the points, and plots and rings where there are any."""

    point: str
    plot: str | None
    ring: str | None


@dataclass(frozen=True, kw_only=True)
class Boundaries:
    """The polygons of a table: attributes, shapes, record numbers, and the damage among them."""

    frame: pd.DataFrame
    shapes: ObjectArray
    records: IntArray
    damage: Damage
    notes: tuple[Message, ...]


def find_boundary_columns(frame: pd.DataFrame, columns: PositionColumns) -> BoundaryColumns | None:
    """Return the columns of a table of boundary points, None where it is none."""
    plain = {name: plain_header(name) for name in frame.columns}
    point, plot, ring = (
        next((name for name, key in plain.items() if key in names), None)
        for names in (_POINT_NAMES, _PLOT_NAMES, _RING_NAMES)
    )
    if point is None or not _PIPE_NAMES.isdisjoint(plain.values()):
        return None
    frame = frame.iloc[: len(frame) - _below(frame, [point, columns.east, columns.north])]
    if len(frame) < FEWEST_POINTS:
        return None
    numbers = [_COUNTED.match(str(value).strip()) for value in frame[point]]
    counted = [int(found[1]) for found in numbers if found]
    runs = len(counted) == len(frame) and counted[0] == 1 and counted[1] == counted[0] + 1
    several = plot is not None and len(frame) >= FEWEST_POINTS * max(len(set(_filled(frame[plot]))), 1)
    if several or ring is not None or runs or plain[point] in _BOUNDARY_NAMES:
        return BoundaryColumns(point=point, plot=plot, ring=ring)
    return None


def read_boundaries(
    frame: pd.DataFrame,
    columns: PositionColumns,
    grouping: BoundaryColumns,
    *,
    records: IntArray,
    damage: Damage,
) -> Boundaries:
    """Return one feature for each plot; its record number is its place among the plots.

    Without a column of plots, each outer ring with its holes is a feature. Attributes are the columns
    that have one value in every plot. A row that cannot be read makes its whole polygon unreadable, also
    one that the reader refused before (in ``damage``), which counts to the rows on both sides of it.
    """
    below = _below(frame, [grouping.point, columns.east, columns.north])
    frame, records = frame.iloc[: len(frame) - below], records[: len(frame) - below]
    points = np.column_stack([numbers_of(frame[columns.east]), numbers_of(frame[columns.north])])
    labels = [None if pd.isna(value) else str(value).strip() for value in frame[grouping.point]]
    blank = (
        np.array([label is None for label in labels])
        & frame[[columns.east, columns.north]].isna().all(axis=1).to_numpy()
    )
    plots = _filled(frame[grouping.plot]) if grouping.plot is not None else [""] * len(frame)
    rings = _filled(frame[grouping.ring], plots) if grouping.ring is not None else [""] * len(frame)
    broken: BoolArray = ~np.asarray(np.isfinite(points).all(axis=1), dtype=bool)
    lost = _neighbours(np.array(sorted(damage.unreadable), dtype=np.int64), records)
    groups = _groups(plots, ~blank)
    found = [
        part
        for rows in groups
        for part in _features(rows, points, (labels, rings), (broken, lost), whole=grouping.plot is not None)
    ]
    told = Damage()
    for number, (rows, _, reason) in enumerate(found, start=1):
        if reason is not None:
            bad = records[rows[broken[rows]]][:_MOST_ROWS_NAMED].tolist() if len(rows) else []
            told.refuse(number, reason, "、".join(str(row) for row in bad) or None)
    shapes: ObjectArray = np.full(len(found), None, dtype=object)
    shapes[:] = [shape for _, shape, _ in found]
    kept, dropped = _attributes(frame, columns, grouping, [rows for rows, _, _ in found])
    notes = [
        message("sources.rows_grouped", rows=int((~blank).sum()), plots=len(found), column=grouping.point)
    ]
    if below:
        notes.append(message("sources.rows_below", rows=below))
    if dropped:
        notes.append(message("sources.rows_columns_dropped", columns="、".join(dropped[:20])))
    return Boundaries(
        frame=kept,
        shapes=shapes,
        records=np.arange(1, len(found) + 1),
        damage=told,
        notes=tuple(notes),
    )


def side_by_side(frame: pd.DataFrame, records: IntArray) -> tuple[pd.DataFrame, IntArray]:
    """Return a table whose columns stand side by side twice or more, to save paper, as one column of rows.

    Readers have numbered the repeated headings (``点号``, ``点号_2``). Rows empty in one part are none there.
    """
    names = [str(name) for name in frame.columns]
    width = next((place for place, name in enumerate(names) if place and name == f"{names[0]}_2"), 0)
    number = len(names) // width if width else 0
    expected = [f"{name}_{part}" for part in range(2, number + 1) for name in names[:width]]
    if number < 2 or names[width:] != expected or not set(map(plain_header, names[:width])) & _POINT_NAMES:  # noqa: PLR2004
        return frame, records
    parts, rows = [], []
    for part in range(number):
        own = frame.iloc[:, part * width : (part + 1) * width].set_axis(names[:width], axis=1).astype(object)
        filled = own.notna().any(axis=1).to_numpy()
        parts.append(own[filled])
        rows.append(records[filled])
    return pd.concat(parts, ignore_index=True), np.concatenate(rows)


def _below(frame: pd.DataFrame, names: list[str | None]) -> int:
    """Count the rows at the end without a digit in any of these columns: neither number nor coordinates."""
    count = 0
    for cells in frame[names].astype(object).to_numpy()[::-1]:
        words = "".join(str(cell) for cell in cells if not pd.isna(cell))
        if any(character.isdigit() for character in words):
            break
        count += 1
    return count


def _filled(series: pd.Series, within: list[str] | None = None) -> list[str]:
    """Return the values as text; an empty cell repeats the one above it, as merged cells leave them."""
    found: list[str] = []
    last, plot = "", None
    for place, value in enumerate(series):
        if within is not None and within[place] != plot:
            last, plot = "", within[place]
        if not pd.isna(value) and str(value).strip():
            last = str(value).strip()
        found.append(last)
    return found


def _neighbours(lost: IntArray, records: IntArray) -> BoolArray:
    """Mark the rows next to refused ones: it is not known to whose polygon those belong."""
    marked = np.zeros(len(records), dtype=bool)
    places = np.searchsorted(records, lost)
    marked[places[places < len(records)]] = True
    marked[places[places > 0] - 1] = True
    return marked


def _groups(plots: list[str], present: BoolArray) -> list[IntArray]:
    """Return the rows of each run of one plot, in order."""
    rows = np.flatnonzero(present)
    changes = [place for place in range(1, len(rows)) if plots[rows[place]] != plots[rows[place - 1]]]
    return [run for run in np.split(rows, changes) if len(run)]


def _features(
    rows: IntArray,
    points: FloatArray,
    texts: tuple[list[str | None], list[str]],
    bad: tuple[BoolArray, BoolArray],
    *,
    whole: bool,
) -> list[tuple[IntArray, object, Message | None]]:
    """Return the features of a run of rows, each with its own rows, and why one cannot be read."""
    broken, lost = bad
    parts = _rings(rows, points, texts)
    damaged = [bool((broken[part] | lost[part]).any()) for part in parts]
    if any(damaged) and whole:
        return [(rows, None, _reason(rows, broken))]
    fit = [part for part, hurt in zip(parts, damaged, strict=True) if not hurt]
    short = [part for part in fit if not is_ring(points[part])]
    if short and whole:
        return [(rows, None, message("sources.ring_too_short"))]
    fit = [part for part in fit if is_ring(points[part])]
    found: list[tuple[IntArray, object, Message | None]] = [
        (part, None, _reason(part, broken)) for part, hurt in zip(parts, damaged, strict=True) if hurt
    ]
    found += [(part, None, message("sources.ring_too_short")) for part in short]
    if fit:
        nested = nest_rings([points[part] for part in fit])
        if not nested:
            return [*found, (np.concatenate(fit), None, message("sources.rings_too_deep"))]
        if whole:
            polygons = [polygon for polygon, _ in nested]
            return [(rows, polygons[0] if len(polygons) == 1 else shapely.multipolygons(polygons), None)]
        found += [
            (np.concatenate([fit[place] for place in places]), polygon, None) for polygon, places in nested
        ]
    return sorted(found, key=lambda item: int(item[0][0]))


def _reason(rows: IntArray, broken: BoolArray) -> Message:
    if broken[rows].any():
        return message("sources.rows_point_broken", count=int(broken[rows].sum()))
    return message("sources.rows_point_lost")


def _rings(rows: IntArray, points: FloatArray, texts: tuple[list[str | None], list[str]]) -> list[IntArray]:
    """Split a run of rows into rings: where their number changes, one closes, or its first point recurs."""
    labels, rings = texts
    found: list[list[int]] = []
    done = True
    for row in rows.tolist():
        if found and not done and rings[row] == rings[found[-1][0]]:
            ring = found[-1]
            long_enough = len(ring) >= FEWEST_POINTS
            if long_enough and _same(points[row], points[ring[0]]):
                done = True
                ring.append(row)
                continue
            named = labels[ring[0]] not in {None, labels[ring[1]]} if long_enough else False
            if not (named and labels[row] == labels[ring[0]]):
                ring.append(row)
                continue
        found.append([row])
        done = False
    return [np.array(ring, dtype=np.int64) for ring in found]


def _same(one: FloatArray, other: FloatArray) -> bool:
    near = _SAME_PLACE_DEGREES if np.abs(one).max() <= _LARGEST_DEGREE else _SAME_PLACE_M
    return bool((np.abs(one - other) <= near).all())


def _attributes(
    frame: pd.DataFrame, columns: PositionColumns, grouping: BoundaryColumns, groups: list[IntArray]
) -> tuple[pd.DataFrame, list[str]]:
    """Return the columns that have one value in each plot, and the names of those that do not."""
    out = {grouping.point, grouping.ring, columns.east, columns.north, columns.height}
    owner = np.full(len(frame), -1, dtype=np.int64)
    for number, rows in enumerate(groups):
        owner[rows] = number
    member = pd.Series(owner[owner >= 0])
    kept: dict[str, pd.Series] = {}
    dropped: list[str] = []
    for name in frame.columns:
        if name in out:
            continue
        values = pd.Series(_filled(frame[name]), dtype=object) if name == grouping.plot else frame[name]
        grouped = values[owner >= 0].reset_index(drop=True).groupby(member)
        if (grouped.nunique() <= 1).all():  # noqa: PD101  # of many groups, not of one series
            kept[str(name)] = grouped.first().reindex(range(len(groups))).reset_index(drop=True)
        else:
            dropped.append(str(name))
    return pd.DataFrame(kept, index=pd.RangeIndex(len(groups))), dropped
