"""Outlines straight from well-known binary, as it stands in Arrow columns and GeoParquet: no object is made.

Read are polygons and multi-polygons in little-endian WKB, ISO or extended, with heights and measures passed
over; points and lines have no outline. Anything else in a column (big-endian numbers, collections,
rings that do not close, bytes that end too early) is shapely's to read, or to refuse.
"""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lantu.pieces import in_pieces
from lantu.relations.kernels.compiled import inner_kernel, kernel
from lantu.relations.kernels.outlines import Outlines, outlined

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lantu.model import BoolArray, FloatArray, IntArray

    Bytes = NDArray[np.uint8]

POLYGON, MULTI_POLYGON = 3, 6
WITHOUT_OUTLINE = 1, 2, 4, 5
"""WKB's numbers of points and lines, single and multi."""

HAS_Z, HAS_M, HAS_SRID = 1 << 31, 1 << 30, 1 << 29
"""Flags of extended WKB; ISO adds 1000 for heights, 2000 for measures, 3000 for both."""

LEAST_VERTICES = 4
NUMBER_BYTES, COORDINATE_BYTES = 4, 8
UNREAD = -1


class Binary(NamedTuple):
    """Geometries in well-known binary: the k-th is ``data[start[k]:start[k + 1]]`` if it is ``there``."""

    data: Bytes
    start: IntArray
    there: BoolArray


class Room(NamedTuple):
    """What is filled in for geometries: where their vertices and rings begin, those, and boxes."""

    first: IntArray
    first_ring: IntArray
    xy: FloatArray
    bytes_of_xy: Bytes
    ring: IntArray
    shell: BoolArray
    boxes_m: FloatArray


def outlines_from_wkb(chunks: Sequence[Binary]) -> Outlines | None:
    """Return the outlines of all geometries, one chunk after another; None where shapely has to read them."""
    begin = _summed(np.array([len(chunk.there) for chunk in chunks], dtype=np.int64))
    vertices, rings = np.zeros(begin[-1], dtype=np.int64), np.zeros(begin[-1], dtype=np.int64)
    if sys.byteorder != "little":
        return None
    for chunk, row in zip(chunks, begin, strict=False):
        if not all(in_pieces(len(chunk.there), partial(_count, chunk, vertices[row:], rings[row:]))):
            return None
    first, first_ring = _summed(vertices), _summed(rings)
    xy, boxes_m = np.empty((first[-1], 2)), np.full((begin[-1], 4), np.nan)
    ring = np.full(first_ring[-1] + 1, first[-1], dtype=np.int64)
    shell = np.empty(first_ring[-1], dtype=np.bool_)
    for chunk, row in zip(chunks, begin, strict=False):
        bytes_of_xy = xy.view(np.uint8).reshape(-1)
        room = Room(first[row:], first_ring[row:], xy, bytes_of_xy, ring, shell, boxes_m[row:])
        if not all(in_pieces(len(chunk.there), partial(_fill, chunk, room))):
            return None
    return outlined(xy, ring, shell, first, boxes_m)


def _count(chunk: Binary, vertices: IntArray, rings: IntArray, low: int, high: int) -> bool:
    """Call the kernel: partial functions know no compiled ones."""
    return bool(_counted(*chunk, vertices, rings, low, high))


def _fill(chunk: Binary, room: Room, low: int, high: int) -> bool:
    return bool(_filled(chunk.data, chunk.start, room, low, high))


def _summed(counts: IntArray) -> IntArray:
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


@inner_kernel
def _number(data: Bytes, at: int) -> int:
    """Return the unsigned number in four bytes."""
    low, high = np.int64(data[at]) | np.int64(data[at + 1]) << 8, np.int64(data[at + 2])
    return int(low | high << 16 | np.int64(data[at + 3]) << 24)


@inner_kernel
def _header(data: Bytes, at: int, stop: int) -> tuple[int, int, int]:
    """Return the kind of the geometry that begins here, the bytes of a vertex, and where it goes on."""
    if at + 1 + 2 * NUMBER_BYTES > stop or data[at] != 1:
        return UNREAD, 0, at
    code, at = _number(data, at + 1), at + 1 + NUMBER_BYTES
    if code & HAS_SRID:
        at += NUMBER_BYTES
    more = (1 if code & HAS_Z else 0) + (1 if code & HAS_M else 0)
    code &= HAS_SRID - 1
    dimensions, kind = code // 1000, code % 1000
    more += 1 if dimensions in (1, 2) else 2 if dimensions == 3 else 0  # noqa: PLR2004  # ISO's thousands
    return (kind if dimensions <= 3 else UNREAD), (2 + more) * COORDINATE_BYTES, at  # noqa: PLR2004


@kernel
def _counted(
    data: Bytes,
    start: IntArray,
    there: BoolArray,
    vertices: IntArray,
    rings: IntArray,
    low: int,
    high: int,
) -> bool:
    """Count vertices and rings of the geometries low to high; say whether all can be read here."""
    for row in range(low, high):
        if not there[row]:
            continue
        kind, _, at = _header(data, start[row], start[row + 1])
        if kind in WITHOUT_OUTLINE:
            continue
        if kind not in (POLYGON, MULTI_POLYGON) or at + NUMBER_BYTES > start[row + 1]:
            return False
        polygons = 1
        if kind == MULTI_POLYGON:
            polygons, at = _number(data, at), at + NUMBER_BYTES
        else:
            at = start[row]
        for _ in range(polygons):
            of_polygon, in_polygon, at = _counted_polygon(data, at, start[row + 1])
            if of_polygon == UNREAD:
                return False
            vertices[row] += of_polygon
            rings[row] += in_polygon
    return True


@inner_kernel
def _counted_polygon(data: Bytes, at: int, stop: int) -> tuple[int, int, int]:
    """Return vertices and rings of the polygon that begins here, and where it ends; UNREAD vertices."""
    kind, stride, at = _header(data, at, stop)
    if kind != POLYGON or at + NUMBER_BYTES > stop:
        return UNREAD, 0, at
    rings, at = _number(data, at), at + NUMBER_BYTES
    vertices = 0
    for _ in range(rings):
        if at + NUMBER_BYTES > stop:
            return UNREAD, 0, at
        count, at = _number(data, at), at + NUMBER_BYTES
        last = at + (count - 1) * stride
        if count < LEAST_VERTICES or last + stride > stop:
            return UNREAD, 0, at
        for k in range(2 * COORDINATE_BYTES):
            if data[at + k] != data[last + k]:
                return UNREAD, 0, at
        vertices, at = vertices + count, last + stride
    return vertices, rings, at


@kernel
def _filled(data: Bytes, start: IntArray, room: Room, low: int, high: int) -> bool:
    """Fill in vertices, rings and boxes of geometries that were counted; say whether all are numbers."""
    for row in range(low, high):
        at, vertex = start[row], room.first[row]
        polygon, last = room.first_ring[row], room.first_ring[row + 1]
        if polygon == last:
            continue
        kind, _, inner = _header(data, at, start[row + 1])
        if kind == MULTI_POLYGON:
            at = inner + NUMBER_BYTES
        while polygon < last:
            _, stride, at = _header(data, at, start[row + 1])
            rings, at = _number(data, at), at + NUMBER_BYTES
            for number in range(polygon, polygon + rings):
                count, at = _number(data, at), at + NUMBER_BYTES
                room.ring[number], room.shell[number] = vertex, number == polygon
                _copied(data, at, stride, count, room.bytes_of_xy, vertex)
                vertex, at = vertex + count, at + count * stride
            polygon += rings
        if not _boxed(room.xy[room.first[row] : vertex], room.boxes_m[row]):
            return False
    return True


@inner_kernel
def _copied(data: Bytes, at: int, stride: int, count: int, xy: Bytes, vertex: int) -> None:
    """Copy x and y of each vertex, byte by byte: they need not stand where a number may."""
    pair = 2 * COORDINATE_BYTES
    for k in range(count):
        to, start = (vertex + k) * pair, at + k * stride
        for byte in range(pair):
            xy[to + byte] = data[start + byte]


@inner_kernel
def _boxed(xy: FloatArray, box: FloatArray) -> bool:
    """Fill in the box around vertices; say whether all coordinates are finite."""
    low_x, low_y, high_x, high_y = np.inf, np.inf, -np.inf, -np.inf
    finite = True
    for k in range(xy.shape[0]):
        x, y = xy[k, 0], xy[k, 1]
        finite &= np.isfinite(x) and np.isfinite(y)
        low_x, high_x, low_y, high_y = min(low_x, x), max(high_x, x), min(low_y, y), max(high_y, y)
    box[0], box[1], box[2], box[3] = low_x, low_y, high_x, high_y
    return finite
