"""DA01: a required value is missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from lantu.model import ProblemKind, Severity
from lantu.rules.base import ANY, LayerRule
from lantu.rules.problems import judge_problems
from lantu.rules.wording import where

if TYPE_CHECKING:
    from lantu.model import BlueprintFacts, Layer
    from lantu.rules.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class RequiredValueMissing(LayerRule):
    """A required column has no source column, or no value for a feature.

    *What it finds*

    A column that the layer's standard requires and that no source field fills (one finding on the layer),
    or a feature whose value in it is empty. All empty values of one column are one cause.

    *Why it matters*

    Without its id, use or kind an object cannot be compared with anyone else's: rules answer undecidable
    or not checked, and the absence of conflicts means nothing.

    *Basis*

    The required columns of the standard, contract section 3 and the field dictionaries it rests on.

    *Example*

    Layer parcels has no field for use_code; or parcel P7 has an empty use_code.

    *How to resolve*

    Map the source field in the blueprint under fields where it only has another name. Otherwise the
    department fills the value in at the source and delivers again.

    *Trap*

    A field that is there under another name, or a table that was never joined, looks like missing data.
    Look at lantu layers, fields matched and missed, first.
    """

    code: ClassVar[str] = "DA01"
    name: ClassVar[str] = "required-value-missing"
    subjects: ClassVar[tuple[str, ...]] = ANY
    severity: Severity = "minor"

    def judge(self, layer: Layer, facts: BlueprintFacts) -> Verdict:  # noqa: ARG002  # the layer says it all
        """Return the missing columns and the empty values that reading noted."""
        log = layer.problems_of(ProblemKind.COLUMN_MISSING, ProblemKind.VALUE_MISSING)
        whole = (log["kind"] == ProblemKind.COLUMN_MISSING).to_numpy()
        return judge_problems(
            layer,
            log,
            severity=self.severity,
            cause=log["column"].to_numpy(dtype=object),
            message=where(whole, "rules.DA01.column"),
        )
