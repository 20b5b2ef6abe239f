"""Which field holds which column of a standard: by its name, if its values allow it, or by values alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lantu.guessing.model import Guess
from lantu.guessing.names import ANY, field_meanings, is_known
from lantu.guessing.values import (
    ListFit,
    code_fit,
    distinct_share,
    enumeration_share,
    filled_share,
    readable_share,
    telling_codes,
    telling_words,
    wordy_share,
)
from lantu.messages import message
from lantu.sources.end_points import END_PREFIX, START_PREFIX
from lantu.standards import CODE_LISTS, standard

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from lantu.guessing.model import Confidence
    from lantu.guessing.names import Meaning
    from lantu.messages import Message
    from lantu.standards import Column, Standard

MOST = 0.7
"""Share of a field's values that must be readable as the column wants them."""

HALF = 0.5
NEARLY_ALL = 0.9
KEY_SHARE = 0.9
"""Share of distinct values from which a field can be the id."""

BY_VALUES = 1.0
"""Weight of a field found by its values alone."""

MIN_CODES = 3
SURE_WEIGHT = 0.8


@dataclass(frozen=True, kw_only=True)
class FieldFit:
    """A field for a column, how much it speaks for the standard, and the code list that explains it."""

    field: str
    weight: float
    guess: Guess
    codes: ListFit | None = None
    unit: str | None = None


def fit_fields(
    attributes: pd.DataFrame, *, name: str, lists: Sequence[str] = CODE_LISTS
) -> Mapping[str, FieldFit]:
    """Return the best field of each column of the standard ``name``; no field serves two columns.

    ``lists`` are the code lists that can be meant where the layer lies. Columns are settled in the order of
    how sure they are; an id may also be the key of something else.
    """
    wanted = standard(name)
    usable = [str(field) for field in attributes.columns if _can_be_named(str(field))]
    found = [fit for field in usable for fit in _fits(attributes[field], field, wanted, lists)]
    found.sort(key=lambda item: (-item[1].weight, list(wanted.columns).index(item[0])))
    taken: dict[str, FieldFit] = {}
    for column, fit in found:
        if column not in taken and fit.field not in {other.field for other in taken.values()}:
            taken[column] = fit
    return {column: taken[column] for column in wanted.columns if column in taken}


def signs_of(attributes: pd.DataFrame, *, name: str) -> Mapping[str, float]:
    """Return the fields, filled in most rows, that speak for a standard without holding a column of it."""
    return {
        str(field): meaning.weight
        for field in attributes.columns
        for meaning in field_meanings(str(field))
        if meaning.standard == name and not meaning.column and filled_share(attributes[field]) >= HALF
    }


def _can_be_named(field: str) -> bool:
    """Say whether a blueprint can name a field: ``=`` before a value has a meaning of its own there."""
    return bool(field.strip()) and not field.startswith("=")


def _fits(
    values: pd.Series, field: str, wanted: Standard, lists: Sequence[str]
) -> list[tuple[str, FieldFit]]:
    """Return every column that a field may hold."""
    found: list[tuple[str, FieldFit]] = []
    named: set[str] = set()
    for meaning in field_meanings(field):
        if meaning.standard not in {wanted.name, ANY} or meaning.column not in wanted.columns:
            continue
        if meaning.column in named:
            continue
        named.add(meaning.column)
        fit = _by_name(values, field, wanted, meaning, lists)
        if fit is not None:
            found.append((meaning.column, replace(fit, unit=meaning.unit)))
    if is_known(field):
        return found
    for column in wanted.columns.values():
        fit = None if column.name in named else _by_values(values, field, wanted, column, lists)
        if fit is not None:
            found.append((column.name, fit))
    return found


def _by_name(
    values: pd.Series, field: str, wanted: Standard, meaning: Meaning, lists: Sequence[str]
) -> FieldFit | None:
    """Return the fit of a field whose name is known, unless its values contradict it."""
    column, weight = wanted.columns[meaning.column], meaning.weight
    named = (
        message("guessing.reason.alias", alias=meaning.alias)
        if meaning.alias is not None
        else message("guessing.reason.name")
    )
    if column.name == "id" and field.startswith((START_PREFIX, END_PREFIX)):
        return None  # a point's number, however distinct, is not its line's
    if column.name == "id":
        share, least, key = distinct_share(values), KEY_SHARE, "guessing.reason.distinct"
    elif not filled_share(values):
        return None
    elif column.type == "code":
        return _code_fit(field, weight, named, code_fit(values, standard=wanted.name, lists=lists))
    elif column.type in {"number", "integer", "date"}:
        share, least, key = readable_share(values, column), MOST, "guessing.reason.readable"
    elif column.enumeration is not None:
        share, least = enumeration_share(values, column.enumeration), HALF
        weight, key = weight + share, "guessing.reason.words"
    elif column.name == "name" and wordy_share(values) < HALF:
        return None
    else:
        return _fit(field, weight, named)
    return _fit(field, weight, _and(named, key, percent=100.0 * share)) if share >= least else None


def _code_fit(field: str, weight: float, named: Message, codes: ListFit | None) -> FieldFit:
    """Return the fit of a field of codes; codes of no known list speak for little."""
    if codes is None or codes.share < HALF:
        said = _and(named, "guessing.reason.codes_unknown")
        guess = Guess(value=field, confidence="low", reason=said)
        return FieldFit(field=field, weight=weight * HALF, guess=guess)
    said = _and(named, "guessing.reason.codes", percent=100.0 * codes.share, list=codes.name)
    return _fit(field, weight + codes.share * HALF, said, codes)


def _by_values(
    values: pd.Series, field: str, wanted: Standard, column: Column, lists: Sequence[str]
) -> FieldFit | None:
    """Return the fit of a field whose name says nothing, by values that leave little doubt."""
    if column.enumeration is not None and telling_words(values):
        share = enumeration_share(values, column.enumeration)
        if share >= NEARLY_ALL:
            said = message("guessing.reason.only_words", percent=100.0 * share)
            return _fit(field, BY_VALUES, said)
    if column.type == "code" and telling_codes(values):
        codes = code_fit(values, standard=wanted.name, lists=lists)
        if codes is not None and codes.share >= NEARLY_ALL and codes.kinds >= MIN_CODES:
            said = message("guessing.reason.only_codes", percent=100.0 * codes.share, list=codes.name)
            return _fit(field, BY_VALUES * HALF, said, codes)
    return None


def _fit(field: str, weight: float, reason: Message, codes: ListFit | None = None) -> FieldFit:
    sure: Confidence = "high" if weight > SURE_WEIGHT else "medium" if weight >= HALF else "low"
    return FieldFit(
        field=field, weight=weight, guess=Guess(value=field, confidence=sure, reason=reason), codes=codes
    )


def _and(first: Message, key: str, **values: object) -> Message:
    return message("guessing.and", first=first, second=message(key, **values))
