"""Kernels: the measures that a whole city asks for most, on flat coordinate arrays, compiled by numba.

Each does what the module of the same measure beside this room does with GEOS, which stays the reference
(``LANTU_KERNELS=off``), and says for which pairs it cannot promise to; those go to GEOS. Nothing here
imports numba before a run is large enough to pay for it. docs/performance.md explains how they work and
how far off they can be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lantu.pieces import in_pieces
from lantu.relations.kernels.choice import Kernels, kernels_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from lantu.model import BoolArray, FloatArray, IntArray, ObjectArray
    from lantu.relations.kernels.balance import Edges
    from lantu.relations.kernels.outlines import Outlines
    from lantu.relations.kernels.paths import Paths

__all__ = [
    "Kernels",
    "boxes_meeting",
    "centres_of",
    "crossings",
    "farthest_m",
    "in_pieces",
    "kernels_for",
    "may_overlap",
    "near_polygons",
    "outlines_from_wkb",
    "outlines_of",
    "paths_of",
    "remainders_m2",
    "run_lengths_m",
    "shared_areas_m2",
    "unbalanced_edges",
    "unbalanced_of_parts",
    "widths",
]


def outlines_of(geometry: ObjectArray) -> Outlines:
    """Return the rings of all polygons of a layer as flat arrays; features of other kinds have none."""
    from lantu.relations.kernels import outlines

    return outlines.outlines_of(geometry)


def outlines_from_wkb(chunks: Sequence[tuple[NDArray[np.uint8], IntArray, BoolArray]]) -> Outlines | None:
    """Return the same of geometries in well-known binary, None where shapely has to read them.

    Of each chunk the bytes, where each of its n geometries starts and the last ends (n + 1,), and which of
    them are there (n,).
    """
    from lantu.relations.kernels import wkb

    return wkb.outlines_from_wkb([wkb.Binary(*chunk) for chunk in chunks])


def centres_of(outlines: Outlines) -> FloatArray:
    """Return the centroid of each feature, shape (n, 2), NaN where it has no area."""
    from lantu.relations.kernels import outlines as room

    return room.centres_of(outlines)


def boxes_meeting(
    one: FloatArray, other: FloatArray, *, share_ground: bool = True
) -> tuple[IntArray, IntArray]:
    """Return the pairs of boxes, shape (n, 4), that meet, sorted; those with NaN meet nothing.

    With ``share_ground`` only those that have more in common than an edge or a corner.
    """
    from lantu.relations.kernels import boxes

    return boxes.boxes_meeting(boxes.grid_of(other), one, share_ground=share_ground)


def shared_areas_m2(
    one: Outlines, two: Outlines, i: IntArray, j: IntArray
) -> tuple[FloatArray, NDArray[np.int8]]:
    """Return the area that features i of the one share with features j of the other, NaN for GEOS to say.

    And what ``widths`` may know besides: which of the two lies in the other whole.
    """
    from lantu.relations.kernels import area

    area_m2, covered = np.empty(len(i)), np.empty(len(i), dtype=np.int8)
    area.shared_areas(one, two, i, j, area_m2, covered)
    return area_m2, covered


def near_polygons(outlines: Outlines, rows: IntArray, windows_m: FloatArray) -> ObjectArray:
    """Return multi-polygons that are the features ``rows`` inside windows, shape (n, 4), anything outside."""
    from lantu.relations.kernels import nearby

    return nearby.near_polygons(outlines, rows, windows_m)


def remainders_m2(one: Outlines, i: IntArray, two: Outlines, first: IntArray, j: IntArray) -> FloatArray:
    """Return what of each feature i of the one no feature j[first[k]:first[k + 1]] of the other covers.

    In square metres, shape (n,), NaN for GEOS to say; ``first`` has n + 1 elements.
    """
    from lantu.relations.kernels import remainder

    area_m2 = np.empty(len(i))
    remainder.remainders(one, i, two, first, j, area_m2)
    return area_m2


def widths(
    one: Outlines,
    two: Outlines,
    i: IntArray,
    j: IntArray,
    shared: tuple[FloatArray, NDArray[np.int8]],
    tolerance_m: float,
) -> NDArray[np.int8]:
    """Return 1 where what i and j share is wider than the tolerance, 0 where not, -1 for GEOS to say."""
    from lantu.relations.kernels import width

    answer = np.empty(len(i), dtype=np.int8)
    width.widths(one, two, i, j, *shared, tolerance_m, answer)
    return answer


def unbalanced_edges(outlines: Outlines, chosen: BoolArray) -> tuple[IntArray, int]:
    """Return the edges of chosen features that no other chosen one has the other way round.

    By their first vertices, and the number of all edges.
    """
    from lantu.relations.kernels import balance

    return balance.unbalanced(outlines, chosen)


def unbalanced_of_parts(parts: Iterable[tuple[Outlines, IntArray]]) -> tuple[Edges, int]:
    """Return the edges that no other one has the other way round, of a layer that is seen part by part.

    And the number of all edges. The same ones as ``unbalanced_edges`` returns of the whole layer.
    """
    from lantu.relations.kernels import balance

    return balance.unbalanced_of_parts(parts)


def may_overlap(outlines: Outlines, unbalanced: IntArray) -> BoolArray:
    """Return which features may share ground with another, given all edges that are out of balance."""
    from lantu.relations.kernels import depth

    return depth.may_overlap(outlines, unbalanced)


def farthest_m(
    one: Outlines, two: Outlines, i: IntArray, j: IntArray, *, precision_m: float, most_halvings: int
) -> FloatArray:
    """Return the largest distance between the boundaries of i and j, NaN for the reference to say."""
    from lantu.relations.kernels import farthest

    distance_m = np.empty(len(i))
    farthest.farthest(one, two, i, j, precision_m, most_halvings, distance_m)
    return distance_m


def paths_of(geometry: ObjectArray) -> Paths:
    """Return the lines of a layer as flat arrays; features of other kinds have none."""
    from lantu.relations.kernels import paths

    return paths.paths_of(geometry)


def run_lengths_m(one: Paths, two: Paths, i: IntArray, j: IntArray, within_m: float) -> FloatArray:
    """Return the length of lines i no further than ``within_m`` from lines j, NaN for the reference."""
    from lantu.relations.kernels import paths

    run_m = np.empty(len(i))
    paths.run_lengths(one, two, i, j, within_m, run_m)
    return run_m


def crossings(one: Paths, two: Paths, i: IntArray, j: IntArray) -> tuple[NDArray[np.int8], FloatArray]:
    """Return 0 where lines i and j do not cross, 1 where once, 2 for GEOS to say; and where, shape (n, 2)."""
    from lantu.relations.kernels import crossing

    kind, place = np.empty(len(i), dtype=np.int8), np.full((len(i), 2), np.nan)
    crossing.crossings(one, two, i, j, kind, place)
    return kind, place
