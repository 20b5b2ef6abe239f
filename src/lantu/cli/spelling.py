"""What a misspelled word of a command was probably meant to be."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

CLOSENESS = 0.5


def closest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that is spelled most like ``word``, regardless of case, or None."""
    spelled: dict[str, str] = {}
    for candidate in known:
        spelled.setdefault(candidate.casefold(), candidate)
    found = difflib.get_close_matches(word.casefold(), list(spelled), n=1, cutoff=CLOSENESS)
    return spelled[found[0]] if found else None
