"""Faces between edges are the same whether the edges are put together at once or group by group."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
import shapely.affinity
from hypothesis import given, settings
from hypothesis import strategies as st

from lantu.relations import arrangement
from lantu.relations.arrangement import faces_between, joined
from lantu.relations.segments import Segments, segments_of


def bits(faces: np.ndarray) -> list[bytes]:
    return sorted(shapely.to_wkb(shapely.normalize(faces)).tolist())


def by_groups(edges: Segments, at_once: int) -> tuple[np.ndarray, int]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arrangement, "EDGES_AT_ONCE", at_once)
        groups: list[int] = []
        faces = arrangement._faces
        patch.setattr(arrangement, "_faces", lambda places: groups.append(len(places)) or faces(places))
        found, failed = faces_between(edges)
    assert not failed
    return found, len(groups)


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), count=st.integers(1, 40), at_once=st.integers(1, 30))
def test_boxes_beside_across_and_within_one_another(seed: int, count: int, at_once: int) -> None:
    rng = np.random.default_rng(seed)
    size = rng.choice([1.0, 3.0, 10.0, 30.0], count)
    corner = rng.integers(0, 60, (count, 2)) + rng.choice([0.0, 39_400_000.0])
    boxes = shapely.box(*corner.T, *(corner + size[:, None]).T)
    turned = np.array(
        [
            shapely.affinity.rotate(box, angle)
            for box, angle in zip(boxes, rng.choice([0.0, 17.0], count), strict=True)
        ]
    )
    edges = segments_of(turned)
    whole, _ = by_groups(edges, 10_000)
    parts, _ = by_groups(edges, at_once)
    assert bits(parts) == bits(whole)
    shuffled = edges.take(rng.permutation(len(edges)))
    assert bits(by_groups(Segments(shuffled.stop, shuffled.start, shuffled.owner), at_once)[0]) == bits(whole)


def test_islands_in_lakes_on_islands() -> None:
    edges = segments_of(np.array([shapely.box(-size, -size, size, size) for size in range(1, 10)]))
    faces, groups = by_groups(edges, 4)
    assert groups == 9
    assert sorted(shapely.area(faces)) == [4.0, *(4.0 * (size**2 - (size - 1) ** 2) for size in range(2, 10))]
    assert bits(faces) == bits(by_groups(edges, 10_000)[0])


@settings(max_examples=100, deadline=None)
@given(
    size=st.integers(1, 30), pairs=st.lists(st.tuples(st.integers(0, 29), st.integers(0, 29)), max_size=40)
)
def test_labels_are_the_smallest_position_that_can_be_reached(
    size: int, pairs: list[tuple[int, int]]
) -> None:
    known = [(one % size, other % size) for one, other in pairs]
    reached = list(range(size))
    for _ in range(size):
        for one, other in known:
            reached[one] = reached[other] = min(reached[one], reached[other])
    ends = np.array(known, dtype=np.int64).reshape(-1, 2)
    assert joined(np.arange(size), *ends.T).tolist() == reached
