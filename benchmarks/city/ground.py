"""The ground of one district: 5 x 5 blocks of 5 x 4 lots between streets, from the district's own stream.

A district's random numbers depend on the seed and its place in the grid alone, so a district is the same in
a city of any size. Coordinates are metres in EPSG:4527, rounded to a millimetre.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import shapely

SEED = 20261123
LOTS_X, LOTS_Y = 5, 4
BLOCKS = 5
BENDS = 8
"""Most vertices between the two corners of a lot's side."""

BLOCK_X_M, BLOCK_Y_M, STREET_M = 135.0, 105.0, 15.0
DISTRICT_X_M, DISTRICT_Y_M = BLOCK_X_M * BLOCKS, BLOCK_Y_M * BLOCKS
WEST_M, SOUTH_M = 39_430_000.0, 4_400_000.0
CORNER_M, OUTER_CORNER_M, BEND_M = 2.0, 0.5, 0.3
"""How far corners of lots, those on the street, and vertices along a side stray from the grid."""


class Line(NamedTuple):
    """Vertices (…, k, 2) and which of them there are (…, k): lines of unequal length in one array."""

    points: np.ndarray
    there: np.ndarray

    def back(self) -> Line:
        """Return the line in the other direction."""
        return Line(self.points[..., ::-1, :], self.there[..., ::-1])

    def at(self, *index: object) -> Line:
        """Return the lines at an index of the leading axes."""
        return Line(self.points[index], self.there[index])


def joined(*lines: Line) -> Line:
    """Return lines end to end."""
    return Line(
        np.concatenate([one.points for one in lines], -2), np.concatenate([one.there for one in lines], -1)
    )


def corners(points: np.ndarray) -> Line:
    """Return single points as lines of one vertex."""
    return Line(points[..., None, :], np.ones((*points.shape[:-1], 1), dtype=bool))


def rings(line: Line) -> np.ndarray:
    """Return one linear ring for each line, closed; leading axes are flattened."""
    there = line.there.reshape(-1, line.there.shape[-1])
    points = line.points.reshape(-1, line.points.shape[-2], 2)[there]
    return shapely.linearrings(points, indices=np.repeat(np.arange(len(there)), there.sum(axis=1)))


@dataclass(frozen=True, kw_only=True)
class Ground:
    """One district: its number and place, its stream, and the grid of its lots.

    ``nodes`` (25, 6, 5, 2) are the corners of lots, ``across`` (25, 5, 5) and ``up`` (25, 6, 4) the vertices
    between them. ``open`` says which blocks have a court in the middle, ``lots`` (25, 5, 4) which lots exist.
    """

    number: int
    column: int
    row: int
    random: np.random.Generator
    nodes: np.ndarray
    across: Line
    up: Line
    open: np.ndarray
    lots: np.ndarray

    @property
    def origin_m(self) -> tuple[float, float]:
        """Return the district's south-west corner."""
        return WEST_M + self.column * DISTRICT_X_M, SOUTH_M + self.row * DISTRICT_Y_M

    @property
    def block_origins_m(self) -> np.ndarray:
        """Return the crossing at the south-west of each block, shape (25, 2)."""
        steps = np.stack(np.meshgrid(np.arange(BLOCKS), np.arange(BLOCKS), indexing="ij"), -1).reshape(-1, 2)
        return np.array(self.origin_m) + steps * (BLOCK_X_M, BLOCK_Y_M)

    def outline(self, west: int, east: int, south: int, north: int) -> Line:
        """Return the border of a rectangle of lots in every block."""
        nodes, across, up = self.nodes, self.across, self.up
        sides = [
            part
            for i in range(west, east)
            for part in (corners(nodes[:, i, south]), across.at(slice(None), i, south))
        ]
        sides += [
            part
            for j in range(south, north)
            for part in (corners(nodes[:, east, j]), up.at(slice(None), east, j))
        ]
        for i in range(east, west, -1):
            sides += [corners(nodes[:, i, north]), across.at(slice(None), i - 1, north).back()]
        for j in range(north, south, -1):
            sides += [corners(nodes[:, west, j]), up.at(slice(None), west, j - 1).back()]
        return joined(*sides)

    def lot_outlines(self) -> Line:
        """Return the border of every lot, shape (25, 5, 4)."""
        nodes, across, up = self.nodes, self.across, self.up
        every = slice(None)
        return joined(
            corners(nodes[:, :-1, :-1]), across.at(every, every, slice(None, -1)),
            corners(nodes[:, 1:, :-1]), up.at(every, slice(1, None)),
            corners(nodes[:, 1:, 1:]), across.at(every, every, slice(1, None)).back(),
            corners(nodes[:, :-1, 1:]), up.at(every, slice(None, -1)).back(),
        )  # fmt: skip


def ground(number: int, column: int, row: int) -> Ground:
    """Lay out one district."""
    random = np.random.Generator(np.random.Philox(key=[SEED, row * 10_007 + column]))
    steps = np.stack(np.meshgrid(np.arange(BLOCKS), np.arange(BLOCKS), indexing="ij"), -1).reshape(-1, 2)
    west = WEST_M + column * DISTRICT_X_M + steps[:, 0] * BLOCK_X_M + STREET_M / 2
    south = SOUTH_M + row * DISTRICT_Y_M + steps[:, 1] * BLOCK_Y_M + STREET_M / 2
    nodes = np.empty((BLOCKS**2, LOTS_X + 1, LOTS_Y + 1, 2))
    nodes[..., 0] = west[:, None, None] + np.linspace(0, BLOCK_X_M - STREET_M, LOTS_X + 1)[None, :, None]
    nodes[..., 1] = south[:, None, None] + np.linspace(0, BLOCK_Y_M - STREET_M, LOTS_Y + 1)[None, None, :]
    on_street = np.zeros(nodes.shape[1:3], dtype=bool)
    on_street[[0, -1]] = on_street[:, [0, -1]] = True
    strays = (
        random.uniform(-1, 1, nodes.shape) * np.where(on_street, OUTER_CORNER_M, CORNER_M)[None, ..., None]
    )
    nodes = np.round(nodes + strays, 3)
    across = _bends(nodes[:, :-1], nodes[:, 1:], random)
    up = _bends(nodes[:, :, :-1], nodes[:, :, 1:], random)
    court = random.random(BLOCKS**2) < 0.1
    lots = np.ones((BLOCKS**2, LOTS_X, LOTS_Y), dtype=bool)
    lots[court] = False
    lots[court, 1 : LOTS_X - 1, 1 : LOTS_Y - 1] = True
    return Ground(
        number=number, column=column, row=row, random=random,
        nodes=nodes, across=across, up=up, open=court, lots=lots,
    )  # fmt: skip


def _bends(start: np.ndarray, stop: np.ndarray, random: np.random.Generator) -> Line:
    """Return one to BENDS vertices on each side between two corners."""
    count = random.integers(1, BENDS + 1, start.shape[:-1])
    place = np.arange(1, BENDS + 1)
    there = place <= count[..., None]
    along = (place / (count[..., None] + 1))[..., None]
    way = stop - start
    normal = np.stack([-way[..., 1], way[..., 0]], -1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    aside = random.uniform(-BEND_M, BEND_M, there.shape)[..., None] * normal[..., None, :]
    return Line(np.round(start[..., None, :] + along * way[..., None, :] + aside, 3), there)
