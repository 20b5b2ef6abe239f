"""GCJ-02 and BD-09: against published test points, there and back, and through a layer's operation."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS

from lantu.crs import (
    Operation,
    choose_operation,
    from_web_map,
    identify,
    in_web_map,
    parse_crs,
    to_web_map,
    web_map_between,
)

WORKING = CRS.from_epsg(4548)
PUBLISHED = [  # test points of eviltransform: Shanghai, Shenzhen, Beijing
    ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
    ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),
    ((116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),
]


@pytest.mark.parametrize(("true", "shown"), PUBLISHED)
def test_published_points(true: tuple[float, float], shown: tuple[float, float]) -> None:
    assert to_web_map(np.array([true]), system="GCJ-02")[0] == pytest.approx(shown, abs=1e-9)
    assert from_web_map(np.array([shown]), system="GCJ-02")[0] == pytest.approx(true, abs=1e-9)


@given(st.floats(75, 134), st.floats(18, 53), st.sampled_from(["GCJ-02", "BD-09"]))
def test_there_and_back(lon: float, lat: float, system: str) -> None:
    point = np.array([[lon, lat]])
    back = from_web_map(to_web_map(point, system=system), system=system)  # type: ignore[arg-type]
    assert np.abs(back - point).max() < 1e-9  # a tenth of a millimetre


@pytest.mark.parametrize("name", ["GCJ-02", "BD-09", "gcj02", "bd-09"])
def test_a_declared_web_map_is_brought_back_with_its_accuracy(name: str) -> None:
    operation = choose_operation(parse_crs(name), WORKING)
    assert isinstance(operation, Operation)
    system = identify(parse_crs(name))
    degrees = np.array([[117.87, 36.80], [117.90, 36.82]])
    straight = choose_operation(CRS.from_epsg(4490), WORKING)
    assert isinstance(straight, Operation)
    geometry = np.array([shapely.LineString(to_web_map(degrees, system=system))], dtype=object)  # type: ignore[arg-type]
    placed = shapely.get_coordinates(operation.apply(geometry).geometry)
    assert np.allclose(placed[[0, -1]], straight.project(degrees), atol=1e-3)
    assert operation.accuracy_m is not None
    assert operation.accuracy_m > 5.0
    assert operation.shift is not None
    assert system in operation.shift
    assert operation.source == system


@pytest.mark.parametrize("system", ["GCJ-02", "BD-09"])
def test_recognised_against_a_layer_that_is_not(system: str) -> None:
    metres = np.random.default_rng(3).uniform((570_000, 4_060_000), (600_000, 4_090_000), (50, 2))
    there = in_web_map(metres, crs=WORKING, system=system)  # type: ignore[arg-type]
    assert np.allclose(in_web_map(there, crs=WORKING, system=system, back=True), metres, atol=1e-3)  # type: ignore[arg-type]
    true, shown = shapely.points(metres), shapely.points(there)
    for one, other, in_other in ((true, shown, True), (shown, true, False)):
        trace = web_map_between(one, other, crs=WORKING)
        assert trace is not None
        assert (trace.system, trace.in_other) == (system, in_other)
        assert trace.observed_m == pytest.approx(trace.expected_m, abs=0.01)
        assert (trace.observed_m[0] > 0) == in_other  # both maps show Shandong too far east
        assert trace.left_m < 0.01
    assert web_map_between(true, true, crs=WORKING) is None
    assert web_map_between(true, shapely.points(metres + 250.0), crs=WORKING) is None
    assert web_map_between(true[:2], shown[:2], crs=WORKING) is None  # two objects prove nothing


def test_heights_of_a_compound_system_are_named() -> None:
    operation = choose_operation(CRS.from_user_input("EPSG:4490+5737"), WORKING)
    assert isinstance(operation, Operation)
    assert operation.note is not None
    assert "EPSG:5737" in operation.note.text("en")
