"""Layers that are wrong as a whole: no coordinate system, a wrong unit, a shift, an old date."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
from shapely import Point, box

from truth.ground import ORIGIN_M, WORKING
from truth.noise import Noise, steps_m
from truth.strengths import STRENGTHS

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

POINTS = 60
LAMP_ACCURACY_M = 0.05
POINT_OFF = 4
XIAN_1980 = "EPSG:2384"
"""Xian 1980, 3 degrees, 117°E: no operation of known accuracy leads from it to CGCS2000."""


@dataclass(frozen=True)
class Delivery:
    """A layer that one rule is to name, and the blueprint's text about it; ``strength`` as for a cell."""

    rule: str
    layer: str
    strength: float | None
    text: str


def deliveries(folder: Path, *, seed: int, noise: Noise) -> list[Delivery]:
    """Write the layers and return what to expect; the shift and the residual have one strength a district."""
    rng = np.random.default_rng([seed, 1])
    strength = STRENGTHS[seed % len(STRENGTHS)]
    lamps = np.array(ORIGIN_M) + rng.uniform(0.0, 3000.0, (POINTS, 2)) + (0.0, -4000.0)
    combined_m = math.sqrt(2.0) * LAMP_ACCURACY_M

    def lamp_layer(
        name: str, *, east_m: float = 0.0, crs: str | None = WORKING, places: NDArray[np.float64] = lamps
    ) -> None:
        error_m = steps_m(noise, POINTS, accuracy_m=LAMP_ACCURACY_M, rng=rng)
        _points(folder / f"{name}.gpkg", places + error_m + (east_m, 0.0), crs)

    lamp_layer("lamps")
    lamp_layer("lamps_city", east_m=strength * combined_m)
    lamp_layer("wells", crs=None)
    lamp_layer("poles", crs=XIAN_1980, places=lamps - (0.0, 4000.0))
    lamp_layer("hydrants", places=lamps - (0.0, 8000.0))
    _control_points(folder / "control.csv", residual_m=strength * 2.0 * LAMP_ACCURACY_M)
    lamp_layer("signs", places=lamps - (0.0, 12_000.0))
    _fields(folder / "village.gpkg")
    return [
        Delivery("CR04", "lamps", strength, _text("lamps") + _text("lamps_city", department="planning")),
        Delivery("CR01", "wells", None, _text("wells")),
        Delivery("CR02", "poles", None, _text("poles")),
        Delivery("DA07", "hydrants", None, _text("hydrants", issued="2023-01-31")),
        Delivery(
            "CR05", "signs", strength, _text("signs") + 'transform = { control_points = "control.csv" }\n'
        ),
        Delivery("DA10", "village", None, _village()),
        Delivery("DA08", "", None, '[departments.telecom]\nname = "telecom"\nowes = ["utility.pipe"]\n'),
    ]


def _text(name: str, *, department: str = "municipal", issued: str = "2026-06-30") -> str:
    return (
        f'[layers.{name}]\npath = "{name}.gpkg"\nstandard = "utility.node"\ndepartment = "{department}"\n'
        f'accuracy_m = {LAMP_ACCURACY_M}\nissued = {issued}\nupdate = "P1Y"\nfields = {{ id = "BH" }}\n'
    )


def _village() -> str:
    return (
        '[layers.village]\npath = "village.gpkg"\nstandard = "land.survey"\ndepartment = "land"\n'
        'accuracy_m = 0.3\nissued = 2026-06-30\nupdate = "P1Y"\ncodelist = "third-survey"\n'
        'fields = { id = "BH", use_code = "DLBM", area_recorded_m2 = "TBMJ" }\n'
    )


def _points(path: Path, places: NDArray[np.float64], crs: str | None) -> None:
    ids = [f"{path.stem[:2].upper()}{row:04d}" for row in range(len(places))]
    if path.stem == "lamps_city":
        ids = [f"LA{row:04d}" for row in range(len(places))]
    shapes = [Point(place) for place in places]
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="'crs' was not provided")  # that is what CR01 is to find
        gpd.GeoDataFrame({"BH": ids}, geometry=shapes, crs=crs).to_file(path, driver="GPKG", engine="pyogrio")


def _control_points(path: Path, *, residual_m: float) -> None:
    """Write nine points whose systems are equal, but for one that misses its place."""
    lines = ["name,source_x,source_y,target_x,target_y"]
    for row in range(9):
        east_m, north_m = ORIGIN_M[0] + 1000.0 * (row % 3), ORIGIN_M[1] - 17_000.0 + 1000.0 * (row // 3)
        off_m = residual_m if row == POINT_OFF else 0.0
        lines.append(f"K{row},{east_m},{north_m},{east_m + off_m},{north_m}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _fields(path: Path) -> None:
    """Write fields whose areas are in mu and say so nowhere."""
    shapes = [box(x, y, x + 90, y + 90) for x in range(0, 600, 100) for y in range(0, 600, 100)]
    placed = gpd.GeoSeries(shapes).translate(ORIGIN_M[0] + 5000, ORIGIN_M[1] - 4000)
    columns = {
        "BH": [f"VI{row:04d}" for row in range(len(shapes))],
        "DLBM": ["0102"] * len(shapes),
        "TBMJ": [round(shape.area * 3.0 / 2000.0, 4) for shape in shapes],
    }
    gpd.GeoDataFrame(columns, geometry=placed.to_numpy(), crs=WORKING).to_file(
        path, driver="GPKG", engine="pyogrio"
    )
