"""The area that two polygons share, from their edges alone: no overlay, no predicate, no topology.

A point of the plane lies in a polygon when the edges right of it that go up, less those that go down, are
one more (seen with the polygon on their left). The area of both is therefore the sum, over each edge of the
one and each edge of the other, of the product of their signs and of the integral of the smaller of their
two x over the y that they have in common. docs/performance.md derives it, and the bound on its error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lantu.relations.kernels.compiled import kernel
from lantu.relations.kernels.window import COLUMNS, HIGH, LOW, SIGN, SLOPE, Window, X, pieces_in

if TYPE_CHECKING:
    from lantu.model import FloatArray, IntArray
    from lantu.relations.kernels.outlines import Outlines

MOST_PRODUCTS = 2048
"""A window in which more pairs of pieces would have to be looked at is halved: for speed where polygons are
large, and because the error of a window grows with their number."""

MOST_HALVINGS = 60
"""A window that is still too full after so many has edges without number through one point."""


@kernel
def shared_areas(one: Outlines, two: Outlines, i: IntArray, j: IntArray, area_m2: FloatArray) -> None:
    """Fill in the area that feature i of the one shares with feature j of the other, all shape (n,).

    NaN where the kernel cannot promise its bound, and where either has no outline.
    """
    most_a, most_b = 1, 1
    for k in range(i.shape[0]):
        most_a = max(most_a, one.first[i[k] + 1] - one.first[i[k]])
        most_b = max(most_b, two.first[j[k] + 1] - two.first[j[k]])
    a, b = np.empty((2 * most_a + 2, COLUMNS)), np.empty((2 * most_b + 2, COLUMNS))
    windows = np.empty((MOST_HALVINGS + 2, 4))
    for k in range(i.shape[0]):
        area_m2[k] = _shared_m2(one, i[k], two, j[k], a, b, windows)


@kernel
def common_window(a: FloatArray, b: FloatArray) -> Window:
    """Return what two boxes have in common; low is not below high where that is nothing."""
    return Window(max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3]))


@kernel
def _shared_m2(
    one: Outlines, i: int, two: Outlines, j: int, a: FloatArray, b: FloatArray, windows: FloatArray
) -> float:
    """Return the shared area of two features, window by window."""
    if one.first[i] == one.first[i + 1] or two.first[j] == two.first[j + 1]:
        return np.nan
    whole = common_window(one.boxes_m[i], two.boxes_m[j])
    if not (whole.low_x < whole.high_x and whole.low_y < whole.high_y):
        return 0.0
    _set(windows, 0, whole)
    waiting, total = 1, 0.0
    while waiting:
        waiting -= 1
        box = windows[waiting]
        window = Window(box[0], box[1], box[2], box[3])
        in_a = pieces_in(one, i, window, a)
        in_b = pieces_in(two, j, window, b) if in_a else 0
        if in_a * in_b <= MOST_PRODUCTS:
            total += _sum_of_pieces(a, in_a, b, in_b)
        elif waiting + 2 > MOST_HALVINGS:
            return np.nan
        else:
            waiting = _halved(window, windows, waiting)
    return total


@kernel
def _halved(window: Window, windows: FloatArray, waiting: int) -> int:
    """Put both halves of a window among the waiting ones, cut across its longer side."""
    low_x, low_y, high_x, high_y = window
    _set(windows, waiting, window)
    _set(windows, waiting + 1, window)
    if high_x - low_x > high_y - low_y:
        middle = low_x + (high_x - low_x) / 2.0
        windows[waiting, 2], windows[waiting + 1, 0] = middle, middle
    else:
        middle = low_y + (high_y - low_y) / 2.0
        windows[waiting, 3], windows[waiting + 1, 1] = middle, middle
    return waiting + 2


@kernel
def _set(windows: FloatArray, number: int, window: Window) -> None:
    windows[number, 0], windows[number, 1] = window.low_x, window.low_y
    windows[number, 2], windows[number, 3] = window.high_x, window.high_y


@kernel
def _sum_of_pieces(a: FloatArray, in_a: int, b: FloatArray, in_b: int) -> float:
    """Return the sum of both signs times the integral of the smaller x over all pairs of pieces."""
    total = 0.0
    for q in range(in_b):
        part = 0.0
        for p in range(in_a):
            low, high = max(a[p, LOW], b[q, LOW]), min(a[p, HIGH], b[q, HIGH])
            if low < high:
                part += a[p, SIGN] * _integral(a, p, b, q, low, high)
        total += b[q, SIGN] * part
    return total


@kernel
def _integral(a: FloatArray, p: int, b: FloatArray, q: int, low: float, high: float) -> float:
    """Return the integral of the smaller of two pieces' x over y from low to high."""
    a_low: float = a[p, X] + (low - a[p, LOW]) * a[p, SLOPE]
    a_high: float = a[p, X] + (high - a[p, LOW]) * a[p, SLOPE]
    b_low: float = b[q, X] + (low - b[q, LOW]) * b[q, SLOPE]
    b_high: float = b[q, X] + (high - b[q, LOW]) * b[q, SLOPE]
    before, after = a_low - b_low, a_high - b_high
    height = high - low
    if before <= 0.0 and after <= 0.0:
        return (a_low + a_high) * 0.5 * height
    if before >= 0.0 and after >= 0.0:
        return (b_low + b_high) * 0.5 * height
    share = before / (before - after)  # of the height, up to where the two cross
    x = a_low + (a_high - a_low) * share
    if before < 0.0:
        return ((a_low + x) * share + (x + b_high) * (1.0 - share)) * 0.5 * height
    return ((b_low + x) * share + (x + a_high) * (1.0 - share)) * 0.5 * height
