"""The street grid, bent like a grown town, the blocks between the streets, and the river."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from shapely import LineString, Polygon

from sample_district.base import ORIGIN_M

if TYPE_CHECKING:
    from numpy.typing import NDArray

# kinds of the columns of blocks, west to east, and their widths between street centre lines
COLUMNS = ("hill", "farm", "town", "old", "old", "river", "new", "new", "park", "park", "farm")
COLUMN_WIDTHS_M = (330.0, 270.0, 165.0, 152.0, 156.0, 150.0, 178.0, 184.0, 236.0, 228.0, 300.0)
ROW_HEIGHTS_M = (250.0, 158.0, 150.0, 162.0, 154.0, 166.0, 158.0, 260.0)
RIVER_COLUMN = COLUMNS.index("river")
URBAN_COLUMNS = range(2, 10)
URBAN_ROWS = range(1, 7)

# red-line widths of the streets; the outermost lines are the edge of the district, not streets
VERTICAL_WIDTHS_M = (0.0, 16.0, 24.0, 20.0, 18.0, 20.0, 22.0, 30.0, 36.0, 24.0, 24.0, 0.0)
HORIZONTAL_WIDTHS_M = (0.0, 24.0, 20.0, 24.0, 36.0, 22.0, 24.0, 20.0, 0.0)

VERTICAL_NAMES = (
    "", "柳泉路", "云锦路", "青砖巷", "文昌街", "河西路", "河东路",
    "织云路", "迎宾大道", "创新路", "东环路", "",
)  # fmt: skip
HORIZONTAL_NAMES = ("", "南环路", "丝绸街", "状元街", "长安大街", "桑园路", "学府路", "北环路", "")

RIVER_STRIPS = (
    (0.0, 0.2, "park"),
    (0.2, 0.34, "flood"),
    (0.34, 0.66, "water"),
    (0.66, 0.8, "flood"),
    (0.8, 1.0, "park"),
)
TURN_RAD = math.radians(7.0)
GRAIN_M = 0.001
"""Every base coordinate is a whole number of millimetres, so that one place has one pair of numbers."""


@dataclass(frozen=True)
class Block:
    """A quadrilateral between four streets; ``at(s, t)`` runs west to east and south to north, 0 to 1."""

    row: int
    column: int
    corners: tuple[NDArray[np.float64], ...]  # south-west, south-east, north-east, north-west

    def at(self, s: float, t: float) -> tuple[float, float]:
        """Return the place at shares ``s`` and ``t`` of the block."""
        sw, se, ne, nw = self.corners
        place = (1 - s) * (1 - t) * sw + s * (1 - t) * se + s * t * ne + (1 - s) * t * nw
        return grained(place)

    def piece(self, s0: float, s1: float, t0: float, t1: float) -> Polygon:
        """Return the part of the block between these shares."""
        return Polygon([self.at(s0, t0), self.at(s1, t0), self.at(s1, t1), self.at(s0, t1)])

    @property
    def kind(self) -> str:
        """Return what the block is made of; the outer rows are fields but for the hills."""
        inner = self.row in URBAN_ROWS or self.column in {0, RIVER_COLUMN}
        return COLUMNS[self.column] if inner else "farm"


@dataclass(frozen=True)
class Ground:
    """Nodes of the street grid, shape (rows + 1, columns + 1, 2), and the blocks by row and column."""

    nodes: NDArray[np.float64]
    blocks: dict[tuple[int, int], Block]

    def vertical(self, column: int) -> LineString:
        """Return the centre line of a north-south street."""
        return LineString([grained(node) for node in self.nodes[:, column]])

    def horizontal(self, row: int) -> LineString:
        """Return the centre line of an east-west street."""
        return LineString([grained(node) for node in self.nodes[row]])

    def outline(self, rows: range, columns: range) -> Polygon:
        """Return the area of these rows and columns of blocks, out to the street centre lines."""
        south, north, west, east = rows.start, rows.stop, columns.start, columns.stop
        ring = [self.nodes[south, j] for j in range(west, east)]
        ring += [self.nodes[i, east] for i in range(south, north)]
        ring += [self.nodes[north, j] for j in range(east, west, -1)]
        ring += [self.nodes[i, west] for i in range(north, south, -1)]
        return Polygon([grained(node) for node in ring])


def grained(place: NDArray[np.float64]) -> tuple[float, float]:
    """Return a place rounded to whole millimetres."""
    return round(float(place[0]), 3), round(float(place[1]), 3)


def lay_ground(rng: np.random.Generator) -> Ground:
    """Lay the streets and blocks."""
    x = np.concatenate([[0.0], np.cumsum(COLUMN_WIDTHS_M)])
    y = np.concatenate([[0.0], np.cumsum(ROW_HEIGHTS_M)])
    grid_x, grid_y = np.meshgrid(x, y)
    bend = 26.0 * np.sin(grid_y / 310.0 + 0.4)
    meander = 30.0 * np.sin(grid_y / 190.0) * np.exp(-(((grid_x - 1150.0) / 190.0) ** 2))
    nodes = np.stack([grid_x + bend + meander, grid_y + 20.0 * np.sin(grid_x / 420.0)], axis=-1)
    nodes += rng.uniform(-5.0, 5.0, nodes.shape)
    turn = np.array([[math.cos(TURN_RAD), math.sin(TURN_RAD)], [-math.sin(TURN_RAD), math.cos(TURN_RAD)]])
    nodes = nodes @ turn + np.array(ORIGIN_M)
    shape = (len(ROW_HEIGHTS_M), len(COLUMNS))
    blocks = {(i, j): _block(nodes, i, j) for i in range(shape[0]) for j in range(shape[1])}
    return Ground(nodes, blocks)


def road_areas(ground: Ground) -> dict[str, Polygon]:
    """Return the street areas between the blocks, by id; they share the blocks' corners."""
    rows, columns = len(ROW_HEIGHTS_M), len(COLUMNS)
    areas = {}
    for j in range(1, columns):
        west = [ground.blocks[i, j - 1].at(1, t) for i in range(rows) for t in (0, 1)]
        east = [ground.blocks[i, j].at(0, t) for i in range(rows) for t in (0, 1)]
        areas[f"V{j:02d}"] = Polygon([*east, *reversed(west)])
    for i in range(1, rows):
        for j in range(columns):
            for k, (s0, s1) in enumerate(_crossing_parts(j)):
                below, above = ground.blocks[i - 1, j], ground.blocks[i, j]
                ring = [below.at(s0, 1), below.at(s1, 1), above.at(s1, 0), above.at(s0, 0)]
                areas[f"H{i:02d}{j:02d}{k}"] = Polygon(ring)
    return areas


def river_strip(ground: Ground, s0: float, s1: float, rows: range = range(len(ROW_HEIGHTS_M))) -> Polygon:
    """Return a strip along the river, bridges not cut out; it ends where the next row of blocks begins."""
    last = len(ROW_HEIGHTS_M) - 1
    ends = [(i, t) for i in rows for t in (0, 1)] + ([(rows.stop, 0)] if rows.stop <= last else [])
    west = [ground.blocks[i, RIVER_COLUMN].at(s0, t) for i, t in ends]
    east = [ground.blocks[i, RIVER_COLUMN].at(s1, t) for i, t in ends]
    return Polygon([*east, *reversed(west)])


def _crossing_parts(column: int) -> list[tuple[float, float]]:
    if column != RIVER_COLUMN:
        return [(0.0, 1.0)]
    return [(s0, s1) for s0, s1, kind in RIVER_STRIPS if kind == "park"]


def _block(nodes: NDArray[np.float64], i: int, j: int) -> Block:
    """Return the block inside four nodes, set back by half the width of each street."""
    ring = [nodes[i, j], nodes[i, j + 1], nodes[i + 1, j + 1], nodes[i + 1, j]]
    back = [
        HORIZONTAL_WIDTHS_M[i],
        VERTICAL_WIDTHS_M[j + 1],
        HORIZONTAL_WIDTHS_M[i + 1],
        VERTICAL_WIDTHS_M[j],
    ]
    sides = [offset_side(ring[k], ring[(k + 1) % 4], back[k] / 2) for k in range(4)]
    corners = [np.array(grained(cross(sides[k - 1], sides[k]))) for k in range(4)]
    return Block(i, j, tuple(corners))


Side = tuple["NDArray[np.float64]", "NDArray[np.float64]"]


def offset_side(start: NDArray[np.float64], end: NDArray[np.float64], left_m: float) -> Side:
    """Return a side moved to its left: a point and a direction of length 1."""
    along = (end - start) / np.hypot(*(end - start))
    return start + left_m * np.array([-along[1], along[0]]), along


def cross(first: Side, second: Side) -> NDArray[np.float64]:
    """Return where two sides meet."""
    (p, u), (q, v) = first, second
    share = ((q - p)[0] * v[1] - (q - p)[1] * v[0]) / (u[0] * v[1] - u[1] * v[0])
    return p + share * u
