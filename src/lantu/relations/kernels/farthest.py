"""The largest distance between two boundaries, step for step as ``relations/deviation.py`` finds it.

Edges that stand in both are passed over. Each other edge is a piece with an upper bound on its distance;
pieces whose bound exceeds the largest distance found are halved until none is left. The order of the steps
and of every operation is the reference's, so the bits are the same.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from lantu.relations.kernels.compiled import kernel

if TYPE_CHECKING:
    from lantu.model import FloatArray, IntArray
    from lantu.relations.kernels.outlines import Outlines

MOST_PRODUCTS = 1 << 26
"""Pairs with more products of edges are left to the reference, which sorts them first."""

CLEAR = 1.0 + 1e-9
"""A box that is so much further away, relative to the square, is so for all roundings of what is inside."""

START_X, START_Y, STOP_X, STOP_Y, BOUND = range(5)
"""Columns of a piece of boundary, in metres."""


@kernel
def farthest(
    one: Outlines,
    two: Outlines,
    i: IntArray,
    j: IntArray,
    precision_m: float,
    most_halvings: int,
    distance_m: FloatArray,
) -> None:
    """Fill in the largest distance between the boundaries of features i and j, shape (n,); NaN for none."""
    for k in range(i.shape[0]):
        a, b = one.first[i[k] + 1] - one.first[i[k]], two.first[j[k] + 1] - two.first[j[k]]
        if a == 0 or b == 0 or a * b > MOST_PRODUCTS:
            distance_m[k] = np.nan
        elif _same(one, i[k], two, j[k]):
            distance_m[k] = 0.0
        else:
            known_m = _one_way(one, i[k], two, j[k], 0.0, precision_m, most_halvings)
            distance_m[k] = _one_way(two, j[k], one, i[k], known_m, precision_m, most_halvings)


@kernel
def _same(one: Outlines, i: int, two: Outlines, j: int) -> bool:
    """Say whether two features are the same, vertex for vertex."""
    count, a, b = one.first[i + 1] - one.first[i], one.first[i], two.first[j]
    if count != two.first[j + 1] - two.first[j]:
        return False
    for k in range(count):
        if one.xy[a + k, 0] != two.xy[b + k, 0] or one.xy[a + k, 1] != two.xy[b + k, 1]:
            return False
        if (one.side[a + k] == 0) != (two.side[b + k] == 0):
            return False
    return True


@kernel
def _one_way(
    one: Outlines, i: int, two: Outlines, j: int, known_m: float, precision_m: float, most_halvings: int
) -> float:
    """Return the largest distance from a point of i's boundary to j's, ``known_m`` where that is larger."""
    pieces, count = _unshared(one, i, two, j)
    edges = _edges_of(two, j)
    for _ in range(most_halvings):
        if count == 0:
            break
        largest_m, near = known_m, 0
        for k in range(count):
            start_m, stop_m, bound_m, near = _distances(pieces, k, edges, near)
            largest_m = max(largest_m, start_m, stop_m)
            pieces[k, BOUND] = bound_m
        known_m = largest_m
        pieces, count = _halved(pieces, count, known_m + precision_m)
    return known_m


@kernel
def _edges_of(outlines: Outlines, row: int) -> FloatArray:
    """Return start, direction, direction over squared length, and box of a feature's edges, shape (m, 10)."""
    first, last = outlines.first[row], outlines.first[row + 1] - 1
    edges, count = np.empty((last - first, 10)), 0
    for k in range(first, last):
        if outlines.side[k] != 0:
            x, y = outlines.xy[k, 0], outlines.xy[k, 1]
            to_x, to_y = outlines.xy[k + 1, 0], outlines.xy[k + 1, 1]
            along_x, along_y = to_x - x, to_y - y
            square = along_x * along_x + along_y * along_y
            whole = square if square > 0.0 else 1.0
            edges[count, 0], edges[count, 1], edges[count, 2], edges[count, 3] = x, y, along_x, along_y
            edges[count, 4], edges[count, 5] = along_x / whole, along_y / whole
            edges[count, 6], edges[count, 7] = min(x, to_x), min(y, to_y)
            edges[count, 8], edges[count, 9] = max(x, to_x), max(y, to_y)
            count += 1
    return edges[:count]


@kernel
def _distances(pieces: FloatArray, k: int, edges: FloatArray, near: int) -> tuple[float, float, float, int]:
    """Return how far the piece's start and stop are from the edges, a bound for all of it, and whose that is.

    The edge ``near`` comes first: the piece before found its bound there, so most of the others are further
    away with their whole box and cannot change any of the three.
    """
    start_m2, stop_m2, bound_m2, best = np.inf, np.inf, np.inf, near
    low_x, high_x = min(pieces[k, START_X], pieces[k, STOP_X]), max(pieces[k, START_X], pieces[k, STOP_X])
    low_y, high_y = min(pieces[k, START_Y], pieces[k, STOP_Y]), max(pieces[k, START_Y], pieces[k, STOP_Y])
    for step in range(edges.shape[0]):
        edge = near + step
        if edge >= edges.shape[0]:
            edge -= edges.shape[0]
        off_x = max(edges[edge, 6] - high_x, low_x - edges[edge, 8], 0.0)
        off_y = max(edges[edge, 7] - high_y, low_y - edges[edge, 9], 0.0)
        if off_x * off_x + off_y * off_y > CLEAR * bound_m2:
            continue
        from_start = _square_m2(pieces[k, START_X], pieces[k, START_Y], edges, edge)
        from_stop = _square_m2(pieces[k, STOP_X], pieces[k, STOP_Y], edges, edge)
        start_m2, stop_m2 = min(start_m2, from_start), min(stop_m2, from_stop)
        if max(from_start, from_stop) < bound_m2:
            bound_m2, best = max(from_start, from_stop), edge
    return math.sqrt(start_m2), math.sqrt(stop_m2), math.sqrt(bound_m2), best


@kernel
def _square_m2(x: float, y: float, edges: FloatArray, k: int) -> float:
    """Return the square of the distance from a point to an edge."""
    to_x, to_y = x - edges[k, 0], y - edges[k, 1]
    place = min(max(to_x * edges[k, 4] + to_y * edges[k, 5], 0.0), 1.0)
    to_x -= place * edges[k, 2]
    to_y -= place * edges[k, 3]
    square_m2: float = to_x * to_x + to_y * to_y
    return square_m2


@kernel
def _halved(pieces: FloatArray, count: int, reach_m: float) -> tuple[FloatArray, int]:
    """Return both halves of each piece whose bound exceeds ``reach_m``, in order."""
    left = 0
    for k in range(count):
        left += 1 if pieces[k, BOUND] > reach_m else 0
    halves, at = np.empty((2 * left, 5)), 0
    for k in range(count):
        if pieces[k, BOUND] > reach_m:
            middle_x = (pieces[k, START_X] + pieces[k, STOP_X]) / 2.0
            middle_y = (pieces[k, START_Y] + pieces[k, STOP_Y]) / 2.0
            halves[at, START_X], halves[at, START_Y] = pieces[k, START_X], pieces[k, START_Y]
            halves[at, STOP_X], halves[at, STOP_Y] = middle_x, middle_y
            halves[at + 1, START_X], halves[at + 1, START_Y] = middle_x, middle_y
            halves[at + 1, STOP_X], halves[at + 1, STOP_Y] = pieces[k, STOP_X], pieces[k, STOP_Y]
            at += 2
    return halves, at


@kernel
def _unshared(one: Outlines, i: int, two: Outlines, j: int) -> tuple[FloatArray, int]:
    """Return i's edges that do not stand in j, in either direction, coordinate for coordinate."""
    first, last = one.first[i], one.first[i + 1] - 1
    other, most = two.first[j], two.first[j + 1] - 1 - two.first[j]
    pieces, count, near = np.empty((last - first, 5)), 0, 0
    for edge in range(first, last):
        if one.side[edge] == 0:
            continue
        found = False
        for step in range(most):  # the two mostly go on alike: look beside the last that was found first
            at = (near + step) % most
            if two.side[other + at] != 0 and _equal(one.xy, edge, two.xy, other + at):
                found, near = True, at
                break
        if not found:
            pieces[count, START_X], pieces[count, START_Y] = one.xy[edge, 0], one.xy[edge, 1]
            pieces[count, STOP_X], pieces[count, STOP_Y] = one.xy[edge + 1, 0], one.xy[edge + 1, 1]
            count += 1
    return pieces, count


@kernel
def _equal(xy: FloatArray, a: int, other: FloatArray, b: int) -> bool:
    """Say whether two edges have the same ends."""
    forth = xy[a, 0] == other[b, 0] and xy[a, 1] == other[b, 1]
    if forth and xy[a + 1, 0] == other[b + 1, 0] and xy[a + 1, 1] == other[b + 1, 1]:
        return True
    back = xy[a, 0] == other[b + 1, 0] and xy[a, 1] == other[b + 1, 1]
    return bool(back and xy[a + 1, 0] == other[b, 0] and xy[a + 1, 1] == other[b, 1])
