"""Ids that are unique and stay what the department wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lantu.model import ProblemKind
from lantu.standards.distinct import distinct

if TYPE_CHECKING:
    from lantu.model import IntArray, ObjectArray
    from lantu.standards.problems import ProblemNotes


def unique_ids(delivered: ObjectArray | None, *, record: IntArray, notes: ProblemNotes) -> ObjectArray:
    """Return one unique text id per feature, shape (n,).

    The first feature with an id keeps it, later ones become ``id~2``, ``id~3`` in source order, past
    any id that already reads so; a missing id becomes ``#`` and the record number. Without ids at all
    the record number is the id. Repeated ids are noted on every feature that has one, missing ones too.
    """
    if delivered is None:
        return made_unique(np.array([str(number) for number in record], dtype=object))
    kinds = distinct(delivered)
    texts = kinds.spread(kinds.texts)
    missing = np.flatnonzero(kinds.empty)
    notes.rows(ProblemKind.VALUE_MISSING, missing, column="id")
    repeated = np.flatnonzero(pd.Series(kinds.positions).duplicated(keep=False).to_numpy() & ~kinds.empty)
    notes.rows(ProblemKind.ID_REPEATED, repeated, column="id", raw=texts[repeated])
    given = texts.copy()
    given[missing] = [f"#{number}" for number in record[missing]]
    # a delivered "#7" goes before the one made up for record 7
    order = np.concatenate([np.flatnonzero(~kinds.empty), missing])
    given[order] = made_unique(given[order])
    return given


def made_unique(texts: ObjectArray) -> ObjectArray:
    """Return ``texts`` with later equal ones numbered ``~2``, ``~3``, past any that are taken."""
    series = pd.Series(texts, dtype=object)
    later = np.flatnonzero(series.duplicated().to_numpy())
    unique = np.array(texts, dtype=object)
    taken = set(texts) if len(later) else set()
    reached: dict[str, int] = {}
    for index in later:
        text = texts[index]
        number = reached.get(text, 1) + 1
        while f"{text}~{number}" in taken:
            number += 1
        reached[text] = number
        unique[index] = f"{text}~{number}"
        taken.add(unique[index])
    return unique
