"""LU07: a line of the plan splits a parcel."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd
import shapely

from lantu.messages import listed, message
from lantu.model import Severity  # noqa: TC001  # a dataclass field, read at run time
from lantu.relations import Overlaps
from lantu.relations.overlay import union_of_each
from lantu.rules.base import PairRule
from lantu.rules.land_use import CLASS, is_missing, raw_use
from lantu.rules.verdict import verdict
from lantu.standards import Word

if TYPE_CHECKING:
    from collections.abc import Callable

    from lantu.messages import Message
    from lantu.model import ObjectArray
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
        parts = parts[parts["share"] >= self.min_share]
        parts = parts[parts.groupby("row")["class"].transform("size") > 1]
        parts = parts.sort_values(["row", "share", "class"], ascending=[True, False, True])
        known = (parts["class"] != UNKNOWN).groupby(parts["row"]).sum()
        minor = parts[parts.duplicated("row")].copy()
        single = minor["ground"].isna()
        minor.loc[single, "ground"] = pairs.shape(minor.loc[single, "pair"].to_numpy(dtype=np.int64))
        rows = known.index.to_numpy(dtype=np.int64)
        first = np.searchsorted(pairs.rows_a, rows)  # the position of each parcel's first pair
        return verdict(
            rows,
            severity=self.severity,
            undecidable=(known < 2).to_numpy(),  # noqa: PLR2004  # two classes make a split
            field=CLASS,
            value_a=pairs.subject[CLASS][first],
            value_b=_each(parts, _classes_said, "class"),
            raw_a=raw_use(pairs.subject)[first],
            measure=_each(minor, math.fsum, "area").astype(np.float64),
            unit="m2",
            share_a=_each(minor, math.fsum, "share").astype(np.float64),
            shape=union_of_each(
                minor["ground"].to_numpy(),
                np.searchsorted(rows, minor["row"].to_numpy(dtype=np.int64)),
                count=len(rows),
            ),
            facts={
                "classes": _each(parts, _shares_said, "class", "share"),
                "required_share": self.min_share,
                "tolerance_m": pairs.tolerance_m,
            },
        )


def _parts(pairs: Pairs, min_share: float) -> pd.DataFrame:
    """Return row, class, area and share of each class on each parcel with more than one.

    Plots of one class are united, so ground that a plan covers twice counts once; in the order of their
    ids, so that the order of rows changes no bit. What they share together is at most the sum of their
    shares, so classes that do not even reach ``min_share`` by that are left out before any ground is drawn.
    ``ground`` is there where several plots were united; ``pair`` is the position of the one plot else.
    """
    classes = np.where(is_missing(pairs.other[CLASS]), UNKNOWN, pairs.other[CLASS])
    found = pd.DataFrame({"row": pairs.rows_a, "class": classes, "id": pairs.other.ids})
    found["area"], found["share"] = pairs["area_m2"], pairs["share_a"]
    found["pair"] = np.arange(len(pairs))
    together = found.groupby(["row", "class"])["share"].transform("sum")
    found = found[together >= min_share * (1.0 - ROUNDING)]
    found = found[found.groupby("row")["class"].transform("nunique") > 1]
    found = found.sort_values(["row", "class", "id"])
    found["ground"] = np.full(len(found), None, dtype=object)
    parts = found.drop_duplicates(["row", "class"]).set_index(["row", "class"])
    several = found[found.duplicated(["row", "class"], keep=False)]
    plots = several.drop_duplicates(["row", "class"])
    group = np.asarray(several.groupby(["row", "class"], sort=False).ngroup(), dtype=np.int64)
    drawn = pairs.shape(several["pair"].to_numpy(dtype=np.int64))
    ground = union_of_each(drawn, group, count=len(plots))
    area_m2 = shapely.area(ground)
    several_at = plots.index
    parts = found.drop_duplicates(["row", "class"]).copy()
    parts["ground"] = np.full(len(parts), None, dtype=object)
    parts.loc[several_at, "ground"] = ground
    parts.loc[several_at, "share"] = area_m2 / (plots["area"] / plots["share"]).to_numpy()
    parts.loc[several_at, "area"] = area_m2
    return parts


def _each(parts: pd.DataFrame, say: Callable[..., Any], *columns: str) -> ObjectArray:
    """Return what is said of the columns' values of each parcel's parts, which stand together."""
    row = parts["row"].to_numpy()
    ends = [*np.flatnonzero(np.diff(row, prepend=-1)), len(row)]
    values = [parts[column].tolist() for column in columns]
    said = np.empty(len(ends) - 1, dtype=object)
    said[:] = [say(*(value[start:stop] for value in values)) for start, stop in pairwise(ends)]
    return said


def _classes_said(classes: list[str]) -> str:
    return ";".join(name or "?" for name in classes)


def _shares_said(classes: list[str], shares: list[float]) -> Message:
    return listed(
        [
            message(
                "rules.class_share",
                use=Word(CLASS, {"word": name}) if name != UNKNOWN else message("rules.class_unknown"),
                share=share,
            )
            for name, share in zip(classes, shares, strict=True)
        ]
    )
