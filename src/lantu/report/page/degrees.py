"""Degrees for the screen. For display only: every number in the report was computed in the working CRS."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import CRS, Transformer

if TYPE_CHECKING:
    from lantu.model import FloatArray, ObjectArray

Bounds = tuple[tuple[float, float], tuple[float, float]]

CGCS2000 = 4490
WGS84 = 4326
_EVERYWHERE: Bounds = ((-60.0, -170.0), (75.0, 170.0))


def to_degrees(geometries: ObjectArray, crs: CRS | str | None) -> ObjectArray:
    """Return geometries of the working CRS in degrees, x = longitude.

    CGCS2000 longitudes and latitudes are shown as they are: the difference to WGS 84 is far below a
    metre, and an operation that depends on the date would only add to it. Without a CRS nothing can
    be placed and every geometry is None.
    """
    if crs is None:
        return np.full(len(geometries), None, dtype=object)
    source = CRS.from_user_input(crs)
    own = source.geodetic_crs
    target = own if own is not None and own.to_epsg() == CGCS2000 else CRS.from_epsg(WGS84)
    transformer = Transformer.from_crs(source, target, always_xy=True)

    def project(points: FloatArray) -> FloatArray:
        return np.column_stack(transformer.transform(points[:, 0], points[:, 1]))

    return np.asarray(shapely.transform(geometries, project), dtype=object)


def view(boxes: FloatArray) -> Bounds:
    """Return south-west and north-east of what the map shows first, from all boxes (n, 4), in degrees.

    An object that lies far away from all others (its coordinates are wrong) does not count, or the
    district would be a dot on a map of the world.
    """
    boxes = boxes[np.isfinite(boxes).all(axis=1)]
    if not len(boxes):
        return _EVERYWHERE
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2
    low, middle, high = np.percentile(centres, [10, 50, 90], axis=0)
    reach = np.maximum(5.0 * (high - low), 0.02)
    near = boxes[(np.abs(centres - middle) <= reach).all(axis=1)]
    west, south = np.clip(near[:, :2].min(axis=0), (-180, -85), (180, 85))
    east, north = np.clip(near[:, 2:].max(axis=0), (-180, -85), (180, 85))
    return (float(south), float(west)), (float(north), float(east))
