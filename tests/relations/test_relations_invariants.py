"""The same pairs, bit for bit, for every tiling and every order of rows."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from lantu.relations import (
    Coverage,
    Crosses,
    LeftOut,
    Near,
    Overlaps,
    Same,
    Uncovered,
    candidates,
    gaps,
    kept,
    measured,
    uncovered,
)
from lantu.relations.index import index_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from lantu.model import Layer

RELATIONS = [
    Overlaps(),
    Near(within_m=6.0),
    Crosses(),
    Same(),
    Same(unmatched=True),
    Same(key="geometry"),
]


def _shapes(random: np.random.Generator, *, noise: float) -> Any:
    """A coverage with noise, donuts, multi-polygons, lines, points, nulls, spikes and repeated points."""
    nodes = np.stack(np.meshgrid(np.arange(4.0), np.arange(4.0), indexing="ij"), axis=-1) * 20
    nodes += random.uniform(-2, 2, nodes.shape)
    shapes = []
    for i in range(3):
        for j in range(3):
            ring = np.array([nodes[i, j], nodes[i + 1, j], nodes[i + 1, j + 1], nodes[i, j + 1]])
            shapes.append(shapely.Polygon(ring + random.normal(0, noise, (4, 2))))
    shapes[0] = shapely.difference(shapes[0], shapely.buffer(shapely.centroid(shapes[0]), 3, quad_segs=2))
    shapes[1] = shapely.union(shapes[1], shapely.box(90, 90, 95, 95))
    shapes += [shapely.linestrings(random.uniform(0, 60, (int(random.integers(2, 6)), 2))) for _ in range(5)]
    shapes.append(shapely.multilinestrings([random.uniform(0, 60, (3, 2)) for _ in range(2)]))
    shapes += list(shapely.points(random.uniform(0, 60, (3, 2))))
    spiked = "POLYGON((10 10,30 10,30 10,30 20,45 20,30 20,10 20,10 10))"
    shapes += [None, shapely.Polygon(), shapely.make_valid(shapely.from_wkt(spiked)), shapes[4]]
    return shapes


def _layers(seed: int) -> Any:
    random = np.random.default_rng(seed)
    ids = [f"{random.integers(0, 1000):03d}-{number}" for number in range(30)]
    ids = [*ids[:20], f"{ids[3]}~2", *ids[21:]]
    one, two = _shapes(random, noise=0.0), _shapes(random, noise=0.3)
    two = [shapely.transform(shape, lambda xy: xy + 0.1) if shape is not None else None for shape in two]
    return (one, ids[: len(one)]), (two, ids[2 : len(two) + 2])


def _build(layer: Callable[..., Layer], shapes: Any, ids: Any, order: Any = None) -> Any:
    order = np.arange(len(shapes)) if order is None else order
    return layer([shapes[i] for i in order], ids=[ids[i] for i in order], accuracy_m=0.15)


def _tiles(random: np.random.Generator, size: Any) -> Any:
    return np.array_split(random.permutation(size), np.sort(random.integers(0, size + 1, 3)))


def _relate(relation: Any, a: Any, b: Any, rows: Any, *, itself: bool, kernels: bool = False) -> Any:
    pairs = candidates(
        relation,
        a,
        b,
        rows_a=rows,
        chosen_a=np.ones(len(a), dtype=np.bool_),
        chosen_b=np.ones(len(b), dtype=np.bool_),
        itself=itself,
    )
    return measured(relation, pairs, kernels=kernels)


@pytest.mark.parametrize("relation", RELATIONS, ids=repr)
@pytest.mark.parametrize("itself", [False, True])
@pytest.mark.parametrize("kernels", [False, True], ids=["geos", "kernels"])
@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_any_tiling_and_any_order_of_rows_give_the_same_bytes(
    layer: Callable[..., Layer],
    bytes_of: Callable[..., dict[tuple[Any, ...], tuple[bytes, ...]]],
    relation: Any,
    *,
    itself: bool,
    kernels: bool,
    seed: int,
) -> None:
    random = np.random.default_rng(seed)
    one, two = _layers(seed)
    a = _build(layer, *one)
    b = a if itself else _build(layer, *two)
    whole_pairs = _relate(relation, a, b, np.arange(len(a)), itself=itself, kernels=kernels)
    whole, (_, whole_out) = bytes_of(whole_pairs), kept(relation, whole_pairs)

    tiled, out = {}, LeftOut()
    for rows in _tiles(random, len(a)):
        pairs = _relate(relation, a, b, rows, itself=itself, kernels=kernels)
        part = bytes_of(pairs)
        assert not set(part) & set(tiled)
        tiled |= part
        out += kept(relation, pairs)[1]
    assert tiled == whole
    assert out == whole_out

    a2 = _build(layer, *one, random.permutation(len(a)))
    b2 = a2 if itself else _build(layer, *two, random.permutation(len(b)))
    shuffled = _relate(relation, a2, b2, np.arange(len(a2)), itself=itself, kernels=kernels)
    assert bytes_of(shuffled) == whole
    assert kept(relation, shuffled)[1] == whole_out


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_uncovered_gives_the_same_bytes_too(
    layer: Callable[..., Layer], bytes_of: Callable[..., dict[tuple[Any, ...], tuple[bytes, ...]]], seed: int
) -> None:
    random = np.random.default_rng(seed)
    one, two = _layers(seed)

    def run(a: Any, others: Any, rows: Any) -> Any:
        return uncovered(
            Uncovered(min_share=0.01),
            a,
            rows_a=rows,
            chosen_a=np.ones(len(a), dtype=np.bool_),
            others=[(other, np.ones(len(other), dtype=np.bool_)) for other in others],
            kernels=bool(seed % 2),
        )[:2]

    a, b, c = _build(layer, *one), _build(layer, *two), _build(layer, two[0][::-1], one[1])
    whole, whole_out = run(a, (b, c), np.arange(len(a)))
    tiled, out = {}, LeftOut()
    for rows in _tiles(random, len(a)):
        pairs, part = run(a, (b, c), rows)
        tiled |= bytes_of(pairs)
        out += part
    assert tiled == bytes_of(whole)
    assert out == whole_out
    a2, b2 = (_build(layer, *each, random.permutation(len(each[0]))) for each in (one, two))
    again, again_out = run(a2, (b2, c), np.arange(len(a2)))
    assert bytes_of(again) == bytes_of(whole)
    assert again_out == whole_out


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_gaps_do_not_depend_on_the_order_of_rows(layer: Callable[..., Layer], seed: int) -> None:
    random = np.random.default_rng(seed)
    shapes, ids = _layers(seed)[1]

    def run(order: Any) -> Any:
        a = _build(layer, shapes, ids, order)
        pairs, out = gaps(Coverage(max_width_m=50.0), a, chosen_a=np.ones(len(a), dtype=np.bool_))
        holes = shapely.to_wkb(pairs.shape()).tolist()
        return sorted(zip(pairs.subject.ids, pairs["part"], pairs["area_m2"], holes, strict=True)), out

    assert run(np.arange(len(shapes))) == run(random.permutation(len(shapes)))


def test_threads_share_one_index_and_get_the_same_bytes(
    layer: Callable[..., Layer], bytes_of: Callable[..., dict[tuple[Any, ...], tuple[bytes, ...]]]
) -> None:
    one, two = _layers(5)
    a, b = _build(layer, *one), _build(layer, *two)
    expected = bytes_of(_relate(Overlaps(), a, b, np.arange(len(a)), itself=False))
    results, trees = [], []

    def work(a: Any, b: Any) -> None:
        results.append(bytes_of(_relate(Overlaps(), a, b, np.arange(len(a)), itself=False)))
        trees.append(index_of(b))

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(5):
            a, b = _build(layer, *one), _build(layer, *two)
            threads = [threading.Thread(target=work, args=(a, b)) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert len({id(tree) for tree in trees[-4:]}) == 1
    finally:
        sys.setswitchinterval(interval)
    assert results == [expected] * 20
