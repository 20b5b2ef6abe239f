"""Enumerations: the standard's words, and everything in use that means one of them."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from lantu.errors import StandardError
from lantu.messages import message
from lantu.standards.distinct import distinct
from lantu.standards.plugged import enumeration_rows
from lantu.standards.suggestion import did_you_mean
from lantu.standards.tables import reference_table, schema

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lantu.model import BoolArray, ObjectArray


@dataclass(frozen=True, kw_only=True)
class Spelling:
    """What one spelling means: the word, and the code of the source standard behind it where it has one."""

    word: str
    code: str | None


@dataclass(frozen=True, kw_only=True)
class Enumeration:
    """The words of one enumeration, in order, and their spellings by normalised key."""

    name: str
    words: tuple[str, ...]
    spellings: Mapping[str, Spelling]
    suffixes: tuple[str, ...] = ()

    def find(self, text: str) -> Spelling | None:
        """Return what ``text`` means, regardless of width, case, spaces and empty suffixes, or None."""
        key = normal(text)
        found = self.spellings.get(key)
        for suffix in self.suffixes if found is None else ():
            if key.endswith(suffix):
                found = found or self.spellings.get(key.removesuffix(suffix))
        return found

    def read(self, values: ObjectArray) -> tuple[ObjectArray, BoolArray]:
        """Return canonical words, None where there is none, and a mask of values that mean nothing known."""
        return self._read(values, "word")

    def codes(self, values: ObjectArray) -> ObjectArray:
        """Return the codes of the source standard behind the values, None where there is none."""
        return self._read(values, "code")[0]

    def _read(self, values: ObjectArray, attribute: str) -> tuple[ObjectArray, BoolArray]:
        kinds = distinct(values)
        found = [self.find(text) for text in kinds.texts]
        words = [None if spelling is None else getattr(spelling, attribute) for spelling in found]
        return kinds.spread(words), kinds.spread_mask([spelling is None for spelling in found])


@cache
def enumeration(name: str) -> Enumeration:
    """Return the enumeration ``name``, e.g. ``pipe_medium``.

    Raises
    ------
    StandardError
        There is no such enumeration.
    """
    rows = [row for row in enumeration_rows() if row["enumeration"] == name]
    if not rows:
        names = sorted({row["enumeration"] for row in enumeration_rows()})
        raise StandardError(
            message("standards.enumeration.unknown", name=name, hint=did_you_mean(name, names))
        )
    return Enumeration(
        name=name,
        words=tuple(dict.fromkeys(row["word"] for row in rows)),
        spellings={
            normal(row["spelling"]): Spelling(word=row["word"], code=row["code"] or None) for row in rows
        },
        suffixes=tuple(schema()["enumerations"].get(name, {}).get("suffixes", ())),
    )


@cache
def use_classes() -> Enumeration:
    """Return the canonical land-use classes with their Chinese and English names as spellings."""
    rows = reference_table("landuse_canonical")
    spelled = {
        normal(spelling): Spelling(word=row["canonical"], code=None)
        for row in rows
        for spelling in (row["canonical"], row["zh_name"], row["en_name"])
    }
    return Enumeration(
        name="use_class",
        words=tuple(row["canonical"] for row in rows),
        spellings=spelled,
    )


def normal(text: str) -> str:
    """Return ``text`` without spaces, in half width and lower case."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def no_words(count: int) -> ObjectArray:
    """Return an object array of ``count`` times None."""
    return np.full(count, None, dtype=object)
