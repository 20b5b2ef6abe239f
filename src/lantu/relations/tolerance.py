"""The tolerance of a pair of layers: law 2, tolerance lives in the predicate."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lantu.model import Layer

TOPOLOGY_M = 0.001
"""Points nearer than this are one point: standards/tolerance.md, section 4. Not a tolerance of the data."""


def pair_tolerance_m(accuracy_a_m: float, accuracy_b_m: float | None) -> float:
    """Return 2·sqrt(a² + b²) for two planimetric standard errors in metres.

    About 95 % of honest differences between two independently surveyed points stay below it.
    ``None`` stands for no other side.
    """
    return 2.0 * math.hypot(accuracy_a_m, accuracy_b_m or 0.0)


def tolerance_between(a: Layer, b: Layer | None) -> float:
    """Return the tolerance of two layers in metres; of one layer with itself where ``b`` is None.

    To the standard errors of the surveys come those of the datum shifts that brought the layers to the
    working CRS, unless both came by the same shift: then its error moved them together.
    """
    if b is None or a.shift == b.shift:
        return pair_tolerance_m(a.accuracy_m, b.accuracy_m if b is not None else None)
    first = math.hypot(a.accuracy_m, a.shift_accuracy_m)
    return pair_tolerance_m(first, math.hypot(b.accuracy_m, b.shift_accuracy_m))
