"""Which features of a coverage may overlap another: none that does is passed over."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from lantu.relations.kernels import may_overlap, outlines_of, unbalanced_edges

SIDE = 7


def _cells(*, far: float, step: float) -> Any:
    """A coverage: squares that share their vertices."""
    x, y = (each.ravel() * step + far for each in np.meshgrid(np.arange(SIDE), np.arange(SIDE)))
    corners = [(x, y), (x + step, y), (x + step, y + step), (x, y + step)]
    return shapely.polygons(np.stack([np.column_stack(corner) for corner in corners], axis=1))


def _may(shapes: Any) -> Any:
    outlines = outlines_of(shapes)
    edges, _ = unbalanced_edges(outlines, np.ones(len(shapes), dtype=np.bool_))
    return may_overlap(outlines, edges)


def _faulty(random: np.random.Generator, cells: Any, *, far: float) -> Any:
    """Some cells are missing, doubled, moved, made larger or cut out of a larger one; or all stand twice."""
    shapes = list(cells)
    for _ in range(int(random.integers(0, 4))):
        at = int(random.integers(0, len(shapes)))
        one = shapes[at]
        kind = random.integers(0, 6)
        if kind == 0:
            shapes.pop(at)
        elif kind == 1:
            shapes.append(shapely.reverse(one))
        elif kind == 2:
            shapes[at] = shapely.transform(one, lambda xy: xy + 0.25)
        elif kind == 3:
            shapes[at] = shapely.buffer(one, 1e-7, join_style="mitre")
        elif kind == 4:
            shapes.append(
                shapely.box(*(shapely.get_coordinates(shapely.centroid(one))[0] - 0.1), *one.bounds[2:])
            )
        else:
            low, high = sorted(random.uniform(far, far + SIDE, 2))
            shapes.append(shapely.box(low, low, high + 0.1, high + 0.1))
    array = np.empty(len(shapes), dtype=object)
    array[:] = shapes
    return random.permutation(array)


@settings(max_examples=150, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    far=st.sampled_from([0.0, 39_431_386.0]),
    second=st.sampled_from([None, 1.0, 1.5]),
)
def test_no_feature_that_overlaps_is_passed_over(seed: int, far: float, second: float | None) -> None:
    random = np.random.default_rng(seed)
    shapes = _faulty(random, _cells(far=far, step=1.0), far=far)
    if second is not None:  # another complete coverage of the same ground, whose inner edges are in balance
        shapes = np.concatenate([shapes, _cells(far=far, step=second)])
    i, j = shapely.STRtree(shapes).query(shapes)
    area_m2 = shapely.area(shapely.intersection(shapes[i], shapes[j]))
    overlapping = np.unique(i[(i != j) & (area_m2 > 0)])
    assert _may(shapes)[overlapping].all()


def test_a_coverage_without_a_fault_has_none_inside() -> None:
    may = _may(_cells(far=0.0, step=1.0)).reshape(SIDE, SIDE)
    assert not may[1:-1, 1:-1].any()  # the outermost lie at the edge of everything
