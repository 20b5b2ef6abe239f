from __future__ import annotations

import numpy as np
import pytest
from pyproj import CRS, Transformer

from lantu.crs import (
    choose_operation,
    diagnose,
    lonlat_bounds,
    lonlat_extent,
    lonlat_points,
    outside_area,
)
from lantu.model import Refusal

ZHOUCUN = (117.68, 36.58, 118.02, 36.98)


def test_an_extent_in_metres_holds_every_point_of_the_box() -> None:
    box = (560_000.0, 4_040_000.0, 600_000.0, 4_100_000.0)
    west, south, east, north = lonlat_extent(box, crs=CRS.from_epsg(4548)) or (0, 0, 0, 0)
    x, y = np.meshgrid(np.linspace(box[0], box[2], 40), np.linspace(box[1], box[3], 40))
    lon, lat = Transformer.from_crs(4548, 4490, always_xy=True).transform(x, y)
    # sixteen points around the box: a side may bulge between them by a few metres, no more
    assert west <= lon.min() + 1e-4
    assert south <= lat.min() + 1e-4
    assert east >= lon.max() - 1e-4
    assert north >= lat.max() - 1e-4
    assert (west, east) == pytest.approx((lon.min(), lon.max()), abs=1e-3)


def test_numbers_that_mean_nothing_land_nowhere() -> None:
    points = np.array([[39_570_000.0, 4_070_000.0], [117.8, 36.8], [np.nan, 1.0], [36.8, 117.8]])
    landed = lonlat_points(points, crs=CRS.from_epsg(4490))
    np.testing.assert_array_equal(np.isfinite(landed).all(axis=1), [False, True, False, False])
    assert (
        lonlat_extent((39_560_000.0, 4_060_000.0, 39_570_000.0, 4_070_000.0), crs=CRS.from_epsg(4490)) is None
    )


def test_outside_means_wholly_outside_and_not_near() -> None:
    boxes = np.array(
        [
            [117.70, 36.60, 117.71, 36.61],  # inside
            [117.00, 36.60, 117.90, 36.61],  # across the edge
            [118.03, 36.60, 118.04, 36.61],  # a kilometre off: within the margin
            [119.00, 36.60, 119.10, 36.61],  # beside
            [117.70, 12.00, 117.71, 12.10],  # south of it
            [np.nan, np.nan, np.nan, np.nan],  # no geometry
        ]
    )
    expected = [False, False, False, True, True, False]
    np.testing.assert_array_equal(outside_area(boxes, area=ZHOUCUN), expected)


def test_empty_layers_have_no_extent() -> None:
    assert lonlat_bounds(np.empty((0, 4)), crs=CRS.from_epsg(4548)).shape == (0, 4)
    assert lonlat_extent((np.nan, np.nan, np.nan, np.nan), crs=CRS.from_epsg(4548)) is None


@pytest.mark.parametrize("crs", [CRS.from_wkt('LOCAL_CS["工程坐标",UNIT["m",1]]'), CRS.from_epsg(32600)])
def test_a_system_that_is_not_tied_to_the_earth_lands_nowhere(crs: CRS) -> None:
    assert lonlat_extent((1.0, 2.0, 3.0, 4.0), crs=crs) is None
    assert diagnose(np.array([[1.0, 2.0]]), crs=crs, expected=ZHOUCUN) is None
    found = choose_operation(crs, CRS.from_epsg(4548), area_of_interest=ZHOUCUN)
    assert isinstance(found, Refusal)
    assert found.reason.key == "crs.no_operation"
