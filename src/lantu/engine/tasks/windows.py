"""Which features a task has to see besides its subjects, so that it judges as if it saw all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lantu.engine.tiles import box_of, tiling_of
from lantu.relations import Alone, Alongside, Near, Same, tolerance_between
from lantu.relations.candidate_pairs import REACH_MARGIN_M
from lantu.relations.index import index_of
from lantu.relations.local import MARGIN_M

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from lantu.engine.tasks.task import Ground, Planned
    from lantu.model import FloatArray, IntArray, Layer
    from lantu.relations import Relation

FEW_STRAYS = 200
"""So many objects of the subjects' ids that stand elsewhere are looked around one by one."""


def windows_of(ground: Ground, places: Sequence[int], rows: IntArray) -> dict[str, IntArray] | None:
    """Return the rows of each layer that meetings of one layer have to see, ascending; None where all.

    ``rows`` are the subjects. Around their box, as far as the relations and tolerances reach; where ids are
    compared, the bearers of one id wherever they stand, and what lies around those; for what rules look at
    besides, what lies around all of these.
    """
    meetings = [ground.planned[place] for place in places]
    if any(planned.is_statement for planned in meetings):
        return None
    a = meetings[0].meeting.a
    box = box_of(a.bounds_m[rows])
    reach_m = _reaches_m(ground, meetings)
    seen = {name: [_around(ground.layers[name], [box], reach)] for name, reach in reach_m.items()}
    seen.setdefault(a.name, []).append(rows)
    for b in _compared_by_id(meetings):
        for name, some in _of_one_id(a, b, rows, box, reach_m[b.name]).items():
            seen[name].append(some)
    besides = {
        layer.name: layer for p in meetings for choice in p.choices.values() for layer in choice.beside
    }
    if besides:
        met = [ground.layers[name].bounds_m[some] for name, parts in seen.items() for some in parts]
        around = box_of(np.concatenate(met))
        for name, layer in besides.items():
            seen.setdefault(name, []).append(_around(layer, [around], MARGIN_M))
    return {name: _united(parts) for name, parts in seen.items()}


def together(windows: Iterable[Mapping[str, IntArray] | None]) -> dict[str, IntArray] | None:
    """Return the rows of each layer that stand in any of several windows; None where one sees all."""
    parts: dict[str, list[IntArray]] = {}
    for seen in windows:
        if seen is None:
            return None
        for name, rows in seen.items():
            parts.setdefault(name, []).append(rows)
    return {name: _united(some) for name, some in parts.items()}


def _reaches_m(ground: Ground, meetings: Iterable[Planned]) -> dict[str, float]:
    """Return how far around the subjects each layer has to be seen, for all meetings together."""
    reach_m: dict[str, float] = {}
    for planned in meetings:
        meeting = planned.meeting
        if isinstance(meeting.relation, Alone):
            continue
        within_m = _within_m(meeting.relation)
        both = isinstance(meeting.relation, Alongside)  # lines of the subject's own layer are rivals too
        for b in (meeting.a, *meeting.others) if both else meeting.others:
            if ground.layers.get(b.name) is b:
                least_m = within_m + 2.0 * tolerance_between(meeting.a, b) + MARGIN_M + REACH_MARGIN_M
                reach_m[b.name] = max(reach_m.get(b.name, 0.0), least_m)
    return reach_m


def _within_m(relation: Relation) -> float:
    """Return how far from a subject's box a relation looks at others, tolerances aside."""
    if isinstance(relation, Near):
        return relation.within_m
    return 2.0 * relation.reach_m if isinstance(relation, Alongside) else 0.0


def _compared_by_id(meetings: Iterable[Planned]) -> list[Layer]:
    """Return the other layers whose ids are compared with the subjects'."""
    found = {}
    for planned in meetings:
        meeting = planned.meeting
        by_id = isinstance(meeting.relation, Same) and meeting.relation.key == "id"
        rules = [rule for rule in meeting.rules if rule.code in planned.choices]
        if meeting.b is not None and (by_id or any(rule.looks_ids_up for rule in rules)):
            found[meeting.b.name] = meeting.b
    return list(found.values())


def _around(layer: Layer, boxes: Iterable[FloatArray], reach_m: float) -> IntArray:
    grown = [box + np.array([-reach_m, -reach_m, reach_m, reach_m]) for box in boxes]
    return _united([tiling_of(layer).rows_in(box, layer.bounds_m) for box in grown if np.isfinite(box).all()])


def _of_one_id(a: Layer, b: Layer, rows: IntArray, box: FloatArray, reach_m: float) -> dict[str, IntArray]:
    """Return the rows of both layers that bear the subjects' ids, what lies around, and their namesakes.

    What stands on an object's ground is told by whether the other layer knows its id; so every id that is
    seen in one layer is looked up in the other.
    """
    bearers = _bearers(b, index_of(a).keys[rows])
    boxes = [box, *_elsewhere(b.bounds_m[bearers], box)]
    near_a = np.union1d(rows, _around(a, boxes, reach_m))
    near_b = np.union1d(_around(b, boxes, reach_m), _bearers(b, index_of(a).keys[near_a]))
    return {b.name: near_b, a.name: np.union1d(near_a, _bearers(a, index_of(b).keys[near_b]))}


def _bearers(layer: Layer, keys: np.ndarray) -> IntArray:
    return index_of(layer).bearers.of(keys)[1]


def _elsewhere(bounds_m: FloatArray, box: FloatArray) -> list[FloatArray]:
    """Return the boxes of objects that reach out of a box; one box around them where they are many."""
    inside = (bounds_m[:, :2] >= box[:2]).all(axis=1) & (bounds_m[:, 2:] <= box[2:]).all(axis=1)
    strays = bounds_m[~inside & np.isfinite(bounds_m[:, 0])]
    return list(strays) if len(strays) <= FEW_STRAYS else [box_of(strays)]


def _united(parts: list[IntArray]) -> IntArray:
    """Return all rows once, ascending; each part is so already."""
    filled = [part for part in parts if len(part)]
    if len(filled) <= 1:
        return filled[0] if filled else np.empty(0, dtype=np.int64)
    return np.unique(np.concatenate(filled))
