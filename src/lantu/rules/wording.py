"""Words inside a finding's sentence that must be said in the run's language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from lantu.messages import listed, message
from lantu.standards import Word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from lantu.messages import Message
    from lantu.model import BoolArray, ObjectArray

IDS_SHOWN = 10
"""A sentence names so many ids of a set and counts the rest."""


def words(column: str, values: ObjectArray) -> ObjectArray:
    """Return a Word for each value of a column, None where there is none."""
    return once_each(values, lambda word: Word(column, {"word": word}), None)


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
    """Return explanations (texts or messages) in brackets behind a sentence; empty where there is none."""
    return once_each(texts, lambda text: message("rules.in_brackets", text=text), "")


def once_each(values: ObjectArray, say: Callable[[Any], Message | str], nothing: str | None) -> ObjectArray:
    """Return what to say of each value, made once per distinct one; ``nothing`` where there is none."""
    codes, found = pd.factorize(np.asarray(values, dtype=object), use_na_sentinel=True)
    said = np.full(len(found) + 1, nothing, dtype=object)
    said[:-1] = [say(value) for value in found]
    return np.asarray(said[codes], dtype=object)
