"""Classification levels, lowest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Level = str
"""One of the levels of a blueprint, by default one of LEVELS."""

LEVELS: tuple[Level, ...] = ("public", "internal", "confidential", "secret")


def highest(levels: Iterable[Level], order: Sequence[Level] = LEVELS) -> Level:
    """Return the highest of ``levels`` in ``order`` (lowest first); the lowest of all when there is none."""
    return max(levels, key=order.index, default=order[0])


def at_most(level: Level, limit: Level, order: Sequence[Level] = LEVELS) -> bool:
    """Say whether ``level`` is not above ``limit``."""
    return order.index(level) <= order.index(limit)
