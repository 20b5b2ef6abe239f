"""GE07: a geometry is empty, unreadable, or of the wrong kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from lantu.model import ProblemKind, Severity
from lantu.rules.base import ANY, LayerRule
from lantu.rules.problems import judge_problems

if TYPE_CHECKING:
    from lantu.model import BlueprintFacts, Layer
    from lantu.rules.verdict import Verdict

KINDS = (
    ProblemKind.RECORD_UNREADABLE,
    ProblemKind.GEOMETRY_MISSING,
    ProblemKind.GEOMETRY_WRONG_KIND,
    ProblemKind.GEOMETRY_MIXED,
)


@dataclass(frozen=True, kw_only=True)
class GeometryEmptyOrMixed(LayerRule):
    """A feature has no geometry, one of the wrong dimension, or several dimensions at once.

    *What it finds*

    Null and empty geometries, lines where the standard has polygons, collections of several dimensions
    (the right parts are used), and records that no reader could make a feature of (by record number).

    *Why it matters*

    Such a feature takes part in no comparison of places: no conflict is found on it, and that means
    nothing.

    *Basis*

    OGC 06-103r4, Simple Feature Access 1; the geometry of the standard.

    *Example*

    Parcel P3 has no geometry; record 17 of plots.shp is truncated.

    *How to resolve*

    Draw the missing boundary, close the line into a polygon, or deliver the damaged file again.

    *Trap*

    Parcels kept for their attributes alone (boundary not surveyed yet) legitimately have none: they are
    then compared by id only.
    """

    code: ClassVar[str] = "GE07"
    name: ClassVar[str] = "geometry-empty-or-mixed"
    subjects: ClassVar[tuple[str, ...]] = ANY
    severity: Severity = "minor"

    def judge(self, layer: Layer, facts: BlueprintFacts) -> Verdict:  # noqa: ARG002  # the layer says it all
        """Return the features without a usable geometry and the records that could not be read."""
        log = layer.problems_of(*KINDS)
        kinds = log["kind"].to_numpy(dtype=object)
        records = np.array([f"#{record}" for record in log["record"]], dtype=object)
        records[kinds != ProblemKind.RECORD_UNREADABLE] = None
        return judge_problems(
            layer,
            log,
            severity=self.severity,
            part=np.array([str(kind) for kind in kinds], dtype=object),
            id_a=records,
            message=np.array([f"rules.GE07.{kind}" for kind in kinds], dtype=object),
        )
