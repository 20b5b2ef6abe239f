"""Honest noise: each department measured the same ground itself, a few centimetres or decimetres apart."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from shapely import MultiPoint, get_coordinates, transform

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from shapely import Geometry

    from sample_district.base import Layer

RIGID = frozenset({"housing.building"})
"""Standards whose objects are measured as a whole: a house keeps its right angles."""


def measure(layer: Layer, rng: np.random.Generator) -> None:
    """Move every corner of a layer by up to ``noise_m``; a corner that several features share moves once.

    The noise of two layers together stays below their pair's tolerance, 2·sqrt(a² + b²).
    """
    moved: dict[tuple[float, float], tuple[float, float]] = {}
    placed = [feature for feature in layer.features if feature.geometry is not None]
    for feature in placed:
        corners = get_coordinates(feature.geometry)
        step = _step(layer.noise_m, rng)
        for x, y in map(tuple, corners.tolist()):
            if (x, y) not in moved:
                dx, dy = step if layer.standard in RIGID else _step(layer.noise_m, rng)
                moved[x, y] = (round(x + dx, 4), round(y + dy, 4))
    for feature in placed:
        feature.geometry = _moved(feature.geometry, moved)


def _step(most_m: float, rng: np.random.Generator) -> tuple[float, float]:
    """Return a step into any direction, at most ``most_m`` long."""
    turn, length = rng.uniform(0.0, 2.0 * math.pi), most_m * math.sqrt(rng.random())
    return length * math.cos(turn), length * math.sin(turn)


def _moved(geometry: Geometry | None, moved: dict[tuple[float, float], tuple[float, float]]) -> Geometry:
    def step(corners: NDArray[np.float64]) -> NDArray[np.float64]:
        result: NDArray[np.float64] = get_coordinates(MultiPoint([moved[x, y] for x, y in corners.tolist()]))
        return result

    return transform(geometry, step)
