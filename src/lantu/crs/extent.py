"""Where numbers land on the earth: longitudes and latitudes of points, boxes and whole layers.

Good to about a hundred metres, because no datum shift is asked for: enough to tell districts, zones
and units apart, and never used to move a feature.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from pyproj import CRS, Transformer
from pyproj.exceptions import ProjError

from lantu.crs.identity import horizontal

if TYPE_CHECKING:
    from lantu.model import BoolArray, FloatArray

Bounds: TypeAlias = tuple[float, float, float, float]
"""xmin, ymin, xmax, ymax; west, south, east, north in degrees unless said otherwise."""

MARGIN_DEG = 0.02
"""An area is grown by at least this much (about 2 km) before something counts as outside it."""

MARGIN_SHARE = 0.1
"""... or by this share of its larger side, where that is more."""

_AROUND = np.array([(i / 4, j / 4) for i in range(5) for j in range(5) if i in {0, 4} or j in {0, 4}])


def lonlat_points(points: FloatArray, *, crs: CRS) -> FloatArray:
    """Return longitude and latitude (WGS 84, degrees) of points (n, 2) given in ``crs``.

    NaN where the numbers lie outside what the coordinate system can express, and everywhere for a
    system that is not tied to the earth (a drawing's local coordinates).
    """
    transformer = _to_lonlat(horizontal(crs).to_wkt())
    if transformer is None:
        return np.full((len(points), 2), np.nan)
    x, y = np.ascontiguousarray(points[:, 0]), np.ascontiguousarray(points[:, 1])
    lon, lat = transformer.transform(x, y, errcheck=False)
    found = np.column_stack([lon, lat])
    beyond = ~np.isfinite(found).all(axis=1) | (np.abs(found[:, 0]) > 360.0) | (np.abs(found[:, 1]) > 90.0)  # noqa: PLR2004  # degrees of a full turn, and of the pole
    found[beyond] = np.nan
    return found


def lonlat_bounds(bounds: FloatArray, *, crs: CRS) -> FloatArray:
    """Return west, south, east, north (degrees) of each box (n, 4) given in ``crs``.

    Sixteen points around each box are taken, so that a side that curves is covered. NaN where a box
    is NaN (an empty geometry) or nothing of it can be expressed.
    """
    size = bounds[:, None, 2:] - bounds[:, None, :2]
    points = bounds[:, None, :2] + size * _AROUND[None, :, :]
    lonlat = lonlat_points(points.reshape(-1, 2), crs=crs).reshape(len(bounds), len(_AROUND), 2)
    known = np.isfinite(lonlat)
    low = np.where(known, lonlat, np.inf).min(axis=1, initial=np.inf)
    high = np.where(known, lonlat, -np.inf).max(axis=1, initial=-np.inf)
    found = np.hstack([low, high])
    found[~np.isfinite(found).all(axis=1)] = np.nan
    return found


def lonlat_extent(bounds: Bounds | FloatArray, *, crs: CRS) -> Bounds | None:
    """Return west, south, east, north of a layer's total bounds in ``crs``; None where they mean nothing."""
    box = lonlat_bounds(np.asarray(bounds, dtype=np.float64).reshape(1, 4), crs=crs)[0]
    west, south, east, north = box.tolist()
    return (west, south, east, north) if np.isfinite(box).all() else None


def grow(area: Bounds) -> Bounds:
    """Return ``area`` (degrees) with the margin that still counts as inside."""
    west, south, east, north = area
    margin = max(MARGIN_DEG, MARGIN_SHARE * max(east - west, north - south))
    return west - margin, south - margin, east + margin, north + margin


def inside_area(lonlat: FloatArray, *, area: Bounds) -> BoolArray:
    """Say of each point (n, 2) in degrees whether it lies in ``area``, margin included; NaN does not."""
    west, south, east, north = grow(area)
    lon, lat = lonlat[:, 0], lonlat[:, 1]
    return (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)


def outside_area(lonlat: FloatArray, *, area: Bounds) -> BoolArray:
    """Say of each feature's box (n, 4) in degrees whether it lies wholly outside ``area``.

    A feature across the edge is not outside, and nothing within the margin is. A NaN box (no
    geometry) is not outside either: it is nowhere.
    """
    west, south, east, north = grow(area)
    beside = (lonlat[:, 2] < west) | (lonlat[:, 0] > east)
    return beside | (lonlat[:, 3] < south) | (lonlat[:, 1] > north)


@lru_cache(maxsize=256)
def _to_lonlat(wkt: str) -> Transformer | None:
    """Return the transformer from a system to WGS 84 degrees, longitude first; None if there is none."""
    crs = CRS.from_wkt(wkt)
    if not (crs.is_projected or crs.is_geographic):
        return None
    try:
        return Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    except ProjError:
        return None
