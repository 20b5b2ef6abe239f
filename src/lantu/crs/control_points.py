"""Control points: places whose coordinates are known in the source and in the working CRS."""

from __future__ import annotations

import csv
import io
import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from lantu.errors import CrsError
from lantu.messages import message

if TYPE_CHECKING:
    from pathlib import Path

    from lantu.model import FloatArray

Model: TypeAlias = Literal["similarity", "affine", "helmert7"]

COLUMNS: dict[str, tuple[str, ...]] = {
    "name": ("name", "point", "点名", "点号"),
    "source_x": ("source_x", "source_e", "源东坐标", "源横坐标"),
    "source_y": ("source_y", "source_n", "源北坐标", "源纵坐标"),
    "target_x": ("target_x", "target_e", "目标东坐标", "目标横坐标"),
    "target_y": ("target_y", "target_n", "目标北坐标", "目标纵坐标"),
}
"""Columns of the file and the headings they may have. x is the easting (or longitude), y the northing
(or latitude), whatever surveyors call X. Further columns are not used."""

HEIGHTS: dict[str, tuple[str, ...]] = {
    "source_h": ("source_h", "source_z", "源大地高", "源高程"),
    "target_h": ("target_h", "target_z", "目标大地高", "目标高程"),
}
"""Columns of heights (metres above the ellipsoid): only seven parameters use and need them."""

MODELS: dict[str, Model] = {
    "similarity": "similarity",
    "四参数": "similarity",
    "affine": "affine",
    "六参数": "affine",
    "helmert7": "helmert7",
    "七参数": "helmert7",
}
"""Names under which the line ``# model: …`` states a model."""

ENCODINGS = ("utf-8-sig", "gb18030")

_STATED = re.compile(r"#\s*(?:model|模型)\s*[:：=]\s*(.*)", re.IGNORECASE)
_NO_HEIGHTS = np.empty(0)


@dataclass(frozen=True, kw_only=True)
class ControlPoints:
    """Named points in source and working coordinates, x = easting: shape (n, 2) each.

    Heights have shape (n,), NaN where they are not known. ``model`` is the one that the file states, None
    where it leaves the choice.
    """

    names: tuple[str, ...]
    source: FloatArray
    target: FloatArray
    source_h_m: FloatArray = field(default_factory=_NO_HEIGHTS.copy)
    target_h_m: FloatArray = field(default_factory=_NO_HEIGHTS.copy)
    model: Model | None = None

    def __post_init__(self) -> None:
        """Fill heights that were not given with NaN."""
        for name in ("source_h_m", "target_h_m"):
            if len(getattr(self, name)) != len(self.names):
                object.__setattr__(self, name, np.full(len(self.names), np.nan))

    def __len__(self) -> int:
        """Return the number of points."""
        return len(self.names)


def read_control_points(path: Path) -> ControlPoints:
    """Read control points from a CSV file with a heading; see ``COLUMNS`` for what it has to hold.

    UTF-8 or GB18030. Every row counts: one that cannot be read is an error, not a point less. Lines that
    begin with ``#`` may stand above the heading; ``# model: similarity``, ``affine`` or ``helmert7`` (四参数,
    六参数, 七参数) among them states the model to fit, otherwise it is chosen. ``helmert7`` takes the heights
    in the columns source_h and target_h, which no other model reads.

    Raises
    ------
    CrsError
        The file is missing or has no such columns, a number is not readable (line and column are
        named), a point stands twice, or the stated model is unknown.
    """
    try:
        text = _decode(path.read_bytes())
    except OSError as error:
        raise CrsError(message("crs.points_missing", path=path.name)) from error
    rows = list(csv.reader(io.StringIO(text)))
    above = _comments(rows)
    model = _stated_model(path.name, rows[:above])
    rows = rows[above:]
    heading = [cell.strip().lower() for cell in rows[0]] if rows else []
    places = _places(heading, COLUMNS)
    high = _places(heading, HEIGHTS)
    lacking = [column for column, place in places.items() if place < 0]
    if lacking:
        wanted = ", ".join(lacking)
        raise CrsError(message("crs.points_columns", path=path.name, wanted=wanted, found=", ".join(heading)))
    names: list[str] = []
    numbers: list[list[float]] = []
    heights: list[list[float]] = []
    for line, row in enumerate(rows[1:], start=above + 2):
        if any(cell.strip() for cell in row):
            padded = [*row, *[""] * len(heading)]
            cells = {column: padded[place].strip() for column, place in places.items()}
            names.append(cells.pop("name"))
            numbers.append([_number(path.name, line, column, cell) for column, cell in cells.items()])
            heights.append([_height(padded[place]) if place >= 0 else math.nan for place in high.values()])
    _require_distinct(path.name, names, numbers)
    values = np.asarray(numbers, dtype=np.float64).reshape(-1, 4)
    source_h_m, target_h_m = np.asarray(heights, dtype=np.float64).reshape(-1, 2).T
    return ControlPoints(
        names=tuple(names),
        source=values[:, :2],
        target=values[:, 2:],
        source_h_m=source_h_m,
        target_h_m=target_h_m,
        model=model,
    )


def _comments(rows: list[list[str]]) -> int:
    """Return how many lines stand above the heading; where there are only such lines, all."""
    for count, row in enumerate(rows):
        if not (row and row[0].strip().startswith("#")):
            return count
    return len(rows)


def _stated_model(path: str, comments: list[list[str]]) -> Model | None:
    """Return the model that a comment states; a spreadsheet has filled its line with empty cells."""
    for row in comments:
        stated = _STATED.fullmatch(row[0].strip())
        if stated is not None:
            name = stated[1].strip().lower()
            if name not in MODELS:
                raise CrsError(message("crs.points_model", path=path, found=name))
            return MODELS[name]
    return None


def _places(heading: list[str], columns: dict[str, tuple[str, ...]]) -> dict[str, int]:
    """Return where each column stands in the file, -1 where it does not."""
    return {
        column: next((heading.index(name) for name in names if name in heading), -1)
        for column, names in columns.items()
    }


def _height(cell: str) -> float:
    """Return a height, NaN where it is not one: who needs it says so, with the point's name."""
    try:
        return float(cell)
    except ValueError:
        return math.nan


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
