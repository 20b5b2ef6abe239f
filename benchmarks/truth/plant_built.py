"""Buildings and roads against parcels, plans and red lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapely import LineString, box

from truth.background import HOMES, HOUSE
from truth.ground import tolerance_m
from truth.plant_heritage import HEIGHT_TOLERANCE_M

if TYPE_CHECKING:
    from collections.abc import Callable

    from truth.ground import Cell

RATIO_TOLERANCE = 0.05
ROAD_LIMIT_M = 2.0
WIDTH_TOLERANCE_M = 0.5


def across_parcel_line(cell: Cell, strength: float) -> None:
    """A shed stands on both parcels."""
    depth_m = strength * tolerance_m("buildings", "parcels")
    cell.put(
        "shed", "buildings", box(60, 100 - depth_m, 80, 106), height_m=4.0, floors=1, floor_area_m2=120.0
    )
    cell.expect("BU01", "shed")


def higher_than_planned(cell: Cell, strength: float) -> None:
    """The house is higher than its plot allows."""
    cell.change("house", height_m=30.0 + strength * HEIGHT_TOLERANCE_M)
    cell.expect("BU02", "house")


def plot_ratio_over(cell: Cell, strength: float) -> None:
    """The house has more floor area than its plot allows."""
    cell.change("house", floor_area_m2=2.0 * HOMES.area * (1 + RATIO_TOLERANCE * strength))
    cell.expect("BU03", "homes")


def density_over(cell: Cell, strength: float) -> None:
    """The house covers more of its plot than is allowed."""
    cell.change("homes", density_max_ratio=HOUSE.area / HOMES.area / (1 + RATIO_TOLERANCE * strength))
    cell.expect("BU04", "homes")


def road_line_differs(cell: Cell, strength: float) -> None:
    """The plan draws the street further east."""
    east_m = 105 + ROAD_LIMIT_M + strength * tolerance_m("roads", "roads_plan")
    cell.reshape("street_plan", LineString([(east_m, 8), (east_m, 192)]))
    cell.expect("RO01", "street")


def road_width_differs(cell: Cell, strength: float) -> None:
    """The plan has the street wider."""
    cell.change("street_plan", red_line_width_m=6.0 + WIDTH_TOLERANCE_M * strength)
    cell.expect("RO02", "street")


def house_in_red_line(cell: Cell, strength: float) -> None:
    """A kiosk stands with its front in the street."""
    width_m = strength * tolerance_m("buildings", "roads")
    cell.put(
        "kiosk", "buildings", box(92, 120, 102 + width_m, 130), height_m=4.0, floors=1, floor_area_m2=100.0
    )
    cell.expect("RO03", "kiosk")


def parcel_in_red_line(cell: Cell, strength: float) -> None:
    """A parcel reaches into the street."""
    parcel = box(10, 10, 102 + strength * tolerance_m("parcels", "roads"), 100)
    for role in ("south", "south_copy"):
        cell.reshape(role, parcel)
        cell.change(role, area_registered_m2=parcel.area)
    cell.expect("RO04", "south")
    cell.tolerate("LU01", "LU02", "LU07")


def name_differs(cell: Cell) -> None:
    """The plan calls the street by another name."""
    cell.change("street_plan", name="规划一路")
    cell.expect("AT02", "street", "street_plan")


def indicator_differs(cell: Cell, strength: float) -> None:
    """The register holds another plot ratio; what rounding explains is a tolerance."""
    cell.change("south_copy", far_ratio=1.5 + 0.005 * strength)
    cell.expect("AT01", "south")


BY_STRENGTH: dict[str, Callable[[Cell, float], None]] = {
    "BU01": across_parcel_line, "BU02": higher_than_planned, "BU03": plot_ratio_over, "BU04": density_over,
    "RO01": road_line_differs, "RO02": road_width_differs, "RO03": house_in_red_line,
    "RO04": parcel_in_red_line, "AT01": indicator_differs,
}  # fmt: skip
WHOLE: dict[str, Callable[[Cell], None]] = {"AT02": name_differs}
