"""How far a measured point lies from where it is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Noise:
    """An error of ``size`` times the accuracy that the department states for its layer.

    ``bounded``: anywhere within that distance, never further. ``normal``: that is the standard error of a
    point (点位中误差), and one in 55 lies more than twice as far; the tolerance 2·sqrt(a² + b²) of a pair is
    made to let 95 of 100 honest differences pass, so some of them have to be reported.
    """

    kind: Literal["bounded", "normal"]
    size: float

    def __str__(self) -> str:
        """Return it as a heading says it."""
        return f"{self.kind} errors of {self.size:g} times the stated accuracy"


def steps_m(noise: Noise, count: int, *, accuracy_m: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return the error of each of ``count`` points, shape (count, 2), in metres."""
    if noise.kind == "normal":
        return rng.normal(0.0, accuracy_m * noise.size / math.sqrt(2.0), (count, 2))
    turn = rng.uniform(0.0, 2.0 * math.pi, count)
    length_m = accuracy_m * noise.size * np.sqrt(rng.random(count))
    return np.column_stack([length_m * np.cos(turn), length_m * np.sin(turn)])
