"""A planner's own overlay script: read, reproject, intersect, compare codes. No tolerance.

It is what many departments run today, and what Lantu is measured against: on data with centimetre noise,
neighbours' boundaries never coincide, so every boundary between two uses gives slivers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

WORKING = "EPSG:4548"
REGISTERED = {
    "01": "farm", "02": "orchard", "03": "forest", "04": "grass", "0702": "village", "0701": "housing",
    "05": "shops", "0601": "industry", "0604": "stores", "0809": "utility", "0810": "green", "08": "public",
    "10": "road", "11": "water",
}  # fmt: skip
PLANNED = {
    "01": "farm", "02": "orchard", "03": "forest", "04": "grass", "0703": "village", "0701": "housing",
    "09": "shops", "10": "industry", "11": "stores", "13": "utility", "14": "green", "08": "public",
    "12": "road", "17": "water", "15": "monument",
}  # fmt: skip


@dataclass(frozen=True)
class Alarms:
    """How many intersections the script calls contradictory, and how many of them are."""

    real: int
    false: int

    @property
    def false_per_real(self) -> float:
        """Return how many false alarms there are for each real contradiction."""
        return self.false / self.real


def compare_with_plan(district: Path, truth: pd.DataFrame) -> Alarms:
    """Count intersections of parcels and plan with contradictory codes."""
    parcels, plots = read_parcels(district), read_plots(district)
    pieces = gpd.overlay(parcels, plots, how="intersection", keep_geom_type=True)
    differ = _classes(pieces["DLBM"], REGISTERED) != _classes(pieces["YDYHFLDM"], PLANNED)
    alarms = pieces[differ & (pieces.area > 0)]
    known = truth[(truth["rule"] == "LU01") & (truth["layer_a"] == "parcels") & (truth["layer_b"] == "plots")]
    return _counted(zip(alarms["ZDDM"], alarms["DKBH"], strict=True), _pairs(known))


def compare_with_copy(district: Path, truth: pd.DataFrame) -> Alarms:
    """Count intersections of the register's parcels with the housing authority's parcels of other ids."""
    parcels = read_parcels(district)
    copy = gpd.read_file(district / "housing" / "parcels.fgb").to_crs(WORKING)
    pieces = gpd.overlay(
        parcels[["ZDDM", "geometry"]], copy[["ZDDM", "geometry"]], how="intersection", keep_geom_type=True
    )
    alarms = pieces[(pieces["ZDDM_1"] != pieces["ZDDM_2"]) & (pieces.area > 0)]
    overlaps = _pairs(truth[truth["rule"] == "GE02"])
    misspelled = _pairs(_one_sided(truth))
    either_way = {(b, a) for a, b in overlaps} | overlaps | misspelled
    return _counted(zip(alarms["ZDDM_1"], alarms["ZDDM_2"], strict=True), either_way)


def read_parcels(district: Path) -> gpd.GeoDataFrame:
    """Read the registered parcels that are in force, in the working system."""
    parcels = gpd.read_file(district / "land" / "ZD.shp", encoding="GBK").to_crs(WORKING)
    return parcels[parcels["ZT"] == "现势"][["ZDDM", "DLBM", "geometry"]]


def read_plots(district: Path) -> gpd.GeoDataFrame:
    """Read the district's plan in the working system."""
    plots = gpd.read_file(district / "planning" / "plan.gpkg", layer="KG_DKXX").to_crs(WORKING)
    return plots[["DKBH", "YDYHFLDM", "geometry"]]


def _classes(codes: pd.Series, names: dict[str, str]) -> pd.Series:
    """Return the planner's name for each code: by its first four digits, else by its first two."""
    short = codes.str[:4].map(names)
    return short.fillna(codes.str[:2].map(names)).fillna("unknown " + codes.fillna(""))


def _one_sided(truth: pd.DataFrame) -> pd.DataFrame:
    """Return parcels that only one side holds, each paired with those that only the other side holds."""
    alone = truth[truth["rule"] == "BD02"]
    ours, theirs = alone[alone["layer_a"] == "parcels"], alone[alone["layer_a"] != "parcels"]
    crossed = ours[["id_a"]].merge(theirs[["id_a"]], how="cross", suffixes=("", "_other"))
    return crossed.rename(columns={"id_a_other": "id_b"})


def _pairs(rows: pd.DataFrame) -> set[tuple[str, str]]:
    return set(zip(rows["id_a"], rows["id_b"], strict=True))


def _counted(alarms: zip[tuple[str, str]], known: set[tuple[str, str]]) -> Alarms:
    raised = list(alarms)
    real = sum(pair in known for pair in raised)
    return Alarms(real, len(raised) - real)
