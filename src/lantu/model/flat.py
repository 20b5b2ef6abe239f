"""Geometries of one layer as vertices and offsets, before any object is made of them.

The layout is that of GeoArrow and of ``shapely.from_ragged_array``. Where a format allows it a layer is read
and projected like this, and objects are made once, of the projected vertices.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import shapely

if TYPE_CHECKING:
    from lantu.model.arrays import BoolArray, FloatArray, IntArray, ObjectArray

POINT, LINE, POLYGON = (
    int(kind)
    for kind in (shapely.GeometryType.POINT, shapely.GeometryType.LINESTRING, shapely.GeometryType.POLYGON)
)


@dataclass(frozen=True, kw_only=True)
class FlatGeometry:
    """Points, lines or polygons of n features, none of them null or empty, all vertices (m, 2) finite.

    ``runs`` (r+1,) is the first vertex of each run (a ring, a line or a point) and the end of the last,
    ``parts`` (p+1,) the first run of each single geometry, ``features`` (n+1,) the first single geometry of
    each feature. ``several`` (n,) says which features are multipolygons, however many parts they have.
    """

    kind: int  # POINT, LINE or POLYGON
    xy: FloatArray
    runs: IntArray
    parts: IntArray
    features: IntArray
    several: BoolArray

    def __len__(self) -> int:
        """Return the number of features."""
        return len(self.features) - 1

    @cached_property
    def objects(self) -> ObjectArray:
        """Return the geometries as shapely's objects, shape (n,)."""
        offsets = {POINT: None, LINE: (self.runs,), POLYGON: (self.runs, self.parts)}[self.kind]
        made = shapely.from_ragged_array(shapely.GeometryType(self.kind), self.xy, offsets)
        single: ObjectArray = np.asarray(made, dtype=object)
        if not self.several.any():
            return single
        of = np.repeat(np.arange(len(self)), np.diff(self.features))
        joined = self.several[of]
        result = np.empty(len(self), dtype=object)
        result[~self.several] = single[~joined]
        place = np.cumsum(self.several) - 1
        result[self.several] = shapely.multipolygons(single[joined], indices=place[of[joined]])
        return result

    @property
    def bounds(self) -> FloatArray:
        """Return xmin, ymin, xmax, ymax of all vertices; there is at least one."""
        x, y = self.xy[:, 0], self.xy[:, 1]
        return np.array([x.min(), y.min(), x.max(), y.max()])

    @property
    def first_points(self) -> FloatArray:
        """Return the first vertex of each feature, shape (n, 2)."""
        points: FloatArray = self.xy[self.runs[self.parts[self.features[:-1]]]]
        return points

    def moved(self, xy: FloatArray, *, runs: IntArray | None = None) -> FlatGeometry:
        """Return the same features with other vertices, and with ``runs`` other numbers of them."""
        return replace(self, xy=xy, runs=self.runs if runs is None else runs)


class LazyGeometry:
    """The field ``geometry`` of a table: given as objects or flat, got as objects, made when asked for."""

    def __get__(self, table: object | None, _: type | None = None) -> ObjectArray:
        """Return the objects."""
        if table is None:
            raise AttributeError  # a field without a default
        given: Any = table.__dict__["geometry"]
        objects: ObjectArray = given.objects if isinstance(given, FlatGeometry) else given
        return objects

    def __set__(self, table: object, given: ObjectArray) -> None:
        """Take what the table is made with, objects or what ``lazily`` gives."""
        table.__dict__["geometry"] = given


def lazily(flat: FlatGeometry) -> ObjectArray:
    """Return flat geometry as a ``LazyGeometry`` takes it, which hands on objects to whoever asks."""
    return cast("ObjectArray", flat)


def flat_of(table: object) -> FlatGeometry | None:
    """Return the geometry of a table with a ``LazyGeometry``, None where it was given as objects."""
    given = table.__dict__["geometry"]
    return given if isinstance(given, FlatGeometry) else None
