"""DA04: a value cannot be read."""

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
class ValueNotReadable(LayerRule):
    """Text stands where a number, a date or a unit is needed.

    *What it finds*

    A value such as 约3米, — or 见附图 in a column of numbers, or a month where a day is needed. The value as
    delivered is kept beside the empty one. All such values of one column are one cause.

    *Why it matters*

    The value counts as unknown: a height that cannot be read neither exceeds a limit nor keeps it.

    *Basis*

    The types of the standard's columns, contract section 3.

    *Example*

    Plot A-03 has the height limit "按规定", which is no number of metres.

    *How to resolve*

    Enter a number in the column's unit, and the remark in a field of its own.

    *Trap*

    Many unreadable values in one column mean that the wrong field was mapped. Ranges, ≤ signs and
    full-width digits are read; what is listed here is none of these.
    """

    code: ClassVar[str] = "DA04"
    name: ClassVar[str] = "value-not-readable"
    subjects: ClassVar[tuple[str, ...]] = ANY
    severity: Severity = "minor"

    def judge(self, layer: Layer, facts: BlueprintFacts) -> Verdict:  # noqa: ARG002  # the layer says it all
        """Return the unreadable values that reading noted, one cause per column."""
        log = layer.problems_of(ProblemKind.VALUE_UNREADABLE)
        cause = log["column"].to_numpy(dtype=object)
        return judge_problems(layer, log, severity=self.severity, cause=cause)
