"""Boxes of geometries as files hold them: before a geometry, in columns of doubles, in a spatial index.

A spatial index of SQLite (R*Tree) keeps four big-endian floats an entry, xmin, xmax, ymin, ymax, the minima
rounded down and the maxima up; the tables ``rtree_*_node`` of a GeoPackage hold nothing else. A GeoPackage
puts four doubles in that order before a geometry. Elsewhere the two minima come first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lantu.model import FloatArray

TOWARDS_ZERO, FROM_ZERO = 1.0 - 2.0**-23, 1.0 + 2.0**-23
"""By what SQLite multiplies a number whose nearest float lies on the wrong side."""

INDEX_ORDER = (0, 2, 1, 3)
"""xmin, ymin, xmax, ymax in the order of an index: xmin, xmax, ymin, ymax."""


def box_patterns(boxes: FloatArray) -> dict[bytes, None]:
    """Return the bytes under which boxes (xmin, ymin, xmax, ymax, shape (n, 4)) may stand in a file."""
    found: dict[bytes, None] = {}
    for table in _written(boxes):
        raw, width = np.ascontiguousarray(table).tobytes(), table.dtype.itemsize * 4
        found |= dict.fromkeys(raw[start : start + width] for start in range(0, len(raw), width))
    return found


def _written(boxes: FloatArray) -> Iterator[Any]:
    """Yield the boxes as numbers of each kind, byte order and order of sides."""
    for sides in (boxes, boxes[:, INDEX_ORDER]):
        yield from (sides.astype(kind) for kind in ("<f8", ">f8"))
    for low, high in ((_multiplied_down, _multiplied_up), (_next_down, _next_up)):
        floats = np.concatenate([low(boxes[:, :2]), high(boxes[:, 2:])], axis=1)
        yield floats[:, INDEX_ORDER].astype(">f4")


def _multiplied_down(values: FloatArray) -> Any:  # noqa: ANN401  # floats of 32 bits
    """Round down as SQLite does, at times by more than one float."""
    nearest = values.astype(np.float32)
    lower = (values * np.where(values < 0, FROM_ZERO, TOWARDS_ZERO)).astype(np.float32)
    return np.where(nearest > values, lower, nearest)


def _multiplied_up(values: FloatArray) -> Any:  # noqa: ANN401  # as above
    return -_multiplied_down(-values)


def _next_down(values: FloatArray) -> Any:  # noqa: ANN401  # as above
    """Round down to the float below."""
    nearest = values.astype(np.float32)
    return np.where(nearest > values, np.nextafter(nearest, np.float32(-np.inf)), nearest)


def _next_up(values: FloatArray) -> Any:  # noqa: ANN401  # as above
    return -_next_down(-values)
