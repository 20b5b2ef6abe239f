"""HE04: pipe through a protection range."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from lantu.relations import Overlaps
from lantu.rules.base import PairRule
from lantu.rules.verdict import verdict
from lantu.rules.zone_kind import may_be, undecided_by_kind

if TYPE_CHECKING:
    from lantu.model import BoolArray, Layer
    from lantu.relations import Pairs, Relation
    from lantu.rules.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class PipelineThroughProtectionRange(PairRule):
    """A pipe runs through the protection range of a heritage site.

    *What it finds*

    A pipe of which at least min_length_m lies inside a protection range, deeper than the tolerance of the
    two layers.

    *Why it matters*

    Trenches, leaks and repairs endanger what lies in the ground; laying and renewing pipes inside the range
    needs a special approval.

    *Basis*

    文物保护法 (2024) 28 (no other construction works inside a protection range).

    *Example*

    Gas pipe RQ-118 runs for 46 m through the protection range of a tomb.

    *How to resolve*

    The pipeline owner shows the approval, or moves the pipe out of the range at its next renewal; until
    then the range's keeper is told before any digging.

    *Trap*

    Small service pipes of the site itself belong there. Pipes are often drawn in the middle of the street
    while the range ends at the kerb: look at the width before the length.
    """

    code: ClassVar[str] = "HE04"
    name: ClassVar[str] = "pipeline-through-protection-range"
    subjects: ClassVar[tuple[str, ...]] = ("utility.pipe",)
    against: ClassVar[tuple[str, ...]] = ("heritage.zone",)
    needs_b: ClassVar[tuple[str, ...]] = ("kind",)
    min_length_m: float = 1.0

    @property
    def relation(self) -> Relation:
        """Return overlaps of at least ``min_length_m``."""
        return Overlaps(min_length_m=self.min_length_m)

    def selects_b(self, layer: Layer) -> BoolArray:
        """Return the protection ranges, and zones of unknown kind."""
        return may_be(layer, "protection")

    def judge(self, pairs: Pairs) -> Verdict:
        """Return every pair: the length is long enough; undecidable where the zone's kind is not known."""
        found = verdict(
            pairs.rows_a,
            pairs.rows_b,
            severity=self.severity,
            field="medium",
            value_a=pairs.subject["medium"],
            value_b="protection",
            raw_a=pairs.subject.raw("medium"),
            raw_b=pairs.other.raw("kind"),
            measure=pairs["length_m"],
            unit="m",
            required=self.min_length_m,
            tolerance=pairs.tolerance_m,
            share_a=pairs["share_a"],
            shape=pairs.shape(),
        )
        return undecided_by_kind(pairs, found)
