"""LU07: a line of the plan splits a parcel."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import shapely

from lantu.messages import listed, message
from lantu.model import Severity  # noqa: TC001  # a dataclass field, read at run time
from lantu.relations import Overlaps
from lantu.relations.index import index_of
from lantu.relations.overlay import union_of_each
from lantu.rules.base import PairRule, first_of_each
from lantu.rules.land_use import CLASS, is_missing, raw_use
from lantu.rules.verdict import verdict
from lantu.standards import Word

if TYPE_CHECKING:
    from collections.abc import Callable

    from lantu.messages import Message
    from lantu.model import BoolArray, FloatArray, IntArray, ObjectArray
    from lantu.relations import Pairs, Relation
    from lantu.rules.verdict import Verdict

UNKNOWN = ""
"""Stands for plots whose code has no single class."""

ROUNDING = 1e-9
"""How far off a sum of shares may be."""


@dataclass(frozen=True, kw_only=True)
class PlanLineSplitsParcel(PairRule):
    """One parcel lies under two or more planned classes.

    *What it finds*

    A parcel that one plan layer divides into two or more classes of use, each on at least min_share of
    it. All plots of one class are united first. With one known class and codes without a single class
    beside it, the answer is undecidable.

    *Why it matters*

    The parcel cannot be supplied, built on or valued as one: it has to be divided first, or the plan's
    line is not where it was meant.

    *Basis*

    Overlay of the plan on the registered parcels; a permit for land names one parcel and one use.

    *Example*

    Parcel P1 is planned 60 % residential and 40 % green: 4 000 m² are not what the rest is.

    *How to resolve*

    If the line is meant, divide the parcel along it when it is next registered. If it was meant to follow
    the parcel's boundary, move it there in the plan.

    *Trap*

    A road widening or a river setback takes a strip of many parcels on purpose. Look whether the plan's
    line is parallel to the boundary at a constant distance: then it is a shift, not a split.
    """

    code: ClassVar[str] = "LU07"
    name: ClassVar[str] = "plan-line-splits-parcel"
    subjects: ClassVar[tuple[str, ...]] = ("land.parcel",)
    against: ClassVar[tuple[str, ...]] = ("plan.plot",)
    needs_b: ClassVar[tuple[str, ...]] = (CLASS,)
    severity: Severity = "minor"
    min_share: float = 0.10

    @property
    def relation(self) -> Relation:
        """Return every overlap: plots of one class are united before their share is looked at."""
        return Overlaps()

    def judge(self, pairs: Pairs) -> Verdict:
        """Return one finding per parcel with two classes, or with one and an unknown one."""
        parts = _parts(pairs, self.min_share)
        parts = parts.take(parts.share >= self.min_share)
        parts = parts.take(parts.in_row > 1)
        parts = parts.take(np.lexsort((parts.name, -parts.share, parts.row)))
        largest = first_of_each(parts.row)
        rows = parts.row[largest]
        known = np.add.reduceat((parts.name != UNKNOWN).astype(np.int64), largest) if len(rows) else rows
        minor = parts.take(np.setdiff1d(np.arange(len(parts)), largest))
        single = is_missing(minor.ground)
        minor.ground[single] = pairs.shape(minor.pair[single])
        first = np.searchsorted(pairs.rows_a, rows)  # the position of each parcel's first pair
        return verdict(
            rows,
            severity=self.severity,
            undecidable=known < 2,  # noqa: PLR2004  # two classes make a split
            field=CLASS,
            value_a=pairs.subject[CLASS][first],
            value_b=_each(parts, _classes_said, parts.name),
            raw_a=raw_use(pairs.subject)[first],
            measure=_each(minor, math.fsum, minor.area_m2).astype(np.float64),
            unit="m2",
            share_a=_each(minor, math.fsum, minor.share).astype(np.float64),
            shape=union_of_each(minor.ground, np.searchsorted(rows, minor.row), count=len(rows)),
            facts={
                "classes": _each(parts, _shares_said, parts.name, parts.share),
                "required_share": self.min_share,
                "tolerance_m": pairs.tolerance_m,
            },
        )


@dataclass(frozen=True, kw_only=True)
class Parts:
    """Each class on each parcel, shape (n,), by row and then by name.

    ``ground`` is there where several plots were united; ``pair`` is the position of the one plot else.
    """

    row: IntArray
    name: ObjectArray
    area_m2: FloatArray
    share: FloatArray
    ground: ObjectArray
    pair: IntArray

    def __len__(self) -> int:
        """Return the number of parts."""
        return len(self.row)

    @property
    def in_row(self) -> IntArray:
        """Return how many parts the parcel of each has."""
        first = first_of_each(self.row)
        size = np.diff(np.r_[first, len(self)])
        return np.repeat(size, size)

    def take(self, chosen: BoolArray | IntArray) -> Parts:
        """Return the chosen parts."""
        return Parts(**{name: values[chosen] for name, values in vars(self).items()})


def _parts(pairs: Pairs, min_share: float) -> Parts:
    """Return the classes on each parcel with more than one.

    Plots of one class are united, so ground that a plan covers twice counts once; in the order of their
    ids, so that the order of rows changes no bit. What they share together is at most the sum of their
    shares, so classes that do not even reach ``min_share`` by that are left out before any ground is drawn.
    """
    assert pairs.b is not None  # noqa: S101  # a plan
    names, kind = np.unique(_classes(pairs), return_inverse=True)
    group = pairs.rows_a * max(len(names), 1) + kind
    order = np.lexsort((index_of(pairs.b).rank[pairs.rows_b], group))
    number = np.cumsum(np.r_[True, np.diff(group[order]) != 0][: len(order)]) - 1
    first = first_of_each(group[order])
    pair = order[first]
    together = np.bincount(number, weights=np.nan_to_num(pairs["share_a"][order]), minlength=len(first))
    parts = Parts(
        row=pairs.rows_a[pair],
        name=names[kind[pair]],
        area_m2=pairs["area_m2"][pair],
        share=pairs["share_a"][pair],
        ground=np.full(len(pair), None, dtype=object),
        pair=pair,
    )
    kept = np.flatnonzero(together >= min_share * (1.0 - ROUNDING))
    kept = kept[parts.take(kept).in_row > 1]
    several = kept[np.bincount(number, minlength=len(first))[kept] > 1]
    plots = np.flatnonzero(np.isin(number, several))
    ground = union_of_each(
        pairs.shape(order[plots]), np.searchsorted(several, number[plots]), count=len(several)
    )
    area_m2 = shapely.area(ground)
    parts.ground[several] = ground
    parts.share[several] = area_m2 / (parts.area_m2[several] / parts.share[several])
    parts.area_m2[several] = area_m2
    return parts.take(kept)


def _classes(pairs: Pairs) -> ObjectArray:
    classes = pairs.other[CLASS]
    return np.where(is_missing(classes), UNKNOWN, classes)


def _each(parts: Parts, say: Callable[..., Any], *columns: ObjectArray | FloatArray) -> ObjectArray:
    """Return what is said of the columns' values of each parcel's parts, which stand together."""
    ends = [*first_of_each(parts.row).tolist(), len(parts)]
    values = [column.tolist() for column in columns]
    said = np.empty(len(ends) - 1, dtype=object)
    said[:] = [say(*(value[start:stop] for value in values)) for start, stop in pairwise(ends)]
    return said


def _classes_said(classes: list[str]) -> str:
    return ";".join(name or "?" for name in classes)


def _shares_said(classes: list[str], shares: list[float]) -> Message:
    return listed(
        [
            message("rules.class_share", use=_class_said(name), share=share)
            for name, share in zip(classes, shares, strict=True)
        ]
    )


@cache
def _class_said(name: str) -> Message:
    return Word(CLASS, {"word": name}) if name != UNKNOWN else message("rules.class_unknown")
