"""The order of coordinates: x first as in files, or north first as authorities define it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from pyproj import CRS

    from lantu.model import ObjectArray


def north_first(crs: CRS) -> bool:
    """Say whether the authority's definition of a CRS puts latitude or northing before the other."""
    return bool(crs.axis_info) and crs.axis_info[0].direction.casefold() in {"north", "south"}


def swapped(geometry: ObjectArray) -> ObjectArray:
    """Return geometries with x and y exchanged, heights kept, flat ones still flat."""
    found = np.array(geometry, dtype=object)
    for with_z in (False, True):
        here = (shapely.has_z(found) == with_z) & ~shapely.is_missing(found)
        if here.any():
            order = [1, 0, 2] if with_z else [1, 0]
            found[here] = shapely.transform(
                found[here], lambda points, order=order: points[:, order], include_z=with_z
            )
    return found
