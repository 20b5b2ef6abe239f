"""A small district whose texts may be hostile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
from shapely import box

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE = "<img src=x onerror=alert(1)>{{ 7*7 }}{% raw %}'\"&"

BLUEPRINT = """
[blueprint]
name = {name}
crs = "EPSG:4548"
as_of = 2026-11-23
language = "{language}"

[departments.land]
name = {land}
[departments.planning]
name = "规划局"

[layers.parcels]
path = "parcels.gpkg"
standard = "land.parcel"
department = "land"
codelist = "gbt21010-2017"
fields = {{ id = "ZDDM", use_code = "DLBM", location = "ZL" }}

[layers.plots]
path = "plots.gpkg"
standard = "plan.plot"
department = "planning"
codelist = "spatial-2023"
fields = {{ id = "DKBH", use_code = "YDDM" }}

[layers.nowhere]
path = "missing_crs.csv"
standard = "utility.node"
department = "land"
"""


def write_district(folder: Path, *, text: str = "东街 1 号", language: str = "zh") -> Path:
    """Write three parcels, two plots that contradict one of them, and a layer that is refused."""
    ground = [box(500_000 + 100 * at, 4_070_000, 500_100 + 100 * at, 4_070_100) for at in range(3)]
    parcels = {"ZDDM": ["P1", "P2", "P3"], "DLBM": ["0701", "0103", "0103"], "ZL": [text] * 3}
    gpd.GeoDataFrame(parcels, geometry=ground, crs="EPSG:4548").to_file(folder / "parcels.gpkg")
    plots = {"DKBH": ["A1", text], "YDDM": ["070102", "100101"]}
    gpd.GeoDataFrame(plots, geometry=ground[:2], crs="EPSG:4548").to_file(folder / "plots.gpkg")
    (folder / "missing_crs.csv").write_text("id,x,y\nN1,500050,4070050\n", encoding="utf-8")
    path = folder / "blueprint.toml"
    said = BLUEPRINT.format(name=_toml(text), land=_toml(text), language=language)
    path.write_text(said, encoding="utf-8")
    return path


def _toml(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
