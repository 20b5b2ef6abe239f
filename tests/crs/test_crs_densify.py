from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS, Transformer

from lantu.crs import densify

TO_METRES = Transformer.from_crs(4490, 4548, always_xy=True)


def project(points: np.ndarray) -> np.ndarray:
    return np.column_stack(TO_METRES.transform(*points.T))


def objects(*geometries: object) -> np.ndarray:
    array = np.empty(len(geometries), dtype=object)
    array[:] = geometries
    return array


def curve_off_chord_m(line: shapely.LineString) -> float:
    """Brute force: how far 2000 points of each edge, projected, lie from the projected edge."""
    points = shapely.get_coordinates(line)
    worst = 0.0
    for start, end in pairwise(points):
        curve = project(start + np.linspace(0, 1, 2001)[:, None] * (end - start))
        chord = shapely.LineString(curve[[0, -1]])
        worst = max(worst, float(shapely.distance(shapely.points(curve), chord).max()))
    return worst


def test_a_long_edge_follows_its_curve_to_a_millimetre() -> None:
    line = shapely.LineString([(117.2, 36.7), (118.2, 36.75)])  # 89 km
    assert curve_off_chord_m(line) > 100
    dense = densify(objects(line), project=project)[0]
    assert curve_off_chord_m(dense) < 0.001
    # and not much finer than needed: half as many pieces would not do
    assert curve_off_chord_m(shapely.LineString(shapely.get_coordinates(dense)[::2])) > 0.001


def test_a_short_edge_and_a_straight_projection_need_nothing() -> None:
    parcel = shapely.box(117.8, 36.8, 117.8008, 36.8006)  # 71 m by 67 m
    assert densify(objects(parcel), project=project)[0] is parcel
    far = shapely.box(560_000, 4_000_000, 600_000, 4_080_000)
    assert densify(objects(far), project=lambda points: points + 39_000_000)[0] is far


def test_two_neighbours_share_every_vertex_of_a_long_edge_bit_for_bit() -> None:
    south, north = (117.2137, 36.7001), (118.0913, 36.9003)
    left = shapely.Polygon([south, north, (117.3, 37.4)])
    right = shapely.Polygon([north, south, (118.2, 36.5)])  # the same edge, the other way
    assert left.exterior.is_ccw == right.exterior.is_ccw
    dense = densify(objects(left, right), project=project)
    shared = [{tuple(point) for point in shapely.get_coordinates(polygon).tolist()} for polygon in dense]
    assert len(shared[0] & shared[1]) > 100
    pair = objects(
        *(shapely.set_coordinates(polygon, project(shapely.get_coordinates(polygon))) for polygon in dense)
    )
    assert shapely.coverage_is_valid(pair)
    assert shapely.intersection(*pair, grid_size=0).area == 0.0
    alone = [densify(objects(polygon), project=project)[0] for polygon in (left, right)]
    np.testing.assert_array_equal(shapely.to_wkb(alone), shapely.to_wkb(dense))


@given(
    st.lists(st.tuples(st.floats(116.0, 118.4), st.floats(34.0, 42.0)), min_size=2, max_size=6, unique=True),
)
def test_vertices_are_added_and_never_moved(points: list[tuple[float, float]]) -> None:
    line = shapely.LineString(points)
    dense = densify(objects(line), project=project)[0]
    added = shapely.get_coordinates(dense).tolist()
    position = -1
    for point in shapely.get_coordinates(line).tolist():
        position = added.index(point, position + 1)
    assert position == len(added) - 1
    back = densify(objects(shapely.reverse(line)), project=project)[0]
    np.testing.assert_array_equal(
        shapely.get_coordinates(shapely.reverse(back)), shapely.get_coordinates(dense)
    )
    # new vertices lie on the old edges, to the rounding of the degrees
    assert shapely.distance(shapely.points(added), line).max() < 1e-13


def test_every_kind_keeps_its_kind_holes_parts_and_heights() -> None:
    shell = [(117.1, 36.1, 1.0), (118.1, 36.1, 3.0), (118.1, 36.9, 5.0), (117.1, 36.9, 7.0)]
    hole = [(117.4, 36.4, 0.0), (117.4, 36.6, 0.0), (117.8, 36.6, 0.0), (117.8, 36.4, 0.0)]
    polygon = shapely.Polygon(shell, [hole])
    other = shapely.box(116.0, 36.0, 116.5, 36.5)
    line = shapely.LineString([(117.1, 36.1), (118.1, 36.1)])
    delivered = objects(
        polygon,
        shapely.MultiPolygon([shapely.force_2d(polygon), other]),
        shapely.MultiLineString([line, [(117, 36), (117, 37)]]),
        shapely.GeometryCollection([shapely.Point(117, 36), line, shapely.MultiPolygon([other])]),
        shapely.LinearRing([(117.1, 36.1), (118.1, 36.1), (117.5, 36.8)]),
        shapely.Point(117, 36),
        shapely.MultiPoint([(117, 36), (118, 36)]),
        shapely.from_wkt("MULTIPOLYGON (EMPTY, ((117 36, 118 36, 118 37, 117 36)))"),
        shapely.Polygon(),
        None,
    )
    dense = densify(delivered, project=project)
    for before, after in zip(delivered, dense, strict=True):
        if before is None:
            assert after is None
            continue
        assert after.geom_type == before.geom_type
        assert after.has_z == before.has_z
        assert shapely.get_num_coordinates(after) >= shapely.get_num_coordinates(before)
        assert after.area == pytest.approx(before.area, rel=1e-12)
        assert after.length == pytest.approx(before.length, rel=1e-12)
    assert shapely.get_num_interior_rings(dense[0]) == 1
    assert shapely.get_num_geometries(dense[1]) == 2
    first_edge = shapely.get_coordinates(dense[0], include_z=True)
    half = first_edge[np.isclose(first_edge[:, 0], 117.6) & (first_edge[:, 1] == 36.1)]
    np.testing.assert_allclose(half[:, 2], 2.0)  # heights run evenly along the edge


def test_a_stray_coordinate_cannot_fill_the_memory() -> None:
    wild = shapely.LineString([(0.0, 0.0), (117.8, 36.8)])
    broken = shapely.LineString([(117.8, 36.8), (np.inf, 36.8)])
    dense = densify(
        objects(wild, broken),
        project=lambda points: np.column_stack(
            Transformer.from_crs(CRS.from_epsg(4490), CRS.from_epsg(4548), always_xy=True).transform(
                *points.T
            )
        ),
    )
    assert shapely.get_num_coordinates(dense[0]) <= 4097
    assert shapely.get_num_coordinates(dense[1]) == 2


def test_an_edge_that_bends_both_ways_is_seen() -> None:
    def wave(points: np.ndarray) -> np.ndarray:  # 1 m either side of the chord, through its middle
        return np.column_stack([points[:, 0], np.sin(2 * np.pi * points[:, 0] / 1000.0)])

    dense = densify(objects(shapely.LineString([(0, 0), (1000, 0)])), project=wave)[0]
    assert shapely.get_num_coordinates(dense) > 8
