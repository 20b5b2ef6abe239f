"""CR05: control points leave residuals above the stated accuracy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import shapely

from lantu.rules.base import ANY, LayerRule
from lantu.rules.verdict import verdict

if TYPE_CHECKING:
    from lantu.model import BlueprintFacts, ControlUse, Layer
    from lantu.rules.verdict import Verdict

LIMIT = 2.0
"""A single residual may be this many standard errors: about 95 % of honest ones are below."""


@dataclass(frozen=True, kw_only=True)
class TransformResidualTooLarge(LayerRule):
    """Control points leave residuals above the accuracy stated for the layer.

    *What it finds*

    A layer whose transformation was fitted to control points: as a whole, when the standard error of a
    point in the fit is larger than the layer's own accuracy (stated in the blueprint, else its standard's);
    and each point whose residual, or, for a point that the others contradict, whose distance from where
    they put it, is larger than twice that accuracy.

    *Why it matters*

    The layer cannot lie better than the points that tie it down. What it states as 5 cm is then worth
    less, and its boundaries contradict others for that reason alone. The larger error is already in the
    tolerance of every comparison with this layer.

    *Basis*

    Least-squares fit with leave-one-out; twice the standard error as limit (tolerance.md 1); control
    points of the layer in the blueprint.

    *Example*

    Point K3 of layer parcels misses its place by 0.82 m against a stated accuracy of 0.05 m: its
    coordinates were mistyped.

    *How to resolve*

    Look at the named points first: mistyped digits, another mark, another epoch. Take a wrong point out;
    where many are off, another model or points around the whole district are needed; else state the
    accuracy that is really reached.

    *Trap*

    Three points in a similarity leave almost nothing to check with. A single wrong point pulls all the
    others: the left-out distance, not the residual, names it.
    """

    code: ClassVar[str] = "CR05"
    name: ClassVar[str] = "transform-residual-too-large"
    subjects: ClassVar[tuple[str, ...]] = ANY

    def judge(self, layer: Layer, facts: BlueprintFacts) -> Verdict:  # noqa: ARG002  # the layer says it all
        """Return the fit as a whole and each point that is above its limit."""
        control = layer.provenance.crs.control if layer.provenance.crs is not None else None
        if control is None:
            return verdict(np.empty(0, dtype=np.int64), severity=self.severity)
        off_m = np.array(control.residual_m)
        wrong = np.array([name == control.blunder for name in control.names], dtype=np.bool_)
        off_m[wrong] = np.array(control.left_out_m)[wrong]
        points = np.flatnonzero(off_m > LIMIT * control.stated_m)
        whole = np.array([-1] if control.accuracy_m > control.stated_m else [], dtype=np.int64)
        entries = np.concatenate([whole, points])
        single = entries >= 0
        names = np.array([*control.names, None], dtype=object)
        said = np.where(wrong[entries] & single, "rules.CR05.blunder", "rules.CR05.point")
        said = np.where(single, said, "rules.CR05.message").astype(object)
        return verdict(
            np.full(len(entries), -1),
            severity=self.severity,
            cause=layer.name,
            id_a=names[entries],
            part=names[entries],
            measure=np.where(single, off_m[entries], control.accuracy_m),
            unit="m",
            required=np.where(single, LIMIT * control.stated_m, control.stated_m),
            message=said,
            shape=np.where(single, _places(control)[entries], None),
            facts={"model": control.model, "count": len(control.names), "stated_m": control.stated_m},
        )


def _places(control: ControlUse) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    return np.asarray(shapely.points(control.x_m, control.y_m), dtype=object)
