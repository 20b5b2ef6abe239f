"""Uncovered: what is left of each subject."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from lantu.relations import NO_ROW, Uncovered, uncovered
from lantu.relations.left_out import STEP

if TYPE_CHECKING:
    from collections.abc import Callable

    from lantu.model import Layer


def _by(*, kernels: bool, a: Any, others: Any, relation: Any, masks: Any) -> Any:
    chosen = masks or [np.ones(len(other), dtype=np.bool_) for other in others]
    return uncovered(
        relation or Uncovered(),
        a,
        rows_a=np.arange(len(a)),
        chosen_a=np.ones(len(a), dtype=np.bool_),
        others=list(zip(others, chosen, strict=True)),
        kernels=kernels,
    )


def _rest(a: Any, *others: Any, relation: Any = None, masks: Any = None) -> Any:
    """Return what is left, by GEOS, after asking the kernels and finding the same."""
    way = {"a": a, "others": others, "relation": relation, "masks": masks}
    (pairs, out, _), (again, out_again, by_geos) = (_by(kernels=kernels, **way) for kernels in (False, True))
    assert by_geos == 0
    assert again.rows_a.tolist() == pairs.rows_a.tolist()
    for name, values in pairs.measures.items():
        np.testing.assert_array_equal(again[name], values)
    assert shapely.to_wkb(again.shape()).tolist() == shapely.to_wkb(pairs.shape()).tolist()
    assert (out_again.count, out_again.failed) == (out.count, out.failed)
    assert out_again.area_m2 == pytest.approx(out.area_m2, abs=STEP * max(out.count, 1))
    return pairs, out


def test_what_is_left_by_hand(layer: Callable[..., Layer]) -> None:
    a = layer([shapely.box(0, 0, 10, 10), shapely.box(20, 0, 30, 10), shapely.box(40, 0, 50, 10), None])
    b = layer([shapely.box(-5, -5, 4, 20), shapely.box(3, -5, 7, 20), shapely.box(19, -1, 31, 11)])
    pairs, out = _rest(a, b)
    assert pairs.rows_a.tolist() == [0, 2]
    assert pairs.rows_b.tolist() == [NO_ROW, NO_ROW]
    assert pairs.b is None
    assert pairs.others == (b,)
    assert pairs["area_m2"].tolist() == [30.0, 100.0]
    assert pairs["share_a"].tolist() == [0.3, 1.0]
    assert pairs.shape()[0].equals(shapely.box(7, 0, 10, 10))
    assert (out.count, out.failed) == (0, 0)


def test_several_layers_cover_together_and_masks_choose(layer: Callable[..., Layer]) -> None:
    a = layer([shapely.box(0, 0, 10, 10)])
    b, c = layer([shapely.box(0, 0, 5, 10)]), layer([shapely.box(5, 0, 10, 10), shapely.box(0, 0, 10, 10)])
    assert len(_rest(a, b, c, masks=[np.array([True]), np.array([True, False])])[0]) == 0
    pairs, _ = _rest(a, b, c, masks=[np.array([True]), np.array([False, False])])
    assert pairs["area_m2"].tolist() == [50.0]
    assert _rest(a)[0]["area_m2"].tolist() == [100.0]


def test_thresholds(layer: Callable[..., Layer]) -> None:
    a, b = layer([shapely.box(0, 0, 10, 10)]), layer([shapely.box(0, 0, 7, 10)])
    for relation, count in (
        (Uncovered(min_area_m2=30.0), 1),
        (Uncovered(min_area_m2=30.1), 0),
        (Uncovered(min_share=0.3), 1),
        (Uncovered(min_share=0.31), 0),
    ):
        pairs, out = _rest(a, b, relation=relation)
        assert len(pairs) == count
        assert out.count == 0


def test_narrow_rests_are_left_out_and_do_not_add_to_wide_ones(layer: Callable[..., Layer]) -> None:
    a = layer([shapely.box(0, 0, 10, 10), shapely.box(20, 0, 30, 10)], accuracy_m=0.25)
    b = layer([shapely.box(0.4, 0, 8, 10), shapely.box(20.4, 0, 30, 10)])
    pairs, out = _rest(a, b)
    assert pairs.rows_a.tolist() == [0]
    assert pairs["area_m2"][0] == pytest.approx(20.0)
    assert pairs.shape()[0].equals(shapely.box(8, 0, 10, 10))
    assert out.count == 2
    assert out.area_m2 == pytest.approx(8.0, abs=1e-5)


def test_a_narrow_rest_too_small_to_be_reported_is_not_the_tolerance_s_doing(
    layer: Callable[..., Layer],
) -> None:
    a = layer([shapely.box(0, 0, 10, 10), shapely.box(20, 0, 30, 10)], accuracy_m=0.25)
    b = layer([shapely.box(0.4, 0, 10, 10), shapely.box(20.2, 0, 30, 10)])
    assert _rest(a, b, relation=Uncovered(min_area_m2=3.0))[1].count == 1
    assert _rest(a, b, relation=Uncovered(min_share=0.05))[1].count == 0


def test_two_wide_rests_make_one_row(layer: Callable[..., Layer]) -> None:
    a, b = layer([shapely.box(0, 0, 10, 10)]), layer([shapely.box(4, -1, 6, 11)])
    pairs, _ = _rest(a, b)
    assert pairs["area_m2"].tolist() == [80.0]
    assert pairs.shape()[0].geom_type == "MultiPolygon"


def test_the_least_accurate_layer_sets_the_tolerance(layer: Callable[..., Layer]) -> None:
    a = layer([shapely.box(0, 0, 10, 10)], accuracy_m=0.3)
    fine = layer([shapely.box(0, 0, 5, 10)], accuracy_m=0.1)
    coarse = layer([shapely.box(5, 0, 9.2, 10)], accuracy_m=0.4)
    pairs, out = _rest(a, fine, coarse)
    assert pairs.tolerance_m == 1.0
    assert len(pairs) == 0
    assert out.count == 1


def test_points(layer: Callable[..., Layer]) -> None:
    a = layer(["POINT(5 5)", "POINT(10.4 5)", "POINT(10.6 5)", "POINT(99 99)"], accuracy_m=0.25)
    pairs, out = _rest(a, layer([shapely.box(0, 0, 10, 10)]))
    assert pairs.rows_a.tolist() == [2, 3]
    assert pairs["area_m2"].tolist() == [0.0, 0.0]
    assert pairs["share_a"].tolist() == [1.0, 1.0]
    assert out.count == 1


def test_lines(layer: Callable[..., Layer]) -> None:
    a = layer(["LINESTRING(0 5,20 5)", "LINESTRING(0 5,10.4 5)", "LINESTRING(2 5,8 5)"], accuracy_m=0.25)
    pairs, out = _rest(a, layer([shapely.box(0, 0, 10, 10)]))
    assert pairs.rows_a.tolist() == [0]
    assert pairs["length_m"].tolist() == [10.0]
    assert pairs["share_a"].tolist() == [0.5]
    assert out.count == 1
    assert out.length_m == pytest.approx(0.4, abs=1e-5)


def test_lines_and_points_of_the_other_layer_cover_nothing(layer: Callable[..., Layer]) -> None:
    a = layer([shapely.box(0, 0, 10, 10), "POINT(50 50)"])
    pairs, _ = _rest(a, layer(["LINESTRING(0 0,10 10)", "POINT(50 50)", None]))
    assert pairs["share_a"].tolist() == [1.0, 1.0]


def test_a_layer_does_not_cover_its_own_subjects_with_themselves(layer: Callable[..., Layer]) -> None:
    a = layer([shapely.box(0, 0, 10, 10), shapely.box(5, 0, 15, 10)])
    pairs, _ = _rest(a, a)
    assert pairs["area_m2"].tolist() == [50.0, 50.0]


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_rests_agree_with_boxes_counted_in_cells(layer: Callable[..., Layer], seed: int) -> None:
    random = np.random.default_rng(seed)
    low, size = random.integers(0, 20, (12, 2)), random.integers(1, 15, (12, 2))
    boxes = np.hstack([low, low + size])
    cells = np.zeros((12, 40, 40), dtype=np.bool_)
    for number, (x0, y0, x1, y1) in enumerate(boxes):
        cells[number, x0:x1, y0:y1] = True
    shapes = [shapely.box(*row) for row in boxes.astype(float)]
    pairs, out = _rest(layer(shapes[:4]), layer(shapes[4:8]), layer(shapes[8:]))
    left = (cells[:4] & ~cells[4:].any(axis=0)).sum(axis=(1, 2))
    assert pairs.rows_a.tolist() == np.flatnonzero(left).tolist()
    assert pairs["area_m2"] == pytest.approx(left[left > 0])
    assert out.count == 0
