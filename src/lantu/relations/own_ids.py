"""Which features have an id of their own, and whether two layers mean the same things by theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lantu.relations.index import index_of
from lantu.relations.offset import CHANCE_SHARE, spread_of_m

if TYPE_CHECKING:
    from lantu.model import BoolArray, IntArray, Layer

LEAST_SHARED = 10
"""Fewer shared ids tell nothing: one object may well stand somewhere else."""


def has_own_id(layer: Layer) -> BoolArray:
    """Return which features carry an id that the department delivered, shape (n,).

    Without an id field the record numbers stand in, and two layers of record numbers share them all;
    an empty id is ``#`` and the record number.
    """
    if "id" not in layer.provenance.fields_matched:
        return np.zeros(len(layer), dtype=np.bool_)
    made_up = ("#" + layer.frame["record"].astype(str)).to_numpy(dtype=object)
    return np.asarray(layer.ids != made_up, dtype=np.bool_)


def rows_of_one_id(
    a: Layer, b: Layer, *, chosen_a: BoolArray, chosen_b: BoolArray
) -> tuple[IntArray, IntArray]:
    """Return the rows of objects whose delivered id stands once in each of two layers, sorted by id."""
    sides = []
    for layer, chosen, name in ((a, chosen_a, "a"), (b, chosen_b, "b")):
        rows = np.flatnonzero(chosen & has_own_id(layer))
        side = pd.DataFrame({"key": index_of(layer).keys[rows], name: rows})
        sides.append(side[~side["key"].duplicated(keep=False)])
    both = sides[0].merge(sides[1], on="key")
    return both["a"].to_numpy(np.int64), both["b"].to_numpy(np.int64)


def ids_by_chance(a: Layer, b: Layer, *, chosen_a: BoolArray, chosen_b: BoolArray) -> bool:
    """Say whether the ids that two layers share name different things: both count 1, 2, 3.

    Objects of one id then lie anywhere in the district from each other, while a layer that was moved, even by
    kilometres, is moved as one.
    """
    rows_a, rows_b = rows_of_one_id(a, b, chosen_a=chosen_a, chosen_b=chosen_b)
    box_a, box_b = a.bounds_m[rows_a], b.bounds_m[rows_b]
    there = np.isfinite(box_a).all(axis=1) & np.isfinite(box_b).all(axis=1)
    if there.sum() < LEAST_SHARED:
        return False
    here, elsewhere = ((box[there, :2] + box[there, 2:]) / 2.0 for box in (box_a, box_b))
    return spread_of_m(elsewhere - here) > CHANCE_SHARE * spread_of_m(here)


def numbered_apart(a: Layer, b: Layer) -> bool:
    """Say whether delivered ids match nothing: none stands in both layers, or only by chance."""
    own_a, own_b = has_own_id(a), has_own_id(b)
    if not set(index_of(a).keys[own_a]) & set(index_of(b).keys[own_b]):
        return True
    return ids_by_chance(a, b, chosen_a=own_a, chosen_b=own_b)
