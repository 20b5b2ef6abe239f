"""Subdivision: what became of the ground that an object lost, when the lost part has a new id."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from lantu.relations.index import POLYGON, index_of
from lantu.relations.overlay import overlay

if TYPE_CHECKING:
    from lantu.model import BoolArray, FloatArray, IntArray, Layer, ObjectArray
    from lantu.relations.pairs import Pairs

MOST = 0.5
"""A piece belongs to lost ground when more than this share of it lies there; pieces account for the ground
when they cover more than this share of it."""

ROUNDING = 1e-9
"""How far off the area of a box may be."""


def subdivided(pairs: Pairs) -> tuple[ObjectArray, ObjectArray]:
    """Return for each pair the new ids on what b lost against a, and the gone ids on what b gained.

    Both are tuples of text, shape (n,), empty where the ground went elsewhere. Only layers of one standard
    hand ground on to each other.
    """
    if pairs.b is None or pairs.a.standard != pairs.b.standard:
        nothing = np.empty(len(pairs), dtype=object)
        nothing[:] = [()] * len(pairs)
        return nothing, nothing.copy()
    one, other = pairs.subject.geometry, pairs.other.geometry
    own = index_of(pairs.a).keys[pairs.rows_a]
    lost = _rest(one, other, _newly_there(one, pairs.b, before=pairs.a, own=own)[0])
    gained = _rest(other, one, _newly_there(other, pairs.a, before=pairs.b, own=own)[0])
    return (
        new_ids_on(lost, pairs.b, before=pairs.a, own=own),
        new_ids_on(gained, pairs.a, before=pairs.b, own=own),
    )


def _rest(ground: ObjectArray, without: ObjectArray, chosen: IntArray) -> ObjectArray:
    """Return what the second of the chosen pairs leaves of the first; None for the others."""
    rest, some = np.full(len(ground), None, dtype=object), np.unique(chosen)
    rest[some] = overlay(shapely.difference, ground[some], without[some])
    return rest


def _newly_there(
    ground: ObjectArray, layer: Layer, *, before: Layer, own: ObjectArray | None
) -> tuple[IntArray, IntArray]:
    """Return positions and rows of features in the box of each ground whose id counts as new on it."""
    index = index_of(layer)
    place, row = index.tree.query(ground)
    counts = ~index_of(before).bearers.know(index.keys[row])
    if own is not None:
        counts |= (index.keys[row] == own[place]) & (index.bearers.number[row] > 1)
    return place[counts], row[counts]


def new_ids_on(
    ground: ObjectArray, layer: Layer, *, before: Layer, own: ObjectArray | None = None
) -> ObjectArray:
    """Return for each ground the ids that now hold most of it, as sorted tuples of text; () where none do.

    ``ground`` are polygons, None for none, shape (n,). Only ids of ``layer`` that ``before`` does not know
    count: an id that both know has a finding of its own. Further bearers of the id that the ground belonged
    to, ``own``, shape (n,), count too.
    """
    found = np.empty(len(ground), dtype=object)
    found[:] = [()] * len(ground)
    index = index_of(layer)
    place, row = _newly_there(ground, layer, before=before, own=own)
    likely = (index.dimension[row] == POLYGON) & _most_may_lie_in(
        ground, place, layer, row, index.area_m2[row]
    )
    order = np.lexsort((row[likely], place[likely]))
    place, row = place[likely][order], row[likely][order]
    pieces = layer.geometry[row]
    shared_m2 = shapely.area(overlay(shapely.intersection, ground[place], pieces))
    inside = shared_m2 > MOST * shapely.area(pieces)
    place, row, shared_m2 = place[inside], row[inside], shared_m2[inside]
    covered_m2 = np.bincount(place, weights=shared_m2, minlength=len(ground))
    for position in np.flatnonzero(covered_m2 > MOST * shapely.area(ground)):
        if covered_m2[position] > 0:
            found[position] = tuple(sorted(str(key) for key in layer.ids[row[place == position]]))
    return found


def holders_of(ground: ObjectArray, layer: Layer) -> ObjectArray:
    """Return for each ground the one id of a layer in which more than half of it lies, or None."""
    found = np.full(len(ground), None, dtype=object)
    place, row = index_of(layer).tree.query(ground)
    likely = _most_may_lie_in(ground, place, layer, row, shapely.area(ground)[place])
    place, row = place[likely], row[likely]
    shared_m2 = shapely.area(overlay(shapely.intersection, ground[place], layer.geometry[row]))
    most = np.flatnonzero(shared_m2 > MOST * shapely.area(ground[place]))
    order = most[np.lexsort((index_of(layer).rank[row[most]], -shared_m2[most]))]
    found[place[order[::-1]]] = layer.ids[row[order[::-1]]]
    return found


def _most_may_lie_in(
    ground: ObjectArray, place: IntArray, layer: Layer, rows: IntArray, whole_m2: FloatArray
) -> BoolArray:
    """Return where ground and feature can share most of ``whole_m2``: no more than their boxes share."""
    one, two = shapely.bounds(ground)[place], index_of(layer).bounds_m[rows]
    sides_m = np.minimum(one[:, 2:], two[:, 2:]) - np.maximum(one[:, :2], two[:, :2])
    common_m2 = np.maximum(sides_m, 0.0).prod(axis=1) * (1.0 + ROUNDING)
    return np.asarray(common_m2 > MOST * whole_m2, dtype=np.bool_)
