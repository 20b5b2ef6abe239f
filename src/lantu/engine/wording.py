"""From verdicts to findings: ids, names, levels and the sentence, in the columns of the contract."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from string import Formatter
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from lantu.messages import catalogue, other_language
from lantu.model import FINDING_COLUMNS, finding_id, highest
from lantu.rules.base import PairRule, takes
from lantu.standards import column_label, value_label

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lantu.messages import Language
    from lantu.model import BlueprintFacts, Layer, Level, ObjectArray
    from lantu.rules.base import Rule
    from lantu.rules.verdict import Verdict


class Blank:
    """Stands for a missing value in a sentence: any number format prints a dash."""

    def __format__(self, spec: str) -> str:
        """Return a dash, whatever the format."""
        return "—"


BLANK = Blank()

FIRST_OF_FIELD = re.compile(r"[.\[]")
"""Stands in a template between a value and a part of it."""


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
    size = len(verdict)
    sides = [layer for layer in (a, *(others or (b,))) if layer is not None]
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
        "level": _levels(rule, sides, verdict, facts),
        "town": np.full(size, None, dtype=object),
        "village": np.full(size, None, dtype=object),
        "geometry": verdict.shape,
    }
    for name in (
        "field",
        "value_a",
        "value_b",
        "raw_a",
        "raw_b",
        "unit",
        "measure",
        "required",
        "tolerance",
        "share_a",
    ):
        columns[name] = getattr(verdict, name)
    parts = np.where([part is not None for part in verdict.part], verdict.part, verdict.field)
    if a is None:  # without a layer only the department tells two entries apart
        parts = np.array(
            [f"{key}/{part or ''}" for key, part in zip(departments, parts, strict=True)], object
        )
    columns["finding_id"] = _finding_ids(columns, parts)
    columns["message"] = _sentences(rule, verdict, columns, facts, facts.language)
    columns["translation"] = _sentences(rule, verdict, columns, facts, other_language(facts.language))
    order = [*FINDING_COLUMNS, "translation", "cause_text", "explains", "geometry"]
    return pd.DataFrame({name: columns[name] for name in order}, columns=order)


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
    return np.where([value is not None for value in given], given, ids)


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
    own = zip(verdict.field, verdict.level, strict=True)
    levels = [
        highest([by_field[field], level], facts.levels) if level else by_field[field] for field, level in own
    ]
    return np.array(levels, dtype=object)


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


def _finding_ids(columns: Mapping[str, Any], parts: ObjectArray) -> list[str]:
    keys = zip(
        columns["rule"], columns["layer_a"], columns["id_a"], columns["layer_b"], columns["id_b"], parts,
        strict=True,
    )  # fmt: skip
    return [finding_id(rule, la, ia, lb, ib, part or "") for rule, la, ia, lb, ib, part in keys]


def _sentences(
    rule: Rule, verdict: Verdict, columns: Mapping[str, Any], facts: BlueprintFacts, language: Language
) -> list[str]:
    """Return one sentence an entry from the rule's template; only what the template names is worked out."""
    own = rule.text("message") or {}
    unsure = rule.text("undecidable") or own
    values = _Values(verdict, columns, facts, language)
    sentences = []
    for row in range(len(verdict)):
        key = verdict.message[row]
        said = (catalogue()[key] if key else unsure if verdict.undecidable[row] else own)[language]
        sentences.append(said.format_map({name: values.of(name, row) for name in _named(said)}))
    return sentences


@cache
def _named(template: str) -> tuple[str, ...]:
    """Return the values that a template names, those within the formats of others too."""
    found: dict[str, None] = {}
    for _, field, form, _ in Formatter().parse(template):
        if field is not None:
            found[FIRST_OF_FIELD.split(field)[0]] = None
            found |= dict.fromkeys(_named(form or ""))
    return tuple(found)


@dataclass(frozen=True)
class _Values:
    """What a template may name, by entry: columns of the finding, what the rule found, names for readers."""

    verdict: Verdict
    columns: Mapping[str, Any]
    facts: BlueprintFacts
    language: Language

    def of(self, name: str, row: int) -> Any:  # noqa: ANN401  # any printable value of a verdict
        """Return a value of an entry, fit for a sentence."""
        field = self.verdict.field[row]
        if name == "column":
            return column_label(field, self.language) if field else BLANK
        if name in {"department_a", "department_b"}:
            department = self.facts.departments.get(self.columns[name][row])
            return BLANK if department is None else department.name
        if name in {"value_a", "value_b"}:
            value = self.columns[name][row]
            return value_label(field, value, self.language) if value is not None else BLANK
        if name in self.verdict.facts:
            return _shown(self.verdict.facts[name][row], self.language)
        return _shown(self.columns[name][row])


def _shown(value: Any, language: str = "en") -> Any:  # noqa: ANN401  # any printable value of a verdict
    """Return a value fit for a template: a dash for none, a message in the language of the sentence."""
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return BLANK
    return value.text(language) if hasattr(value, "text") and hasattr(value, "key") else value
