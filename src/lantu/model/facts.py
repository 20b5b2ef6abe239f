"""What the blueprint as a whole says, for rules that judge deliveries rather than features."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from lantu.messages import Language
    from lantu.model.layer import Layer
    from lantu.model.level import Level


@dataclass(frozen=True, kw_only=True)
class Department:
    """A department, its name for people, and the standards it has to deliver."""

    key: str
    name: str
    owes: tuple[str, ...] = ()
    contact: str | None = None


@dataclass(frozen=True, kw_only=True)
class BlueprintFacts:
    """The blueprint's own facts and all its layers, refused ones included, in file order."""

    name: str
    as_of: dt.date
    language: Language
    level: Level
    working_crs: str
    departments: Mapping[str, Department]
    layers: tuple[Layer, ...]
