"""Where displacements lie together: how far they spread, and the centres of two groups of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from lantu.model import FloatArray

SIGMA_OF_MAD = 1.4826
"""Standard deviation of a normal distribution whose median absolute deviation is 1."""

MOST_STARTS = 400
"""Displacements looked at, evenly spread over the layer, to find where two populations may be."""

DENSE_SHARE = 0.15
"""A place is as dense as the circle around it that holds this share of them is narrow."""

ROUNDING_M = 0.001
"""Displacements nearer to each other than this are the same."""

ROUNDS = 20


def spread_of_m(left: FloatArray) -> float:
    """Return the standard deviation per axis, by the MAD, of what is left."""
    mad = np.median(np.abs(left - np.median(left, axis=0)), axis=0)
    return float(SIGMA_OF_MAD * np.sqrt((mad**2).mean()))


def two_centres(move: FloatArray) -> FloatArray | None:
    """Return the medians of the two groups that displacements fall into, shape (2, 2); None without two.

    Each search starts at the densest place and at the densest one away from it, so that outliers, far
    off but alone, start nothing.
    """
    some = move[:: -(-len(move) // MOST_STARTS)]
    apart_m = np.hypot(*(some[:, None, :] - some[None, :, :]).transpose(2, 0, 1))
    width_m = np.quantile(apart_m, DENSE_SHARE, axis=1)
    densest = int(width_m.argmin())
    starts: dict[int, None] = {}
    for factor in (2.0, 4.0, 8.0):
        away = apart_m[densest] > factor * width_m[densest] + ROUNDING_M
        if away.any():
            starts[int(np.where(away, width_m, np.inf).argmin())] = None
    found = [_settled(move, some[[densest, second]]) for second in starts]
    return min(found, key=lambda centres: spread_of_m(_from_nearest(move, centres)), default=None)


def _settled(move: FloatArray, centres: FloatArray) -> FloatArray:
    """Return where two centres come to rest when each is the median of what is nearest to it."""
    for _ in range(ROUNDS):
        distance_m = from_each_m(move, centres)
        first = distance_m[:, 0] <= distance_m[:, 1]
        if first.all() or not first.any():
            break
        again = np.array([np.median(move[first], axis=0), np.median(move[~first], axis=0)])
        if (again == centres).all():
            break
        centres = again
    return centres


def from_each_m(move: FloatArray, centres: FloatArray) -> FloatArray:
    """Return how far each displacement is from each of two centres, shape (n, 2)."""
    return np.column_stack([np.hypot(move[:, 0] - x_m, move[:, 1] - y_m) for x_m, y_m in centres])


def _from_nearest(move: FloatArray, centres: FloatArray) -> FloatArray:
    """Return each displacement from the nearer of two centres."""
    distance_m = from_each_m(move, centres)
    left: FloatArray = move - centres[distance_m.argmin(axis=1)]
    return left
