"""Land use, control lines, plans over plans, and the ground as a coverage."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from shapely import Polygon, box
from shapely.affinity import translate

from truth.background import FROM, HOMES, PARK, TO
from truth.ground import tolerance_m

if TYPE_CHECKING:
    from collections.abc import Callable

    from truth.ground import Cell

SLIVER_M = 0.15
EVERYWHERE = ("LU01", "LU02", "LU06", "LU07", "LU09", "BD01", "GE05", "GE01", "GE02")
"""Rules that a boundary drawn elsewhere may break too; noise turns a thin strip inside out."""


def use_contradicts_plan(cell: Cell, strength: float) -> None:
    """A garden's parcel reaches from the street into ground planned for houses."""
    west_m = 100 - strength * tolerance_m("parcels", "plots")
    rest, garden = box(10, 10, west_m, 100), box(west_m, 10, 115, 100)
    for layer, south in (("parcels", "south"), ("registry", "south_copy")):
        cell.reshape(south, rest)
        cell.change(south, area_registered_m2=rest.area)
        cell.put(f"garden_{layer}", layer, garden, key="garden", area_registered_m2=garden.area)
    cell.change("garden_parcels", use_code="green_open")
    cell.expect("LU01", "garden_parcels")
    cell.tolerate(*EVERYWHERE, "RO04")


def registered_use_differs(cell: Cell, strength: float) -> None:
    """The survey has the fields reach over the houses' line."""
    width_m = strength * tolerance_m("parcels", "survey")
    cell.reshape("built", box(10, 10, 100 - width_m, 190))
    cell.put("fields", "survey", box(100 - width_m, 10, 100, 190), use_code="cropland")
    cell.features["fields"].columns["area_recorded_m2"] = width_m * 180
    cell.change("built", area_recorded_m2=(90 - width_m) * 180)
    cell.expect("LU02", "south", "north")
    cell.tolerate(*EVERYWHERE)


def on_basic_farmland(cell: Cell, strength: float) -> None:
    """Basic farmland reaches under the houses' parcels and plot."""
    _line(cell, "permanent_basic_farmland", strength)
    cell.expect("LU03", "homes", "south", "north")
    cell.tolerate("LU01")


def in_ecological_redline(cell: Cell, strength: float) -> None:
    """The ecological redline reaches under the houses' parcels and plot."""
    _line(cell, "ecological_redline", strength)
    cell.expect("LU04", "homes", "south", "north")
    cell.tolerate("LU01")


def _line(cell: Cell, kind: str, strength: float) -> None:
    width_m = strength * tolerance_m("parcels", "lines")
    cell.put("line", "lines", box(6, 20, 10 + width_m, 180), kind=kind)


def outside_urban_boundary(cell: Cell, strength: float) -> None:
    """The urban boundary leaves a strip of the houses outside."""
    width_m = strength * tolerance_m("plots", "lines")
    cell.reshape("boundary", box(10 + width_m, 5, 196, 196))
    cell.expect("LU05", "homes")


def plan_missing(cell: Cell, strength: float) -> None:
    """The plan ends short of the parcels' western line."""
    width_m = strength * tolerance_m("parcels", "plots")
    cell.reshape("homes", box(10 + width_m, 10, 100, 190))
    cell.change("homes", area_planned_m2=(90 - width_m) * 180)
    cell.expect("LU06", "south", "north", "south_copy", "north_copy")


def plan_line_splits(cell: Cell, strength: float) -> None:
    """The plan gives a strip of the parcels to shops."""
    width_m = strength * tolerance_m("parcels", "plots")
    strip = box(10, 10, 10 + width_m, 190)
    cell.reshape("homes", HOMES.difference(strip))
    cell.change("homes", area_planned_m2=(90 - width_m) * 180)
    cell.put(
        "shops",
        "plots",
        strip,
        use_code="commercial",
        area_planned_m2=strip.area,
        valid_from=FROM,
        valid_to=TO,
    )
    cell.expect("LU07", "south", "north", "south_copy", "north_copy")
    cell.tolerate("LU01", "GE01", "GE02")


def plans_disagree(cell: Cell, strength: float) -> None:
    """The development zone's own plan reaches into the park with a factory."""
    width_m = strength * tolerance_m("plots", "plots_park")
    factory = box(175 - width_m, 20, 176, 120)
    cell.put("factory", "plots_park", factory, use_code="industrial", valid_from=FROM, valid_to=TO)
    cell.expect("LU08", "park", "factory")
    cell.tolerate("TE02", "LU01", "LU05", "LU09")


def two_plans_in_force(cell: Cell, strength: float) -> None:
    """The development zone plans a strip of the park too, and agrees."""
    width_m = strength * tolerance_m("plots", "plots_park")
    garden = box(175 - width_m, 20, 176, 180)
    cell.put("garden", "plots_park", garden, use_code="green_open", valid_from=FROM, valid_to=TO)
    cell.expect("TE02", "park", "garden")
    cell.tolerate("LU05")


def line_use_mismatch(cell: Cell, strength: float) -> None:
    """A green line reaches into the houses' plot."""
    width_m = strength * tolerance_m("plots", "lines")
    cell.put("green_line", "lines", box(6, 20, 10 + width_m, 180), kind="green")
    cell.expect("LU09", "homes")


def overlaps_own_layer(cell: Cell, strength: float) -> None:
    """Two survey patches lie over each other."""
    cell.reshape("built", box(10, 10, 100 + strength * tolerance_m("survey", "survey"), 190))
    cell.features["built"].columns["area_recorded_m2"] = cell.features["built"].shape.area
    cell.expect("GE02", "built", "green")
    cell.tolerate("LU01", "LU02")


def gap_in_coverage(cell: Cell, strength: float) -> None:
    """A sliver between two plots belongs to neither; it has a width and no tolerance."""
    width_m = SLIVER_M * strength
    sliver = Polygon([(100, 60), (100 + width_m, 90), (100, 120), (100 - width_m, 90)])
    cell.reshape("homes", HOMES.difference(sliver))
    cell.reshape("park", PARK.difference(sliver))
    cell.expect("GE03", "homes", "park")
    cell.tolerate("GE01", "GE02", "LU06", "GE05")


def recorded_area_differs(cell: Cell, strength: float) -> None:
    """The register holds another area; a tolerance is two sigma of the drawn one, by hand for a square."""
    sigma_m2 = 0.05 / 2 * (4 * 2 * 90**2) ** 0.5
    cell.change("south", area_registered_m2=90 * 90 + max(2 * sigma_m2, 8.1) * strength)
    cell.expect("GE05", "south")
    cell.tolerate("AT01")


def same_id_different_boundary(cell: Cell, strength: float) -> None:
    """The register draws the northern line of a parcel further north."""
    width_m = strength * tolerance_m("parcels", "registry")
    drawn = box(10, 100, 100, 190 + width_m)
    cell.reshape("north_copy", drawn)
    cell.change("north_copy", area_registered_m2=drawn.area)
    cell.expect("BD01", "north")
    cell.tolerate("AT01", "LU06", "LU07")


def same_land_different_id(cell: Cell) -> None:
    """The register knows the parcel under another number."""
    moved = cell.features.pop("north_copy")
    cell.put("other_copy", "registry", moved.shape, key="other", **moved.columns)
    cell.expect("BD03", "north", "other_copy")
    cell.tolerate("BD02")


def id_in_one_department(cell: Cell) -> None:
    """The register has no such parcel."""
    cell.remove("north_copy")
    cell.expect("BD02", "north")


def plan_expired(cell: Cell) -> None:
    """A plot's plan ended last year."""
    cell.change("park", valid_to=dt.date(2025, 12, 31))
    cell.expect("TE01", "park")


def geometry_repeated(cell: Cell) -> None:
    """A house is drawn twice."""
    cell.put("twin", "buildings", cell.features["house"].shape, height_m=18.0, floors=6, floor_area_m2=2400.0)
    cell.expect("GE04", "house", "twin")


def spike(cell: Cell) -> None:
    """Both departments copied a kick of sixty metres in a parcel's line."""
    kicked = Polygon([(10, 100), (100, 100), (100, 190), (50.06, 190), (50, 130), (49.94, 190), (10, 190)])
    cell.reshape("north", kicked)
    cell.reshape("north_copy", kicked)
    cell.expect("GE06", "north", "north_copy")
    cell.tolerate("GE01")  # so thin that noise may turn it inside out


def geometry_invalid(cell: Cell) -> None:
    """A zone crosses itself."""
    bow = Polygon([(20, 192), (30, 194), (30, 192), (20, 194)])
    cell.put("bow", "water", bow, kind="key_prevention")
    cell.expect("GE01", "bow")
    cell.tolerate("SW02")


def geometry_empty(cell: Cell) -> None:
    """A building has no outline."""
    cell.put("nowhere", "buildings", None, height_m=9.0, floors=3, floor_area_m2=300.0)
    cell.expect("GE07", "nowhere")


def crossed_over(cell: Cell) -> None:
    """A house stands in another province."""
    far = translate(cell.features["house"].shape, 0.0, 2_000_000.0)
    cell.put("stray", "buildings", far, height_m=9.0, floors=3, floor_area_m2=300.0)
    cell.expect("CR03", "stray")


BY_STRENGTH: dict[str, Callable[[Cell, float], None]] = {
    "LU01": use_contradicts_plan, "LU02": registered_use_differs, "LU03": on_basic_farmland,
    "LU04": in_ecological_redline, "LU05": outside_urban_boundary, "LU06": plan_missing,
    "LU07": plan_line_splits, "LU08": plans_disagree, "LU09": line_use_mismatch, "TE02": two_plans_in_force,
    "GE02": overlaps_own_layer, "GE03": gap_in_coverage, "GE05": recorded_area_differs,
    "BD01": same_id_different_boundary,
}  # fmt: skip
WHOLE: dict[str, Callable[[Cell], None]] = {
    "BD02": id_in_one_department, "BD03": same_land_different_id, "TE01": plan_expired,
    "GE01": geometry_invalid, "GE04": geometry_repeated, "GE06": spike, "GE07": geometry_empty,
    "CR03": crossed_over,
}  # fmt: skip
