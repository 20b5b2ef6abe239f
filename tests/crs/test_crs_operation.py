from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS, Transformer

from lantu.crs import Operation, choose_operation, densify
from lantu.crs import operation as operation_module
from lantu.sources.wkb import flat_geometry

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ZHOUCUN = (117.68, 36.58, 118.02, 36.98)


@cache
def between(source: int, target: int) -> Operation:
    found = choose_operation(CRS.from_epsg(source), CRS.from_epsg(target), area_of_interest=ZHOUCUN)
    assert isinstance(found, Operation)
    return found


def objects(*geometries: object) -> np.ndarray:
    array = np.empty(len(geometries), dtype=object)
    array[:] = geometries
    return array


def gauss_kruger_m(lon: float, lat: float, meridian: float) -> tuple[float, float]:
    """Krueger's n-series to fourth order on GRS 80, written out by hand from his 1912 formulas."""
    a, f = 6_378_137.0, 1 / 298.257222101
    n = f / (2 - f)
    e = math.sqrt(f * (2 - f))
    radius = a / (1 + n) * (1 + n**2 / 4 + n**4 / 64)
    alpha = (
        n / 2 - 2 * n**2 / 3 + 5 * n**3 / 16 + 41 * n**4 / 180,
        13 * n**2 / 48 - 3 * n**3 / 5 + 557 * n**4 / 1440,
        61 * n**3 / 240 - 103 * n**4 / 140,
        49_561 * n**4 / 161_280,
    )
    phi, lam = math.radians(lat), math.radians(lon - meridian)
    conformal = math.sinh(math.atanh(math.sin(phi)) - e * math.atanh(e * math.sin(phi)))
    xi, eta = math.atan2(conformal, math.cos(lam)), math.atanh(math.sin(lam) / math.hypot(1, conformal))
    north = xi + sum(c * math.sin(2 * k * xi) * math.cosh(2 * k * eta) for k, c in enumerate(alpha, 1))
    east = eta + sum(c * math.cos(2 * k * xi) * math.sinh(2 * k * eta) for k, c in enumerate(alpha, 1))
    return 500_000 + radius * east, radius * north


@pytest.mark.parametrize(("lon", "lat"), [(117.85, 36.80), (115.6, 35.0), (118.4, 40.2), (117.0, 36.8)])
def test_gauss_kruger_agrees_with_the_series_computed_by_hand(lon: float, lat: float) -> None:
    np.testing.assert_allclose(
        between(4490, 4548).project(np.array([[lon, lat]]))[0], gauss_kruger_m(lon, lat, 117.0), atol=1e-4
    )


def test_on_the_meridian_the_northing_is_the_published_meridian_arc() -> None:
    # GRS 80: from the equator to 45 degrees 4 984 944.378 m, to the pole 10 001 965.729 m
    points = np.array([[117.0, 45.0], [117.0, 90.0]])
    expected = [[500_000.0, 4_984_944.378], [500_000.0, 10_001_965.729]]
    np.testing.assert_allclose(between(4490, 4548).project(points), expected, atol=1e-3)


def test_a_zone_prefix_comes_off_and_nothing_else() -> None:
    delivered = objects(shapely.box(39_570_000, 4_070_000, 39_570_100, 4_070_080))
    geometry, failed = between(4527, 4548).apply(delivered)
    assert not failed.any()
    np.testing.assert_allclose(
        shapely.bounds(geometry[0]), [570_000, 4_070_000, 570_100, 4_070_080], atol=1e-6
    )


def test_every_kind_of_geometry_comes_through() -> None:
    delivered = objects(
        shapely.Point(117.8, 36.8),
        None,
        shapely.Point(),
        shapely.Polygon(),
        shapely.LineString([(117.8, 36.8, 5.5), (117.801, 36.8, 6.5)]),
        shapely.MultiPoint([(117.8, 36.8), (117.9, 36.8)]),
        shapely.from_wkt("POINT ZM (117.8 36.8 12 99)"),
        shapely.from_wkt(
            "GEOMETRYCOLLECTION (POINT (117.8 36.8), LINESTRING (117.7 36.8, 117.9 36.8), POLYGON EMPTY)"
        ),
    )
    before = shapely.to_wkb(delivered)
    geometry, failed = between(4490, 4548).apply(delivered)
    assert not failed.any()
    assert geometry[1] is None
    assert geometry[2].is_empty
    assert geometry[3].is_empty
    assert [kind and kind.geom_type for kind in geometry] == [kind and kind.geom_type for kind in delivered]
    np.testing.assert_array_equal(shapely.get_coordinates(geometry[4], include_z=True)[:, 2], [5.5, 6.5])
    assert shapely.get_z(geometry[6]) == 12
    np.testing.assert_array_equal(shapely.to_wkb(delivered), before)  # the delivered ones are untouched


@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
def test_what_cannot_be_projected_is_said_and_costs_nothing_else() -> None:
    delivered = objects(
        shapely.Point(117.8, 36.8),
        shapely.Point(36.8, 117.8),  # latitude 117.8
        shapely.LineString([(117.8, 36.8), (math.nan, 36.8)]),
        shapely.LineString([(117.8, 36.8), (math.inf, 36.8)]),
        shapely.Point(39_570_000, 4_070_000),
    )
    geometry, failed = between(4490, 4548).apply(delivered)
    np.testing.assert_array_equal(failed, [False, True, True, True, True])
    assert [item is None for item in geometry] == failed.tolist()


def test_the_same_system_changes_nothing_but_still_looks() -> None:
    delivered = objects(shapely.Point(1, 2, 3), shapely.LineString([(0, 0), (math.inf, 1)]), None)
    geometry, failed = between(4548, 4548).apply(delivered)
    assert geometry[0].equals_exact(delivered[0], 0)
    np.testing.assert_array_equal(failed, [False, True, False])


SHAPES = (
    "POINT EMPTY",
    "POINT (0 0)",
    "LINESTRING (0 0, 1 0)",
    "LINESTRING (0 0, 0 0)",
    "LINESTRING Z (0 0 5, 1 0 6)",
    "POLYGON ((0 0, 1 0, 0 1, 0 0))",
    "POLYGON ((0 0, 1 1, 0 1, 1 0, 0 0))",
    "POLYGON ((0 0, 1 0, 0 0))",
    "POLYGON ((0 0, 9 0, 9 9, 0 9, 0 0), (1 1, 2 1, 2 2, 1 1))",
    "POLYGON Z ((0 0 1, 1 0 2, 0 1 3, 0 0 1))",
    "MULTIPOLYGON (((0 0, 1 0, 0 1, 0 0)), ((5 5, 6 5, 5 6, 5 5)))",
    "MULTIPOINT (0 0, 1 1)",
    "GEOMETRYCOLLECTION (POINT (0 0), POLYGON ((0 0, 1 0, 0 1, 0 0)))",
)


@given(
    st.lists(
        st.tuples(
            st.sampled_from((*SHAPES, None)), st.sampled_from((1e-5, 1e-3, 0.02)), st.sampled_from((0, 4490))
        ),
        max_size=12,
    ),
    st.integers(0, 10_000),
)
def test_made_anew_or_changed_a_geometry_is_what_shapely_makes_of_it(
    shapes: list[tuple[str | None, float, int]], seed: int
) -> None:
    """The plain way: densify every geometry, then put every vertex through PROJ, one geometry at a time."""
    places = np.random.default_rng(seed).uniform(ZHOUCUN[:2], (117.9, 36.9), (len(shapes), 2))
    delivered = np.full(len(shapes), None, dtype=object)
    for number, (text, size, srid) in enumerate(shapes):
        shape = None if text is None else shapely.from_wkt(text, on_invalid="ignore")
        if shape is not None:
            at = places[number]
            shape = shapely.transform(shape, lambda xy, at=at, size=size: at + size * xy)
            delivered[number] = shapely.set_srid(_with_heights(text, shape), srid)
    operation = between(4490, 4548)
    plain = densify(delivered, project=operation.project)
    for row in np.flatnonzero(~shapely.is_missing(plain)):
        plain[row] = shapely.transform(plain[row], _keeping_heights(operation), include_z=plain[row].has_z)
    found, failed = operation.apply(delivered)
    assert not failed.any()
    assert _exactly(found) == _exactly(plain)


FLAT = (
    "LINESTRING (0 0, 1 0, 1 1)",
    *(text for text in SHAPES if text.startswith(("POLYGON ((", "MULTIPOLYGON"))),
)


@given(
    st.lists(st.tuples(st.sampled_from(FLAT), st.sampled_from((1e-5, 1e-3, 0.02))), min_size=1, max_size=12),
    st.integers(0, 10_000),
    st.booleans(),
)
def test_flat_geometry_lands_where_objects_do(
    shapes: list[tuple[str, float]],
    seed: int,
    stray: bool,  # noqa: FBT001
) -> None:
    kind = shapes[0][0][0] == "L"  # lines alone, or polygons alone
    shapes = [one for one in shapes if (one[0][0] == "L") == kind]
    places = np.random.default_rng(seed).uniform(ZHOUCUN[:2], (117.9, 36.9), (len(shapes), 2))
    places[0] += 50.0 * stray  # latitude beyond the pole for the first
    delivered = objects(
        *(
            shapely.transform(shapely.from_wkt(text), lambda xy, at=at, size=size: at + size * xy)
            for (text, size), at in zip(shapes, places, strict=True)
        )
    )
    flat = flat_geometry(pa.chunked_array([pa.array(shapely.to_wkb(delivered).tolist(), pa.binary())]))
    if flat is None:  # a ring of three vertices
        return
    for operation in (between(4490, 4548), between(4490, 4490)):
        found, expected = operation.apply_flat(flat), operation.apply(delivered)
        assert _exactly(found.geometry) == _exactly(expected.geometry)
        assert found.failed.tolist() == expected.failed.tolist()


def _with_heights(text: str | None, shape: shapely.Geometry) -> shapely.Geometry:
    return shapely.force_3d(shape, 7.5) if text is not None and " Z " in text else shape


def _keeping_heights(operation: Operation) -> Callable[[np.ndarray], np.ndarray]:
    return lambda points: np.column_stack([operation.project(points[:, :2]), points[:, 2:]])


def _exactly(geometries: np.ndarray) -> list[bytes | None]:
    return list(shapely.to_wkb(geometries, include_srid=True, output_dimension=3))


@given(st.integers(1, 60), st.integers(0, 10_000))
def test_a_layer_in_pieces_gives_the_same_bytes(size: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    # some reach over kilometres, so that vertices are added
    spans = 10.0 ** rng.uniform(-5, -1.3, size)
    corners = rng.uniform(ZHOUCUN[:2], (117.9, 36.9), (size, 2))
    delivered = shapely.box(*corners.T, *(corners + spans[:, None]).T)
    operation = between(4490, 4548)
    whole = shapely.to_wkb(operation.apply(delivered).geometry)
    cut = size // 3
    parts = [shapely.to_wkb(operation.apply(piece).geometry) for piece in (delivered[:cut], delivered[cut:])]
    np.testing.assert_array_equal(np.concatenate(parts), whole)


def test_threads_give_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operation_module, "CHUNK_POINTS", 7)
    points = np.random.default_rng(3).uniform(ZHOUCUN[:2], ZHOUCUN[2:], (1000, 2))
    operation = between(4490, 4548)
    np.testing.assert_array_equal(operation.project(points, threads=4), operation.project(points, threads=1))


@given(
    st.sampled_from([(4490, 4548), (4527, 4548), (32650, 4548), (3857, 4548), (4549, 4548)]),
    st.integers(0, 10_000),
)
def test_there_and_back_is_the_same_place(pair: tuple[int, int], seed: int) -> None:
    source, target = pair
    lonlat = np.random.default_rng(seed).uniform(ZHOUCUN[:2], ZHOUCUN[2:], (20, 2))
    points = np.column_stack(Transformer.from_crs(4490, target, always_xy=True).transform(*lonlat.T))
    there = between(target, source).project(points)
    np.testing.assert_allclose(between(source, target).project(there), points, atol=1e-4)


@pytest.mark.real
def test_cambridge_parcels_land_where_geopandas_puts_them(real_data: Path) -> None:
    path = next((real_data / "cambridge_ma" / "assessing").rglob("*.topojson"), None) or next(
        (real_data / "cambridge_ma").rglob("*PARCELS*")
    )
    frame = gpd.read_file(path).set_crs(4326, allow_override=True)
    operation = choose_operation(
        CRS.from_epsg(4326), CRS.from_epsg(26986), area_of_interest=tuple(frame.total_bounds)
    )
    assert isinstance(operation, Operation)
    geometry, failed = operation.apply(frame.geometry.to_numpy())
    assert not failed.any()
    expected = frame.to_crs(26986).geometry.to_numpy()
    same = shapely.get_num_coordinates(geometry) == shapely.get_num_coordinates(expected)
    assert same.mean() > 0.99  # the rest have an edge long enough to be bent
    np.testing.assert_array_equal(
        shapely.get_coordinates(geometry[same]), shapely.get_coordinates(expected[same])
    )
    # where vertices were added they lie within a millimetre or so of the chord
    assert (
        shapely.hausdorff_distance(shapely.boundary(geometry[~same]), shapely.boundary(expected[~same])).max()
        < 0.05
    )


@pytest.mark.real
def test_zaatari_blocks_agree_between_shapefile_and_geojson(real_data: Path) -> None:
    folder = real_data / "zaatari_camp"
    projected = gpd.read_file(folder / "BlockBoundaries_2016_12.shp.zip")
    degrees = gpd.read_file(folder / "BlockBoundaries_2016_12.geojson")
    operation = choose_operation(
        degrees.crs, CRS.from_epsg(32637), area_of_interest=tuple(degrees.total_bounds)
    )
    assert isinstance(operation, Operation)
    assert operation.accuracy_m == 0.0
    geometry = operation.apply(degrees.geometry.to_numpy()).geometry
    far_m = shapely.hausdorff_distance(shapely.force_2d(projected.geometry.to_numpy()), geometry)
    assert far_m.max() < 0.08


@pytest.mark.real
def test_a_clean_coverage_stays_clean_after_projecting(real_data: Path) -> None:
    plots = gpd.read_file(real_data / "momepy_bubenec_prague" / "bubenec.gpkg", layer="plots")
    delivered = plots.geometry.to_numpy()
    operation = choose_operation(
        plots.crs, CRS.from_epsg(5514), area_of_interest=tuple(plots.to_crs(4326).total_bounds)
    )
    assert isinstance(operation, Operation)
    geometry = operation.apply(delivered).geometry

    def edges(polygons: np.ndarray) -> tuple[int, int]:
        points, ring = shapely.get_coordinates(
            shapely.get_rings(shapely.get_parts(polygons)), return_index=True
        )
        inside = ring[1:] == ring[:-1]
        ends = np.hstack([points[:-1][inside], points[1:][inside]])
        turned = (ends[:, 0] > ends[:, 2]) | ((ends[:, 0] == ends[:, 2]) & (ends[:, 1] > ends[:, 3]))
        ends = np.where(turned[:, None], ends[:, [2, 3, 0, 1]], ends)
        return len(ends), len(np.unique(ends, axis=0))

    total, distinct = edges(delivered)
    total_after, distinct_after = edges(geometry)
    # every edge that two neighbours shared they still share, with whatever was added to it
    assert total - distinct > 1000
    assert total_after - distinct_after >= total - distinct
    assert (total_after == total) == (distinct_after == distinct)
