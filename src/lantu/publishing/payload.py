"""Reading the geometry that stands in a report page: the inverse of how the page packs it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lantu.model import IntArray

POINT_COLUMNS = (3, 4)


def points(header: Mapping[str, Any], payload: bytes) -> IntArray:
    """Return the points of a payload in its own units of the world's width, shape (n, 2).

    Raises
    ------
    ValueError
        The payload is shorter than its header says.
    """
    sizes = (header["features"], header["features"], header["parts"], header["points"], header["points"])
    columns, start = [], 0
    for size in sizes:
        column, start = _planes(payload, start, int(size))
        columns.append(column)
    steps = [np.where(column & 1, -((column + 1) >> 1), column >> 1) for column in columns[-2:]]
    return np.column_stack([np.cumsum(step) for step in steps]) + np.array(header["origin"], dtype=np.int64)


def _planes(payload: bytes, start: int, size: int) -> tuple[IntArray, int]:
    """Return ``size`` numbers that stand as their lowest bytes, then the rest of each, and where they end."""
    low = np.frombuffer(payload, dtype=np.uint8, count=size, offset=start).astype(np.int64)
    rest, end = _varints(payload, start + size, size)
    return low + (rest << 8), end


def _varints(payload: bytes, start: int, size: int) -> tuple[IntArray, int]:
    if not size:
        return np.empty(0, dtype=np.int64), start
    left = np.frombuffer(payload, dtype=np.uint8, offset=start)
    ends = np.flatnonzero(left < 128)[:size]  # noqa: PLR2004  # the eighth bit says that more follows
    if len(ends) < size:
        problem = "the payload ends before its numbers do"
        raise ValueError(problem)
    used = left[: ends[-1] + 1].astype(np.int64)
    starts = np.r_[0, ends[:-1] + 1]
    place = np.arange(len(used)) - np.repeat(starts, np.diff(np.r_[starts, len(used)]))
    return np.add.reduceat((used & 127) << (7 * place), starts), start + len(used)
