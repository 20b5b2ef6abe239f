"""A small district in files, for the recipes of the cookbook: a few objects a layer, each with its answer."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

EAST_M, NORTH_M = 576_000.0, 4_075_000.0

BLUEPRINT = """\
[blueprint]
name = "小区"
crs = "EPSG:4548"
as_of = 2026-11-23
language = "{language}"

[departments.land]
name = "自然资源局"
[departments.planning]
name = "规划局"
[departments.heritage]
name = "文物局"
[departments.municipal]
name = "市政管线管理处"
[departments.water]
name = "水利局"

[departments.housing]
name = "住建局"
[departments.transport]
name = "交通局"

[layers.parcels]
path = "parcels.geojson"
standard = "land.parcel"
department = "land"
crs = "EPSG:4548"
accuracy_m = 0.05
codelist = "gbt21010-2017"
fields = {{ id = "id", use_code = "use", height_limit_m = "height" }}

[layers.plots]
path = "plots.geojson"
standard = "plan.plot"
department = "planning"
crs = "EPSG:4548"
accuracy_m = 0.05
codelist = "spatial-2023"
fields = {{ id = "id", use_code = "use", far_max = "far" }}
levels = {{ far_max = "confidential" }}

[layers.zones]
path = "zones.geojson"
standard = "heritage.zone"
department = "heritage"
crs = "EPSG:4548"
accuracy_m = 0.05
fields = {{ id = "id", kind = "kind" }}

[layers.pipes]
path = "pipes.geojson"
standard = "utility.pipe"
department = "municipal"
crs = "EPSG:4548"
accuracy_m = 0.05
fields = {{ id = "id", medium = "medium" }}

[layers.rivers]
path = "rivers.geojson"
standard = "water.zone"
department = "water"
crs = "EPSG:4548"
accuracy_m = 0.05
fields = {{ id = "id", kind = "kind" }}

[layers.buildings]
path = "buildings.geojson"
standard = "housing.building"
department = "housing"
crs = "EPSG:4548"
accuracy_m = 0.05
fields = {{ id = "id" }}

[layers.road_land]
path = "road_land.geojson"
standard = "transport.road"
department = "transport"
crs = "EPSG:4548"
accuracy_m = 0.05
fields = {{ id = "id", road_class = "class" }}

[layers.road_lines]
path = "road_lines.geojson"
standard = "transport.road"
department = "planning"
crs = "EPSG:4548"
accuracy_m = 0.05
fields = {{ id = "id", road_class = "class" }}

[rules]
select = {select}
[report]
formats = ["parquet"]

"""


def box(x: float, y: float, width: float, height: float) -> dict[str, Any]:
    """Return a rectangle from its lower left corner, metres from the district's own corner."""
    ring = [[x, y], [x + width, y], [x + width, y + height], [x, y + height], [x, y]]
    return {"type": "Polygon", "coordinates": [[_placed(point) for point in ring]]}


def line(*points: tuple[float, float]) -> dict[str, Any]:
    """Return a line, metres from the district's own corner."""
    return {"type": "LineString", "coordinates": [_placed(point) for point in points]}


def _placed(point: Any) -> list[float]:
    return [EAST_M + point[0], NORTH_M + point[1]]


LAYERS: dict[str, list[tuple[dict[str, Any], dict[str, Any]]]] = {
    "parcels": [
        ({"id": "P-1", "use": "0701", "height": 24}, box(0, 300, 50, 50)),  # 30 m from the river
        ({"id": "P-2", "use": "0701", "height": 24}, box(60, 250, 50, 50)),  # 80 m
        ({"id": "P-3", "use": "0601", "height": 24}, box(120, 280.05, 50, 50)),  # 49.95 m: within the error
        ({"id": "P-4", "use": "0103", "height": 24}, box(180, 300, 50, 50)),  # cropland
        ({"id": "P-5", "use": None, "height": 24}, box(240, 300, 50, 50)),  # of no known class
    ],
    "plots": [
        ({"id": "A-01", "use": "070101", "far": 1.8}, box(0, 0, 100, 100)),  # too dense, half in the zone
        ({"id": "A-02", "use": "070101", "far": 0.8}, box(0, 100, 100, 50)),  # low enough
        ({"id": "A-03", "use": "070101", "far": None}, box(0, 150, 100, 50)),  # nobody says
        ({"id": "A-04", "use": "080403", "far": 2.5}, box(120, 0, 100, 100)),  # a school, in the other zone
        ({"id": "A-05", "use": "070101", "far": 2.5}, box(230, 0, 50, 100)),  # in no zone
    ],
    "zones": [
        ({"id": "Z-1", "kind": "建设控制地带"}, box(-50, -50, 100, 300)),
        ({"id": "Z-2", "kind": "保护范围"}, box(110, -50, 115, 160)),
    ],
    "pipes": [
        ({"id": "R-1", "medium": "燃气"}, line((112, 0), (112, 90))),  # 8 m beside the school
        ({"id": "W-1", "medium": "给水"}, line((118, 0), (118, 90))),  # 2 m, water
        ({"id": "R-2", "medium": "燃气"}, line((225, 110.1), (225, 200))),  # 11.3 m from the corner
        ({"id": "X-1", "medium": None}, line((130, 105), (200, 105))),  # 5 m, of what nobody says
        ({"id": "R-3", "medium": "燃气"}, line((105, 0), (105, 90))),  # 15 m
    ],
    "rivers": [
        ({"id": "H-1", "kind": "河道管理范围"}, box(-100, 380, 600, 40)),
        ({"id": "S-1", "kind": "水土流失重点预防区"}, box(0, 240, 20, 20)),
    ],
    "buildings": [
        (
            {"id": "F-1"},
            box(732, 10, 10, 10),
        ),  # 12 m from the land of the national road, 22 m from its middle
        ({"id": "F-2"}, box(745, 50, 10, 10)),  # 25 m
        ({"id": "F-3"}, box(917.95, 10, 10, 10)),  # 9.95 m from the land of the county road: within the error
        ({"id": "F-4"}, box(1014, 10, 10, 10)),  # 6 m from the land of a road of no known class
    ],
    "road_land": [
        ({"id": "G-1", "class": "国道"}, box(700, 0, 20, 300)),
        ({"id": "X-1", "class": "县道"}, box(900, 0, 8, 300)),
        ({"id": "U-1", "class": None}, box(1000, 0, 8, 300)),
    ],
    "road_lines": [({"id": "G-1", "class": "国道"}, line((710, 0), (710, 300)))],
}


def write_district(
    folder: Path, rules: str, *, select: list[str] | None = None, language: str = "zh"
) -> Path:
    """Write the layers and a blueprint that selects just these rules; return the blueprint."""
    chosen = select or re.findall(r'^code += "(\w+)"', rules, re.MULTILINE)
    for name, features in LAYERS.items():
        made = [
            {"type": "Feature", "properties": properties, "geometry": geometry}
            for properties, geometry in features
        ]
        text = json.dumps({"type": "FeatureCollection", "features": made}, ensure_ascii=False)
        (folder / f"{name}.geojson").write_text(text, encoding="utf-8")
    file = folder / "blueprint.toml"
    file.write_text(BLUEPRINT.format(select=json.dumps(chosen), language=language) + rules, encoding="utf-8")
    return file
