"""Where two pipes run along each other: the stretches, how near they come, and for how long."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from lantu.relations import TOPOLOGY_M, run_length_m
from lantu.relations.segments import Segments, products, segments_of

if TYPE_CHECKING:
    from lantu.model import BoolArray, FloatArray, IntArray, ObjectArray


QUAD_SEGS = 64
"""Corners of a quarter circle: where lines only just come near, few of them would lose the place."""


@dataclass(frozen=True)
class Stretches:
    """Straight pieces of subjects, each with all pieces of its pair's other line that run along it.

    ``subject`` and ``other`` are lines and multi-lines, shape (m,); ``pair`` is the position of the pair that
    each belongs to, ascending; ``count`` the number of pairs.
    """

    subject: ObjectArray
    other: ObjectArray
    pair: IntArray
    count: int

    def distance_m(self) -> FloatArray:
        """Return the least distance along the stretches of each pair; inf for a pair that has none."""
        nearest_m = np.full(self.count, np.inf)
        np.minimum.at(nearest_m, self.pair, shapely.distance(self.subject, self.other))
        return nearest_m

    def run_m(self, within_m: FloatArray) -> FloatArray:
        """Return the length of each pair's subject that lies within its own limit; 0 for a limit below 0."""
        some = within_m[self.pair] >= 0
        pair = self.pair[some]
        run_m = run_length_m(self.subject[some], self.other[some], within_m[pair])
        return np.bincount(pair, weights=run_m, minlength=self.count).astype(np.float64)

    def shape(self, within_m: FloatArray, chosen: BoolArray) -> ObjectArray:
        """Return, of each chosen pair, where its subject runs within its limit; None where nowhere."""
        some = np.flatnonzero(chosen[self.pair])
        pair = self.pair[some]
        ground = shapely.buffer(self.other[some], within_m[pair], quad_segs=QUAD_SEGS)
        near = pd.Series(shapely.intersection(self.subject[some], ground))
        shapes = np.full(self.count, None, dtype=object)
        merged = near.groupby(pair).agg(lambda parts: shapely.union_all(parts.to_numpy()))
        shapes[merged.index.to_numpy(dtype=np.int64)] = merged.to_numpy()
        shapes[shapely.is_empty(shapes)] = None
        return np.asarray(shapes[chosen], dtype=object)


def stretches(a: ObjectArray, b: ObjectArray, *, max_angle_deg: float, tolerance_m: float) -> Stretches:
    """Return where the lines of each pair run along each other, by the angle between their straight pieces.

    Pieces that cross run nowhere along each other, pieces that share a length do. Where the two meet near an
    end of a line, within the tolerance, the relation Crosses sees no crossing, and neither does this.
    """
    subject, other = segments_of(a), segments_of(b)
    i, j = _along(subject, other, count=len(a), max_angle_deg=max_angle_deg)
    lines, others = _lines(subject, i), _lines(other, j)
    pair = subject.owner[i]
    beside = ~_cross(lines, others, a[pair], b[pair], tolerance_m)
    i, lines, others = i[beside], lines[beside], others[beside]
    piece, first = np.unique(i, return_index=True)
    together = _multi(others, np.searchsorted(piece, i))
    return Stretches(lines[first], together, subject.owner[piece], len(a))


def _cross(
    pieces: ObjectArray, others: ObjectArray, a: ObjectArray, b: ObjectArray, tolerance_m: float
) -> BoolArray:
    """Return which pieces meet in one point that is an end of neither whole line a nor b."""
    crossing = np.zeros(len(pieces), dtype=np.bool_)
    meet = np.flatnonzero(shapely.intersects(pieces, others))
    shared = shapely.intersection(pieces[meet], others[meet])
    end_m = np.fmin(
        shapely.distance(shared, shapely.boundary(a[meet])),
        shapely.distance(shared, shapely.boundary(b[meet])),
    )
    crossing[meet] = (shapely.length(shared) == 0) & ~(end_m <= tolerance_m)
    return crossing


def connected(a: ObjectArray, b: ObjectArray, *, tolerance_m: float) -> BoolArray:
    """Return which lines are joined: end to end within the tolerance, or a branch that ends on the other."""
    ends_a, ends_b = shapely.boundary(a), shapely.boundary(b)
    end_to_end = shapely.distance(ends_a, ends_b) <= tolerance_m
    branch = (shapely.distance(ends_a, b) <= TOPOLOGY_M) | (shapely.distance(a, ends_b) <= TOPOLOGY_M)
    return np.asarray(end_to_end | branch, dtype=np.bool_)


def _along(
    subject: Segments, other: Segments, *, count: int, max_angle_deg: float
) -> tuple[IntArray, IntArray]:
    """Return the pieces, as positions sorted by subject, that enclose no more than the angle."""
    found_i, found_j = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
    limit = np.tan(np.radians(min(max_angle_deg, 90.0)))
    for i, j in products(subject, other, count=count):
        u, v = (subject.stop - subject.start)[i], (other.stop - other.start)[j]
        across = np.abs(u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0])
        along = np.abs(u[:, 0] * v[:, 0] + u[:, 1] * v[:, 1])
        fit = (across <= along * limit * (1 + 1e-9)) & (along > 0)
        found_i.append(i[fit])
        found_j.append(j[fit])
    return np.concatenate(found_i), np.concatenate(found_j)


def _lines(segments: Segments, chosen: IntArray) -> ObjectArray:
    points = np.stack([segments.start[chosen], segments.stop[chosen]], axis=1)
    return np.asarray(shapely.linestrings(points), dtype=object)


def _multi(lines: ObjectArray, groups: IntArray) -> ObjectArray:
    """Return one multi-line for each group 0, 1, …, of lines sorted by group."""
    if len(lines) == 0:
        return np.empty(0, dtype=object)
    return np.asarray(shapely.multilinestrings(lines, indices=groups), dtype=object)
