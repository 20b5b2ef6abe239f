"""Whether a disc has room in the ground that two polygons share.

If it has, it can be pushed until it touches an edge or a vertex of either: so its centre can be put where it
is just the radius from one edge, on the inner side, or from one vertex where the boundary bends inwards, and
no less from all others. Each edge gives a line of such centres, each such vertex an arc, taken as chords of
at most ARC_DEG; every other edge forbids the centres that are nearer to it than the radius, one
interval of the line, since the ground within a distance of an edge is convex. A centre that no edge
forbids, and that lies in both polygons, is room for a disc; where all are forbidden there is none.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lantu.relations.kernels.compiled import inner_kernel
from lantu.relations.kernels.window import HIGH, LOW, SIGN, SLOPE, X

if TYPE_CHECKING:
    from lantu.model import FloatArray, IntArray
    from lantu.relations.kernels.outlines import Outlines
    from lantu.relations.kernels.window import Window

COLUMNS = 4
"""An edge: start x, y and stop x, y, its polygon on the left, in metres from the window's lower left."""

MOST_EDGES = 160
"""Pairs with more edges in their window are not looked at: each edge is tried against each."""

ARC_DEG = 22.5
SHORTENED = math.cos(math.radians(ARC_DEG / 2.0))
"""The middle of a chord is this much nearer to the vertex than its ends."""


class Search(NamedTuple):
    """A search for centres ``stand_off_m`` from an edge or vertex and no nearer than ``radius_m`` to others.

    ``edges`` has the ``of_a`` of the first polygon, then up to ``edge_count`` those of the second. ``a`` and
    ``b`` are the ``in_a`` and ``in_b`` pieces of either in the window. ``free`` is room for the free parts of
    one line, two columns; ``last`` (2,) is the edge of either that left none last time: it, or one beside
    it, is likely to do so again.
    """

    window: Window
    edges: FloatArray
    of_a: int
    edge_count: int
    a: FloatArray
    in_a: int
    b: FloatArray
    in_b: int
    stand_off_m: float
    radius_m: float
    free: FloatArray
    last: IntArray


class Line(NamedTuple):
    """Centres from start to start + along, in metres, and the edge that they stand off."""

    x: float
    y: float
    along_x: float
    along_y: float
    edge: int


@inner_kernel
def apart(block_m: FloatArray, block: int, window: Window) -> bool:
    """Say whether a block of edges does not even touch the window."""
    beside = block_m[block, 0] > window.high_x or block_m[block, 2] < window.low_x
    return bool(beside or block_m[block, 1] > window.high_y or block_m[block, 3] < window.low_y)


@inner_kernel
def edges_in(outlines: Outlines, row: int, window: Window, edges: FloatArray, count: int) -> int:
    """Add the edges of a feature that may touch the window; return how many there are, -1 for too many."""
    xy = outlines.xy
    for block in range(outlines.blocks[row], outlines.blocks[row + 1]):
        if apart(outlines.block_m, block, window):
            continue
        for k in range(outlines.block_edges[block, 0], outlines.block_edges[block, 1]):
            a, b = (k, k + 1) if outlines.side[k] > 0 else (k + 1, k)
            ax, ay, bx, by = xy[a, 0], xy[a, 1], xy[b, 0], xy[b, 1]
            if ax == bx and ay == by:
                continue
            if max(ax, bx) < window.low_x or min(ax, bx) > window.high_x:
                continue
            if max(ay, by) < window.low_y or min(ay, by) > window.high_y:
                continue
            if count == edges.shape[0]:
                return -1
            edges[count, 0], edges[count, 1] = ax - window.low_x, ay - window.low_y
            edges[count, 2], edges[count, 3] = bx - window.low_x, by - window.low_y
            count += 1
    return count


@inner_kernel
def disc_fits(search: Search) -> bool:
    """Say whether there is such a centre in both polygons."""
    edges = search.edges
    for k in range(search.edge_count):
        along_x, along_y = edges[k, 2] - edges[k, 0], edges[k, 3] - edges[k, 1]
        far = search.stand_off_m / math.sqrt(along_x * along_x + along_y * along_y)
        line = Line(edges[k, 0] - along_y * far, edges[k, 1] + along_x * far, along_x, along_y, k)
        if _room_on(search, line):
            return True
        low, high = (0, search.of_a) if k < search.of_a else (search.of_a, search.edge_count)
        for following in range(low, high):
            meets = edges[following, 0] == edges[k, 2] and edges[following, 1] == edges[k, 3]
            if meets and _room_around(search, k, following):
                return True
    return False


@inner_kernel
def _room_around(search: Search, k: int, following: int) -> bool:
    """Say whether there is one on the arc around the vertex between two edges, if it bends inwards."""
    edges = search.edges
    ax, ay = edges[k, 2] - edges[k, 0], edges[k, 3] - edges[k, 1]
    bx, by = edges[following, 2] - edges[following, 0], edges[following, 3] - edges[following, 1]
    turn = math.atan2(ax * by - ay * bx, ax * bx + ay * by)
    if turn >= 0.0:  # the polygon is convex here: no disc in it touches the vertex alone
        return False
    chords = math.ceil(-turn / math.radians(ARC_DEG))
    normal = math.atan2(ax, -ay)
    x, y = edges[k, 2], edges[k, 3]
    from_x, from_y = x + math.cos(normal) * search.stand_off_m, y + math.sin(normal) * search.stand_off_m
    for number in range(1, chords + 1):
        angle = normal + turn * number / chords
        to_x, to_y = x + math.cos(angle) * search.stand_off_m, y + math.sin(angle) * search.stand_off_m
        if _room_on(search, Line(from_x, from_y, to_x - from_x, to_y - from_y, -1)):
            return True
        from_x, from_y = to_x, to_y
    return False


@inner_kernel
def _room_on(search: Search, line: Line) -> bool:
    """Say whether some centre on the line lies in both polygons and no edge forbids it."""
    window, free, radius_m = search.window, search.free, search.radius_m
    width, height = window.high_x - window.low_x, window.high_y - window.low_y
    start, stop = _within(line.x, line.along_x, radius_m, width - radius_m, 0.0, 1.0)
    start, stop = _within(line.y, line.along_y, radius_m, height - radius_m, start, stop)
    if not start <= stop:
        return False
    free[0, 0], free[0, 1] = start, stop
    other = 1 if line.edge < search.of_a else 0  # asked first: mostly nothing of the line lies in it
    left = _left_by(search, line, np.int64(1), other)
    return _left_by(search, line, left, 1 - other) > 0


@inner_kernel
def _left_by(search: Search, line: Line, left: int | np.int64, polygon: int) -> int:
    """Return how many free parts of a line no edge of one polygon, 0 or 1, forbids and lie in it."""
    free, last = search.free, search.last
    low, high = (search.of_a, search.edge_count) if polygon else (0, search.of_a)
    first = last[polygon] if low <= last[polygon] < high else low
    for step in range(high - low if left else 0):
        k = first + step
        if k >= high:
            k -= high - low
        if k == line.edge:
            continue
        enter, leave = _forbidden(line, search.edges, k, search.radius_m)
        if enter < leave:
            left = _without(free, np.int64(left), enter, leave)
            if left == 0:
                last[polygon] = k
                return 0
    kept = 0
    for k in range(left):  # no edge crosses what is left of the line: each part is inside or outside
        place = (free[k, 0] + free[k, 1]) / 2.0
        x, y = line.x + place * line.along_x, line.y + place * line.along_y
        if _inside(search.b, search.in_b, x, y) if polygon else _inside(search.a, search.in_a, x, y):
            free[kept, 0], free[kept, 1] = free[k, 0], free[k, 1]
            kept += 1
    return kept


@inner_kernel
def _within(
    at: float, along: float, low: float, high: float, start: float, stop: float
) -> tuple[float, float]:
    """Return the part of start..stop where at + t·along is from low to high; start above stop for none."""
    if along == 0.0:
        return (start, stop) if low <= at <= high else (1.0, 0.0)
    to_low, to_high = (low - at) / along, (high - at) / along
    return max(start, min(to_low, to_high)), min(stop, max(to_low, to_high))


@inner_kernel
def _forbidden(line: Line, edges: FloatArray, k: int, radius_m: float) -> tuple[float, float]:
    """Return between which t the point line + t·along is nearer than the radius to edge k; 1, 0 for nowhere.

    The ground within the radius of an edge is a disc at either end and the strip between them.
    """
    ax, ay, bx, by = edges[k, 0], edges[k, 1], edges[k, 2], edges[k, 3]
    far_x, far_y = line.x + line.along_x, line.y + line.along_y
    if min(line.x, far_x) - radius_m > max(ax, bx) or max(line.x, far_x) + radius_m < min(ax, bx):
        return 1.0, 0.0
    if min(line.y, far_y) - radius_m > max(ay, by) or max(line.y, far_y) + radius_m < min(ay, by):
        return 1.0, 0.0
    enter, leave = _in_disc(line, ax, ay, radius_m, 2.0, -1.0)
    enter, leave = _in_disc(line, bx, by, radius_m, enter, leave)
    length_m = math.sqrt((bx - ax) ** 2 + (by - ay) ** 2)
    ux, uy = (bx - ax) / length_m, (by - ay) / length_m
    to_x, to_y = line.x - ax, line.y - ay
    beside, speed = to_x * ux + to_y * uy, line.along_x * ux + line.along_y * uy
    off, drift = ux * to_y - uy * to_x, ux * line.along_y - uy * line.along_x
    start, stop = _within(beside, speed, 0.0, length_m, 0.0, 1.0)
    start, stop = _within(off, drift, -radius_m, radius_m, start, stop)
    if start <= stop:
        enter, leave = min(enter, start), max(leave, stop)
    return enter, leave


@inner_kernel
def _in_disc(
    line: Line, x: float, y: float, radius_m: float, enter: float, leave: float
) -> tuple[float, float]:
    """Extend enter..leave by where the line runs within the radius of a point."""
    to_x, to_y = line.x - x, line.y - y
    square = line.along_x**2 + line.along_y**2
    half = to_x * line.along_x + to_y * line.along_y
    inner = half * half - square * (to_x * to_x + to_y * to_y - radius_m * radius_m)
    if inner <= 0.0 or square == 0.0:
        return enter, leave
    root = math.sqrt(inner)
    return min(enter, (-half - root) / square), max(leave, (-half + root) / square)


@inner_kernel
def _without(free: FloatArray, left: int | np.int64, enter: float, leave: float) -> int:
    """Take enter..leave out of the free intervals, and return how many are left."""
    kept, end = 0, left
    for k in range(left):
        low, high = free[k, 0], free[k, 1]
        if leave <= low or enter >= high:
            free[kept, 0], free[kept, 1] = low, high
            kept += 1
            continue
        if enter > low and leave < high:  # cut in two: the second half goes behind the others
            free[end, 0], free[end, 1] = leave, high
            end += 1
        if enter > low:
            free[kept, 0], free[kept, 1] = low, enter
            kept += 1
        elif leave < high:
            free[kept, 0], free[kept, 1] = leave, high
            kept += 1
    for k in range(left, end):
        free[kept, 0], free[kept, 1] = free[k, 0], free[k, 1]
        kept += 1
    return kept


@inner_kernel
def _inside(pieces: FloatArray, count: int, x: float, y: float) -> bool:
    """Say whether a point of the window lies in the polygon with these pieces, by what passes right of it."""
    passes = 0.0
    for k in range(count):
        level = pieces[k, LOW] <= y < pieces[k, HIGH]
        if level and pieces[k, X] + (y - pieces[k, LOW]) * pieces[k, SLOPE] > x:
            passes += pieces[k, SIGN]
    return passes > 0.0
