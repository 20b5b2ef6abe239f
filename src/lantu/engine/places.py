"""Where a finding is: its town and village, from the blueprint's town layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import shapely

from lantu.model import Coded, in_threads

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd

    from lantu.model import Layer, ObjectArray, StoredFindings

LEVELS = ("town", "village")


def place(findings: gpd.GeoDataFrame, towns: Layer | None) -> gpd.GeoDataFrame:
    """Fill ``town`` and ``village`` with the names of the areas that hold a point of each finding.

    The point lies on the finding's own geometry; of several areas the first by id counts.
    """
    if towns is None or towns.refusal is not None or findings.empty:
        return findings
    points = _points(np.asarray(findings.geometry.to_numpy(), dtype=object))
    placed = findings.copy(deep=False)  # its columns are replaced, never written to
    for level in LEVELS:
        placed[level] = pd.Series(_namer(towns, level)(points), index=placed.index, dtype="object")
    return placed


def places_of(findings: StoredFindings, towns: Layer | None) -> dict[str, Coded]:
    """Return ``town`` and ``village`` as ``place`` fills them."""
    if towns is None or towns.refusal is not None:
        nowhere = np.full(len(findings), None, dtype=object)
        return {level: Coded.of_objects(nowhere) for level in LEVELS}
    namers = {level: _namer(towns, level) for level in LEVELS}
    names: dict[str, list[pa.Array]] = {level: [] for level in LEVELS}
    for shapes in findings.shapes():
        points = _points(shapes)
        for level, namer in namers.items():
            names[level].append(pa.array(namer(points), pa.string()).dictionary_encode())
    return {level: Coded.of_chunks(names[level]) for level in LEVELS}


def _points(shapes: ObjectArray) -> ObjectArray:
    return np.asarray(in_threads(shapely.point_on_surface, shapes), dtype=object)


def _namer(towns: Layer, level: str) -> Callable[[ObjectArray], ObjectArray]:
    """Return what names the area of a level that holds each of some points, None where none does."""
    levels = towns.values("admin_level")
    rows = np.flatnonzero((levels == level) | ((levels == None) & (level == "town")))  # noqa: E711  # elementwise
    rows = rows[np.argsort(towns.ids[rows].astype(str), kind="stable")]
    tree, called = shapely.STRtree(towns.geometry[rows]), towns.values("name")[rows]

    def names(points: ObjectArray) -> ObjectArray:
        found = np.full(len(points), None, dtype=object)
        point, area = tree.query(points, predicate="intersects")
        order = np.lexsort((area, point))
        point, area = point[order], area[order]
        first = np.flatnonzero(np.r_[True, point[1:] != point[:-1]][: len(point)])
        found[point[first]] = called[area[first]]
        return found

    return names
