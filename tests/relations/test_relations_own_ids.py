"""Ids that two layers share by chance: both count 1, 2, 3."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lantu.relations import ids_by_chance
from lantu.relations.own_ids import has_own_id, rows_of_one_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from lantu.model import FloatArray, Layer

    Build = Callable[..., Layer]


def points(build: Build, name: str, places: FloatArray) -> Layer:
    ids = [str(number) for number in range(1, len(places) + 1)]
    plain = build(list(shapely.points(places)), ids=ids, name=name)
    numbered = plain.frame.assign(record=np.arange(1, len(plain) + 1))
    return replace(plain, frame=numbered, provenance=replace(plain.provenance, fields_matched={"id": "BH"}))


def chance(a: Layer, b: Layer) -> bool:
    return ids_by_chance(
        a, b, chosen_a=np.ones(len(a), dtype=np.bool_), chosen_b=np.ones(len(b), dtype=np.bool_)
    )


@pytest.mark.parametrize("seed", range(10))
def test_two_lists_that_count_from_one(layer: Build, seed: int) -> None:
    here, there = np.random.default_rng(seed).uniform(0.0, 3000.0, (2, 50, 2))
    assert chance(points(layer, "a", here), points(layer, "b", there))


@pytest.mark.parametrize("moved_m", [0.0, 0.5, 500.0, 39_000_000.0])
def test_a_layer_that_was_moved_as_a_whole_keeps_its_ids(layer: Build, moved_m: float) -> None:
    here = np.random.default_rng(1).uniform(0.0, 3000.0, (50, 2))
    assert not chance(points(layer, "a", here), points(layer, "b", here + np.array([moved_m, 0.0])))


def test_objects_that_stand_elsewhere_do_not_speak_for_the_others(layer: Build) -> None:
    here = np.random.default_rng(2).uniform(0.0, 3000.0, (50, 2))
    there = here.copy()
    there[:20] = np.random.default_rng(3).uniform(0.0, 3000.0, (20, 2))
    assert not chance(points(layer, "a", here), points(layer, "b", there))


def test_a_few_objects_tell_nothing(layer: Build) -> None:
    here, there = np.random.default_rng(4).uniform(0.0, 3000.0, (2, 9, 2))
    assert not chance(points(layer, "a", here), points(layer, "b", there))


IDS = st.lists(st.sampled_from(["A", "B", "B~2", "C", "C~2", "C~3", "D~2", "#1", "#2", "#9"]), unique=True)


def delivered(build: Build, ids: list[str], name: str) -> Layer:
    plain = build([None] * len(ids), ids=ids, name=name)
    numbered = plain.frame.assign(record=np.arange(1, len(plain) + 1))
    return replace(plain, frame=numbered, provenance=replace(plain.provenance, fields_matched={"id": "BH"}))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(IDS, IDS, st.data())
def test_an_id_stands_once_in_each_of_two_layers(
    layer: Build, ids_a: list[str], ids_b: list[str], data: st.DataObject
) -> None:
    """By the book: a key counts where exactly one chosen row of either layer bears it."""
    a, b = delivered(layer, ids_a, "a"), delivered(layer, ids_b, "b")
    chosen = [
        np.array(data.draw(st.lists(st.booleans(), min_size=n, max_size=n)), bool) for n in (len(a), len(b))
    ]
    found = rows_of_one_id(a, b, chosen_a=chosen[0], chosen_b=chosen[1])
    keys = [
        [
            key if mask[row] and has_own_id(one)[row] else None
            for row, key in enumerate(bare_keys(one.ids.tolist()))
        ]
        for one, mask in ((a, chosen[0]), (b, chosen[1]))
    ]
    alone = [{key for key in side if key is not None and side.count(key) == 1} for side in keys]
    both = [key for key in keys[0] if key in alone[0] & alone[1]]
    assert found[0].tolist() == [keys[0].index(key) for key in both]
    assert found[1].tolist() == [keys[1].index(key) for key in both]


def bare_keys(ids: list[str]) -> list[str]:
    return [bare if (bare := one.rpartition("~")[0]) in ids else one for one in ids]


def test_a_made_up_id_is_none_of_its_own(layer: Build) -> None:
    one = delivered(layer, ["#1", "#1~2", "A", "#4", "#44"], "a")
    assert has_own_id(one).tolist() == [False, True, True, False, True]
    nameless = replace(one, provenance=replace(one.provenance, fields_matched={}))
    assert not has_own_id(nameless).any()
