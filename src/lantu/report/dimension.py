"""What a finding's geometry is drawn as: polygons, lines or points, whichever is the highest in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from lantu.model import IntArray, ObjectArray

NOTHING = -1
"""Dimension of a geometry that is missing or empty."""

_COLLECTION = 7
_MULTI = (shapely.MultiPoint, shapely.MultiLineString, shapely.MultiPolygon)


def dimensions(geometries: ObjectArray) -> IntArray:
    """Return 0 for points, 1 for lines, 2 for polygons, -1 for nothing; a mixture counts as its highest."""
    found = np.asarray(shapely.get_dimensions(geometries), dtype=np.int64)
    return np.where(shapely.is_missing(geometries) | shapely.is_empty(geometries), NOTHING, found)


def of_one_dimension(geometries: ObjectArray) -> ObjectArray:
    """Return the geometries, each collection reduced to its parts of the highest dimension, in two axes."""
    result = shapely.force_2d(np.asarray(geometries, dtype=object))
    mixed = shapely.get_type_id(result) == _COLLECTION
    for row in np.flatnonzero(mixed):  # collections are the rare exception
        parts = _leaves(result[row])
        dims = dimensions(parts)
        highest = int(dims.max(initial=NOTHING))
        kept = parts[dims == highest] if highest > NOTHING else ()
        result[row] = _MULTI[highest](list(shapely.get_parts(kept))) if len(kept) else None
    return np.asarray(result, dtype=object)


def _leaves(collection: shapely.GeometryCollection) -> ObjectArray:
    """Return the parts of a collection, collections within it taken apart too."""
    parts = shapely.get_parts(np.asarray([collection], dtype=object))
    while (shapely.get_type_id(parts) == _COLLECTION).any():
        parts = shapely.get_parts(parts)
    return np.asarray(parts, dtype=object)
