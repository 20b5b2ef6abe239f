"""What follows for a finding from a row of a reference table that was recalled, not seen in its source."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lantu.messages import message
from lantu.model import SEVERITIES
from lantu.rules.wording import once_each
from lantu.standards import Word

if TYPE_CHECKING:
    from lantu.messages import Message
    from lantu.model import BoolArray, ObjectArray


def lowered(severity: str | ObjectArray, recalled: BoolArray) -> ObjectArray:
    """Return the severity of each finding, one lower where the table's value was not seen in its standard."""
    given = np.full(len(recalled), severity, dtype=object)
    last = len(SEVERITIES) - 1
    lower = {word: SEVERITIES[min(SEVERITIES.index(word) + 1, last)] for word in set(given)}
    given[recalled] = [lower[word] for word in given[recalled]]
    return given


OWN_JUDGEMENT = "own judgement"
"""How the tables begin the source of a row that rests on no statute."""


def check_against(sources: ObjectArray, recalled: BoolArray) -> ObjectArray:
    """Return the remark that a row is to be checked against its source; empty text where it was seen."""
    said = np.full(len(sources), "", dtype=object)
    said[recalled] = once_each(sources[recalled], _remark, "")
    return said


def _remark(source: str) -> Message:
    if source.startswith(OWN_JUDGEMENT):
        return message("rules.check_judgement")
    return message("rules.check_against", source=Word("reason", {"word": source}))
