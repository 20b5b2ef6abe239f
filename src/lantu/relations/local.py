"""Local: of a large polygon, only the part around its partner.

The road network of a town may be one polygon of a hundred thousand vertices that meets ten thousand
parcels; each overlay with all of it costs milliseconds. So a large polygon is cut once to each cell
of a grid, and its partners in a cell meet that piece. Cells are powers of two, chosen by the
partner's box alone, and so loose that the partner lies inside with a margin: nothing is cut where it
is measured, and what a pair gets does not depend on other pairs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from lantu.relations.index import POLYGON, index_of
from lantu.relations.kernels import near_polygons
from lantu.relations.overlay import overlay, polygonal

if TYPE_CHECKING:
    from lantu.model import FloatArray, IntArray, Layer, ObjectArray

LARGE = 1000
"""Polygons with more vertices are taken by pieces; pieces with a quarter of that are not cut again."""

MARGIN_M = 1.0
"""How far from an object its partner may be cut at least, beyond what a measure reaches."""

SMALL = 48
"""Polygons with more vertices are taken as far as an intersection notices, where kernels serve."""

NOTICED = 0.1
"""Part of the shorter side of a box by which GEOS widens it before it cuts to it."""

PARENT = 2
"""Powers of two between a cell and the larger one that its piece is cut from."""


def around(
    layer: Layer, rows: IntArray, boxes_m: FloatArray, *, margin_m: float
) -> tuple[ObjectArray, IntArray]:
    """Return each row's geometry as far as its partner can notice, and a number for each distinct one.

    ``boxes_m`` are the partners' boxes, shape (n, 4); nothing within ``margin_m`` of them is cut.
    """
    index = index_of(layer)
    geometry = layer.geometry[rows]
    number = rows.copy()
    large = np.flatnonzero((index.vertices[rows] > LARGE) & (index.dimension[rows] == POLYGON))
    own_m = index.bounds_m[rows[large]]
    size_m = (boxes_m[large, 2:] - boxes_m[large, :2]).max(axis=1, initial=0.0) + 2.0 * margin_m
    far = 4.0 * size_m < (own_m[:, 2:] - own_m[:, :2]).max(axis=1, initial=0.0)
    at, size_m = large[far], size_m[far]
    if len(at):
        _, level = np.frexp(size_m)  # the power of two above the size
        corner = np.floor((boxes_m[at, :2] - margin_m) / np.ldexp(1.0, level)[:, None]).astype(np.int64)
        cells = np.column_stack([rows[at], level, corner])
        distinct, cell = np.unique(cells, axis=0, return_inverse=True)
        geometry[at] = _pieces(layer, distinct)[cell]
        number[at] = len(layer) + cell
    return geometry, number


def around_each_other(
    a: Layer, b: Layer, rows_a: IntArray, rows_b: IntArray, *, margin_m: float
) -> tuple[ObjectArray, ObjectArray]:
    """Return both geometries of each pair, each as far as the other can notice."""
    one, _ = around(a, rows_a, index_of(b).bounds_m[rows_b], margin_m=margin_m)
    two, _ = around(b, rows_b, index_of(a).bounds_m[rows_a], margin_m=margin_m)
    return one, two


def as_intersection_notices(
    a: Layer, b: Layer, rows_a: IntArray, rows_b: IntArray
) -> tuple[ObjectArray, ObjectArray]:
    """Return both polygons of each pair with few vertices beyond what both boxes share; by kernel.

    GEOS cuts them to that ground before it nodes their edges, so the intersection is to the bit that of the
    whole polygons; unless noding fails and it starts again without cutting.
    """
    boxes_a, boxes_b = index_of(a).bounds_m[rows_a], index_of(b).bounds_m[rows_b]
    one, two = _widened(boxes_a), _widened(boxes_b)
    common = np.hstack([np.maximum(one[:, :2], two[:, :2]), np.minimum(one[:, 2:], two[:, 2:])])
    windows_m = _widened(common) + MARGIN_M * np.array([-1.0, -1.0, 1.0, 1.0])
    sides = []
    for layer, rows in ((a, rows_a), (b, rows_b)):
        outlines, geometry = index_of(layer).outlines, layer.geometry[rows]
        many = np.flatnonzero(outlines.first[rows + 1] - outlines.first[rows] > SMALL)
        geometry[many] = near_polygons(outlines, rows[many], windows_m[many])
        sides.append(geometry)
    return sides[0], sides[1]


def _widened(boxes_m: FloatArray) -> FloatArray:
    by_m = NOTICED * (boxes_m[:, 2:] - boxes_m[:, :2]).min(axis=1, keepdims=True)
    return np.asarray(boxes_m + by_m * np.array([-1.0, -1.0, 1.0, 1.0]), dtype=np.float64)


def _pieces(layer: Layer, cells: IntArray) -> ObjectArray:
    """Return the part of a polygon in each cell (row, level, column, line), at least; cut once a layer."""
    known = index_of(layer).pieces
    keys = list(map(tuple, cells.tolist()))
    new = np.flatnonzero([key not in known for key in keys])
    if len(new):
        known.update(zip((keys[k] for k in new), _cut(layer, cells[new]), strict=True))
    pieces = np.empty(len(keys), dtype=object)
    pieces[:] = [known[key] for key in keys]
    return pieces


def _cut(layer: Layer, cells: IntArray) -> ObjectArray:
    """Return the pieces of distinct cells, cut from those of larger ones."""
    index = index_of(layer)
    rows, level = cells[:, 0], cells[:, 1]
    side_m = np.ldexp(2.0, level)  # a cell reaches over its right and upper neighbours
    extent_m = (index.bounds_m[rows, 2:] - index.bounds_m[rows, :2]).max(axis=1)
    pieces = layer.geometry[rows]
    cut = np.flatnonzero(side_m < extent_m)
    if len(cut) == 0:
        return pieces
    parents = cells[cut]
    parents[:, 1] += PARENT
    parents[:, 2:] >>= PARENT
    distinct, parent = np.unique(parents, axis=0, return_inverse=True)
    whole = _pieces(layer, distinct)[parent]
    pieces[cut] = whole
    again = shapely.get_num_coordinates(whole) > LARGE // 4
    cut, whole = cut[again], whole[again]
    low = cells[cut, 2:] * np.ldexp(1.0, level[cut])[:, None]
    high = low + side_m[cut, None]
    frames = shapely.box(low[:, 0], low[:, 1], high[:, 0], high[:, 1])
    inside = polygonal(overlay(shapely.intersection, whole, frames))
    failed = shapely.is_missing(inside)
    pieces[cut] = np.where(failed, whole, inside)
    return pieces
