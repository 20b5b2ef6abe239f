"""What of a polygon's boundary matters inside a window: the pieces that areas are summed from.

Seen from a point of the window, a polygon is told by the edges right of the point. So edges left of the
window say nothing, edges right of it say only how far they travel up or down, and all the others are cut
to the window. A boundary that wanders about right of the window is one vertical piece on its right side.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lantu.relations.kernels.compiled import inner_kernel

if TYPE_CHECKING:
    from lantu.model import FloatArray, IntArray
    from lantu.relations.kernels.outlines import Outlines

LOW, HIGH, X, SLOPE, SIGN = range(5)
"""Columns of a piece: from y LOW up to y HIGH, x at its lower end, dx/dy, and 1 where the polygon is left
of it, -1 where right. In metres from the window's lower left corner."""

COLUMNS = 5

MOST_HALVINGS = 60
"""A window that is still too full after so many has edges without number through one point."""


class Window(NamedTuple):
    """An upright box in metres."""

    low_x: float
    low_y: float
    high_x: float
    high_y: float


class Run(NamedTuple):
    """A stretch of boundary right of the window: its first and last y, its side; side 0 for none."""

    start: float
    stop: float
    side: int | np.int64


@inner_kernel
def most_pieces(outlines: Outlines, rows: IntArray) -> int:
    """Return how many pieces one of these features gives at most: two an edge and two more."""
    most = 0
    for k in range(rows.shape[0]):
        most = max(most, outlines.first[rows[k] + 1] - outlines.first[rows[k]])
    return 2 * most + 2


@inner_kernel
def pieces_in(outlines: Outlines, row: int, window: Window, pieces: FloatArray) -> int:
    """Fill in the pieces of a feature's boundary in the window and return how many there are.

    ``pieces`` has room for ``most_pieces``. What passes right of the window from its foot to
    its head comes together in the first piece.
    """
    width, height = window.high_x - window.low_x, window.high_y - window.low_y
    pieces[0, LOW], pieces[0, HIGH], pieces[0, X] = 0.0, height, width
    pieces[0, SLOPE], pieces[0, SIGN] = 0.0, 0.0
    count: int = np.int64(1)  # type: ignore[assignment]  # else a literal
    run = Run(0.0, 0.0, 0)
    xy, side = outlines.xy, outlines.side  # taken out of the tuple once: each time costs more than a sum
    block_edges, block_m = outlines.block_edges, outlines.block_m
    for block in range(outlines.blocks[row], outlines.blocks[row + 1]):
        start, stop = block_edges[block, 0], block_edges[block, 1]
        low_x, low_y = block_m[block, 0], block_m[block, 1]
        high_x, high_y = block_m[block, 2], block_m[block, 3]
        beside = high_y <= window.low_y or low_y >= window.high_y or high_x <= window.low_x
        if run.side != 0 and (beside or side[start - 1] == 0):
            count = _ended(run, window, pieces, count)  # it leaves the window's right, or a ring ends
            run = Run(0.0, 0.0, 0)
        if beside:
            continue
        if low_x >= window.high_x:
            begin = xy[start, 1] if run.side == 0 else run.start
            run = Run(begin, xy[stop, 1], np.int64(side[start]))
        else:
            of_block = xy[start : stop + 1]
            count, run = _pieces_of_edges(of_block, np.int64(side[start]), window, run, pieces, count)
    count = _ended(run, window, pieces, count)
    if pieces[0, SIGN] == 0.0:
        count -= 1
        for column in range(COLUMNS):
            pieces[0, column] = pieces[count, column]
    return count


@inner_kernel
def _pieces_of_edges(
    xy: FloatArray, side: np.int64, window: Window, run: Run, pieces: FloatArray, count: int
) -> tuple[int, Run]:
    """Fill in the pieces of the edges of one block, one by one."""
    for i in range(xy.shape[0] - 1):
        if xy[i, 0] >= window.high_x and xy[i + 1, 0] >= window.high_x:
            begin = xy[i, 1] if run.side == 0 else run.start
            run = Run(begin, xy[i + 1, 1], side)
            continue
        if run.side != 0:
            count = _ended(run, window, pieces, count)
            run = Run(0.0, 0.0, 0)
        count = _cut(xy, i, side, window, pieces, count)
    return count, run


@inner_kernel
def _ended(run: Run, window: Window, pieces: FloatArray, count: int) -> int:
    """Set down a stretch right of the window as one piece on the window's right side."""
    if run.side == 0:
        return count
    width, height = window.high_x - window.low_x, window.high_y - window.low_y
    low = min(max(run.start - window.low_y, 0.0), height)
    high = min(max(run.stop - window.low_y, 0.0), height)
    if low < high:
        return _piece(pieces, count, low, high, width, 0.0, run.side)
    return _piece(pieces, count, high, low, width, 0.0, -run.side)


@inner_kernel
def _piece(
    pieces: FloatArray, count: int, low: float, high: float, x: float, slope: float, sign: float | np.int64
) -> int:
    if not low < high:
        return count
    if low == 0.0 and slope == 0.0 and high == pieces[0, HIGH] and x == pieces[0, X]:
        pieces[0, SIGN] += sign
        return count
    pieces[count, LOW], pieces[count, HIGH] = low, high
    pieces[count, X], pieces[count, SLOPE], pieces[count, SIGN] = x, slope, sign
    return count + 1


@inner_kernel
def _cut(xy: FloatArray, i: int, side: int | np.int64, window: Window, pieces: FloatArray, count: int) -> int:
    """Cut edge i to the window: what runs in it, and what runs right of it as a vertical piece."""
    ax, ay = xy[i, 0] - window.low_x, xy[i, 1] - window.low_y
    bx, by = xy[i + 1, 0] - window.low_x, xy[i + 1, 1] - window.low_y
    if ay == by:
        return count
    sign = side
    if ay > by:
        ax, ay, bx, by, sign = bx, by, ax, ay, -side
    width, height = window.high_x - window.low_x, window.high_y - window.low_y
    if by <= 0.0 or ay >= height or max(ax, bx) <= 0.0:
        return count
    slope = (bx - ax) / (by - ay)
    low, high = max(ay, 0.0), min(by, height)
    x_low = ax if ay >= 0.0 else ax + (low - ay) * slope
    x_high = bx if by <= height else ax + (high - ay) * slope
    if x_low >= width and x_high >= width:
        return _piece(pieces, count, low, high, width, 0.0, sign)
    if x_low > width:  # it comes in from the right
        cut = min(max(ay + (width - ax) / slope, low), high)
        count = _piece(pieces, count, low, cut, width, 0.0, sign)
        low, x_low = cut, width
    elif x_low < 0.0:
        low, x_low = min(max(ay - ax / slope, low), high), 0.0
    if x_high > width:  # it leaves on the right
        cut = min(max(ay + (width - ax) / slope, low), high)
        count = _piece(pieces, count, cut, high, width, 0.0, sign)
        high = cut
    elif x_high < 0.0:
        high = min(max(ay - ax / slope, low), high)
    return _piece(pieces, count, low, high, x_low, slope, sign)


@inner_kernel
def halved(window: Window, windows: FloatArray, waiting: int) -> int:
    """Put both halves of a window among the waiting ones, cut across its longer side."""
    low_x, low_y, high_x, high_y = window
    put(windows, waiting, window)
    put(windows, waiting + 1, window)
    if high_x - low_x > high_y - low_y:
        middle = low_x + (high_x - low_x) / 2.0
        windows[waiting, 2], windows[waiting + 1, 0] = middle, middle
    else:
        middle = low_y + (high_y - low_y) / 2.0
        windows[waiting, 3], windows[waiting + 1, 1] = middle, middle
    return waiting + 2


@inner_kernel
def taken(windows: FloatArray, number: int) -> Window:
    """Return the window that was set down in the row ``number``."""
    return Window(windows[number, 0], windows[number, 1], windows[number, 2], windows[number, 3])


@inner_kernel
def put(windows: FloatArray, number: int | np.int64, window: Window) -> None:
    """Set a window down in the row ``number`` of an array of four columns."""
    windows[number, 0], windows[number, 1] = window.low_x, window.low_y
    windows[number, 2], windows[number, 3] = window.high_x, window.high_y
