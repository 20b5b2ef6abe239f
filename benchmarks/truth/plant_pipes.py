"""Pipes against buildings, parcels, manholes and each other."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from shapely import Point

from truth.background import pipe
from truth.ground import tolerance_m

if TYPE_CHECKING:
    from collections.abc import Callable

    from truth.ground import Cell

WALL_M = 50.0
"""The eastern wall of the house."""
DEPTH_ERROR_M = 0.05
"""Standard error of a depth, as the benchmark's blueprint states it."""


def under_building(cell: Cell, strength: float) -> None:
    """A water pipe runs under the house's eastern wall."""
    east_m = WALL_M - strength * tolerance_m("pipes", "buildings")
    pipe(cell, "branch", [(east_m, 20), (east_m, 60)], medium="water", diameter_mm=100, depth_m=1.5)
    cell.expect("PI01", "branch")
    cell.tolerate("PI02", "PI06")


def near_building(cell: Cell, strength: float) -> None:
    """A water pipe of 300 mm runs nearer to the house than the 3 m that GB 50289-2016 4.1.9 asks for."""
    east_m = WALL_M + 3.0 + 0.15 - strength * tolerance_m("pipes", "buildings")
    pipe(cell, "branch", [(east_m, 20), (east_m, 60)], medium="water", diameter_mm=300, depth_m=1.5)
    cell.expect("PI02", "branch")
    cell.tolerate("PI06")


def near_pipe(cell: Cell, strength: float) -> None:
    """A sewer of 300 mm runs beside the water main of 200 mm, nearer than 1 m from wall to wall."""
    east_m = 120 + 0.1 + 0.15 + 1.0 - strength * tolerance_m("pipes", "pipes")
    pipe(cell, "sewer", [(east_m, 70), (east_m, 130)], medium="sewage", diameter_mm=300, depth_m=2.5)
    cell.expect("PI03", "main", "sewer", "main_copy")


def little_height(cell: Cell, strength: float) -> None:
    """A storm drain crosses under the main with less than 0.4 m between them."""
    error_m = 2.0 * (2.0 * DEPTH_ERROR_M**2) ** 0.5
    depth_m = 1.2 + 0.2 + 0.4 - strength * error_m
    pipe(cell, "culvert", [(112, 95), (172, 95)], medium="storm", diameter_mm=400, depth_m=depth_m)
    cell.expect("PI04", "main", "culvert", "main_copy")


def shallow(cell: Cell, strength: float) -> None:
    """A water pipe lies less than the least cover of 0.6 m below ground."""
    depth_m = 0.6 - strength * 2.0 * DEPTH_ERROR_M
    pipe(cell, "branch", [(172, 15), (172, 50)], medium="water", diameter_mm=100, depth_m=depth_m)
    cell.expect("PI05", "branch")


def through_parcel(cell: Cell, strength: float) -> None:
    """A telephone cable runs inside a parcel's eastern line."""
    east_m = 100 - strength * tolerance_m("pipes", "parcels")
    pipe(cell, "cable", [(east_m, 110), (east_m, 150)], medium="telecom", diameter_mm=100, depth_m=1.0)
    cell.expect("PI06", "cable")


def record_differs(cell: Cell) -> None:
    """The waterworks hold another diameter."""
    cell.change("main_copy", diameter_mm=300)
    cell.expect("PI07", "main", "main_copy")


def end_without_node(cell: Cell, strength: float) -> None:
    """The main's last manhole stands off its end."""
    off_m = strength * math.hypot(0.5, tolerance_m("pipes", "nodes"))
    cell.reshape("main_last", Point(120, 185 + off_m))
    cell.expect("PI08", "main")


BY_STRENGTH: dict[str, Callable[[Cell, float], None]] = {
    "PI01": under_building, "PI02": near_building, "PI03": near_pipe, "PI04": little_height,
    "PI05": shallow, "PI06": through_parcel, "PI08": end_without_node,
}  # fmt: skip
WHOLE: dict[str, Callable[[Cell], None]] = {"PI07": record_differs}
