"""Buildings on their lots, pipes and manholes under the streets, roads of two departments."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from city.ground import BLOCK_X_M, BLOCK_Y_M, BLOCKS, DISTRICT_X_M, DISTRICT_Y_M, Ground

MEDIA = {
    "water": (-5.0, 1.2, 200), "sewage": (-1.5, 3.0, 400), "gas": (2.0, 1.6, 160), "storm": (5.5, 2.3, 400),
}  # fmt: skip
"""Medium: metres beside the middle of the street, cover in metres, diameter in millimetres."""

DEEPER_M = 0.45
"""Pipes that run north lie this much deeper, so that they pass below the others."""

PIPE_VERTICES = 7
RED_LINE_M = 12.0


def buildings(ground: Ground) -> pd.DataFrame:
    """Return a building on four lots of five: rectangles and angles, a little turned."""
    random, nodes = ground.random, ground.nodes
    chosen = ground.lots & (random.random(ground.lots.shape) < 0.8)
    centre = (nodes[:, :-1, :-1] + nodes[:, 1:, :-1] + nodes[:, 1:, 1:] + nodes[:, :-1, 1:])[chosen] / 4
    count = len(centre)
    half_x, half_y = random.uniform(5.5, 8.5, count), random.uniform(5.0, 7.5, count)
    turn, cut = random.uniform(-0.1, 0.1, count), random.uniform(0.3, 0.7, count)
    cut = np.where(random.random(count) < 0.4, cut, 1.0)  # 1: nothing cut away, a rectangle
    x = np.stack([-half_x, half_x, half_x, half_x * cut, half_x * cut, -half_x], 1)
    y = np.stack([-half_y, -half_y, half_y * cut, half_y * cut, half_y, half_y], 1)
    turned_x = x * np.cos(turn)[:, None] - y * np.sin(turn)[:, None]
    turned_y = x * np.sin(turn)[:, None] + y * np.cos(turn)[:, None]
    corners = np.round(centre[:, None] + np.stack([turned_x, turned_y], -1), 3)
    shapes = shapely.normalize(shapely.remove_repeated_points(shapely.polygons(corners)))
    floors = random.integers(1, 7, count)
    lot_number = np.cumsum(ground.lots.ravel()).reshape(ground.lots.shape)[chosen] - 1
    return pd.DataFrame(
        {
            "JZBH": [f"JZ{ground.number:06d}{number:03d}" for number in range(count)],
            "JZGD": np.round(floors * 3.0, 1),
            "DSCS": floors,
            "JZMJ": np.round(shapely.area(shapes) * floors, 1),
            "ZDDM": [f"370306{ground.number:06d}GB{number:05d}" for number in lot_number],
            "geometry": shapes,
        }
    )


def pipes(ground: Ground) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return four media along both streets of each block, and a manhole at every end but a few."""
    random = ground.random
    origin = ground.block_origins_m
    along = np.linspace(0.0, 1.0, PIPE_VERTICES)
    beside, cover, diameter = (np.array(column) for column in zip(*MEDIA.values(), strict=True))
    shape = (len(origin), len(MEDIA), PIPE_VERTICES)
    wander = random.uniform(-0.15, 0.15, (2, *shape))
    wander[..., [0, -1]] = 0.0
    points = np.empty((2, *shape, 2))
    points[0, ..., 0] = origin[:, 0, None, None] + along * BLOCK_X_M
    points[0, ..., 1] = origin[:, 1, None, None] + beside[:, None] + wander[0]
    points[1, ..., 0] = origin[:, 0, None, None] + beside[:, None] + wander[1]
    points[1, ..., 1] = origin[:, 1, None, None] + along * BLOCK_Y_M
    lines = shapely.linestrings(np.round(points, 3).reshape(-1, PIPE_VERTICES, 2))
    depth_m = (cover + np.array([[[0.0]], [[DEEPER_M]]]) + np.zeros(shape[:2])).ravel()
    ends_m = np.round(depth_m[:, None] + random.uniform(-0.12, 0.12, (len(lines), 2)), 2)
    table = pd.DataFrame(
        {
            "GXBH": [f"GX{ground.number:06d}{number:03d}" for number in range(len(lines))],
            "GXLX": np.tile(list(MEDIA), 2 * len(origin)),
            "GJ": np.tile(diameter, 2 * len(origin)),
            "YL": np.tile(["", "", "低压", ""], 2 * len(origin)),
            "QDMS": ends_m[:, 0],
            "ZDMS": ends_m[:, 1],
            "QSDW": "市政公司",
            "geometry": lines,
        }
    )
    ends = _manholes(lines)
    ends = ends[random.random(len(ends)) >= 0.002]
    ids = [f"GD{ground.number:06d}{number:03d}" for number in range(len(ends))]
    return table, pd.DataFrame({"GDBH": ids, "geometry": ends})


def _manholes(lines: np.ndarray) -> np.ndarray:
    """Return a point where each pipe starts, and where the last of a street ends."""
    starts, stops = (shapely.get_coordinates(shapely.get_point(lines, place)) for place in (0, -1))
    last = ~np.isin(stops.view(complex), starts.view(complex)).ravel()
    return shapely.points(np.concatenate([starts, stops[last]]))


def roads(ground: Ground) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the centre lines of a district's streets, and the plan's edition of them."""
    random = ground.random
    west, south = ground.origin_m
    lines = []
    for number in range(BLOCKS):
        y, x = south + number * BLOCK_Y_M, west + number * BLOCK_X_M
        lines += [[(west, y), (west + DISTRICT_X_M, y)], [(x, south), (x, south + DISTRICT_Y_M)]]
    points = np.array(lines)
    table = pd.DataFrame(
        {
            "DLBH": [f"DL{ground.number:06d}{number:02d}" for number in range(len(points))],
            "LM": [f"第{ground.number}街坊{number}号路" for number in range(len(points))],
            "HXKD": np.where(random.random(len(points)) < 0.02, 18.0, RED_LINE_M),
            "geometry": shapely.linestrings(points),
        }
    )
    moved = (random.random(len(points)) < 0.03)[:, None, None] * random.uniform(1.0, 3.0, (len(points), 1, 2))
    wider = np.where(random.random(len(points)) < 0.02, 14.0, RED_LINE_M)
    return table, table.assign(HXKD=wider, geometry=shapely.linestrings(np.round(points + moved, 3)))
