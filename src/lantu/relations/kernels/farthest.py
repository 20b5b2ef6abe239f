"""The largest distance between two boundaries, step for step as ``relations/deviation.py`` finds it.

Edges that stand in both are passed over. Each other edge is a piece with an upper bound on its distance;
pieces whose bound exceeds the largest distance found are halved until none is left. The order of the steps
and of every operation is the reference's, so the bits are the same.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from lantu.relations.kernels.alike import NOWHERE, place_of_edge, same_vertices, stands_among
from lantu.relations.kernels.compiled import inner_kernel, kernel, longer

if TYPE_CHECKING:
    from lantu.model import FloatArray, IntArray
    from lantu.relations.kernels.outlines import Outlines

MOST_PRODUCTS = 1 << 26
"""Pairs with more products of edges are left to the reference, which sorts them first."""

CLEAR = 1.0 + 1e-9
"""A box that is so much further away, relative to the square, is so for all roundings of what is inside."""

SLACK_M = 1e-6
"""More than the middle of a piece of boundary is rounded by."""

SURE_M = 4e-6
"""Where all points of a piece are so much nearer than the largest distance known, none changes it, for all
roundings of what is inside."""

START_X, START_Y, STOP_X, STOP_Y, START_M2, STOP_M2, BOUND, NEAR, NEAR_STOP = range(9)
"""Rows of pieces of boundary, (9, n): ends in metres, how far they are in square metres, the bound for all of
the piece in metres, and where in a list the edges stand that it may be near to."""

ROWS = 9

X, Y, ALONG_X, ALONG_Y, UNIT_X, UNIT_Y, LOW_X, LOW_Y, HIGH_X, HIGH_Y = range(10)
"""Rows of edges, (10, m): start, direction, direction over squared length, and box."""


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
        elif same_vertices(one, i[k], two, j[k]):
            distance_m[k] = 0.0
        else:
            known_m = _one_way(one, i[k], two, j[k], 0.0, precision_m, most_halvings)
            distance_m[k] = _one_way(two, j[k], one, i[k], known_m, precision_m, most_halvings)


@inner_kernel
def _one_way(
    one: Outlines, i: int, two: Outlines, j: int, known_m: float, precision_m: float, most_halvings: int
) -> float:
    """Return the largest distance from a point of i's boundary to j's, ``known_m`` where that is larger."""
    edges = _edges_of(two, j)
    pieces, count = _unshared(one, i, two, j, edges)
    near = np.empty(0, dtype=np.int64)
    for halving in range(most_halvings):
        if count == 0:
            break
        if halving == 0:
            _from_all(pieces, count, edges)
        largest_m2 = 0.0
        for k in range(count):
            if halving > 0:
                _from_near(pieces, k, edges, near)
            largest_m2 = max(largest_m2, pieces[START_M2, k], pieces[STOP_M2, k])
        known_m = max(known_m, math.sqrt(largest_m2))
        if halving == 0:
            near = _near(pieces, count, edges, known_m, precision_m)
        pieces, count = _halved(pieces, count, known_m + precision_m)
    return known_m


@inner_kernel
def _from_all(pieces: FloatArray, count: int, edges: FloatArray) -> None:
    """Fill in how far each piece's start and stop are from some edges, and the bound for all of it.

    The inner loop is over the pieces: the processor works on several at a time.
    """
    start_x, start_y = pieces[START_X], pieces[START_Y]
    stop_x, stop_y = pieces[STOP_X], pieces[STOP_Y]
    start_m2, stop_m2 = pieces[START_M2], pieces[STOP_M2]
    bound = pieces[BOUND]
    for k in range(count):
        start_m2[k] = stop_m2[k] = bound[k] = np.inf
    for e in range(edges.shape[1]):
        x, y, along_x, along_y = edges[X, e], edges[Y, e], edges[ALONG_X, e], edges[ALONG_Y, e]
        unit_x, unit_y = edges[UNIT_X, e], edges[UNIT_Y, e]
        for k in range(count):
            from_start = _square_m2(start_x[k] - x, start_y[k] - y, along_x, along_y, unit_x, unit_y)
            from_stop = _square_m2(stop_x[k] - x, stop_y[k] - y, along_x, along_y, unit_x, unit_y)
            start_m2[k], stop_m2[k] = min(start_m2[k], from_start), min(stop_m2[k], from_stop)
            bound[k] = min(bound[k], max(from_start, from_stop))
    for k in range(count):
        bound[k] = math.sqrt(bound[k])


@inner_kernel
def _from_near(pieces: FloatArray, k: int, edges: FloatArray, near: IntArray) -> None:
    """Fill in the same of one piece and the edges that it may be near to."""
    start_m2, stop_m2, bound_m2 = np.inf, np.inf, np.inf
    for place in range(np.int64(pieces[NEAR, k]), np.int64(pieces[NEAR_STOP, k])):
        from_start = _from_edge_m2(pieces[START_X, k], pieces[START_Y, k], edges, near[place])
        from_stop = _from_edge_m2(pieces[STOP_X, k], pieces[STOP_Y, k], edges, near[place])
        start_m2, stop_m2 = min(start_m2, from_start), min(stop_m2, from_stop)
        bound_m2 = min(bound_m2, max(from_start, from_stop))
    pieces[START_M2, k], pieces[STOP_M2, k], pieces[BOUND, k] = start_m2, stop_m2, math.sqrt(bound_m2)


@inner_kernel
def _from_edge_m2(x: float, y: float, edges: FloatArray, e: int) -> float:
    """Return the square of the distance from a point to an edge."""
    to_x, to_y = x - edges[X, e], y - edges[Y, e]
    return _square_m2(to_x, to_y, edges[ALONG_X, e], edges[ALONG_Y, e], edges[UNIT_X, e], edges[UNIT_Y, e])


@inner_kernel
def _square_m2(
    to_x: float, to_y: float, along_x: float, along_y: float, unit_x: float, unit_y: float
) -> float:
    """Return the square of the distance from a point, seen from an edge's start, to the edge."""
    place = min(max(to_x * unit_x + to_y * unit_y, 0.0), 1.0)
    to_x -= place * along_x
    to_y -= place * along_y
    square_m2: float = to_x * to_x + to_y * to_y
    return square_m2


@inner_kernel
def _near(pieces: FloatArray, count: int, edges: FloatArray, known_m: float, precision_m: float) -> IntArray:
    """Return the edges that the pieces to be halved may be near to, and fill in whose they are.

    No point of a piece is further than the piece's bound from the edge that gave it; an edge whose whole box
    is further than that from the piece's box is not the nearest to any. So its halves ask only these. A piece
    of which no point can be further than the largest distance known need not be halved.
    """
    near, listed = np.empty(4 * edges.shape[1] + 8, dtype=np.int64), 0
    for k in range(count):
        if not pieces[BOUND, k] > known_m + precision_m:
            continue
        limit_m = CLEAR * pieces[BOUND, k] + SLACK_M
        start_x, stop_x = pieces[START_X, k], pieces[STOP_X, k]
        start_y, stop_y = pieces[START_Y, k], pieces[STOP_Y, k]
        low_x, high_x = min(start_x, stop_x), max(start_x, stop_x)
        low_y, high_y = min(start_y, stop_y), max(start_y, stop_y)
        pieces[NEAR, k] = listed
        for e in range(edges.shape[1]):
            off_x = max(edges[LOW_X, e] - high_x, low_x - edges[HIGH_X, e], 0.0)
            off_y = max(edges[LOW_Y, e] - high_y, low_y - edges[HIGH_Y, e], 0.0)
            if off_x * off_x + off_y * off_y <= limit_m * limit_m:
                if listed == near.shape[0]:
                    near = longer(near)
                near[listed] = e
                listed += 1
        pieces[NEAR_STOP, k] = listed
        if known_m > SURE_M and _no_further(pieces, k, edges, near, (known_m - SURE_M) ** 2):
            pieces[BOUND, k], listed = known_m, int(pieces[NEAR, k])
    return near


@inner_kernel
def _no_further(pieces: FloatArray, k: int, edges: FloatArray, near: IntArray, limit_m2: float) -> bool:
    """Say whether no point of a piece is further than a limit, seen from three edges one after another.

    Those are the nearest to its start, the one that gave its bound and the nearest to its stop; it is divided
    beside the ends of the second. The distance to an edge is convex, so on each part it is no more than at
    the ends of that: a piece that turns from one edge to the next at a corner is told without halving.
    """
    if max(pieces[START_M2, k], pieces[STOP_M2, k]) > limit_m2:
        return False
    first, middle, last, bound_m2 = 0, 0, 0, np.inf
    start_x, start_y, stop_x, stop_y = (
        pieces[START_X, k],
        pieces[START_Y, k],
        pieces[STOP_X, k],
        pieces[STOP_Y, k],
    )
    for place in range(np.int64(pieces[NEAR, k]), np.int64(pieces[NEAR_STOP, k])):
        e = near[place]
        from_start, from_stop = (
            _from_edge_m2(start_x, start_y, edges, e),
            _from_edge_m2(stop_x, stop_y, edges, e),
        )
        first = e if from_start == pieces[START_M2, k] else first
        last = e if from_stop == pieces[STOP_M2, k] else last
        if max(from_start, from_stop) < bound_m2:
            middle, bound_m2 = e, max(from_start, from_stop)
    along_x, along_y = stop_x - start_x, stop_y - start_y
    square = max(along_x * along_x + along_y * along_y, SURE_M * SURE_M)
    to_x, to_y = edges[X, middle] - start_x, edges[Y, middle] - start_y
    one = (to_x * along_x + to_y * along_y) / square
    to_x, to_y = to_x + edges[ALONG_X, middle], to_y + edges[ALONG_Y, middle]
    two = (to_x * along_x + to_y * along_y) / square
    one, two = min(max(min(one, two), 0.0), 1.0), min(max(one, two, 0.0), 1.0)
    x, y = start_x + one * along_x, start_y + one * along_y
    if max(_from_edge_m2(x, y, edges, first), _from_edge_m2(x, y, edges, middle)) > limit_m2:
        return False
    x, y = start_x + two * along_x, start_y + two * along_y
    return bool(max(_from_edge_m2(x, y, edges, middle), _from_edge_m2(x, y, edges, last)) <= limit_m2)


@inner_kernel
def _edges_of(outlines: Outlines, row: int) -> FloatArray:
    """Return the edges of a feature, shape (10, m)."""
    first, last = outlines.first[row], outlines.first[row + 1] - 1
    xy, side, count = outlines.xy, outlines.side, 0
    for k in range(first, last):
        count += 1 if side[k] != 0 else 0
    edges, e = np.empty((10, count)), 0
    for k in range(first, last):
        if side[k] != 0:
            x, y, to_x, to_y = xy[k, 0], xy[k, 1], xy[k + 1, 0], xy[k + 1, 1]
            along_x, along_y = to_x - x, to_y - y
            square = along_x * along_x + along_y * along_y
            whole = square if square > 0.0 else 1.0
            edges[X, e], edges[Y, e], edges[ALONG_X, e], edges[ALONG_Y, e] = x, y, along_x, along_y
            edges[UNIT_X, e], edges[UNIT_Y, e] = along_x / whole, along_y / whole
            edges[LOW_X, e], edges[LOW_Y, e] = min(x, to_x), min(y, to_y)
            edges[HIGH_X, e], edges[HIGH_Y, e] = max(x, to_x), max(y, to_y)
            e += 1
    return edges


@inner_kernel
def _halved(pieces: FloatArray, count: int, reach_m: float) -> tuple[FloatArray, int]:
    """Return both halves of each piece whose bound exceeds ``reach_m``, in order."""
    left = 0
    for k in range(count):
        left += 1 if pieces[BOUND, k] > reach_m else 0
    halves, at = np.empty((ROWS, 2 * left)), 0
    for k in range(count):
        if pieces[BOUND, k] > reach_m:
            middle_x = (pieces[START_X, k] + pieces[STOP_X, k]) / 2.0
            middle_y = (pieces[START_Y, k] + pieces[STOP_Y, k]) / 2.0
            halves[START_X, at], halves[START_Y, at] = pieces[START_X, k], pieces[START_Y, k]
            halves[STOP_X, at], halves[STOP_Y, at] = middle_x, middle_y
            for half in range(at, at + 2):
                halves[NEAR, half], halves[NEAR_STOP, half] = pieces[NEAR, k], pieces[NEAR_STOP, k]
            halves[START_X, at + 1], halves[START_Y, at + 1] = middle_x, middle_y
            halves[STOP_X, at + 1], halves[STOP_Y, at + 1] = pieces[STOP_X, k], pieces[STOP_Y, k]
            at += 2
    return halves, at


@inner_kernel
def _unshared(one: Outlines, i: int, two: Outlines, j: int, edges: FloatArray) -> tuple[FloatArray, int]:
    """Return i's edges that do not stand in j, in either direction, coordinate for coordinate."""
    first, last = one.first[i], one.first[i + 1] - 1
    other, most = two.first[j], two.first[j + 1] - 1 - two.first[j]
    side, xy = one.side[first:last], one.xy[first : last + 1]
    side_of_other, xy_of_other = two.side[other : other + most], two.xy[other : other + most + 1]
    pieces, count, near = np.empty((ROWS, last - first)), 0, np.int64(0)
    for edge in range(last - first):
        if side[edge] == 0:
            continue
        if stands_among(xy[edge, 0], edges[X]):
            found = place_of_edge(xy, edge, side_of_other, xy_of_other, near)
            if found != NOWHERE:  # the two mostly go on alike: the next is looked for beside it
                near = found
                continue
        pieces[START_X, count], pieces[START_Y, count] = xy[edge, 0], xy[edge, 1]
        pieces[STOP_X, count], pieces[STOP_Y, count] = xy[edge + 1, 0], xy[edge + 1, 1]
        count += 1
    return pieces, count
