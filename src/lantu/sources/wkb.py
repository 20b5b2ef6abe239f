"""Well-known binary as Arrow delivers it, taken apart without making an object of any geometry.

Only what most layers are: little-endian points, lines, polygons and multipolygons in two dimensions, none
null, none empty, rings closed, coordinates finite. Everything else goes through GEOS, which says what is
wrong with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa

from lantu.model.flat import LINE, POINT, POLYGON, FlatGeometry

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lantu.model import BoolArray, FloatArray, IntArray

    Bytes = NDArray[np.uint8]

WKB_POLYGON, MULTIPOLYGON = 3, 6
KINDS = {1: POINT, 2: LINE, WKB_POLYGON: POLYGON}
"""Types as WKB numbers them."""

HEAD = 5
"""Bytes of byte order and type."""

COUNT = 4
"""Bytes of a number of points, rings or parts."""

XY = 16
"""Bytes of a vertex."""

SHORTEST_RING = 4
MOST_RINGS = 5_000
"""Rings are taken apart one of each feature at a time; a feature of more is left to GEOS."""


class _OtherwiseError(Exception):
    """The column is not as plain as is asked for."""


class _Runs(NamedTuple):
    """Where the vertices of each run begin, their number, whether a part begins with it, and its feature."""

    start: IntArray  # bytes
    vertices: IntArray
    opens: BoolArray
    feature: IntArray


class _Chunk(NamedTuple):
    """One piece of a column: its bytes, what its features are, and the runs in it."""

    data: Bytes
    kind: int
    several: BoolArray
    runs: _Runs


def flat_geometry(column: pa.ChunkedArray) -> FlatGeometry | None:
    """Return a column of WKB as vertices and offsets, None where any of it is not as plain as that."""
    binary = pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type)  # not views
    if not binary or column.null_count or not len(column):
        return None
    try:
        return _flat([_taken_apart(chunk) for chunk in column.chunks if len(chunk)])
    except _OtherwiseError:
        return None


def _require(said: BoolArray | bool) -> None:  # noqa: FBT001  # what is required
    if not np.all(said):
        raise _OtherwiseError


def _taken_apart(chunk: pa.Array) -> _Chunk:
    """Return the runs of the values that Arrow holds in one piece."""
    _, ends, held = chunk.buffers()
    width = np.int64 if pa.types.is_large_binary(chunk.type) else np.int32
    offsets = np.frombuffer(ends, dtype=width)[chunk.offset : chunk.offset + len(chunk) + 1].astype(np.int64)
    data, start, stop = np.frombuffer(held, dtype=np.uint8), offsets[:-1], offsets[1:]
    _require(stop - start >= HEAD + COUNT)
    _require(data[start] == 1)
    kinds = _numbers(data, start + 1)
    several = kinds == MULTIPOLYGON
    code = WKB_POLYGON if several[0] else int(kinds[0])
    _require(several | (kinds == code))
    _require(code in KINDS)
    kind = KINDS[code]
    if kind == POLYGON:
        runs = _rings(data, start, stop, several)
        _require(runs.vertices >= SHORTEST_RING)
    else:
        runs = _lines(data, start, stop) if kind == LINE else _points(start, stop)
    return _Chunk(data, kind, several, runs)


def _flat(chunks: list[_Chunk]) -> FlatGeometry:
    kind = chunks[0].kind
    _require(all(chunk.kind == kind for chunk in chunks))
    vertices, opens = (np.concatenate([chunk.runs[place] for chunk in chunks]) for place in (1, 2))
    parts = [
        np.bincount(chunk.runs.feature[chunk.runs.opens], minlength=len(chunk.several)) for chunk in chunks
    ]
    flat = FlatGeometry(
        kind=kind,
        xy=_vertices(chunks, int(vertices.sum())),
        runs=_offsets(vertices),
        parts=np.append(np.flatnonzero(opens), len(opens)).astype(np.int64),
        features=_offsets(np.concatenate(parts)),
        several=np.concatenate([chunk.several for chunk in chunks]),
    )
    _require_finite(flat.xy)
    if kind == POLYGON:
        _require(flat.xy[flat.runs[:-1]] == flat.xy[flat.runs[1:] - 1])
    return flat


def _numbers(data: Bytes, at: IntArray) -> IntArray:
    """Return the whole numbers that stand in four bytes at each place."""
    return np.ascontiguousarray(data[at[:, None] + np.arange(COUNT)]).view("<u4").ravel().astype(np.int64)


def _points(start: IntArray, stop: IntArray) -> _Runs:
    _require(stop - start == HEAD + XY)
    one = np.ones(len(start), dtype=np.int64)
    return _Runs(start + HEAD, one, one.astype(np.bool_), np.arange(len(start)))


def _lines(data: Bytes, start: IntArray, stop: IntArray) -> _Runs:
    vertices = _numbers(data, start + HEAD)
    _require((vertices >= 2) & (stop - start == HEAD + COUNT + XY * vertices))  # noqa: PLR2004  # two ends
    return _Runs(start + HEAD + COUNT, vertices, np.ones(len(start), dtype=np.bool_), np.arange(len(start)))


def _rings(data: Bytes, start: IntArray, stop: IntArray, several: BoolArray) -> _Runs:
    """Walk through all polygons at once, a ring of each at a time."""
    feature, at = np.arange(len(start)), start + HEAD + COUNT * several
    parts_left, rings_left = np.ones(len(start), dtype=np.int64), np.zeros(len(start), dtype=np.int64)
    parts_left[several] = _numbers(data, start[several] + HEAD)
    _require(parts_left >= 1)
    found: list[_Runs] = []
    while len(feature):
        _require(len(found) < MOST_RINGS)
        opens = rings_left == 0
        inner = opens & several[feature]
        _require(at + HEAD * inner + COUNT * opens + COUNT <= stop[feature])
        _require(data[at[inner]] == 1)
        _require(_numbers(data, at[inner] + 1) == WKB_POLYGON)
        at = at + HEAD * inner
        rings_left[opens] = _numbers(data, at[opens])
        _require(rings_left >= 1)
        at = at + COUNT * opens
        vertices = _numbers(data, at)
        found.append(_Runs(at + COUNT, vertices, opens, feature))
        at, rings_left = at + COUNT + XY * vertices, rings_left - 1
        parts_left = parts_left - (rings_left == 0)
        left = (rings_left > 0) | (parts_left > 0)
        _require(np.where(left, at <= stop[feature], at == stop[feature]))
        feature, at, parts_left, rings_left = feature[left], at[left], parts_left[left], rings_left[left]
    order = np.argsort(np.concatenate([runs.feature for runs in found]), kind="stable")
    return _Runs(
        np.concatenate([runs.start for runs in found])[order],
        np.concatenate([runs.vertices for runs in found])[order],
        np.concatenate([runs.opens for runs in found])[order],
        np.concatenate([runs.feature for runs in found])[order],
    )


def _vertices(chunks: list[_Chunk], count: int) -> FloatArray:
    """Return the vertices of all runs one after the other: they do not stand at multiples of eight bytes."""
    found = np.empty(XY * count, dtype=np.uint8)
    into, place = memoryview(found.data), 0
    for chunk in chunks:
        held = memoryview(chunk.data.data)
        lengths = (XY * chunk.runs.vertices).tolist()
        for start, length in zip(chunk.runs.start.tolist(), lengths, strict=True):
            into[place : place + length] = held[start : start + length]
            place += length
    return found.view("<f8").astype(np.float64, copy=False).reshape(-1, 2)


def _offsets(count: IntArray) -> IntArray:
    return np.concatenate([[0], np.cumsum(count)]).astype(np.int64)


def _require_finite(xy: FloatArray) -> None:
    """Require numbers; NaN is the least and the largest of any."""
    _require(bool(np.isfinite(xy.min()) and np.isfinite(xy.max())))
