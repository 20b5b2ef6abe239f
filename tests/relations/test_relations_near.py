"""Near: distance, angle, run length, nearest segment."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from lantu.relations import Near, kept, run_length_m

if TYPE_CHECKING:
    from collections.abc import Callable

    from lantu.model import Layer, ObjectArray
    from lantu.relations import Pairs


def _objects(*values: Any) -> ObjectArray:
    array = np.empty(len(values), dtype=object)
    array[:] = [shapely.from_wkt(value) if isinstance(value, str) else value for value in values]
    return array


def test_parallel_pipes_by_hand(layer: Callable[..., Layer], related: Callable[..., Pairs]) -> None:
    a, b = layer(["LINESTRING(0 0,100 0)"]), layer(["LINESTRING(20 3,60 3)"])
    found = related(Near(within_m=5.0), a, b)
    assert found["distance_m"].tolist() == [3.0]
    assert found["angle_deg"].tolist() == [0.0]
    assert found["run_m"][0] == pytest.approx(40.0 + 2 * 4.0)  # 3-4-5 beyond either end
    assert found["wide"].tolist() == [1.0]
    assert shapely.length(found.shape()).tolist() == [3.0]


def test_crossing_lines_are_at_no_distance_and_meet_in_a_point(
    layer: Callable[..., Layer], related: Callable[..., Pairs]
) -> None:
    found = related(Near(within_m=1.0), layer(["LINESTRING(0 0,10 10)"]), layer(["LINESTRING(0 4,8 4)"]))
    assert found["distance_m"].tolist() == [0.0]
    assert found["angle_deg"].tolist() == [45.0]
    assert found["run_m"][0] == pytest.approx(2 * math.sqrt(2.0))
    assert found.shape()[0].equals(shapely.Point(4, 4))


def test_buildings_and_points(layer: Callable[..., Layer], related: Callable[..., Pairs]) -> None:
    pipe = layer(["LINESTRING(0 0,100 0)"])
    others = layer(
        ["POLYGON((10 2,20 2,20 8,10 8,10 2))", "POINT(50 3)", "POLYGON((80 -5,90 -5,90 5,80 5,80 -5))"]
    )
    found = related(Near(within_m=4.0), pipe, others)
    assert found["distance_m"].tolist() == [2.0, 3.0, 0.0]
    assert np.isnan(found["angle_deg"]).all()
    assert found["run_m"] == pytest.approx([10 + 2 * math.sqrt(12.0), 2 * math.sqrt(7.0), 18.0])
    turned = related(Near(within_m=4.0), others, pipe)
    assert np.isnan(turned["run_m"]).all()


def test_a_line_inside_a_polygon_runs_its_whole_length(
    layer: Callable[..., Layer], related: Callable[..., Pairs]
) -> None:
    big = "POLYGON((0 0,100 0,100 100,0 100,0 0))"
    found = related(Near(within_m=1.0), layer(["LINESTRING(30 30,60 30,60 70)"]), layer([big]))
    assert found["run_m"].tolist() == [70.0]
    assert found["distance_m"].tolist() == [0.0]


def test_a_hole_is_outside() -> None:
    ring = "POLYGON((0 0,100 0,100 100,0 100,0 0),(10 10,10 90,90 90,90 10,10 10))"
    run = run_length_m(_objects("LINESTRING(-10 50,110 50)"), _objects(ring), 5.0)
    assert run.tolist() == pytest.approx([2 * (10 + 5 + 5)])


def test_each_pair_may_have_its_own_limit() -> None:
    line, other = "LINESTRING(0 0,100 0)", "POINT(50 3)"
    run = run_length_m(_objects(line, line, line), _objects(other, other, other), np.array([2.0, 3.0, 5.0]))
    assert run.tolist() == pytest.approx([0.0, 0.0, 8.0], abs=1e-6)


def test_a_line_that_passes_twice_counts_twice() -> None:
    back = "LINESTRING(0 0,10 0,10 1,0 1)"
    assert run_length_m(_objects(back), _objects("LINESTRING(0 0,10 0)"), 1.0).tolist() == [21.0]


def test_angles_where_the_lines_are_nearest_not_elsewhere(
    layer: Callable[..., Layer], related: Callable[..., Pairs]
) -> None:
    bent = layer(["LINESTRING(0 0,50 0,50 50)"])
    others = layer(
        [
            "LINESTRING(10 2,20 2)",
            "LINESTRING(48 20,48 40)",
            "LINESTRING(53 30,63 40)",
            "LINESTRING(52 -2,60 6)",
        ]
    )
    found = related(Near(within_m=5.0), bent, others)
    # At the bend both arms count, and the smaller angle is taken: 45 degrees to either.
    assert found["angle_deg"].tolist() == [0.0, 0.0, 45.0, 45.0]


def test_kept_hands_on_what_the_tolerance_leaves_open(
    layer: Callable[..., Layer], related: Callable[..., Pairs]
) -> None:
    a = layer(["POINT(0 0)"], accuracy_m=0.25)
    b = layer(["POINT(4 0)", "POINT(5.4 0)", "POINT(5.6 0)"])
    found = related(Near(within_m=5.0), a, b)
    mask, out = kept(Near(within_m=5.0), found)
    assert found["distance_m"][mask].tolist() == [4.0, 5.4]
    assert out.count == 0
    assert kept(Near(within_m=3.0), found)[0].tolist() == [False] * len(found)


def _line(random: np.random.Generator) -> Any:
    return shapely.linestrings(random.uniform(0, 20, (int(random.integers(2, 7)), 2)))


def _any(random: np.random.Generator) -> Any:
    kind = random.integers(0, 4)
    if kind == 0:
        return _line(random)
    if kind == 1:
        return shapely.make_valid(shapely.polygons(random.uniform(0, 20, (7, 2))))
    if kind == 2:
        return shapely.points(random.uniform(0, 20, 2))
    ring = shapely.buffer(shapely.points(random.uniform(5, 15, 2)), 6)
    return shapely.difference(ring, shapely.buffer(ring, -2))


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_run_length_agrees_with_very_fine_buffers(seed: int) -> None:
    random = np.random.default_rng(seed)
    lines, others = _objects(*[_line(random) for _ in range(4)]), _objects(*[_any(random) for _ in range(4)])
    limit_m = random.uniform(0.0, 4.0, 4)
    run_m = run_length_m(lines, others, limit_m)
    for line, other, limit, run in zip(lines, others, limit_m, run_m, strict=True):
        around = shapely.buffer(other, limit, quad_segs=1500)
        points = shapely.get_coordinates(line)
        edges = shapely.linestrings(np.stack([points[:-1], points[1:]], axis=1))
        assert run == pytest.approx(shapely.length(shapely.intersection(edges, around)).sum(), abs=2e-3)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_distances_agree_with_all_pairs_of_segments(
    layer: Callable[..., Layer], related: Callable[..., Pairs], seed: int
) -> None:
    random = np.random.default_rng(seed)
    a, b = [_line(random) for _ in range(3)], [_line(random)]
    found = related(Near(within_m=100.0), layer(a), layer(b))
    for row, distance_m in zip(found.rows_a, found["distance_m"], strict=True):
        one, two = shapely.get_coordinates(a[row]), shapely.get_coordinates(b[0])
        brute = min(
            shapely.LineString(one[i : i + 2]).distance(shapely.LineString(two[j : j + 2]))
            for i in range(len(one) - 1)
            for j in range(len(two) - 1)
        )
        assert distance_m == pytest.approx(brute, abs=1e-12)


@pytest.mark.parametrize("offset", [0.0, 1e7])
def test_far_from_the_origin_nothing_changes(offset: float) -> None:
    line = shapely.transform(shapely.from_wkt("LINESTRING(0 0,100 0)"), lambda xy: xy + offset)
    other = shapely.transform(shapely.from_wkt("LINESTRING(20 3,60 3)"), lambda xy: xy + offset)
    assert run_length_m(_objects(line), _objects(other), 5.0)[0] == pytest.approx(48.0, abs=1e-6)
