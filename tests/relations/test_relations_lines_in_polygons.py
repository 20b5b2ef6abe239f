"""Lines in polygons: length inside, and what noise explains."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from lantu.relations import Overlaps, kept

if TYPE_CHECKING:
    from collections.abc import Callable

    from lantu.model import Layer
    from lantu.relations import Pairs

HOUSE = "POLYGON((0 0,20 0,20 10,0 10,0 0))"
TOLERANCE_M = 0.5


def _one(related: Callable[..., Pairs], layer: Callable[..., Layer], line: str, polygon: Any = HOUSE) -> Any:
    found = related(Overlaps(), layer([line], accuracy_m=TOLERANCE_M / 2), layer([polygon]))
    assert len(found) == 1
    return found


@pytest.mark.parametrize(
    ("case", "line", "length_m", "wide"),
    [
        ("straight through", "LINESTRING(-5 5,25 5)", 20.0, 1),
        ("whole inside", "LINESTRING(5 5,9 5)", 4.0, 1),
        ("along the wall, deep", "LINESTRING(-5 0.6,25 0.6)", 20.0, 1),
        ("along the wall, grazing", "LINESTRING(-5 0.4,25 0.4)", 20.0, 0),
        ("on the wall", "LINESTRING(-5 0,25 0)", 20.0, 0),
        ("ends inside, deep", "LINESTRING(-5 5,0.6 5)", 0.6, 1),
        ("ends inside, within tolerance", "LINESTRING(-5 5,0.4 5)", 0.4, 0),
        ("cuts a corner, deep", "LINESTRING(-2 3,3 -2)", np.sqrt(2.0), 1),
        ("cuts a corner, within tolerance", "LINESTRING(-2 2.5,2.5 -2)", np.sqrt(0.5), 0),
        ("touches", "LINESTRING(-5 -5,0 0,-5 5)", 0.0, 0),
        ("dips in", "LINESTRING(-5 -5,5 0.4,15 -5)", None, 0),
        ("dips in deep", "LINESTRING(-5 -5,5 0.7,15 -5)", None, 1),
    ],
)
def test_a_pipe_and_a_house(
    layer: Callable[..., Layer],
    related: Callable[..., Pairs],
    case: str,
    line: str,
    length_m: float | None,
    wide: int,
) -> None:
    found = _one(related, layer, line)
    expected = shapely.intersection(shapely.from_wkt(line), shapely.from_wkt(HOUSE)).length
    assert found["length_m"][0] == pytest.approx(expected if length_m is None else length_m), case
    assert found["wide"][0] == wide, case
    assert np.isnan(found["area_m2"][0])
    mask, out = kept(Overlaps(), found)
    assert mask.tolist() == [bool(wide)]
    assert out.count == int(found["length_m"][0] > 0 and not wide)
    assert out.length_m == pytest.approx(0.0 if wide else found["length_m"][0], abs=1e-6)


@pytest.mark.parametrize(
    ("case", "line", "wide"),
    [
        ("across", "LINESTRING(5 -3,5 3)", 1),
        ("across, slanting", "LINESTRING(3 -3,7 3)", 1),
        ("across at the end of the wall", "LINESTRING(0.3 -3,0.3 3)", 0),
        ("across, away from the end", "LINESTRING(0.7 -3,0.7 3)", 1),
        ("into it from one side", "LINESTRING(5 -3,5 0.1)", 0),
        ("to its far face", "LINESTRING(5 -3,5 0.2)", 0),
        ("a little beyond its far face", "LINESTRING(5 -3,5 0.45)", 0),
        ("well beyond its far face", "LINESTRING(5 -3,5 0.8)", 1),
        ("along it", "LINESTRING(-3 0.1,13 0.1)", 0),
        ("inside it", "LINESTRING(2 0.1,8 0.1)", 0),
        ("across twice", "LINESTRING(5 -3,5 3,6 3,6 -3)", 1),
    ],
)
def test_a_wall_thinner_than_the_tolerance(
    layer: Callable[..., Layer], related: Callable[..., Pairs], case: str, line: str, wide: int
) -> None:
    wall = "POLYGON((0 0,10 0,10 0.2,0 0.2,0 0))"
    assert _one(related, layer, line, wall)["wide"].tolist() == [wide], case


def test_a_pipe_laid_close_around_a_house_does_not_run_under_it(
    layer: Callable[..., Layer], related: Callable[..., Pairs]
) -> None:
    # 5 cm inside on three sides: no single shift frees it, and yet it is all within the tolerance.
    around = "LINESTRING(-3 0.05,19.95 0.05,19.95 9.95,-3 9.95)"
    assert _one(related, layer, around)["wide"].tolist() == [0.0]
    under = "LINESTRING(-3 0.05,19.95 0.05,19.95 9.95,10 9.95,10 5)"
    assert _one(related, layer, under)["wide"].tolist() == [1.0]


def test_a_closed_pipe_is_judged_where_it_passes(
    layer: Callable[..., Layer], related: Callable[..., Pairs]
) -> None:
    wall = "POLYGON((5 -4,5.2 -4,5.2 4,5 4,5 -4))"
    ring = "LINESTRING(0 0,10 0,10 -20,0 -20,0 0)"
    assert _one(related, layer, ring, wall)["wide"].tolist() == [1.0]
    outline = "LINESTRING(0 0,20 0,20 10,0 10,0 0)"
    assert _one(related, layer, outline)["wide"].tolist() == [0.0]


def test_the_court_of_a_house_is_not_the_house(
    layer: Callable[..., Layer], related: Callable[..., Pairs]
) -> None:
    court = "POLYGON((0 0,20 0,20 20,0 20,0 0),(5 5,5 15,15 15,15 5,5 5))"
    found = related(Overlaps(), layer(["LINESTRING(6 10,14 10)"]), layer([court]))
    assert found["length_m"].tolist() == [0.0]
    through = related(Overlaps(), layer(["LINESTRING(-5 10,25 10)"]), layer([court]))
    assert through["length_m"].tolist() == [10.0]
    assert through["share_a"][0] == pytest.approx(1 / 3)


def test_several_lines_of_one_pipe(layer: Callable[..., Layer], related: Callable[..., Pairs]) -> None:
    many = "MULTILINESTRING((-5 5,5 5),(30 30,40 30))"
    found = _one(related, layer, many)
    assert found["length_m"].tolist() == [5.0]
    assert found["share_a"].tolist() == [0.25]
    assert found["wide"].tolist() == [1.0]


def test_the_polygon_may_be_the_subject(layer: Callable[..., Layer], related: Callable[..., Pairs]) -> None:
    a, b = layer([HOUSE], accuracy_m=0.25), layer(["LINESTRING(-5 5,25 5)", "LINESTRING(-5 0.4,25 0.4)"])
    found = related(Overlaps(), a, b)
    assert found["length_m"].tolist() == [20.0, 20.0]
    assert found["share_b"] == pytest.approx([2 / 3, 2 / 3])
    assert np.isnan(found["share_a"]).all()
    assert found["wide"].tolist() == [1.0, 0.0]
    assert kept(Overlaps(min_share=0.5), found)[0].tolist() == [True, False]


def test_length_thresholds(layer: Callable[..., Layer], related: Callable[..., Pairs]) -> None:
    found = related(Overlaps(), layer(["LINESTRING(-5 5,5 5)"]), layer([HOUSE]))
    assert kept(Overlaps(min_length_m=5.0), found)[0].tolist() == [True]
    assert kept(Overlaps(min_length_m=5.1), found)[0].tolist() == [False]
    assert kept(Overlaps(min_share=0.6), found)[0].tolist() == [False]
    assert kept(Overlaps(min_area_m2=99.0), found)[0].tolist() == [True]


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), noise=st.floats(0.0, 0.95))
def test_a_line_along_a_border_with_noise_below_the_tolerance_never_enters(
    layer: Callable[..., Layer], related: Callable[..., Pairs], seed: int, noise: float
) -> None:
    random = np.random.default_rng(seed)
    border = np.column_stack([np.linspace(0, 60, 13), random.uniform(-2, 2, 13)])
    polygon = shapely.polygons(np.vstack([border, [[60, 40], [0, 40]], border[:1]]))
    turn = random.uniform(0, 2 * np.pi, 13)
    away = noise * TOLERANCE_M * random.uniform(0, 1, 13)
    line = shapely.linestrings(border + away[:, None] * np.column_stack([np.cos(turn), np.sin(turn)]))
    found = related(Overlaps(), layer([line], accuracy_m=TOLERANCE_M / 2), layer([polygon]))
    assert not found["wide"].any()


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_a_line_with_a_point_deeper_than_the_tolerance_always_enters(
    layer: Callable[..., Layer], related: Callable[..., Pairs], seed: int
) -> None:
    random = np.random.default_rng(seed)
    line = shapely.linestrings(random.uniform(-10, 30, (5, 2)))
    house = shapely.from_wkt(HOUSE)
    found = related(Overlaps(), layer([line], accuracy_m=TOLERANCE_M / 2), layer([house]))
    inside = shapely.segmentize(shapely.intersection(line, house), 0.05)
    points = shapely.points(shapely.get_coordinates(inside))
    deepest_m = shapely.distance(points, house.boundary).max(initial=0.0)
    if deepest_m > 1.01 * TOLERANCE_M:
        assert found["wide"].tolist() == [1.0]
