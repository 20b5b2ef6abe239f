"""Outlines: the rings of a layer's polygons as flat arrays, for kernels that never see an object."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from lantu.pieces import in_pieces
from lantu.relations.kernels.compiled import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lantu.model import BoolArray, FloatArray, IntArray, ObjectArray

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
    xy = shapely.get_coordinates(geometry)
    if not np.isfinite(xy).all():
        points, owner = shapely.get_coordinates(geometry, return_index=True)
        fit[owner[~np.isfinite(points).all(axis=1)]] = False
    if not fit.all():
        xy = shapely.get_coordinates(geometry[fit])
    count = np.zeros(len(geometry), dtype=np.int64)
    count[fit] = shapely.get_num_coordinates(geometry[fit])
    first = np.concatenate([[0], np.cumsum(count)]).astype(np.int64)
    ring, shell = _rings(geometry[fit], count[fit])
    boxes_m = np.asarray(shapely.bounds(geometry), dtype=np.float64)
    boxes_m[count == 0] = np.nan
    return outlined(np.ascontiguousarray(xy), ring, shell, first, boxes_m)


def outlined(
    xy: FloatArray, ring: IntArray, shell: BoolArray, first: IntArray, boxes_m: FloatArray
) -> Outlines:
    """Return the outlines of features from their vertices, rings and boxes.

    ``ring`` is the first vertex of each ring, and the end of the last; ``shell`` says which are shells.
    """
    first_block = np.concatenate([[0], np.cumsum(-(-np.maximum(np.diff(ring) - 1, 0) // BLOCK))])
    blocks = first_block[np.searchsorted(ring, first)].astype(np.int64)
    side = np.zeros(len(xy), dtype=np.int8)
    block_m, block_edges = np.empty((blocks[-1], 4)), np.empty((blocks[-1], 2), dtype=np.int64)
    count = len(first) - 1
    area_m2, length_m, rings = np.zeros(count), np.zeros(count), np.zeros(count, np.int64)

    def of_rings(low: int, high: int) -> None:
        _sides(xy, ring[low : high + 1], shell[low:high], side)
        part = slice(first_block[low], first_block[high])
        _boxes(xy, ring[low : high + 1], block_m[part], block_edges[part])

    def of_features(low: int, high: int) -> None:
        some = slice(low, high)
        _sizes(xy, side, first[low : high + 1], area_m2[some], length_m[some], rings[some])

    in_pieces(len(shell), of_rings)
    in_pieces(count, of_features)
    return Outlines(xy, side, first, blocks, boxes_m, block_m, block_edges, area_m2, length_m, rings)


def _rings(polygons: ObjectArray, count: IntArray) -> tuple[IntArray, BoolArray]:
    """Return the first vertex of each ring (and the end of the last), and which rings are shells.

    ``count`` are the vertices of each polygon. Most have one ring, so there is nothing to ask; taking rings
    apart costs twenty times as much as all coordinates do.
    """
    single = (shapely.get_type_id(polygons) == POLYGON_TYPES[0]) & (
        shapely.get_num_interior_rings(polygons) == 0
    )
    length, shell = count[single], np.ones(int(single.sum()), dtype=np.bool_)
    if not single.all():
        parts, owner = shapely.get_parts(polygons[~single], return_index=True)
        rings, part = shapely.get_rings(parts, return_index=True)
        length = np.concatenate([length, shapely.get_num_coordinates(rings)])
        shell = np.concatenate([shell, np.r_[True, part[1:] != part[:-1]]])
        owners = np.concatenate([np.flatnonzero(single), np.flatnonzero(~single)[owner[part]]])
        order = np.argsort(owners, kind="stable")
        length, shell = length[order], shell[order]
    return np.concatenate([[0], np.cumsum(length)]).astype(np.int64), shell


def centres_of(outlines: Outlines) -> FloatArray:
    """Return the centroid of each feature, shape (n, 2), NaN where it has no area."""
    centre_m = np.full((len(outlines.boxes_m), 2), np.nan)

    def of_features(low: int, high: int) -> None:
        _centres(outlines.xy, outlines.side, outlines.first[low : high + 1], centre_m[low:high])

    in_pieces(len(centre_m), of_features)
    return centre_m


@kernel
def _sides(xy: FloatArray, ring: IntArray, shell: BoolArray, side: NDArray[np.int8]) -> None:
    """Fill in on which side of each edge its polygon lies: a shell encloses it, a hole is cut out of it."""
    for number in range(shell.shape[0]):
        start, stop = ring[number], ring[number + 1] - 1
        double_m2 = 0.0
        for i in range(start + 1, stop):
            ax, ay = xy[i, 0] - xy[start, 0], xy[i, 1] - xy[start, 1]
            bx, by = xy[i + 1, 0] - xy[start, 0], xy[i + 1, 1] - xy[start, 1]
            double_m2 += ax * by - bx * ay
        turn = 1 if (double_m2 > 0.0) == shell[number] else -1
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


@kernel
def _centres(xy: FloatArray, side: NDArray[np.int8], first: IntArray, centre_m: FloatArray) -> None:
    """Fill in the centroid of each feature, from the triangles between its first vertex and each edge."""
    for row in range(first.shape[0] - 1):
        start = first[row]
        double_m2, sum_x, sum_y = 0.0, 0.0, 0.0
        for i in range(start, first[row + 1]):
            if side[i] == 0:
                continue
            ax, ay = xy[i, 0] - xy[start, 0], xy[i, 1] - xy[start, 1]
            bx, by = xy[i + 1, 0] - xy[start, 0], xy[i + 1, 1] - xy[start, 1]
            triangle = side[i] * (ax * by - bx * ay)
            double_m2 += triangle
            sum_x += triangle * (ax + bx)
            sum_y += triangle * (ay + by)
        if double_m2 > 0.0:
            centre_m[row, 0] = xy[start, 0] + sum_x / (3.0 * double_m2)
            centre_m[row, 1] = xy[start, 1] + sum_y / (3.0 * double_m2)
