"""AT02: one object, two names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import shapely

from lantu.model import Severity  # noqa: TC001  # a dataclass field, read at run time
from lantu.relations import Same
from lantu.rules.base import PairRule, Partner
from lantu.rules.identity import has_own_id
from lantu.rules.verdict import verdict
from lantu.standards.plain_name import plain_names

if TYPE_CHECKING:
    from lantu.model import BoolArray, Layer
    from lantu.relations import Pairs, Relation
    from lantu.rules.verdict import Verdict

NAME = "name"


@dataclass(frozen=True, kw_only=True)
class NameDiffers(PairRule):
    """One object has two names.

    *What it finds*

    Roads, heritage sites or administrative areas of two layers with one id, no further apart than within_m,
    whose names still differ when full-width and half-width characters, upper and lower case, spaces and
    punctuation are made alike. A name that one side lacks is not compared.

    *Why it matters*

    Notices, permits and certificates name the place. Under two names one road is looked for twice, and
    what was decided for one of them is not found under the other.

    *Basis*

    地名管理条例 (2022): one place has one standard name, and official documents use it.

    *Example*

    Road D012 is 新华大街 in layer roads and 新华东街 in layer roads_plan.

    *How to resolve*

    The name in the civil affairs department's register of place names holds (for heritage sites, the one
    in the announced list); the other layer takes it over.

    *Trap*

    A former name, a short name, or a name in another language is no mistake. Two layers that each count
    1, 2, 3 share ids by chance: that is why objects further apart than within_m are not compared.
    """

    code: ClassVar[str] = "AT02"
    name: ClassVar[str] = "name-differs"
    subjects: ClassVar[tuple[str, ...]] = ("transport.road", "heritage.site", "admin.area")
    against: ClassVar[tuple[str, ...]] = ("transport.road", "heritage.site", "admin.area")
    partner: ClassVar[Partner] = "siblings"
    needs_a: ClassVar[tuple[str, ...]] = (NAME,)
    needs_b: ClassVar[tuple[str, ...]] = (NAME,)
    severity: Severity = "info"
    within_m: float = 50.0

    @property
    def relation(self) -> Relation:
        """Return identity by id."""
        return Same()

    def compares(self, a: Layer, b: Layer) -> bool:
        """Say whether two layers are of one standard."""
        return a.standard == b.standard

    def selects_a(self, layer: Layer) -> BoolArray:
        """Return features with a delivered id."""
        return has_own_id(layer)

    def selects_b(self, layer: Layer) -> BoolArray:
        """Return features with a delivered id."""
        return has_own_id(layer)

    def wants(self, pairs: Pairs) -> BoolArray:
        """Return pairs of which both names are known and differ."""
        a, b = plain_names(pairs.subject[NAME]), plain_names(pairs.other[NAME])
        return np.asarray((a != "") & (b != "") & (a != b), dtype=np.bool_)

    def judge(self, pairs: Pairs) -> Verdict:
        """Return every remaining pair of one place; objects without a place are compared by id alone."""
        apart_m = shapely.distance(pairs.subject.geometry, pairs.other.geometry)
        pairs = pairs.take(np.asarray(~(apart_m > self.within_m), dtype=np.bool_))
        return verdict(
            pairs.rows_a,
            pairs.rows_b,
            severity=self.severity,
            field=NAME,
            value_a=pairs.subject[NAME],
            value_b=pairs.other[NAME],
            raw_a=pairs.subject.raw(NAME),
            raw_b=pairs.other.raw(NAME),
            shape=pairs.subject.geometry,
        )
