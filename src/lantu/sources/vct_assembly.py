"""Polygons of a VCT from the lines they refer to: backwards where the number is negative."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from lantu.messages import Message, message
from lantu.sources.boundary_lines import SAME_PLACE_M
from lantu.sources.rings import is_ring

if TYPE_CHECKING:
    from lantu.model import FloatArray
    from lantu.sources.vct_text import Record

MOST_USES = 16
"""Polygons of a layer that may share one line. Two is usual; a file that repeats a long line without end
would otherwise fill the memory with its copies."""

_NAMED = 5


class Assembly:
    """The lines of a file by identifier, and how often each is in use."""

    def __init__(self) -> None:
        self._lines: dict[int, Record] = {}
        self._uses: Counter[int] = Counter()

    def add(self, record: Record) -> None:
        """Keep a line; of several with one identifier the first undamaged one."""
        try:
            number = abs(int(record.bsm))
        except ValueError:
            return
        if number not in self._lines or self._lines[number].reason is not None:
            self._lines[number] = record

    def rings(self, references: list[list[str]]) -> tuple[list[FloatArray], Message | None]:
        """Return the rings of one polygon, or why there are none."""
        wanted = [[int(text) for text in ring] for ring in references]
        numbers = [abs(number) for ring in wanted for number in ring]
        missing = [number for number in numbers if number not in self._lines]
        if missing or not numbers:
            listed = "、".join(str(number) for number in dict.fromkeys(missing[:_NAMED]))
            return [], message("sources.vct_lines_missing", count=len(missing), lines=listed)
        for number in numbers:
            if self._lines[number].reason is not None:
                return [], self._lines[number].reason
        self._uses.update(numbers)
        if any(self._uses[number] > MOST_USES for number in numbers):
            return [], message("sources.vct_line_overused", most=MOST_USES)
        found = [self._chain(ring) for ring in wanted]
        if any(ring is None or not is_ring(ring) for ring in found):
            return [], message("sources.vct_open_ring")
        return [ring for ring in found if ring is not None], None

    def _chain(self, ring: list[int]) -> FloatArray | None:
        """Return the points of lines one after the other; None where they do not meet or do not close."""
        parts: list[FloatArray] = []
        for number in ring:
            points = np.frombuffer(self._lines[abs(number)].coordinates, dtype=np.float64).reshape(-1, 2)
            points = points[::-1] if number < 0 else points
            if not len(points):
                return None
            if parts and not _meet(parts[-1][-1], points[0]):
                return None
            parts.append(points)
        if not _meet(parts[-1][-1], parts[0][0]):
            return None
        return np.concatenate([parts[0], *(part[1:] for part in parts[1:])])


def _meet(one: FloatArray, other: FloatArray) -> bool:
    return bool((np.abs(one - other) <= SAME_PLACE_M).all())
