"""Outlines: the rings of a layer's polygons as flat arrays, for kernels that never see an object."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from lantu.relations.kernels.compiled import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lantu.model import FloatArray, IntArray, ObjectArray

BLOCK = 32
"""Edges that share one box: a kernel passes over a far block of a large polygon in one step."""

POLYGON_TYPES = (3, 6)  # shapely's type numbers of Polygon and MultiPolygon


class Outlines(NamedTuple):
    """All rings of all polygons of a layer, feature after feature, ring after ring.

    ``xy`` (m, 2) are the vertices in metres; the edge of vertex i runs from i to i+1. ``side`` (m,) is 1
    where the polygon lies left of that edge, -1 where right, 0 where no edge starts (the last vertex of a
    ring). ``first`` (n+1,) is the first vertex of each feature, ``boxes_m`` (n, 4) its box, NaN where there
    is none, and ``blocks`` (n+1,) its first block. A block is up to BLOCK edges of one ring that follow each
    other, from the edge ``block_edges[:, 0]`` to before ``block_edges[:, 1]`` (k, 2), in the box ``block_m``
    (k, 4). ``area_m2``, ``length_m`` and ``rings`` (n,) are each feature's own area, length of boundary and
    number of rings. Features that are no polygons, or have a coordinate that is no number, have no vertices.
    """

    xy: FloatArray
    side: NDArray[np.int8]
    first: IntArray
    blocks: IntArray
    boxes_m: FloatArray
    block_m: FloatArray
    block_edges: IntArray
    area_m2: FloatArray
    length_m: FloatArray
    rings: IntArray


def outlines_of(geometry: ObjectArray) -> Outlines:
    """Return the outlines of a layer's geometries, shape (n,): one pass, a tenth of reading them."""
    fit = np.isin(shapely.get_type_id(geometry), POLYGON_TYPES) & ~shapely.is_empty(geometry)
    xy, ring, polygon, feature = _ragged(geometry[fit])
    broken = np.flatnonzero(~np.isfinite(xy).all(axis=1))
    if len(broken):
        owner = np.searchsorted(ring[polygon[feature]], broken, side="right") - 1
        fit[np.flatnonzero(fit)[owner]] = False
        xy, ring, polygon, feature = _ragged(geometry[fit])
    count = np.zeros(len(geometry), dtype=np.int64)
    count[fit] = np.diff(ring[polygon[feature]])
    first = np.concatenate([[0], np.cumsum(count)]).astype(np.int64)
    blocks_of_rings = np.concatenate([[0], np.cumsum(-(-np.maximum(np.diff(ring) - 1, 0) // BLOCK))])
    blocks = blocks_of_rings[np.searchsorted(ring, first)].astype(np.int64)
    side = np.zeros(len(xy), dtype=np.int8)
    _sides(xy, ring, polygon, side)
    block_m, block_edges = np.empty((blocks[-1], 4)), np.empty((blocks[-1], 2), dtype=np.int64)
    _boxes(xy, ring, block_m, block_edges)
    area_m2, length_m, rings = np.zeros(len(count)), np.zeros(len(count)), np.zeros(len(count), np.int64)
    _sizes(xy, side, first, area_m2, length_m, rings)
    boxes_m = np.asarray(shapely.bounds(geometry), dtype=np.float64)
    boxes_m[count == 0] = np.nan
    return Outlines(xy, side, first, blocks, boxes_m, block_m, block_edges, area_m2, length_m, rings)


def _ragged(polygons: ObjectArray) -> tuple[FloatArray, IntArray, IntArray, IntArray]:
    """Return vertices, and where each ring, polygon and feature starts among vertices, rings, polygons."""
    if len(polygons) == 0:
        zero = np.zeros(1, dtype=np.int64)
        return np.empty((0, 2)), zero, zero, zero
    kind, points, offsets = shapely.to_ragged_array(polygons, include_z=False)
    ring, polygon = (np.asarray(each, dtype=np.int64) for each in offsets[:2])
    single = kind == shapely.GeometryType.POLYGON
    feature = np.arange(len(polygons) + 1) if single else np.asarray(offsets[2], dtype=np.int64)
    return np.ascontiguousarray(points, dtype=np.float64), ring, polygon, feature


@kernel
def _sides(xy: FloatArray, ring: IntArray, polygon: IntArray, side: NDArray[np.int8]) -> None:
    """Fill in on which side of each edge its polygon lies: a shell encloses it, a hole is cut out of it."""
    for part in range(polygon.shape[0] - 1):
        for number in range(polygon[part], polygon[part + 1]):
            start, stop = ring[number], ring[number + 1] - 1
            double_m2 = 0.0
            for i in range(start + 1, stop):
                ax, ay = xy[i, 0] - xy[start, 0], xy[i, 1] - xy[start, 1]
                bx, by = xy[i + 1, 0] - xy[start, 0], xy[i + 1, 1] - xy[start, 1]
                double_m2 += ax * by - bx * ay
            shell = number == polygon[part]
            turn = 1 if (double_m2 > 0.0) == shell else -1
            for i in range(start, stop):
                side[i] = turn


@kernel
def _boxes(xy: FloatArray, ring: IntArray, block_m: FloatArray, block_edges: IntArray) -> None:
    """Fill in the edges of each block, ring by ring, and the box around them."""
    block = 0
    for number in range(ring.shape[0] - 1):
        last = ring[number + 1] - 1
        for start in range(ring[number], last, BLOCK):
            stop = min(start + BLOCK, last)
            block_edges[block, 0], block_edges[block, 1] = start, stop
            low_x, low_y, high_x, high_y = np.inf, np.inf, -np.inf, -np.inf
            for i in range(start, stop + 1):
                low_x, high_x = min(low_x, xy[i, 0]), max(high_x, xy[i, 0])
                low_y, high_y = min(low_y, xy[i, 1]), max(high_y, xy[i, 1])
            block_m[block, 0], block_m[block, 1] = low_x, low_y
            block_m[block, 2], block_m[block, 3] = high_x, high_y
            block += 1


@kernel
def _sizes(
    xy: FloatArray,
    side: NDArray[np.int8],
    first: IntArray,
    area_m2: FloatArray,
    length_m: FloatArray,
    rings: IntArray,
) -> None:
    """Fill in the area of each feature, the length of its boundary, and how many rings it has."""
    for row in range(first.shape[0] - 1):
        start = first[row]
        for i in range(start, first[row + 1]):
            if side[i] == 0:
                rings[row] += 1
                continue
            ax, ay = xy[i, 0] - xy[start, 0], xy[i, 1] - xy[start, 1]
            bx, by = xy[i + 1, 0] - xy[start, 0], xy[i + 1, 1] - xy[start, 1]
            area_m2[row] += side[i] * (ax * by - bx * ay) / 2.0
            length_m[row] += math.sqrt((bx - ax) ** 2 + (by - ay) ** 2)
