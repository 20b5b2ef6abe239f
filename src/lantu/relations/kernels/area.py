"""The area that two polygons share, from their edges alone: no overlay, no predicate, no topology.

A point of the plane lies in a polygon when the edges right of it that go up, less those that go down, are
one more (seen with the polygon on their left). The area of both is therefore the sum, over each edge of the
one and each edge of the other, of the product of their signs and of the integral of the smaller of their
two x over the y that they have in common. docs/performance.md derives it, and the bound on its error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lantu.relations.kernels.compiled import inner_kernel, kernel
from lantu.relations.kernels.window import (
    COLUMNS,
    HIGH,
    LOW,
    MOST_HALVINGS,
    SIGN,
    SLOPE,
    Window,
    X,
    halved,
    most_pieces,
    pieces_in,
    put,
    taken,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lantu.model import FloatArray, IntArray
    from lantu.relations.kernels.outlines import Outlines

MOST_TERMS = 2048
"""A window in which more pairs of pieces run beside each other is halved: its error grows with them."""

MOST_PRODUCTS = 16_384
"""A window in which more pairs would have to be looked at is halved: it takes less time in two."""

TOO_MANY = -1

PARTLY, FIRST, SECOND, APART = range(4)
"""Whether the first or the second is seen to lie in the other whole, or both to share nothing."""


@kernel
def shared_areas(
    one: Outlines,
    two: Outlines,
    i: IntArray,
    j: IntArray,
    area_m2: FloatArray,
    covered: NDArray[np.int8],
) -> None:
    """Fill in the area that feature i of the one shares with feature j of the other, all shape (n,).

    NaN where the kernel cannot promise its bound, and where either has no outline. ``covered`` says which
    of the two was seen to lie in the other, because no edge of that came into its box.
    """
    a, b = np.empty((most_pieces(one, i), COLUMNS)), np.empty((most_pieces(two, j), COLUMNS))
    windows = np.empty((MOST_HALVINGS + 2, 4))
    for k in range(i.shape[0]):
        covered[k] = _covered(one, i[k], two, j[k], a, b)
        if covered[k] == FIRST:
            area_m2[k] = one.area_m2[i[k]]
        elif covered[k] == SECOND:
            area_m2[k] = two.area_m2[j[k]]
        elif covered[k] == APART:
            area_m2[k] = 0.0
        else:
            area_m2[k] = _shared_m2(one, i[k], two, j[k], a, b, windows)


@inner_kernel
def _covered(one: Outlines, i: int, two: Outlines, j: int, a: FloatArray, b: FloatArray) -> int:
    """Return which of the two lies in the other with its whole box, or in a hole or bay of it."""
    of_a, of_b = one.first[i + 1] - one.first[i], two.first[j + 1] - two.first[j]
    if min(of_a, of_b) == 0 or min(of_a, of_b) > MOST_TERMS:  # a sum over so many edges is no nearer
        return PARTLY
    box_a, box_b = one.boxes_m[i], two.boxes_m[j]
    if box_a[0] >= box_b[0] and box_a[1] >= box_b[1] and box_a[2] <= box_b[2] and box_a[3] <= box_b[3]:
        whole = _passes(two, j, Window(box_a[0], box_a[1], box_a[2], box_a[3]), b)
        return FIRST if whole == 1 else APART if whole == 0 else PARTLY
    if box_b[0] >= box_a[0] and box_b[1] >= box_a[1] and box_b[2] <= box_a[2] and box_b[3] <= box_a[3]:
        whole = _passes(one, i, Window(box_b[0], box_b[1], box_b[2], box_b[3]), a)
        return SECOND if whole == 1 else APART if whole == 0 else PARTLY
    return PARTLY


@inner_kernel
def _passes(outlines: Outlines, row: int, window: Window, pieces: FloatArray) -> int:
    """Return 1 where a feature fills the window, 0 where it has none of it, -1 where edges come into it."""
    count = pieces_in(outlines, row, window, pieces)
    if count == 0:
        return 0
    width, height = window.high_x - window.low_x, window.high_y - window.low_y
    upright = pieces[0, SLOPE] == 0.0 and pieces[0, X] == width
    whole = pieces[0, LOW] == 0.0 and pieces[0, HIGH] == height and pieces[0, SIGN] == 1.0
    return 1 if count == 1 and upright and whole else -1


@inner_kernel
def common_window(a: FloatArray, b: FloatArray) -> Window:
    """Return what two boxes have in common; low is not below high where that is nothing."""
    return Window(max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3]))


@inner_kernel
def _shared_m2(
    one: Outlines, i: int, two: Outlines, j: int, a: FloatArray, b: FloatArray, windows: FloatArray
) -> float:
    """Return the shared area of two features, window by window."""
    if one.first[i] == one.first[i + 1] or two.first[j] == two.first[j + 1]:
        return np.nan
    whole = common_window(one.boxes_m[i], two.boxes_m[j])
    if not (whole.low_x < whole.high_x and whole.low_y < whole.high_y):
        return 0.0
    put(windows, np.int64(0), whole)
    waiting, total = 1, 0.0
    while waiting:
        waiting -= 1
        window = taken(windows, waiting)
        in_a = pieces_in(one, i, window, a)
        in_b = pieces_in(two, j, window, b) if in_a else 0
        part_m2, terms = _sum_of_pieces(a, in_a, b, in_b)
        if terms != TOO_MANY:
            total += part_m2
        elif waiting + 2 > MOST_HALVINGS:
            return np.nan
        else:
            waiting = halved(window, windows, waiting)
    return total


@inner_kernel
def _sum_of_pieces(a: FloatArray, in_a: int, b: FloatArray, in_b: int) -> tuple[float, int]:
    """Return the sum of both signs times the integral of the smaller x over all pairs of pieces.

    And of how many pairs it is the sum: TOO_MANY for a window that has to be halved.
    """
    if in_a * in_b > MOST_PRODUCTS:
        return 0.0, TOO_MANY
    total, terms = 0.0, 0
    for q in range(in_b):
        part = 0.0
        for p in range(in_a):
            low, high = max(a[p, LOW], b[q, LOW]), min(a[p, HIGH], b[q, HIGH])
            if low < high:
                part += a[p, SIGN] * _integral(a, p, b, q, low, high)
                terms += 1
        total += b[q, SIGN] * part
    return total, terms if terms <= MOST_TERMS else TOO_MANY


@inner_kernel
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
