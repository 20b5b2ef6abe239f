"""The land registry's parcels, the housing department's copy of them, and the land survey."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from city.ground import BENDS, LOTS_X, LOTS_Y, Ground, Line, rings

PARCEL_CODES = np.array(["0701", "0501", "0601", "0803", "0810", "1004"])
SURVEY_CODES = np.array(["0701", "05H1", "0601", "08H2", "0810", "1004"])
PLOT_CODES = np.array(["0701", "0901", "1001", "0804", "1401", "1207"])
"""One class in three code lists: homes, shops, industry, public services, park, street."""

STREET_USE = 5
USES = 5
DEVIATES, NUDGED, BOW_TIED, MOVED, AREA_WRONG = 0.03, 0.001, 0.0002, 0.03, 0.01
"""Shares of parcels: use not as planned, a corner nudged, crossing itself, moved in the copy, area wrong."""

NOISE_M = 0.01
"""How far vertices of the copy differ at most where nothing was changed."""


def block_uses(ground: Ground) -> tuple[np.ndarray, np.ndarray]:
    """Return the planned use on both sides of each block, shape (25, 2), and where it is split (0: not)."""
    uses = ground.random.choice(USES, (len(ground.nodes), 2), p=[0.6, 0.15, 0.1, 0.1, 0.05])
    split = np.where(
        ground.random.random(len(ground.nodes)) < 0.5, ground.random.integers(2, 4, len(ground.nodes)), 0
    )
    return uses, split


def parcels(ground: Ground, uses: np.ndarray, split: np.ndarray) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the registry's parcels, a coverage with a few faults, and the copy of them."""
    random = ground.random
    every = ground.lot_outlines()
    lots = Line(every.points[ground.lots], every.there[ground.lots])
    count = len(lots.points)
    ids = [f"370306{ground.number:06d}GB{number:05d}" for number in range(count + int(ground.open.sum()) + 1)]
    block, column, _ = np.nonzero(ground.lots)
    use = uses[block, ((split[block] > 0) & (column >= split[block])).astype(int)]
    use = np.where(random.random(count) < DEVIATES, random.integers(0, USES, count), use)
    copy = _copy(lots, random)
    lot_shapes = shapely.polygons(rings(_spoilt(lots, random)))
    blocks = rings(ground.outline(0, LOTS_X, 0, LOTS_Y))
    courts = rings(ground.outline(1, LOTS_X - 1, 1, LOTS_Y - 1).at(ground.open)) if ground.open.any() else []
    open_shapes = [
        shapely.polygons(shell, [hole]) for shell, hole in zip(blocks[ground.open], courts, strict=True)
    ]
    west, south = ground.origin_m
    edge = shapely.box(west, south, west + 675.0, south + 525.0).exterior
    shapes = np.array([*lot_shapes, *open_shapes, shapely.polygons(edge, blocks)], dtype=object)
    whole_use = np.concatenate([use, uses[ground.open, 0], [STREET_USE]])
    area_m2 = shapely.area(shapes)
    wrong = random.random(len(shapes)) < AREA_WRONG
    table = pd.DataFrame(
        {
            "ZDDM": ids,
            "DLBM": PARCEL_CODES[whole_use],
            "ZDMJ": np.round(area_m2 * np.where(wrong, 1.08, 1.0), 2),
            "RJL": np.round(random.choice([1.0, 1.5, 2.0, 2.5], len(shapes)), 1),
            "JZXG": random.choice([18.0, 24.0, 36.0], len(shapes)),
            "QLR": [f"权利人{ground.number:05d}-{number:03d}" for number in range(len(shapes))],
            "ZL": f"第{ground.number}街坊",
            "geometry": shapes,
        }
    )
    lots_only = table.iloc[:count]
    second = lots_only[["ZDDM", "ZDMJ", "RJL", "JZXG"]].assign(geometry=shapely.polygons(rings(copy)))
    return table, second


def _spoilt(lots: Line, random: np.random.Generator) -> Line:
    """Return lots of which some have a corner that the neighbours lack, and some cross themselves."""
    points = lots.points.copy()
    fate = random.random(len(points))
    nudged = np.flatnonzero(fate < NUDGED)
    crossed = np.flatnonzero((fate >= NUDGED) & (fate < NUDGED + BOW_TIED))
    points[nudged, 0] += np.round(random.uniform(-0.6, 0.6, (len(nudged), 2)), 3)
    second = 1 + BENDS
    points[crossed, 0], points[crossed, second] = points[crossed, second].copy(), points[crossed, 0].copy()
    return Line(points, lots.there)


def _copy(lots: Line, random: np.random.Generator) -> Line:
    """Return the second edition: digitising noise everywhere, a corner moved in some."""
    points = lots.points + random.uniform(-NOISE_M, NOISE_M, lots.points.shape)
    moved = np.flatnonzero(random.random(len(points)) < MOVED)
    way = random.choice([-1.0, 1.0], (len(moved), 2))
    points[moved, 0] += random.uniform(0.2, 3.0, (len(moved), 2)) * way
    return Line(np.round(points, 3), lots.there)


def survey(ground: Ground, uses: np.ndarray) -> pd.DataFrame:
    """Return the survey's patches: one a block and one for the streets."""
    blocks = rings(ground.outline(0, LOTS_X, 0, LOTS_Y))
    west, south = ground.origin_m
    edge = shapely.box(west, south, west + 675.0, south + 525.0).exterior
    shapes = np.array([*shapely.polygons(blocks), shapely.polygons(edge, blocks)], dtype=object)
    return pd.DataFrame(
        {
            "BSM": [f"DLTB{ground.number:06d}{number:02d}" for number in range(len(shapes))],
            "DLBM": SURVEY_CODES[np.append(uses[:, 0], STREET_USE)],
            "TBMJ": np.round(shapely.area(shapes), 2),
            "geometry": shapes,
        }
    )
