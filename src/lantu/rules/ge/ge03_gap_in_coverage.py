"""GE03: gap in a coverage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from lantu.model import Severity  # noqa: TC001  # dataclass fields are read at run time
from lantu.relations import Coverage
from lantu.rules.base import PairRule
from lantu.rules.verdict import verdict

if TYPE_CHECKING:
    from lantu.relations import Pairs, Relation
    from lantu.rules.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class GapInCoverage(PairRule):
    """Neighbours of one coverage leave a hole between them.

    *What it finds*

    Ground enclosed by features of one layer that none of them covers, narrower than max_width_m on
    average: a sliver between neighbours, not a square or a pond.

    *Why it matters*

    A coverage has no holes: land that belongs to no patch, plot or area is counted nowhere, and the
    totals do not add up.

    *Basis*

    topology of a coverage: every place inside it belongs to exactly one feature (TD/T 1055-2019, as known
    from transcriptions).

    *Example*

    Between patches T-0101 and T-0102 of the survey a hole of 3.4 m² stays open, 0.2 m wide.

    *How to resolve*

    Give the hole to the neighbour whose boundary was drawn later or less exactly; take both boundaries
    from the same points.

    *Trap*

    A wide hole may be land that the layer leaves out on purpose (a lake, a barracks). Slivers by the
    hundred come from two digitisations of one boundary: one cause, not a hundred errors.
    """

    code: ClassVar[str] = "GE03"
    name: ClassVar[str] = "gap-in-coverage"
    subjects: ClassVar[tuple[str, ...]] = ("land.survey", "plan.plot", "admin.area")
    severity: Severity = "minor"
    max_width_m: float = 1.0

    @property
    def relation(self) -> Relation:
        """Return holes narrower than ``max_width_m``."""
        return Coverage(max_width_m=self.max_width_m)

    def judge(self, pairs: Pairs) -> Verdict:
        """Return every hole; several beside one feature are numbered."""
        return verdict(
            pairs.rows_a,
            severity=self.severity,
            facts={"width_m": pairs["width_m"]},
            part=[f"{number:g}" for number in pairs["part"]],
            measure=pairs["area_m2"],
            unit="m2",
            required=0.0,
            tolerance=pairs.tolerance_m,
            shape=pairs.shape(),
        )
