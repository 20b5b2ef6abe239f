"""Every department's own format, field names, codes and coordinate system."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
from shapely import transform

from sample_district.areas import in_degrees
from sample_district.base import PLANE
from sample_district.write import (
    Table,
    write_geojson,
    write_geoparquet,
    write_kml,
    write_ogr,
    write_points_csv,
    write_shapefile,
    write_table_csv,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sample_district.base import Feature, Layer
    from sample_district.sample import Sample

LINES_ZH = {
    "permanent_basic_farmland": "永久基本农田", "ecological_redline": "生态保护红线",
    "urban_boundary": "城镇开发边界",
    "heritage_purple": "城市紫线", "blue_water": "城市蓝线", "road_red": "道路红线",
    "green": "城市绿线", "yellow_infrastructure": "城市黄线",
}  # fmt: skip
ZONES_ZH = {
    "protection": "保护范围", "control": "建设控制地带", "river_management": "河道管理范围",
    "key_prevention": "重点预防区", "steep_slope": "25度以上陡坡地",
}  # fmt: skip
MEDIA = {
    "water": "JS",
    "sewage": "WS",
    "storm": "YS",
    "gas": "RQ",
    "heat": "RL",
    "power": "DL",
    "telecom": "TX",
}
HOLDERS = (
    "云帆纺织有限公司",
    "和顺置业有限公司",
    "青禾农业合作社",
    "万和商贸有限公司",
    "居民甲等",
    "村集体经济组织",
)


@dataclass(frozen=True)
class Form:
    """How one layer is delivered: source field by canonical column, and how a value is written."""

    fields: dict[str, str]
    writes: Mapping[str, Any] = field(default_factory=dict)


def mu(area_m2: float) -> float:
    """Return an area in mu."""
    return round(area_m2 * 3.0 / 2_000.0, 4)


def hectares(area_m2: float) -> float:
    """Return an area in hectares."""
    return round(area_m2 / 10_000.0, 4)


def as_text(number: float | None) -> str | None:
    """Return a number as a department types it."""
    return None if number is None else f"{number:g}"


LIMITS = {
    "far_max": "RJLSX",
    "height_max_m": "JZGDSX",
    "density_max_ratio": "JZMDSX",
    "green_min_ratio": "LDLXX",
}
DATES = {"valid_from": "SXRQ", "valid_to": "YXQZ"}
FORMS: dict[str, Form] = {
    "parcels": Form(
        {"id": "ZDDM", "use_code": "DLBM", "area_registered_m2": "ZDMJ", "far_ratio": "RJL",
         "height_limit_m": "JZXG", "right_holder": "QLR", "location": "ZL", "state": "ZT"},
        {"area_registered_m2": mu}),
    "survey": Form({"id": "BSM", "use_code": "DLBM", "area_recorded_m2": "TBMJ"}),
    "survey_update": Form(
        {"id": "BSM", "use_code": "DLBM", "area_recorded_m2": "TBMJ"}, {"area_recorded_m2": hectares}),
    "plots": Form(
        {"id": "DKBH", "use_code": "YDYHFLDM", "area_planned_m2": "YDMJ"} | LIMITS | DATES,
        {"area_planned_m2": hectares}),
    "plots_park": Form(
        {"id": "DKBH", "use_code": "YDDM", "area_planned_m2": "YDMJ"} | LIMITS | DATES,
        {"area_planned_m2": hectares}),
    "plots_village": Form(
        {"id": "DKBH", "use_code": "YDYHFLDM", "area_planned_m2": "YDMJ"} | DATES, {"area_planned_m2": mu}),
    "control_lines": Form({"id": "KZXBH", "kind": "KZXLX"}, {"kind": LINES_ZH.__getitem__}),
    "housing_parcels": Form(
        {"id": "ZDDM", "area_registered_m2": "ZDMJ", "far_ratio": "RJL", "height_limit_m": "JZXG"}),
    "buildings": Form({"id": "JZBH", "parcel_id": "ZDDM"}),
    "pipes": Form(
        {"id": "GXBH", "medium": "GXLX", "diameter_mm": "GJ", "pressure": "YL", "voltage_kv": "DYDJ",
         "start_depth_m": "QDMS", "end_depth_m": "ZDMS", "laying": "MSFS", "owner": "QSDW"},
        {"medium": MEDIA.get, "diameter_mm": lambda mm: None if mm is None else f"DN{mm:g}",
         "start_depth_m": as_text, "end_depth_m": as_text}),
    "roads": Form({"id": "DLBH", "name": "LM", "road_class": "DLDJ", "red_line_width_m": "HXKD"}),
    "roads_plan": Form({"id": "DLBH", "name": "LM", "road_class": "DLDJ", "red_line_width_m": "GHHXKD"}),
    "water_zones": Form({"id": "QBH", "kind": "QLX"}, {"kind": ZONES_ZH.__getitem__}),
    "towns": Form({"id": "XZQDM", "name": "XZQMC", "admin_level": "JB"}, {"admin_level": lambda _: "街道"}),
    "heritage_sites": Form({"id": "BH", "name": "MC", "grade": "JB"}),
    "heritage_zones": Form(
        {"id": "BH", "site_id": "WWBH", "kind": "FWLX", "control_class": "JKLB", "height_limit_m": "XG"},
        {"kind": ZONES_ZH.__getitem__}),
}  # fmt: skip


def deliver(sample: Sample, folder: Path) -> None:
    """Write every layer to ``folder`` as its department would; the blueprint names them all."""
    tables = {name: tabled(sample.layers[name], form) for name, form in FORMS.items()}
    tables["parcels"].rows += retired(tables["parcels"])
    write_shapefile(
        folder / "land" / "ZD.shp", frame(tables["parcels"], "EPSG:4527"), encoding="GBK", declared=False
    )
    write_ogr(
        folder / "land" / "survey.gpkg",
        {"DLTB": frame(tables["survey"], "EPSG:4527"), "BGTB": frame(tables["survey_update"], "EPSG:4527")},
    )
    plans = {"KG_DKXX": "plots", "CZGH": "plots_village", "KZX": "control_lines", "GHDL": "roads_plan"}
    write_ogr(
        folder / "planning" / "plan.gpkg",
        {layer: frame(tables[name], "EPSG:4490") for layer, name in plans.items()},
    )
    write_geojson(folder / "park" / "plots.geojson", tables["plots_park"])
    write_ogr(folder / "housing" / "parcels.fgb", {"parcels": frame(tables["housing_parcels"], "EPSG:4527")})
    write_geojson(folder / "housing" / "buildings.geojson", tables["buildings"])
    deliver_bulk(sample.layers["buildings"], folder / "housing" / "buildings.csv")
    write_shapefile(
        folder / "municipal" / "GX.shp", frame(tables["pipes"], PLANE), encoding="UTF-8", declared=True
    )
    zone = 39_000_000.0  # 带号: with it before the easting, nobody can take Y for a northing
    nodes = [(one.id, one.geometry.y, zone + one.geometry.x, MEDIA[one["medium"]]) for one in sample["nodes"]]
    write_points_csv(folder / "municipal" / "nodes.csv", ("DH", "X", "Y", "GXLX"), nodes, encoding="gb18030")
    spots = [(one.id, one.delivered or one.geometry) for one in sample["hydrants"]]
    rows = [(name, spot.y, spot.x, "室外消火栓") for name, spot in spots]
    write_points_csv(
        folder / "municipal" / "hydrants.csv", ("编号", "X坐标", "Y坐标", "类别"), rows, encoding="utf-8-sig"
    )
    write_kml(
        folder / "heritage" / "heritage.kml",
        {"文物点": tables["heritage_sites"], "保护区划": tables["heritage_zones"]},
    )
    write_geoparquet(folder / "road" / "roads.parquet", frame(tables["roads"], "EPSG:4490"))
    write_geojson(folder / "water" / "zones.geojson", tables["water_zones"])
    write_geojson(folder / "civil" / "towns.geojson", tables["towns"])
    deliver_untrusted(sample, folder)


def tabled(layer: Layer, form: Form) -> Table:
    """Return a layer's rows in its source fields, with the geometry that is delivered, in the plane."""
    rows = []
    for number, feature in enumerate(layer.features):
        values = {"id": feature.id, **_extras(layer, number, feature), **feature.values}
        row = {}
        for column, source in form.fields.items():
            value = values.get(column)
            write = form.writes.get(column)
            written = write(value) if write and value is not None else value
            row[source] = feature.raw.get(column, written)
        geometry = None if feature.unplaced else feature.delivered or feature.geometry
        rows.append((row, geometry))
    return Table(list(form.fields.values()), rows)


def _extras(layer: Layer, number: int, feature: Feature) -> dict[str, str]:
    """Return what only fills the record: holder, address, state."""
    if layer.name != "parcels":
        return {}
    use = str(feature["use_class"])
    farmed = use in {"cropland", "orchard", "forest", "water", "residential_rural"}
    holder = HOLDERS[2 + 3 * (number % 2)] if farmed else HOLDERS[(0, 1, 3, 4)[number % 4]]
    return {"right_holder": holder, "location": f"{feature['plot']}地块", "state": "现势"}


def retired(parcels: Table) -> list[tuple[dict[str, Any], Any]]:
    """Return six parcels that were merged away; the blueprint leaves them out by their state."""
    rows = []
    for number, (row, geometry) in enumerate(parcels.rows[300:312:2], start=1):
        rows.append((row | {"ZDDM": f"{row['ZDDM'][:14]}8{number:04d}", "ZT": "历史"}, geometry))
    return rows


def deliver_bulk(layer: Layer, path: Path) -> None:
    """Write heights, floors and floor areas as a table of its own, joined by the building's number."""
    rows, seen = [], set()
    for one in layer.features:
        if one.id not in seen:
            columns = ("height_m", "floors", "floor_area_m2")
            rows.append((one.id, *(one.raw.get(column, as_text(one[column]) or "") for column in columns)))
        seen.add(one.id)
    write_table_csv(path, ("JZBH", "JZGD", "DSCS", "JZMJ"), rows, encoding="gb18030")


def deliver_untrusted(sample: Sample, folder: Path) -> None:
    """Write four small layers whose coordinates cannot be trusted: two undeclared, two in Xian 1980."""
    line = sample.ground.horizontal(3)
    spots = [line.interpolate(500.0 + 45.0 * k) for k in range(30)]
    lights = [(f"LD{k:03d}", spot.y + 9.0, spot.x, "路灯") for k, spot in enumerate(spots, start=1)]
    write_points_csv(
        folder / "municipal" / "street_lights.csv",
        ("编号", "X坐标", "Y坐标", "类别"),
        lights,
        encoding="utf-8-sig",
    )
    cases = (
        ("telecom/poles.shp", None, "杆号", 12),
        ("water/wells_1980.shp", "EPSG:2384", "井号", 9),
        ("heritage/census_1986.shp", "EPSG:2384", "编号", 8),
    )
    for path, crs, key, count in cases:
        ids = [f"{path.split('/')[1][0].upper()}{k:03d}" for k in range(1, count + 1)]
        extra = (
            {"级别": ["未定级"] * count, "名称": [f"普查点{k}" for k in range(1, count + 1)]}
            if "census" in path
            else {}
        )
        places = gpd.points_from_xy([s.x + 118.0 for s in spots[:count]], [s.y + 61.0 for s in spots[:count]])
        rows = gpd.GeoDataFrame({key: ids, **extra}, geometry=places, crs=crs)
        write_shapefile(folder / path, rows, encoding="GBK", declared=True)


def frame(table: Table, crs: str) -> gpd.GeoDataFrame:
    """Return a table in a coordinate system; degrees to 9 decimals, metres to tenths of a millimetre."""
    columns = {name: [row[name] for row, _ in table.rows] for name in table.fields}
    geometry = [in_system(shape, crs) for _, shape in table.rows]
    return gpd.GeoDataFrame(columns, geometry=geometry, crs=crs)


def in_system(geometry: Any, crs: str) -> Any:  # noqa: ANN401  # any geometry, or none
    """Return a geometry of the plane in one of the systems that departments deliver."""
    if geometry is None or crs == PLANE:
        return geometry
    if crs == "EPSG:4490":
        return transform(in_degrees(geometry), lambda corners: np.round(corners, 9))
    zone = np.array(
        [39_000_000.0, 0.0]
    )  # EPSG:4527 is the same plane with the zone number before the easting
    return transform(geometry, lambda corners: np.round(corners + zone, 4))
