"""Same: deviation, overlap and difference of one object in two layers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from lantu.relations import Same, kept
from lantu.relations.deviation import deviation_at, deviation_m

if TYPE_CHECKING:
    from collections.abc import Callable

    from lantu.model import Layer, ObjectArray
    from lantu.relations import Pairs

SQUARE = "POLYGON((0 0,10 0,10 10,0 10,0 0))"


def _objects(*values: Any) -> ObjectArray:
    array = np.empty(len(values), dtype=object)
    array[:] = [shapely.from_wkt(value) if isinstance(value, str) else value for value in values]
    return array


def _same(
    related: Callable[..., Pairs],
    layer: Callable[..., Layer],
    one: Any,
    two: Any,
    *,
    accuracy_m: float = 0.0,
    relation: Any = None,
) -> Any:
    return related(
        relation or Same(), layer([one], ids=["x"], accuracy_m=accuracy_m), layer([two], ids=["x"])
    )


def test_the_same_twice(layer: Callable[..., Layer], related: Callable[..., Pairs]) -> None:
    found = _same(related, layer, SQUARE, SQUARE)
    assert {name: values[0] for name, values in found.measures.items()} == {
        "iou": 1.0,
        "area_a_m2": 100.0,
        "area_b_m2": 100.0,
        "area_difference_m2": 0.0,
        "deviation_m": 0.0,
        "shift_m": 0.0,
        "wide": 0.0,
        "by_geos": 0.0,
    }
    assert found.shape()[0].is_empty


def test_another_start_and_direction_is_the_same_boundary(
    layer: Callable[..., Layer], related: Callable[..., Pairs]
) -> None:
    found = _same(related, layer, SQUARE, "POLYGON((10 10,10 0,5 0,0 0,0 10,10 10))")
    assert found["deviation_m"].tolist() == [0.0]
    assert found["iou"].tolist() == [1.0]


def test_a_shift_by_hand(layer: Callable[..., Layer], related: Callable[..., Pairs]) -> None:
    found = _same(related, layer, SQUARE, "POLYGON((3 4,13 4,13 14,3 14,3 4))")
    assert found["deviation_m"].tolist() == [5.0]
    assert found["shift_m"].tolist() == [5.0]
    assert found["iou"][0] == pytest.approx(42 / 158)
    assert found["wide"].tolist() == [1.0]
    assert found.shape()[0].area == pytest.approx(116.0)


def test_a_new_corner_by_hand(layer: Callable[..., Layer], related: Callable[..., Pairs]) -> None:
    found = _same(related, layer, SQUARE, "POLYGON((0 0,10 0,10 10,5 13,0 10,0 0))", accuracy_m=1.4)
    assert found["deviation_m"].tolist() == [3.0]
    assert found["area_difference_m2"].tolist() == [15.0]
    assert found["wide"].tolist() == [1.0]  # 3 m against a tolerance of 2.8 m
    assert found.shape()[0].equals(shapely.from_wkt("POLYGON((0 10,5 13,10 10,0 10))"))


def test_a_new_hole_deviates(layer: Callable[..., Layer], related: Callable[..., Pairs]) -> None:
    hole = "POLYGON((0 0,10 0,10 10,0 10,0 0),(4 4,4 6,6 6,6 4,4 4))"
    found = _same(related, layer, SQUARE, hole)
    assert found["deviation_m"].tolist() == [4.0]  # every side of the hole is 4 m from the old boundary
    assert found["area_difference_m2"].tolist() == [-4.0]


def test_what_the_tolerance_hides_is_counted_and_all_pairs_are_kept(
    layer: Callable[..., Layer], related: Callable[..., Pairs]
) -> None:
    found = _same(related, layer, SQUARE, shapely.box(0, 0, 10.2, 10), accuracy_m=0.2)
    mask, out = kept(Same(), found)
    assert mask.tolist() == [True]
    assert found["wide"].tolist() == [0.0]
    assert out.count == 1
    assert out.area_m2 == pytest.approx(2.0, abs=1e-5)
    equal = _same(related, layer, SQUARE, SQUARE, accuracy_m=0.2)
    assert kept(Same(), equal)[1].count == 0


def test_lines_and_points(layer: Callable[..., Layer], related: Callable[..., Pairs]) -> None:
    found = _same(related, layer, "LINESTRING(0 0,10 0)", "LINESTRING(0 0,5 3,10 0)", accuracy_m=0.5)
    assert found["deviation_m"].tolist() == [3.0]
    assert np.isnan(found["iou"][0])
    assert found.shape()[0].length > 0
    assert shapely.distance(found.shape()[0], shapely.from_wkt("POINT(0 0)")) > 0.5  # only what deviates
    points = _same(related, layer, "POINT(0 0)", "POINT(3 4)")
    assert points["deviation_m"].tolist() == [5.0]
    assert points.shape()[0].length == 5.0


def test_what_cannot_be_compared_is_unknown_and_still_a_pair(
    layer: Callable[..., Layer], related: Callable[..., Pairs]
) -> None:
    for other in (None, "POINT(1 1)"):
        found = _same(related, layer, SQUARE, other)
        assert np.isnan(found["deviation_m"][0])
        assert np.isnan(found["iou"][0])
        assert found["wide"].tolist() == [0.0]
        assert kept(Same(), found)[0].tolist() == [True]


def test_equal_geometry_within_one_layer(layer: Callable[..., Layer], related: Callable[..., Pairs]) -> None:
    cells = [
        SQUARE,
        "POLYGON((0 10,10 10,10 0,5 0,0 0,0 10))",
        shapely.box(0, 0, 10.1, 10),
        shapely.box(10, 0, 20, 10),
    ]
    same = Same(key="geometry")
    found = related(same, layer(cells, accuracy_m=0.01), itself=True)
    mask, out = kept(same, found)
    assert list(zip(found.rows_a[mask].tolist(), found.rows_b[mask].tolist(), strict=True)) == [(0, 1)]
    assert out.count == 0
    loose = related(same, layer(cells, accuracy_m=0.1), itself=True)
    assert kept(same, loose)[0].sum() == 3


def test_small_neighbours_are_not_equal_because_the_tolerance_is_large(
    layer: Callable[..., Layer], related: Callable[..., Pairs]
) -> None:
    same = Same(key="geometry")
    huts = layer([shapely.box(0, 0, 2, 2), shapely.box(2, 0, 4, 2)], accuracy_m=2.0)
    found = related(same, huts, itself=True)
    assert found["deviation_m"].tolist() == [2.0]
    assert kept(same, found)[0].tolist() == [False]


# ---- deviation --------------------------------------------------------------------------------------


def test_the_farthest_point_may_lie_between_vertices() -> None:
    # Every vertex of either line lies within 2 m of the other; the middle of the long edge does not.
    long = "LINESTRING(0 0,20 0)"
    pair = "MULTILINESTRING((0 0,0 2),(20 0,20 2))"
    assert shapely.hausdorff_distance(shapely.from_wkt(long), shapely.from_wkt(pair)) == 2.0
    assert deviation_m(_objects(long), _objects(pair)).tolist() == [10.0]
    assert deviation_m(_objects(pair), _objects(long)).tolist() == [10.0]


def _any(random: np.random.Generator) -> Any:
    kind = random.integers(0, 3)
    if kind == 0:
        return shapely.linestrings(random.uniform(0, 10, (int(random.integers(2, 7)), 2)))
    if kind == 1:
        return shapely.make_valid(shapely.polygons(random.uniform(0, 10, (7, 2))))
    ring = shapely.buffer(shapely.points(random.uniform(4, 6, 2)), random.uniform(3, 4))
    return shapely.difference(ring, shapely.buffer(ring, -random.uniform(1, 2)))


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_deviation_agrees_with_fine_sampling(seed: int) -> None:
    random = np.random.default_rng(seed)
    a, b = _objects(*[_any(random) for _ in range(4)]), _objects(*[_any(random) for _ in range(4)])
    for one, two, exact in zip(a, b, deviation_m(a, b), strict=True):
        lines = [shape.boundary if shapely.get_dimensions(shape) == 2 else shape for shape in (one, two)]
        sampled = [shapely.points(shapely.get_coordinates(shapely.segmentize(line, 0.01))) for line in lines]
        brute = max(
            shapely.distance(sampled[0], lines[1]).max(), shapely.distance(sampled[1], lines[0]).max()
        )
        assert brute - 1e-6 <= exact <= brute + 0.006


def test_deviation_of_big_boundaries_is_worked_on_in_blocks() -> None:
    angle = np.linspace(0, 2 * np.pi, 1500, endpoint=False)
    circle = np.column_stack([np.cos(angle), np.sin(angle)])
    one, two = shapely.polygons(1000 * circle), shapely.polygons(1010 * circle)
    turned = shapely.affinity.rotate(two, 0.01, origin=(0, 0))
    assert deviation_m(_objects(one), _objects(turned))[0] == pytest.approx(10.0, abs=0.01)


def test_the_place_of_the_largest_deviation_by_hand() -> None:
    corner = "POLYGON((0 0,10 0,10 10,5 13,0 10,0 0))"
    a = _objects(SQUARE, corner, SQUARE, None, SQUARE)
    b = _objects(corner, SQUARE, "POLYGON((0 0,10 0,10 10,8 10,8 1,2 1,2 10,0 10,0 0))", SQUARE, SQUARE)
    far_m, place = deviation_at(a, b)
    assert far_m[[0, 1, 4]].tolist() == [3.0, 3.0, 0.0]
    assert place[:2].tolist() == [[5.0, 13.0], [5.0, 13.0]]
    # Between vertices: the middle of the notched edge, as far from the notch's walls as it can be.
    assert (far_m[2], *place[2]) == pytest.approx((3.0, 5.0, 10.0), abs=1e-5)
    assert np.isnan(place[3:]).all()


@given(st.integers(0, 10_000))
@settings(max_examples=40, deadline=None)
def test_the_place_stands_on_one_boundary_and_as_far_from_the_other(seed: int) -> None:
    random = np.random.default_rng(seed)
    one, two = (shapely.convex_hull(shapely.multipoints(random.uniform(0, 10, (8, 2)))) for _ in range(2))
    far_m, place = deviation_at(_objects(one, one), _objects(two, two))
    point = shapely.points(place[0])
    away_m = sorted(shapely.distance(point, [shapely.boundary(one), shapely.boundary(two)]))
    assert away_m == pytest.approx([0.0, far_m[0]], abs=1e-6)
    assert place[0].tolist() == place[1].tolist()
    oracle_m = shapely.hausdorff_distance(shapely.boundary(one), shapely.boundary(two), densify=0.001)
    assert far_m[0] == pytest.approx(oracle_m, abs=0.01)
