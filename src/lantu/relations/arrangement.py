"""The faces between edges, and which of many things hang together.

GEOS needs two kilobytes for each edge that it puts together. The outer side of a face depends only on edges
that hang together with its own, so edges are taken group by group of such, some ten thousand at a time; what
another group encloses within a face is taken out of it then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from lantu.relations.overlay import union_of_each
from lantu.relations.tolerance import TOPOLOGY_M

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lantu.model import FloatArray, IntArray, ObjectArray
    from lantu.relations.segments import Segments

EDGES_AT_ONCE = 50_000
"""Edges that are noded together, or compared with those around them, but for a group that is larger."""


def faces_between(edges: Segments) -> tuple[ObjectArray, bool]:
    """Return the faces between edges, whatever their order and direction, and whether GEOS failed."""
    start = edges.start[:, 0] + 1j * edges.start[:, 1]
    stop = edges.stop[:, 0] + 1j * edges.stop[:, 1]
    ends = np.unique(np.column_stack([np.minimum(start, stop), np.maximum(start, stop)]), axis=0)
    places = np.stack([ends.real, ends.imag], axis=-1)
    some, failed = zip(*(_faces(places[group]) for group in _groups(places)), strict=True)
    return some[0] if len(some) == 1 else _without_others(some), any(failed)


def _faces(places: FloatArray) -> tuple[ObjectArray, bool]:
    lines = shapely.linestrings(places)
    noded = union_of_each(lines, np.zeros(len(lines), dtype=np.int64), count=1)
    return shapely.get_parts(shapely.polygonize(noded)), bool(shapely.is_missing(noded).any())


def _without_others(groups: Sequence[ObjectArray]) -> ObjectArray:
    """Return the faces of all groups, without the ground that another group encloses within them."""
    faces = np.concatenate(groups)
    group_of = np.repeat(np.arange(len(groups)), [len(some) for some in groups])
    enclosed = [shapely.get_parts(shapely.coverage_union_all(some)) for some in groups]
    ground, group = np.concatenate(enclosed), np.repeat(np.arange(len(groups)), list(map(len, enclosed)))
    tree = shapely.STRtree(ground)
    face, part = tree.query(faces, predicate="contains_properly")
    other = group[part] != group_of[face]
    face, part = face[other], part[other]
    around, within = tree.query(ground, predicate="contains_properly")
    for holed in np.unique(face):
        hole = np.zeros(len(ground), dtype=np.bool_)
        hole[part[face == holed]] = True
        hole[within[hole[around] & hole[within]]] = False  # a hole in a hole is none
        own = shapely.get_rings(faces[holed])
        faces[holed] = shapely.polygons(own[0], np.r_[own[1:], shapely.get_exterior_ring(ground[hole])])
    return faces


def _groups(places: FloatArray) -> Iterator[IntArray]:
    """Yield the edges, shape (n, 2, 2) from west to east, those together that hang together."""
    if len(places) <= EDGES_AT_ONCE:
        yield np.arange(len(places))
        return
    labels = _hanging_together(places)
    order = np.argsort(labels, kind="stable")
    label = labels[order]
    starts = np.flatnonzero(np.r_[True, label[1:] != label[:-1]])
    batch = starts // EDGES_AT_ONCE
    yield from np.split(order, starts[np.flatnonzero(np.diff(batch)) + 1])


def _hanging_together(places: FloatArray) -> IntArray:
    """Return a number for each edge that all have which touch it, or one that touches it, and so on."""
    labels, here = np.arange(len(places)), np.empty(0, dtype=np.int64)
    west, east = places[:, :, 0].min(axis=1), places[:, :, 0].max(axis=1)
    for start in range(0, len(places), EDGES_AT_ONCE):
        behind = here[east[here] + TOPOLOGY_M >= west[start]]
        here = np.r_[behind, start : min(start + EDGES_AT_ONCE, len(places))]
        lines = shapely.linestrings(places[here])
        one, other = shapely.STRtree(lines).query(lines, predicate="dwithin", distance=TOPOLOGY_M)
        labels = joined(labels, here[one], here[other])
    return labels


def joined(labels: IntArray, one: IntArray, other: IntArray) -> IntArray:
    """Join clusters that an edge connects: every label is the smallest position of its cluster."""
    while True:
        low = np.minimum(labels[one], labels[other])
        high = np.maximum(labels[one], labels[other])
        apart = low != high
        if not apart.any():
            return labels
        one, other = one[apart], other[apart]
        labels = labels.copy()
        np.minimum.at(labels, high[apart], low[apart])
        while (labels[labels] != labels).any():
            labels = labels[labels]
