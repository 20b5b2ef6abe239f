"""Overlaps: known areas, lengths and shares; other algorithms; what is and is not wide."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from lantu.relations import Overlaps, kept
from lantu.relations.left_out import STEP

if TYPE_CHECKING:
    from collections.abc import Callable

    from lantu.model import Layer
    from lantu.relations import Pairs

SQUARE = "POLYGON((0 0,10 0,10 10,0 10,0 0))"


def _only(pairs: Any) -> Any:
    assert len(pairs) == 1
    return {name: values[0] for name, values in pairs.measures.items()}


def test_squares_by_hand(layer: Callable[..., Layer], related: Callable[..., Pairs]) -> None:
    found = related(Overlaps(), layer([SQUARE]), layer(["POLYGON((5 5,25 5,25 25,5 25,5 5))"]))
    values = _only(found)
    assert values["area_m2"] == 25.0
    assert values["share_a"] == 0.25
    assert values["share_b"] == 0.0625
    assert values["wide"] == 1.0
    assert np.isnan(values["length_m"])
    assert found.shape()[0].equals(shapely.box(5, 5, 10, 10))


def test_a_hole_is_not_shared_ground(layer: Callable[..., Layer], related: Callable[..., Pairs]) -> None:
    ring = "POLYGON((0 0,10 0,10 10,0 10,0 0),(2 2,2 8,8 8,8 2,2 2))"
    values = _only(related(Overlaps(), layer([ring]), layer(["POLYGON((0 0,5 0,5 10,0 10,0 0))"])))
    assert values["area_m2"] == 50.0 - 18.0
    inside_hole = related(Overlaps(), layer([ring]), layer([shapely.box(3, 3, 7, 7)]))
    assert _only(inside_hole)["area_m2"] == 0.0
    assert kept(Overlaps(), inside_hole)[0].tolist() == [False]
    assert kept(Overlaps(), inside_hole)[1].count == 0


def test_only_ground_counts_where_polygons_also_touch(
    layer: Callable[..., Layer], related: Callable[..., Pairs]
) -> None:
    # The two share a square, an edge and a corner: a collection of which only the square is ground.
    a = "POLYGON((0 0,10 0,10 2,4 2,4 4,10 4,10 6,0 6,0 0))"
    b = "POLYGON((8 4,8 1,12 1,12 8,6 8,6 6,7 6,7 7,8 4))"
    found = related(Overlaps(), layer([a]), layer([b]))
    expected = shapely.intersection(shapely.from_wkt(a), shapely.from_wkt(b))
    assert expected.geom_type == "GeometryCollection"
    assert found.shape()[0].geom_type in {"Polygon", "MultiPolygon"}
    assert found["area_m2"][0] == pytest.approx(expected.area)
    assert found["wide"][0] == 1.0


def test_touching_polygons_share_nothing_and_are_not_left_out(
    layer: Callable[..., Layer], related: Callable[..., Pairs]
) -> None:
    found = related(
        Overlaps(),
        layer([SQUARE]),
        layer(["POLYGON((10 5,15 -5,20 5,15 9,10 5))", "POLYGON((9 11,11 9,12 12,9 11))"]),
    )
    mask, out = kept(Overlaps(), found)
    assert not mask.any()
    assert (out.count, out.area_m2, out.failed) == (0, 0.0, 0)


def test_multi_polygons_add_up(layer: Callable[..., Layer], related: Callable[..., Pairs]) -> None:
    many = "MULTIPOLYGON(((0 0,2 0,2 2,0 2,0 0)),((8 8,12 8,12 12,8 12,8 8)))"
    values = _only(related(Overlaps(), layer([many]), layer([SQUARE])))
    assert values["area_m2"] == 4.0 + 4.0
    assert values["share_a"] == 8.0 / 20.0


def test_repeated_points_and_spikes_change_nothing(
    layer: Callable[..., Layer], related: Callable[..., Pairs]
) -> None:
    spiked = shapely.make_valid(shapely.from_wkt("POLYGON((0 0,5 0,5 0,5 0,5 5,9 5,5 5,0 5,0 0,0 0))"))
    found = related(Overlaps(), layer([spiked]), layer([SQUARE]))
    assert found["area_m2"].tolist() == [25.0]


@pytest.mark.parametrize("scale", [1e-6, 1e-3, 1.0, 1e3, 1e7])
@pytest.mark.parametrize("offset", [0.0, 39_431_386.0])
def test_huge_and_tiny_coordinates(
    layer: Callable[..., Layer], related: Callable[..., Pairs], scale: float, offset: float
) -> None:
    a = shapely.box(offset, offset, offset + 3 * scale, offset + 3 * scale)
    b = shapely.box(offset + scale, offset + scale, offset + 5 * scale, offset + 5 * scale)
    width = (offset + 3 * scale) - (offset + scale)  # as the coordinates can hold it
    values = _only(related(Overlaps(), layer([a]), layer([b])))
    assert values["area_m2"] == pytest.approx(width * width, rel=1e-12, abs=STEP / 2)
    assert values["wide"] == float(width * width > STEP / 2)


def test_thresholds_keep_what_reaches_them(
    layer: Callable[..., Layer], related: Callable[..., Pairs]
) -> None:
    found = related(Overlaps(), layer([SQUARE]), layer([shapely.box(0, 0, 1, 1), shapely.box(0, 0, 5, 5)]))
    assert kept(Overlaps(min_area_m2=1.0), found)[0].tolist() == [True, True]
    assert kept(Overlaps(min_area_m2=1.1), found)[0].tolist() == [False, True]
    assert kept(Overlaps(min_share=0.25), found)[0].tolist() == [False, True]
    assert kept(Overlaps(min_length_m=99.0), found)[0].tolist() == [True, True]
    assert kept(Overlaps(min_area_m2=99.0), found)[1].count == 0  # a threshold is no tolerance


def test_measures_do_not_depend_on_thresholds(
    layer: Callable[..., Layer],
    related: Callable[..., Pairs],
    bytes_of: Callable[..., dict[tuple[Any, ...], tuple[bytes, ...]]],
) -> None:
    a, b = layer([SQUARE]), layer([shapely.box(0, 0, 1, 1), shapely.box(0, 0, 5, 5)])
    strict = Overlaps(min_area_m2=50.0, min_share=0.9, min_length_m=3.0)
    assert bytes_of(related(Overlaps(), a, b)) == bytes_of(related(strict, a, b))


# ---- other algorithms -------------------------------------------------------------------------------


def _clip(subject: Any, clip: Any) -> Any:
    """Sutherland and Hodgman, in exact arithmetic; both convex and anticlockwise."""
    output = subject
    for (cx, cy), (dx, dy) in itertools.pairwise([*clip, clip[0]]):
        ring, output = output, []
        for (px, py), (qx, qy) in itertools.pairwise([*ring, ring[0]] if ring else []):
            p = (dx - cx) * (py - cy) - (dy - cy) * (px - cx)
            q = (dx - cx) * (qy - cy) - (dy - cy) * (qx - cx)
            if (p >= 0) != (q >= 0):
                t = p / (p - q)
                output.append((px + t * (qx - px), py + t * (qy - py)))
            if q >= 0:
                output.append((qx, qy))
    return output


def _shoelace(ring: Any) -> Any:
    if not ring:
        return Fraction(0)
    return (
        sum((px * qy - qx * py for (px, py), (qx, qy) in itertools.pairwise([*ring, ring[0]])), Fraction(0))
        / 2
    )


def _exact(polygon: Any) -> Any:
    ring = shapely.get_coordinates(shapely.orient_polygons(polygon))[:-1]
    return [(Fraction(float(x)), Fraction(float(y))) for x, y in ring]


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), origin=st.sampled_from([(0.0, 0.0), (431_386.0, 4_060_000.0)]))
def test_areas_agree_with_exact_rational_arithmetic(
    layer: Callable[..., Layer], related: Callable[..., Pairs], seed: int, origin: Any
) -> None:
    random = np.random.default_rng(seed)
    hulls = [
        shapely.convex_hull(shapely.multipoints(random.uniform(0, 60, (9, 2)) + origin)) for _ in range(8)
    ]
    found = related(Overlaps(), layer(hulls[:4]), layer(hulls[4:]))
    measured = dict(
        zip(zip(found.rows_a.tolist(), found.rows_b.tolist(), strict=True), found["area_m2"], strict=True)
    )
    for i, j in itertools.product(range(4), range(4)):
        exact = float(_shoelace(_clip(_exact(hulls[i]), _exact(hulls[4 + j]))))
        # Coordinates of four million metres are kept to half a nanometre, the sides are 60 m long.
        assert measured.get((i, j), 0.0) == pytest.approx(exact, rel=1e-9, abs=1e-6)


def _blob(random: np.random.Generator, *, holes: bool = True) -> Any:
    angle = np.sort(random.uniform(0, 2 * np.pi, 12))
    radius = random.uniform(4, 10, 12)
    ring = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)]) + random.uniform(0, 12, 2)
    polygon = shapely.make_valid(shapely.polygons(np.vstack([ring, ring[:1]])))
    return shapely.difference(polygon, shapely.buffer(polygon, -3.5)) if holes else polygon


@pytest.mark.parametrize("seed", range(6))
def test_areas_agree_with_a_raster(
    layer: Callable[..., Layer], related: Callable[..., Pairs], seed: int
) -> None:
    random = np.random.default_rng(seed)
    a, b = _blob(random), _blob(random)
    step = 0.05
    grid = np.arange(-12, 26, step) + step / 2
    x, y = np.meshgrid(grid, grid)
    cells = shapely.contains_xy(a, x, y) & shapely.contains_xy(b, x, y)
    found = related(Overlaps(), layer([a]), layer([b]))
    area_m2 = found["area_m2"][0] if len(found) else 0.0
    assert area_m2 == pytest.approx(
        cells.sum() * step**2, abs=0.02 * (shapely.length(a) + shapely.length(b)) * step + 0.05
    )


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_what_a_shares_with_b_b_shares_with_a(
    layer: Callable[..., Layer], related: Callable[..., Pairs], seed: int
) -> None:
    random = np.random.default_rng(seed)
    a, b = layer([_blob(random) for _ in range(3)]), layer([_blob(random) for _ in range(3)])
    one, two = related(Overlaps(), a, b), related(Overlaps(), b, a)
    order = np.lexsort((two.rows_a, two.rows_b))
    np.testing.assert_allclose(one["area_m2"], two["area_m2"][order], rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(one["share_a"], two["share_b"][order], rtol=1e-9, atol=1e-9)
    assert one["wide"].tolist() == two["wide"][order].tolist()


# ---- tolerance --------------------------------------------------------------------------------------


def _neighbours(random: np.random.Generator) -> Any:
    """Two polygons that share a crooked boundary and nothing else."""
    x = np.linspace(0, 60, 9)
    border = np.column_stack([x, random.uniform(-6, 6, 9)])
    low = np.vstack([border, [[60, -30], [0, -30]], border[:1]])
    high = np.vstack([border, [[60, 30], [0, 30]], border[:1]])
    return shapely.polygons(low), shapely.polygons(high)


@settings(max_examples=80, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), angle=st.floats(0, 6.283), share=st.floats(0.0, 0.985))
def test_a_neighbour_moved_by_less_than_the_tolerance_never_overlaps(
    layer: Callable[..., Layer], related: Callable[..., Pairs], seed: int, angle: float, share: float
) -> None:
    random = np.random.default_rng(seed)
    low, high = _neighbours(random)
    tolerance_m = float(random.uniform(0.1, 3.0))
    dx, dy = share * tolerance_m * np.cos(angle), share * tolerance_m * np.sin(angle)
    moved = shapely.transform(high, lambda xy: xy + np.array([dx, dy]))
    found = related(Overlaps(), layer([low], accuracy_m=tolerance_m / 2), layer([moved]))
    assert found.tolerance_m == tolerance_m
    mask, out = kept(Overlaps(), found)
    assert not mask.any()
    assert out.count == int((found["area_m2"] > 0).sum())
    assert out.area_m2 == pytest.approx(found["area_m2"].sum(), abs=1e-6)


@settings(max_examples=80, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), factor=st.floats(1.02, 8.0))
def test_a_straight_neighbour_moved_by_more_than_the_tolerance_overlaps(
    layer: Callable[..., Layer], related: Callable[..., Pairs], seed: int, factor: float
) -> None:
    random = np.random.default_rng(seed)
    turn = float(random.uniform(0, 360))
    tolerance_m = float(random.uniform(0.05, 2.0))
    low = shapely.box(0, -30, 60, 0)
    high = shapely.box(0, -factor * tolerance_m, 60, 30)
    low, high = (shapely.affinity.rotate(part, turn, origin=(0, 0)) for part in (low, high))
    found = related(Overlaps(), layer([low], accuracy_m=tolerance_m / 2), layer([high]))
    assert kept(Overlaps(), found)[0].tolist() == [True]


def test_noise_on_a_coverage_is_left_out_and_a_real_shift_is_not(
    layer: Callable[..., Layer], related: Callable[..., Pairs]
) -> None:
    random = np.random.default_rng(3)
    cells = [shapely.box(x, y, x + 30, y + 30) for x in range(0, 150, 30) for y in range(0, 150, 30)]
    noisy = [
        shapely.polygons(shapely.get_coordinates(cell)[:4] + random.uniform(-0.07, 0.07, (4, 2)))
        for cell in cells
    ]
    a = layer(cells, accuracy_m=0.1)
    b = layer(noisy, accuracy_m=0.1)
    mask, out = kept(Overlaps(), related(Overlaps(), a, b))
    assert mask.sum() == 25  # each cell and its own copy
    assert out.count > 40
    moved = layer(
        [shapely.transform(cell, lambda xy: xy + np.array([0.4, 0.0])) for cell in cells], accuracy_m=0.1
    )
    assert kept(Overlaps(), related(Overlaps(), a, moved))[0].sum() == 25 + 20


def test_a_long_sliver_with_a_broad_spot_is_wide_although_its_mean_is_thin(
    layer: Callable[..., Layer], related: Callable[..., Pairs]
) -> None:
    sliver = "POLYGON((0 0,400 0,400 -1,402 -1,402 1,400 1,400 0.1,0 0.1,0 0))"
    polygon = shapely.from_wkt(sliver)
    assert 2 * polygon.area / polygon.length < 0.2
    around = layer([shapely.box(-10, -10, 500, 10)], accuracy_m=0.5)  # tolerance 1 m
    assert related(Overlaps(), layer([sliver]), around)["wide"].tolist() == [1.0]
    thin = shapely.box(0, 0, 400, 0.9)
    assert related(Overlaps(), layer([thin]), around)["wide"].tolist() == [0.0]


def test_many_holes_do_not_fool_the_mean_thickness(
    layer: Callable[..., Layer], related: Callable[..., Pairs]
) -> None:
    # A lattice 0.2 m thin: many holes make its mean thickness no bound for the disc that fits.
    holes = [shapely.box(x + 0.2, y + 0.2, x + 2, y + 2) for x in range(0, 40, 2) for y in range(0, 40, 2)]
    lattice = shapely.difference(shapely.box(0, 0, 40.2, 40.2), shapely.union_all(holes))
    around = shapely.box(-1, -1, 50, 50)
    for tolerance_m, wide in ((0.29, 0.0), (0.15, 1.0)):
        found = related(Overlaps(), layer([lattice], accuracy_m=tolerance_m / 2), layer([around]))
        # At a crossing of two bars a disc of 0.2·√2 = 0.283 m fits.
        assert found["wide"].tolist() == [wide]


def test_one_wide_part_makes_the_overlap_wide_and_the_area_is_all_of_it(
    layer: Callable[..., Layer], related: Callable[..., Pairs]
) -> None:
    parts = shapely.multipolygons([shapely.box(0, 0, 10, 0.1), shapely.box(20, 0, 22, 2)])
    around = layer([shapely.box(-5, -5, 50, 5)], accuracy_m=0.25)
    found = related(Overlaps(), layer([parts]), around)
    assert found["wide"].tolist() == [1.0]
    assert found["area_m2"][0] == pytest.approx(5.0)


def test_without_tolerance_any_ground_is_wide(
    layer: Callable[..., Layer], related: Callable[..., Pairs]
) -> None:
    found = related(Overlaps(), layer([SQUARE]), layer([shapely.box(9.999999, 0, 20, 10)]))
    assert found["wide"].tolist() == [1.0]


# ---- points -----------------------------------------------------------------------------------------


def test_points_count_when_deeper_inside_than_the_tolerance(
    layer: Callable[..., Layer], related: Callable[..., Pairs]
) -> None:
    points = ["POINT(5 5)", "POINT(0.5 5)", "POINT(0 5)", "POINT(-1 5)", "MULTIPOINT((0.1 0.1),(4 4))"]
    found = related(Overlaps(), layer(points, accuracy_m=0.5), layer([SQUARE]))
    by_row = dict(zip(found.rows_a.tolist(), found["wide"].tolist(), strict=True))
    assert by_row == {0: 1.0, 1: 0.0, 2: 0.0, 4: 1.0}
    assert found["share_a"].tolist() == [1.0] * 4
    mask, out = kept(Overlaps(min_area_m2=10.0, min_length_m=10.0, min_share=0.5), found)
    assert mask.sum() == 2
    assert (out.count, out.area_m2) == (2, 0.0)
    turned = related(Overlaps(), layer([SQUARE]), layer(points, accuracy_m=0.5))
    assert turned["share_b"].tolist() == [1.0] * 4
    assert np.isnan(turned["share_a"]).all()
