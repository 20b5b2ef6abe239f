"""Small counts that are not told, in a way that the totals do not tell them either."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lantu.model import BoolArray, IntArray


def suppressed(counts: IntArray, minimum: int) -> BoolArray:
    """Return which cells of a table of counts are not to be told, where its sums by row and column are.

    Cells from 1 to below ``minimum`` are kept back; then, in every row and column in which what is kept
    back would follow from the total (one cell alone, or several that sum to less than ``minimum``), the
    smallest of the other cells that is not 0, until nothing follows. ``counts`` has shape (n, m).
    """
    hidden: BoolArray = (counts > 0) & (counts < minimum)
    changed = bool(hidden.any())
    while changed:
        changed = False
        for axis in (0, 1):
            for line in range(counts.shape[axis]):
                here = (line, slice(None)) if axis == 0 else (slice(None), line)
                changed |= _one_more(counts[here], hidden[here], minimum)
    return hidden


def _one_more(counts: IntArray, hidden: BoolArray, minimum: int) -> bool:
    """Keep back one more cell of a line where its total gives the others away; say whether one was."""
    kept_back = int(hidden.sum())
    if not kept_back or (kept_back > 1 and int(counts[hidden].sum()) >= minimum):
        return False
    left = np.flatnonzero(~hidden & (counts > 0))
    if not len(left):
        return False
    hidden[left[np.argmin(counts[left])]] = True
    return True


def told(counts: Mapping[str, int], minimum: int) -> dict[str, int | None]:
    """Return counts that stand without a total, None for those from 1 to below ``minimum``."""
    return {name: None if 0 < count < minimum else count for name, count in counts.items()}
