"""Recorded areas against drawn ones: how far they may differ, and when a whole layer is in a wrong unit."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from lantu.crs import areal_scales
from lantu.model import parts_of, rings_of
from lantu.relations.index import index_of
from lantu.standards import unit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyproj import CRS

    from lantu.model import BoolArray, FloatArray, IntArray, Layer, ObjectArray

AREA_COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "land.parcel": "area_registered_m2",
        "land.survey": "area_recorded_m2",
        "plan.plot": "area_planned_m2",
    }
)
"""Which column of a standard holds the area on record."""

UNITS = ("m2", "mu", "ha", "km2")

MAX_DEVIATION_RATIO = 0.10
"""A layer's median ratio counts as a ratio of two units when it is no further than this from it. Honest
medians are within some percent of 1, and the ratios of two units are at least 1 to 15 apart."""


SMALL_M = 1_000.0
EDGE_OFF_M = 2e-4
"""An edge of a feature no larger than SMALL_M leaves its line on the ellipsoid by less than this."""

WORTH_IT = 100
"""So many features at least: for fewer, measuring takes no longer than looking whether it must be."""


class UnitMistake(NamedTuple):
    """The unit the numbers seem to be in, the one they were read in, and the ratio that says so."""

    seems: str
    read_as: str
    median_ratio: float
    unit_ratio: float


def recorded_m2(layer: Layer) -> FloatArray:
    """Return the recorded areas of a layer, shape (n,); NaN where there is none or its standard has none."""
    column = AREA_COLUMNS.get(layer.standard)
    if column is None or column not in layer.frame.columns:
        return np.full(len(layer), np.nan)
    return np.asarray(layer.values(column), dtype=np.float64)


def unit_mistake(layer: Layer, *, max_deviation_ratio: float = MAX_DEVIATION_RATIO) -> UnitMistake | None:
    """Return the mistake of unit that the median of recorded over drawn area speaks for, or None."""
    recorded = recorded_m2(layer)
    drawn = index_of(layer).area_m2
    usable = (recorded > 0) & (drawn > 0)
    if not usable.any():
        return None
    median = float(np.median(recorded[usable] / drawn[usable]))
    factors = {name: float(unit(name).si) for name in UNITS}
    for seems in UNITS:
        for read_as in UNITS:
            ratio = factors[read_as] / factors[seems]
            if seems != read_as and abs(median / ratio - 1.0) <= max_deviation_ratio:
                return UnitMistake(seems, read_as, median, ratio)
    return None


def surely_within(
    floor_m2: FloatArray, geometries: ObjectArray, recorded: FloatArray, *, working_crs: CRS
) -> BoolArray:
    """Return where the projected area shows that the ellipsoid's is within ``floor_m2`` of the record.

    That is most features of an honest layer, and takes a tenth of measuring on the ellipsoid. Said only of
    features whose edges are short enough to be the same line in both, but for ``EDGE_OFF_M``.
    """
    box_m = shapely.bounds(geometries)
    small = (box_m[:, 2] - box_m[:, 0] <= SMALL_M) & (box_m[:, 3] - box_m[:, 1] <= SMALL_M)
    if np.count_nonzero(small) < WORTH_IT:
        return np.zeros(len(geometries), dtype=np.bool_)
    around_m = np.r_[box_m[small, :2].min(axis=0), box_m[small, 2:].max(axis=0)]
    drawn = shapely.area(geometries)
    off_m2 = [np.abs(recorded - drawn * scale) for scale in areal_scales(around_m, working_crs=working_crs)]
    edges_m2 = EDGE_OFF_M * shapely.length(geometries)
    return np.asarray(small & (np.maximum(*off_m2) + edges_m2 <= floor_m2), dtype=np.bool_)


def area_deviation_m2(geometries: ObjectArray, *, accuracy_m: float) -> FloatArray:
    """Return the standard deviation of each polygon's area when every vertex errs by ``accuracy_m``.

    sigma_A² = (sigma²/4) · sum of d_i², d_i the distance between the two neighbours of vertex i, over all
    rings (tolerance.md section 3). ``accuracy_m`` is the standard error per axis; shape (n,).
    """
    parts, part_owner = parts_of(geometries)
    polygon = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    rings, ring_part = rings_of(parts[polygon])
    part_owner = part_owner[polygon]
    points, ring = shapely.get_coordinates(rings, return_index=True)
    squares = _squared_spans_m2(points, ring)
    total = np.bincount(part_owner[ring_part[ring]], weights=squares, minlength=len(geometries))
    return np.asarray(accuracy_m / 2.0 * np.sqrt(total), dtype=np.float64)


def _squared_spans_m2(points: FloatArray, ring: IntArray) -> FloatArray:
    """Return the squared distance between each vertex's neighbours; 0 at the vertex that closes a ring."""
    size = len(points)
    if size == 0:
        return np.zeros(0)
    position = np.arange(size)
    starts = np.r_[True, ring[1:] != ring[:-1]]
    ends = np.r_[starts[1:], True]
    first = position[starts][np.cumsum(starts) - 1]
    last = position[ends][np.cumsum(starts) - 1]
    before = np.where(starts, last - 1, position - 1)
    after = np.where(ends, first, position + 1)
    after = np.minimum(after, last)
    spans = ((points[after] - points[before]) ** 2).sum(axis=1)
    return np.where(ends, 0.0, spans)
