"""Canonical words and columns in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from lantu.messages import Message
from lantu.standards.plugged import label_texts
from lantu.standards.schema import standard, standard_names
from lantu.standards.tables import reference_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lantu.messages import Language


@dataclass(frozen=True)
class Word(Message):
    """A canonical word said by its label; ``key`` is its column, or a label set such as ``reason``."""

    __hash__ = Message.__hash__

    def text(self, language: Language) -> str:
        """Return the label in ``language``."""
        return label(self.key, self.values["word"], language)


@dataclass(frozen=True)
class StandardName(Message):
    """A standard as people say it, with the word for it in brackets; ``key`` is that word.

    What is no standard, as the name of a layer, stands for itself.
    """

    __hash__ = Message.__hash__

    def text(self, language: Language) -> str:
        """Return both in ``language``."""
        return _with_word(standard_label(self.key, language), self.key, language)


@dataclass(frozen=True)
class ColumnName(Message):
    """A canonical column as people say it, with its name in brackets; ``key`` is that name."""

    __hash__ = Message.__hash__

    def text(self, language: Language) -> str:
        """Return both in ``language``."""
        return _with_word(column_label(self.key, language), self.key, language)


def _with_word(said: str, word: str, language: Language) -> str:
    if said == word:
        return word
    return f"{said}（{word}）" if language == "zh" else f"{said} ({word})"


def label(column: str, value: str, language: Language) -> str:
    """Return a canonical value as people say it, e.g. ``use_class``, ``cropland`` → 耕地.

    ``column`` is a canonical column, alone or behind its standard (``heritage.zone.kind``), or an
    enumeration, or one of the sets ``pressure_class``, ``compatibility_verdict``, ``constraint_verdict``.
    ``reason`` gives a reason, or a source in words, of the shipped tables. A value that has no label stands
    for itself.
    """
    if column == "reason":
        return _reasons().get(value, value) if language == "zh" else value
    texts = _own(column, value)
    return value if texts is None else texts[language]


def value_label(column: str | None, value: str, language: Language) -> str:
    """Return a value of a finding as people say it, also where its column is the other side's.

    What contradicts may be of two kinds, a planned class and a kind of zone: a word that the column does
    not have is looked up in all sets of labels, and stands for itself only where none has it.
    """
    if column is None:
        return value
    texts = _own(column, value) or _anywhere().get(value, {})
    return texts.get(language, value)


def column_label(column: str, language: Language) -> str:
    """Return a canonical column as people say it, e.g. ``far_max`` → 容积率上限; else the name itself."""
    texts = label_texts().get(f"standards.column_label.{column.rpartition('.')[2]}")
    return column if texts is None else texts[language]


def standard_label(name: str, language: Language) -> str:
    """Return a standard as people say it, e.g. ``land.parcel`` → 宗地; an unknown one as its name."""
    texts = label_texts().get(f"standards.standard_label.{name.replace('.', '_')}")
    return name if texts is None else texts[language]


def _own(column: str, value: str) -> Mapping[str, str] | None:
    """Return the label of a word of the column itself, None where the column has no such word."""
    found = (label_texts().get(f"standards.label.{name}.{value}") for name in _sets(column))
    return next((texts for texts in found if texts is not None), None)


@cache
def _sets(column: str) -> tuple[str, ...]:
    """Return the label sets that a column, or the name of a set itself, may take its words from."""
    of, _, bare = column.rpartition(".")
    found = [column]
    names = standard_names()
    for name in names if not of else (of,) if of in names else ():
        one = standard(name).columns.get(bare)
        if one is not None and one.type == "class":
            found.append("use_class")
        elif one is not None and one.enumeration is not None:
            found.append(one.enumeration.name)
    return tuple(dict.fromkeys(found))


@cache
def _reasons() -> Mapping[str, str]:
    return MappingProxyType({row["en"]: row["zh"] for row in reference_table("reasons")})


@cache
def _anywhere() -> Mapping[str, Mapping[str, str]]:
    """Return the labels of words by the word alone; the first set in the catalogue counts."""
    found: dict[str, Mapping[str, str]] = {}
    for key, texts in label_texts().items():
        if key.startswith("standards.label."):
            found.setdefault(key.rpartition(".")[2], texts)
    return MappingProxyType(found)
