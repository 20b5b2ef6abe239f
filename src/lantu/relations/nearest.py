"""Nearest places: which of two sets of places are each other's nearest, without an object for any of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lantu.model import BoolArray, FloatArray, IntArray

PLACES_AT_ONCE = 50_000
"""Places whose nearest ones are looked for at a time."""

PAIRS_AT_ONCE = 1_000_000
"""Places and what stands around them are compared at a time: fewer places where much stands together."""

PLACES_SEEN = 9.0
"""Places in nine squares as wide as places stand apart on average: what is looked at first."""

WIDER = 4.0
"""How much further is looked for what has none so near."""

MOST_SEEN = 32.0
"""Times as many as there are places may be looked at for the rest; more go to a tree, an object a place."""

MOST_CELLS = 2**30
"""Cells along the longer side of all places: their numbers stay apart."""

_ROW = 2**31
"""Numbers of cells of one row: no place is so many cells from another."""


def mutual_nearest(
    a: FloatArray, b: FloatArray, *, reach_m: float | None = None
) -> tuple[IntArray, IntArray]:
    """Return the positions of places, (n, 2) and (m, 2), that are each other's nearest, in order of ``a``.

    Not further apart than ``reach_m``, where it is given. Of two that are equally near neither is nearest.
    """
    there, back = nearest(a, b, reach_m=reach_m), nearest(b, a, reach_m=reach_m)
    known = np.flatnonzero(there >= 0)
    mutual = known[back[there[known]] == known]
    return mutual, there[mutual]


def nearest(places: FloatArray, others: FloatArray, *, reach_m: float | None = None) -> IntArray:
    """Return which of ``others`` is nearest to each place; -1 where none is, or two equally."""
    found = np.full(len(places), -1, dtype=np.int64)
    if len(places) == 0 or len(others) == 0:
        return found
    if reach_m is not None:
        return _by_cells(places, others, reach_m)
    sides, everything = np.ptp(others, axis=0), np.ptp(np.concatenate([places, others]), axis=0)
    reach_m = max(float(np.sqrt(sides[0] * sides[1] / len(others))), float(everything.max()) / MOST_CELLS)
    left, seen = np.arange(len(places)), PLACES_SEEN
    while len(left) and reach_m > 0.0 and len(left) * seen <= MOST_SEEN * (len(places) + len(others)):
        found[left] = _by_cells(places[left], others, reach_m)
        if reach_m > everything.sum():
            return found
        left = left[found[left] < 0]
        reach_m, seen = WIDER * reach_m, min(WIDER * WIDER * seen, float(len(others)))
    if len(left):
        found[left] = _by_tree(places[left], others)
    return found


def reached(places: FloatArray, others: FloatArray, *, reach_m: float) -> BoolArray:
    """Return which places have one of ``others``, of which there may be millions, within the reach."""
    found = np.zeros(len(places), dtype=np.bool_)
    if len(places) and len(others):
        cells = _Cells.of(places, reach_m, origin=np.minimum(places.min(axis=0), others.min(axis=0)))
        for start in range(0, len(others), PLACES_AT_ONCE):
            for _, _, at, _ in cells.around(others[start : start + PLACES_AT_ONCE]):
                found[cells.position[at]] = True
    return found


def _by_cells(places: FloatArray, others: FloatArray, reach_m: float) -> IntArray:
    cells = _Cells.of(others, reach_m, origin=np.minimum(places.min(axis=0), others.min(axis=0)))
    order = np.argsort(cells.name(places), kind="stable")  # who stands together asks the same cells
    found = np.full(len(places), -1, dtype=np.int64)
    for start in range(0, len(order), PLACES_AT_ONCE):
        some = order[start : start + PLACES_AT_ONCE]
        found[some] = cells.nearest(places[some])
    return found


def _by_tree(places: FloatArray, others: FloatArray) -> IntArray:
    tree = shapely.STRtree(shapely.points(others))
    found = np.full(len(places), -1, dtype=np.int64)
    for start in range(0, len(places), PLACES_AT_ONCE):
        place, other = tree.query_nearest(shapely.points(places[start : start + PLACES_AT_ONCE]))
        alone = np.bincount(place, minlength=len(places))[place] == 1
        found[start + place[alone]] = other[alone]
    return found


@dataclass(frozen=True)
class _Cells:
    """Places by squares as wide as the reach, so that what is in reach stands in nine of them.

    ``names`` are the squares' numbers, row by row, ascending; ``position`` says whose ``place`` it is.
    """

    reach_m: float
    origin: FloatArray
    names: IntArray
    place: FloatArray
    position: IntArray

    @classmethod
    def of(cls, places: FloatArray, reach_m: float, *, origin: FloatArray) -> _Cells:
        """Sort places into squares."""
        empty = np.empty(0, dtype=np.int64)
        bare = cls(reach_m, origin - reach_m, empty, np.empty((0, 2)), empty)
        names = bare.name(places)
        position = np.argsort(names, kind="stable")
        return cls(reach_m, bare.origin, names[position], places[position], position)

    def name(self, places: FloatArray) -> IntArray:
        """Return the number of the square that holds each place."""
        cell = np.floor((places - self.origin) / self.reach_m).astype(np.int64)
        number: IntArray = cell[:, 1] * _ROW + cell[:, 0]
        return number

    def around(self, places: FloatArray) -> Iterator[tuple[FloatArray, IntArray, IntArray, FloatArray]]:
        """Yield some of ``places`` at a time, and the pairs of these with what is in reach: how far apart."""
        name = self.name(places)
        rows = np.concatenate([name - _ROW, name, name + _ROW])
        first = np.searchsorted(self.names, rows - 1, side="left")
        count = np.searchsorted(self.names, rows + 1, side="right") - first
        if count.sum() > PAIRS_AT_ONCE and len(places) > 1:
            for half in np.array_split(places, 2):
                yield from self.around(half)
            return
        within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        at = np.repeat(first, count) + within
        of = np.repeat(np.tile(np.arange(len(places)), 3), count)
        apart = self.place[at] - places[of]
        apart_m = np.sqrt(apart[:, 0] * apart[:, 0] + apart[:, 1] * apart[:, 1])  # as GEOS, to the last bit
        near = np.flatnonzero(apart_m <= self.reach_m)
        yield places, of[near], at[near], apart_m[near]

    def nearest(self, places: FloatArray) -> IntArray:
        """Return what ``nearest`` returns, within the reach."""
        return np.concatenate([self._nearest(*some) for some in self.around(places)])

    def _nearest(self, places: FloatArray, of: IntArray, at: IntArray, apart_m: FloatArray) -> IntArray:
        order = np.lexsort((apart_m, of))
        of, at, apart_m = of[order], at[order], apart_m[order]
        first = np.flatnonzero(np.r_[True, of[1:] != of[:-1]][: len(of)])
        second = np.minimum(first + 1, len(of) - 1)
        tied = (second > first) & (of[second] == of[first]) & (apart_m[second] == apart_m[first])
        found = np.full(len(places), -1, dtype=np.int64)
        found[of[first[~tied]]] = self.position[at[first[~tied]]]
        return found
