"""Blocks divided into plots of one use, plots into parcels: the base on which all departments agree."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from shapely import STRtree, points

from sample_district.base import CODES, Feature
from sample_district.streets import (
    RIVER_COLUMN,
    RIVER_STRIPS,
    ROW_HEIGHTS_M,
    URBAN_ROWS,
    Ground,
    river_strip,
    road_areas,
)

if TYPE_CHECKING:
    from shapely import Polygon

    from sample_district.streets import Block

HERITAGE_BLOCKS = ((2, 3), (3, 4), (4, 3), (5, 4))
VILLAGE_BLOCKS = ((3, 1), (4, 10), (0, 4), (7, 7))
UNBUILT_BLOCKS = ((1, 9), (6, 9))
"""Corners of the industrial park that are fields and a pond to this day."""

Piece = tuple[float, float, float, float, str, int, int]
"""Shares s0, s1, t0, t1 of the block, the use, and the parcels across and up."""

PIECES: dict[str, tuple[tuple[Piece, ...], ...]] = {
    "hill": (
        ((0, 1, 0, 0.6, "forest", 2, 1), (0, 1, 0.6, 1, "forest", 3, 1)),
        ((0, 0.55, 0, 1, "forest", 1, 2), (0.55, 1, 0, 1, "orchard", 2, 2)),
    ),
    "farm": (
        ((0, 1, 0, 0.5, "cropland", 3, 1), (0, 1, 0.5, 1, "cropland", 4, 1)),
        ((0, 0.6, 0, 1, "cropland", 2, 2), (0.6, 1, 0, 1, "orchard", 1, 2)),
        ((0, 1, 0, 0.7, "cropland", 4, 1), (0, 0.35, 0.7, 1, "water", 1, 1),
         (0.35, 1, 0.7, 1, "cropland", 2, 1)),
    ),
    "unbuilt": (
        ((0, 1, 0, 0.5, "industrial", 2, 1), (0, 0.55, 0.5, 1, "cropland", 2, 1),
         (0.55, 1, 0.5, 1, "water", 1, 1)),
    ),
    "village": (
        ((0, 1, 0, 0.25, "cropland", 3, 1), (0, 1, 0.25, 0.6, "residential_rural", 9, 2),
         (0, 1, 0.6, 1, "cropland", 3, 1)),
    ),
    "town": (
        ((0, 1, 0, 0.4, "residential_urban", 5, 2), (0, 1, 0.4, 0.6, "commercial", 5, 1),
         (0, 1, 0.6, 1, "residential_urban", 5, 2)),
        ((0, 1, 0, 0.5, "residential_urban", 4, 2), (0, 0.55, 0.5, 1, "public_service", 1, 1),
         (0.55, 1, 0.5, 1, "commercial", 2, 2)),
    ),
    "old": (
        ((0, 1, 0, 0.38, "residential_urban", 6, 2), (0, 1, 0.38, 0.58, "commercial", 6, 1),
         (0, 1, 0.58, 1, "residential_urban", 6, 2)),
        ((0, 0.3, 0, 1, "commercial", 2, 6), (0.3, 1, 0, 0.5, "residential_urban", 4, 3),
         (0.3, 1, 0.5, 1, "residential_urban", 4, 3)),
    ),
    "heritage": (
        ((0, 1, 0, 0.3, "residential_urban", 6, 2), (0, 0.28, 0.3, 0.72, "residential_urban", 2, 3),
         (0.28, 0.72, 0.3, 0.72, "heritage", 1, 1), (0.72, 1, 0.3, 0.72, "commercial", 2, 3),
         (0, 1, 0.72, 1, "residential_urban", 6, 2)),
    ),
    "new": (
        ((0, 1, 0, 0.7, "residential_urban", 3, 2), (0, 1, 0.7, 1, "commercial", 4, 1)),
        ((0, 0.5, 0, 1, "public_service", 1, 1), (0.5, 1, 0, 1, "residential_urban", 2, 3)),
        ((0, 1, 0, 0.55, "residential_urban", 4, 2), (0, 0.6, 0.55, 1, "residential_urban", 3, 1),
         (0.6, 1, 0.55, 1, "green_open", 1, 1)),
    ),
    "park": (
        ((0, 1, 0, 0.5, "industrial", 2, 1), (0, 1, 0.5, 1, "industrial", 3, 1)),
        ((0, 0.6, 0, 1, "industrial", 2, 2), (0.6, 1, 0, 0.6, "warehouse", 1, 2),
         (0.6, 1, 0.6, 1, "utility", 1, 1)),
        ((0, 1, 0, 0.45, "warehouse", 2, 1), (0, 1, 0.45, 1, "industrial", 2, 2)),
    ),
}  # fmt: skip

FEATURE_CODE = {"cropland": "JD", "orchard": "JD", "water": "JD", "forest": "JE", "residential_rural": "JC"}
"""宗地特征码: collective land by kind of right; everything else is state land, GB."""


@dataclass(frozen=True)
class Plot:
    """Ground of one use inside a block; ``parcels`` divide it (none where the ground is not registered)."""

    id: str
    use: str
    block: Block | None
    geometry: Polygon
    parcels: tuple[Polygon, ...] = ()
    survey_code: str | None = None  # instead of the use's usual code
    plan_code: str | None = None
    cut: tuple[float, float, float, float] = (0.0, 1.0, 0.0, 1.0)  # s0, s1, t0, t1 of the block


def divide(ground: Ground, rng: np.random.Generator) -> list[Plot]:
    """Divide all ground into plots and parcels: blocks first, then streets, then the river."""
    plots: list[Plot] = []
    for (i, j), block in sorted(ground.blocks.items()):
        pieces = _river_pieces(i) if j == RIVER_COLUMN else _pieces(block)
        for k, piece in enumerate(pieces, start=1):
            plots.append(_plot(block, piece, f"{chr(65 + i)}-{j + 1:02d}-{k:02d}", rng))
    roads = road_areas(ground)
    plots += [Plot(f"S-{name}", "transport", None, area) for name, area in sorted(roads.items())]
    for k, (s0, s1, kind) in enumerate(RIVER_STRIPS):
        if kind == "water":
            plots.append(Plot(f"W-{k}", "water", None, river_strip(ground, s0, s1), (), "1101", "1701"))
        if kind == "flood":
            strips = [river_strip(ground, s0, s1, range(i, i + 1)) for i in range(len(ROW_HEIGHTS_M))]
            plots += [Plot(f"W-{k}{i}", "grassland", None, strip) for i, strip in enumerate(strips)]
    return plots


def _pieces(block: Block) -> tuple[Piece, ...]:
    place = (block.row, block.column)
    special = {"heritage": HERITAGE_BLOCKS, "village": VILLAGE_BLOCKS, "unbuilt": UNBUILT_BLOCKS}
    kind = next((name for name, places in special.items() if place in places), block.kind)
    choices = PIECES[kind]
    return choices[(block.row + block.column) % len(choices)]


def _river_pieces(row: int) -> tuple[Piece, ...]:
    use = "green_open" if row in URBAN_ROWS else "forest"
    return tuple((s0, s1, 0.0, 1.0, use, 1, 2) for s0, s1, kind in RIVER_STRIPS if kind == "park")


def _plot(block: Block, piece: Piece, plot_id: str, rng: np.random.Generator) -> Plot:
    s0, s1, t0, t1, use, across, up = piece
    s, t = _cuts(s0, s1, across, rng), _cuts(t0, t1, up, rng)
    parcels = tuple(block.piece(s[a], s[a + 1], t[b], t[b + 1]) for b in range(up) for a in range(across))
    return Plot(plot_id, use, block, block.piece(s0, s1, t0, t1), parcels, cut=(s0, s1, t0, t1))


def _cuts(start: float, end: float, count: int, rng: np.random.Generator) -> list[float]:
    """Return cuts from start to end, each moved by up to an eighth of a step."""
    step = (end - start) / count
    inner = [start + step * (k + rng.uniform(-0.125, 0.125)) for k in range(1, count)]
    return [start, *inner, end]


def parcel_features(plots: list[Plot]) -> list[Feature]:
    """Return the registered parcels with ids of 19 characters, counted in each block."""
    features, counted = [], {}
    for plot in plots:
        for polygon in plot.parcels:
            assert plot.block is not None  # noqa: S101  # only plots in blocks have parcels
            area = f"{plot.block.row + 1:03d}{plot.block.column + 1:03d}"
            mark = FEATURE_CODE.get(plot.use, "GB")
            counted[area, mark] = counted.get((area, mark), 0) + 1
            use = "public_service" if plot.use == "heritage" else plot.use
            values = {"use_class": use, "use_code": CODES["gbt21010-2017"][use], "plot": plot.id}
            features.append(Feature(f"370306{area}{mark}{counted[area, mark]:05d}", polygon, values))
    return node(features)


def survey_features(plots: list[Plot]) -> list[Feature]:
    """Return the surveyed patches: one for each plot, street and strip of the river."""
    features = []
    for number, plot in enumerate(plots, start=1):
        use = "public_service" if plot.use == "heritage" else plot.use
        code = plot.survey_code or CODES["third-survey"][use]
        features.append(
            Feature(
                f"3703062601{number:08d}",
                plot.geometry,
                {"use_class": use, "use_code": code, "plot": plot.id},
            )
        )
    return node(features)


def plan_features(plots: list[Plot]) -> list[Feature]:
    """Return the planned plots, each of the class that its ground has today."""
    features = []
    for plot in plots:
        code = plot.plan_code or CODES["spatial-2023"][plot.use]
        features.append(
            Feature(plot.id, plot.geometry, {"use_class": plot.use, "use_code": code, "plot": plot.id})
        )
    return node(features)


def node(features: list[Feature]) -> list[Feature]:
    """Give every polygon its neighbours' corners that lie on its sides, in place; return the features."""
    corners = sorted({corner for one in features for corner in one.geometry.exterior.coords})
    tree = STRtree(points(corners))
    for one in features:
        one.geometry = _noded(one.geometry, corners, tree)
    return features


def _noded(polygon: Polygon, corners: list[tuple[float, float]], tree: STRtree) -> Polygon:
    near_m = 0.003  # base coordinates are whole millimetres, so a corner on a side may be 1 mm beside it
    own = list(polygon.exterior.coords)
    found = [corners[k] for k in tree.query(polygon.exterior, predicate="dwithin", distance=near_m)]
    extra = [corner for corner in found if corner not in set(own)]
    ring: list[tuple[float, float]] = []
    for start, end in pairwise(own):
        a, b = np.array(start), np.array(end)
        length = float(np.hypot(*(b - a)))
        along = (b - a) / length
        on_side = [
            (float(np.dot(np.array(c) - a, along)), c)
            for c in extra
            if _beside(np.array(c) - a, along) < near_m
        ]
        ring += [start, *(corner for share, corner in sorted(on_side) if 0 < share < length)]
    return type(polygon)(ring)


def _beside(step: np.ndarray, along: np.ndarray) -> float:
    return abs(float(step[0] * along[1] - step[1] * along[0]))
