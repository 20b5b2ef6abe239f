"""What an undeclared layer looks like beside the others: read as degrees, for a trial only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lantu.engine.judging import Choice, judge_whole
from lantu.engine.meetings import plan
from lantu.messages import message
from lantu.rules.cr.cr04_layer_shifted import LayerShifted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lantu.messages import Message
    from lantu.model import Layer


def web_map_seen(trial: Layer, layers: Sequence[Layer]) -> Message | None:
    """Say that a layer's coordinates look like a web map's beside one that should coincide; None if not.

    ``trial`` is the layer read as longitudes and latitudes of WGS 84; it is judged as by rule CR04.
    """
    rule = LayerShifted()
    for other in layers:
        if other.refusal is not None or other.name == trial.name or not len(other) or not len(trial):
            continue
        for meeting in plan([rule], (other, trial))[0]:
            everything = Choice(
                a=_all(meeting.a), others=tuple((side, _all(side)) for side in meeting.others)
            )
            verdict = judge_whole(meeting, rule, everything, np.arange(len(meeting.a)))[rule.code].verdict
            if verdict is None or not len(verdict) or verdict.message[0] != "rules.CR04.web":
                continue
            facts = {name: values[0] for name, values in verdict.facts.items()}
            if facts["web_layer"] == trial.name:
                return message("engine.looks_web_map", layer=other.name, **facts)
    return None


def _all(layer: Layer) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.ones(len(layer), dtype=np.bool_)
