"""Cover: which polygons of other layers may lie over which subjects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lantu.relations.candidate_pairs import rows_that_meet
from lantu.relations.index import POLYGON, index_of
from lantu.relations.kernels import outlines_of
from lantu.relations.local import MARGIN_M, around

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lantu.model import BoolArray, IntArray, Layer, ObjectArray
    from lantu.relations.kernels.outlines import Outlines


@dataclass(frozen=True)
class Cover:
    """One entry for each polygon within the tolerance of a subject, sorted by subject, layer and id.

    ``subjects`` are rows of ``a``, shape (n,); ``owner`` is the position in them that an entry belongs to,
    ``number`` the layer among ``layers`` and ``rows`` the row in it, shape (m,).
    """

    a: Layer
    subjects: IntArray
    layers: tuple[Layer, ...]
    owner: IntArray
    number: IntArray
    rows: IntArray
    tolerance_m: float

    def __len__(self) -> int:
        """Return the number of entries."""
        return len(self.owner)

    def take(self, chosen: IntArray | BoolArray) -> Cover:
        """Return the chosen entries, of the same subjects."""
        entries = self.owner[chosen], self.number[chosen], self.rows[chosen]
        return Cover(self.a, self.subjects, self.layers, *entries, self.tolerance_m)

    def of(self, at: IntArray) -> Cover:
        """Return the entries of the subjects at these positions, which are numbered anew: 0..len(at)-1."""
        position = np.full(len(self.subjects), -1, dtype=np.int64)
        position[at] = np.arange(len(at))
        owner = position[self.owner]
        chosen = owner >= 0
        entries = owner[chosen], self.number[chosen], self.rows[chosen]
        return Cover(self.a, self.subjects[at], self.layers, *entries, self.tolerance_m)

    @property
    def pieces(self) -> ObjectArray:
        """Return the polygon of each entry, as far as its subject can notice, shape (m,)."""
        pieces = np.full(len(self), None, dtype=object)
        boxes_m = index_of(self.a).bounds_m[self.subjects[self.owner]]
        for number, layer in enumerate(self.layers):
            at = np.flatnonzero(self.number == number)
            margin_m = MARGIN_M + self.tolerance_m
            pieces[at], _ = around(layer, self.rows[at], boxes_m[at], margin_m=margin_m)
        return pieces

    @property
    def outlines(self) -> tuple[Outlines, IntArray]:
        """Return the outlines of what covers, for kernels, and the row of each entry in them, shape (m,)."""
        present = np.unique(self.number)
        if len(present) == 1:
            return index_of(self.layers[present[0]]).outlines, self.rows
        shapes = np.full(len(self), None, dtype=object)
        for number in present:
            own = self.number == number
            shapes[own] = self.layers[number].geometry[self.rows[own]]
        return outlines_of(shapes), np.arange(len(self))


def cover_of(
    a: Layer, subjects: IntArray, others: Sequence[tuple[Layer, BoolArray]], tolerance_m: float
) -> Cover:
    """Return the polygons of the other layers, those that their masks allow, over subjects in row order.

    A layer does not cover its own subjects with themselves.
    """
    owner, number, rows, rank = ([np.empty(0, dtype=np.int64)] for _ in range(4))
    for place, (layer, chosen) in enumerate(others):
        rows_a, found = rows_that_meet(a, layer, subjects, reach_m=tolerance_m)
        index = index_of(layer)
        fit = chosen[found] & (index.dimension[found] == POLYGON)
        if layer is a:
            fit &= found != rows_a
        owner.append(np.searchsorted(subjects, rows_a[fit]))
        number.append(np.full(int(fit.sum()), place, dtype=np.int64))
        rows.append(found[fit])
        rank.append(index.rank[found[fit]])
    owners, numbers = np.concatenate(owner), np.concatenate(number)
    order = np.lexsort((np.concatenate(rank), numbers, owners))
    layers = tuple(layer for layer, _ in others)
    return Cover(a, subjects, layers, owners[order], numbers[order], np.concatenate(rows)[order], tolerance_m)
