"""Absence must be earned: what stands between a rule and the answer "none found"."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lantu.errors import SourceError
from lantu.messages import Message, listed, message
from lantu.model import Outcome, ProblemKind
from lantu.relations import (
    Alone,
    Alongside,
    Coverage,
    Displaced,
    LeftOut,
    Near,
    Same,
    Uncovered,
    ids_by_chance,
    share_an_id,
    tolerance_between,
)
from lantu.relations.index import extent_of, index_of
from lantu.standards import ColumnName, StandardName

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lantu.engine.judging import Choice, Tally
    from lantu.engine.meetings import Meeting, Unmet
    from lantu.model import BlueprintFacts, BoolArray, FloatArray, IntArray, Layer
    from lantu.model.outcome import Answer
    from lantu.rules.base import LayerRule, PairRule


DISPLACED_M = 1500.0
"""A web map shows objects up to this far off: layers no further apart may still be of the same ground."""


def obstacle(rule: PairRule, meeting: Meeting, choice: Choice | None) -> Message | None:
    """Return why a rule cannot be checked on a meeting, before anything is related; None if it can.

    Without a ``choice`` only the layers themselves are looked at.
    """
    if choice is None:
        return _refusal(meeting) or _elsewhere(meeting) or _lacking(rule, meeting)
    masks = [] if rule.absence_counts(meeting.others) else [mask for _, mask in choice.others]
    for names, chosen in ((meeting.a.name, [choice.a]), (_names(meeting), masks)):
        if chosen and not any(mask.any() for mask in chosen):
            return message("engine.nothing_to_check", layer=names)
    if isinstance(rule.relation, Alone | Coverage) or meeting.itself:
        return None
    return _no_common_ground(rule, meeting, choice) or rule.does_not_fit(meeting.a, meeting.others)


def layer_obstacle(rule: LayerRule, layer: Layer) -> Message | None:
    """Return why a rule about deliveries cannot be checked on a layer; None if it can."""
    refusal = layer.refusal
    if refusal is not None and not (rule.judges_refused and refusal.code == rule.code):
        return message("engine.layer_refused", layer=layer.name, reason=refusal.reason)
    if refusal is None and len(layer) == 0 and len(layer.problems) == 0:
        return message("engine.layer_empty", layer=layer.name)
    column = rule.lacks(layer)
    if column is None:
        return rule.does_not_fit(layer)
    return message("engine.column_lacking", layer=layer.name, column=ColumnName(column))


def _names(meeting: Meeting) -> str:
    return ", ".join(layer.name for layer in meeting.others)


def astray(layer: Layer) -> IntArray:
    """Return the rows of features whose place cannot be trusted; -1 stands for the layer as a whole."""
    return layer.problems_of(ProblemKind.OUTSIDE_AREA)["row"].to_numpy(dtype=np.int64)


def _elsewhere(meeting: Meeting) -> Message | None:
    for layer in (meeting.a, *meeting.others):
        if (astray(layer) < 0).any():
            return message("engine.layer_outside", layer=layer.name)
    return None


def _refusal(meeting: Meeting) -> Message | None:
    for layer in (meeting.a, *meeting.others):
        if layer.refusal is not None:
            return message("engine.layer_refused", layer=layer.name, reason=layer.refusal.reason)
    return None


def _lacking(rule: PairRule, meeting: Meeting) -> Message | None:
    for column in rule.columns_a(meeting.a):
        if not meeting.a.has(column):
            return message("engine.column_lacking", layer=meeting.a.name, column=ColumnName(column))
    for layer in meeting.others:
        for column in rule.columns_b(layer):
            if not layer.has(column):
                return message("engine.column_lacking", layer=layer.name, column=ColumnName(column))
    return None


def _no_common_ground(rule: PairRule, meeting: Meeting, choice: Choice) -> Message | None:
    """Return that two layers share no id, or no ground, if so: then nothing was compared."""
    names = {"layer_a": meeting.a.name, "layer_b": _names(meeting)}
    by_id = isinstance(rule.relation, Same) and rule.relation.key == "id"
    if by_id or rule.needs_shared_ids:
        other, mask = choice.others[0]
        if not share_an_id(meeting.a, other, chosen_a=choice.a, chosen_b=mask):
            return message("engine.no_id_shared", **names)
        if ids_by_chance(meeting.a, other, chosen_a=choice.a, chosen_b=mask):
            return message("engine.ids_by_chance", **names)
    if by_id:
        return None
    if isinstance(rule.relation, Uncovered):
        return None  # what nothing covers is the finding itself
    reach_m = rule.relation.within_m if isinstance(rule.relation, Near) else 0.0
    if isinstance(rule.relation, Alongside):
        reach_m = rule.relation.reach_m
    if isinstance(rule.relation, Displaced):
        reach_m = DISPLACED_M
    box_a = _extent(meeting.a, choice.a)
    for layer, mask in choice.others:
        box_b = _extent(layer, mask)
        near_m = tolerance_between(meeting.a, layer) if isinstance(rule.relation, Near) else 0.0
        if box_a is not None and box_b is not None and _meet(box_a, box_b, reach_m + near_m):
            return None
    return message("engine.no_ground_shared", **names)


def _extent(layer: Layer, chosen: BoolArray) -> FloatArray | None:
    """Return the extent of the chosen features; that of all of them is known."""
    return index_of(layer).extent_m if chosen.all() else extent_of(layer.bounds_m[chosen])


def _meet(a: FloatArray, b: FloatArray, reach_m: float) -> bool:
    return bool((a[:2] <= b[2:] + reach_m).all() and (b[:2] <= a[2:] + reach_m).all())


def unmet_outcome(unmet: Unmet) -> Outcome:
    """Return the outcome of a rule for which the blueprint has no layer, or no second one."""
    key = "engine.no_layer"
    if unmet.siblings or unmet.unfit:
        key = "engine.no_second_layer" if unmet.siblings else "engine.no_fitting_layer"
    return Outcome(
        rule=unmet.rule.code,
        layer_a=unmet.a.name if unmet.a is not None else None,
        layer_b=None,
        answer="not_checked",
        reason=message(key, standards=listed([StandardName(name) for name in unmet.lacking])),
    )


def not_checked(rule: str, a: Layer | None, b: str | None, reason: Message) -> Outcome:
    """Return the outcome of a rule that did not run on a pair of layers."""
    name = a.name if a is not None else None  # a refused layer has no features and so is falsy
    return Outcome(rule=rule, layer_a=name, layer_b=b, answer="not_checked", reason=reason)


def unread(layer: Layer) -> Message | None:
    """Return that records of a layer could not be read, None where it was read whole."""
    lost = len(layer.problems_of(ProblemKind.RECORD_UNREADABLE))
    return message("engine.layer_incomplete", layer=layer.name, count=lost) if lost else None


def answer(
    *, found: int, undecidable: int, layers: Iterable[Layer], failed: int = 0
) -> tuple[Answer, Message | None]:
    """Return the answer of a rule that ran, and what keeps "none found" from being earned.

    Besides having run, it needs both layers read whole, every feature in its place, every pair measured
    and every pair decided.
    """
    if found:
        return "conflict", None
    for layer in layers:
        lost = unread(layer)
        if lost is not None:
            return "not_checked", lost
        stray = len(astray(layer))
        if stray:
            return "not_checked", message("engine.features_outside", layer=layer.name, count=stray)
    if failed:
        return "not_checked", message("engine.pairs_failed", count=failed)
    if undecidable:
        return "not_checked", message("engine.only_undecidable", count=undecidable)
    return "none_found", None


def _passed_over(rule: PairRule, meeting: Meeting, choice: Choice) -> Message | None:
    """Return that features were not looked at, for want of a value or for the rule's own reason.

    What covers is no matter: were it known, it could only leave less uncovered.
    """
    sides = [(meeting.a, choice.a, rule.columns_a(meeting.a))]
    if not (meeting.itself or isinstance(rule.relation, Uncovered)):
        sides += [
            (layer, mask, rule.columns_b(layer))
            for layer, (_, mask) in zip(meeting.others, choice.others, strict=True)
        ]
    for layer, mask, columns in sides:
        for column in columns:
            count = int((pd.isna(layer.values(column)) & ~mask).sum())
            if count:
                return message("engine.features_lacking", layer=layer.name, count=count, column=column)
    return rule.passes_over(meeting.a)


def outcome(
    rule: PairRule,
    meeting: Meeting,
    choice: Choice,
    tallies: Iterable[Tally],
    found: tuple[int, int],
) -> Outcome:
    """Return the outcome of a rule that ran over all tiles; ``found``: conflicts and undecidable ones."""
    whole = list(tallies)
    left = sum((tally.left for tally in whole), LeftOut())
    layers = (meeting.a, *meeting.others)
    said, reason = answer(found=found[0], undecidable=found[1], layers=layers, failed=left.failed)
    passed_over = _passed_over(rule, meeting, choice) if said == "none_found" else None
    if passed_over is not None:
        said, reason = "not_checked", passed_over
    matches = sum(tally.judged for tally in whole)
    apart = int(choice.a.sum()) - matches if isinstance(rule.relation, Alongside) else 0
    if apart and said == "none_found":
        said = "not_checked"
        reason = message(
            "engine.no_counterpart", count=apart, layer_a=meeting.a.name, layer_b=_names(meeting)
        )
    if isinstance(rule.relation, Displaced) and not found[0] and matches < rule.relation.min_pairs:
        said = "not_checked"
        reason = message("engine.few_pairs", count=matches, least=rule.relation.min_pairs)
    return Outcome(
        rule=rule.code,
        layer_a=meeting.a.name,
        layer_b=_names(meeting) or None,
        answer=said,
        reason=reason,
        matched=int(choice.a.sum()),
        candidates=sum(tally.candidates for tally in whole),
        measured=sum(tally.measured for tally in whole),
        judged=sum(tally.judged for tally in whole),
        geometries=sum(tally.geometries for tally in whole),
        by_geos=sum(tally.by_geos for tally in whole),
        found=found[0],
        undecidable=found[1],
        left_out=left.count,
        left_out_area_m2=left.area_m2,
        left_out_length_m=left.length_m,
    )


def require_one_readable(facts: BlueprintFacts) -> None:
    """Raise where no layer could be read at all; a refused coordinate system is still worth a report.

    Raises
    ------
    SourceError
        No layer at all could be read.
    """
    unread = [layer for layer in facts.layers if layer.refusal is not None and layer.refusal.code is None]
    if facts.layers and len(unread) == len(facts.layers):
        first = unread[0]
        reason = first.refusal.reason if first.refusal else None
        raise SourceError(message("engine.no_layer_readable", layer=first.name, reason=reason))
