"""CR02: the only datum shift at hand is a ballpark one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from lantu.model import Severity  # noqa: TC001  # a dataclass field, read at run time
from lantu.rules.base import ANY, LayerRule
from lantu.rules.refusals import judge_refusal

if TYPE_CHECKING:
    from lantu.model import BlueprintFacts, Layer
    from lantu.rules.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class DatumShiftIsBallpark(LayerRule):
    """Nothing but a ballpark datum shift leads to the working coordinate system.

    *What it finds*

    A layer on another datum (Xian 1980, Beijing 1954, a local system) for which PROJ has only a null
    shift, and for which the blueprint gives no transform. The layer takes no part in any comparison.

    *Why it matters*

    A null shift between these datums loses 50 to 150 m without a warning. Every boundary would contradict
    every other.

    *Basis*

    PROJ's operations between the two systems (crs_transforms.csv); transform of the layer in the
    blueprint.

    *Example*

    roads is in EPSG:2362 (Xian 1980); the only way to EPSG:4548 is a ballpark geographic offset.

    *How to resolve*

    Give the transform in the blueprint: control points known in both systems (four or more, around the
    district), the seven parameters, or a PROJ pipeline. Or ask the department for a delivery in CGCS2000.

    *Trap*

    Declaring the layer as CGCS2000 makes this finding go away and moves the layer by the same 50 to 150
    m.
    """

    code: ClassVar[str] = "CR02"
    name: ClassVar[str] = "datum-shift-is-ballpark"
    subjects: ClassVar[tuple[str, ...]] = ANY
    judges_refused: ClassVar[bool] = True
    severity: Severity = "critical"

    def judge(self, layer: Layer, facts: BlueprintFacts) -> Verdict:  # noqa: ARG002  # the layer says it all
        """Return one finding on the layer when it was refused for this reason."""
        return judge_refusal(layer, self.code, severity=self.severity)
