"""Words inside a finding's sentence that must be said in the run's language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lantu.messages import Message, message
from lantu.standards import label

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from lantu.messages import Language
    from lantu.model import BoolArray, ObjectArray

SEPARATOR: dict[Language, str] = {"zh": "、", "en": ", "}

IDS_SHOWN = 10
"""A sentence names so many ids of a set and counts the rest."""


@dataclass(frozen=True)
class Word(Message):
    """A canonical word said by its label; ``key`` is its column, or a label set such as ``reason``."""

    def text(self, language: Language) -> str:
        """Return the label in ``language``."""
        return label(self.key, self.values["word"], language)


@dataclass(frozen=True)
class Listed(Message):
    """Several messages said one after the other, with the comma of the language between them."""

    def text(self, language: Language) -> str:
        """Return all parts in ``language``."""
        return SEPARATOR[language].join(part.text(language) for part in self.values["parts"])


def words(column: str, values: ObjectArray) -> ObjectArray:
    """Return a Word for each value of a column, None where there is none."""
    return _said_once(values, lambda word: Word(column, {"word": word}), None)


def listed(parts: Sequence[Message]) -> Message:
    """Return messages as one list."""
    return Listed("rules.listed", {"parts": tuple(parts)})


def listed_texts(texts: Iterable[str]) -> Message:
    """Return texts of the data as one list, cut after ``IDS_SHOWN`` with the number of the others."""
    every = list(texts)
    parts = [message("rules.as_given", text=text) for text in every[:IDS_SHOWN]]
    if len(every) > IDS_SHOWN:
        parts.append(message("rules.and_others", count=len(every) - IDS_SHOWN))
    return listed(parts)


def where(mask: BoolArray, text: str) -> ObjectArray:
    """Return ``text`` where ``mask`` is true, None elsewhere."""
    said = np.full(len(mask), None, dtype=object)
    said[mask] = text
    return said


def in_brackets(texts: ObjectArray) -> ObjectArray:
    """Return explanations, put in brackets behind a sentence; empty text where there is none."""
    return _said_once(texts, lambda text: message("rules.in_brackets", text=text), "")


def _said_once(values: ObjectArray, say: Callable[[str], Message], nothing: str | None) -> ObjectArray:
    """Return what to say of each value, made once per distinct one; ``nothing`` where there is none."""
    codes, found = pd.factorize(np.asarray(values, dtype=object), use_na_sentinel=True)
    said = np.full(len(found) + 1, nothing, dtype=object)
    said[:-1] = [say(value) for value in found]
    return np.asarray(said[codes], dtype=object)
