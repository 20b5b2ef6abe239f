"""What of a large polygon an overlay can notice near another one: the same edges there, few elsewhere.

A vertex that lies beyond one side of a window together with the vertex kept before it and the one after it
is left out: the triangle of the three lies beyond that side too, so inside the window nothing changes. An
edge that comes into the window stays as it is, bit for bit, and so does the polygon's box, from which GEOS
takes how far it looks. What an overlay finds in the window is therefore the same as for the whole polygon.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from lantu.relations.kernels.compiled import inner_kernel, kernel, longer
from lantu.relations.kernels.window import Window, taken

if TYPE_CHECKING:
    from lantu.model import FloatArray, IntArray, ObjectArray
    from lantu.relations.kernels.outlines import Outlines

LEFT, RIGHT, BELOW, ABOVE = 1, 2, 4, 8
"""Sides of a window, as bits of a number."""

FEWEST = 4
"""A ring of fewer vertices, the first one again at its end included, encloses nothing."""


def near_polygons(outlines: Outlines, rows: IntArray, windows_m: FloatArray) -> ObjectArray:
    """Return multi-polygons that are the features ``rows`` inside windows, shape (n, 4).

    Outside of its window such a polygon is anything, and may cross itself.
    """
    kept, rings, parts, features = _near(outlines, rows, windows_m)
    parts = parts[: features[-1] + 1]
    rings = rings[: parts[-1] + 1]
    kind, xy = shapely.GeometryType.MULTIPOLYGON, outlines.xy[kept[: rings[-1]]]
    return np.asarray(shapely.from_ragged_array(kind, xy, (rings, parts, features)), dtype=object)


@kernel
def _near(
    outlines: Outlines, rows: IntArray, windows_m: FloatArray
) -> tuple[IntArray, IntArray, IntArray, IntArray]:
    """Return the vertices of all rings, and where rings, polygons and features begin and the last ends.

    All but the last with room behind.
    """
    kept, rings = np.empty(1024, dtype=np.int64), np.zeros(1024, dtype=np.int64)
    parts, features = np.zeros(1024, dtype=np.int64), np.zeros(rows.shape[0] + 1, dtype=np.int64)
    vertex, ring, part = np.int64(0), np.int64(0), np.int64(0)
    begin, ring_start = vertex, vertex
    for k in range(rows.shape[0]):
        row, shell_there = rows[k], False
        first = outlines.blocks[row]
        for block in range(first, outlines.blocks[row + 1]):
            start, stop = outlines.block_edges[block, 0], outlines.block_edges[block, 1]
            if block == first or outlines.side[start - 1] == 0:
                begin, ring_start = vertex, start
            kept = _with_room(kept, vertex + stop - ring_start + 2)
            vertex = _kept_of_block(outlines, row, block, taken(windows_m, k), kept, begin, vertex)
            if outlines.side[stop] != 0:
                continue
            vertex = _closed(outlines, row, ring_start, stop, kept, begin, vertex)
            shell = outlines.rings[row] == 1 or _is_shell(outlines, ring_start, stop)
            shell_there = bool(vertex > begin) if shell else shell_there
            if shell_there and vertex > begin:
                ring, part = ring + 1, part + shell
                rings, parts = _with_room(rings, ring + 1), _with_room(parts, part + 1)
                rings[ring], parts[part] = vertex, ring
            else:  # a hole of what is not there is not there
                vertex = begin
        features[k + 1] = part
    return kept, rings, parts, features


@inner_kernel
def _with_room(numbers: IntArray, count: int | np.int64) -> IntArray:
    while numbers.shape[0] < count:
        numbers = longer(numbers)
    return numbers


@inner_kernel
def _kept_of_block(
    outlines: Outlines, row: int, block: int, window: Window, kept: IntArray, begin: np.int64, count: np.int64
) -> np.int64:
    """Write down which vertices of a block stay, but for its last, and return how many are written down."""
    xy, box = outlines.xy, outlines.boxes_m[row]
    start, stop = outlines.block_edges[block, 0], outlines.block_edges[block, 1]
    low_x, low_y = outlines.block_m[block, 0], outlines.block_m[block, 1]
    high_x, high_y = outlines.block_m[block, 2], outlines.block_m[block, 3]
    inner = low_x > box[0] and low_y > box[1] and high_x < box[2] and high_y < box[3]
    far = _beyond(low_x, low_y, window) & _beyond(high_x, high_y, window) if inner else 0
    here = start
    if count == begin:
        kept[count] = start
        count, here = count + 1, start + 1
    last = _beyond(xy[kept[count - 1], 0], xy[kept[count - 1], 1], window)
    code = _beyond(xy[here, 0], xy[here, 1], window)
    for i in range(here, stop):
        if i > start and last & far:
            break  # all of them lie beyond one side with the last that was kept
        after = _beyond(xy[i + 1, 0], xy[i + 1, 1], window)
        if last & code & after == 0 or not (
            inner or (box[0] < xy[i, 0] < box[2] and box[1] < xy[i, 1] < box[3])
        ):
            kept[count] = i
            count, last = count + 1, code
        code = after
    return count


@inner_kernel
def _closed(
    outlines: Outlines, row: int, start: np.int64, stop: int, kept: IntArray, begin: np.int64, count: np.int64
) -> np.int64:
    """Write down a ring's last vertex and return how many are written down.

    Of a ring of which too little stays nothing does, or all of it where it reaches the feature's box.
    """
    kept[count] = stop
    if count + 1 - begin >= FEWEST:
        return count + 1
    xy, box = outlines.xy, outlines.boxes_m[row]
    reaches = False
    for i in range(start, stop):
        reaches |= not (box[0] < xy[i, 0] < box[2] and box[1] < xy[i, 1] < box[3])
    if not reaches:
        return begin
    for i in range(start, stop + 1):
        kept[begin + i - start] = i
    return begin + stop + 1 - start


@inner_kernel
def _beyond(x: float, y: float, window: Window) -> int:
    """Return beyond which sides of the window a place lies."""
    beyond = 0
    if x < window.low_x:
        beyond |= LEFT
    if x > window.high_x:
        beyond |= RIGHT
    if y < window.low_y:
        beyond |= BELOW
    if y > window.high_y:
        beyond |= ABOVE
    return beyond


@inner_kernel
def _is_shell(outlines: Outlines, start: np.int64, stop: int) -> bool:
    """Say whether a ring is a shell: one that turns left has its polygon on the left."""
    xy, double_m2 = outlines.xy, 0.0
    for i in range(start + 1, stop):
        ax, ay = xy[i, 0] - xy[start, 0], xy[i, 1] - xy[start, 1]
        bx, by = xy[i + 1, 0] - xy[start, 0], xy[i + 1, 1] - xy[start, 1]
        double_m2 += ax * by - bx * ay
    return bool((double_m2 > 0.0) == (outlines.side[start] == 1))
