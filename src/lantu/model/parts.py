"""Geometries taken apart, as far as there is anything to take apart: most are single and have no holes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from lantu.model.arrays import IntArray, ObjectArray

FIRST_MULTI = 4  # shapely's type numbers of geometries with several parts begin here


def parts_of(geometries: ObjectArray) -> tuple[ObjectArray, IntArray]:
    """Return the single geometries in an array and the positions that they belong to, none for null or empty.

    What lies in a collection within a collection stays together, as with shapely's ``get_parts``.
    """
    kind = shapely.get_type_id(geometries)
    if ((kind >= 0) & (kind < FIRST_MULTI) & ~shapely.is_empty(geometries)).all():
        return geometries, np.arange(len(geometries))
    parts, owner = shapely.get_parts(geometries, return_index=True)
    return parts, owner


def rings_of(polygons: ObjectArray) -> tuple[ObjectArray, IntArray]:
    """Return the rings of single polygons, shell first, and the positions that they belong to.

    A polygon without holes stands for its own ring: it has the same coordinates, and making ring objects
    costs ten times as much as reading these.
    """
    holes = shapely.get_num_interior_rings(polygons) > 0
    if not holes.any():
        return polygons, np.arange(len(polygons))
    rings, of_polygon = shapely.get_rings(polygons[holes], return_index=True)
    owner = np.concatenate([np.flatnonzero(~holes), np.flatnonzero(holes)[of_polygon]])
    order = np.argsort(owner, kind="stable")
    return np.concatenate([polygons[~holes], rings])[order], owner[order]
