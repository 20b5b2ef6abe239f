"""Rings that loose lines of a drawing form end to end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from lantu.sources.dxfshapes import CLOSING_GAP, closed_ring, closes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lantu.model import FloatArray

MOST_AT_A_PLACE = 3


def joined_rings(lines: Iterable[FloatArray]) -> list[tuple[list[int], FloatArray, float]]:
    """Return the rings that open lines form end to end: their numbers, the positions, the widest gap.

    Two ends belong together where each has the other, and nothing else, within `CLOSING_GAP`; so a
    ring that shares an end with a third line is left alone. Positions are kept as drawn.
    """
    flat = [points[:, :2] for points in lines]
    if not flat:
        return []
    ends = np.array([place for points in flat for place in (points[0], points[-1])])
    kept = _uncrowded(ends)
    nodes = shapely.points(ends[kept])
    near = shapely.STRtree(nodes).query(nodes, predicate="dwithin", distance=CLOSING_GAP)
    one, other = kept[near[0]], kept[near[1]]
    count = np.bincount(one[one != other], minlength=len(ends))
    partner = np.full(len(ends), -1)
    alone = (one != other) & (count[one] == 1) & (count[other] == 1)
    partner[one[alone]] = other[alone]
    found = []
    seen: set[int] = set()
    for first in range(len(flat)):
        chain = _chain(first, partner, seen)
        if not chain:
            continue
        parts = [flat[end // 2] if end % 2 == 0 else flat[end // 2][::-1] for end in chain]
        gaps = [float(np.hypot(*(a[-1] - b[0]))) for a, b in zip(parts, [*parts[1:], parts[0]], strict=True)]
        points = np.vstack([part if gap else part[:-1] for part, gap in zip(parts, gaps, strict=True)])
        if len(points) >= 3 and closes(max(gaps), points):  # noqa: PLR2004  # a triangle
            found.append(([end // 2 for end in chain], closed_ring(points), max(gaps)))
    return found


def _uncrowded(ends: FloatArray) -> Any:  # noqa: ANN401  # an integer array
    """Return the positions of the ends to look at: three at the most of those that crowd at one place.

    In a cell this small every end has every other within the gap, so three of them are enough to show
    that none has just one partner, and a drawing of one line ten thousand times stays as cheap as its size.
    """
    cells = np.floor(ends / (CLOSING_GAP / 2.0))
    order = np.lexsort(cells.T)
    new = np.r_[True, (np.diff(cells[order], axis=0) != 0).any(axis=1)]
    start = np.maximum.accumulate(np.where(new, np.arange(len(order)), 0))
    return np.sort(order[np.arange(len(order)) - start < MOST_AT_A_PLACE])


def _chain(first: int, partner: Any, seen: set[int]) -> list[int]:  # noqa: ANN401  # an integer array
    """Follow lines from the start of ``first``; return the ends where each is entered, none if no ring."""
    if first in seen:
        return []
    chain, end = [], 2 * first
    while True:
        chain.append(end)
        seen.add(end // 2)
        following = int(partner[end ^ 1])
        if following == chain[0]:
            return chain if len(chain) > 1 else []
        if following < 0 or following // 2 in seen:
            return []
        end = following
