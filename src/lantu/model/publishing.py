"""What the blueprint allows of findings above the level of an edition."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lantu.model.level import Level

Generalised = Literal["none", "grid", "town"]


@dataclass(frozen=True, kw_only=True)
class Reduction:
    """How a finding of a level may still be told to those below it.

    ``to`` is the lowest level that may see the reduced form. Its ids and values are masked; its place
    becomes the cells of a grid of ``grid_m`` metres, its town, or nothing.
    """

    to: Level
    geometry: Generalised = "none"
    grid_m: float = 1000.0


@dataclass(frozen=True, kw_only=True)
class Publishing:
    """``[publish]`` of the blueprint: counts below ``min_count`` are not told; reductions by level."""

    min_count: int = 3
    reduce: Mapping[Level, Reduction] = field(default_factory=dict)
