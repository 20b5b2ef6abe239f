"""Compile or load every kernel before the first tile, in one thread, where a failure is still an answer."""

from __future__ import annotations

import numpy as np
import shapely

from lantu.relations.kernels.area import shared_areas
from lantu.relations.kernels.balance import unbalanced
from lantu.relations.kernels.crossing import crossings
from lantu.relations.kernels.farthest import farthest
from lantu.relations.kernels.outlines import outlines_of
from lantu.relations.kernels.paths import paths_of, run_lengths
from lantu.relations.kernels.remainder import remainders
from lantu.relations.kernels.width import widths


def warm() -> None:
    """Measure two squares with every kernel; raises what the compiler raises."""
    squares = outlines_of(np.array([shapely.box(0, 0, 2, 2), shapely.box(1, 1, 3, 3)], dtype=object))
    i, j = np.array([0], dtype=np.int64), np.array([1], dtype=np.int64)
    area_m2, covered, answer = np.empty(1), np.empty(1, dtype=np.int8), np.empty(1, dtype=np.int8)
    shared_areas(squares, squares, i, j, area_m2, covered)
    widths(squares, squares, i, j, area_m2, covered, 0.1, answer)
    remainders(squares, i, squares, np.array([0, 1], dtype=np.int64), j, area_m2)
    unbalanced(squares, np.ones(2, dtype=np.bool_))
    lines = paths_of(np.array([shapely.LineString([(0, 0), (2, 0)])] * 2, dtype=object))
    run_lengths(lines, lines, i, j, 1.0, area_m2)
    crossings(lines, lines, i, j, answer, np.empty((1, 2)))
    farthest(squares, squares, i, j, 1e-6, 60, area_m2)
