"""What follows for a finding from a row of a reference table that was recalled, not seen in its source."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lantu.messages import message
from lantu.model import SEVERITIES

if TYPE_CHECKING:
    from lantu.model import BoolArray, ObjectArray


def lowered(severity: str, recalled: BoolArray) -> ObjectArray:
    """Return the severity of each finding, one lower where the table's value was not seen in its standard."""
    lower = SEVERITIES[min(SEVERITIES.index(severity) + 1, len(SEVERITIES) - 1)]
    return np.where(recalled, lower, severity).astype(object)


def check_against(sources: ObjectArray, recalled: BoolArray) -> ObjectArray:
    """Return the remark that a row is to be checked against its source; empty text where it was seen."""
    said = np.full(len(sources), "", dtype=object)
    said[recalled] = [message("rules.check_against", source=source) for source in sources[recalled]]
    return said
