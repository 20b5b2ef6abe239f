"""DA03: a code has no single class."""

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
class CodeHasNoSingleClass(LayerRule):
    """A land-use code stands for no class, or for several.

    *What it finds*

    A code that is in its list and that the crosswalk maps to several classes, or to none: mostly
    first-level codes such as 07 (urban and rural residential together). All features with one code are
    one cause.

    *Why it matters*

    Such a feature is compared with nothing: the rules on land use answer undecidable rather than guess
    one of the classes.

    *Basis*

    The crosswalk from the code lists to the canonical classes (landuse_crosswalk.csv).

    *Example*

    41 plots are coded 07 in the 2023 guide: urban residential, rural homestead, or community service.

    *How to resolve*

    Deliver the second-level code. Where the layer only ever means one of the classes, say so in a code
    list of your own.

    *Trap*

    The code is not wrong, and the department did nothing wrong: a first-level code may be all that its
    plan decides.
    """

    code: ClassVar[str] = "DA03"
    name: ClassVar[str] = "code-has-no-single-class"
    subjects: ClassVar[tuple[str, ...]] = ANY
    severity: Severity = "info"

    def judge(self, layer: Layer, facts: BlueprintFacts) -> Verdict:  # noqa: ARG002  # the layer says it all
        """Return the ambiguous codes that reading noted, one cause per code."""
        log = layer.problems_of(ProblemKind.CODE_AMBIGUOUS)
        return judge_problems(layer, log, severity=self.severity, cause=column_and_value(log))
