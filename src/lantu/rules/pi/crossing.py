"""Where two pipes cross: the height from the underside of the upper to the top of the lower."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lantu.rules.pi.pipes import (
    DEPTHS,
    DIAMETER,
    ELEVATIONS,
    at_fraction,
    depth_error_m,
    diameter_m,
    is_drain,
    raw_ends,
)

if TYPE_CHECKING:
    from lantu.model import BoolArray, FloatArray, ObjectArray
    from lantu.relations import Columns, Pairs


@dataclass(frozen=True, kw_only=True)
class Crossing:
    """Two pipes at their crossing, shape (n,) each.

    ``clear_m`` is the height between them, below 0 where they meet, NaN where it is not known; ``least_m``
    the same with the largest diameter that an unknown one may be. ``place_a_m`` and ``place_b_m`` are what
    they were compared by: covers, or elevations where ``by_depth`` is False.
    """

    clear_m: FloatArray
    least_m: FloatArray
    tolerance_m: FloatArray
    a_is_upper: BoolArray
    by_depth: BoolArray
    place_a_m: FloatArray
    place_b_m: FloatArray

    def take(self, chosen: BoolArray) -> Crossing:
        """Return the chosen crossings."""
        return Crossing(**{name: values[chosen] for name, values in vars(self).items()})

    @property
    def column(self) -> ObjectArray:
        """Return the column that each crossing was judged by."""
        return np.where(self.by_depth, DEPTHS[0], ELEVATIONS[0]).astype(object)

    def raw(self, side: Columns) -> ObjectArray:
        """Return that column's values at both ends of one side's pipes, as delivered."""
        return np.where(self.by_depth, raw_ends(side, DEPTHS), raw_ends(side, ELEVATIONS))


def crossing_of(pairs: Pairs, *, depth_accuracy_m: float | None, unknown_diameter_mm: float) -> Crossing:
    """Return the height between the pipes of each crossing.

    At one place the ground is the same for both, so covers compare. Elevations are used where a cover is
    missing on either side; a cover and an elevation do not compare, because the ground is not known.
    """
    sides = ((pairs.subject, pairs["fraction_a"]), (pairs.other, pairs["fraction_b"]))
    cover_a, cover_b = (at_fraction(side, DEPTHS, fraction) for side, fraction in sides)
    level_a, level_b = (at_fraction(side, ELEVATIONS, fraction) for side, fraction in sides)
    by_depth = ~np.isnan(cover_a + cover_b) | np.isnan(level_a + level_b)
    top_a = np.where(by_depth, cover_a, -_top_level_m(pairs.subject, level_a))
    top_b = np.where(by_depth, cover_b, -_top_level_m(pairs.other, level_b))
    a_is_upper = ~(top_b < top_a)
    between_m = np.abs(top_a - top_b)
    upper_m, widest_m = (
        np.where(a_is_upper, diameter_m(pairs.subject, unknown_mm=mm), diameter_m(pairs.other, unknown_mm=mm))
        for mm in (0.0, unknown_diameter_mm)
    )
    return Crossing(
        clear_m=between_m - upper_m,
        least_m=between_m - widest_m,
        tolerance_m=_tolerance_m(cover_a, cover_b, depth_accuracy_m),
        a_is_upper=a_is_upper,
        by_depth=by_depth,
        place_a_m=np.where(by_depth, cover_a, level_a),
        place_b_m=np.where(by_depth, cover_b, level_b),
    )


def _top_level_m(side: Columns, level_m: FloatArray) -> FloatArray:
    """Return the elevation of each pipe's top: drains are surveyed at the invert, NaN without a diameter."""
    above_m = np.where(is_drain(side), side.numbers(DIAMETER) / 1000.0, 0.0)
    return level_m + above_m


def _tolerance_m(cover_a: FloatArray, cover_b: FloatArray, accuracy_m: float | None) -> FloatArray:
    error_a, error_b = (depth_error_m(cover, accuracy_m) for cover in (cover_a, cover_b))
    return np.asarray(2.0 * np.hypot(error_a, error_b), dtype=np.float64)
