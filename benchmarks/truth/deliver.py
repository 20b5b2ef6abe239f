"""What the departments hand over: coded each in its own way, in several systems, measured with an error."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely

from truth.ground import KINDS, WORKING
from truth.noise import steps_m

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from shapely import Geometry

    from truth.deliveries import Delivery
    from truth.ground import Cell, Feature
    from truth.noise import Noise

AS_OF = "2026-11-23"
SYSTEMS = ("EPSG:4548", "EPSG:4527", "EPSG:4490")
"""The working system, its twin with the zone before the easting, and degrees: all CGCS2000."""
CODES: Mapping[str, Mapping[str, str]] = {
    "gbt21010-2017": {
        "residential_urban": "0701", "industrial": "0601", "cropland": "0102", "green_open": "0810",
        "commercial": "0501",
    },
    "third-survey": {
        "residential_urban": "0701", "industrial": "0601", "cropland": "0102", "green_open": "0810",
        "commercial": "05H1", "special": "09",
    },
    "spatial-2023": {
        "residential_urban": "070102", "industrial": "100101", "cropland": "0102", "green_open": "1401",
        "commercial": "090101", "heritage": "1504",
    },
    "spatial-2020-trial": {
        "residential_urban": "070102", "industrial": "100101", "cropland": "0102", "green_open": "1401",
        "commercial": "090101", "heritage": "1504",
    },
    "gb50137-2011": {
        "residential_urban": "R2", "industrial": "M1", "cropland": "E2", "green_open": "G1",
        "commercial": "B1", "heritage": "A7",
    },
}  # fmt: skip
HEAD = f"""[blueprint]
name = "benchmark"
crs = "{WORKING}"
as_of = {AS_OF}
language = "en"
"""
PLANS = ("spatial-2023", "spatial-2020-trial", "gb50137-2011")
MU_M2 = 2000.0 / 3.0


def deliver(
    cells: Iterable[Cell], whole: Iterable[Delivery], folder: Path, *, seed: int, noise: Noise
) -> Path:
    """Write one GeoPackage a layer and the blueprint, and return the blueprint's path.

    ``whole`` are the layers that lie in the folder already; ``noise`` is how well all others are measured.

    ``noise`` is the error of a point as a multiple of the accuracy that its department states.
    """
    rng = np.random.default_rng(seed)
    held: dict[str, list[tuple[Cell, Feature]]] = defaultdict(list)
    for cell in cells:
        for feature in cell.features.values():
            held[feature.layer].append((cell, feature))
    departments = sorted({kind.department for kind in KINDS.values()})
    tables = [HEAD, *(f'[departments.{name}]\nname = "{name}"' for name in departments)]
    for place, layer in enumerate(KINDS):
        if layer not in held:
            continue
        shapes = measured([cell.placed(feature) for cell, feature in held[layer]], layer, noise, rng)
        codelist = _codelist(layer, seed)
        frame = _frame([feature for _, feature in held[layer]], shapes, layer, codelist)
        system = SYSTEMS[(seed + place) % len(SYSTEMS)]
        frame.to_crs(system).to_file(folder / f"{layer}.gpkg", driver="GPKG", engine="pyogrio")
        tables.append(_table(layer, codelist))
    tables += [delivery.text for delivery in whole]
    tables.append(TUNED)
    path = folder / "blueprint.toml"
    path.write_text("\n".join(tables), encoding="utf-8")
    return path


TUNED = """
[rules.LU01]
min_area_m2 = 1.0
min_share = 0.0
[rules.LU02]
min_area_m2 = 1.0
[rules.LU03]
min_area_m2 = 1.0
[rules.LU04]
min_area_m2 = 1.0
[rules.LU05]
min_area_m2 = 1.0
[rules.LU06]
min_area_m2 = 1.0
min_share = 0.0
[rules.LU07]
min_share = 0.0005
[rules.LU08]
min_area_m2 = 1.0
[rules.HE03]
min_area_m2 = 1.0
[rules.HE06]
min_area_m2 = 1.0
[rules.HE07]
min_area_m2 = 1.0
[rules.SW01]
min_area_m2 = 1.0
[rules.SW02]
min_area_m2 = 1.0
[rules.SW03]
min_area_m2 = 1.0
[rules.LU09]
min_area_m2 = 1.0
min_share = 0.0
[rules.TE02]
min_area_m2 = 1.0
[rules.BU01]
min_share = 0.0
[rules.PI04]
depth_accuracy_m = 0.05
[rules.PI05]
depth_accuracy_m = 0.05
"""
"""Areas and shares too small for a meeting would hide the tolerance, which is what is measured here; so they
are set low. Everything else is as shipped."""


def measured(
    shapes: list[Geometry | None], layer: str, noise: Noise, rng: np.random.Generator
) -> list[Geometry | None]:
    """Return shapes as surveyed: each corner once, however many objects share it."""
    accuracy_m = KINDS[layer].accuracy_m
    there = [row for row, shape in enumerate(shapes) if shape is not None]
    corners, owner = shapely.get_coordinates([shapes[row] for row in there], return_index=True)
    if KINDS[layer].rigid:
        step = steps_m(noise, len(there), accuracy_m=accuracy_m, rng=rng)[owner]
    else:
        _, first = np.unique(np.round(corners, 4), axis=0, return_inverse=True)
        first = first.reshape(-1)
        step = steps_m(noise, first.max(initial=-1) + 1, accuracy_m=accuracy_m, rng=rng)[first]
    moved = shapely.set_coordinates(np.array([shapes[row] for row in there], dtype=object), corners + step)
    result: list[Geometry | None] = [None] * len(shapes)
    for row, shape in zip(there, moved, strict=True):
        result[row] = shape
    return result


def _codelist(layer: str, seed: int) -> str | None:
    fixed = {"parcels": "gbt21010-2017", "survey": "third-survey", "plots_park": "gb50137-2011"}
    return PLANS[seed % len(PLANS)] if layer == "plots" else fixed.get(layer)


def _frame(
    features: list[Feature], shapes: list[Geometry | None], layer: str, codelist: str | None
) -> gpd.GeoDataFrame:
    columns: dict[str, list[Any]] = {"BH": [feature.id for feature in features]}
    for canonical, name in KINDS[layer].fields.items():
        values = [feature.columns.get(canonical) for feature in features]
        if canonical == "use_code" and codelist is not None:
            values = [CODES[codelist].get(value, value) if value is not None else None for value in values]
        if any(isinstance(value, str) for value in values):
            values = [None if value is None else str(value) for value in values]
        columns[name] = values
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=WORKING)


def _table(layer: str, codelist: str | None) -> str:
    kind = KINDS[layer]
    fields = ", ".join(f'{canonical} = "{name}"' for canonical, name in {"id": "BH", **kind.fields}.items())
    lines = [
        f"[layers.{layer}]", f'path = "{layer}.gpkg"', f'standard = "{kind.standard}"',
        f'department = "{kind.department}"', f"accuracy_m = {kind.accuracy_m}", "issued = 2026-06-30",
        'update = "P1Y"', f"fields = {{ {fields} }}",
    ]  # fmt: skip
    if codelist is not None:
        lines.append(f'codelist = "{codelist}"')
    return "\n".join(lines)
