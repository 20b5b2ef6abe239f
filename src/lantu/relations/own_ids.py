"""Which features have an id of their own, and whether two layers mean the same things by theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lantu.relations.centres import spread_of_m
from lantu.relations.index import index_of
from lantu.relations.offset import CHANCE_SHARE

if TYPE_CHECKING:
    from lantu.model import BoolArray, IntArray, Layer

LEAST_SHARED = 10
"""Fewer shared ids tell nothing: one object may well stand somewhere else."""


def has_own_id(layer: Layer) -> BoolArray:
    """Return which features carry an id that the department delivered, shape (n,); looked at once a layer."""
    return index_of(layer).own_id


def rows_of_one_id(
    a: Layer, b: Layer, *, chosen_a: BoolArray, chosen_b: BoolArray
) -> tuple[IntArray, IntArray]:
    """Return the rows of objects whose delivered id stands once in each of two layers, in ``a``'s order."""
    rows_a, rows_b = _bearing_alone(a, chosen_a), _bearing_alone(b, chosen_b)
    bearers = index_of(b).bearers
    bearer = np.full(len(bearers) + 1, -1, dtype=np.int64)  # the last one for keys that b has not
    bearer[bearers.code[rows_b]] = rows_b
    keys = index_of(a).bearers
    found = bearer[_same_keys(a, b)[keys.code[rows_a]]]
    return rows_a[found >= 0], found[found >= 0]


def share_an_id(a: Layer, b: Layer, *, chosen_a: BoolArray, chosen_b: BoolArray) -> bool:
    """Say whether any of some objects of two layers have one id, but for the mark of a repeated one."""
    there = np.zeros(len(index_of(b).bearers) + 1, dtype=np.bool_)  # the last one for ids that b has not
    code_a, code_b = index_of(a).bearers.code[chosen_a], index_of(b).bearers.code[chosen_b]
    there[code_b[code_b >= 0]] = True
    return bool(there[_same_keys(a, b)[code_a[code_a >= 0]]].any())


def _bearing_alone(layer: Layer, chosen: BoolArray) -> IntArray:
    """Return the chosen rows with a delivered id that no other chosen one has."""
    code = index_of(layer).bearers.code
    rows = np.flatnonzero(chosen & has_own_id(layer) & (code >= 0))
    count = np.bincount(code[rows], minlength=len(index_of(layer).bearers))
    alone: IntArray = rows[count[code[rows]] == 1]
    return alone


def _same_keys(a: Layer, b: Layer) -> IntArray:
    """Return for each distinct key of ``a`` its position among those of ``b``, -1 for none."""
    of_a, of_b = index_of(a), index_of(b)
    known = of_a.keys_elsewhere.get(of_b)
    if known is None:
        known = of_b.bearers.distinct.places(of_a.bearers.distinct.keys)
        of_a.keys_elsewhere[of_b] = known
    return known


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
    if not share_an_id(a, b, chosen_a=own_a, chosen_b=own_b):
        return True
    return ids_by_chance(a, b, chosen_a=own_a, chosen_b=own_b)
