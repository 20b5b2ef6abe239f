"""Run length: how much of a line lies within a distance of another object, exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from lantu.relations.index import POLYGON
from lantu.relations.segments import Segments, products, segments_of, sums_of

if TYPE_CHECKING:
    from lantu.model import BoolArray, FloatArray, IntArray, ObjectArray


def run_length_m(lines: ObjectArray, others: ObjectArray, within_m: float | FloatArray) -> FloatArray:
    """Return the length of each line that is no further than ``within_m`` from its other object, shape (n,).

    ``within_m`` is one limit or one for each pair. Exact, not through buffers: the points of a segment
    within a distance of another segment are one interval, because both are convex, and the intervals are
    joined. Inside a polygon the distance is 0. A line that passes the same ground twice counts twice.
    """
    limit_m = np.broadcast_to(np.asarray(within_m, dtype=np.float64), (len(lines),))
    subject, other = segments_of(lines), segments_of(others)
    segment, low, high = _joined(*_intervals(subject, other, limit_m))
    inner_segment, inner = _inside(subject, segment, low, high, others)
    covered = sums_of(segment, high - low, len(subject)) + sums_of(inner_segment, inner, len(subject))
    return sums_of(subject.owner, np.minimum(covered, 1.0) * subject.length_m, len(lines))


def runs_of_pieces_m(pieces: Segments, others: Segments, within_m: FloatArray) -> FloatArray:
    """Return the length of each piece that is no further than its own limit from its others, shape (n,).

    The owner of each other segment is the position of its piece, ascending; owners of pieces do not count.
    """
    single = Segments(pieces.start, pieces.stop, np.arange(len(pieces)))
    piece, low, high = _joined(*_intervals(single, others, within_m))
    covered = sums_of(piece, high - low, len(pieces))
    return np.asarray(np.minimum(covered, 1.0) * pieces.length_m, dtype=np.float64)


def _intervals(
    subject: Segments, other: Segments, limit_m: FloatArray
) -> tuple[IntArray, FloatArray, FloatArray]:
    """Return, for each pair of segments that come near, the subject's segment and the interval on it."""
    segments: list[IntArray] = [np.empty(0, dtype=np.int64)]
    lows, highs = [np.empty(0)], [np.empty(0)]
    for i, j in products(subject, other, count=len(limit_m)):
        near = _boxes_near(subject, other, i, j, limit_m)
        segment, neighbour = i[near], j[near]
        low, high = _interval(subject.take(segment), other.take(neighbour), limit_m[subject.owner[segment]])
        some = low <= high
        segments.append(segment[some])
        lows.append(low[some])
        highs.append(high[some])
    return np.concatenate(segments), np.concatenate(lows), np.concatenate(highs)


def _boxes_near(
    subject: Segments, other: Segments, i: IntArray, j: IntArray, limit_m: FloatArray
) -> BoolArray:
    """Return which segments' boxes come within the limit; the others cannot."""
    near = np.ones(len(i), dtype=np.bool_)
    for axis in (0, 1):
        low_i = np.minimum(subject.start[:, axis], subject.stop[:, axis])[i]
        high_i = np.maximum(subject.start[:, axis], subject.stop[:, axis])[i]
        low_j = np.minimum(other.start[:, axis], other.stop[:, axis])[j]
        high_j = np.maximum(other.start[:, axis], other.stop[:, axis])[j]
        reach = limit_m[subject.owner[i]] * (1 + 1e-9) + 1e-9
        near &= (low_i - high_j <= reach) & (low_j - high_i <= reach)
    return near


def _interval(subject: Segments, other: Segments, limit_m: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return where each subject segment, 0 at its start and 1 at its end, is within the limit of the other.

    The ground within the limit of a segment is two discs and the strip between them, together convex: the
    interval runs from the first entry into any of the three to the last exit. Empty where low > high.
    """
    along = subject.stop - subject.start
    low, high = np.full(len(subject), np.inf), np.full(len(subject), -np.inf)
    for disc in (other.start, other.stop):
        enter, leave = _in_disc(subject.start - disc, along, limit_m)
        low, high = np.fmin(low, enter), np.fmax(high, leave)
    enter, leave = _in_strip(subject.start - other.start, along, other.stop - other.start, limit_m)
    low, high = np.fmin(low, enter), np.fmax(high, leave)
    clipped_low, clipped_high = np.maximum(low, 0.0), np.minimum(high, 1.0)
    return clipped_low, clipped_high


def _in_disc(to: FloatArray, along: FloatArray, limit_m: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return where to + t·along is within the limit of the origin, NaN where nowhere; the whole line of t."""
    square = (along**2).sum(axis=1)
    half = (to * along).sum(axis=1)
    away = (to**2).sum(axis=1) - limit_m**2
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        root = np.sqrt(half**2 - square * away)
        enter, leave = (-half - root) / square, (-half + root) / square
    still = square == 0  # a point: all of it or nothing
    inside = still & (away <= 0)
    enter = np.where(still, np.where(inside, 0.0, np.nan), enter)
    leave = np.where(still, np.where(inside, 1.0, np.nan), leave)
    return enter, leave


def _in_strip(
    to: FloatArray, along: FloatArray, axis: FloatArray, limit_m: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return where to + t·along is beside the axis, between its ends and within the limit of it."""
    length_m = np.sqrt((axis**2).sum(axis=1))
    enter, leave = np.full(len(to), -np.inf), np.full(len(to), np.inf)
    with np.errstate(
        divide="ignore", invalid="ignore", over="ignore"
    ):  # of an axis whose length is rounded to none
        unit = axis / length_m[:, None]
        sides = (
            (_dot(to, unit), _dot(along, unit), np.zeros(len(to)), length_m),
            (_cross(unit, to), _cross(unit, along), -limit_m, limit_m),
        )
    for place, speed, least, most in sides:
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            one, two = (least - place) / speed, (most - place) / speed
        still = speed == 0
        beside = still & (place >= least) & (place <= most)
        enter = np.maximum(enter, np.where(still, np.where(beside, -np.inf, np.nan), np.minimum(one, two)))
        leave = np.minimum(leave, np.where(still, np.where(beside, np.inf, np.nan), np.maximum(one, two)))
    nowhere = ~(enter <= leave)  # NaN too: an axis without length is left to the discs
    return np.where(nowhere, np.nan, enter), np.where(nowhere, np.nan, leave)


def _dot(a: FloatArray, b: FloatArray) -> FloatArray:
    product: FloatArray = a[:, 0] * b[:, 0] + a[:, 1] * b[:, 1]
    return product


def _cross(a: FloatArray, b: FloatArray) -> FloatArray:
    product: FloatArray = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
    return product


def _joined(segment: IntArray, low: FloatArray, high: FloatArray) -> tuple[IntArray, FloatArray, FloatArray]:
    """Join the intervals that meet on one segment; sorted by segment, then place."""
    if len(segment) == 0:
        return segment, low, high
    order = np.lexsort((high, low, segment))
    segment, low, high = segment[order], low[order], high[order]
    reached = pd.Series(high).groupby(segment).cummax().to_numpy(dtype=np.float64)
    new = np.r_[True, (segment[1:] != segment[:-1]) | (low[1:] > reached[:-1])]
    starts = np.flatnonzero(new)
    stops = np.r_[starts[1:], len(segment)] - 1
    return segment[starts], low[starts], reached[stops]


def _inside(
    subject: Segments, segment: IntArray, low: FloatArray, high: FloatArray, others: ObjectArray
) -> tuple[IntArray, FloatArray]:
    """Return the gaps between the intervals that lie inside a polygon: their segments and their sizes.

    Every border of a polygon is covered by an interval, so a gap is inside altogether or not at all.
    """
    polygon = shapely.get_dimensions(others) == POLYGON
    ends = np.concatenate([segment, np.arange(len(subject))])
    order = np.lexsort((np.concatenate([low, np.full(len(subject), np.inf)]), ends))
    ends = ends[order]
    first = np.r_[True, ends[1:] != ends[:-1]]
    stop = np.concatenate([low, np.ones(len(subject))])[order]
    start = np.concatenate([high, np.ones(len(subject))])[order]
    start = np.where(first, 0.0, np.r_[0.0, start[:-1]])
    gap = np.flatnonzero((stop > start) & polygon[subject.owner[ends]])
    middle = ((start + stop) / 2.0)[gap, None]
    place = subject.start[ends[gap]] + middle * (subject.stop - subject.start)[ends[gap]]
    inside = shapely.intersects(others[subject.owner[ends[gap]]], shapely.points(place))
    return ends[gap][inside], (stop - start)[gap][inside]
