"""Compile or load every kernel before the first tile, in one thread, where a failure is still an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from lantu.relations.kernels.area import shared_areas
from lantu.relations.kernels.balance import unbalanced
from lantu.relations.kernels.boxes import boxes_meeting, grid_of
from lantu.relations.kernels.crossing import crossings
from lantu.relations.kernels.depth import may_overlap
from lantu.relations.kernels.farthest import farthest
from lantu.relations.kernels.nearby import near_polygons
from lantu.relations.kernels.outlines import outlines_of
from lantu.relations.kernels.paths import paths_of, run_lengths
from lantu.relations.kernels.remainder import remainders
from lantu.relations.kernels.width import widths
from lantu.relations.kernels.wkb import Binary, outlines_from_wkb

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lantu.model import FloatArray
    from lantu.relations.kernels.outlines import Outlines


def warm() -> None:
    """Measure two squares with every kernel; raises what the compiler raises."""
    i, j = np.array([0], dtype=np.int64), np.array([1], dtype=np.int64)
    squares, area_m2, covered = warm_areas()
    answer = np.empty(1, dtype=np.int8)
    widths(squares, squares, i, j, area_m2, covered, 0.1, answer)
    near_polygons(squares, i, squares.boxes_m[1:])
    remainders(squares, i, squares, np.array([0, 1], dtype=np.int64), j, area_m2)
    may_overlap(squares, unbalanced(squares, np.ones(2, dtype=np.bool_))[0])
    lines = paths_of(np.array([shapely.LineString([(0, 0), (2, 0)])] * 2, dtype=object))
    run_lengths(lines, lines, i, j, 1.0, area_m2)
    crossings(lines, lines, i, j, answer, np.empty((1, 2)))
    farthest(squares, squares, i, j, 1e-6, 60, area_m2)


def warm_areas() -> tuple[Outlines, FloatArray, NDArray[np.int8]]:
    """Measure what two squares share, from their well-known binary on; return both, and what was found."""
    pair = np.array([shapely.box(0, 0, 2, 2), shapely.box(1, 1, 3, 3)], dtype=object)
    binary = shapely.to_wkb(pair, byte_order=1)
    data, start = np.frombuffer(b"".join(binary), np.uint8), np.cumsum([0, *map(len, binary)])
    chunk = Binary(data, start.astype(np.int64), np.ones(2, dtype=np.bool_))
    squares = outlines_from_wkb([chunk]) or outlines_of(pair)
    i, j = boxes_meeting(grid_of(squares.boxes_m), squares.boxes_m, share_ground=True)
    area_m2, covered = np.empty(len(i)), np.empty(len(i), dtype=np.int8)
    shared_areas(squares, squares, i, j, area_m2, covered)
    return squares, area_m2[1:2], covered[1:2]
