"""Where two pipes run along each other: the stretches, how near they come, and for how long."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from lantu.relations import TOPOLOGY_M
from lantu.relations.run import runs_of_pieces_m
from lantu.relations.segments import Segments, may_meet, products, segments_of

if TYPE_CHECKING:
    from lantu.model import BoolArray, FloatArray, IntArray, ObjectArray


QUAD_SEGS = 64
"""Corners of a quarter circle: where lines only just come near, few of them would lose the place."""


@dataclass(frozen=True)
class Stretches:
    """Straight pieces of subjects, each with all pieces of its pair's other line that run along it.

    The owner of each of ``pieces`` is its pair, that of each of ``others`` the position of the piece that it
    runs along, both ascending; ``count`` is the number of pairs. All stand in arrays: lines are made of the
    few pairs that a rule reports.
    """

    pieces: Segments
    others: Segments
    count: int

    def distance_m(self, chosen: BoolArray) -> FloatArray:
        """Return the least distance along the stretches of each chosen pair; inf where there are none."""
        nearest_m = np.full(self.count, np.inf)
        some = self._of(chosen)
        np.minimum.at(nearest_m, some.pieces.owner, shapely.distance(*some._drawn()))  # noqa: SLF001  # its own
        return nearest_m

    def run_m(self, within_m: FloatArray) -> FloatArray:
        """Return the length of each pair's subject that lies within its own limit; 0 for a limit below 0."""
        some = self._of(within_m >= 0)
        run_m = runs_of_pieces_m(some.pieces, some.others, within_m[some.pieces.owner])
        return np.bincount(some.pieces.owner, weights=run_m, minlength=self.count).astype(np.float64)

    def shape(self, within_m: FloatArray, chosen: BoolArray) -> ObjectArray:
        """Return, of each chosen pair, where its subject runs within its limit; None where nowhere."""
        some = self._of(chosen)
        pair, (lines, others) = some.pieces.owner, some._drawn()  # noqa: SLF001  # its own
        ground = shapely.buffer(others, within_m[pair], quad_segs=QUAD_SEGS)
        near = pd.Series(shapely.intersection(lines, ground))
        shapes = np.full(self.count, None, dtype=object)
        merged = near.groupby(pair).agg(lambda parts: shapely.union_all(parts.to_numpy()))
        shapes[merged.index.to_numpy(dtype=np.int64)] = merged.to_numpy()
        shapes[shapely.is_empty(shapes)] = None
        return np.asarray(shapes[chosen], dtype=object)

    def _of(self, chosen: BoolArray) -> Stretches:
        """Return the stretches of the chosen pairs; pairs keep their positions."""
        kept = chosen[self.pieces.owner]
        others = self.others.take(kept[self.others.owner])
        place = np.cumsum(kept) - 1
        moved = Segments(others.start, others.stop, place[others.owner])
        return Stretches(self.pieces.take(kept), moved, self.count)

    def _drawn(self) -> tuple[ObjectArray, ObjectArray]:
        """Return each piece as a line, and what runs along it as one multi-line."""
        if len(self.pieces) == 0:
            return np.empty(0, dtype=object), np.empty(0, dtype=object)
        together = shapely.multilinestrings(self.others.lines(), indices=self.others.owner)
        return self.pieces.lines(), np.asarray(together, dtype=object)


def stretches(a: ObjectArray, b: ObjectArray, *, max_angle_deg: float, tolerance_m: float) -> Stretches:
    """Return where the lines of each pair run along each other, by the angle between their straight pieces.

    Pieces that cross run nowhere along each other, pieces that share a length do. Where the two meet near an
    end of a line, within the tolerance, the relation Crosses sees no crossing, and neither does this.
    """
    subject, other = segments_of(a), segments_of(b)
    i, j = _along(subject, other, count=len(a), max_angle_deg=max_angle_deg)
    beside = ~_cross(subject.take(i), other.take(j), a, b, tolerance_m)
    i, j = i[beside], j[beside]
    piece = np.unique(i)
    return Stretches(
        subject.take(piece),
        Segments(other.start[j], other.stop[j], np.searchsorted(piece, i)),
        len(a),
    )


def _cross(
    pieces: Segments, others: Segments, a: ObjectArray, b: ObjectArray, tolerance_m: float
) -> BoolArray:
    """Return which pieces meet in one point that is an end of neither whole line a nor b of their pair."""
    crossing = np.zeros(len(pieces), dtype=np.bool_)
    near = np.flatnonzero(may_meet(pieces, others))
    lines, beside = pieces.take(near).lines(), others.take(near).lines()
    meet = shapely.intersects(lines, beside)
    shared, pair = shapely.intersection(lines[meet], beside[meet]), pieces.owner[near[meet]]
    end_m = np.fmin(
        shapely.distance(shared, shapely.boundary(a[pair])),
        shapely.distance(shared, shapely.boundary(b[pair])),
    )
    crossing[near[meet]] = (shapely.length(shared) == 0) & ~(end_m <= tolerance_m)
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
