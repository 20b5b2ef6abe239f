"""Which features of a coverage may overlap another: told by how many lie over each other, not pair by pair.

The number of features over a point changes only where one crosses an edge that no neighbour has the other way
round. A box that no such edge comes near has one number for all of it: so many of those edges pass right of
it upwards, less those downwards. Where that is one, nobody shares the feature's ground.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lantu.relations.kernels.boxes import boxes_meeting, grid_of
from lantu.relations.kernels.compiled import kernel

if TYPE_CHECKING:
    from lantu.model import BoolArray, FloatArray, IntArray
    from lantu.relations.kernels.boxes import Grid
    from lantu.relations.kernels.outlines import Outlines


def may_overlap(outlines: Outlines, edges: IntArray) -> BoolArray:
    """Return which features, shape (n,), may share ground with another, given all edges out of balance."""
    start, stop = outlines.xy[edges], outlines.xy[edges + 1]
    edges_m = np.column_stack([np.minimum(start, stop), np.maximum(start, stop)])
    up = (np.sign(stop[:, 1] - start[:, 1]) * outlines.side[edges]).astype(np.int64)
    beside, _ = boxes_meeting(grid_of(edges_m), outlines.boxes_m, share_ground=False)
    may = np.zeros(len(outlines.boxes_m), dtype=np.bool_)
    may[beside] = True
    strips_m = edges_m * np.array([0.0, 1.0, 0.0, 1.0])
    _look_right(grid_of(strips_m), edges_m, up, outlines.boxes_m, may)
    return may


@kernel
def _look_right(strips: Grid, edges_m: FloatArray, up: IntArray, boxes_m: FloatArray, may: BoolArray) -> None:
    """Fill in which of the boxes that no edge touches lie under more or less than one feature.

    An edge at the height of such a box lies right of it whole, or left.
    """
    first, members = strips.first, strips.members
    for row in range(boxes_m.shape[0]):
        if may[row] or not boxes_m[row, 0] <= boxes_m[row, 2]:
            continue
        y = (boxes_m[row, 1] + boxes_m[row, 3]) / 2.0
        strip = min(max(int((y - strips.y) // strips.side_m), 0), strips.rows - 1)
        over = 0
        for at in range(first[strip], first[strip + 1]):
            edge = members[at]
            if edges_m[edge, 1] <= y < edges_m[edge, 3] and edges_m[edge, 0] > boxes_m[row, 2]:
                over += up[edge]
        may[row] = over != 1
