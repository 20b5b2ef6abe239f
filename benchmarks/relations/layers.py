"""The layers that relations are measured on: parcels, plots and a copy of the parcels of the seeded city."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import shapely

sys.path.insert(0, str(Path(__file__).parents[1]))

from city.generate import DRAWN_IN, SIZES, layers_of

if TYPE_CHECKING:
    import numpy as np

LAYERS = {"parcels": "ZDDM", "plots": None, "housing_parcels": "ZDDM"}
"""Layers of the city, and the column of the id that two of them share."""


def write_layers(size: str, folder: Path) -> None:
    """Write the layers as GeoParquet, valid and in one CRS, unless they are there."""
    if (folder / "housing_parcels.parquet").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    columns, rows = SIZES[size]
    drawn = [
        layers_of(row * columns + column, column, row, columns, rows)
        for row in range(rows)
        for column in range(columns)
    ]
    for name, key in LAYERS.items():
        table = pd.concat([tables[name] for tables in drawn], ignore_index=True)
        ids = table[key].astype(str) if key else [f"{name}-{number}" for number in range(len(table))]
        shapes = _valid(table["geometry"].to_numpy(dtype=object, copy=True))
        frame = gpd.GeoDataFrame({"id": ids}, geometry=shapes, crs=DRAWN_IN)
        frame.to_parquet(folder / f"{name}.parquet")


def _valid(shapes: np.ndarray) -> np.ndarray:
    bad = ~shapely.is_valid(shapes)
    shapes[bad] = shapely.make_valid(shapes[bad], method="structure", keep_collapsed=False)
    return shapes
