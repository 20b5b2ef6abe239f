"""Control points: places whose coordinates are known in the source and in the working CRS."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lantu.errors import CrsError
from lantu.messages import message

if TYPE_CHECKING:
    from pathlib import Path

    from lantu.model import FloatArray

COLUMNS: dict[str, tuple[str, ...]] = {
    "name": ("name", "point", "点名", "点号"),
    "source_x": ("source_x", "source_e", "源东坐标", "源横坐标"),
    "source_y": ("source_y", "source_n", "源北坐标", "源纵坐标"),
    "target_x": ("target_x", "target_e", "目标东坐标", "目标横坐标"),
    "target_y": ("target_y", "target_n", "目标北坐标", "目标纵坐标"),
}
"""Columns of the file and the headings they may have. x is the easting (or longitude), y the northing
(or latitude), whatever surveyors call X. Further columns, heights among them, are not used."""

ENCODINGS = ("utf-8-sig", "gb18030")


@dataclass(frozen=True, kw_only=True)
class ControlPoints:
    """Named points in source and working coordinates, x = easting: shape (n, 2) each."""

    names: tuple[str, ...]
    source: FloatArray
    target: FloatArray

    def __len__(self) -> int:
        """Return the number of points."""
        return len(self.names)


def read_control_points(path: Path) -> ControlPoints:
    """Read control points from a CSV file with a heading; see ``COLUMNS`` for what it has to hold.

    UTF-8 or GB18030. Every row counts: one that cannot be read is an error, not a point less.

    Raises
    ------
    CrsError
        The file is missing or has no such columns, a number is not readable (line and column are
        named), or a point stands twice.
    """
    try:
        text = _decode(path.read_bytes())
    except OSError as error:
        raise CrsError(message("crs.points_missing", path=path.name)) from error
    rows = list(csv.reader(io.StringIO(text)))
    heading = [cell.strip().lower() for cell in rows[0]] if rows else []
    places = {
        column: next((heading.index(name) for name in names if name in heading), -1)
        for column, names in COLUMNS.items()
    }
    lacking = [column for column, place in places.items() if place < 0]
    if lacking:
        wanted = ", ".join(lacking)
        raise CrsError(message("crs.points_columns", path=path.name, wanted=wanted, found=", ".join(heading)))
    names: list[str] = []
    numbers: list[list[float]] = []
    for line, row in enumerate(rows[1:], start=2):
        if any(cell.strip() for cell in row):
            padded = [*row, *[""] * len(heading)]
            cells = {column: padded[place].strip() for column, place in places.items()}
            names.append(cells.pop("name"))
            numbers.append([_number(path.name, line, column, cell) for column, cell in cells.items()])
    _require_distinct(path.name, names, numbers)
    values = np.asarray(numbers, dtype=np.float64).reshape(-1, 4)
    return ControlPoints(names=tuple(names), source=values[:, :2], target=values[:, 2:])


def _require_distinct(path: str, names: list[str], numbers: list[list[float]]) -> None:
    """Refuse a file in which a name stands twice, or two points share their source coordinates."""
    places = [tuple(row[:2]) for row in numbers]
    for position, (name, place) in enumerate(zip(names, places, strict=True)):
        if name in names[:position] or place in places[:position]:
            raise CrsError(message("crs.points_repeated", path=path, name=name))


def _number(path: str, line: int, column: str, cell: str) -> float:
    """Return a finite number."""
    try:
        value = float(cell)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise CrsError(message("crs.points_number", path=path, line=line, column=column, found=cell))
    return value


def _decode(data: bytes) -> str:
    """Return text in the first encoding that fits; what fits none keeps its ASCII, which the numbers are."""
    for encoding in ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("utf-8", errors="replace")
