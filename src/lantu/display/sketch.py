"""A small drawing of geometry beside the words about it: an SVG with a scale bar, for looking at only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import shapely

from lantu.report.drawing import Frame, svg_path

if TYPE_CHECKING:
    from lantu.model import ObjectArray

WIDTH, HEIGHT, MARGIN = 480.0, 320.0, 22.0
"""Size of a sketch and its margin, in its own units."""

FINEST = 0.4
"""Detail finer than this, in units of the sketch, is not drawn."""


class Stroke(NamedTuple):
    """Geometries that are drawn alike, in the working CRS: colours as ``#rrggbb`` or ``none``."""

    geometries: ObjectArray
    line: str
    fill: str = "none"
    width: float = 1.0
    dashes: str = "none"
    opacity: float = 1.0


class Sketch(NamedTuple):
    """What the template draws: paths with their strokes; a bar of ``bar`` units is ``bar_m`` metres."""

    paths: tuple[tuple[str, Stroke], ...]
    width: float
    height: float
    bar: float
    bar_m: float


def sketch(strokes: list[Stroke], *, focus: ObjectArray) -> Sketch | None:
    """Return a drawing that shows all of ``focus``; None where that has no place.

    Each stroke is one path, drawn in the order given.
    """
    boxes = shapely.bounds(focus)
    boxes = boxes[np.isfinite(boxes).all(axis=1)]
    if not len(boxes):
        return None
    bounds = np.array([*boxes[:, :2].min(axis=0), *boxes[:, 2:].max(axis=0)])
    least = 2.0  # metres: a single point gets some ground around it
    grow = np.maximum(least - (bounds[2:] - bounds[:2]), 0.0) / 2
    bounds = np.concatenate([bounds[:2] - grow, bounds[2:] + grow])
    frame = Frame.around(bounds, width=WIDTH, height=HEIGHT, margin=MARGIN)
    shown = shapely.box(*_reach(frame))
    drawn = tuple((_path(stroke, frame, shown), stroke) for stroke in strokes)
    bar_m = frame.bar_m(WIDTH / 4)
    paths = tuple((path, stroke) for path, stroke in drawn if path)
    return Sketch(paths, WIDTH, HEIGHT, round(bar_m * frame.scale, 1), bar_m)


def _reach(frame: Frame) -> tuple[float, float, float, float]:
    """Return xmin, ymin, xmax, ymax of what the sketch shows, in the working CRS."""
    (left, top), (right, bottom) = (
        (np.array(corner) - frame.shift) / [frame.scale, -frame.scale]
        for corner in ((0.0, 0.0), (WIDTH, HEIGHT))
    )
    return float(left), float(bottom), float(right), float(top)


def _path(stroke: Stroke, frame: Frame, shown: Any) -> str:  # noqa: ANN401  # a shapely polygon
    """Return what of the stroke lies in the sketch, as coarse as the eye allows."""
    there = stroke.geometries[shapely.intersects(stroke.geometries, shown)]
    coarse = shapely.simplify(there, FINEST / frame.scale, preserve_topology=False)
    kept = np.where(shapely.is_empty(coarse), there, coarse)
    return "".join(svg_path(one) for one in frame.placed(kept))
