"""The entries of a planner's own rule: what is measured, which values stand on both sides, what is said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from lantu.messages import message
from lantu.relations import Near, Overlaps
from lantu.rules.own.judging import value_of
from lantu.rules.own.scope import INEXACT, MEASURES, OTHER, SUBJECT, unit_of
from lantu.rules.own.wording import Object, column_of, plain_texts, reasons, told
from lantu.rules.verdict import verdict

if TYPE_CHECKING:
    from lantu.model import BoolArray, FloatArray, ObjectArray
    from lantu.relations import Pairs
    from lantu.rules.own.requirement import Required
    from lantu.rules.own.rule import OwnRule
    from lantu.rules.verdict import Verdict


def own_verdict(rule: OwnRule, pairs: Pairs, *, undecidable: BoolArray, required: Required | None) -> Verdict:
    """Return one entry for each pair, all of which the rule reports.

    The finding's id rests on the two objects alone: a planner may reword the condition and keep the ids.
    """
    names = (*(rule.condition.names if rule.condition is not None else ()), *rule.keys)
    field_a, field_b = _field(rule, names, SUBJECT), _field(rule, names, OTHER)
    has_other = pairs.b is not None
    return verdict(
        pairs.rows_a,
        pairs.rows_b if has_other else None,
        severity=rule.severity,
        undecidable=undecidable,
        field=field_a or field_b,
        value_a=plain_texts(pairs.subject[field_a]) if field_a else None,
        value_b=plain_texts(pairs.other[field_b]) if field_b else None,
        raw_a=pairs.subject.raw(_delivered_as(field_a)) if field_a else None,
        raw_b=pairs.other.raw(_delivered_as(field_b)) if field_b else None,
        part="",
        shape=pairs.shape(),
        facts=_facts(rule, pairs, names, required),
        **_measured(rule, pairs, required),
    )


def _field(rule: OwnRule, names: tuple[str, ...], side: str) -> str | None:
    """Return the column of one side that stands for the contradiction: one with a limit before others."""
    limited = [name for name, _ in rule.condition.limits()] if rule.condition is not None else []
    found = [name for name in (*limited, *names) if name.startswith(f"{side}.")]
    return found[0].removeprefix(f"{side}.") if found else None


def _delivered_as(column: str) -> str:
    """Return the column that was delivered where one was made of it: a class comes of a code."""
    return "use_code" if column == "use_class" else column


def _measured(rule: OwnRule, pairs: Pairs, required: Required | None) -> dict[str, Any]:
    """Return measure, unit, required, tolerance: of the distance, of what is limited or of what is shared."""
    if isinstance(rule.meets, Near):
        limit_m = rule.meets.within_m if required is None else _stated_m(required)
        return _entry(pairs["distance_m"], "m", limit_m, pairs.tolerance_m)
    share = {"share_a": pairs["share_a"]} if "share_a" in pairs.measures else {}
    limits = list(rule.condition.limits()) if rule.condition is not None else []
    of_measures = [(name, limit) for name, limit in limits if name in MEASURES[rule.scope.kind]]
    if isinstance(rule.meets, Overlaps) and not of_measures:
        return _shared_ground(rule.meets, pairs) | share
    for name, limit in of_measures or limits:
        values = np.asarray(value_of(pairs, name), dtype=np.float64)
        tolerance = pairs.tolerance_m if name in INEXACT else np.nan
        return _entry(values, unit_of(rule.scope, name), limit, tolerance) | share
    return share


def _shared_ground(relation: Overlaps, pairs: Pairs) -> dict[str, Any]:
    """Return the shared area, of lines the shared length, with the threshold that the rule sets."""
    area_m2, length_m = pairs["area_m2"], pairs["length_m"]
    flat = ~np.isnan(area_m2)
    unit = np.full(len(pairs), "m2", dtype=object)
    unit[~flat] = "m"
    unit[~flat & np.isnan(length_m)] = None
    least = np.where(flat, relation.min_area_m2, relation.min_length_m)
    return _entry(np.where(flat, area_m2, length_m), unit, np.where(least > 0, least, np.nan))


def _entry(
    measure: FloatArray,
    unit: str | ObjectArray | None,
    required: float | FloatArray,
    tolerance: float = np.nan,
) -> dict[str, Any]:
    return {"measure": measure, "unit": unit, "required": required, "tolerance": tolerance}


def _stated_m(required: Required) -> FloatArray:
    """Return the distance that a finding names as required: the only one, or the least that is certain."""
    return np.where(np.isfinite(required.low_m), required.low_m, np.nan)


def _facts(rule: OwnRule, pairs: Pairs, names: tuple[str, ...], required: Required | None) -> dict[str, Any]:
    """Return what the sentence says beside the columns; the planner's words are values, never templates."""
    condition = rule.condition
    in_doubt = np.zeros(len(pairs), dtype=np.bool_)
    if required is not None:
        in_doubt = np.asarray(required.low_m != required.high_m, dtype=np.bool_)
    facts: dict[str, Any] = {
        "standard_a": column_of([Object(rule.scope.subject, {"first": True})] * len(pairs)),
        "standard_b": column_of([Object(rule.scope.other or "")] * len(pairs)),
        "title": rule.title,
        "told": told(pairs, tuple(dict.fromkeys(names)), condition.text if condition else None, rule.scope),
        "why": reasons(pairs, condition.conjuncts if condition else (), rule.keys, in_doubt=in_doubt),
    }
    if isinstance(rule.meets, Overlaps):
        facts["shared"] = _shared(pairs)
    if isinstance(rule.meets, Near):
        facts["within_m"] = rule.meets.within_m
    if required is not None:
        facts |= _row_facts(rule, required)
    return facts


def _shared(pairs: Pairs) -> ObjectArray:
    """Say what two objects share: an area, a length, or the place of a point."""
    said = []
    for area_m2, length_m in zip(pairs["area_m2"].tolist(), pairs["length_m"].tolist(), strict=True):
        if not np.isnan(area_m2):
            said.append(message("rules.own.share_area", area_m2=area_m2))
        elif not np.isnan(length_m):
            said.append(message("rules.own.share_length", length_m=length_m))
        else:
            said.append(message("rules.own.share_place"))
    return column_of(said)


def _row_facts(rule: OwnRule, required: Required) -> dict[str, ObjectArray]:
    """Say what the table requires, and which of its rows under which clause does."""
    assert rule.table is not None  # noqa: S101  # what is required comes from a table
    needed, rows = [], []
    for low_m, high_m, row in zip(
        required.low_m.tolist(), required.high_m.tolist(), required.row.tolist(), strict=True
    ):
        same = low_m == high_m
        least = max(low_m, 0.0)
        needed.append(
            message("rules.own.exactly", value_m=high_m)
            if same
            else message("rules.own.between", low_m=least, high_m=high_m)
        )
        entry = rule.table.rows[row] if row >= 0 else None
        parts = [] if entry is None else [text for text in (entry.source, entry.clause) if text]
        line = None if entry is None else entry.line
        where = (
            message("rules.own.table", table=rule.table.name)
            if line is None
            else message("rules.own.row", table=rule.table.name, line=line)
        )
        rows.append(message("rules.own.row_says", row=where, clause=" ".join(parts)) if parts else where)
    return {"needed": column_of(needed), "row": column_of(rows)}
