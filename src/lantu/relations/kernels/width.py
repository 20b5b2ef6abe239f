"""Whether what two polygons share is wider than the tolerance, told from their edges where that is certain.

``relations/width.py`` says what wide means: a disc of the tolerance as diameter has room in the shared
ground. It needs the ground's geometry; here most pairs are decided without. Each answer holds with a margin
of one per cent, the exactness of the erosion there, so both agree; what is nearer is left open.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lantu.relations.kernels.area import FIRST, SECOND, common_window
from lantu.relations.kernels.compiled import inner_kernel, kernel
from lantu.relations.kernels.disc import (
    COLUMNS,
    MOST_EDGES,
    SHORTENED,
    Search,
    apart,
    disc_fits,
    edges_in,
)
from lantu.relations.kernels.window import COLUMNS as PIECE_COLUMNS
from lantu.relations.kernels.window import most_pieces, pieces_in

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lantu.model import FloatArray, IntArray
    from lantu.relations.kernels.outlines import Outlines
    from lantu.relations.kernels.window import Window

WIDE, NARROW, OPEN = 1, 0, -1
"""The answers; OPEN is for GEOS to decide."""

MARGIN = 0.01
"""How far from the tolerance, relative to it, an answer is certain."""


class Pair(NamedTuple):
    """Two polygons, feature i of one and feature j of two, and the window that their boxes share."""

    one: Outlines
    i: int
    two: Outlines
    j: int
    window: Window


class Room(NamedTuple):
    """Arrays that all pairs use in turn: edges, pieces of either, free parts of a line, the last edge."""

    edges: FloatArray
    a: FloatArray
    b: FloatArray
    free: FloatArray
    last: IntArray


@kernel
def widths(
    one: Outlines,
    two: Outlines,
    i: IntArray,
    j: IntArray,
    area_m2: FloatArray,
    covered: NDArray[np.int8],
    tolerance_m: float,
    answer: NDArray[np.int8],
) -> None:
    """Fill in whether the ground that features i and j share, of known area, is wide; all shape (n,)."""
    room = Room(
        np.empty((MOST_EDGES, COLUMNS)),
        np.empty((most_pieces(one, i), PIECE_COLUMNS)),
        np.empty((most_pieces(two, j), PIECE_COLUMNS)),
        np.empty((MOST_EDGES + 2, 2)),
        np.zeros(2, dtype=np.int64),
    )
    for k in range(i.shape[0]):
        if not area_m2[k] > math.pi / 4.0 * tolerance_m**2:  # less than the disc
            answer[k] = NARROW
            continue
        window = common_window(one.boxes_m[i[k]], two.boxes_m[j[k]])
        least_m = min(window.high_x - window.low_x, window.high_y - window.low_y)
        if least_m < (1.0 - MARGIN) * tolerance_m:
            answer[k] = NARROW
            continue
        if covered[k] == FIRST and _alone(one, i[k], tolerance_m):
            answer[k] = WIDE
            continue
        if covered[k] == SECOND and _alone(two, j[k], tolerance_m):
            answer[k] = WIDE
            continue
        pair = Pair(one, i[k], two, j[k], window)
        thick = _thick(pair, area_m2[k], tolerance_m)
        answer[k] = WIDE if thick else _by_disc(pair, tolerance_m, room)


@inner_kernel
def _alone(outlines: Outlines, row: int, tolerance_m: float) -> bool:
    """Say of a feature that lies in the other whole what ``_thick`` says of a pair."""
    limit_m2 = tolerance_m * outlines.length_m[row] + math.pi / 2.0 * tolerance_m**2 * outlines.rings[row]
    return bool(2.0 * outlines.area_m2[row] > (1.0 + MARGIN) * limit_m2)


@inner_kernel
def _thick(pair: Pair, area_m2: float, tolerance_m: float) -> bool:
    """Say whether the mean thickness proves a disc: area is at most radius times perimeter.

    That is so for ground with one hole; each further hole adds at most pi·radius². The boundary of the shared
    ground is made of what both boundaries have in the window, and its holes number at most the
    rings there, those of each with each.
    """
    length_a, rings_a = _boundary_in(pair.one, pair.i, pair.window)
    length_b, rings_b = _boundary_in(pair.two, pair.j, pair.window)
    holes = rings_a * rings_b + rings_a + rings_b
    limit_m2 = tolerance_m * (length_a + length_b) + math.pi / 2.0 * tolerance_m**2 * holes
    return 2.0 * area_m2 > (1.0 + MARGIN) * limit_m2


@inner_kernel
def _boundary_in(outlines: Outlines, row: int, window: Window) -> tuple[float, int]:
    """Return how long a feature's boundary in the window is at most, and how many rings come into it."""
    length_m, rings, counted = 0.0, 0, False
    for block in range(outlines.blocks[row], outlines.blocks[row + 1]):
        start, stop = outlines.block_edges[block, 0], outlines.block_edges[block, 1]
        if counted and outlines.side[start - 1] == 0:  # a ring begins
            counted = False
        if apart(outlines.block_m, block, window):
            continue
        for k in range(start, stop):
            inside_m = _length_in(outlines.xy, k, window)
            if inside_m >= 0.0:
                length_m += inside_m
                rings += 0 if counted else 1
                counted = True
    return length_m, rings


@inner_kernel
def _length_in(xy: FloatArray, k: int, window: Window) -> float:
    """Return how much of edge k lies in the window, -1 where it does not even touch it."""
    ax, ay, bx, by = xy[k, 0], xy[k, 1], xy[k + 1, 0], xy[k + 1, 1]
    dx, dy = bx - ax, by - ay
    start, stop = 0.0, 1.0
    if dx != 0.0:
        to_low, to_high = (window.low_x - ax) / dx, (window.high_x - ax) / dx
        start, stop = max(start, min(to_low, to_high)), min(stop, max(to_low, to_high))
    elif ax < window.low_x or ax > window.high_x:
        return -1.0
    if dy != 0.0:
        to_low, to_high = (window.low_y - ay) / dy, (window.high_y - ay) / dy
        start, stop = max(start, min(to_low, to_high)), min(stop, max(to_low, to_high))
    elif ay < window.low_y or ay > window.high_y:
        return -1.0
    return (stop - start) * math.sqrt(dx * dx + dy * dy) if start <= stop else -1.0


@inner_kernel
def _by_disc(pair: Pair, tolerance_m: float, room: Room) -> int:
    """Look for a place for the disc: for one a little too small, then for one a little too large.

    Chords stand for arcs and come nearer to their vertex: the first look forgives that, the second does not.
    """
    edges, window = room.edges, pair.window
    none: int = np.int64(0)  # type: ignore[assignment]  # else a literal
    of_a = edges_in(pair.one, pair.i, window, edges, none)
    count = edges_in(pair.two, pair.j, window, edges, of_a) if of_a >= 0 else -1
    if count < 0:  # more edges than there is room for
        return OPEN
    a, b, room.last[:] = room.a, room.b, 0
    in_a, in_b = pieces_in(pair.one, pair.i, window, a), pieces_in(pair.two, pair.j, window, b)
    off_m = (1.0 - MARGIN) * tolerance_m / 2.0
    look = Search(
        window, edges, of_a, count, a, in_a, b, in_b, off_m, off_m * SHORTENED, room.free, room.last
    )
    if not disc_fits(look):
        return NARROW
    off_m = (1.0 + MARGIN) * tolerance_m / 2.0
    look = Search(
        window, edges, of_a, count, a, in_a, b, in_b, off_m / SHORTENED, off_m, room.free, room.last
    )
    return WIDE if disc_fits(look) else OPEN
