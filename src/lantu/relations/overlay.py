"""Overlays that one damaged geometry cannot stop.

Shapely's operations raise for the whole array when GEOS fails on one element. Here the array is
halved until the failing elements stand alone, and those are computed again on repaired geometries
and then on ever coarser grids. Every other element gets what it would have got anyway, so a result
never depends on its neighbours in the array.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely.errors import GEOSException

from lantu.relations.tolerance import TOPOLOGY_M

if TYPE_CHECKING:
    from collections.abc import Callable

    from lantu.model import BoolArray, IntArray, ObjectArray

GRIDS_M = (1e-6, 1e-5, 1e-4, TOPOLOGY_M)
"""Grids to fall back on, in metres; the coarsest is the topology tolerance of standards/tolerance.md."""

ARC_SEGMENTS = 16
"""Segments per quarter circle of a buffer: its radius is short by at most 0.12 %."""

POLYGONAL = (3, 6)  # shapely's type numbers of Polygon and MultiPolygon
LINEAL = (1, 2, 5)  # LineString, LinearRing, MultiLineString


def overlay(operation: Callable[..., Any], a: ObjectArray, b: ObjectArray) -> ObjectArray:
    """Return ``operation(a, b)`` for each element, shape (n,); None where nothing could compute it.

    ``operation`` is a binary set operation of shapely that takes ``grid_size``.
    """

    def rescue(position: int) -> Any:  # noqa: ANN401  # a shapely geometry or None
        return _rescued(operation, a[position], b[position])

    return elementwise(operation, (a, b), rescue)


def elementwise(
    function: Callable[..., Any], arrays: tuple[Any, ...], rescue: Callable[[int], Any], start: int = 0
) -> ObjectArray:
    """Return ``function(*arrays)``, asking ``rescue(position)`` for each element that GEOS fails on."""
    size = len(arrays[0])
    if size == 0:
        return np.empty(0, dtype=object)
    try:
        with np.errstate(all="ignore"):  # GEOS leaves floating-point flags behind on healthy input
            return np.asarray(function(*arrays), dtype=object)
    except GEOSException:
        if size == 1:
            alone = np.empty(1, dtype=object)
            alone[0] = rescue(start)
            return alone
    half = size // 2
    first = elementwise(function, tuple(array[:half] for array in arrays), rescue, start)
    second = elementwise(function, tuple(array[half:] for array in arrays), rescue, start + half)
    return np.concatenate([first, second])


def _rescued(operation: Callable[..., Any], a: Any, b: Any) -> Any:  # noqa: ANN401  # shapely geometries
    """Compute one element on repaired geometries, then on coarser and coarser grids."""
    try:
        a, b = shapely.make_valid(a), shapely.make_valid(b)
    except GEOSException:
        return None
    for grid_m in (None, *GRIDS_M):
        try:
            with np.errstate(all="ignore"):
                return operation(a, b, grid_size=grid_m)
        except GEOSException:
            continue
    return None


def union_of_each(geometries: ObjectArray, groups: IntArray, *, count: int) -> ObjectArray:
    """Return the union of the geometries of each group 0..count-1, shape (count,), empty for none.

    ``groups`` is sorted. The order of the geometries within a group is kept: the same order gives
    the same bytes.
    """
    unions = np.empty(count, dtype=object)
    unions[:] = shapely.GeometryCollection()
    if len(geometries) == 0:
        return unions
    present, starts = np.unique(groups, return_index=True)
    ends = np.r_[starts[1:], len(groups)]
    collections = shapely.geometrycollections(geometries, indices=np.searchsorted(present, groups))

    def rescue(position: int) -> Any:  # noqa: ANN401  # a shapely geometry or None
        return _rescued_union(geometries[starts[position] : ends[position]])

    unions[present] = elementwise(_unary_union, (collections,), rescue)
    return unions


def _unary_union(collections: ObjectArray) -> ObjectArray:
    return np.asarray(shapely.union_all(collections[:, None], axis=1), dtype=object)


def _rescued_union(geometries: ObjectArray) -> Any:  # noqa: ANN401  # a shapely geometry or None
    """Unite one group piece by piece, each step with its own rescue."""
    whole = geometries[:1]
    for other in geometries[1:]:
        piece = np.empty(1, dtype=object)
        piece[0] = other
        whole = overlay(shapely.union, whole, piece)
    return whole[0]


def eroded(polygons: ObjectArray, by_m: float) -> ObjectArray:
    """Return what of each polygon lies deeper than ``by_m`` inside it, empty where nothing does.

    Round joins, because the erosion of a polygon is what a disc of this radius can reach with its
    centre; a mitre would take more away at a re-entrant corner and hide places where the disc fits.
    """
    return grown(polygons, -by_m)


def grown(geometries: ObjectArray, by_m: float) -> ObjectArray:
    """Return each geometry's buffer; where GEOS fails, the buffer of the repaired geometry."""

    def buffer(chosen: ObjectArray) -> ObjectArray:
        return np.asarray(shapely.buffer(chosen, by_m, quad_segs=ARC_SEGMENTS), dtype=object)

    def rescue(position: int) -> Any:  # noqa: ANN401  # a shapely geometry or None
        try:
            return shapely.buffer(shapely.make_valid(geometries[position]), by_m, quad_segs=ARC_SEGMENTS)
        except GEOSException:
            return None

    return elementwise(buffer, (geometries,), rescue)


def polygonal(geometries: ObjectArray) -> ObjectArray:
    """Return only the polygons of each geometry; an empty polygon where it has none, None for None."""
    return _only(geometries, POLYGONAL, shapely.multipolygons, shapely.Polygon())


def lineal(geometries: ObjectArray) -> ObjectArray:
    """Return only the lines of each geometry; an empty line where it has none, None for None."""
    return _only(geometries, LINEAL, shapely.multilinestrings, shapely.LineString())


def _only(
    geometries: ObjectArray,
    types: tuple[int, ...],
    build: Callable[..., Any],
    empty: Any,  # noqa: ANN401  # a shapely geometry
) -> ObjectArray:
    kinds = shapely.get_type_id(geometries)
    clean: BoolArray = np.isin(kinds, types) | (kinds == -1)
    if clean.all():
        return geometries
    chosen = geometries.copy()
    mixed = np.flatnonzero(~clean)
    chosen[mixed] = empty
    parts, owner = shapely.get_parts(geometries[mixed], return_index=True)
    parts, inner = shapely.get_parts(parts, return_index=True)  # multi-geometries inside a collection
    owner = owner[inner]
    right = np.isin(shapely.get_type_id(parts), types)
    if right.any():
        present, group = np.unique(owner[right], return_inverse=True)
        chosen[mixed[present]] = build(parts[right], indices=group)
    return chosen
