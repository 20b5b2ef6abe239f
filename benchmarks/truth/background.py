"""A cell as it should be: departments that agree."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from shapely import LineString, Point, box

if TYPE_CHECKING:
    from truth.ground import Cell

FROM, TO = dt.date(2024, 1, 1), dt.date(2035, 12, 31)
HOMES = box(10, 10, 100, 190)
HOUSE = box(30, 30, 50, 50)
PROTECTED = box(140, 140, 170, 170)
EAST = box(100, 10, 175, 190)
PARK = EAST.difference(PROTECTED)


def lay(cell: Cell) -> None:
    """Draw houses on the west of the cell, a park with its monument, pipes and road on the east."""
    _land(cell)
    _plan(cell)
    _heritage(cell)
    _networks(cell)


def _land(cell: Cell) -> None:
    for role, shape in (("south", box(10, 10, 100, 100)), ("north", box(10, 100, 100, 190))):
        cell.put(
            role, "parcels", shape, use_code="residential_urban", area_registered_m2=shape.area, far_ratio=1.5
        )
        cell.put(f"{role}_copy", "registry", shape, key=role, area_registered_m2=shape.area, far_ratio=1.5)
    for role, shape, use in (("built", HOMES, "residential_urban"), ("green", PARK, "green_open")):
        cell.put(role, "survey", shape, use_code=use, area_recorded_m2=shape.area)
    cell.put("house", "buildings", HOUSE, height_m=18.0, floors=6, floor_area_m2=2400.0)


def _plan(cell: Cell) -> None:
    common = {"valid_from": FROM, "valid_to": TO}
    cell.put(
        "homes", "plots", HOMES, use_code="residential_urban", area_planned_m2=HOMES.area,
        far_max=2.0, height_max_m=30.0, density_max_ratio=0.3, **common,
    )  # fmt: skip
    cell.put(
        "park", "plots", PARK, use_code="green_open", area_planned_m2=PARK.area,
        far_max=0.1, height_max_m=6.0, density_max_ratio=0.05, **common,
    )  # fmt: skip
    cell.put("monument", "plots", PROTECTED, use_code="heritage", area_planned_m2=PROTECTED.area, **common)
    cell.put("boundary", "lines", box(5, 5, 196, 196), kind="urban_boundary")
    cell.put("farmland", "lines", box(177, 10, 180, 190), kind="permanent_basic_farmland")
    cell.put("river", "water", box(183, 10, 194, 190), kind="river_management")


def _heritage(cell: Cell) -> None:
    cell.put("site", "sites", Point(155, 155), name=f"石碑{cell.number}", grade="municipal")
    monument = cell.features["site"].id
    cell.put("protected", "zones", PROTECTED, kind="protection", site_id=monument)
    ring = box(130, 130, 174, 180).difference(PROTECTED)
    cell.put("controlled", "zones", ring, kind="control", site_id=monument, height_limit_m=12.0)
    cell.put("purple", "lines", PROTECTED, kind="heritage_purple")


def _networks(cell: Cell) -> None:
    street = LineString([(105, 8), (105, 192)])
    for role, layer in (("street", "roads"), ("street_plan", "roads_plan")):
        cell.put(role, layer, street, key="street", name=f"槐荫路{cell.number}", red_line_width_m=6.0)
    pipe(cell, "main", [(120, 15), (120, 185)], medium="water", diameter_mm=200, depth_m=1.2)
    pipe(cell, "drain", [(112, 60), (172, 60)], medium="storm", diameter_mm=400, depth_m=3.0)
    cell.put(
        "main_copy", "pipes_water", cell.features["main"].shape, key="main", medium="water", diameter_mm=200,
        start_depth_m=1.2, end_depth_m=1.2,
    )  # fmt: skip


def pipe(
    cell: Cell, role: str, points: list[tuple[float, float]], *, medium: str, diameter_mm: int, depth_m: float
) -> None:
    """Draw a pipe with a manhole at either end."""
    cell.put(
        role, "pipes", LineString(points), medium=medium, diameter_mm=diameter_mm, pressure=None,
        start_depth_m=depth_m, end_depth_m=depth_m,
    )  # fmt: skip
    for end, place in (("first", points[0]), ("last", points[-1])):
        cell.put(f"{role}_{end}", "nodes", Point(place))
