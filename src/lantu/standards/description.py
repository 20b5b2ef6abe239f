"""A standard told for people: for the documentation and the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from lantu.standards.enumeration import Enumeration, use_classes
from lantu.standards.label import column_label, label
from lantu.standards.schema import Column, standard

if TYPE_CHECKING:
    from lantu.messages import Language


def describe(name: str, *, language: Language = "zh") -> pd.DataFrame:
    """Return one row per column of the standard: column, label, type, unit, required, range, words.

    ``words`` lists the allowed words of an enumeration with their labels, ``range`` what is plausible.

    Raises
    ------
    StandardError
        There is no such standard.
    """
    rows = [
        {
            "column": column.name,
            "label": column_label(column.name, language),
            "type": column.type,
            "unit": column.unit.name if column.unit else "",
            "required": column.required,
            "range": _range(column),
            "words": _words(column, language),
        }
        for column in standard(name).columns.values()
    ]
    return pd.DataFrame(rows)


def _range(column: Column) -> str:
    if column.minimum is None or column.maximum is None:
        return ""
    return f"{column.minimum:g} – {column.maximum:g}"


def _words(column: Column, language: Language) -> str:
    words: Enumeration | None = use_classes() if column.type == "class" else column.enumeration
    if words is None:
        return ""
    return ", ".join(f"{word} ({label(words.name, word, language)})" for word in words.words)
