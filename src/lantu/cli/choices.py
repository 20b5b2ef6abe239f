"""Read the words of options: one of a list, several of a list, a number."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from lantu.cli.spelling import closest
from lantu.cli.usage import OptionError
from lantu.messages import message

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def one_of(option: str, word: str, known: Sequence[str]) -> str:
    """Return the known word that was given, in whatever case.

    Raises
    ------
    OptionError
        The word is not known.
    """
    given = word.strip().lower()
    if given in known:
        return given
    names, near = ", ".join(known), closest(given, known)
    if near is None:
        raise OptionError(message("cli.usage.not_in_list", option=option, word=word, names=names))
    raise OptionError(message("cli.usage.misspelled_word", option=option, word=word, names=names, near=near))


def words(given: Iterable[str] | None) -> tuple[str, ...] | None:
    """Return the words of an option that may be repeated or hold several words with commas between them.

    None where the option was not given, or was given without a word.
    """
    split = [word.strip() for part in given or () for word in part.split(",")]
    return tuple(dict.fromkeys(word for word in split if word)) or None


def count(option: str, text: str | None) -> int | None:
    """Return a whole number of 1 or more, None where none was given.

    Raises
    ------
    OptionError
        The text is no such number.
    """
    if text is None:
        return None
    if not text.strip().isascii() or not text.strip().isdigit() or int(text) < 1:
        raise OptionError(message("cli.usage.no_count", option=option, word=text))
    return int(text)


def length_m(option: str, text: str | None) -> float | None:
    """Return a length in metres, greater than 0, None where none was given.

    Raises
    ------
    OptionError
        The text is no such number.
    """
    if text is None:
        return None
    try:
        found = float(text)
    except ValueError:
        found = math.nan
    if not (math.isfinite(found) and found > 0):
        raise OptionError(message("cli.usage.no_length", option=option, word=text))
    return found
