"""Houses, shops and halls, each well inside its own parcel and below every limit."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

from shapely import Polygon, box
from shapely.affinity import rotate, translate

from sample_district.base import Feature
from sample_district.streets import COLUMNS

if TYPE_CHECKING:
    import numpy as np

    from sample_district.land import Plot

SETBACK_M = 4.5
SHARE_BUILT = {
    "residential_urban": 0.62, "residential_rural": 0.8, "commercial": 0.7, "public_service": 1.0,
    "industrial": 1.0, "warehouse": 1.0, "utility": 1.0,
}  # fmt: skip
FLOORS = {
    "residential_rural": (1, 2), "public_service": (3, 5), "industrial": (1, 3), "warehouse": (1, 1),
    "utility": (1, 2), "commercial": (2, 4), "residential_urban": (4, 6),
}  # fmt: skip
FLOORS_OLD, FLOORS_NEW = (1, 2), (6, 17)
FLOOR_M = {"industrial": 6.0, "warehouse": 9.0, "commercial": 4.2, "public_service": 3.8}
SMALLEST_M2 = 55.0
DEEPEST_M = 42.0


def raise_buildings(
    plots: list[Plot], parcel_ids: dict[Polygon, str], rng: np.random.Generator
) -> list[Feature]:
    """Put one building on most parcels of built-up uses."""
    buildings: list[Feature] = []
    for plot in plots:
        for parcel in plot.parcels:
            if rng.random() >= SHARE_BUILT.get(plot.use, 0.0):
                continue
            footprint = _footprint(parcel, rng)
            if footprint is None:
                continue
            values = _bulk(plot, footprint, rng) | {"parcel_id": parcel_ids[parcel], "plot": plot.id}
            buildings.append(Feature(f"FW{len(buildings) + 1:05d}", footprint, values))
    return buildings


def _footprint(parcel: Polygon, rng: np.random.Generator) -> Polygon | None:
    """Return a right-angled footprint along the parcel's longer side, None where the parcel is too small."""
    room = parcel.buffer(-SETBACK_M, join_style="mitre")
    if room.is_empty:
        return None
    start, end = max(_sides(parcel), key=lambda side: math.dist(*side))
    angle = math.degrees(math.atan2(end[1] - start[1], end[0] - start[0]))
    level = rotate(room, -angle, origin=(0, 0))
    west, south, east, north = level.bounds
    width, depth = min(east - west, 78.0), min(north - south, DEEPEST_M)
    middle = level.representative_point()
    shape = _shape(width, depth, rng)
    for share in (0.96, 0.9, 0.82, 0.74, 0.66, 0.55):
        grown = Polygon([(x * share, y * share) for x, y in shape])
        placed = translate(grown, (west + east) / 2, (south + north) / 2)
        if not level.contains(placed):
            placed = translate(grown, middle.x, middle.y)
        if level.contains(placed) and placed.area >= SMALLEST_M2:
            back = rotate(placed, angle, origin=(0, 0))
            return Polygon([(round(x, 3), round(y, 3)) for x, y in back.exterior.coords])
    return None


def _shape(width: float, depth: float, rng: np.random.Generator) -> list[tuple[float, float]]:
    """Return a rectangle around zero, or an L where there is room for one."""
    if min(width, depth) < 24.0 or rng.random() < 0.5:  # noqa: PLR2004  # metres
        depth = min(depth, 16.0) if depth >= 24.0 and width >= 24.0 else depth  # noqa: PLR2004
        return list(box(-width / 2, -depth / 2, width / 2, depth / 2).exterior.coords)[:-1]
    w, d, wing = width / 2, depth / 2, 13.0
    return [(-w, -d), (w, -d), (w, -d + wing), (-w + wing, -d + wing), (-w + wing, d), (-w, d)]


def _sides(polygon: Polygon) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    ring = list(polygon.exterior.coords)
    return list(pairwise(ring))


def _bulk(plot: Plot, footprint: Polygon, rng: np.random.Generator) -> dict[str, float]:
    low, high = FLOORS[plot.use]
    assert plot.block is not None  # noqa: S101  # buildings stand in blocks
    kind = COLUMNS[plot.block.column]
    if kind == "old":
        low, high = FLOORS_OLD
    elif kind == "new" and plot.use == "residential_urban":
        low, high = FLOORS_NEW
    floors = int(rng.integers(low, high + 1))
    height = round(floors * FLOOR_M.get(plot.use, 3.1) + 0.6, 1)
    return {"height_m": height, "floors": floors, "floor_area_m2": round(footprint.area * floors, 1)}
