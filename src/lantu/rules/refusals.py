"""From a refused layer to a verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lantu.messages import message
from lantu.rules.verdict import verdict

if TYPE_CHECKING:
    from lantu.model import Layer
    from lantu.rules.verdict import Verdict


def judge_refusal(layer: Layer, code: str, *, severity: str) -> Verdict:
    """Return one finding on the layer, a cause by itself, when it was refused under ``code``; else none."""
    refusal = layer.refusal
    if refusal is None or refusal.code != code:
        return verdict(np.empty(0, dtype=np.int64), severity=severity)
    suggestion = refusal.suggestion
    said = "" if suggestion is None else message("rules.in_brackets", text=suggestion)
    return verdict(
        np.array([-1]),
        severity=severity,
        cause=layer.name,
        raw_a=layer.provenance.crs.source if layer.provenance.crs is not None else None,
        facts={"reason": refusal.reason, "suggestion": said},
    )
