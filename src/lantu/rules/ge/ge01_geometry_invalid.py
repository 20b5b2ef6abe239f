"""GE01: a geometry is invalid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from lantu.model import ProblemKind, Severity
from lantu.rules.base import ANY, LayerRule
from lantu.rules.problems import judge_problems

if TYPE_CHECKING:
    from lantu.model import BlueprintFacts, Layer
    from lantu.rules.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class GeometryInvalid(LayerRule):
    """A geometry is invalid as delivered.

    *What it finds*

    A feature whose geometry breaks the simple features model: rings that cross themselves, holes outside
    their shell, too few points. Reason and place are given. A repaired copy is compared; the original is
    kept.

    *Why it matters*

    The area of a ring that crosses itself is undefined: programs disagree about it by any amount, and the
    repair is a choice that the department should make.

    *Basis*

    OGC 06-103r4, Simple Feature Access 1, 6.1.11 (polygons).

    *Example*

    Parcel P9 is a bow tie: its ring crosses itself at 500050, 4000050.

    *How to resolve*

    Correct the ring at the source, at the place given.

    *Trap*

    The repaired copy may have another area than both drawings intended: do not decide a boundary from it.
    """

    code: ClassVar[str] = "GE01"
    name: ClassVar[str] = "geometry-invalid"
    subjects: ClassVar[tuple[str, ...]] = ANY
    severity: Severity = "minor"

    def judge(self, layer: Layer, facts: BlueprintFacts) -> Verdict:  # noqa: ARG002  # the layer says it all
        """Return what reading had to repair, with its place."""
        log = layer.problems_of(ProblemKind.GEOMETRY_INVALID)
        return judge_problems(layer, log, severity=self.severity)
