"""The sentences of findings: a rule's templates filled with the values of its entries, column by column."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from string import Formatter
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from lantu.messages import Message, catalogue
from lantu.standards import column_label, value_label

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from lantu.messages import Language
    from lantu.model import BlueprintFacts, IntArray, ObjectArray
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


def sentences_of(
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
