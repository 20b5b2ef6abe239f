from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st
from pyproj import CRS, Geod, Transformer

from lantu.crs import ellipsoidal_area_m2

GK117 = CRS.from_epsg(4548)
GRS80 = Geod(a=6_378_137.0, rf=298.257222101)
TO_PLANE = Transformer.from_crs(4490, 4548, always_xy=True)
TO_DEGREES = Transformer.from_crs(4548, 4490, always_xy=True)


def objects(*geometries: object) -> np.ndarray:
    array = np.empty(len(geometries), dtype=object)
    array[:] = geometries
    return array


def square_at(lon: float, lat: float, side_m: float, crs: int = 4548) -> shapely.Polygon:
    x, y = Transformer.from_crs(4490, crs, always_xy=True).transform(lon, lat)
    return shapely.box(x - side_m / 2, y - side_m / 2, x + side_m / 2, y + side_m / 2)


def geod_area_m2(polygon: shapely.Polygon, *, step_m: float) -> float:
    """pyproj's geodesic area of the same plane edges, cut into short geodesics."""
    dense = shapely.transform(
        shapely.segmentize(polygon, step_m), lambda points: np.column_stack(TO_DEGREES.transform(*points.T))
    )
    return abs(GRS80.geometry_area_perimeter(shapely.orient_polygons(dense))[0])


@pytest.mark.parametrize(("lon", "scale"), [(117.7, 1.000096), (118.0, 1.000196), (118.5, 1.000441)])
def test_the_areal_scale_of_gauss_kruger_comes_off(lon: float, scale: float) -> None:
    plane = square_at(lon, 36.8, 100.0)
    area_m2 = ellipsoidal_area_m2(objects(plane), working_crs=GK117)[0]
    assert plane.area / area_m2 == pytest.approx(scale, abs=1e-6)


def test_web_mercator_inflates_by_more_than_half() -> None:
    plane = square_at(117.7, 36.8, 100.0, crs=3857)
    assert plane.area / ellipsoidal_area_m2(objects(plane), working_crs=CRS.from_epsg(3857))[
        0
    ] == pytest.approx(1.56, abs=0.005)


@pytest.mark.parametrize("side_m", [1.0, 30.0, 49.0, 51.0, 400.0, 5_000.0, 60_000.0])
def test_squares_of_any_size_agree_with_geodesics(side_m: float) -> None:
    plane = square_at(118.0, 36.8, side_m)
    area_m2 = ellipsoidal_area_m2(objects(plane), working_crs=GK117)[0]
    assert area_m2 == pytest.approx(geod_area_m2(plane, step_m=max(side_m / 50, 0.5)), rel=2e-8, abs=1e-5)


@given(st.integers(0, 100_000))
def test_parcels_agree_with_geodesics(seed: int) -> None:
    rng = np.random.default_rng(seed)
    angle = np.sort(rng.uniform(0, 2 * np.pi, rng.integers(5, 40)))
    radius_m = rng.uniform(5, 300) * rng.uniform(0.6, 1.4, len(angle))
    x, y = TO_PLANE.transform(rng.uniform(115.6, 118.4), rng.uniform(25.0, 48.0))
    parcel = shapely.Polygon(np.column_stack([x + radius_m * np.cos(angle), y + radius_m * np.sin(angle)]))
    assume(parcel.is_valid)  # with half a turn between two corners the ring may cross itself
    area_m2 = ellipsoidal_area_m2(objects(parcel), working_crs=GK117)[0]
    assert area_m2 == pytest.approx(geod_area_m2(parcel, step_m=20.0), rel=2e-6, abs=2e-3)


def test_holes_parts_and_ring_directions() -> None:
    outer, hole, other = square_at(117.8, 36.8, 300), square_at(117.8, 36.8, 100), square_at(117.9, 36.8, 50)
    ring = shapely.Polygon(outer.exterior, [hole.exterior])
    a, b, c = ellipsoidal_area_m2(objects(outer, hole, other), working_crs=GK117)
    got = ellipsoidal_area_m2(
        objects(
            ring,
            shapely.reverse(ring),
            shapely.MultiPolygon([other, ring]),
            shapely.GeometryCollection([shapely.Point(0, 0), shapely.MultiPolygon([ring]), other]),
            shapely.force_3d(ring, 55.0),
            shapely.Point(570_000, 4_070_000),
            shapely.Polygon(),
            None,
        ),
        working_crs=GK117,
    )
    np.testing.assert_allclose(got, [a - b, a - b, a - b + c, a - b + c, a - b, 0, 0, np.nan], rtol=1e-12)
    assert len(ellipsoidal_area_m2(objects(), working_crs=GK117)) == 0


def test_zone_prefix_and_another_ellipsoid() -> None:
    plane = square_at(117.85, 36.8, 200.0)
    prefixed = shapely.transform(plane, lambda points: points + np.array([39_000_000.0, 0.0]))
    assert ellipsoidal_area_m2(objects(prefixed), working_crs=CRS.from_epsg(4527))[0] == pytest.approx(
        ellipsoidal_area_m2(objects(plane), working_crs=GK117)[0], rel=1e-9
    )
    # Krovak on Bessel, 5 km square near Prague
    krovak = shapely.box(-745_000, -1_045_000, -740_000, -1_040_000)
    crs = CRS.from_epsg(5514)
    to_degrees = Transformer.from_crs(crs, crs.geodetic_crs, always_xy=True)
    dense = shapely.transform(
        shapely.segmentize(krovak, 50), lambda points: np.column_stack(to_degrees.transform(*points.T))
    )
    expected = abs(Geod(ellps="bessel").geometry_area_perimeter(dense)[0])
    assert ellipsoidal_area_m2(objects(krovak), working_crs=crs)[0] == pytest.approx(expected, rel=2e-8)


def test_across_the_180th_meridian() -> None:
    fiji = CRS.from_epsg(32760)
    x, y = Transformer.from_crs(4326, fiji, always_xy=True).transform(180.0, -17.0)
    here, beside = shapely.box(x - 50, y - 50, x + 50, y + 50), shapely.box(x - 250, y - 50, x - 150, y + 50)
    got = ellipsoidal_area_m2(objects(here, beside), working_crs=fiji)
    assert got[0] == pytest.approx(got[1], rel=1e-5)


def test_an_area_does_not_depend_on_its_company() -> None:
    rng = np.random.default_rng(5)
    corners = rng.uniform((560_000, 4_050_000), (590_000, 4_090_000), (50, 2))
    boxes = shapely.box(*corners.T, *(corners + rng.uniform(1, 500, (50, 2))).T)
    whole = ellipsoidal_area_m2(boxes, working_crs=GK117)
    alone = np.concatenate([ellipsoidal_area_m2(boxes[i : i + 1], working_crs=GK117) for i in range(50)])
    np.testing.assert_array_equal(whole, alone)
