"""What stands in two outlines alike, coordinate for coordinate: whole features, and single edges."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lantu.relations.kernels.compiled import inner_kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lantu.model import FloatArray
    from lantu.relations.kernels.outlines import Outlines

NOWHERE = -1


@inner_kernel
def same_vertices(one: Outlines, i: int, two: Outlines, j: int) -> bool:
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


@inner_kernel
def stands_among(number: float, numbers: FloatArray) -> bool:
    """Say whether a number is one of several; all are looked at, several at a time."""
    found = 0
    for k in range(numbers.shape[0]):
        found += 1 if numbers[k] == number else 0
    return found > 0


@inner_kernel
def place_of_edge(
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
