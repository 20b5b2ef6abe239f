"""CR01: a layer's coordinate system is undeclared."""

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
class CrsUndeclared(LayerRule):
    """A layer has no coordinate system, and the blueprint gives it none.

    *What it finds*

    A layer whose source carries no coordinate system (no .prj, no SRID) and for which the blueprint has
    no crs. The layer takes no part in any comparison. Systems in which its coordinates would land in the
    district are suggested, not used.

    *Why it matters*

    Coordinates without a system are numbers. A guess that is wrong by a zone or a datum moves the layer
    by 50 metres or by 270 kilometres, and every finding on it is noise.

    *Basis*

    The source's own metadata; crs of the layer in the blueprint; crs.csv for the suggestions.

    *Example*

    parcels.shp came without parcels.prj; its eastings look like EPSG:4527 (zone 39 with prefix).

    *How to resolve*

    Ask the department which system it delivers in and state it as crs of the layer in the blueprint.

    *Trap*

    A system that fits the extent need not be the right one: Xian 1980 and CGCS2000 share zones and
    numbers and lie 50 to 150 m apart.
    """

    code: ClassVar[str] = "CR01"
    name: ClassVar[str] = "crs-undeclared"
    subjects: ClassVar[tuple[str, ...]] = ANY
    judges_refused: ClassVar[bool] = True
    severity: Severity = "critical"

    def judge(self, layer: Layer, facts: BlueprintFacts) -> Verdict:  # noqa: ARG002  # the layer says it all
        """Return one finding on the layer when it was refused for this reason."""
        return judge_refusal(layer, self.code, severity=self.severity)
