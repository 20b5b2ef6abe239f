"""Two files of one's own, as two departments would hand them over: what the README starts from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
from shapely import box

if TYPE_CHECKING:
    from pathlib import Path

MU_M2 = 2000 / 3

SIDE_M = 60.0

EAST_M, NORTH_M = 576_000.0, 4_074_000.0


def write_two_files(folder: Path) -> None:
    """Write 48 parcels (Shapefile, GBK, zone 39, areas in mu) and 12 plots (GeoPackage) of one quarter.

    A plot covers four parcels, all homes; the plan makes industry of the second and leaves the rest alone.
    """
    (folder / "land").mkdir(parents=True, exist_ok=True)
    (folder / "planning").mkdir(parents=True, exist_ok=True)
    ground = [
        box(
            *(EAST_M + SIDE_M * column, NORTH_M + SIDE_M * row),
            *(EAST_M + SIDE_M * (column + 1), NORTH_M + SIDE_M * (row + 1)),
        )
        for row in range(4)
        for column in range(12)
    ]
    parcels = gpd.GeoDataFrame(
        {
            "ZDDM": [f"370306001001GB{number:05d}" for number in range(1, 49)],
            "DLBM": ["0701"] * 48,
            "ZDMJ": [round(SIDE_M**2 / MU_M2, 4)] * 48,
        },
        geometry=ground,
        crs="EPSG:4548",
    )
    parcels.to_crs("EPSG:4527").to_file(folder / "land" / "parcels.shp", encoding="GBK")
    blocks = [
        box(
            EAST_M + 2 * SIDE_M * column,
            NORTH_M + 2 * SIDE_M * row,
            EAST_M + 2 * SIDE_M * (column + 1),
            NORTH_M + 2 * SIDE_M * (row + 1),
        )
        for row in range(2)
        for column in range(6)
    ]
    plots = gpd.GeoDataFrame(
        {
            "DKBH": [f"A-{number:02d}" for number in range(1, 13)],
            "YDDM": ["070102", "100101", *["070102"] * 10],
            "JZXG": [54.0] * 12,
        },
        geometry=blocks,
        crs="EPSG:4548",
    )
    plots.to_file(folder / "planning" / "plan.gpkg")
