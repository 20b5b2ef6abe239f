"""What a tolerance leaves out: counted, never silent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from lantu.model import BoolArray, FloatArray

STEP = 2.0**-20
"""Areas (m²) and lengths (m) are summed in these steps, about one millionth; shared areas come in them."""


@dataclass(frozen=True)
class LeftOut:
    """Pairs that meet, but not by more than the tolerance; and pairs that could not be measured.

    Two of them add up exactly: sums are kept in steps of 2⁻²⁰ (a square millimetre), which floats
    add without rounding up to 8,590 km², so the total does not depend on the tiling.
    """

    count: int = 0
    area_m2: float = 0.0
    length_m: float = 0.0
    failed: int = 0

    def __add__(self, other: LeftOut) -> LeftOut:
        """Return the sum of both."""
        return LeftOut(
            self.count + other.count,
            self.area_m2 + other.area_m2,
            self.length_m + other.length_m,
            self.failed + other.failed,
        )


def left_out(
    chosen: BoolArray,
    *,
    area_m2: FloatArray | None = None,
    length_m: FloatArray | None = None,
    failed: BoolArray | None = None,
) -> LeftOut:
    """Count the chosen entries and sum up what they measure; NaN adds nothing."""
    return LeftOut(
        int(chosen.sum()),
        _total(area_m2, chosen),
        _total(length_m, chosen),
        int(failed.sum()) if failed is not None else 0,
    )


def in_steps(values: FloatArray) -> FloatArray:
    """Return values, none below zero, as whole numbers of steps: what is less than half a step is nothing."""
    return np.asarray(np.maximum(np.round(values / STEP), 0.0) * STEP, dtype=np.float64)


def _total(values: FloatArray | None, chosen: BoolArray) -> float:
    if values is None:
        return 0.0
    return float(np.round(np.nan_to_num(values[chosen], nan=0.0) / STEP).sum() * STEP)
