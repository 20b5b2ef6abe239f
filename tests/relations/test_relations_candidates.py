"""Which pairs can meet: boxes, keys, masks, one order for each unordered pair."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely

from lantu.relations import (
    NO_ROW,
    Alone,
    Coverage,
    Crosses,
    Near,
    Overlaps,
    Same,
    Uncovered,
    candidates,
    kept,
    measured,
)
from lantu.relations import index as index_module
from lantu.relations.index import index_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from lantu.model import BoolArray, Layer

SQUARE = "POLYGON((0 0,4 0,4 4,0 4,0 0))"


def _all(layer: Callable[..., Layer]) -> BoolArray:
    return np.ones(len(layer), dtype=np.bool_)


def _pairs(relation: Any, a: Any, b: Any, **keywords: Any) -> Any:
    keywords = {"rows_a": np.arange(len(a)), "chosen_a": _all(a), "chosen_b": None} | keywords
    found = candidates(relation, a, b, **keywords)
    return list(zip(found.rows_a.tolist(), found.rows_b.tolist(), strict=True))


def _box(x: Any, y: Any, size: Any = 2) -> Any:
    return shapely.box(x, y, x + size, y + size)


def test_pairs_come_sorted_with_all_partners_of_each_subject(layer: Callable[..., Layer]) -> None:
    a = layer([_box(0, 0, 10), _box(20, 0, 2)])
    b = layer([_box(21, 1), _box(8, 8), _box(0, 0), _box(50, 50)])
    assert _pairs(Overlaps(), a, b) == [(0, 1), (0, 2), (1, 0)]
    assert _pairs(Overlaps(), a, b, rows_a=np.array([1])) == [(1, 0)]
    assert _pairs(Overlaps(), a, b, rows_a=np.array([1, 0])) == [(0, 1), (0, 2), (1, 0)]


def test_boxes_that_only_touch_share_no_ground(layer: Callable[..., Layer]) -> None:
    a = layer([_box(0, 0)])
    assert _pairs(Overlaps(), a, layer([_box(2, 0), _box(2, 2), _box(1.5, 1.5)])) == [(0, 2)]


def test_a_level_line_has_a_box_without_ground_and_is_still_met(layer: Callable[..., Layer]) -> None:
    assert _pairs(Overlaps(), layer(["LINESTRING(-1 1,5 1)"]), layer([_box(0, 0)])) == [(0, 0)]


def test_overlaps_needs_a_polygon_and_crosses_needs_two_lines(layer: Callable[..., Layer]) -> None:
    mixed = ["POINT(1 1)", "LINESTRING(0 0,3 3)", SQUARE]
    assert _pairs(Overlaps(), layer(mixed), layer(mixed)) == [(0, 2), (1, 2), (2, 0), (2, 1), (2, 2)]
    assert _pairs(Crosses(), layer(mixed), layer(mixed)) == [(1, 1)]


def test_null_and_empty_geometries_meet_nothing(layer: Callable[..., Layer]) -> None:
    hollow = layer([None, "POLYGON EMPTY", SQUARE, "GEOMETRYCOLLECTION EMPTY"])
    for relation in (Overlaps(), Near(within_m=100.0), Same(key="geometry")):
        assert _pairs(relation, hollow, hollow) == [(2, 2)]
    assert _pairs(Overlaps(), layer([None]), layer([None])) == []
    assert _pairs(Overlaps(), layer([]), layer([SQUARE])) == []
    assert _pairs(Overlaps(), layer([SQUARE]), layer([])) == []


def test_masks_choose_on_both_sides(layer: Callable[..., Layer]) -> None:
    a, b = layer([_box(0, 0), _box(0, 0)]), layer([_box(1, 1), _box(1, 1)])
    chosen_a, chosen_b = np.array([True, False]), np.array([False, True])
    assert _pairs(Overlaps(), a, b, chosen_a=chosen_a, chosen_b=chosen_b) == [(0, 1)]


def test_within_one_layer_the_smaller_id_is_the_subject(layer: Callable[..., Layer]) -> None:
    a = layer([_box(0, 0), _box(1, 1), _box(1, 0)], ids=["c", "a", "b"])
    assert _pairs(Overlaps(), a, a, itself=True) == [(1, 0), (1, 2), (2, 0)]
    tiles = [_pairs(Overlaps(), a, a, itself=True, rows_a=np.array([row])) for row in (2, 0, 1)]
    assert sorted(pair for tile in tiles for pair in tile) == [(1, 0), (1, 2), (2, 0)]


def test_within_one_layer_masks_that_differ_decide_who_is_subject(layer: Callable[..., Layer]) -> None:
    a = layer([_box(0, 0), _box(1, 1), _box(1, 0)], ids=["c", "a", "b"])
    control, protection = np.array([True, False, True]), np.array([False, True, True])
    # c may only be subject, a only partner; b may be both.
    assert _pairs(Overlaps(), a, a, itself=True, chosen_a=control, chosen_b=protection) == [
        (0, 1),
        (0, 2),
        (2, 1),
    ]


def test_near_reaches_as_far_as_the_limit_and_the_tolerance(layer: Callable[..., Layer]) -> None:
    a = layer(["POINT(0 0)"], accuracy_m=0.3)
    b = layer(["POINT(5 0)", "POINT(6 0)", "POINT(6.01 0)"], accuracy_m=0.4)  # 2·hypot(0.3, 0.4) = 1
    assert _pairs(Near(within_m=5.0), a, b) == [(0, 0), (0, 1)]


def test_alone_gives_every_chosen_subject_once(layer: Callable[..., Layer]) -> None:
    a = layer([SQUARE, None, SQUARE])
    pairs = candidates(
        Alone(), a, None, rows_a=np.array([2, 1]), chosen_a=np.array([True, True, False]), chosen_b=None
    )
    assert pairs.rows_a.tolist() == [1]
    assert pairs.rows_b.tolist() == [NO_ROW]
    assert pairs.b is None
    mask, out = kept(Alone(), measured(Alone(), pairs))
    assert mask.tolist() == [True]
    assert out.count == 0


def test_keys_match_without_the_mark_of_a_repeated_id(layer: Callable[..., Layer]) -> None:
    a = layer([SQUARE] * 3, ids=["x", "y~2", "z"])
    b = layer([SQUARE] * 5, ids=["x", "x~2", "y", "y~2", "w~7"])
    # In a, y~2 is the department's own id; in b it marks a second y, so the two do not match.
    assert _pairs(Same(), a, b) == [(0, 0), (0, 1)]
    assert _pairs(Same(), b, b, itself=True) == [(0, 1), (2, 3)]


def test_keys_match_whatever_the_geometry(layer: Callable[..., Layer]) -> None:
    a, b = layer([None], ids=["x"]), layer([SQUARE], ids=["x"])
    assert _pairs(Same(), a, b) == [(0, 0)]
    assert _pairs(Same(unmatched=True), a, b) == []


def test_unmatched_gives_the_subjects_that_the_other_lacks(layer: Callable[..., Layer]) -> None:
    a = layer([SQUARE, None, SQUARE], ids=["x", "y", "z"])
    b = layer([SQUARE, SQUARE], ids=["x", "z"])
    assert _pairs(Same(unmatched=True), a, b) == [(1, NO_ROW)]
    assert _pairs(Same(unmatched=True), a, b, chosen_b=np.array([True, False])) == [(1, NO_ROW), (2, NO_ROW)]
    assert _pairs(Same(unmatched=True), a, layer([])) == [(0, NO_ROW), (1, NO_ROW), (2, NO_ROW)]


def test_the_absent_side_of_a_pair_reads_as_nothing(layer: Callable[..., Layer]) -> None:
    a = layer([SQUARE], ids=["x"])
    for b in (layer([SQUARE, SQUARE], ids=["y", "z"]), layer([])):
        pairs = candidates(Same(unmatched=True), a, b, rows_a=np.arange(1), chosen_a=_all(a), chosen_b=None)
        assert pairs.other.ids.tolist() == [None]
        assert pairs.other.geometry.tolist() == [None]
        assert pairs.other["id"].tolist() == [None]
        whole = measured(Same(unmatched=True), pairs)
        assert kept(Same(unmatched=True), whole)[0].tolist() == [True]
        assert np.isnan(whole["deviation_m"]).all()


def test_equal_geometry_needs_equal_boxes_and_one_dimension(layer: Callable[..., Layer]) -> None:
    a = layer([_box(0, 0)], accuracy_m=0.0)
    b = layer([_box(0, 0), _box(0, 0, 2.1), "LINESTRING(0 0,2 2)", "POLYGON((2 2,0 2,0 0,2 0,2 2))"])
    assert _pairs(Same(key="geometry"), a, b) == [(0, 0), (0, 3)]


def test_relations_without_pairs_say_so(layer: Callable[..., Layer]) -> None:
    a = layer([SQUARE])
    for relation in (Coverage(), Uncovered()):
        with pytest.raises(TypeError, match=type(relation).__name__):
            _pairs(relation, a, a)
        with pytest.raises(TypeError, match=type(relation).__name__):
            measured(
                relation, candidates(Alone(), a, None, rows_a=np.arange(1), chosen_a=_all(a), chosen_b=None)
            )


def test_an_index_is_built_once_and_goes_with_its_layer(layer: Callable[..., Layer]) -> None:
    a = layer([SQUARE])
    assert index_of(a).tree is index_of(a).tree
    number = id(a)
    assert number in index_module._indexes
    del a
    gc.collect()
    assert number not in index_module._indexes
