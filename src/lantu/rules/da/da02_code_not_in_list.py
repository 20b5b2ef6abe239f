"""DA02: a code is not in its list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from lantu.model import ProblemKind, Severity
from lantu.rules.base import ANY, LayerRule
from lantu.rules.problems import column_and_value, judge_problems

if TYPE_CHECKING:
    from lantu.model import BlueprintFacts, Layer
    from lantu.rules.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class CodeNotInList(LayerRule):
    """A value is not in the code list that the layer declares.

    *What it finds*

    A code of land use, or a word of an enumeration (kind, grade, medium), that the declared list does not
    have. All features with one value are one cause.

    *Why it matters*

    A code nobody can look up has no class: every comparison of that feature is undecidable. A wrong list
    gives worse: codes that exist in both lists and mean different things.

    *Basis*

    The code list named under codelist in the blueprint, and the enumerations of the standard.

    *Example*

    118 parcels carry the use code 9999, which GB/T 21010-2017 does not have.

    *How to resolve*

    Check first that codelist names the list the layer was coded with. Then correct the codes at the
    source, or give a code list of your own that has them.

    *Trap*

    Many unknown codes at once mean the wrong list, not many wrong codes: 0701 is urban residential in one
    list and something else in another.
    """

    code: ClassVar[str] = "DA02"
    name: ClassVar[str] = "code-not-in-list"
    subjects: ClassVar[tuple[str, ...]] = ANY
    severity: Severity = "minor"

    def judge(self, layer: Layer, facts: BlueprintFacts) -> Verdict:  # noqa: ARG002  # the layer says it all
        """Return the unknown codes that reading noted, one cause per column and value."""
        log = layer.problems_of(ProblemKind.CODE_UNKNOWN)
        return judge_problems(layer, log, severity=self.severity, cause=column_and_value(log))
