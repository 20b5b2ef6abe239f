"""Values and codes that cannot be right, whatever the map says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapely import box

if TYPE_CHECKING:
    from collections.abc import Callable

    from truth.ground import Cell

BLURRED = ("LU01", "LU02", "RO04", "PI06")
"""Rules that need the class which is missing here."""


def value_missing(cell: Cell) -> None:
    """A parcel has no land-use code."""
    cell.change("south", use_code=None)
    cell.expect("DA01", "south")
    cell.tolerate(*BLURRED)


def code_unknown(cell: Cell) -> None:
    """A parcel has a code that is in no list."""
    cell.change("south", use_code="ZZ99")
    cell.expect("DA02", "south")
    cell.tolerate(*BLURRED)


def code_ambiguous(cell: Cell) -> None:
    """A survey patch has a code of the first level only."""
    cell.change("green", use_code="09")
    cell.expect("DA03", "green")
    cell.tolerate(*BLURRED)


def value_unreadable(cell: Cell) -> None:
    """A height is written in words."""
    cell.change("house", height_m="约十八米")
    cell.expect("DA04", "house")


def id_repeated(cell: Cell) -> None:
    """Two sheds carry one number."""
    cell.put("shed", "buildings", box(60, 20, 70, 30), height_m=3.0, floors=1, floor_area_m2=100.0)
    cell.put(
        "store", "buildings", box(60, 40, 70, 50), key="shed", height_m=3.0, floors=1, floor_area_m2=100.0
    )
    cell.expect("DA05", "shed")


def id_malformed(cell: Cell) -> None:
    """A parcel's code lost a character, with both departments."""
    for role in ("south", "south_copy"):
        cell.features[role].id = cell.features[role].id[:-1]
    cell.expect("DA06", "south", "south_copy")


def value_impossible(cell: Cell) -> None:
    """A house is two kilometres high."""
    cell.change("house", height_m=2000.0)
    cell.expect("DA09", "house")
    cell.tolerate("BU02")


BY_STRENGTH: dict[str, Callable[[Cell, float], None]] = {}
WHOLE: dict[str, Callable[[Cell], None]] = {
    "DA01": value_missing, "DA02": code_unknown, "DA03": code_ambiguous, "DA04": value_unreadable,
    "DA05": id_repeated, "DA06": id_malformed, "DA09": value_impossible,
}  # fmt: skip
