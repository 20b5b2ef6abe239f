"""The largest distance between two boundaries, step for step as ``relations/deviation.py`` finds it.

Edges that stand in both are passed over. Each other edge is a piece with an upper bound on its distance;
pieces whose bound exceeds the largest distance found are halved until none is left. The order of the steps
and of every operation is the reference's, so the bits are the same.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from lantu.relations.kernels.compiled import kernel, longer

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lantu.model import FloatArray, IntArray
    from lantu.relations.kernels.outlines import Outlines

MOST_PRODUCTS = 1 << 26
"""Pairs with more products of edges are left to the reference, which sorts them first."""

CLEAR = 1.0 + 1e-9
"""A box that is so much further away, relative to the square, is so for all roundings of what is inside."""

SLACK_M = 1e-6
"""More than the middle of a piece of boundary is rounded by."""

NOWHERE = -1

START_X, START_Y, STOP_X, STOP_Y, BOUND, NEAR, NEAR_STOP = range(7)
"""Columns of a piece of boundary, in metres, and where in a list the edges stand that it may be near to."""

COLUMNS = 7


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
    near = np.arange(edges.shape[0])
    for halving in range(most_halvings):
        if count == 0:
            break
        largest_m, best = known_m, 0
        for k in range(count):
            asked = near[np.int64(pieces[k, NEAR]) : np.int64(pieces[k, NEAR_STOP])]
            start_m, stop_m, bound_m, best = _distances(pieces, k, edges, asked, best)
            largest_m = max(largest_m, start_m, stop_m)
            pieces[k, BOUND] = bound_m
        known_m = largest_m
        if halving == 0:
            near = _near(pieces, count, edges, known_m + precision_m)
        pieces, count = _halved(pieces, count, known_m + precision_m)
    return known_m


@kernel
def _near(pieces: FloatArray, count: int, edges: FloatArray, reach_m: float) -> IntArray:
    """Return the edges that the pieces to be halved may be near to, and fill in whose they are.

    No point of a piece is further than the piece's bound from the edge that gave it; an edge whose whole box
    is further than that from the piece's box is not the nearest to any. So its halves ask only these.
    """
    near, listed = np.empty(4 * edges.shape[0] + 8, dtype=np.int64), 0
    for k in range(count):
        if not pieces[k, BOUND] > reach_m:
            continue
        box, limit_m = _box(pieces, k), CLEAR * pieces[k, BOUND] + SLACK_M
        pieces[k, NEAR] = listed
        for edge in range(edges.shape[0]):
            if _off_m2(box, edges, edge) <= limit_m * limit_m:
                if listed == near.shape[0]:
                    near = longer(near)
                near[listed] = edge
                listed += 1
        pieces[k, NEAR_STOP] = listed
    return near


@kernel
def _box(pieces: FloatArray, k: int) -> tuple[float, float, float, float]:
    """Return the box of a piece: low x and y, high x and y."""
    start_x, start_y, stop_x, stop_y = (
        pieces[k, START_X],
        pieces[k, START_Y],
        pieces[k, STOP_X],
        pieces[k, STOP_Y],
    )
    return min(start_x, stop_x), min(start_y, stop_y), max(start_x, stop_x), max(start_y, stop_y)


@kernel
def _off_m2(box: tuple[float, float, float, float], edges: FloatArray, edge: int) -> float:
    """Return the square of the distance between a box and that of an edge."""
    off_x = max(edges[edge, 6] - box[2], box[0] - edges[edge, 8], 0.0)
    off_y = max(edges[edge, 7] - box[3], box[1] - edges[edge, 9], 0.0)
    square_m2: float = off_x * off_x + off_y * off_y
    return square_m2


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
def _distances(
    pieces: FloatArray, k: int, edges: FloatArray, asked: IntArray, first: int
) -> tuple[float, float, float, int]:
    """Return how far the piece's start and stop are from some edges, a bound for all of it, and whose it is.

    The place ``first`` among those asked comes first: the piece before found its bound there, so most of the
    others are further away with their whole box and cannot change any of the three.
    """
    start_m2, stop_m2, bound_m2 = np.inf, np.inf, np.inf
    first = first if first < asked.shape[0] else 0
    best, box = first, _box(pieces, k)
    for step in range(asked.shape[0]):
        place = first + step
        if place >= asked.shape[0]:
            place -= asked.shape[0]
        edge = asked[place]
        if _off_m2(box, edges, edge) > CLEAR * bound_m2:
            continue
        from_start = _square_m2(pieces[k, START_X], pieces[k, START_Y], edges, edge)
        from_stop = _square_m2(pieces[k, STOP_X], pieces[k, STOP_Y], edges, edge)
        start_m2, stop_m2 = min(start_m2, from_start), min(stop_m2, from_stop)
        if max(from_start, from_stop) < bound_m2:
            bound_m2, best = max(from_start, from_stop), place
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
    halves, at = np.empty((2 * left, COLUMNS)), 0
    for k in range(count):
        if pieces[k, BOUND] > reach_m:
            middle_x = (pieces[k, START_X] + pieces[k, STOP_X]) / 2.0
            middle_y = (pieces[k, START_Y] + pieces[k, STOP_Y]) / 2.0
            halves[at, START_X], halves[at, START_Y] = pieces[k, START_X], pieces[k, START_Y]
            halves[at, STOP_X], halves[at, STOP_Y] = middle_x, middle_y
            for half in range(at, at + 2):
                halves[half, NEAR], halves[half, NEAR_STOP] = pieces[k, NEAR], pieces[k, NEAR_STOP]
            halves[at + 1, START_X], halves[at + 1, START_Y] = middle_x, middle_y
            halves[at + 1, STOP_X], halves[at + 1, STOP_Y] = pieces[k, STOP_X], pieces[k, STOP_Y]
            at += 2
    return halves, at


@kernel
def _unshared(one: Outlines, i: int, two: Outlines, j: int) -> tuple[FloatArray, int]:
    """Return i's edges that do not stand in j, in either direction, coordinate for coordinate."""
    first, last = one.first[i], one.first[i + 1] - 1
    other, most = two.first[j], two.first[j + 1] - 1 - two.first[j]
    side, xy = one.side[first:last], one.xy[first : last + 1]
    side_of_other, xy_of_other = two.side[other : other + most], two.xy[other : other + most + 1]
    pieces, count, near = np.empty((last - first, COLUMNS)), 0, np.int64(0)
    for edge in range(last - first):
        if side[edge] == 0:
            continue
        found = _place_of(xy, edge, side_of_other, xy_of_other, near)
        if found != NOWHERE:  # the two mostly go on alike: the next is looked for beside it
            near = found
            continue
        pieces[count, START_X], pieces[count, START_Y] = xy[edge, 0], xy[edge, 1]
        pieces[count, STOP_X], pieces[count, STOP_Y] = xy[edge + 1, 0], xy[edge + 1, 1]
        pieces[count, NEAR], pieces[count, NEAR_STOP] = 0.0, most
        count += 1
    return pieces, count


@kernel
def _place_of(
    xy: FloatArray, edge: int, side: NDArray[np.int8], others: FloatArray, near: np.int64
) -> np.int64:
    """Return where an edge stands among others, in either direction, looking from ``near`` on; NOWHERE."""
    ax, ay, bx, by = xy[edge, 0], xy[edge, 1], xy[edge + 1, 0], xy[edge + 1, 1]
    for step in range(side.shape[0]):
        at = near + step
        if at >= side.shape[0]:
            at -= side.shape[0]
        x, y = others[at, 0], others[at, 1]
        if ax == x and ay == y and bx == others[at + 1, 0] and by == others[at + 1, 1] and side[at] != 0:
            return at
        if bx == x and by == y and ax == others[at + 1, 0] and ay == others[at + 1, 1] and side[at] != 0:
            return np.int64(at)
    return np.int64(NOWHERE)
