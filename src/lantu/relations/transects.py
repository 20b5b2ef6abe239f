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


def hits_of(
    stations: Stations, own: ObjectArray, layer: Layer, names: ObjectArray, rows: IntArray, reach_m: float
) -> Hits:
    """Return what the transects meet among some lines of a layer, if it runs the same way at all."""
    segments = segments_of(layer.geometry[rows])
    long = (segments.start != segments.stop).any(axis=1)
    segments = segments.take(np.flatnonzero(long))
    straight = np.flatnonzero(np.isfinite(stations.along).all(axis=1))
    across = np.column_stack([-stations.along[:, 1], stations.along[:, 0]])
    point = stations.point
    ends = np.stack([point - reach_m * across, point + reach_m * across], axis=1)[straight]
    tree = shapely.STRtree(shapely.linestrings(np.stack([segments.start, segments.stop], axis=1)))
    at, segment = tree.query(shapely.linestrings(ends), predicate="intersects")
    station, row = straight[at], rows[segments.owner[segment]]
    start, along = segments.start[segment], (segments.stop - segments.start)[segment]
    normal, direction = across[station], stations.along[station]
    to = start - point[station]
    turn = normal[:, 0] * along[:, 1] - normal[:, 1] * along[:, 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        offset_m = (to[:, 0] * along[:, 1] - to[:, 1] * along[:, 0]) / turn
    beside = np.abs((normal * along).sum(axis=1))
    angle_deg = np.degrees(np.arctan2(beside, np.abs((direction * along).sum(axis=1))))
    one, two = own[station], names[row]
    named = np.where((one == "") | (two == ""), 0, np.where(one == two, 1, -1))
    hits = Hits(station, row, offset_m, angle_deg, named)
    return hits.take(angle_deg <= RIVAL_DEG)
