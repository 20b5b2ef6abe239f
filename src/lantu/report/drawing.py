"""Geometry as SVG: fitted into a frame, as paths, with a scale bar of a round length. For looking at only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

if TYPE_CHECKING:
    from lantu.model import FloatArray

POINT = 3.0
"""Half the side of the square that stands for a point, in units of the drawing."""

SCALE_STEPS = (1, 2, 5)


@dataclass(frozen=True, kw_only=True)
class Frame:
    """How metres become units of a drawing: y runs down, ``scale`` units are a metre."""

    scale: float
    shift: FloatArray

    @classmethod
    def around(cls, bounds: FloatArray, *, width: float, height: float, margin: float) -> Frame:
        """Return the frame in which the box ``bounds`` fills ``width`` by ``height`` but for the margin."""
        left, bottom, right, top = bounds
        wide, high = max(right - left, 1e-9), max(top - bottom, 1e-9)
        scale = min((width - 2 * margin) / wide, (height - 2 * margin) / high)
        middle = np.array([(left + right) / 2, -(bottom + top) / 2])
        return cls(scale=float(scale), shift=np.array([width / 2, height / 2]) - middle * scale)

    def placed(self, geometry: Any) -> Any:  # noqa: ANN401  # one shapely geometry or an array of them
        """Return geometry of the working CRS in units of the drawing."""
        return shapely.transform(geometry, lambda points: points * [self.scale, -self.scale] + self.shift)

    def bar_m(self, longest: float) -> float:
        """Return a round length in metres that takes at most ``longest`` units of the drawing."""
        return round_length_m(longest / self.scale)


def svg_path(geometry: Any) -> str:  # noqa: ANN401  # a shapely geometry
    """Return a placed geometry as the data of an SVG path; points as small squares."""
    parts = []
    for part in shapely.get_parts(geometry):
        if part.geom_type == "Point":
            side = 2 * POINT
            parts.append(f"M{part.x - POINT:.1f} {part.y - POINT:.1f}h{side:g}v{side:g}h-{side:g}Z")
            continue
        rings = [part.exterior, *part.interiors] if part.geom_type == "Polygon" else [part]
        for ring in rings:
            points = "L".join(f"{x:.1f} {y:.1f}" for x, y in shapely.get_coordinates(ring))
            parts.append(f"M{points}" + ("Z" if part.geom_type == "Polygon" else ""))
    return "".join(parts)


def round_length_m(most_m: float) -> float:
    """Return the longest of 1, 2, 5, 10, 20 … metres that is no longer than ``most_m``."""
    power = 10.0 ** np.floor(np.log10(max(most_m, 1e-6)))
    return float(max(step * power for step in SCALE_STEPS if step * power <= most_m * (1 + 1e-9)))
