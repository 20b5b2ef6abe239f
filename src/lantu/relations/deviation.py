"""Deviation: the largest distance between two boundaries, found exactly and not only at vertices.

The distance from the points of a segment to one other segment is convex, so on a piece of boundary
it is never more than at the piece's two ends. Hence each piece has an upper bound, the smallest over
the other boundary's segments of the larger of its two end distances, and pieces whose bound exceeds
the largest distance found so far are halved until none is left. (GEOS's Hausdorff distance looks at
vertices only; halving alone would need millimetre steps along every parallel boundary.)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from lantu.relations.segments import Segments, ordered_ends, segments_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lantu.model import FloatArray, IntArray, ObjectArray

PRECISION_M = 1e-6
"""The result is never short by more than this."""

BLOCK = 32_768
"""Distances worked on together: few enough to stay in the processor's cache."""

FEW = 2_000_000
"""Up to so many distances a list of them all is done before blocks of a kind are begun."""

MOST_HALVINGS = 60  # a kilometre falls below the precision after 30


def deviation_m(a: ObjectArray, b: ObjectArray) -> FloatArray:
    """Return the Hausdorff distance of each two boundaries (lines and points themselves), shape (n,).

    NaN where either is null or empty; 0 where both are the same, point by point.
    """
    return deviation_at(a, b)[0]


def deviation_at(a: ObjectArray, b: ObjectArray) -> tuple[FloatArray, FloatArray]:
    """Return ``deviation_m``, shape (n,), and where it is: a point of either boundary, shape (n, 2).

    Of the places found that are equally far the first in x, then y, on a where a has one. NaN where there
    is no deviation.
    """
    result, place = np.full(len(a), np.nan), np.full((len(a), 2), np.nan)
    there = ~(shapely.is_missing(a) | shapely.is_missing(b) | shapely.is_empty(a) | shapely.is_empty(b))
    result[there] = 0.0
    changed = np.flatnonzero(there & ~shapely.equals_exact(a, b, tolerance=0.0))
    one, two = segments_of(a[changed]), segments_of(b[changed])
    farthest = Farthest(np.zeros(len(changed)), np.full((len(changed), 2), np.nan))
    farthest = _farthest(two, one, _farthest(one, two, farthest))
    result[changed], place[changed] = farthest.distance_m, farthest.place
    return result, place


@dataclass(frozen=True)
class Farthest:
    """The largest distance found so far for each owner, shape (n,), and its place, shape (n, 2)."""

    distance_m: FloatArray
    place: FloatArray

    def extended(self, owner: IntArray, distance_m: FloatArray, place: FloatArray) -> Farthest:
        """Return the larger of what is known and of these distances; a new place only for a larger one."""
        known_m, known = self.distance_m.copy(), self.place.copy()
        np.maximum.at(known_m, owner, distance_m)
        best = np.flatnonzero((distance_m == known_m[owner]) & (distance_m > self.distance_m[owner]))
        best = best[np.lexsort((place[best, 1], place[best, 0], owner[best]))]
        first = best[np.r_[True, np.diff(owner[best]) != 0][: len(best)]]
        known[owner[first]] = place[first]
        return Farthest(known_m, known)


def _farthest(a: Segments, b: Segments, known: Farthest) -> Farthest:
    """Return each owner's largest distance from a point of a to b, or ``known`` where that is larger."""
    pieces = _unshared(a, b)
    for _ in range(MOST_HALVINGS):
        if len(pieces) == 0:
            break
        start_m, stop_m, bound_m = _bounds(pieces, b, count=len(known.distance_m))
        ends = np.concatenate([pieces.start, pieces.stop])
        known = known.extended(np.tile(pieces.owner, 2), np.concatenate([start_m, stop_m]), ends)
        open_pieces = np.flatnonzero(bound_m > known.distance_m[pieces.owner] + PRECISION_M)
        pieces = _halved(pieces.take(open_pieces))
    return known


def _bounds(pieces: Segments, b: Segments, *, count: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the distances of each piece's start and stop to b, and the bound for all of the piece."""
    start_m, stop_m, bound_m = (np.full(len(pieces), np.inf) for _ in range(3))
    width = np.bincount(b.owner, minlength=count)[pieces.owner]
    if width.sum() <= FEW:
        _list_bounds(pieces, b, width, (start_m, stop_m, bound_m))
        return start_m, stop_m, bound_m
    for i, j in _blocks(pieces, b, count=count):
        start_m2 = _squares_m2(pieces.start[i], b.start[j], b.stop[j])
        stop_m2 = _squares_m2(pieces.stop[i], b.start[j], b.stop[j])
        start_m[i], stop_m[i] = np.sqrt(start_m2.min(axis=2)), np.sqrt(stop_m2.min(axis=2))
        bound_m[i] = np.sqrt(np.maximum(start_m2, stop_m2).min(axis=2))
    return start_m, stop_m, bound_m


def _list_bounds(pieces: Segments, b: Segments, width: IntArray, found: tuple[FloatArray, ...]) -> None:
    """Fill in what ``_bounds`` returns from one list of all pairs of a piece and a segment of its other line.

    By the same operations as in blocks: each of those takes as long to begin with as thousands of numbers.
    """
    along = b.stop - b.start
    square = along[:, 0] * along[:, 0] + along[:, 1] * along[:, 1]
    unit = along / np.where(square > 0, square, 1.0)[:, None]
    of_b = np.ascontiguousarray(np.column_stack([b.start, along, unit]).T)
    chosen = np.flatnonzero(width > 0)
    for some in np.array_split(chosen, max(-(-int(width.sum()) // BLOCK), 1)):
        if len(some) == 0:
            continue
        first = np.cumsum(width[some]) - width[some]
        before = np.searchsorted(b.owner, pieces.owner[some]) - first
        segments = of_b[:, np.arange(width[some].sum()) + np.repeat(before, width[some])]
        start_m2, stop_m2 = (
            _listed_squares_m2(np.repeat(points[some], width[some], axis=0), segments)
            for points in (pieces.start, pieces.stop)
        )
        for values, squares in zip(found, (start_m2, stop_m2, np.maximum(start_m2, stop_m2)), strict=True):
            values[some] = np.sqrt(np.minimum.reduceat(squares, first))


def _listed_squares_m2(points: FloatArray, segments: FloatArray) -> FloatArray:
    """Return the squared distance of each point, shape (n, 2), to its segment, by the operations of blocks.

    ``segments`` are start, direction, and direction over squared length, shape (6, n).
    """
    start_x, start_y, along_x, along_y, unit_x, unit_y = segments
    to_x, to_y = points[:, 0] - start_x, points[:, 1] - start_y
    place = to_x * unit_x
    place += to_y * unit_y
    np.clip(place, 0.0, 1.0, out=place)
    to_x -= place * along_x
    to_y -= place * along_y
    return np.asarray(to_x * to_x + to_y * to_y, dtype=np.float64)


def _blocks(a: Segments, b: Segments, *, count: int) -> Iterator[tuple[IntArray, IntArray]]:
    """Yield positions in a, shape (k, p), and in b, shape (k, q), of k owners with as many segments each.

    Whole blocks of numbers are worked on several times faster than lists of products. An owner
    with very many segments comes in several blocks, with all of b in each.
    """
    edges = np.arange(count + 1)
    first_a, first_b = np.searchsorted(a.owner, edges), np.searchsorted(b.owner, edges)
    sizes = np.column_stack([np.diff(first_a), np.diff(first_b)])
    order = np.lexsort((sizes[:, 1], sizes[:, 0]))
    order = order[(sizes[order] > 0).all(axis=1)]
    alike = np.flatnonzero((np.diff(sizes[order], axis=0) != 0).any(axis=1)) + 1
    for owners in np.split(order, alike):
        if len(owners) == 0:
            continue
        p, q = sizes[owners[0]]
        rows, columns = max(BLOCK // (p * q), 1), max(min(BLOCK // q, p), 1)
        for k in range(0, len(owners), rows):
            chosen = owners[k : k + rows]
            j = first_b[chosen][:, None] + np.arange(q)
            for first in range(0, p, columns):
                yield first_a[chosen][:, None] + np.arange(first, min(first + columns, p)), j


def _squares_m2(points: FloatArray, start: FloatArray, stop: FloatArray) -> FloatArray:
    """Return the squared distances of points (k, p, 2) to segments (k, q, 2), shape (k, p, q)."""
    along = stop - start
    square = along[..., 0] * along[..., 0] + along[..., 1] * along[..., 1]
    unit = along / np.where(square > 0, square, 1.0)[..., None]
    to_x = points[:, :, None, 0] - start[:, None, :, 0]
    to_y = points[:, :, None, 1] - start[:, None, :, 1]
    place = to_x * unit[:, None, :, 0]
    place += to_y * unit[:, None, :, 1]
    np.clip(place, 0.0, 1.0, out=place)
    to_x -= place * along[:, None, :, 0]
    to_y -= place * along[:, None, :, 1]
    to_x *= to_x
    to_y *= to_y
    to_x += to_y
    return to_x


def _halved(pieces: Segments) -> Segments:
    """Return both halves of each piece, in order."""
    middle = (pieces.start + pieces.stop) / 2.0
    start = np.stack([pieces.start, middle], axis=1).reshape(-1, 2)
    stop = np.stack([middle, pieces.stop], axis=1).reshape(-1, 2)
    return Segments(start, stop, np.repeat(pieces.owner, 2))


def _unshared(a: Segments, b: Segments) -> Segments:
    """Return a's segments that do not stand in b, in either direction, coordinate for coordinate."""
    owner = np.concatenate([a.owner, b.owner])
    first, last = (np.concatenate(ends) for ends in zip(ordered_ends(a), ordered_ends(b), strict=True))
    order = np.lexsort((last, first, owner))
    new = np.ones(len(order), dtype=np.bool_)
    new[1:] = (np.diff(owner[order]) != 0) | (np.diff(first[order]) != 0) | (np.diff(last[order]) != 0)
    number = np.empty(len(order), dtype=np.int64)
    number[order] = np.cumsum(new)
    in_b = np.zeros(len(order) + 1, dtype=np.bool_)
    in_b[number[len(a) :]] = True
    return a.take(np.flatnonzero(~in_b[number[: len(a)]]))
