"""Where two lines cross, for lines of which it is plain: which segments meet, and the one point of it.

A turn of three points is certain where it exceeds what rounding can do. Two segments are apart, or cross
inside both, where all their turns are certain. What is not plain, and every pair that crosses more than once,
is left to GEOS. The point is computed with twice the digits of a double, as GEOS does it, and rounded once:
so it is the double nearest to the true place, the same bits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.relations.kernels.compiled import inner_kernel, kernel

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from lantu.model import FloatArray, IntArray
    from lantu.relations.kernels.paths import Paths

NONE, ONE, GEOS = 0, 1, 2
"""What a pair may be: no crossing for certain, one crossing, or for GEOS to say."""

SIDE_ERROR = 2.0**-50
"""How far the two products of a turn may be off, as a share of them: more than twice what rounding can do."""

LEAST_TURN = 1e-5
"""Lines that enclose less than this, as a tangent, are left to GEOS: noding may move their crossing."""

CLEAR_M = 1e-3
"""Crossings nearer than this to an end of their segments are left to GEOS as well."""

SPLIT = 2.0**27 + 1.0
"""Splits a double into two halves of 26 digits (Veltkamp)."""


@kernel
def crossings(
    one: Paths, two: Paths, i: IntArray, j: IntArray, kind: NDArray[np.int8], place: FloatArray
) -> None:
    """Fill in whether lines i and j cross, shape (n,), and where those with one crossing do, shape (n, 2).

    Lines that only join, at a vertex of both that ends one of the two, do not cross.
    """
    for k in range(i.shape[0]):
        kind[k] = GEOS
        if _is_plain(one, i[k]) and _is_plain(two, j[k]):
            kind[k] = _crossing(one, i[k], two, j[k], k, place)


@inner_kernel
def _is_plain(paths: Paths, row: int) -> bool:
    """Say whether a feature is one line with two ends."""
    first, last = paths.first[row], paths.first[row + 1] - 1
    if last <= first:
        return False
    for at in range(first, last):
        if paths.goes_on[at] == 0:
            return False
    return bool(paths.xy[first, 0] != paths.xy[last, 0] or paths.xy[first, 1] != paths.xy[last, 1])


@inner_kernel
def _crossing(one: Paths, i: int, two: Paths, j: int, k: int, place: FloatArray) -> int:
    """Return what two plain lines are; the place of one crossing goes into row k."""
    found = 0
    for a in range(one.first[i], one.first[i + 1] - 1):
        for b in range(two.first[j], two.first[j + 1] - 1):
            if _apart(one.xy, a, two.xy, b):
                continue
            turns_b = _turn(one.xy, a, two.xy, b), _turn(one.xy, a, two.xy, b + 1)
            turns_a = _turn(two.xy, b, one.xy, a), _turn(two.xy, b, one.xy, a + 1)
            if turns_b[0] * turns_b[1] > 0 or turns_a[0] * turns_a[1] > 0:
                continue
            if turns_b[0] * turns_b[1] < 0 and turns_a[0] * turns_a[1] < 0:
                found += 1
                if found > 1 or not _meet(one.xy, a, two.xy, b, k, place):
                    return GEOS
            elif not _join(one, i, a, turns_b, two, j, b):
                return GEOS
    return ONE if found else NONE


@inner_kernel
def _apart(xy: FloatArray, a: int, other: FloatArray, b: int) -> bool:
    """Say whether the boxes of two segments are apart."""
    for axis in range(2):
        if min(xy[a, axis], xy[a + 1, axis]) > max(other[b, axis], other[b + 1, axis]):
            return True
        if max(xy[a, axis], xy[a + 1, axis]) < min(other[b, axis], other[b + 1, axis]):
            return True
    return False


@inner_kernel
def _turn(xy: FloatArray, a: int, other: FloatArray, b: int) -> int:
    """Return 1 where point b is certainly left of segment a, -1 where right, else 0."""
    left = (xy[a + 1, 0] - xy[a, 0]) * (other[b, 1] - xy[a, 1])
    right = (xy[a + 1, 1] - xy[a, 1]) * (other[b, 0] - xy[a, 0])
    if abs(left - right) > SIDE_ERROR * (abs(left) + abs(right)):
        return 1 if left > right else -1
    return 0


@inner_kernel
def _join(one: Paths, i: int, a: int, turns_b: tuple[int, int], two: Paths, j: int, b: int) -> bool:
    """Say whether two segments share a vertex that ends one of the lines, and certainly nothing else."""
    joined = False
    for end_a in range(2):
        for end_b in range(2):
            if one.xy[a + end_a, 0] != two.xy[b + end_b, 0] or one.xy[a + end_a, 1] != two.xy[b + end_b, 1]:
                continue
            ends_a = a + end_a == one.first[i] or a + end_a == one.first[i + 1] - 1
            ends_b = b + end_b == two.first[j] or b + end_b == two.first[j + 1] - 1
            joined = (ends_a or ends_b) and turns_b[1 - end_b] != 0
    return joined


@inner_kernel
def _meet(xy: FloatArray, a: int, other: FloatArray, b: int, k: int, place: FloatArray) -> bool:
    """Fill in where two segments cross; say whether that is plain: at an angle, and away from their ends."""
    along_x, along_y = xy[a + 1, 0] - xy[a, 0], xy[a + 1, 1] - xy[a, 1]
    over_x, over_y = other[b + 1, 0] - other[b, 0], other[b + 1, 1] - other[b, 1]
    across = abs(along_x * over_y - along_y * over_x)
    if not across > LEAST_TURN * abs(along_x * over_x + along_y * over_y):
        return False
    r_x, r_y = _less(xy[a + 1, 0], xy[a, 0]), _less(xy[a + 1, 1], xy[a, 1])
    s_x, s_y = _less(other[b + 1, 0], other[b, 0]), _less(other[b + 1, 1], other[b, 1])
    d_x, d_y = _less(other[b, 0], xy[a, 0]), _less(other[b, 1], xy[a, 1])
    share = _over(
        _minus(_times(d_x, s_y), _times(d_y, s_x)),
        _minus(_times(r_x, s_y), _times(r_y, s_x)),
    )
    x, y = _from(xy[a, 0], _times(share, r_x)), _from(xy[a, 1], _times(share, r_y))
    place[k, 0], place[k, 1] = x, y
    for end in range(2):
        if (x - xy[a + end, 0]) ** 2 + (y - xy[a + end, 1]) ** 2 < CLEAR_M**2:
            return False
        if (x - other[b + end, 0]) ** 2 + (y - other[b + end, 1]) ** 2 < CLEAR_M**2:
            return False
    return True


@inner_kernel
def _less(a: float, b: float) -> tuple[float, float]:
    """Return a - b exactly, as the sum of two doubles (Knuth)."""
    high = a - b
    back = high - a
    return high, (a - (high - back)) - (b + back)


@inner_kernel
def _quick(high: float, low: float) -> tuple[float, float]:
    """Return the sum of a large and a small double as two that do not overlap (Dekker)."""
    whole = high + low
    return whole, low - (whole - high)


@inner_kernel
def _product(a: float, b: float) -> tuple[float, float]:
    """Return a · b exactly, as the sum of two doubles (Dekker)."""
    whole = a * b
    wide_a, wide_b = SPLIT * a, SPLIT * b
    high_a, high_b = wide_a - (wide_a - a), wide_b - (wide_b - b)
    low_a, low_b = a - high_a, b - high_b
    return whole, ((high_a * high_b - whole) + high_a * low_b + low_a * high_b) + low_a * low_b


@inner_kernel
def _times(a: tuple[float, float], b: tuple[float, float]) -> tuple[float, float]:
    high, low = _product(a[0], b[0])
    return _quick(high, low + (a[0] * b[1] + a[1] * b[0]))


@inner_kernel
def _minus(a: tuple[float, float], b: tuple[float, float]) -> tuple[float, float]:
    high, low = _less(a[0], b[0])
    small, rest = _less(a[1], b[1])
    high, low = _quick(high, low + small)
    return _quick(high, low + rest)


@inner_kernel
def _over(a: tuple[float, float], b: tuple[float, float]) -> tuple[float, float]:
    first = a[0] / b[0]
    left = _minus(a, _times(b, (first, 0.0)))
    second = left[0] / b[0]
    left = _minus(left, _times(b, (second, 0.0)))
    high, low = _quick(first, second)
    return _quick(high, low + left[0] / b[0])


@inner_kernel
def _from(start: float, step: tuple[float, float]) -> float:
    """Return start + step, rounded once."""
    high, low = _less(start, -step[0])
    return high + (low + step[1])
