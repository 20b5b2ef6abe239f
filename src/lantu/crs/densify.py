"""Vertices added to long edges before projecting, so that a straight edge may become the curve it is.

An edge that is straight in the source CRS is a curve in the target. Projecting only its ends replaces
the curve by its chord. Where the two lie further apart than the tolerance, the edge is halved, and
its halves again, until they do not. Existing vertices are never moved.

Neighbours must stay neighbours: what is added to an edge depends on its two ends alone, and is
computed from the lexicographically smaller end whichever way the ring runs. So both polygons at a
shared edge get the same vertices, bit for bit.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import shapely

from lantu.model import BoolArray, FloatArray, IntArray, ObjectArray

Project: TypeAlias = Callable[[FloatArray], FloatArray]
"""Takes source coordinates (n, 2), gives target coordinates (n, 2) in metres."""

TOLERANCE_M = 0.001
"""Largest distance between the projected curve and its chord."""

SHORTEST_EDGE_M = 50.0
"""Shorter edges are not looked at: bending one by 1 mm takes a radius of curvature below 312 km,
which a straight line of a map projection has only within about 3 degrees of a pole."""

ROUNDING = 0.999
"""From a little less than the shortest length on edges are looked at: a sum of squares is rounded."""

STEPS_AT_ONCE = 100_000

MAX_HALVINGS = 12
"""At most 4095 vertices are added to one edge, so that a stray coordinate cannot fill the memory."""

_LINES = (shapely.GeometryType.LINESTRING, shapely.GeometryType.LINEARRING)
_COLLECT: dict[int, Callable[..., ObjectArray]] = {
    int(shapely.GeometryType.MULTILINESTRING): shapely.multilinestrings,
    int(shapely.GeometryType.MULTIPOLYGON): shapely.multipolygons,
}


def densify(geometries: ObjectArray, *, project: Project, tolerance_m: float = TOLERANCE_M) -> ObjectArray:
    """Return ``geometries`` with vertices added where ``project`` bends an edge by more than the tolerance.

    Geometries stay in source coordinates; heights are interpolated. What needs no vertex is handed
    back as it is. None, points and empty geometries pass through.
    """
    result = geometries.copy()
    kinds, heights = shapely.get_type_id(geometries), shapely.has_z(geometries)
    for kind in np.unique(kinds[kinds > shapely.GeometryType.POINT]):
        for has_z in (False, True):
            rows = np.flatnonzero((kinds == kind) & (heights == has_z) & ~shapely.is_empty(geometries))
            if len(rows) and kind != shapely.GeometryType.MULTIPOINT:
                result[rows] = _densify_kind(geometries[rows], int(kind), project, tolerance_m)
    return result


def _densify_kind(geometries: ObjectArray, kind: int, project: Project, tolerance_m: float) -> ObjectArray:
    """Densify geometries that are all of one type and dimension."""
    if kind in _LINES:
        return _densify_lines(geometries, project, tolerance_m)
    if kind == shapely.GeometryType.POLYGON:
        rings, owner = shapely.get_rings(geometries, return_index=True)
        dense = _densify_lines(rings, project, tolerance_m)
        return _rebuilt(geometries, rings, dense, owner, shapely.polygons)
    parts, owner = shapely.get_parts(geometries, return_index=True)
    kept = ~shapely.is_empty(parts)
    parts, owner = parts[kept], owner[kept]
    dense = densify(parts, project=project, tolerance_m=tolerance_m)
    return _rebuilt(geometries, parts, dense, owner, _COLLECT.get(kind, shapely.geometrycollections))


def _rebuilt(
    geometries: ObjectArray,
    before: ObjectArray,
    after: ObjectArray,
    owner: IntArray,
    build: Callable[..., ObjectArray],
) -> ObjectArray:
    """Put parts together again for the geometries of which a part has got vertices."""
    grown = shapely.get_num_coordinates(after) > shapely.get_num_coordinates(before)
    changed = np.unique(owner[grown])
    if len(changed) == 0:
        return geometries
    rows = np.isin(owner, changed)
    result = geometries.copy()
    result[changed] = build(after[rows], indices=np.searchsorted(changed, owner[rows]))
    return result


def _densify_lines(lines: ObjectArray, project: Project, tolerance_m: float) -> ObjectArray:
    """Densify line strings or rings, all with heights or all without."""
    has_z = bool(shapely.has_z(lines[0]))
    coordinates, owner = shapely.get_coordinates(lines, include_z=has_z, return_index=True)
    projected = project(coordinates[:, :2])
    start = long_steps(projected)
    start = start[owner[start + 1] == owner[start]]
    ends, ends_m = (coordinates[start], coordinates[start + 1]), (projected[start], projected[start + 1])
    edge, added = _added(ends, ends_m, project, tolerance_m)
    if len(edge) == 0:
        return lines
    after = start[edge] + 1
    changed = np.unique(owner[after])
    coordinates = np.insert(coordinates, after, added, axis=0)
    owner = np.insert(owner, after, owner[after])
    rows = np.isin(owner, changed)
    kind = shapely.get_type_id(lines[0])
    build = shapely.linearrings if kind == shapely.GeometryType.LINEARRING else shapely.linestrings
    result = lines.copy()
    result[changed] = build(coordinates[rows], indices=np.searchsorted(changed, owner[rows]))
    return result


def added_vertices(
    points: FloatArray,
    runs: IntArray,
    projected: FloatArray,
    *,
    project: Project,
    tolerance_m: float = TOLERANCE_M,
) -> tuple[IntArray, FloatArray]:
    """Return what ``densify`` adds to rings and lines that lie flat, one run of vertices after the other.

    ``runs`` are the first vertex of each run and the end of the last. Each added vertex (k, 2), in source
    coordinates, comes before the vertex of which the number (k,) is given, ascending.
    """
    start = long_steps(projected)
    run = np.searchsorted(runs, start, side="right")
    start = start[run == np.searchsorted(runs, start + 1, side="right")]
    ends, ends_m = (points[start], points[start + 1]), (projected[start], projected[start + 1])
    edge, added = _added(ends, ends_m, project, tolerance_m)
    return start[edge] + 1, added


@np.errstate(invalid="ignore", over="ignore")  # places that the projection cannot express are infinite
def long_steps(projected: FloatArray) -> IntArray:
    """Return from which projected points (n, 2) the step to the next may be long enough to be bent.

    Looked at piece by piece: differences of all points of a city would go through the memory several times.
    """
    least_m2 = (ROUNDING * SHORTEST_EDGE_M) ** 2
    found = [np.empty(0, dtype=np.int64)]
    for first in range(0, len(projected) - 1, STEPS_AT_ONCE):
        east_m, north_m = np.diff(projected[first : first + STEPS_AT_ONCE + 1], axis=0).T
        found.append(first + np.flatnonzero(east_m * east_m + north_m * north_m > least_m2))
    return np.concatenate(found)


def bent_edges(
    ends: tuple[FloatArray, FloatArray],
    ends_m: tuple[FloatArray, FloatArray],
    *,
    project: Project,
    tolerance_m: float = TOLERANCE_M,
) -> BoolArray:
    """Say which edges ``densify`` gives a vertex, by their ends (n, 2) before and after projecting.

    Where no edge of a geometry is bent there is nothing to densify.
    """
    turned = _turned(*ends)
    return _bent(*_sorted(ends, turned), *_sorted(ends_m, turned), project, tolerance_m)


def _added(
    ends: tuple[FloatArray, FloatArray],
    ends_m: tuple[FloatArray, FloatArray],
    project: Project,
    tolerance_m: float,
) -> tuple[IntArray, FloatArray]:
    """Return the vertices to add to the edges, in order along them: edge number (k,), coordinates (k, d)."""
    turned = _turned(*ends)
    (low, high), (low_m, high_m) = _sorted(ends, turned), _sorted(ends_m, turned)
    edge = np.arange(len(low))
    at, span = np.zeros(len(low)), 1.0
    found: list[tuple[IntArray, FloatArray, FloatArray]] = []
    for _ in range(MAX_HALVINGS):
        bent = _bent(low, high, low_m, high_m, project, tolerance_m)
        edge, at, low, high = edge[bent], at[bent], low[bent], high[bent]
        if len(edge) == 0:
            break
        middle = (low + high) / 2.0
        low_m, high_m, middle_m = low_m[bent], high_m[bent], project(middle[:, :2])
        span /= 2.0
        found.append((edge, at + span, middle))
        edge, at = np.concatenate([edge, edge]), np.concatenate([at, at + span])
        low, high = np.concatenate([low, middle]), np.concatenate([middle, high])
        low_m, high_m = np.concatenate([low_m, middle_m]), np.concatenate([middle_m, high_m])
    if not found:
        return np.empty(0, dtype=np.int64), np.empty((0, low.shape[1]))
    edges, along, points = (np.concatenate(column) for column in zip(*found, strict=True))
    along = np.where(turned[edges], 1.0 - along, along)
    order = np.lexsort((along, edges))
    return edges[order], points[order]


def _sorted(ends: tuple[FloatArray, FloatArray], turned: BoolArray) -> tuple[FloatArray, FloatArray]:
    """Return the ends of edges, those that are turned the other way round."""
    start, end = ends
    return np.where(turned[:, None], end, start), np.where(turned[:, None], start, end)


def _turned(start: FloatArray, end: FloatArray) -> BoolArray:
    """Say which edges begin at their larger end."""
    larger = (start[:, 0] > end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1]))
    return np.asarray(larger, dtype=np.bool_)


def _bent(  # both ends of each edge, before and after projecting
    low: FloatArray,
    high: FloatArray,
    low_m: FloatArray,
    high_m: FloatArray,
    project: Project,
    tolerance_m: float,
) -> BoolArray:
    """Say which edges lie further than the tolerance from the chord between their projected ends.

    Measured across the chord at a quarter, a half and three quarters: an edge that bends both ways
    (across the equator) passes through its chord in the middle.
    """
    bent = np.zeros(len(low), dtype=np.bool_)
    chord = high_m - low_m
    length_m = np.hypot(chord[:, 0], chord[:, 1])
    rows = np.flatnonzero(np.isfinite(length_m) & (length_m > SHORTEST_EDGE_M))
    if len(rows) == 0:
        return bent
    along = chord[rows] / length_m[rows, None]
    middle = (low[rows, :2] + high[rows, :2]) / 2.0
    for point in (middle, (low[rows, :2] + middle) / 2.0, (middle + high[rows, :2]) / 2.0):
        off = project(point) - low_m[rows]
        across_m = np.abs(along[:, 0] * off[:, 1] - along[:, 1] * off[:, 0])
        bent[rows] |= np.isfinite(across_m) & (across_m > tolerance_m)
    return bent
