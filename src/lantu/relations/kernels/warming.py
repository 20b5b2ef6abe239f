"""Compile or load kernels before the first tile, in one thread, where a failure is still an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from lantu.relations.kernels.area import shared_areas
from lantu.relations.kernels.balance import unbalanced
from lantu.relations.kernels.boxes import boxes_meeting, grid_of
from lantu.relations.kernels.choice import EVERY_KERNEL
from lantu.relations.kernels.outlines import centres_of, outlines_of
from lantu.relations.kernels.wkb import Binary, outlines_from_wkb

if TYPE_CHECKING:
    from collections.abc import Collection

    from lantu.model import ObjectArray
    from lantu.relations.kernels.outlines import Outlines


def warm(needed: Collection[str] = EVERY_KERNEL) -> None:
    """Measure two squares with the kernels that are needed; raises what the compiler raises.

    The others are compiled or loaded by whoever should ask for them all the same.
    """
    squares = np.array([shapely.box(0, 0, 2, 2), shapely.box(1, 1, 3, 3)], dtype=object)
    outlines = _from_binary(squares) if "tables" in needed else None
    if outlines is None:
        outlines = outlines_of(squares)
    i, j = np.array([0], dtype=np.int64), np.array([1], dtype=np.int64)
    area_m2, answer = np.ones(1), np.zeros(1, dtype=np.int8)
    if "areas" in needed:
        shared_areas(outlines, outlines, i, j, area_m2, answer)
    if "balance" in needed:
        from lantu.relations.kernels.depth import may_overlap  # noqa: PLC0415  # as below

        may_overlap(outlines, unbalanced(outlines, np.ones(2, dtype=np.bool_))[0])
    _warm_rare(needed, outlines)


def _warm_rare(needed: Collection[str], outlines: Outlines) -> None:
    """Measure with the kernels whose modules are loaded only for them."""
    i, j = np.array([0], dtype=np.int64), np.array([1], dtype=np.int64)
    length_m, answer = np.ones(1), np.zeros(1, dtype=np.int8)
    if "widths" in needed:
        from lantu.relations.kernels.nearby import near_polygons  # noqa: PLC0415  # the same relation draws so
        from lantu.relations.kernels.width import widths  # noqa: PLC0415

        near_polygons(outlines, i, outlines.boxes_m[1:])
        widths(outlines, outlines, i, j, length_m, answer.copy(), 0.1, answer)
    if "remainders" in needed:
        from lantu.relations.kernels.remainder import remainders  # noqa: PLC0415

        remainders(outlines, i, outlines, np.array([0, 1], dtype=np.int64), j, length_m)
    if "deviations" in needed:
        from lantu.relations.kernels.farthest import farthest  # noqa: PLC0415

        farthest(outlines, outlines, i, j, 1e-6, 60, length_m)
    if "lines" in needed:
        from lantu.relations.kernels.crossing import crossings  # noqa: PLC0415
        from lantu.relations.kernels.paths import paths_of, run_lengths  # noqa: PLC0415

        lines = paths_of(np.array([shapely.LineString([(0, 0), (2, 0)])] * 2, dtype=object))
        run_lengths(lines, lines, i, j, 1.0, length_m)
        crossings(lines, lines, i, j, answer, np.empty((1, 2)))


def _from_binary(squares: ObjectArray) -> Outlines | None:
    """Read squares as tables are read, and look which of their boxes meet."""
    binary = shapely.to_wkb(squares, byte_order=1)
    data, start = np.frombuffer(b"".join(binary), np.uint8), np.cumsum([0, *map(len, binary)])
    outlines = outlines_from_wkb([Binary(data, start.astype(np.int64), np.ones(2, dtype=np.bool_))])
    if outlines is not None:
        boxes_meeting(grid_of(outlines.boxes_m), outlines.boxes_m, share_ground=True)
        centres_of(outlines)
    return outlines
