"""LU07: a line of the plan splits a parcel."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd
import shapely

from lantu.messages import message
from lantu.model import Severity  # noqa: TC001  # a dataclass field, read at run time
from lantu.relations import Overlaps
from lantu.rules.base import PairRule
from lantu.rules.land_use import CLASS, is_missing, raw_use
from lantu.rules.verdict import verdict
from lantu.rules.wording import Word, listed

if TYPE_CHECKING:
    from collections.abc import Callable

    from lantu.messages import Message
    from lantu.model import ObjectArray
    from lantu.relations import Pairs, Relation
    from lantu.rules.verdict import Verdict

UNKNOWN = ""
"""Stands for plots whose code has no single class."""


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
        parts = _parts(pairs)
        parts = parts[parts["share"] >= self.min_share]
        parts = parts[parts.groupby("row")["class"].transform("size") > 1]
        parts = parts.sort_values(["row", "share", "class"], ascending=[True, False, True])
        known = (parts["class"] != UNKNOWN).groupby(parts["row"]).sum()
        minor = parts[parts.duplicated("row")]
        rows = known.index.to_numpy(dtype=np.int64)
        first = np.searchsorted(pairs.rows_a, rows)  # the position of each parcel's first pair
        return verdict(
            rows,
            severity=self.severity,
            undecidable=(known < 2).to_numpy(),  # noqa: PLR2004  # two classes make a split
            field=CLASS,
            value_a=pairs.subject[CLASS][first],
            value_b=_each(parts, lambda part: ";".join(name or "?" for name in part["class"])),
            raw_a=raw_use(pairs.subject)[first],
            measure=minor.groupby("row")["area"].agg(math.fsum).to_numpy(),
            unit="m2",
            share_a=minor.groupby("row")["share"].agg(math.fsum).to_numpy(),
            shape=_each(minor, lambda part: shapely.union_all(part["ground"].to_numpy())),
            facts={
                "classes": _each(parts, _shares_said),
                "required_share": self.min_share,
                "tolerance_m": pairs.tolerance_m,
            },
        )


def _parts(pairs: Pairs) -> pd.DataFrame:
    """Return row, class, area, share and ground of each class on each parcel with more than one.

    Plots of one class are united, so ground that a plan covers twice counts once; in the order of their
    ids, so that the order of rows changes no bit.
    """
    classes = np.where(is_missing(pairs.other[CLASS]), UNKNOWN, pairs.other[CLASS])
    found = pd.DataFrame({"row": pairs.rows_a, "class": classes, "id": pairs.other.ids})
    found["area"], found["share"] = pairs["area_m2"], pairs["share_a"]
    found = found[found.groupby("row")["class"].transform("nunique") > 1]
    found["ground"] = pairs.shape(found.index.to_numpy(dtype=np.int64))
    found = found.sort_values(["row", "class", "id"])
    parts = found.drop_duplicates(["row", "class"]).set_index(["row", "class"])
    several = found[found.duplicated(["row", "class"], keep=False)]
    for key, plots in several.groupby(["row", "class"]):
        ground = shapely.union_all(plots["ground"].to_numpy())
        whole_m2 = plots["area"].iloc[0] / plots["share"].iloc[0]
        parts.loc[key, ["area", "share"]] = ground.area, ground.area / whole_m2
        parts.at[key, "ground"] = ground  # noqa: PD008  # loc would take a geometry apart
    return parts.reset_index()


def _each(parts: pd.DataFrame, say: Callable[[pd.DataFrame], Any]) -> ObjectArray:
    """Return what is said of each parcel's parts, in the order of the parcels."""
    said = [say(part) for _, part in parts.groupby("row", sort=True)]
    column = np.empty(len(said), dtype=object)
    column[:] = said
    return column


def _shares_said(part: pd.DataFrame) -> Message:
    return listed(
        [
            message(
                "rules.class_share",
                use=Word(CLASS, {"word": name}) if name != UNKNOWN else message("rules.class_unknown"),
                share=share,
            )
            for name, share in zip(part["class"], part["share"], strict=True)
        ]
    )
