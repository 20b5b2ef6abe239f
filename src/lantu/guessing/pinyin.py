"""Chinese names in letters: whole syllables (``zongdi`` of 宗地) or the first letter of each (``ZDMJ``).

Programs that cannot take characters, and people who do not trust them, write names of fields and layers so.
One table of readings makes both of any name that is known in characters.
"""

from __future__ import annotations

import re
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from lantu.standards import reference_table

if TYPE_CHECKING:
    from collections.abc import Mapping

SHORTEST_INITIALS = 3
"""Two letters can be the initials of anything."""

SHORTEST_WHOLE, SHORTEST_WITHIN = 4, 5
"""Letters of a word written out that stands by itself, or within a longer run of letters."""

_CHARACTERS = re.compile(r"[\u3400-\u9fff]{2,}")
_LETTERS = re.compile(r"[a-z]+")


def written_out(name: str) -> tuple[str, ...]:
    """Return a Chinese name in whole syllables, ü as v and as u; nothing where it is none, or not known."""
    syllables = _syllables(name)
    whole = "".join(syllables)
    plain = whole.replace("lv", "lu").replace("nv", "nu")
    return tuple(dict.fromkeys(text for text in (whole, plain) if len(text) >= SHORTEST_WHOLE))


def initials(name: str) -> str | None:
    """Return the first letters of a Chinese name's syllables; None where that would be too little to tell."""
    syllables = _syllables(name)
    return "".join(syllable[0] for syllable in syllables) if len(syllables) >= SHORTEST_INITIALS else None


def contains_written_out(text: str, word: str) -> bool:
    """Say whether a name holds a Chinese word in letters: ``dixiaguanxian`` holds 管线."""
    runs = _LETTERS.findall(text.casefold())
    return any(
        run == spelled or (len(spelled) >= SHORTEST_WITHIN and spelled in run)
        for spelled in written_out(word)
        for run in runs
    )


def _syllables(name: str) -> tuple[str, ...]:
    readings = _readings()
    if not _CHARACTERS.fullmatch(name) or not all(character in readings for character in name):
        return ()
    return tuple(readings[character] for character in name)


@cache
def _readings() -> Mapping[str, str]:
    return MappingProxyType({row["character"]: row["syllable"] for row in reference_table("pinyin")})
