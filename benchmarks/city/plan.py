"""The plan: plots that follow the blocks, sides exact or some metres off, and control lines."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import shapely

from city.ground import DISTRICT_X_M, DISTRICT_Y_M, LOTS_X, LOTS_Y, Ground, Line, corners, joined, rings
from city.land import PLOT_CODES, STREET_USE

SNAPPED = 0.4
"""Share of a plot's sides that follow the parcels vertex by vertex; the others lie 0.1 to 3 m off."""

CLEAR_M = 4.0
"""No vertex of a side stands nearer to where a plot line meets it."""

CONTROL = {
    "permanent_basic_farmland": 0.1, "ecological_redline": 0.1, "green": 0.2, "blue_water": 0.1,
    "yellow_infrastructure": 0.1,
}  # fmt: skip
"""Control lines, and the share of districts that have one."""


def plots(ground: Ground, uses: np.ndarray, split: np.ndarray) -> pd.DataFrame:
    """Return one or two plots a block, and one for the streets with 25 holes."""
    random = ground.random
    count = len(ground.nodes)
    snapped = random.random((count, 4)) < SNAPPED
    off = np.where(
        snapped, 0.0, random.uniform(0.1, 3.0, (count, 4)) * random.choice([-1.0, 1.0], (count, 4))
    )
    middle_off = random.uniform(0.1, 3.0, count) * random.choice([-1.0, 1.0], count)
    whole = _plot(ground, snapped, off, np.full(count, -1), np.full(count, LOTS_X + 1), middle_off)
    west = _plot(ground, snapped, off, np.full(count, -1), split, middle_off)
    east = _plot(ground, snapped, off, split, np.full(count, LOTS_X + 1), middle_off)
    halved = split > 0
    outlines = rings(whole)
    shapes = [*shapely.polygons(outlines[~halved]), *shapely.polygons(rings(west)[halved])]
    shapes += [*shapely.polygons(rings(east)[halved])]
    x, y = ground.origin_m
    shapes.append(shapely.polygons(shapely.box(x, y, x + DISTRICT_X_M, y + DISTRICT_Y_M).exterior, outlines))
    geometry = np.array(shapes, dtype=object)
    use = np.concatenate([uses[~halved, 0], uses[halved, 0], uses[halved, 1], [STREET_USE]])
    low = random.random(len(geometry)) < 0.02
    street = use == STREET_USE
    return pd.DataFrame(
        {
            "DKBH": [f"DK{ground.number:06d}-{number:02d}" for number in range(len(geometry))],
            "YDYHFLDM": PLOT_CODES[use],
            "YDMJ": np.round(shapely.area(geometry) / 1e4, 4),
            "RJLSX": np.where(street, np.nan, np.where(low, 0.8, 3.0)),
            "JZGDSX": np.where(street, np.nan, np.where(low, 10.0, 36.0)),
            "JZMDSX": np.where(street, np.nan, np.where(low, 0.25, 0.6)),
            "SXRQ": dt.date(2024, 1, 1),
            "YXQZ": np.where(random.random(len(geometry)) < 0.01, dt.date(2025, 1, 1), dt.date(2035, 12, 31)),
            "geometry": geometry,
        }
    )


def _plot(
    ground: Ground,
    snapped: np.ndarray,
    off: np.ndarray,
    first: np.ndarray,
    last: np.ndarray,
    middle_off: np.ndarray,
) -> Line:
    """Return plots between two columns of nodes; -1 and LOTS_X + 1 stand for the ends of the block.

    ``off`` are the offsets of the south, east, north and west sides, outwards. A line within a block lies
    ``middle_off`` beside its column.
    """
    nodes = ground.nodes.copy()
    nodes[:, 0, :, 0] -= off[:, 3, None]
    nodes[:, -1, :, 0] += off[:, 1, None]
    nodes[:, :, 0, 1] -= off[:, 0, None]
    nodes[:, :, -1, 1] += off[:, 2, None]
    block = np.arange(len(nodes))
    inner = [np.clip(column, 0, LOTS_X) for column in (first, last)]
    for column, is_inner in zip(inner, (first >= 0, last <= LOTS_X), strict=True):
        nodes[block[is_inner], column[is_inner], :, 0] += middle_off[is_inner, None]
    lines = [nodes[block, column] for column in inner]  # (25, 5, 2) the western and the eastern side
    southern, northern = (
        _street_side(ground, nodes, snapped[:, side], lines, inner, j) for side, j in ((0, 0), (2, -1))
    )
    western = _upright(ground, lines[0], snapped[:, 3] & (first < 0), 0)
    eastern = _upright(ground, lines[1], snapped[:, 1] & (last > LOTS_X), LOTS_X)
    ends = [
        corners(lines[0][:, 0]),
        corners(lines[1][:, 0]),
        corners(lines[1][:, -1]),
        corners(lines[0][:, -1]),
    ]
    return joined(ends[0], southern, ends[1], eastern, ends[2], northern.back(), ends[3], western.back())


def _street_side(
    ground: Ground,
    nodes: np.ndarray,
    snapped: np.ndarray,
    lines: list[np.ndarray],
    inner: list[np.ndarray],
    j: int,
) -> Line:
    """Return the vertices of a side along the street between the two ends of a plot, without the ends."""
    parts = []
    for i in range(LOTS_X + 1):
        between = (i > inner[0]) & (i < inner[1])
        parts.append(Line(nodes[:, i, j][:, None], between[:, None]))
        if i < LOTS_X:
            bends = ground.across.at(slice(None), i, j)
            parts.append(Line(bends.points, bends.there & snapped[:, None]))
    side = joined(*parts)
    clear_west = side.points[..., 0] > lines[0][:, j, None, 0] + CLEAR_M * (inner[0] > 0)[:, None]
    clear_east = side.points[..., 0] < lines[1][:, j, None, 0] - CLEAR_M * (inner[1] < LOTS_X)[:, None]
    return Line(side.points, side.there & clear_west & clear_east)


def _upright(ground: Ground, line: np.ndarray, snapped: np.ndarray, i: int) -> Line:
    """Return the vertices of a western or eastern side, northwards, without its ends."""
    parts = []
    for j in range(LOTS_Y):
        if j:
            parts.append(corners(line[:, j]))
        bends = ground.up.at(slice(None), i, j)
        parts.append(Line(bends.points, bends.there & snapped[:, None]))
    return joined(*parts)


def control_lines(ground: Ground, protected: np.ndarray) -> pd.DataFrame:
    """Return the urban boundary of the district, patches of other lines, and the monuments' purple lines."""
    random = ground.random
    west, south = ground.origin_m
    cut_m = np.where(random.random() < 0.05, 30.0, 0.0)
    kinds, shapes = (
        ["urban_boundary"],
        [shapely.box(west + cut_m, south, west + DISTRICT_X_M, south + DISTRICT_Y_M)],
    )
    for kind, share in CONTROL.items():
        chance, x, y = random.random(), *(random.random(2) * (DISTRICT_X_M - 60, DISTRICT_Y_M - 40))
        if chance < share:
            kinds.append(kind)
            shapes.append(shapely.box(*np.round([west + x, south + y, west + x + 60, south + y + 40], 3)))
    kinds += ["heritage_purple"] * len(protected)
    shapes += list(protected)
    ids = [f"KZX{ground.number:06d}{number:02d}" for number in range(len(kinds))]
    return pd.DataFrame({"KZXBH": ids, "KZXLX": kinds, "geometry": np.array(shapes, dtype=object)})
