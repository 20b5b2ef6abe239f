"""CR03: coordinates lie outside the district."""

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
class CoordinatesOutsideDistrict(LayerRule):
    """Coordinates lie outside the district, or outside their system's area of use.

    *What it finds*

    Features, or a whole layer (one finding), that do not lie where the district lies, with what the
    coordinates look like: axes swapped, zone prefix missing or extra, wrong zone, degrees labelled
    metres, feet. All of them in one layer are one cause. GCJ-02 and BD-09 displace by less than the margin
    of 2 km around the district: CR04, and CR01 of undeclared layers, tell them by their vector.

    *Why it matters*

    Such objects meet nothing, so they contradict nothing: without this finding a swapped pair of axes
    reads as perfect agreement.

    *Basis*

    The extent of the town layer, else of the other layers, else the area of use of the working system
    (crs.csv).

    *Example*

    All 412 zones of layer heritage lie in the Yellow Sea; read in zone 40 instead of 39 they lie in the
    district.

    *How to resolve*

    Correct crs of the layer in the blueprint when the whole layer is off. Single features: the department
    corrects or removes them.

    *Trap*

    A diagnosis is a suggestion; the data is used only as the blueprint declares it. An exclave (飞地)
    really lies outside.
    """

    code: ClassVar[str] = "CR03"
    name: ClassVar[str] = "coordinates-outside-district"
    subjects: ClassVar[tuple[str, ...]] = ANY
    severity: Severity = "critical"

    def judge(self, layer: Layer, facts: BlueprintFacts) -> Verdict:  # noqa: ARG002  # the layer says it all
        """Return what reading noted outside, per feature or for the layer."""
        log = layer.problems_of(ProblemKind.OUTSIDE_AREA)
        whole = (log["row"] < 0).to_numpy()
        return judge_problems(
            layer,
            log,
            severity=self.severity,
            cause="outside",
            message=where(whole, "rules.CR03.layer"),
        )
