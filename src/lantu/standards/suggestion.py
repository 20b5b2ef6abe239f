"""What a misspelled name was probably meant to be."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from lantu.messages import Message, message

if TYPE_CHECKING:
    from collections.abc import Iterable

CLOSE = 0.6


def closest(name: str, names: Iterable[str]) -> str | None:
    """Return the one of ``names`` that is spelled most like ``name``, regardless of case, or None."""
    spelled: dict[str, str] = {}
    for candidate in names:
        spelled.setdefault(candidate.casefold(), candidate)
    found = get_close_matches(name.casefold(), list(spelled), n=1, cutoff=CLOSE)
    return spelled[found[0]] if found else None


def did_you_mean(name: str, names: Iterable[str]) -> Message:
    """Return the end of an error: the closest name, or else all names."""
    known = list(names)
    found = closest(name, known)
    if found is not None:
        return message("standards.hint.close", name=found)
    if known:
        return message("standards.hint.all", names=", ".join(known))
    return message("standards.hint.none")
