"""What the values of a field can be: codes of which list, words of which enumeration, numbers, keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lantu.standards import CODE_LISTS, code_list
from lantu.standards.date import read_dates
from lantu.standards.distinct import distinct
from lantu.standards.number import read_numbers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lantu.standards import Column, Enumeration

PREFERRED = {
    "land.parcel": "gbt21010-2017",
    "land.survey": "third-survey",
    "plan.plot": "spatial-2023",
}
"""The list that a standard is coded in today, where two lists explain the codes equally well."""

AS_GOOD = 0.02
"""A list that explains this much less of the rows than the best is as good as the best."""

SHORT_CODE = 2


@dataclass(frozen=True, kw_only=True)
class ListFit:
    """How much of a field each code list explains (share of the filled rows), and which is taken."""

    name: str
    share: float
    rivals: tuple[str, ...]
    kinds: int


def code_fit(values: pd.Series, *, standard: str, lists: Sequence[str] = CODE_LISTS) -> ListFit | None:
    """Return the one of ``lists`` that explains most rows; None where the field is empty or none fits.

    Of lists that explain equally much the one that the standard is coded in today is taken, else the first.
    """
    counts = _counts(values)
    total = sum(counts.values())
    if not total or not lists:
        return None
    shares = {
        name: sum(count for text, count in counts.items() if code_list(name).find(text)) / total
        for name in lists
    }
    best = max(shares.values())
    if not best:
        return None
    good = [name for name in lists if shares[name] >= best - AS_GOOD]
    preferred = PREFERRED.get(standard)
    taken = preferred if preferred in good else max(good, key=lambda name: (shares[name], -good.index(name)))
    rivals = tuple(name for name in good if name != taken)
    return ListFit(name=taken, share=shares[taken], rivals=rivals, kinds=len(counts))


def telling_codes(values: pd.Series) -> bool:
    """Say whether most rows hold codes long enough to tell a list by; ``01`` and ``U`` are in many."""
    counts = _counts(values)
    long = sum(count for text, count in counts.items() if len(text) > SHORT_CODE)
    return long * 2 > sum(counts.values())


def enumeration_share(values: pd.Series, words: Enumeration) -> float:
    """Return the share of the filled rows whose value is a word of the enumeration."""
    counts = _counts(values)
    total = sum(counts.values())
    known = sum(count for text, count in counts.items() if words.find(text) is not None)
    return known / total if total else 0.0


def telling_words(values: pd.Series) -> bool:
    """Say whether values are words and not numbers or letters that could mean anything."""
    texts = list(_counts(values))
    return bool(texts) and all(len(text) > 1 and not text.isdigit() for text in texts)


def numbers_of(values: pd.Series, column: Column) -> np.ndarray:
    """Return the readable numbers of a field in the column's own unit, without the empty ones."""
    read, _ = read_numbers(values, column=column)
    return read[np.isfinite(read)]


def readable_share(values: pd.Series, column: Column) -> float:
    """Return the share of the filled rows that are numbers, or dates, as the column wants them."""
    filled = values[values.notna()]
    if not len(filled):
        return 0.0
    if column.type == "date":
        read, bad = read_dates(filled)
        return float(1.0 - bad.mean()) if pd.notna(read).any() else 0.0
    read, bad = read_numbers(filled, column=column)
    return float(1.0 - bad.mean()) if np.isfinite(read).any() else 0.0


def distinct_share(values: pd.Series) -> float:
    """Return how many different values there are for each row, empty rows counted as repeats."""
    return len(_counts(values)) / len(values) if len(values) else 0.0


def filled_share(values: pd.Series) -> float:
    """Return the share of rows that hold anything."""
    return sum(_counts(values).values()) / len(values) if len(values) else 0.0


def wordy_share(values: pd.Series) -> float:
    """Return the share of the filled rows that are more than digits, as names are."""
    counts = _counts(values)
    total = sum(counts.values())
    worded = sum(count for text, count in counts.items() if any(letter.isalpha() for letter in text))
    return worded / total if total else 0.0


def _counts(values: pd.Series) -> dict[str, int]:
    """Return how often each text occurs, in order of first appearance."""
    kinds = distinct(values.to_numpy(dtype=object))
    counts = np.bincount(kinds.positions[kinds.positions >= 0], minlength=len(kinds.texts))
    return dict(zip(kinds.texts, counts.tolist(), strict=True))
