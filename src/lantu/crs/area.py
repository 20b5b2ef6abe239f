"""Areas on the ellipsoid: what land surveys record, free of the projection's scale.

``pyproj.Geod`` takes one ring a call and holds the GIL; this integrates all rings at once. The area
under a curve on the ellipsoid is the integral of Z(latitude) over longitude, where Z is the area of
a strip of unit width from the equator up (in closed form). Edges are straight in the working CRS, as
the geometries are; an edge too long to be taken as straight in degrees gets its true middle point.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import Transformer

from lantu.crs.pipeline import degrees_of, geod_of, plain_definition
from lantu.model import parts_of, rings_of

if TYPE_CHECKING:
    from pyproj import CRS

    from lantu.model import FloatArray, IntArray, ObjectArray

LONG_EDGE_M = 50.0
"""Longer edges are integrated through their middle: up to here an edge leaves its chord by less than
0.2 mm at any latitude below 80 degrees."""

SAMPLE_M, SAMPLE_ERROR = 40.0, 3e-5
"""Side of the squares whose area tells the scale, and what their chords and rounding may change of it."""

# Integral of f dg over one edge, for f and g quadratic through its start, middle and end.
_START_MIDDLE_END = np.array([[-3.0, 4.0, -1.0], [-4.0, 0.0, 4.0], [1.0, -4.0, 3.0]]) / 6.0


def ellipsoidal_area_m2(geometries: ObjectArray, *, working_crs: CRS) -> FloatArray:
    """Return the area of each geometry (n,) on the ellipsoid of its CRS, in square metres.

    Holes are taken off, parts added up, whichever way rings run. Points and lines have none; a
    missing geometry is NaN.
    """
    geometries = np.asarray(geometries, dtype=object)
    polygons, owner = _polygons(geometries)
    rings, ring_owner = rings_of(polygons)
    ring_m2 = np.abs(_ring_areas_m2(rings, working_crs))
    hole = np.ones(len(rings), dtype=np.bool_)
    hole[np.unique(ring_owner, return_index=True)[1]] = False  # the first ring of a polygon is its shell
    area_m2: FloatArray = np.zeros(len(geometries))
    np.add.at(area_m2, owner[ring_owner], np.where(hole, -ring_m2, ring_m2))
    area_m2[shapely.is_missing(geometries)] = np.nan
    return area_m2


def areal_scales(box_m: FloatArray, *, working_crs: CRS) -> tuple[float, float]:
    """Return the least and the most that a square metre of the projection can be on the ellipsoid.

    ``box_m`` is xmin, ymin, xmax, ymax in ``working_crs``. The scale is looked at in 25 places of the box;
    since it changes smoothly, what lies between them is off by less than they differ among themselves. NaN
    where a place is outside the projection.
    """
    x, y = (axis.ravel() for axis in np.meshgrid(*(np.linspace(box_m[k], box_m[k + 2], 5) for k in (0, 1))))
    squares = shapely.box(x, y, x + SAMPLE_M, y + SAMPLE_M)
    scale = ellipsoidal_area_m2(squares, working_crs=working_crs) / shapely.area(squares)
    spread = scale.max() - scale.min() + SAMPLE_ERROR
    return float(scale.min() - spread), float(scale.max() + spread)


def _polygons(geometries: ObjectArray) -> tuple[ObjectArray, IntArray]:
    """Return all polygons within geometries, however nested, and whose they are."""
    parts, owner = parts_of(geometries)
    while (shapely.get_type_id(parts) > shapely.GeometryType.POLYGON).any():
        parts, inner = shapely.get_parts(parts, return_index=True)
        owner = owner[inner]
    kept = (shapely.get_type_id(parts) == shapely.GeometryType.POLYGON) & ~shapely.is_empty(parts)
    return parts[kept], owner[kept]


@np.errstate(invalid="ignore")  # a ring outside the projection has no area: NaN
def _ring_areas_m2(rings: ObjectArray, crs: CRS) -> FloatArray:
    """Return the signed area of each ring given in ``crs``."""
    points, owner = shapely.get_coordinates(rings, return_index=True)
    start = np.flatnonzero(owner[1:] == owner[:-1])
    end = start + 1
    middle = (points[start] + points[end]) / 2.0
    step = points[end] - points[start]
    long = np.flatnonzero(np.hypot(step[:, 0], step[:, 1]) > LONG_EDGE_M)
    lon, strip_m2 = _lon_and_strip(np.vstack([points, middle[long]]), crs)
    # Counted from the ring's first vertex instead of the equator: small numbers add up exactly.
    first = np.searchsorted(owner, np.arange(len(rings)))
    strip_m2 -= np.concatenate([strip_m2[first[owner]], strip_m2[first[owner[start[long]]]]])
    edge_m2 = 0.5 * (strip_m2[start] + strip_m2[end]) * _turn(lon[end] - lon[start])
    if len(long):
        three = np.column_stack([start[long], np.arange(len(points), len(lon)), end[long]])
        along = _turn(lon[three] - lon[three[:, :1]])
        edge_m2[long] = np.einsum("ki,ij,kj->k", strip_m2[three], _START_MIDDLE_END, along)
    area_m2: FloatArray = np.zeros(len(rings))
    np.add.at(area_m2, owner[start], edge_m2)
    return area_m2


def _lon_and_strip(points: FloatArray, crs: CRS) -> tuple[FloatArray, FloatArray]:
    """Return longitude (radians) and the strip from the equator (m² a radian) of points in ``crs``."""
    to_degrees = Transformer.from_pipeline(_to_degrees(crs))
    lon, lat = np.radians(to_degrees.transform(points[:, 0].copy(), points[:, 1].copy(), errcheck=False))
    geod = geod_of(crs)
    sine, e = np.sin(lat), np.sqrt(geod.es)
    curved = np.arctanh(e * sine) / e if e > 0 else sine
    return lon, 0.5 * geod.b**2 * (sine / (1.0 - geod.es * sine**2) + curved)


@cache
def _to_degrees(crs: CRS) -> str:
    """Return the pipeline to degrees: looking for it takes PROJ as long as thousands of points."""
    return plain_definition(crs, degrees_of(crs))


def _turn(angle: FloatArray) -> FloatArray:
    """Return differences of longitude as less than half a turn."""
    return angle - 2.0 * np.pi * np.round(angle / (2.0 * np.pi))
