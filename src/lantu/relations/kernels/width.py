"""Whether what two polygons share is wider than the tolerance, told from their edges where that is certain.

``relations/width.py`` says what wide means: a disc of the tolerance as diameter has room in the shared
ground. It needs the ground's geometry; here most pairs are decided without. Each answer holds with a margin
of one per cent, the exactness of the erosion there, so both agree; what is nearer is left open.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from lantu.relations.kernels.area import common_window
from lantu.relations.kernels.compiled import kernel
from lantu.relations.kernels.disc import COLUMNS, MOST_EDGES, SHORTENED, Pair, Search, disc_fits, edges_in
from lantu.relations.kernels.outlines import BLOCK

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lantu.model import FloatArray, IntArray
    from lantu.relations.kernels.outlines import Outlines
    from lantu.relations.kernels.window import Window

WIDE, NARROW, OPEN = 1, 0, -1
"""The answers; OPEN is for GEOS to decide."""

MARGIN = 0.01
"""How far from the tolerance, relative to it, an answer is certain."""


@kernel
def widths(
    one: Outlines,
    two: Outlines,
    i: IntArray,
    j: IntArray,
    area_m2: FloatArray,
    tolerance_m: float,
    answer: NDArray[np.int8],
) -> None:
    """Fill in whether the ground that features i and j share, of known area, is wide; all shape (n,)."""
    edges = np.empty((MOST_EDGES, COLUMNS))
    free = np.empty((MOST_EDGES + 2, 2))
    for k in range(i.shape[0]):
        if not area_m2[k] > math.pi / 4.0 * tolerance_m**2:  # less than the disc
            answer[k] = NARROW
            continue
        window = common_window(one.boxes_m[i[k]], two.boxes_m[j[k]])
        least_m = min(window.high_x - window.low_x, window.high_y - window.low_y)
        if least_m < (1.0 - MARGIN) * tolerance_m:
            answer[k] = NARROW
            continue
        pair = Pair(one, i[k], two, j[k], window)
        thick = _thick(pair, area_m2[k], tolerance_m)
        answer[k] = WIDE if thick else _by_disc(pair, tolerance_m, edges, free)


@kernel
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


@kernel
def _boundary_in(outlines: Outlines, row: int, window: Window) -> tuple[float, int]:
    """Return how long a feature's boundary in the window is at most, and how many rings come into it."""
    length_m, rings, ring_counted = 0.0, 0, False
    last = outlines.first[row + 1] - 1
    for block in range(outlines.blocks[row], outlines.blocks[row + 1]):
        start = outlines.first[row] + (block - outlines.blocks[row]) * BLOCK
        box = outlines.block_m[block]
        beside = box[0] > window.high_x or box[2] < window.low_x
        if beside or box[1] > window.high_y or box[3] < window.low_y:
            ring_counted = ring_counted and outlines.block_side[block] != 0
            continue
        for k in range(start, min(start + BLOCK, last)):
            if outlines.side[k] == 0:
                ring_counted = False
                continue
            inside_m = _length_in(outlines.xy, k, window)
            if inside_m >= 0.0:
                length_m += inside_m
                rings += 0 if ring_counted else 1
                ring_counted = True
    return length_m, rings


@kernel
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


@kernel
def _by_disc(pair: Pair, tolerance_m: float, edges: FloatArray, free: FloatArray) -> int:
    """Look for a place for the disc: for one a little too small, then for one a little too large.

    Chords stand for arcs and come nearer to their vertex: the first look forgives that, the second does not.
    """
    of_a = edges_in(pair.one, pair.i, pair.window, edges, 0)
    count = edges_in(pair.two, pair.j, pair.window, edges, of_a) if of_a >= 0 else -1
    if count < 0:  # more edges than there is room for
        return OPEN
    small_m, large_m = (1.0 - MARGIN) * tolerance_m / 2.0, (1.0 + MARGIN) * tolerance_m / 2.0
    if not disc_fits(Search(pair, edges, of_a, count, small_m, small_m * SHORTENED, free)):
        return NARROW
    return WIDE if disc_fits(Search(pair, edges, of_a, count, large_m / SHORTENED, large_m, free)) else OPEN
