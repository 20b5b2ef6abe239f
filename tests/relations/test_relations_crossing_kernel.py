"""The crossing kernel gives GEOS's crossings, bit for bit, and leaves to it what is not plain."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from lantu.relations import Crosses
from lantu.relations.kernels import crossings, paths_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from lantu.model import Layer
    from lantu.relations import Pairs

WHOLE = st.integers(0, 6).map(float)
PART = st.integers(0, 6_000_000).map(lambda millionths: millionths / 1e6)
PLACE = st.tuples(st.one_of(WHOLE, PART), st.one_of(WHOLE, PART))
LINE = st.lists(PLACE, min_size=2, max_size=5, unique=True)
MOVED_M = st.sampled_from([0.0, 4_075_000.0, 39_576_000.0])
SCALE = st.sampled_from([1.0, 10.0, 1000.0])


def lines(*points: Any) -> Any:
    """Return lines through points."""
    return np.array([shapely.LineString(one) for one in points], dtype=object)


def kinds(a: str, b: str) -> int:
    """Return what the kernel makes of two lines."""
    one, two = (paths_of(np.array([shapely.from_wkt(text)], dtype=object)) for text in (a, b))
    return int(crossings(one, two, np.array([0]), np.array([0]))[0][0])


@pytest.fixture(scope="module")
def both(layer: Callable[..., Layer], related: Callable[..., Pairs]) -> Callable[..., tuple[Pairs, Pairs]]:
    """Return a function that measures crossings with the kernel and without."""

    def measure(a: Any, b: Any) -> tuple[Pairs, Pairs]:
        sides = layer(list(a), accuracy_m=0.05), layer(list(b), accuracy_m=0.05)
        return related(Crosses(), *sides, kernels=True), related(Crosses(), *sides, kernels=False)

    return measure


@settings(max_examples=150)
@given(st.lists(LINE, min_size=1, max_size=5), st.lists(LINE, min_size=1, max_size=5), MOVED_M, SCALE)
def test_kernel_and_geos_find_the_same_crossings(
    both: Callable[..., tuple[Pairs, Pairs]], a: Any, b: Any, moved_m: float, scale: float
) -> None:
    placed = ([np.array(line) * scale + moved_m for line in side] for side in (a, b))
    found, expected = both(*(lines(*side) for side in placed))
    assert found.rows_a.tolist() == expected.rows_a.tolist()
    assert found.rows_b.tolist() == expected.rows_b.tolist()
    assert shapely.to_wkb(found.shape()).tolist() == shapely.to_wkb(expected.shape()).tolist()
    for name, values in expected.measures.items():
        np.testing.assert_array_equal(found[name], values)


def test_a_crossing_is_the_double_nearest_to_the_true_place() -> None:
    draw = np.random.default_rng(7)
    at = np.array([39_576_000.0, 4_075_000.0])
    first, second = (at + draw.uniform(-500.0, 500.0, (400, 2, 2)) for _ in range(2))
    a, b = paths_of(shapely.linestrings(first)), paths_of(shapely.linestrings(second))
    rows = np.arange(400)
    kind, place = crossings(a, b, rows, rows)
    assert (kind == 1).sum() > 50
    for row in np.flatnonzero(kind == 1):
        (p, q), (r, s) = ([[Fraction(v) for v in point] for point in line[row]] for line in (first, second))
        along, over = (q[0] - p[0], q[1] - p[1]), (s[0] - r[0], s[1] - r[1])
        share = ((r[0] - p[0]) * over[1] - (r[1] - p[1]) * over[0]) / (
            along[0] * over[1] - along[1] * over[0]
        )
        assert place[row].tolist() == [float(p[axis] + share * along[axis]) for axis in (0, 1)]


@pytest.mark.parametrize(
    ("other", "kind"),
    [
        ("LINESTRING (50 -5, 50 5)", 1),
        ("LINESTRING (50 1, 50 5)", 0),
        ("LINESTRING (100 0, 120 5)", 0),  # joins end to end
        ("LINESTRING (50 0, 50 5)", 2),  # ends on the other, at no vertex of it
        ("LINESTRING (50 -5, 50 5, 60 5, 60 -5)", 2),  # crosses twice
        ("LINESTRING (20 0, 80 0)", 2),  # shares a length
        ("LINESTRING (50 -0.0002, 50 5)", 2),  # crosses a fifth of a millimetre from its end
        ("LINESTRING (0 -0.0001, 100 0.0001)", 2),  # hardly turns
        ("LINESTRING (50 -5, 50 5, 40 5, 50 -5)", 2),  # has no ends
        ("MULTILINESTRING ((50 -5, 50 5), (60 1, 60 5))", 2),
        ("POLYGON ((50 -5, 50 5, 60 5, 50 -5))", 2),
        ("LINESTRING EMPTY", 2),
    ],
)
def test_what_is_plain(other: str, kind: int) -> None:
    assert kinds("LINESTRING (0 0, 100 0)", other) == kind
    assert kinds(other, "LINESTRING (0 0, 100 0)") == kind


def test_a_branch_at_a_vertex_of_the_main_joins_and_two_bends_at_one_place_do_not() -> None:
    main = "LINESTRING (0 0, 50 0, 100 10)"
    assert kinds(main, "LINESTRING (50 0, 50 30)") == 0
    assert kinds(main, "LINESTRING (40 -20, 50 0, 60 20)") == 2


def test_pipes_with_heights_keep_them(both: Callable[..., tuple[Pairs, Pairs]]) -> None:
    a, b = (
        shapely.from_wkt(text) for text in ("LINESTRING Z (0 0 1, 9 0 1)", "LINESTRING Z (4 -3 2, 4 3 2)")
    )
    found, expected = both([a], [b])
    assert shapely.to_wkb(found.shape()).tolist() == shapely.to_wkb(expected.shape()).tolist()
