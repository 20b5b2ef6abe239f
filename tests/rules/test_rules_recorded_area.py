"""GE05: what the projected area is sure of, measuring on the ellipsoid confirms."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS

from lantu.crs import areal_scales, ellipsoidal_area_m2
from lantu.rules.recorded_area import surely_within

SYSTEMS = {
    "EPSG:4548": (500_000.0, 4_075_000.0),
    "EPSG:28992": (155_000.0, 463_000.0),
    "EPSG:3857": (13e6, 4e6),
}


def fields(seed: int, at: tuple[float, float], count: int = 150) -> Any:
    """Return convex fields of a few to a few hundred metres around a place."""
    draw = np.random.default_rng(seed)
    centres = np.array(at) + draw.uniform(-20_000.0, 20_000.0, (count, 1, 2))
    sizes = 10.0 ** draw.uniform(0.5, 2.6, (count, 1, 1))
    return shapely.convex_hull(shapely.multipoints(centres + sizes * draw.uniform(-1.0, 1.0, (count, 7, 2))))


@settings(max_examples=25)
@given(st.integers(0, 2**31), st.sampled_from(sorted(SYSTEMS)), st.floats(-100_000.0, 100_000.0))
def test_what_is_sure_is_so_on_the_ellipsoid(seed: int, system: str, east_m: float) -> None:
    crs = CRS.from_user_input(system)
    shapes = fields(seed, (SYSTEMS[system][0] + east_m, SYSTEMS[system][1]))
    exact_m2 = ellipsoidal_area_m2(shapes, working_crs=crs)
    floor_m2 = np.maximum(1.0, 0.001 * exact_m2)
    recorded = exact_m2 + np.random.default_rng(seed).uniform(-1.3, 1.3, len(shapes)) * floor_m2
    sure = surely_within(floor_m2, shapes, recorded, working_crs=crs)
    assert not (sure & (np.abs(recorded - exact_m2) > floor_m2)).any()


def test_most_of_an_honest_layer_is_sure() -> None:
    crs = CRS.from_user_input("EPSG:4548")
    shapes = fields(1, SYSTEMS["EPSG:4548"])
    recorded = np.round(ellipsoidal_area_m2(shapes, working_crs=crs), 2)
    assert surely_within(np.maximum(1.0, 0.001 * recorded), shapes, recorded, working_crs=crs).mean() > 0.9


def test_nothing_is_sure_of_few_large_or_stray_features() -> None:
    crs = CRS.from_user_input("EPSG:4548")
    shapes = fields(1, SYSTEMS["EPSG:4548"])
    recorded = ellipsoidal_area_m2(shapes, working_crs=crs)
    floor_m2 = np.full(len(shapes), 1e12)
    assert not surely_within(floor_m2[:50], shapes[:50], recorded[:50], working_crs=crs).any()
    large = shapely.transform(shapes, lambda xy: xy * 100.0)
    assert not surely_within(floor_m2, large, recorded, working_crs=crs).any()
    away = shapely.transform(shapes, lambda xy: xy * [1e9, 1.0])
    assert not surely_within(floor_m2, away, recorded, working_crs=crs).any()


@pytest.mark.parametrize(("east_m", "expected"), [(500_000.0, 1.0), (600_000.0, 1.0 - (100 / 6371) ** 2)])
def test_the_scale_is_that_of_the_zone(east_m: float, expected: float) -> None:
    box_m = np.array([east_m - 500.0, 4_075_000.0, east_m + 500.0, 4_076_000.0])
    least, most = areal_scales(box_m, working_crs=CRS.from_user_input("EPSG:4548"))
    assert least < expected < most
    assert most - least < 2e-4
