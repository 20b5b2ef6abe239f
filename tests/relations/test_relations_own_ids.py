"""Ids that two layers share by chance: both count 1, 2, 3."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely

from lantu.relations import ids_by_chance

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
