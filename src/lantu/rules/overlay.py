"""What an overlay rules about a class: prohibited, allowed with an approval, allowed under conditions.

Farmland, redline, heritage, river and slope override the compatibility matrix: their own matrix decides, and
each of its words is a sentence of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lantu.messages import message
from lantu.model import SEVERITIES
from lantu.rules.land_use import is_missing
from lantu.rules.recalled import check_against
from lantu.rules.wording import words
from lantu.standards import CONSTRAINT_VERDICTS, constraint

if TYPE_CHECKING:
    from lantu.model import BoolArray, ObjectArray

UNNAMED = "conditional"
"""Verdict on a class of construction that the matrix does not name: allowed to nobody without a look."""


@dataclass(frozen=True, kw_only=True)
class Rulings:
    """What the matrix says of each object's class, shape (n,): its word, why, by which clause, how surely."""

    word: ObjectArray
    named: BoolArray
    reason: ObjectArray
    source: ObjectArray
    recalled: BoolArray

    def severity(self, prohibited: str) -> ObjectArray:
        """Return the severity of each finding: as given where prohibited, each milder word one step lower.

        One step lower again where the row was recalled and not seen in its source.
        """
        steps = np.array([CONSTRAINT_VERDICTS.index(word) for word in self.word], dtype=np.int64)
        steps += SEVERITIES.index(prohibited) + self.recalled
        return np.array(SEVERITIES, dtype=object)[np.minimum(steps, len(SEVERITIES) - 1)]

    def facts(self) -> dict[str, ObjectArray]:
        """Return what sentences say: ``ruling``, its word, and ``check``, the remark on a recalled row."""
        reasons = words("reason", self.reason)
        said = np.full(len(self.word), None, dtype=object)
        said[:] = [
            message(f"rules.overlay.{word}", reason=reason, source=source)
            if named
            else message("rules.overlay.unnamed")
            for word, reason, source, named in zip(
                self.word, reasons, words("reason", self.source), self.named, strict=True
            )
        ]
        return {
            "ruling": said,
            "verdict_word": words("constraint_verdict", self.word),
            "check": check_against(self.source, self.recalled),
        }


def rulings(overlays: str | ObjectArray, classes: ObjectArray) -> Rulings:
    """Return what the overlay of each object, or one overlay of all, says of its class.

    An overlay is a word of the matrix or a kind of zone or line, as ``constraint`` takes it.
    """
    count = len(classes)
    kinds = np.full(count, overlays, dtype=object) if isinstance(overlays, str) else overlays
    word, reason, source = (np.full(count, None, dtype=object) for _ in range(3))
    recalled = np.zeros(count, dtype=np.bool_)
    for kind in sorted(set(kinds)):
        here = np.asarray(kinds == kind, dtype=np.bool_)
        found = constraint(kind, planned=classes[here])
        word[here], reason[here], source[here] = found.verdict, found.reason, found.source
        recalled[here] = found.recalled
    named = ~is_missing(word)
    return Rulings(
        word=np.where(named, word, UNNAMED), named=named, reason=reason, source=source, recalled=recalled
    )
