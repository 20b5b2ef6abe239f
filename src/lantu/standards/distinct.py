"""Work once per distinct value instead of once per feature, and the text of a value as delivered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lantu.model import BoolArray, IntArray, ObjectArray

EMPTY_WORDS = frozenset({"<null>", "<空>"})
"""What exporters write for a null; anything else that is not blank is a value."""

EXACT_INTEGER = 2**53


@dataclass(frozen=True, kw_only=True)
class Distinct:
    """The distinct texts of an array and, for each element, the position of its text or -1 where empty."""

    texts: list[str]
    positions: IntArray

    @property
    def empty(self) -> BoolArray:
        """Return which elements are empty."""
        return np.asarray(self.positions < 0, dtype=np.bool_)

    def spread(self, values: Sequence[Any]) -> ObjectArray:
        """Return for each element the one of ``values`` (one per text) that is its own; None where empty."""
        lookup = np.empty(len(values) + 1, dtype=object)
        lookup[:-1] = list(values)
        return np.asarray(lookup[self.positions], dtype=object)

    def spread_mask(self, values: Sequence[bool]) -> BoolArray:
        """Return for each element the one of ``values`` that is its own; False where empty."""
        return np.append(np.asarray(values, dtype=np.bool_), False)[self.positions]


def distinct(values: ObjectArray) -> Distinct:
    """Return the distinct texts of ``values`` in order of first appearance.

    A number with no fraction loses its ``.0``; blanks, nulls and ``<Null>`` are empty.
    """
    codes, found = pd.factorize(np.asarray(values, dtype=object), use_na_sentinel=True)
    texts: dict[str, int] = {}
    positions = np.full(len(found) + 1, -1, dtype=np.int64)
    for index, value in enumerate(found):
        text = text_of(value)
        if text is not None:
            positions[index] = texts.setdefault(text, len(texts))
    return Distinct(texts=list(texts), positions=positions[codes])


def text_of(value: object) -> str | None:
    """Return a delivered value as text without surrounding blanks, or None where it is empty."""
    if isinstance(value, str):
        text = value.strip(" \t\r\n\x00\u3000\xa0\ufeff")
        return None if not text or text.casefold() in EMPTY_WORDS else text
    if isinstance(value, bytes):
        return text_of(value.decode("utf-8", errors="replace"))
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, (float, np.floating)):
        number = float(value)
        if np.isnan(number):
            return None
        return str(int(number)) if number.is_integer() and abs(number) < EXACT_INTEGER else repr(number)
    return text_of(str(value))


def is_none(values: ObjectArray) -> BoolArray:
    """Return which elements are None (or another null)."""
    return np.asarray(pd.isna(values), dtype=np.bool_)


def is_word(values: ObjectArray, word: str) -> BoolArray:
    """Return which elements are this text."""
    return np.asarray(values == word, dtype=np.bool_)
