"""Crosses: every crossing, and no connection."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from lantu.relations import Crosses, kept

if TYPE_CHECKING:
    from collections.abc import Callable

    from lantu.model import Layer
    from lantu.relations import Pairs

MAIN = "LINESTRING(0 0,100 0)"


def _cross(
    related: Callable[..., Pairs],
    layer: Callable[..., Layer],
    other: str,
    main: Any = MAIN,
    *,
    accuracy_m: float = 0.25,
) -> Any:
    found = related(Crosses(), layer([main], accuracy_m=accuracy_m), layer([other]))
    mask, out = kept(Crosses(), found)
    return found.take(mask), out


def test_one_crossing_by_hand(layer: Callable[..., Layer], related: Callable[..., Pairs]) -> None:
    found, out = _cross(related, layer, "LINESTRING(30 -10,30 30)")
    assert found["part"].tolist() == [0.0]
    assert found["fraction_a"].tolist() == [0.3]
    assert found["fraction_b"].tolist() == [0.25]
    assert found["angle_deg"].tolist() == [90.0]
    assert found.shape()[0].equals(shapely.Point(30, 0))
    assert out.count == 0


def test_several_crossings_are_numbered_along_the_subject(
    layer: Callable[..., Layer], related: Callable[..., Pairs]
) -> None:
    found, _ = _cross(related, layer, "LINESTRING(80 -5,80 5,50 5,50 -5,20 -5,20 5)")
    assert found["part"].tolist() == [0.0, 1.0, 2.0]
    assert found["fraction_a"] == pytest.approx([0.2, 0.5, 0.8])
    assert found["fraction_b"] == pytest.approx([85 / 90 + 0 / 90, 0.5, 5 / 90], abs=0.06)
    assert (np.diff(found["fraction_b"]) < 0).all()


@pytest.mark.parametrize(
    ("case", "other"),
    [
        ("end to end", "LINESTRING(100 0,150 30)"),
        ("end to end, straight on", "LINESTRING(100 0,150 0)"),
        ("branch on the main", "LINESTRING(40 0,40 30)"),
        ("the main ends on the other", "LINESTRING(100 -20,100 20)"),
        ("apart", "LINESTRING(0 1,100 1)"),
        ("laid along it", "LINESTRING(20 0,60 0)"),
        ("the same", MAIN),
        ("the same, turned", "LINESTRING(100 0,0 0)"),
        ("along it and away to the side it came from", "LINESTRING(20 10,30 0,60 0,70 10)"),
        ("along it to its end", "LINESTRING(50 10,60 0,100 0,120 10)"),
    ],
)
def test_no_crossing_and_nothing_left_out(
    layer: Callable[..., Layer], related: Callable[..., Pairs], case: str, other: str
) -> None:
    found, out = _cross(related, layer, other)
    assert len(found) == 0, case
    assert out.count == 0, case


@pytest.mark.parametrize(
    ("case", "other"),
    [
        ("a branch that overshoots", "LINESTRING(40 -0.4,40 30)"),
        ("a main that overshoots", "LINESTRING(99.6 -20,99.6 20)"),
    ],
)
def test_an_end_within_the_tolerance_is_a_connection_that_is_counted(
    layer: Callable[..., Layer], related: Callable[..., Pairs], case: str, other: str
) -> None:
    found, out = _cross(related, layer, other)  # tolerance 0.5 m
    assert len(found) == 0, case
    assert out.count == 1, case
    sharp, out = _cross(related, layer, other, accuracy_m=0.1)
    assert len(sharp) == 1, case
    assert out.count == 0, case


def test_what_the_tolerance_leaves_out_does_not_change_the_numbers(
    layer: Callable[..., Layer], related: Callable[..., Pairs]
) -> None:
    found, out = _cross(related, layer, "LINESTRING(0.2 -5,0.2 5,50 5,50 -5,60 -5,60 5)")
    assert found["part"].tolist() == [0.0, 1.0]
    assert found["fraction_a"] == pytest.approx([0.5, 0.6])
    assert out.count == 1


@pytest.mark.parametrize(
    "other",
    [
        "LINESTRING(20 10,30 0,60 0,70 -10)",
        "LINESTRING(70 -10,60 0,30 0,20 10)",
        "LINESTRING(20 -10,30 0,60 0,70 10)",
        "LINESTRING(40 10,30 0,60 0,50 -10)",
    ],
)
def test_changing_sides_along_a_stretch_is_one_crossing_in_its_middle(
    layer: Callable[..., Layer], related: Callable[..., Pairs], other: str
) -> None:
    found, _ = _cross(related, layer, other)
    assert found["fraction_a"] == pytest.approx([0.45])
    assert found.shape()[0].equals_exact(shapely.Point(45, 0), 1e-9)


@pytest.mark.parametrize("turn", [0.0, 17.0, 90.0, 133.0, 250.0])
@pytest.mark.parametrize(("bend", "count"), [(10, 0), (-10, 1)])
def test_sides_are_told_apart_at_bends_too(
    layer: Callable[..., Layer], related: Callable[..., Pairs], turn: float, bend: int, count: int
) -> None:
    # Both lines bend where they leave each other; integer steps keep the shared stretch exact.
    main = shapely.from_wkt("LINESTRING(0 -40,0 0,30 0,30 40)")
    other = shapely.LineString([(-40, 0), (0, 0), (30, 0), (30 - bend * 4, 40 if bend > 0 else 0)])
    if turn % 90 == 0:
        main, other = (shapely.affinity.rotate(line, turn, origin=(0, 0)) for line in (main, other))
    found, _ = _cross(related, layer, other, main=main)
    assert len(found) == count


def test_a_crossing_at_a_vertex_is_one_crossing(
    layer: Callable[..., Layer], related: Callable[..., Pairs]
) -> None:
    found, _ = _cross(related, layer, "LINESTRING(30 -10,30 0,30 10)", main="LINESTRING(0 0,30 0,100 0)")
    assert len(found) == 1
    assert found["angle_deg"].tolist() == [90.0]


def test_closed_lines_and_parts_in_a_row_have_no_ends_between(
    layer: Callable[..., Layer], related: Callable[..., Pairs]
) -> None:
    ring = "LINESTRING(30 -10,60 -10,60 10,30 10,30 -10)"
    found, _ = _cross(related, layer, ring)
    assert found["fraction_a"] == pytest.approx([0.3, 0.6])
    rows = "MULTILINESTRING((0 0,30 0),(30 0,100 0))"
    found, _ = _cross(related, layer, "LINESTRING(30 -10,30 10)", main=rows)
    assert found["fraction_a"] == pytest.approx([0.3])


def test_within_one_layer_each_crossing_comes_once(
    layer: Callable[..., Layer], related: Callable[..., Pairs]
) -> None:
    a = layer([MAIN, "LINESTRING(30 -10,30 10)"], ids=["z", "m"])
    found = related(Crosses(), a, itself=True)
    assert (found.rows_a.tolist(), found.rows_b.tolist()) == ([1], [0])
    assert found["fraction_a"].tolist() == [0.5]


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_crossings_agree_with_exact_arithmetic_over_all_pairs_of_segments(
    layer: Callable[..., Layer], related: Callable[..., Pairs], seed: int
) -> None:
    random = np.random.default_rng(seed)
    lines = [random.integers(0, 1000, (5, 2)) for _ in range(2)]
    expected = []
    for (p, q), (r, s) in itertools.product(itertools.pairwise(lines[0]), itertools.pairwise(lines[1])):
        (px, py), (qx, qy), (rx, ry), (sx, sy) = (tuple(int(v) for v in point) for point in (p, q, r, s))
        det = (qx - px) * (sy - ry) - (qy - py) * (sx - rx)
        if det == 0:
            continue
        t = Fraction((rx - px) * (sy - ry) - (ry - py) * (sx - rx), det)
        u = Fraction((rx - px) * (qy - py) - (ry - py) * (qx - px), det)
        if 0 <= t <= 1 and 0 <= u <= 1:
            expected.append((float(px + t * (qx - px)), float(py + t * (qy - py))))
    a, b = (layer([shapely.linestrings(line.astype(float))]) for line in lines)
    found = related(Crosses(), a, b)
    ends = [tuple(line[at]) for line in lines for at in (0, -1)]
    expected = sorted({(round(x, 6), round(y, 6)) for x, y in expected if (x, y) not in ends})
    got = sorted((round(point.x, 6), round(point.y, 6)) for point in found.shape())
    np.testing.assert_allclose(np.array(got).reshape(-1, 2), np.array(expected).reshape(-1, 2), atol=2e-6)
    for side, line in (("fraction_a", lines[0]), ("fraction_b", lines[1])):
        again = shapely.line_interpolate_point(
            shapely.linestrings(line.astype(float)), found[side], normalized=True
        )
        assert (shapely.distance(again, found.shape()) < 1e-6).all()
