"""Uncovered: what no object of the other layers covers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from lantu.relations.cover import cover_of
from lantu.relations.index import LINE, POINT, POLYGON, index_of
from lantu.relations.kernels import remainders_m2
from lantu.relations.left_out import LeftOut, in_steps, left_out
from lantu.relations.overlaps import KeptShapes, share_of
from lantu.relations.overlay import grown, lineal, overlay, polygonal, union_of_each
from lantu.relations.pairs import NO_ROW, Pairs
from lantu.relations.segments import sums_of
from lantu.relations.tolerance import tolerance_between
from lantu.relations.width import wide_parts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lantu.model import BoolArray, FloatArray, IntArray, Layer, ObjectArray
    from lantu.relations.cover import Cover
    from lantu.relations.spec import Uncovered

ROUNDING = 1e-9
"""How far off a share may be: the two ways to measure round areas differently."""


def uncovered(
    relation: Uncovered,
    a: Layer,
    *,
    rows_a: IntArray,
    chosen_a: BoolArray,
    others: Sequence[tuple[Layer, BoolArray]],
    kernels: bool = False,
) -> tuple[Pairs, LeftOut, int]:
    """Return the subjects of which something is left, one row each, and what the tolerance left out.

    And how many subjects a kernel left to GEOS because it could not promise its bound.

    ``others`` are the layers that may cover, each with the mask of its features that count; only their
    polygons cover. The tolerance is that of the subjects' layer and the least accurate of them.
    ``area_m2`` counts the parts of the rest that are wide; narrower parts are left out by the tolerance
    and summed up there, where the whole rest would have reached the thresholds. Points: further than the
    tolerance from every polygon. Lines: ``length_m`` of what runs outside, if it leaves the polygons by more
    than the tolerance. ``kernels`` says that compiled kernels measure what they can: GEOS then sees only
    those polygons of which areas do not tell enough.
    """
    between = [tolerance_between(a, layer) for layer, _ in others]
    tolerance_m = max(between, default=tolerance_between(a, None))
    subjects = np.sort(np.asarray(rows_a, dtype=np.int64))
    subjects = subjects[chosen_a[subjects]]
    kind = index_of(a).dimension[subjects]
    subjects, kind = subjects[kind >= 0], kind[kind >= 0]
    geometry = a.geometry[subjects]
    cover = cover_of(a, subjects, others, tolerance_m)
    rest = _Rest(len(subjects))
    polygons = np.flatnonzero(kind == POLYGON)
    if kernels and len(polygons):
        polygons = _leave_measured(rest, relation, polygons, cover, tolerance_m)
    _leave_areas(rest, relation, geometry, polygons, cover, tolerance_m)
    _leave_lines(rest, geometry, np.flatnonzero(kind == LINE), cover, tolerance_m)
    _leave_points(rest, geometry, np.flatnonzero(kind == POINT), cover, tolerance_m)
    kept = rest.wide & ~(rest.area_m2 < relation.min_area_m2) & ~(rest.share_a < relation.min_share)
    pairs = Pairs(
        a=a,
        b=None,
        rows_a=subjects[kept],
        rows_b=np.full(int(kept.sum()), NO_ROW, dtype=np.int64),
        tolerance_m=tolerance_m,
        measures={
            "area_m2": rest.area_m2[kept],
            "length_m": rest.length_m[kept],
            "share_a": rest.share_a[kept],
            "wide": np.ones(int(kept.sum())),
        },
        shapes=KeptShapes(rest.shape[kept]),
        others=tuple(layer for layer, _ in others),
    )
    return pairs, rest.left_out, rest.by_geos


class _Rest:
    """What is left of each subject, filled in kind by kind."""

    def __init__(self, size: int) -> None:
        self.area_m2 = np.zeros(size)
        self.length_m = np.full(size, np.nan)
        self.share_a = np.zeros(size)
        self.wide = np.zeros(size, dtype=np.bool_)
        self.shape: ObjectArray = np.full(size, None, dtype=object)
        self.left_out = LeftOut()
        self.by_geos = 0


def _leave_measured(
    rest: _Rest, relation: Uncovered, at: IntArray, cover: Cover, tolerance_m: float
) -> IntArray:
    """Fill in what areas alone say of polygons, and return the positions of those that GEOS has to look at.

    The others have too little left to be reported, or less than a disc of the tolerance: so nothing wide.
    """
    own = cover.of(at)
    over, rows = own.outlines
    outlines = index_of(own.a).outlines
    first = np.searchsorted(own.owner, np.arange(len(at) + 1))
    left_m2 = in_steps(remainders_m2(outlines, own.subjects, over, first, rows))
    rest.by_geos += int(np.isnan(left_m2).sum())
    few = ~_reaches(relation, left_m2, outlines.area_m2[own.subjects])
    narrow = left_m2 <= np.pi / 4.0 * tolerance_m**2
    rest.left_out += left_out(narrow & ~few & (left_m2 > 0), area_m2=left_m2)
    return at[~(few | narrow)]


def _reaches(relation: Uncovered, left_m2: FloatArray, whole_m2: FloatArray) -> BoolArray:
    """Return which rests reach the thresholds, narrow parts included; unknown ones do."""
    little = left_m2 < relation.min_area_m2
    little |= share_of(left_m2, whole_m2) < relation.min_share * (1.0 - ROUNDING)
    return np.asarray(~little, dtype=np.bool_)


def _leave_areas(
    rest: _Rest, relation: Uncovered, geometry: ObjectArray, at: IntArray, cover: Cover, tolerance_m: float
) -> None:
    """Fill in what is left of polygons: the parts that are wide."""
    own = cover.of(at)
    covering, owner = own.pieces, own.owner
    alone = shapely.covers(covering, geometry[at][owner])
    done = np.bincount(owner[alone], minlength=len(at)) > 0
    left = ~done[owner]  # most subjects stand under one polygon whole; the others need the union
    over = union_of_each(covering[left], owner[left], count=len(at))
    over[done] = geometry[at[done]]
    whole = polygonal(overlay(shapely.difference, geometry[at], over))
    parts, owner = shapely.get_parts(whole, return_index=True)
    area_m2: FloatArray = np.asarray(shapely.area(parts), dtype=np.float64)
    wide = wide_parts(parts, tolerance_m)
    whole_m2 = np.asarray(shapely.area(geometry[at]), dtype=np.float64)
    left_m2 = sums_of(owner, np.where(wide, area_m2, 0.0), len(at))
    narrow_m2 = in_steps(sums_of(owner, np.where(wide, 0.0, area_m2), len(at)))
    rest.area_m2[at] = left_m2
    rest.share_a[at] = share_of(left_m2, whole_m2)
    rest.wide[at] = left_m2 > 0
    present, group = np.unique(owner[wide], return_inverse=True)
    rest.shape[at[present]] = _joined(parts[wide], group)
    out = (narrow_m2 > 0) & _reaches(relation, in_steps(left_m2) + narrow_m2, whole_m2)
    rest.left_out += left_out(out, area_m2=narrow_m2, failed=shapely.is_missing(whole))


def _joined(parts: ObjectArray, group: IntArray) -> ObjectArray:
    """Return one geometry for each group: its polygon, or all of them as one multi-polygon."""
    if len(parts) == 0:
        return np.empty(0, dtype=object)
    joined = np.asarray(shapely.multipolygons(parts, indices=group), dtype=object)
    single = shapely.get_num_geometries(joined) == 1
    joined[single] = shapely.get_geometry(joined[single], 0)
    return joined


def _leave_lines(rest: _Rest, geometry: ObjectArray, at: IntArray, cover: Cover, tolerance_m: float) -> None:
    """Fill in what is left of lines that leave the polygons by more than the tolerance."""
    own = cover.of(at)
    over = union_of_each(own.pieces, own.owner, count=len(at))
    outside = lineal(overlay(shapely.difference, geometry[at], over))
    length_m: FloatArray = np.asarray(shapely.length(outside), dtype=np.float64)
    beyond = overlay(shapely.difference, outside, grown(over, tolerance_m))
    wide = (length_m > 0) & (shapely.length(beyond) > 0)
    rest.length_m[at] = length_m
    rest.share_a[at] = share_of(length_m, shapely.length(geometry[at]))
    rest.wide[at] = wide
    rest.shape[at] = outside
    rest.left_out += left_out((length_m > 0) & ~wide, length_m=length_m, failed=np.isnan(length_m))


def _leave_points(rest: _Rest, geometry: ObjectArray, at: IntArray, cover: Cover, tolerance_m: float) -> None:
    """Fill in which points stand further than the tolerance from every polygon."""
    own = cover.of(at)
    over, owner = own.pieces, own.owner
    away_m = np.full(len(at), np.inf)
    each_m = shapely.distance(geometry[at][owner], over)  # NaN where a large polygon has no part nearby
    np.minimum.at(away_m, owner, np.nan_to_num(each_m, nan=np.inf))
    rest.share_a[at] = away_m > tolerance_m
    rest.wide[at] = away_m > tolerance_m
    rest.shape[at] = geometry[at]
    rest.left_out += left_out((away_m > 0) & (away_m <= tolerance_m))
