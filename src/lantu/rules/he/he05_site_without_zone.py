"""HE05: heritage site without a protection range."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import shapely

from lantu.model import Severity  # noqa: TC001  # a dataclass field, read at run time
from lantu.relations import Uncovered
from lantu.rules.base import PairRule
from lantu.rules.land_use import is_missing
from lantu.rules.verdict import verdict
from lantu.rules.wording import where
from lantu.rules.zone_kind import KIND, of_kind

if TYPE_CHECKING:
    from lantu.model import BoolArray, Layer
    from lantu.relations import Pairs, Relation
    from lantu.rules.verdict import Verdict

WHOLLY = 1.0 - 1e-9
"""Share of a site that lies outside every range when none touches it."""


@dataclass(frozen=True, kw_only=True)
class SiteWithoutZone(PairRule):
    """A graded heritage site has no protection range: none covers it and none names it.

    *What it finds*

    A site graded national, provincial, municipal or county that no protection range covers and that none
    names by its id or name. Sites registered without a grade are left alone.

    *Why it matters*

    Every graded site must have a protection range; without one in the data, no other department can respect
    it.

    *Basis*

    文物保护法 (2024) 26 (a protection range is set for every graded site).

    *Example*

    Provincial site W-014 lies outside every range, and no range carries its number.

    *How to resolve*

    The heritage department delivers the range; where it was published only as words, it is drawn and
    confirmed.

    *Trap*

    A point put at the gate or the village instead of on the site falls outside its own range: that is a
    wrong point. Registered sites without a grade have no statutory range and must not be given one.
    """

    code: ClassVar[str] = "HE05"
    name: ClassVar[str] = "site-without-zone"
    subjects: ClassVar[tuple[str, ...]] = ("heritage.site",)
    sees_all_others: ClassVar[bool] = True
    against: ClassVar[tuple[str, ...]] = ("heritage.zone",)
    needs_b: ClassVar[tuple[str, ...]] = ("kind",)
    reveals: ClassVar[tuple[str, ...]] = ("name", "grade", "site_id")
    severity: Severity = "minor"

    @property
    def relation(self) -> Relation:
        """Return what no protection range covers."""
        return Uncovered()

    def selects_a(self, layer: Layer) -> BoolArray:
        """Return sites that are graded, or whose grade is not known."""
        return np.asarray(layer.values("grade") != "unclassified", dtype=np.bool_)

    def selects_b(self, layer: Layer) -> BoolArray:
        """Return the protection ranges."""
        return of_kind(layer, "protection")

    def judge(self, pairs: Pairs) -> Verdict:
        """Return sites that lie outside altogether and are not named.

        Undecidable without a grade, and where a zone of unknown kind covers the site or names it.
        """
        ranges = [(layer, self.selects_b(layer)) for layer in pairs.others]
        chosen = pairs.take((pairs["share_a"] >= WHOLLY) & ~_named_by(ranges, pairs))
        unknown = [(layer, is_missing(layer.values(KIND))) for layer in pairs.others]
        in_doubt = _named_by(unknown, chosen) | _covered_by(unknown, chosen)
        grade = chosen.subject["grade"]
        return verdict(
            chosen.rows_a,
            severity=self.severity,
            undecidable=is_missing(grade) | in_doubt,
            message=where(in_doubt, "rules.HE05.zone_of_unknown_kind"),
            field="grade",
            value_a=grade,
            raw_a=chosen.subject.raw("grade"),
            shape=chosen.subject.geometry,
        )


def _named_by(zones: list[tuple[Layer, BoolArray]], pairs: Pairs) -> BoolArray:
    """Return which sites one of the zones names, by its id or its name."""
    given = [layer.values("site_id")[mask] for layer, mask in zones]
    names = sorted({str(name) for values in given for name in values if name is not None})
    by_id = np.isin(pairs.subject.ids.astype(str), names)
    return by_id | np.isin(pairs.subject["name"].astype(str), names)


def _covered_by(zones: list[tuple[Layer, BoolArray]], pairs: Pairs) -> BoolArray:
    """Return which sites lie in one of the zones, be it in part."""
    shapes = np.concatenate([np.empty(0, dtype=object), *(layer.geometry[mask] for layer, mask in zones)])
    covered = np.zeros(len(pairs), dtype=np.bool_)
    covered[shapely.STRtree(shapes).query(pairs.subject.geometry, predicate="intersects")[0]] = True
    return covered
