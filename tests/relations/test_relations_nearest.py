"""Places that are each other's nearest are those that trees of points find, ties and reach included."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from lantu.relations import nearest
from lantu.relations.displacement import _lie_together
from lantu.relations.nearest import mutual_nearest, reached


def by_trees(a: np.ndarray, b: np.ndarray, reach_m: float | None) -> tuple[np.ndarray, np.ndarray]:
    sides = [np.asarray(shapely.points(side.reshape(-1, 2)), dtype=object) for side in (a, b)]
    trees = [shapely.STRtree(side) for side in sides]
    there = trees[1].query_nearest(sides[0], max_distance=reach_m)
    back = trees[0].query_nearest(sides[1], max_distance=reach_m)
    one, other = (
        {int(i): int(j) for i, j in found.T if (found[0] == i).sum() == 1} for found in (there, back)
    )
    pairs = [(i, j) for i, j in sorted(one.items()) if other.get(j) == i]
    return tuple(np.array(pairs, dtype=np.int64).reshape(-1, 2).T)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    sizes=st.tuples(st.integers(0, 60), st.integers(0, 60)),
    step_m=st.sampled_from([0.5, 2.0, 2.5, 1e-7]),
    reach_m=st.sampled_from([None, 2.5, 5.0, 1e4]),
)
def test_nearest_places_are_those_of_trees(
    seed: int, sizes: tuple[int, int], step_m: float, reach_m: float | None
) -> None:
    rng = np.random.default_rng(seed)
    middle = rng.choice([0.0, 4_070_000.0])
    a, b = (middle + rng.integers(-8, 9, (size, 2)) * step_m for size in sizes)
    if rng.random() < 0.5:
        a = a + rng.normal(0.0, 0.3, a.shape)
    found = mutual_nearest(a, b, reach_m=reach_m)
    assert [side.tolist() for side in found] == [side.tolist() for side in by_trees(a, b, reach_m)]


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    sizes=st.tuples(st.integers(0, 60), st.integers(0, 60)),
    reach_m=st.sampled_from([0.5, 2.5, 40.0]),
    at_once=st.sampled_from([1, 7, 1000]),
)
def test_a_place_is_reached_where_any_other_is_near(
    seed: int, sizes: tuple[int, int], reach_m: float, at_once: int
) -> None:
    rng = np.random.default_rng(seed)
    a, b = (39_400_000.0 + rng.integers(-20, 21, (size, 2)) * 0.5 for size in sizes)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nearest, "PLACES_AT_ONCE", at_once)
        patch.setattr(nearest, "PAIRS_AT_ONCE", 20)
        found = reached(a, b, reach_m=reach_m)
    apart = np.hypot(*(a[:, None] - b[None]).reshape(-1, 2).T).reshape(len(a), len(b))
    assert found.tolist() == (apart <= reach_m).any(axis=1).tolist()


def test_a_place_that_is_none_costs_the_others_nothing() -> None:
    places = np.array([[np.nan, np.nan], [0.0, 0.0], [np.inf, 1.0], [100.0, 0.0]])
    assert _lie_together(places, np.array([[0.5, 0.5], [np.nan, 0.0], [5000.0, 0.0]]))
    assert not _lie_together(places, np.array([[3000.0, 0.5], [5000.0, 0.0]]))
    assert not _lie_together(places[:1], places)


@pytest.mark.parametrize("reach_m", [None, 5.0])
def test_places_are_looked_at_piece_by_piece(monkeypatch: pytest.MonkeyPatch, reach_m: float | None) -> None:
    rng = np.random.default_rng(4)
    a, b = rng.uniform(0.0, 60.0, (700, 2)), rng.uniform(0.0, 60.0, (900, 2))
    whole = mutual_nearest(a, b, reach_m=reach_m)
    monkeypatch.setattr(nearest, "PLACES_AT_ONCE", 50)
    monkeypatch.setattr(nearest, "PAIRS_AT_ONCE", 30)
    parts = mutual_nearest(a, b, reach_m=reach_m)
    assert len(whole[0]) > 100
    assert all(np.array_equal(one, other) for one, other in zip(whole, parts, strict=True))


def test_without_a_reach_no_tree_of_a_whole_layer_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two layers of one ground, and some places far from all others, which alone go to a tree."""
    rng = np.random.default_rng(8)
    a = rng.uniform(0.0, 1000.0, (3000, 2))
    b = np.concatenate([a + rng.normal(0.0, 0.5, a.shape), [[9000.0, 9000.0], [9000.0, -500.0]]])
    asked = []
    by_tree = nearest._by_tree
    monkeypatch.setattr(
        nearest, "_by_tree", lambda places, others: asked.append(len(places)) or by_tree(places, others)
    )
    found = mutual_nearest(a, b)
    assert [side.tolist() for side in found] == [side.tolist() for side in by_trees(a, b, None)]
    assert not asked
