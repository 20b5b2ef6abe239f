"""The lines of a boundary-point text: header, plots and their points, with every habit of exporters.

Told apart by their form, since section names and field counts are not reliable: ``key=value`` before the
first plot is header, a line that ends in ``@`` begins a plot, any other line after that is a point. Where no
plot line stands above them, points make a plot without fields. Fields are parted by commas of either width,
else by tabs or semicolons, else by blanks.
"""

from __future__ import annotations

import math
import re
from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from lantu.messages import Message, message
from lantu.sources.coordinates import number_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lantu.model import FloatArray

MOST_FIELDS = 16
"""Fields of a plot line; eight are usual."""

LARGEST_COORDINATE = 1e9
"""Nothing on Earth has a larger one, in metres or millimetres either side of it."""

SAME_PLACE_M = 0.0015
"""Coordinates are rounded to the millimetre: a closing point may miss the first one by so much."""

_MOST_HEADER_LINES = 200
_SAME_PLACE_DEGREES = 1e-8
_LARGEST_DEGREE = 360.0
_FEWEST_TO_CLOSE = 3
_PLOT_END = re.compile(r"@[\s,，;；]*$")
_STATEMENT = re.compile(r"[=＝:：]")
_POINT_NAME = re.compile(r"(?:\d+\s*[,，\t;； ]\s*J|[A-Za-z]+)\d+\s*[,，\t;； ]")
_NAME = re.compile(r"[A-Za-z]+[-_]?\d+")
_SHORT_NUMBER = re.compile(r"\d{1,6}")
_LEAST_METRES = 10_000.0
"""What is less is the number of a ring where a coordinate in metres could stand."""
_SECTION = re.compile(r"^[\[【].*[\]】]$")
_SIGNATURES = ("[地块坐标]", "[属性描述]", "【地块坐标】", "【属性描述】")
_FEWEST_PARTS = 3
_KIND_PLACE = 4


@dataclass(kw_only=True, slots=True)
class Plot:
    """One plot as its lines give it: coordinates in file order, first number first."""

    line: int
    fields: list[str]
    coordinates: array[float] = field(default_factory=lambda: array("d"))
    starts: list[int] = field(default_factory=list)  # first point of each ring
    closings: list[bool] = field(default_factory=list)  # whether that ring repeats its first point
    reason: Message | None = None  # why it cannot be read

    def rings(self) -> list[FloatArray]:
        """Return the points of each ring (n, 2), without the closing one, first number first."""
        points = np.frombuffer(self.coordinates, dtype=np.float64).reshape(-1, 2)
        return [ring.copy() for ring in np.split(points, self.starts[1:])] if len(points) else []

    @property
    def points(self) -> int:
        """Return the number of point lines, closing points left out."""
        return len(self.coordinates) // 2


@dataclass(kw_only=True)
class BoundaryText:
    """A whole file: what its header states, its plots, and lines that belong to neither."""

    header: dict[str, str] = field(default_factory=dict)
    plots: list[Plot] = field(default_factory=list)
    stray: int = 0
    first_stray: int = 0


def is_boundary_text(head: bytes) -> bool:
    """Say whether the first bytes of a file are those of a boundary-point text."""
    for codec in ("utf-8", "gbk", "utf-16"):
        text = head.decode(codec, errors="ignore")
        if any(signature in text for signature in _SIGNATURES):
            return True
        lines = [line.strip() for line in text.splitlines()]
        first = [line for line in lines if line][:2]
        if first and (_begins_plot(first[0]) or all(_is_named_point(line) for line in first)):
            return True
    return False


def parse_boundary_text(lines: Iterable[str]) -> BoundaryText:
    """Return what the lines of a file say; a line that is damaged makes only its own plot unreadable."""
    found = BoundaryText()
    building: _Ring | None = None
    for number, raw in enumerate(lines, start=1):
        line = raw.strip().removeprefix("\ufeff")
        if not line or _SECTION.match(line):
            continue
        if _begins_plot(line):
            plot = Plot(line=number, fields=_plot_fields(line))
            if len(plot.fields) > MOST_FIELDS:
                plot.reason = message("sources.txt_fields", line=number, found=len(plot.fields))
                plot.fields = plot.fields[:MOST_FIELDS]
            found.plots.append(plot)
            building = _Ring(plot)
        elif building is not None:
            building.add(line, number)
        elif _STATEMENT.search(line):
            _state(found, line)
        elif _is_point(line):
            found.plots.append(Plot(line=number, fields=[]))
            building = _Ring(found.plots[-1])
            building.add(line, number)
        else:
            found.stray += 1
            found.first_stray = found.first_stray or number
    return found


class _Ring:
    """The ring that is being read, and where it begins."""

    def __init__(self, plot: Plot) -> None:
        self._plot = plot
        self._label: str | None = None
        self._names: list[str] = []  # of its first two points

    def add(self, line: str, number: int) -> None:
        """Add one point line to its plot, to the same ring or as the beginning of another."""
        plot = self._plot
        if plot.reason is not None:
            return
        parts = _point_parts(line)
        x, y = _position(parts)
        if not (math.isfinite(x) and math.isfinite(y)):
            plot.reason = message("sources.txt_point_broken", line=number, text=line[:80])
            return
        label = parts[1] if len(parts) > _FEWEST_PARTS else ""
        self._place(parts[0], label, (x, y))

    def _place(self, name: str, label: str, point: tuple[float, float]) -> None:
        plot = self._plot
        size = plot.points - plot.starts[-1] if plot.starts else 0
        here = self._is_first(point) if size >= _FEWEST_TO_CLOSE and label == self._label else False
        if here and not plot.closings[-1]:
            plot.closings[-1] = True
            return
        renamed = size >= _FEWEST_TO_CLOSE and self._names[0] == name != "" and self._names[1] != name
        if not plot.starts or label != self._label or plot.closings[-1] or renamed:
            plot.starts.append(plot.points)
            plot.closings.append(False)
            self._label, self._names = label, []
        if len(self._names) < 2:  # noqa: PLR2004  # the first two tell whether names are distinct at all
            self._names.append(name)
        plot.coordinates.extend(point)

    def _is_first(self, point: tuple[float, float]) -> bool:
        start = 2 * self._plot.starts[-1]
        first = self._plot.coordinates[start : start + 2]
        near = _SAME_PLACE_DEGREES if max(abs(point[0]), abs(point[1])) <= _LARGEST_DEGREE else SAME_PLACE_M
        return abs(first[0] - point[0]) <= near and abs(first[1] - point[1]) <= near


def number_at(text: str) -> float:
    """Return a coordinate as written, NaN where it is none: full-width digits and DMS degrees are read."""
    try:
        value = float(text) if text.isascii() and "_" not in text else number_of(text)
    except ValueError:
        value = number_of(text)
    return value if abs(value) <= LARGEST_COORDINATE else math.nan


def _begins_plot(line: str) -> bool:
    """Say whether a line ends as a plot line does, and has more than one field."""
    return bool(_PLOT_END.search(line)) and len(_parts(_PLOT_END.sub("", line))) > 1


def _is_point(line: str) -> bool:
    """Say whether a line is one of a name, perhaps a ring, and two coordinates."""
    return all(math.isfinite(number) for number in _position(_point_parts(line)))


def _is_named_point(line: str) -> bool:
    """Say whether a line is a point whose name only boundary points have: ``J1`` and its ring."""
    return bool(_POINT_NAME.match(line)) and len(_parts(line)) > _FEWEST_PARTS and _is_point(line)


def _parts(line: str) -> list[str]:
    """Return the fields of a line; a line of commas may leave some empty, one of blanks cannot."""
    plain = line.replace("，", ",")
    between = next((mark for mark in (",", "\t", ";", "；") if mark in plain), None)
    return plain.split() if between is None else [part.strip() for part in plain.split(between)]


def _point_parts(line: str) -> list[str]:
    """Return the fields of a point line without a running number before the point's own name.

    It is one before a name of letters (``1,J1,1,X,Y``), or where two coordinates follow three short numbers.
    """
    parts = _parts(line.rstrip(",， \t"))
    if len(parts) <= _FEWEST_PARTS or not _SHORT_NUMBER.fullmatch(parts[0]):
        return parts
    before_name = _NAME.fullmatch(parts[1]) is not None
    if not before_name and len(parts) > _FEWEST_PARTS + 1:
        short = all(_SHORT_NUMBER.fullmatch(part) for part in parts[1:_FEWEST_PARTS])
        large = all(number_at(part) >= _LEAST_METRES for part in parts[_FEWEST_PARTS : _FEWEST_PARTS + 2])
        before_name = short and large and number_at(parts[2]) < _LEAST_METRES
    return parts[1:] if before_name else parts


def _position(parts: list[str]) -> tuple[float, float]:
    """Return the two numbers of a point line, first number first; NaN where they are none."""
    if len(parts) < _FEWEST_PARTS:
        return math.nan, math.nan
    start = 1 if len(parts) == _FEWEST_PARTS else 2
    return number_at(parts[start]), number_at(parts[start + 1])


def _plot_fields(line: str) -> list[str]:
    """Return the fields before the ``@``.

    A full-width comma may be part of a name: it separates where no other does, or where only so the kind
    of geometry (面, 线, 点) comes to stand in the fifth field.
    """
    body = _PLOT_END.sub("", line).rstrip(",，")
    if "," not in body and "，" not in body:
        return _parts(body)
    plain, every = body.split(","), body.replace("，", ",").split(",")
    mixed = _names_kind(every) and not _names_kind(plain)
    parts = [part.strip() for part in (every if mixed or "," not in body else plain)]
    return parts[:-1] if parts and not parts[-1] else parts


def _names_kind(parts: list[str]) -> bool:
    return len(parts) > _KIND_PLACE and parts[_KIND_PLACE].strip() in {"面", "线", "点"}


def _state(found: BoundaryText, line: str) -> None:
    """Note one statement of the header; the first of a name stands."""
    mark = _STATEMENT.search(line)
    key, value = (line[: mark.start()], line[mark.end() :]) if mark else (line, "")
    if len(found.header) < _MOST_HEADER_LINES:
        found.header.setdefault(key.strip(), value.strip())
