"""Monuments and their zones, rivers, slopes and key zones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapely import LineString, Point, box

from truth.background import EAST, PROTECTED
from truth.ground import tolerance_m

if TYPE_CHECKING:
    from collections.abc import Callable

    from truth.ground import Cell

LIMIT_M = 12.0
HEIGHT_TOLERANCE_M = 0.5
"""What the rules allow a building's height to err by."""


def house_in_range(cell: Cell, strength: float) -> None:
    """A house reaches into the protection range."""
    width_m = strength * tolerance_m("buildings", "zones")
    cell.put(
        "lodge", "buildings", box(126, 145, 140 + width_m, 165), height_m=3.0, floors=1, floor_area_m2=300.0
    )
    cell.expect("HE01", "lodge")


def house_too_high(cell: Cell, strength: float) -> None:
    """A house in the control zone is higher than the zone allows."""
    height_m = LIMIT_M + strength * HEIGHT_TOLERANCE_M
    cell.put("tower", "buildings", box(142, 131, 150, 138), height_m=height_m, floors=4, floor_area_m2=200.0)
    cell.expect("HE02", "tower")
    cell.tolerate("BU02")


def park_in_range(cell: Cell, strength: float) -> None:
    """The planned park takes a strip of the monument's ground."""
    width_m = strength * tolerance_m("plots", "zones")
    monument = box(140 + width_m, 140, 170, 170)
    cell.reshape("monument", monument)
    cell.reshape("park", EAST.difference(monument))
    cell.change("monument", area_planned_m2=monument.area)
    cell.change("park", area_planned_m2=EAST.area - monument.area)
    cell.expect("HE03", "park")
    cell.tolerate("HE01", "HE06", "LU09", "GE01")


def cable_through_range(cell: Cell, strength: float) -> None:
    """A telephone cable runs inside the western edge of the protection range."""
    east_m = 140 + strength * tolerance_m("pipes", "zones")
    line = LineString([(east_m, 138), (east_m, 172)])
    cell.put("cable", "pipes", line, medium="telecom", diameter_mm=100, start_depth_m=0.9, end_depth_m=0.9)
    _ends(cell, "cable", line)
    cell.expect("HE04", "cable")


def _ends(cell: Cell, role: str, line: LineString) -> None:
    for end, place in (("first", line.coords[0]), ("last", line.coords[-1])):
        cell.put(f"{role}_{end}", "nodes", Point(place))


def site_without_zone(cell: Cell) -> None:
    """A graded monument stands where no zone is."""
    cell.put("lonely", "sites", Point(60, 150), name=f"古槐{cell.number}", grade="county")
    cell.expect("HE05", "lonely")


def zone_unknown_to_plan(cell: Cell, strength: float) -> None:
    """Neither purple line nor monument plot reaches the western edge of the protection range."""
    park_in_range(cell, strength)
    cell.expected.clear()
    width_m = strength * tolerance_m("zones", "lines")
    monument = box(140 + width_m, 140, 170, 170)
    cell.reshape("monument", monument)
    cell.reshape("park", EAST.difference(monument))
    cell.change("monument", area_planned_m2=monument.area)
    cell.change("park", area_planned_m2=EAST.area - monument.area)
    cell.reshape("purple", monument)
    cell.expect("HE06", "protected")
    cell.tolerate("HE03")


def zones_overlap(cell: Cell, strength: float) -> None:
    """The control zone was not cut out along the western edge of its protection range."""
    width_m = strength * tolerance_m("zones", "zones")
    ring = box(130, 130, 174, 180).difference(PROTECTED)
    cell.reshape("controlled", ring.union(box(139, 140, 140 + width_m, 170)))
    cell.expect("HE07", "protected", "controlled")
    cell.tolerate("GE01")


def house_in_river_zone(cell: Cell, strength: float) -> None:
    """A house reaches into the river's management range."""
    width_m = strength * tolerance_m("buildings", "water")
    cell.put(
        "hut", "buildings", box(177, 100, 183 + width_m, 115), height_m=3.0, floors=1, floor_area_m2=90.0
    )
    cell.expect("SW01", "hut")


def homes_in_key_zone(cell: Cell, strength: float) -> None:
    """A key prevention zone reaches under the planned houses."""
    width_m = strength * tolerance_m("plots", "water")
    cell.put("key", "water", box(6, 20, 10 + width_m, 180), kind="key_prevention")
    cell.expect("SW02", "homes")


def fields_on_slope(cell: Cell, strength: float) -> None:
    """A field reaches onto a slope of more than 25 degrees."""
    width_m = strength * tolerance_m("survey", "water")
    cell.change("green", use_code="cropland")
    cell.put("steep", "water", box(175 - width_m, 20, 178, 180), kind="steep_slope")
    cell.expect("SW03", "green")
    cell.tolerate("LU01", "LU02")


BY_STRENGTH: dict[str, Callable[[Cell, float], None]] = {
    "HE01": house_in_range, "HE02": house_too_high, "HE03": park_in_range, "HE04": cable_through_range,
    "HE06": zone_unknown_to_plan, "HE07": zones_overlap, "SW01": house_in_river_zone,
    "SW02": homes_in_key_zone, "SW03": fields_on_slope,
}  # fmt: skip
WHOLE: dict[str, Callable[[Cell], None]] = {"HE05": site_without_zone}
