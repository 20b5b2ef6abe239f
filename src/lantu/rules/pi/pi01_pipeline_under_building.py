"""PI01: pipe under a building."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from lantu.model import Severity  # noqa: TC001  # dataclass fields are read at run time
from lantu.relations import Overlaps
from lantu.rules.base import PairRule
from lantu.rules.pi.pipes import MEDIUM, PIPE
from lantu.rules.verdict import verdict

if TYPE_CHECKING:
    from lantu.relations import Pairs, Relation
    from lantu.rules.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class PipelineUnderBuilding(PairRule):
    """A pipe runs under a building.

    *What it finds*

    A pipe of which at least min_length_m lies under the footprint of a building, deeper than the
    tolerance of the two layers.

    *Why it matters*

    A pipe under a building cannot be dug up when it bursts; leaking gas gathers in the rooms above, and
    leaking water washes out the foundation.

    *Basis*

    GB 50289-2016 4.1.9 (clear distance between pipes and buildings).

    *Example*

    Sewer WS-239 runs for 21.4 m under building FW-181.

    *How to resolve*

    Find out which is older and whether the building stands. A pipe that still serves is moved before
    the building is built or enlarged; a pipe out of use is emptied, filled and taken off the layer.

    *Trap*

    The service pipe that ends in the building belongs there. Footprints of elevated buildings, canopies
    and planned houses carry no foundation; abandoned pipes often stay in the layer.
    """

    code: ClassVar[str] = "PI01"
    name: ClassVar[str] = "pipeline-under-building"
    subjects: ClassVar[tuple[str, ...]] = (PIPE,)
    against: ClassVar[tuple[str, ...]] = ("housing.building",)
    severity: Severity = "critical"
    min_length_m: float = 0.5

    @property
    def relation(self) -> Relation:
        """Return overlaps of at least ``min_length_m``."""
        return Overlaps(min_length_m=self.min_length_m)

    def judge(self, pairs: Pairs) -> Verdict:
        """Return every pair: the length is long enough."""
        return verdict(
            pairs.rows_a,
            pairs.rows_b,
            severity=self.severity,
            field=MEDIUM,
            value_a=pairs.subject[MEDIUM],
            raw_a=pairs.subject.raw(MEDIUM),
            measure=pairs["length_m"],
            unit="m",
            required=self.min_length_m,
            tolerance=pairs.tolerance_m,
            share_a=pairs["share_a"],
            shape=pairs.shape(),
        )
