"""Control lines, heritage sites and zones, water zones and towns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from shapely import Point, Polygon

from sample_district.base import Feature
from sample_district.land import HERITAGE_BLOCKS
from sample_district.streets import COLUMNS, ROW_HEIGHTS_M, URBAN_COLUMNS, URBAN_ROWS, Ground, river_strip

if TYPE_CHECKING:
    from sample_district.land import Plot

CONTROL_LIMIT_M = 12.0
SITES = (
    ("三元阁", "省级"), ("云锦会馆", "市级"), ("永安当铺旧址", "县级"), ("千佛寺", "全国重点"),
)  # fmt: skip
FARM_COLUMNS = (1, 10)


def control_lines(ground: Ground, plots: list[Plot], roads: list[Feature]) -> list[Feature]:
    """Return farmland, redline, urban boundary, purple and blue lines, and the road red lines."""
    rows: list[tuple[str, Polygon]] = []
    rows += [("permanent_basic_farmland", plot.geometry) for plot in plots if _is_basic_farmland(plot)]
    rows += [("ecological_redline", plot.geometry) for plot in plots if _is_redline(plot)]
    rows.append(("urban_boundary", ground.outline(URBAN_ROWS, URBAN_COLUMNS)))
    rows += [("heritage_purple", plot.geometry) for plot in plots if plot.use == "heritage"]
    rows.append(("blue_water", river_strip(ground, 0.34, 0.66)))
    rows += [("road_red", _red_line(road)) for road in roads]
    return [Feature(f"KZX{n:03d}", area, {"kind": kind}) for n, (kind, area) in enumerate(rows, start=1)]


def _is_basic_farmland(plot: Plot) -> bool:
    return plot.block is not None and plot.use == "cropland" and plot.block.column in FARM_COLUMNS


def _is_redline(plot: Plot) -> bool:
    rows = {4, 5, 6, 7}
    return plot.block is not None and COLUMNS[plot.block.column] == "hill" and plot.block.row in rows


def _red_line(road: Feature) -> Polygon:
    half = road["red_line_width_m"] / 2
    area = road.geometry.buffer(half, cap_style="flat", join_style="mitre")
    return Polygon([(round(x, 3), round(y, 3)) for x, y in area.exterior.coords])


def heritage(plots: list[Plot]) -> tuple[list[Feature], list[Feature]]:
    """Return the sites and, for each, its protection range and the control zone around that, in its block."""
    sites, zones = [], []
    for number, (name, grade) in enumerate(SITES, start=1):
        place = HERITAGE_BLOCKS[number - 1]
        here = [
            plot for plot in plots if plot.block is not None and (plot.block.row, plot.block.column) == place
        ]
        core = next(plot for plot in here if plot.use == "heritage")
        assert core.block is not None  # noqa: S101  # it stands in its block
        whole = Polygon(core.block.piece(0, 1, 0, 1).exterior, [core.geometry.exterior])
        site = f"WW{number:03d}"
        sites.append(Feature(site, core.geometry.centroid, {"name": name, "grade": grade}))
        zones.append(Feature(f"{site}-B", core.geometry, {"site_id": site, "kind": "protection"}))
        limit = {"control_class": "一类", "height_limit_m": CONTROL_LIMIT_M}
        zones.append(Feature(f"{site}-J", whole, {"site_id": site, "kind": "control"} | limit))
    return sites, zones


def water_zones(ground: Ground, plots: list[Plot]) -> list[Feature]:
    """Return the river's management range, key zones over forest blocks, and steep slopes inside forest."""
    rows: list[tuple[str, Polygon]] = [("river_management", river_strip(ground, 0.2, 0.8))]
    hills = [plot for plot in plots if plot.block is not None and plot.block.column == 0]
    rows += [("key_prevention", plot.geometry) for plot in hills if plot.block.row in {3, 4}]  # type: ignore[union-attr]
    for row in (1, 2, 5, 6):
        block = ground.blocks[row, 0]
        rows.append(("steep_slope", block.piece(0.08, 0.46, 0.1, 0.52)))
    return [Feature(f"SL{n:03d}", area, {"kind": kind}) for n, (kind, area) in enumerate(rows, start=1)]


def towns(ground: Ground) -> list[Feature]:
    """Return four towns that tile the district, each a band of columns."""
    cuts = {"城西镇": range(2), "大街街道": range(2, 5), "永安街道": range(5, 8), "城东街道": range(8, 11)}
    rows = range(len(ROW_HEIGHTS_M))
    return [
        Feature(f"3703060{n:02d}", ground.outline(rows, columns), {"name": name, "admin_level": "town"})
        for n, (name, columns) in enumerate(cuts.items(), start=1)
    ]


def hydrants(ground: Ground, rng: np.random.Generator) -> list[Feature]:
    """Return fire hydrants along one street, none nearer than some metres to another."""
    line = ground.horizontal(4)
    steps = np.linspace(420.0, 2_000.0, 40) + rng.uniform(-6.0, 6.0, 40)
    spots = [line.interpolate(float(step)) for step in steps]
    return [Feature(f"XH{n:03d}", Point(spot.x, spot.y + 12.0), {}) for n, spot in enumerate(spots, start=1)]
