"""Digests of features: 64 bits that tell one drawing from another, or one delivery of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from lantu.model.parts import parts_of, rings_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lantu.model.arrays import IntArray, ObjectArray

ODD = np.uint64(0x9E3779B97F4A7C15)
"""The golden ratio in 64 bits: multiplying by it spreads neighbouring numbers."""

_POLYGON = 2

SHAPES_AT_ONCE = 20_000
"""Geometries whose vertices are in memory as numbers at a time."""


def shape_digests(geometry: ObjectArray, *, decimals: int) -> np.ndarray:
    """Return a digest of each geometry, uint64, shape (n,), 0 for no geometry.

    Coordinates are rounded to ``decimals``. The digest is a sum over edges in no direction, and over points:
    it does not depend on where a ring starts, which way it runs, and in which order the parts stand.
    """
    digest = np.zeros(len(geometry), dtype=np.uint64)
    parts, owner = parts_of(geometry)
    dimension = shapely.get_dimensions(parts)
    for kind in (0, 1, _POLYGON):
        rows = np.flatnonzero(dimension == kind)
        lines, whose = parts[rows], owner[rows]
        if kind == _POLYGON:
            lines, of_part = rings_of(lines)
            whose = whose[of_part]
        if len(lines):
            digest += _sums(lines, whose, len(geometry), decimals, salt=np.uint64(kind + 1))
    return digest


def _sums(lines: ObjectArray, owner: IntArray, size: int, decimals: int, salt: np.uint64) -> np.ndarray:
    """Return for each owner the sum over the points and edges of its lines."""
    high = bool(shapely.has_z(lines).any())
    points, line = shapely.get_coordinates(lines, include_z=high, return_index=True)
    hashed = np.full(len(points), salt, dtype=np.uint64)
    for column in (np.round(points, decimals) + 0.0).T:  # + 0.0: a zero has no sign
        hashed = mixed(hashed * ODD + np.ascontiguousarray(column).view(np.uint64))
    if salt == 1:
        edge, whose = hashed, owner[line]
    else:
        inner = np.flatnonzero(line[1:] == line[:-1])
        edge, whose = mixed(hashed[inner] + hashed[inner + 1]), owner[line[inner]]
    sums = np.zeros(size, dtype=np.uint64)
    if len(edge):
        starts = np.flatnonzero(np.r_[True, whose[1:] != whose[:-1]])
        np.add.at(sums, whose[starts], np.add.reduceat(edge, starts))
    return sums


def mixed(numbers: np.ndarray) -> np.ndarray:
    """Return 64-bit numbers whose every bit depends on all bits of the given ones (SplitMix64)."""
    found = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    found = (found ^ (found >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(found ^ (found >> np.uint64(31)), dtype=np.uint64)


def feature_digests(frame: Any, extra: Iterable[Any] = ()) -> np.ndarray:  # noqa: ANN401  # a frame, stored or not
    """Return a digest of each feature of a layer's frame: every value and every bit of its geometry.

    Record numbers are left out: an object that moves down its file stays what it is. ``extra`` are further
    arrays, shape (n,).
    """
    digest = exact_shapes(np.asarray(frame.geometry.to_numpy(), dtype=object))
    columns = [(str(name), frame[name]) for name in frame.columns if name not in {"geometry", "record"}]
    columns += [(f"+{number}", pd.Series(values)) for number, values in enumerate(extra)]
    for name, values in columns:
        salt = pd.util.hash_array(np.array([name], dtype=object), categorize=False)[0]
        digest = mixed(digest * ODD + mixed(_values(values) + salt))
    return digest


def _values(series: pd.Series[Any]) -> np.ndarray:
    """Return a hash of each value; texts and mixed kinds once for each distinct one, with their kind."""
    if series.dtype == np.float64:
        return (series.to_numpy() + 0.0).view(np.uint64)
    values = series.to_numpy(dtype=object)
    try:
        code, distinct = pd.factorize(values, use_na_sentinel=True)
    except TypeError:  # lists and tables, as GeoJSON may have them
        code, distinct = pd.factorize(np.array([repr(value) for value in values], dtype=object))
    texts = [f"{type(value).__name__} {value}" for value in distinct]
    hashed = pd.util.hash_array(np.array([*texts, "\0"], dtype=object), categorize=False)
    return np.asarray(hashed, dtype=np.uint64)[code]


def exact_shapes(geometry: ObjectArray) -> np.ndarray:
    """Return a digest of each geometry that changes with any bit or the order of its vertices, 0 for none."""
    high = np.asarray(shapely.has_z(geometry), dtype=np.bool_)
    digest = np.zeros(len(geometry), dtype=np.uint64)
    for has_z in (False, True):  # what else the layer holds changes no digest
        rows = np.flatnonzero(high == has_z)
        for start in range(0, len(rows), SHAPES_AT_ONCE):
            some = rows[start : start + SHAPES_AT_ONCE]
            digest[some] = _exact(geometry[some], high=has_z)
    return digest


def _exact(geometry: ObjectArray, *, high: bool) -> np.ndarray:
    points, owner = shapely.get_coordinates(geometry, include_z=high, return_index=True)
    digest = np.zeros(len(geometry), dtype=np.uint64)
    for count in (shapely.get_type_id, shapely.get_num_geometries, shapely.get_num_interior_rings):
        digest = mixed(digest * ODD + count(geometry).astype(np.int64).view(np.uint64))
    if len(points):
        starts = np.flatnonzero(np.r_[True, owner[1:] != owner[:-1]])
        number = np.arange(len(points)) - np.repeat(starts, np.diff(np.r_[starts, len(points)]))
        hashed = number.astype(np.uint64)
        for column in points.T:
            hashed = mixed(hashed * ODD + np.ascontiguousarray(column).view(np.uint64))
        np.add.at(digest, owner[starts], np.add.reduceat(hashed, starts))
    return np.where(shapely.is_missing(geometry), np.uint64(0), mixed(digest))
