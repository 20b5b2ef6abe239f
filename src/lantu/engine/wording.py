"""From verdicts to findings: ids, names, levels and the sentence, in the columns of the contract."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from lantu.engine.sentences import sentences_of
from lantu.messages import other_language
from lantu.model import FINDING_COLUMNS, finding_ids, highest
from lantu.rules.base import PairRule, takes
from lantu.standards.distinct import is_none

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lantu.model import BlueprintFacts, Layer, Level, ObjectArray
    from lantu.rules.base import Rule
    from lantu.rules.verdict import Verdict


COLUMN_TYPES = {name: np.dtype(kind) for name, kind in FINDING_COLUMNS.items()} | dict.fromkeys(
    ("translation", "cause_text", "explains", "geometry"), np.dtype(object)
)
"""Of the tables that ``findings_of`` gives; said as types, because looking up their names takes longest."""

AS_JUDGED = (
    "field", "value_a", "value_b", "raw_a", "raw_b", "unit", "measure", "required", "tolerance", "share_a",
)  # fmt: skip
"""Columns that stand in a finding as the rule gave them."""


def findings_of(
    rule: Rule,
    verdict: Verdict,
    a: Layer | None,
    b: Layer | None,
    facts: BlueprintFacts,
    departments: tuple[str, ...] = (),
    others: tuple[Layer, ...] = (),
) -> pd.DataFrame:
    """Return a verdict as rows of the contract with ``translation``, ``cause_text``, ``explains``, geometry.

    ``translation`` is the sentence in the language that is not the run's.
    ``departments`` name who each entry concerns where there is no layer to tell (duty list); ``others``
    are the layers that the subject met, where that is not ``b`` alone.
    """
    columns = _columns(rule, verdict, a, b, departments)
    sides = [layer for layer in (a, *(others or (b,))) if layer is not None]
    columns["level"] = _levels(rule, sides, verdict, facts)
    parts = np.where(is_none(verdict.part), verdict.field, verdict.part)
    if a is None:  # without a layer only the department tells two entries apart
        parts = np.array(
            [f"{key}/{part or ''}" for key, part in zip(departments, parts, strict=True)], object
        )
    columns["finding_id"] = _finding_ids(rule, a, b, columns, parts)
    languages = (facts.language, other_language(facts.language))
    columns["message"], columns["translation"] = sentences_of(rule, verdict, columns, facts, languages)
    return _table(columns)


def _columns(
    rule: Rule,
    verdict: Verdict,
    a: Layer | None,
    b: Layer | None,
    departments: tuple[str, ...],
) -> dict[str, Any]:
    """Return the columns that say what was found where, in no order yet."""
    size = len(verdict)
    columns: dict[str, Any] = {
        "rule": np.full(size, rule.code, dtype=object),
        "verdict": np.where(verdict.undecidable, "undecidable", "conflict").astype(object),
        "severity": verdict.severity,
        "department_a": _departments(a, departments, size),
        "layer_a": np.full(size, a.name if a is not None else "", dtype=object),
        "id_a": _ids(a, verdict.rows_a, verdict.id_a, empty=""),
        "department_b": _other(b, "department", verdict),
        "layer_b": _other(b, "name", verdict),
        "id_b": _ids(b, verdict.rows_b, verdict.id_b, empty=None),
        "cause_id": np.full(size, None, dtype=object),
        "cause_text": verdict.cause,
        "explains": verdict.explains,
        "town": np.full(size, None, dtype=object),
        "village": np.full(size, None, dtype=object),
        "geometry": verdict.shape,
    }
    return columns | {name: getattr(verdict, name) for name in AS_JUDGED}


def _finding_ids(
    rule: Rule, a: Layer | None, b: Layer | None, columns: Mapping[str, Any], parts: ObjectArray
) -> ObjectArray:
    names = a.name if a is not None else "", b.name if b is not None else None
    ids = finding_ids(rule.code, names[0], columns["id_a"], names[1], columns["id_b"], parts)
    return np.array(ids, dtype=object)


def _table(columns: Mapping[str, Any]) -> pd.DataFrame:
    """Return the columns in the order of the contract, each of its type there: nothing is guessed."""
    index = pd.RangeIndex(len(columns["rule"]))
    series = {
        name: pd.Series(columns[name], index=index, dtype=kind, copy=False)
        for name, kind in COLUMN_TYPES.items()
    }
    return pd.DataFrame(series, index=index, copy=False)


def _departments(a: Layer | None, departments: tuple[str, ...], size: int) -> ObjectArray:
    if a is None:
        return np.array(departments, dtype=object)
    return np.full(size, a.department, dtype=object)


def _ids(layer: Layer | None, rows: Any, given: ObjectArray, *, empty: str | None) -> ObjectArray:  # noqa: ANN401
    """Return the ids of the rows; the verdict's own where given; ``empty`` for the layer as a whole."""
    ids = np.full(len(rows), empty, dtype=object)
    if layer is not None:
        found = rows >= 0
        ids[found] = layer.ids[rows[found]]
    return np.where(is_none(given), ids, given)


def _other(b: Layer | None, attribute: str, verdict: Verdict) -> ObjectArray:
    """Return the other layer's department or name; it stands even where its object is missing."""
    return np.full(len(verdict), getattr(b, attribute) if b is not None else None, dtype=object)


def _levels(rule: Rule, sides: Sequence[Layer], verdict: Verdict, facts: BlueprintFacts) -> ObjectArray:
    """Return the highest level of what each entry reveals: all layers, the ids, the field, the grounds.

    The grounds are the columns that the rule cannot do without: that there is a finding, and what stands
    in its sentence, tells something of each of them. ``sides`` are the subject layer and what it met.
    """
    whole = highest((layer.level for layer in sides), facts.levels) if sides else facts.level
    by_field: dict[str | None, Level] = {}
    for field in set(verdict.field):
        marked = [
            level
            for position, layer in enumerate(sides)
            for name, level in layer.levels.items()
            if name in _with_code({*_grounds(rule, layer, other=position > 0), field})
        ]
        by_field[field] = highest([whole, *marked], facts.levels)
    own = list(zip(verdict.field, verdict.level, strict=True))
    known = {
        (field, level): highest([by_field[field], level], facts.levels) if level else by_field[field]
        for field, level in set(own)
    }
    return np.array([known[one] for one in own], dtype=object)


def _grounds(rule: Rule, layer: Layer, *, other: bool) -> tuple[str, ...]:
    if not isinstance(rule, PairRule):
        return ("id",)
    return ("id", *(rule.columns_b(layer) if other else rule.columns_a(layer)), *rule.reveals)


def grounds(rule: Rule, layer: Layer) -> tuple[str, ...]:
    """Return the columns of a layer that a finding of the rule reveals; none of a layer it is not about."""
    if not takes((*rule.subjects, *getattr(rule, "against", ())), layer):
        return ()
    both = {*_grounds(rule, layer, other=False), *_grounds(rule, layer, other=True)}
    return tuple(sorted(name for name in _with_code(set(both)) if name))


def _with_code(columns: set[str | None]) -> set[str | None]:
    """Add the code as delivered, which stands beside every class."""
    return columns | {"use_code"} if "use_class" in columns else columns
