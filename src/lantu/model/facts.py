"""What the blueprint as a whole says, for rules that judge deliveries rather than features."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lantu.model.level import LEVELS, Level
from lantu.model.publishing import Publishing

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from lantu.messages import Language
    from lantu.model.layer import Layer


@dataclass(frozen=True, kw_only=True)
class Department:
    """A department, its name for people, and the standards it has to deliver."""

    key: str
    name: str
    owes: tuple[str, ...] = ()
    contact: str | None = None


@dataclass(frozen=True, kw_only=True)
class BlueprintFacts:
    """The blueprint's own facts and all its layers, refused ones included, in file order.

    ``authority`` says whose word counts: ``standard.column`` to department keys, first word first.
    ``levels`` are the names of the levels, lowest first; ``town_layer`` is the layer that places findings.
    """

    name: str
    as_of: dt.date
    language: Language
    level: Level
    working_crs: str
    departments: Mapping[str, Department]
    layers: tuple[Layer, ...]
    authority: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    levels: tuple[Level, ...] = LEVELS
    town_layer: str | None = None
    publishing: Publishing = field(default_factory=Publishing)
