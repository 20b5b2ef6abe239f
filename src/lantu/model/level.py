"""Classification levels, lowest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

Level = Literal["public", "internal", "confidential", "secret"]

LEVELS: tuple[Level, ...] = ("public", "internal", "confidential", "secret")


def highest(levels: Iterable[Level]) -> Level:
    """Return the highest of ``levels``; public when there is none."""
    return max(levels, key=LEVELS.index, default="public")
