"""Geometry as compressed columns of integers, the form in which ``payload.js`` reads it.

Coordinates are Web Mercator in units of 2**(shift - 32) of the world's width (0.9 cm at the equator
for shift 0), as differences to the point before, zig-zag coded. A column stands as the lowest bytes of
its numbers, which look like noise, then what is above them, which compresses well: a seventh smaller
than the bytes of each number side by side. The screen gets them so without any trigonometry: 100 000
polygons are decoded within a tenth of a second.
"""

from __future__ import annotations

import base64
import gzip
import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from lantu.report.dimension import dimensions, of_one_dimension

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lantu.model import BoolArray, FloatArray, IntArray, ObjectArray

WORLD_BITS = 32
SPAN_BITS = 30
"""The browser holds coordinates in 32 bits with sign; a wider span is stored more coarsely."""

LEVEL = 7
"""Of compression: the highest takes more than twice as long for half a per cent."""

AT_ONCE = 25_000
"""Geometries taken apart at a time: a ring of each is an object of its own for it."""

LATITUDE_MAX = 85.0511


@dataclass(frozen=True, kw_only=True)
class Encoded:
    """Geometries for the page: ``header`` (counts, origin, shift) and the ``payload`` bytes."""

    header: dict[str, Any]
    payload: bytes


def encode(lonlat: ObjectArray, *, shift: int = 0) -> Encoded:
    """Encode geometries given in degrees (x = longitude, y = latitude), shape (n,).

    A missing geometry, or one with coordinates that are not finite, is kept as one without parts. Rings
    are closed by the reader; outer rings run one way and holes the other.
    """
    return encode_parts((lonlat[span] for span in spans(len(lonlat))), shift=shift)


def spans(count: int) -> list[slice]:
    """Return the parts that geometries are taken apart in; one where there are none."""
    return [slice(start, start + AT_ONCE) for start in range(0, max(count, 1), AT_ONCE)]


def encode_parts(parts: Iterable[ObjectArray], *, shift: int = 0) -> Encoded:
    """Encode geometries as ``encode`` does, part by part as they come: none of them stays."""
    apart = [_taken_apart(part) for part in parts]
    kinds, parts_of, sizes, world = (np.concatenate(each) for each in zip(*apart, strict=True))
    del apart
    shift = max(shift, _least_shift(world))
    units = np.rint(world * 2.0 ** (WORLD_BITS - shift)).astype(np.int64)
    del world  # of millions of points each array is tens of megabytes
    origin = units.min(axis=0) if len(units) else np.zeros(2, dtype=np.int64)
    steps = np.diff(units - origin, axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
    columns = (kinds, parts_of, sizes, *map(_zigzag, steps.T))
    header = {
        "features": len(kinds),
        "parts": len(sizes),
        "points": len(units),
        "origin": [int(origin[0]), int(origin[1])],
        "shift": shift,
    }
    return Encoded(header=header, payload=b"".join(planes(column) for column in columns))


def pack(content: bytes) -> str:
    """Return ``content`` compressed, without a time stamp, as base64 text."""
    return base64.b64encode(gzip.compress(content, compresslevel=LEVEL, mtime=0)).decode("ascii")


def packed(blocks: Mapping[str, bytes]) -> dict[str, str]:
    """Return blocks packed, in the same order, each on a thread of its own: zlib lets others run."""
    with ThreadPoolExecutor() as pool:
        return dict(zip(blocks, pool.map(pack, blocks.values()), strict=True))


def planes(values: IntArray) -> bytes:
    """Return non-negative integers as their lowest bytes, one each, then the rest of each as ``varint``."""
    whole = np.asarray(values, dtype=np.int64)
    return (whole & 255).astype(np.uint8).tobytes() + varint(whole >> 8)


def varint(values: IntArray) -> bytes:
    """Return non-negative integers as LEB128: seven bits a byte, lowest first, the eighth says "more"."""
    left = np.asarray(values, dtype=np.uint64)
    lengths = np.ones(len(left), dtype=np.int64)
    for size in range(1, 10):
        lengths += left >= np.uint64(1 << (7 * size))
    starts = np.concatenate([[0], np.cumsum(lengths)])
    out = np.zeros(int(starts[-1]), dtype=np.uint8)
    for place in range(int(lengths.max(initial=0))):
        here = lengths > place
        bits = (left[here] >> np.uint64(7 * place)) & np.uint64(127)
        more = np.where(lengths[here] > place + 1, 128, 0).astype(np.uint64)
        out[starts[:-1][here] + place] = (bits | more).astype(np.uint8)
    return out.tobytes()


def _zigzag(values: IntArray) -> IntArray:
    return np.where(values < 0, -2 * values - 1, 2 * values)


def _taken_apart(lonlat: ObjectArray) -> tuple[IntArray, IntArray, IntArray, FloatArray]:
    """Return of each feature kind and number of parts, of each part its points, and these in world widths.

    A ring goes without the point that closes it.
    """
    geometries = _drawable(lonlat)
    kinds = dimensions(geometries) + 1
    paths, owners, rings = _paths(geometries, kinds)
    coordinates, owner_path = shapely.get_coordinates(paths, return_index=True)
    keep = ~(_last_of_each(owner_path) & rings[owner_path])
    sizes = np.bincount(owner_path[keep], minlength=len(paths))
    parts = np.bincount(owners, minlength=len(geometries))
    return kinds, parts, sizes, world_widths(coordinates[keep])


def _drawable(lonlat: ObjectArray) -> ObjectArray:
    """Return the geometries in one dimension each, rings oriented, None where nothing can be drawn."""
    geometries = of_one_dimension(lonlat)
    coordinates, owners = shapely.get_coordinates(geometries, return_index=True)
    geometries[owners[~np.isfinite(coordinates).all(axis=1)]] = None
    return np.asarray(shapely.orient_polygons(geometries), dtype=object)


def _paths(geometries: ObjectArray, kinds: IntArray) -> tuple[ObjectArray, IntArray, BoolArray]:
    """Take geometries apart: return points, lines and rings, the feature of each, and which are rings."""
    simple, owners = shapely.get_parts(geometries, return_index=True)
    full = ~shapely.is_empty(simple)
    simple, owners = simple[full], owners[full]
    filled = kinds[owners] == 3  # noqa: PLR2004  # dimension 2 + 1: polygons
    rings, of_polygon = shapely.get_rings(simple[filled], return_index=True)
    paths = np.concatenate([simple[~filled], rings])
    feature = np.concatenate([owners[~filled], owners[filled][of_polygon]])
    closed = np.concatenate([np.zeros((~filled).sum(), dtype=np.bool_), np.ones(len(rings), dtype=np.bool_)])
    order = np.argsort(feature, kind="stable")
    return paths[order], feature[order], closed[order]


def _last_of_each(groups: IntArray) -> BoolArray:
    """Return which positions of a sorted array are the last of their group."""
    return np.r_[groups[1:] != groups[:-1], True] if len(groups) else np.zeros(0, dtype=np.bool_)


def world_widths(lonlat: FloatArray) -> FloatArray:
    """Return Web Mercator in widths of the world: x from the date line, y from the north, shape (n, 2)."""
    x = (lonlat[:, 0] + 180.0) / 360.0
    sine = np.sin(np.radians(np.clip(lonlat[:, 1], -LATITUDE_MAX, LATITUDE_MAX)))
    y = 0.5 - np.log((1.0 + sine) / (1.0 - sine)) / (4.0 * math.pi)
    return np.column_stack([x, y])


def _least_shift(world: FloatArray) -> int:
    """Return how coarse the units must be for the whole span to fit."""
    span = float(np.ptp(world, axis=0).max()) if len(world) else 0.0
    return max(0, math.ceil(math.log2(span)) + WORLD_BITS - SPAN_BITS) if span > 0 else 0
