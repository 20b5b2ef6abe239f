"""Who an edition is for, and what that audience may see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lantu.errors import LantuError
from lantu.messages import message
from lantu.model import at_most

if TYPE_CHECKING:
    import pandas as pd

    from lantu.model import BlueprintFacts, BoolArray, Layer, Level

PUBLIC = "public"
"""The audience that is no department."""


class PublishingError(LantuError):
    """An edition cannot be made for this audience."""


@dataclass(frozen=True, kw_only=True)
class Audience:
    """A department, or everybody, and the highest level that it may see; ``order`` has the lowest first."""

    name: str
    level: Level
    order: tuple[Level, ...]

    @property
    def department(self) -> str | None:
        """Return the department's key, None for the public."""
        return None if self.name == PUBLIC else self.name

    def sees(self, level: Level) -> bool:
        """Say whether something of this level may be shown."""
        return at_most(level, self.level, self.order)

    def sees_layer(self, layer: Layer) -> bool:
        """Say whether a layer may be shown; one whose ids are above the level shows nothing at all."""
        return self.sees(layer.level) and self.sees(layer.levels.get("id", layer.level))

    def hidden_columns(self, layer: Layer) -> tuple[str, ...]:
        """Return the columns of a layer that are above the level; with a class goes its code."""
        hidden = {name for name, level in layer.levels.items() if not self.sees(level)}
        pairs = {"use_class": "use_code", "use_code": "use_class"}
        return tuple(sorted(hidden | {pairs[name] for name in hidden if name in pairs}))

    def may_see(self, table: pd.DataFrame) -> BoolArray:
        """Return which rows of a table with ``level`` may be shown, shape (n,)."""
        return np.array([self.sees(level) for level in table["level"]], dtype=np.bool_)

    def concerns(self, table: pd.DataFrame) -> BoolArray:
        """Return which findings the audience is a side of, shape (n,); the public all of them."""
        if self.department is None:
            return np.ones(len(table), dtype=np.bool_)
        sides = (table["department_a"] == self.name) | (table["department_b"] == self.name)
        return np.asarray(sides, dtype=np.bool_)


def audience(facts: BlueprintFacts, name: str, level: Level | None) -> Audience:
    """Return an audience of a blueprint by name; the public sees the lowest level where none is given.

    Raises
    ------
    PublishingError
        There is no such department or level, or none is given for a department.
    """
    known = (PUBLIC, *facts.departments)
    if name not in known:
        raise PublishingError(message("publishing.no_audience", found=name, known=", ".join(known)))
    if level is None and name != PUBLIC:
        raise PublishingError(message("publishing.level_lacking", name=name, known=", ".join(facts.levels)))
    chosen = facts.levels[0] if level is None else level
    if chosen not in facts.levels:
        raise PublishingError(message("publishing.no_level", found=chosen, known=", ".join(facts.levels)))
    return Audience(name=name, level=chosen, order=facts.levels)
