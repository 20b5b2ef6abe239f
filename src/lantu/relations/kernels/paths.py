"""Paths: the lines of a layer as flat arrays, and how much of one keeps within a distance of another.

Step for step what ``relations/run.py`` does in numpy, pair by pair instead of step by step: the same bits.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from lantu.relations.kernels.compiled import inner_kernel, kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lantu.model import FloatArray, IntArray, ObjectArray

LINE_TYPES = (1, 2, 5)  # shapely's type numbers of LineString, LinearRing and MultiLineString

MARGIN = 1e-9
"""How much further than the limit boxes are looked at, as in ``relations/run.py``."""


class Paths(NamedTuple):
    """All vertices of all lines of a layer, feature after feature, part after part.

    ``xy`` (m, 2) in metres; ``goes_on`` (m,) is 1 where a segment runs to the next vertex; ``first`` (n+1,)
    is the first vertex of each feature. Features that are no lines have no vertices.
    """

    xy: FloatArray
    goes_on: NDArray[np.int8]
    first: IntArray


def paths_of(geometry: ObjectArray) -> Paths:
    """Return the paths of a layer's geometries, shape (n,)."""
    fit = np.flatnonzero(np.isin(shapely.get_type_id(geometry), LINE_TYPES))
    parts, owner = shapely.get_parts(geometry[fit], return_index=True)
    xy, part = shapely.get_coordinates(parts, return_index=True)
    goes_on = np.zeros(len(xy), dtype=np.int8)
    goes_on[:-1] = part[1:] == part[:-1]
    count = np.bincount(fit[owner[part]], minlength=len(geometry))
    first = np.concatenate([[0], np.cumsum(count)]).astype(np.int64)
    return Paths(np.ascontiguousarray(xy, dtype=np.float64), goes_on, first)


@kernel
def run_lengths(one: Paths, two: Paths, i: IntArray, j: IntArray, limit_m: float, run_m: FloatArray) -> None:
    """Fill in the length of line i that is no further than the limit from line j, all shape (n,).

    NaN where either is no line or a collection of lines: the reference measures those.
    """
    most = 1
    for k in range(i.shape[0]):
        most = max(most, two.first[j[k] + 1] - two.first[j[k]])
    spans = np.empty((most, 2))
    for k in range(i.shape[0]):
        if one.first[i[k]] == one.first[i[k] + 1] or two.first[j[k]] == two.first[j[k] + 1]:
            run_m[k] = np.nan
            continue
        total_m = 0.0
        for at in range(one.first[i[k]], one.first[i[k] + 1]):
            if one.goes_on[at]:
                along_x, along_y = one.xy[at + 1, 0] - one.xy[at, 0], one.xy[at + 1, 1] - one.xy[at, 1]
                share = min(_covered(one.xy, at, two, j[k], limit_m, spans), 1.0)
                total_m += share * math.sqrt(along_x * along_x + along_y * along_y)
        run_m[k] = total_m


@inner_kernel
def _covered(xy: FloatArray, at: int, two: Paths, j: int, limit_m: float, spans: FloatArray) -> float:
    """Return the share of a segment that is within the limit of line j: the union of one span a segment."""
    count = 0
    for other in range(two.first[j], two.first[j + 1]):
        if two.goes_on[other] and _boxes_near(xy, at, two.xy, other, limit_m):
            low, high = _span(xy, at, two.xy, other, limit_m)
            if low <= high:
                place = count
                while place > 0 and (spans[place - 1, 0], spans[place - 1, 1]) > (low, high):
                    spans[place, 0], spans[place, 1] = spans[place - 1, 0], spans[place - 1, 1]
                    place -= 1
                spans[place, 0], spans[place, 1] = low, high
                count += 1
    covered, k = 0.0, 0
    while k < count:
        start, reached = spans[k, 0], spans[k, 1]
        k += 1
        while k < count and spans[k, 0] <= reached:
            reached = max(reached, spans[k, 1])
            k += 1
        covered += reached - start
    return covered


@inner_kernel
def _boxes_near(xy: FloatArray, at: int, other: FloatArray, k: int, limit_m: float) -> bool:
    """Say whether the boxes of two segments come within the limit."""
    reach_m = limit_m * (1.0 + MARGIN) + MARGIN
    for axis in range(2):
        low_i, high_i = min(xy[at, axis], xy[at + 1, axis]), max(xy[at, axis], xy[at + 1, axis])
        low_j, high_j = min(other[k, axis], other[k + 1, axis]), max(other[k, axis], other[k + 1, axis])
        if low_i - high_j > reach_m or low_j - high_i > reach_m:
            return False
    return True


@inner_kernel
def _span(xy: FloatArray, at: int, other: FloatArray, k: int, limit_m: float) -> tuple[float, float]:
    """Return where the segment is within the limit of the other, 0 at its start and 1 at its end."""
    along_x, along_y = xy[at + 1, 0] - xy[at, 0], xy[at + 1, 1] - xy[at, 1]
    low, high = np.inf, -np.inf
    for end in range(2):
        to_x, to_y = xy[at, 0] - other[k + end, 0], xy[at, 1] - other[k + end, 1]
        enter, leave = _in_disc(to_x, to_y, along_x, along_y, limit_m)
        if enter <= leave:
            low, high = min(low, enter), max(high, leave)
    axis_x, axis_y = other[k + 1, 0] - other[k, 0], other[k + 1, 1] - other[k, 1]
    length_m = math.sqrt(axis_x * axis_x + axis_y * axis_y)
    if length_m > 0.0:
        unit_x, unit_y = axis_x / length_m, axis_y / length_m
        to_x, to_y = xy[at, 0] - other[k, 0], xy[at, 1] - other[k, 1]
        place, speed = to_x * unit_x + to_y * unit_y, along_x * unit_x + along_y * unit_y
        enter, leave = _between(place, speed, 0.0, length_m, -np.inf, np.inf)
        place, speed = unit_x * to_y - unit_y * to_x, unit_x * along_y - unit_y * along_x
        enter, leave = _between(place, speed, -limit_m, limit_m, enter, leave)
        if enter <= leave:
            low, high = min(low, enter), max(high, leave)
    return max(low, 0.0), min(high, 1.0)


@inner_kernel
def _in_disc(to_x: float, to_y: float, along_x: float, along_y: float, limit_m: float) -> tuple[float, float]:
    """Return where to + t·along is within the limit of the origin, 1 to 0 where nowhere."""
    square = along_x * along_x + along_y * along_y
    half = to_x * along_x + to_y * along_y
    away = (to_x * to_x + to_y * to_y) - limit_m * limit_m
    if square == 0.0:
        return (0.0, 1.0) if away <= 0.0 else (1.0, 0.0)
    inner = half * half - square * away
    if not inner >= 0.0:
        return 1.0, 0.0
    root = math.sqrt(inner)
    return (-half - root) / square, (-half + root) / square


@inner_kernel
def _between(
    place: float, speed: float, least: float, most: float, enter: float, leave: float
) -> tuple[float, float]:
    """Return the part of enter..leave where place + t·speed is from least to most, 1 to 0 for none."""
    if speed == 0.0:
        return (enter, leave) if least <= place <= most else (1.0, 0.0)
    one, two = (least - place) / speed, (most - place) / speed
    return max(enter, min(one, two)), min(leave, max(one, two))
