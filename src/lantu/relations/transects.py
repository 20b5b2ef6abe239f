"""Transects: what lies across a line, seen from the middle of every metre of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from lantu.relations.segments import segments_of

if TYPE_CHECKING:
    from lantu.model import BoolArray, FloatArray, IntArray, Layer, ObjectArray

STATION_M = 1.0
"""Stations stand no further apart than this along a line."""

RIVAL_DEG = 45.0
"""Lines that run the same way within this may be meant too: ramps, service roads."""


@dataclass(frozen=True)
class Stations:
    """Points along lines: the middles of equal cells of at most STATION_M, with the direction of the cell.

    ``owner`` is the position of the line, ``part`` of its part among the parts of all; ``point`` and
    ``along`` (unit vector) have shape (n, 2), ``cell_m`` is the length of the cell, ``place_m`` where the
    station stands along its part.
    """

    owner: IntArray
    part: IntArray
    point: FloatArray
    along: FloatArray
    cell_m: FloatArray
    place_m: FloatArray
    parts: ObjectArray

    def __len__(self) -> int:
        """Return the number of stations."""
        return len(self.owner)


@dataclass(frozen=True)
class Hits:
    """Lines that transects meet: the station, the row in the line's layer, and where on the transect.

    ``offset_m`` is left of the station's direction, ``angle_deg`` between the two lines (0..90). ``named``
    is 1 where both bear one name, -1 where they bear two, else 0.
    """

    station: IntArray
    row: IntArray
    offset_m: FloatArray
    angle_deg: FloatArray
    named: IntArray

    def take(self, chosen: BoolArray | IntArray) -> Hits:
        """Return the chosen hits."""
        return Hits(
            self.station[chosen], self.row[chosen], self.offset_m[chosen], self.angle_deg[chosen],
            self.named[chosen],
        )  # fmt: skip


def stations_of(lines: ObjectArray) -> Stations:
    """Return the stations of lines, in the order of the lines and along each."""
    parts, owner = shapely.get_parts(lines, return_index=True)
    columns: list[tuple[FloatArray, FloatArray, FloatArray]] = []
    for part in parts:
        corners = shapely.get_coordinates(part)
        to_m = np.r_[0.0, np.cumsum(np.hypot(*np.diff(corners, axis=0).T))]
        cells = max(int(np.ceil(to_m[-1] / STATION_M - 1e-9)), 1)
        at_m = np.linspace(0.0, to_m[-1], 2 * cells + 1)
        points = np.column_stack([np.interp(at_m, to_m, corners[:, axis]) for axis in (0, 1)])
        columns.append((points[1::2], points[2::2] - points[:-2:2], at_m[1::2]))
    size = np.array([len(place) for _, _, place in columns], dtype=np.int64)
    length_m = shapely.length(parts)
    chord = np.concatenate([np.empty((0, 2)), *(one[1] for one in columns)])
    with np.errstate(divide="ignore", invalid="ignore"):
        along = chord / np.hypot(chord[:, 0], chord[:, 1])[:, None]
    return Stations(
        owner=np.repeat(owner, size).astype(np.int64),
        part=np.repeat(np.arange(len(parts)), size),
        point=np.concatenate([np.empty((0, 2)), *(one[0] for one in columns)]),
        along=along,
        cell_m=np.repeat(length_m / np.maximum(size, 1), size),
        place_m=np.concatenate([np.empty(0), *(one[2] for one in columns)]),
        parts=parts,
    )


@dataclass(frozen=True)
class Transects:
    """The lines across stations, ``reach_m`` to either side, and what each station's line is called.

    ``left`` are the unit vectors to the left of the stations' direction, shape (n, 2); where a station has no
    direction its line is None.
    """

    stations: Stations
    left: FloatArray
    lines: ObjectArray
    names: ObjectArray
    reach_m: float


def transects_of(stations: Stations, names: ObjectArray, *, reach_m: float) -> Transects:
    """Return the transects of stations, ``names`` being those of the stations' lines, "" for none."""
    left = np.column_stack([-stations.along[:, 1], stations.along[:, 0]])
    ends = np.stack([stations.point - reach_m * left, stations.point + reach_m * left], axis=1)
    straight = np.isfinite(left).all(axis=1)
    lines = np.full(len(stations), None, dtype=object)
    lines[straight] = shapely.linestrings(ends[straight])
    return Transects(stations, left, lines, names, reach_m)


def hits_of(transects: Transects, layer: Layer, names: ObjectArray, rows: IntArray) -> Hits:
    """Return what the transects meet among some lines of a layer, if it runs the same way at all.

    Boxes find the candidates. Whether a segment is met is a question of signs: of two segments that share a
    corner on the transect one always is.
    """
    segments = segments_of(layer.geometry[rows])
    tree = shapely.STRtree(shapely.linestrings(np.stack([segments.start, segments.stop], axis=1)))
    station, segment = tree.query(transects.lines)
    point, left = transects.stations.point[station], transects.left[station]
    direction = transects.stations.along[station]
    start, stop = segments.start[segment] - point, segments.stop[segment] - point
    course = stop - start
    ahead, aside = np.abs(_dot(direction, course)), np.abs(_dot(left, course))
    with np.errstate(divide="ignore", invalid="ignore"):
        offset_m = _cross(start, course) / _cross(left, course)
        met = (_dot(start, direction) * _dot(stop, direction) <= 0.0) & (
            np.abs(offset_m) <= transects.reach_m
        )
    met &= aside <= np.tan(np.radians(RIVAL_DEG)) * ahead
    station, row = station[met], rows[segments.owner[segment[met]]]
    one, two = transects.names[station], names[row]
    named = np.where((one == "") | (two == ""), 0, np.where(one == two, 1, -1))
    return Hits(station, row, offset_m[met], np.degrees(np.arctan2(aside[met], ahead[met])), named)


def _dot(a: FloatArray, b: FloatArray) -> FloatArray:
    """Return the scalar products of vectors, both of shape (n, 2)."""
    product: FloatArray = a[:, 0] * b[:, 0] + a[:, 1] * b[:, 1]
    return product


def _cross(a: FloatArray, b: FloatArray) -> FloatArray:
    """Return how far b turns left of a, times both lengths; both of shape (n, 2)."""
    product: FloatArray = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
    return product
