"""Where a finding is: its town and village, from the blueprint's town layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from lantu.model import in_threads

if TYPE_CHECKING:
    import geopandas as gpd

    from lantu.model import Layer, ObjectArray


def place(findings: gpd.GeoDataFrame, towns: Layer | None) -> gpd.GeoDataFrame:
    """Fill ``town`` and ``village`` with the names of the areas that hold a point of each finding.

    The point lies on the finding's own geometry; of several areas the first by id counts.
    """
    if towns is None or towns.refusal is not None or findings.empty:
        return findings
    geometry = np.asarray(findings.geometry.to_numpy(), dtype=object)
    points = in_threads(shapely.point_on_surface, geometry)
    placed = findings.copy(deep=False)  # its columns are replaced, never written to
    for level in ("town", "village"):
        placed[level] = pd.Series(_names(points, towns, level), index=placed.index, dtype="object")
    return placed


def _names(points: ObjectArray, towns: Layer, level: str) -> ObjectArray:
    names = np.full(len(points), None, dtype=object)
    levels = towns.values("admin_level")
    rows = np.flatnonzero((levels == level) | ((levels == None) & (level == "town")))  # noqa: E711  # elementwise
    rows = rows[np.argsort(towns.ids[rows].astype(str), kind="stable")]
    if len(rows) == 0:
        return names
    tree = shapely.STRtree(towns.geometry[rows])
    point, area = tree.query(points, predicate="intersects")
    order = np.lexsort((area, point))
    point, area = point[order], area[order]
    first = np.flatnonzero(np.r_[True, point[1:] != point[:-1]]) if len(point) else np.empty(0, np.int64)
    names[point[first]] = towns.values("name")[rows[area[first]]]
    return names
