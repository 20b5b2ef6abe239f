"""LU02: registered use and surveyed class differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from lantu.relations import Overlaps
from lantu.rules.base import PairRule
from lantu.rules.land_use import agree, shared_ground, unclassified
from lantu.rules.verdict import verdict

if TYPE_CHECKING:
    from lantu.model import BoolArray
    from lantu.relations import Pairs, Relation
    from lantu.rules.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class RegisteredUseDiffersFromSurvey(PairRule):
    """Registered use and surveyed class differ on the shared area.

    *What it finds*

    A parcel whose registered use is one class of land and the land survey, on at least min_area_m2 of it,
    another. Land that one side only calls construction land, not further divided, differs from no class
    of construction land.

    *Why it matters*

    The registered use says what the holder may do, the survey what is done. Permits, taxes, compensation
    and the stock of cropland are counted from one or the other, and are wrong where they differ.

    *Basis*

    GB/T 21010-2017 and the classes of the third national land survey, brought to one set of classes by
    landuse_crosswalk.csv; 不动产登记暂行条例 8 (the register records the use).

    *Example*

    Parcel P1 is registered as urban residential (0701); the survey has 5 000 m² of it, 50 %, as dry
    cropland (0103).

    *How to resolve*

    Look at the ground and at the date of both records. Use changed without registration: the holder
    applies for a change. Survey wrong or older: the survey is corrected in the yearly change survey.

    *Trap*

    The survey maps what stands there, not what is allowed, and has minimum patch sizes of 200 to 600 m²:
    a garden inside a large factory is not a contradiction. Land approved but not yet built stays cropland
    in the survey for a lawful reason.
    """

    code: ClassVar[str] = "LU02"
    name: ClassVar[str] = "registered-use-differs-from-survey"
    subjects: ClassVar[tuple[str, ...]] = ("land.parcel",)
    against: ClassVar[tuple[str, ...]] = ("land.survey",)
    needs_a: ClassVar[tuple[str, ...]] = ("use_class",)
    needs_b: ClassVar[tuple[str, ...]] = ("use_class",)
    min_area_m2: float = 50.0

    @property
    def relation(self) -> Relation:
        """Return overlaps of at least ``min_area_m2``."""
        return Overlaps(min_area_m2=self.min_area_m2)

    def wants(self, pairs: Pairs) -> BoolArray:
        """Return pairs whose classes differ or are not known."""
        return ~agree(pairs.subject["use_class"], pairs.other["use_class"])

    def judge(self, pairs: Pairs) -> Verdict:
        """Return every remaining pair; undecidable where a code has no single class."""
        unknown = unclassified(pairs)
        return verdict(
            pairs.rows_a,
            pairs.rows_b,
            severity=self.severity,
            undecidable=unknown.mask,
            cause=unknown.cause,
            facts={**unknown.facts, "tolerance_m": pairs.tolerance_m},
            **shared_ground(pairs, min_area_m2=self.min_area_m2),
        )
