"""Lines and boundaries taken apart into straight segments, all pairs at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import shapely

from lantu.model import parts_of, rings_of
from lantu.relations.index import POLYGON

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from lantu.model import BoolArray, FloatArray, IntArray, ObjectArray

    ComplexArray: TypeAlias = NDArray[np.complex128]

PRODUCTS_AT_ONCE = 2_000_000
"""Segment pairs worked on together: about half a gigabyte of temporary numbers."""

SIDE_ERROR = 2.0**-50
"""How far the two products of a turn may be off, as a share of them: more than twice what rounding can do."""

ON_LINE_M = 1e-6
"""How near a segment must be to a point to count as running through it."""


@dataclass(frozen=True)
class Segments:
    """Straight segments from ``start`` to ``stop``, shape (m, 2), in the order of their owners.

    ``owner`` is the position of the geometry that each came from. A point is a segment without length.
    """

    start: FloatArray
    stop: FloatArray
    owner: IntArray

    def __len__(self) -> int:
        """Return the number of segments."""
        return len(self.owner)

    def take(self, chosen: IntArray | BoolArray) -> Segments:
        """Return the chosen segments."""
        return Segments(self.start[chosen], self.stop[chosen], self.owner[chosen])

    @property
    def length_m(self) -> FloatArray:
        """Return the length of each segment."""
        length_m: FloatArray = np.sqrt(((self.stop - self.start) ** 2).sum(axis=1))
        return length_m

    def lines(self) -> ObjectArray:
        """Return each segment as a line."""
        ends = np.stack([self.start, self.stop], axis=1)
        return np.asarray(shapely.linestrings(ends), dtype=object)


def segments_of(geometries: ObjectArray) -> Segments:
    """Return the segments of lines, of polygons' boundaries (holes too), and of points."""
    parts, owner = parts_of(geometries)
    polygon = shapely.get_dimensions(parts) == POLYGON
    rings, ring_of = rings_of(parts[polygon])
    pieces = np.concatenate([parts[~polygon], rings])
    whose = np.concatenate([owner[~polygon], owner[polygon][ring_of]])
    order = np.argsort(whose, kind="stable")
    points, piece = shapely.get_coordinates(pieces[order], return_index=True)
    follows = piece[1:] == piece[:-1]
    first = np.flatnonzero(follows)
    single = np.flatnonzero(np.diff(np.r_[-1, piece]).astype(bool) & np.diff(np.r_[piece, -1]).astype(bool))
    starts = np.concatenate([first, single])
    stops = np.concatenate([first + 1, single])
    place = np.argsort(starts, kind="stable")
    starts, stops = starts[place], stops[place]
    return Segments(points[starts], points[stops], whose[order][piece[starts]])


def products(a: Segments, b: Segments, *, count: int) -> Iterator[tuple[IntArray, IntArray]]:
    """Yield every (segment of a, segment of b) of one owner, as positions, some of them at a time.

    Both are sorted by owner, 0..count-1. All products of one segment of a stand together in one batch.
    """
    first_b = np.searchsorted(b.owner, np.arange(count + 1))
    width = np.diff(first_b)[a.owner]
    batch = np.cumsum(width) // PRODUCTS_AT_ONCE
    for chosen in np.split(np.arange(len(a)), np.flatnonzero(np.diff(batch)) + 1):
        size = width[chosen]
        before = np.cumsum(size) - size
        j = np.arange(size.sum()) + np.repeat(first_b[a.owner[chosen]] - before, size)
        yield np.repeat(chosen, size), j


def may_meet(a: Segments, b: Segments) -> BoolArray:
    """Return False where each two segments have no point in common for certain; GEOS can tell the others.

    Their boxes are apart, or both ends of one lie on one side of the other by more than any rounding.
    """
    meet = np.ones(len(a), dtype=np.bool_)
    for axis in (0, 1):
        low_a, high_a = _span(a, axis)
        low_b, high_b = _span(b, axis)
        meet &= (low_a <= high_b) & (low_b <= high_a)
    some = np.flatnonzero(meet)
    one, two = a.take(some), b.take(some)
    meet[some] = ~(_on_one_side(one, two) | _on_one_side(two, one))
    return meet


def _span(segments: Segments, axis: int) -> tuple[FloatArray, FloatArray]:
    start, stop = segments.start[:, axis], segments.stop[:, axis]
    return np.minimum(start, stop), np.maximum(start, stop)


def _on_one_side(a: Segments, b: Segments) -> BoolArray:
    """Return where both ends of b lie certainly left, or certainly right, of the line through a."""
    along = a.stop - a.start
    sides = []
    for point in (b.start, b.stop):
        to = point - a.start
        left, right = along[:, 0] * to[:, 1], along[:, 1] * to[:, 0]
        certain = np.abs(left - right) > SIDE_ERROR * (np.abs(left) + np.abs(right))
        sides.append(np.where(certain, np.sign(left - right), 0.0))
    return np.asarray(sides[0] * sides[1] > 0, dtype=np.bool_)


def point_to_segment_m(point: FloatArray, start: FloatArray, stop: FloatArray) -> FloatArray:
    """Return the distance from each point to its segment, all shape (n, 2), result shape (n,)."""
    along = stop - start
    to = point - start
    square = along[:, 0] ** 2 + along[:, 1] ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        place = (to[:, 0] * along[:, 0] + to[:, 1] * along[:, 1]) / square
    place = np.clip(np.where(square > 0, place, 0.0), 0.0, 1.0)
    x = to[:, 0] - place * along[:, 0]
    y = to[:, 1] - place * along[:, 1]
    distance: FloatArray = np.sqrt(x * x + y * y)
    return distance


def angle_between_deg(a: ObjectArray, b: ObjectArray, at_a: ObjectArray, at_b: ObjectArray) -> FloatArray:
    """Return the angle in degrees, 0..90, between lines a where they pass ``at_a`` and b where ``at_b``.

    Where a line bends at its point both arms are compared and the smallest angle counts. Shape (n,),
    NaN where a line has no direction.
    """
    arms_a, arms_b = _arms(a, at_a), _arms(b, at_b)
    angle = np.full(len(a), np.inf)
    for i, j in products(arms_a, arms_b, count=len(a)):
        u = arms_a.stop[i] - arms_a.start[i]
        v = arms_b.stop[j] - arms_b.start[j]
        across = np.abs(u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0])
        along = np.abs(u[:, 0] * v[:, 0] + u[:, 1] * v[:, 1])
        # Rounded, because the last bit of an arc tangent differs between processors.
        np.minimum.at(angle, arms_a.owner[i], np.round(np.degrees(np.arctan2(across, along)), 9))
    return np.where(np.isinf(angle), np.nan, angle)


def _arms(lines: ObjectArray, points: ObjectArray) -> Segments:
    """Return the segments of each line that run through its point."""
    segments = segments_of(lines)
    place = np.column_stack([shapely.get_x(points), shapely.get_y(points)])
    away_m = point_to_segment_m(place[segments.owner], segments.start, segments.stop)
    length = segments.stop - segments.start
    away_m = np.where((length[:, 0] == 0) & (length[:, 1] == 0), np.inf, away_m)
    nearest_m = np.full(len(lines), np.inf)
    np.minimum.at(nearest_m, segments.owner, away_m)
    near = np.isfinite(away_m) & (away_m <= nearest_m[segments.owner] + ON_LINE_M)
    return segments.take(np.flatnonzero(near))


def ends_of(lines: ObjectArray) -> tuple[ObjectArray, ObjectArray]:
    """Return the first and the last point of single lines."""
    return shapely.get_point(lines, 0), shapely.get_point(lines, -1)


def ordered_ends(segments: Segments) -> tuple[ComplexArray, ComplexArray]:
    """Return the two ends of each segment as x + iy, the smaller first, whatever the direction."""
    start = segments.start[:, 0] + 1j * segments.start[:, 1]
    stop = segments.stop[:, 0] + 1j * segments.stop[:, 1]
    return np.minimum(start, stop), np.maximum(start, stop)


def sums_of(owner: IntArray, values: FloatArray, count: int) -> FloatArray:
    """Return the sum of each owner's values, shape (count,); added up in order, the same in any batch."""
    return np.bincount(owner, weights=values, minlength=count).astype(np.float64)
