"""Laws 4 and 11 for the rules on pairs: no tiling, no threads and no order of rows changes a finding."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal

from lantu.engine.check import check
from lantu.rules import build
from lantu.rules.case_layers import case_facts, case_layer

if TYPE_CHECKING:
    import geopandas as gpd

    from lantu.model import Layer

CLASSES = ["cropland", "residential_urban", "industrial", "water", None]
KINDS = ["permanent_basic_farmland", "ecological_redline", "urban_boundary"]


def layer(name: str, standard: str, seed: int, *, shift_m: float, reverse: bool) -> Layer:
    """Return squares of 60 m on a grid of 50 m: neighbours overlap, some are doubled, some jitter."""
    noise = np.random.default_rng(seed)
    features: list[dict[str, Any]] = []
    for number in range(49):
        x, y = 50 * (number % 7) + shift_m, 50 * (number // 7)
        jitter = 2.0 * noise.integers(0, 3)
        feature: dict[str, Any] = {
            "id": f"N{number:02}",
            "use_class": CLASSES[noise.integers(0, len(CLASSES))],
            "use_code": str(noise.integers(1, 9)),
            "wkt": shapely.box(x + jitter, y, x + 60 + jitter, y + 60).wkt,
        }
        if standard == "plan.control_line":
            feature["kind"] = KINDS[number % 3]
        if standard == "land.parcel":
            feature["area_registered_m2"] = 3600.0 + 100.0 * noise.integers(0, 2)
            feature["far_ratio"] = 1.0 + 0.5 * noise.integers(0, 2)
        if number % 6 or number == 6 * seed:
            features.append(feature)
        if not number % 11:
            features.append({**feature, "id": f"D{number:02}"})
    ordered = features[::-1] if reverse else features
    return case_layer({"name": name, "standard": standard, "features": ordered}, side="a")


def findings(*, tile_m: float | None, jobs: int, reverse: bool) -> gpd.GeoDataFrame:
    layers = (
        layer("parcels", "land.parcel", 1, shift_m=0, reverse=reverse),
        layer("tax", "land.parcel", 2, shift_m=1, reverse=reverse),
        layer("survey", "land.survey", 3, shift_m=20, reverse=reverse),
        layer("master", "plan.plot", 4, shift_m=30, reverse=reverse),
        layer("detailed", "plan.plot", 5, shift_m=35, reverse=reverse),
        layer("lines", "plan.control_line", 6, shift_m=200, reverse=reverse),
    )
    rules = build(["GE02", "GE04", "GE05", "LU", "BD", "AT"], [], {})
    found = check(rules, case_facts({}, layers), tile_m=tile_m, jobs=jobs).findings
    found["geometry"] = shapely.normalize(found.geometry.to_numpy())
    return found


@pytest.fixture(scope="module")
def whole() -> gpd.GeoDataFrame:
    return findings(tile_m=None, jobs=1, reverse=False)


def test_every_rule_found_something(whole: gpd.GeoDataFrame) -> None:
    expected = ["AT01", "BD01", "BD02", "GE02", "GE04", "GE05", *(f"LU0{number}" for number in range(1, 9))]
    assert sorted(set(whole["rule"])) == expected
    assert whole["finding_id"].is_unique


@pytest.mark.parametrize(("tile_m", "jobs"), [(90.0, 1), (160.0, 3)])
def test_tiles_and_threads_change_nothing(whole: gpd.GeoDataFrame, tile_m: float, jobs: int) -> None:
    assert_geodataframe_equal(whole, findings(tile_m=tile_m, jobs=jobs, reverse=False))


def test_the_order_of_rows_changes_nothing(whole: gpd.GeoDataFrame) -> None:
    other = findings(tile_m=None, jobs=1, reverse=True)
    assert whole["finding_id"].tolist() == other["finding_id"].tolist()
    assert whole["message"].tolist() == other["message"].tolist()
