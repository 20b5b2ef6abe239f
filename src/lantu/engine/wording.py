"""From verdicts to findings: ids, names, levels and the sentence, in the columns of the contract."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from string import Formatter
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from lantu.messages import Message, catalogue, other_language
from lantu.model import FINDING_COLUMNS, finding_ids, highest
from lantu.rules.base import PairRule, takes
from lantu.standards import column_label, value_label
from lantu.standards.distinct import is_none

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from lantu.messages import Language
    from lantu.model import BlueprintFacts, IntArray, Layer, Level, ObjectArray
    from lantu.rules.base import Rule
    from lantu.rules.verdict import Verdict


class Blank:
    """Stands for a missing value in a sentence: any number format prints a dash."""

    def __format__(self, spec: str) -> str:
        """Return a dash, whatever the format."""
        return "—"


BLANK = Blank()

COLUMN_TYPES = {name: np.dtype(kind) for name, kind in FINDING_COLUMNS.items()} | dict.fromkeys(
    ("translation", "cause_text", "explains", "geometry"), np.dtype(object)
)
"""Of the tables that ``findings_of`` gives; said as types, because looking up their names takes longest."""

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
    parts = np.where(is_none(verdict.part), verdict.field, verdict.part)
    if a is None:  # without a layer only the department tells two entries apart
        parts = np.array(
            [f"{key}/{part or ''}" for key, part in zip(departments, parts, strict=True)], object
        )
    columns["finding_id"] = _finding_ids(rule, a, b, columns, parts)
    languages = (facts.language, other_language(facts.language))
    columns["message"], columns["translation"] = _sentences(rule, verdict, columns, facts, languages)
    return _table(columns)


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


def _sentences(
    rule: Rule,
    verdict: Verdict,
    columns: Mapping[str, Any],
    facts: BlueprintFacts,
    languages: tuple[Language, Language],
) -> tuple[ObjectArray, ...]:
    """Return one sentence an entry in each language; only what a template names is worked out.

    All entries that are said by one template are put into words together, column by column.
    """
    values = _Values(verdict, columns, facts)
    sentences = tuple(np.empty(len(verdict), dtype=object) for _ in languages)
    for texts, rows in _by_template(rule, verdict):
        for said, language in zip(sentences, languages, strict=True):
            said[rows] = _filled(texts[language], values, rows, language)
    return sentences


def _by_template(rule: Rule, verdict: Verdict) -> Iterator[tuple[Mapping[str, str], IntArray]]:
    """Yield each template, by language, with the entries that it is for."""
    own = rule.text("message") or {}
    unsure = rule.text("undecidable") or own
    keys, named = pd.factorize(verdict.message, use_na_sentinel=True)
    for number, key in enumerate(named):
        yield catalogue()[key], np.flatnonzero(keys == number)
    for texts, mask in ((own, ~verdict.undecidable), (unsure, verdict.undecidable)):
        rows = np.flatnonzero((keys < 0) & mask)
        if len(rows):
            yield texts, rows


def _filled(template: str, values: _Values, rows: IntArray, language: Language) -> list[str]:
    """Return a template filled with the values of each of the entries."""
    names = _named(template)
    if not names:
        return [template.format()] * len(rows)
    columns = [values.of(name, rows, language) for name in names]
    return list(map(_numbered(template, names).format, *columns))


@cache
def _named(template: str) -> tuple[str, ...]:
    """Return the values that a template names, those within the formats of others too."""
    found: dict[str, None] = {}
    for _, field, form, _ in Formatter().parse(template):
        if field is not None:
            found[FIRST_OF_FIELD.split(field)[0]] = None
            found |= dict.fromkeys(_named(form or ""))
    return tuple(found)


@cache
def _numbered(template: str, names: tuple[str, ...]) -> str:
    """Return the template with the numbers of names in place of them: filling that is thrice as fast."""
    said = []
    for text, field, form, conversion in Formatter().parse(template):
        said.append(text.replace("{", "{{").replace("}", "}}"))
        if field is not None:
            name = FIRST_OF_FIELD.split(field)[0]
            place = f"{names.index(name)}{field.removeprefix(name)}"
            kind = f"!{conversion}" if conversion else ""
            said.append(f"{{{place}{kind}:{_numbered(form or '', names)}}}")
    return "".join(said)


@dataclass(frozen=True)
class _Values:
    """What a template may name: columns of the finding, what the rule found, names for readers."""

    verdict: Verdict
    columns: Mapping[str, Any]
    facts: BlueprintFacts

    def of(self, name: str, rows: IntArray, language: Language) -> list[Any]:
        """Return one value for each of the entries, fit for a sentence."""
        if name == "column":
            fields = self.verdict.field[rows].tolist()
            return _once_each(fields, lambda field: column_label(field, language) if field else BLANK)
        if name in {"department_a", "department_b"}:
            return _once_each(self.columns[name][rows].tolist(), self._department)
        if name in {"value_a", "value_b"}:
            return _labels(self.verdict.field[rows], self.columns[name][rows], language)
        given = self.verdict.facts.get(name)
        return _spoken(_shown((self.columns[name] if given is None else given)[rows]), language)

    def _department(self, key: str | None) -> str | Blank:
        department = self.facts.departments.get(key) if key is not None else None
        return BLANK if department is None else department.name


def _once_each(values: list[Any], say: Callable[[Any], Any]) -> list[Any]:
    """Return what is said of each value, worked out once for each that is different."""
    said = {value: say(value) for value in set(values)}
    return [said[value] for value in values]


def _labels(fields: ObjectArray, values: ObjectArray, language: Language) -> list[Any]:
    """Return each value as people say it; what is no text stands for itself."""
    pairs = list(zip(fields, values, strict=True))
    said = {pair: value_label(*pair, language) for pair in set(pairs) if isinstance(pair[1], str)}
    return [said.get(pair, pair[1]) if pair[1] is not None else BLANK for pair in pairs]


def _shown(values: Any) -> list[Any]:  # noqa: ANN401  # an array of any printable values of a verdict
    """Return values fit for a template: a dash for none."""
    shown = np.array(values, dtype=object)
    shown[pd.isna(shown)] = BLANK
    every: list[Any] = shown.tolist()
    return every


def _spoken(values: list[Any], language: Language) -> list[Any]:
    """Return the values with messages in the language of the sentence; one that many share is said once."""
    messages = {id(value): value for value in values if isinstance(value, Message)}
    if not messages:
        return values
    said = {key: value.text(language) for key, value in messages.items()}
    return [said.get(id(value), value) for value in values]
