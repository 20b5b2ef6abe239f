"""What a task is, what it stands on, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from lantu.relations import Alongside, Coverage, Displaced, Uncovered

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from lantu.engine.filed import Filed
    from lantu.engine.judging import Choice, Tally
    from lantu.engine.meetings import Meeting
    from lantu.messages import Message
    from lantu.model import BlueprintFacts, IntArray, Layer


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A meeting, and what each of its rules that can be checked has chosen."""

    meeting: Meeting
    choices: Mapping[str, Choice]

    @property
    def is_statement(self) -> bool:
        """Say whether the rule states something about layers: one task, no tiles."""
        return isinstance(self.meeting.relation, Coverage | Displaced)

    @property
    def at_once(self) -> bool:
        """Say whether the relation looks at a subject and all its neighbours at once, for one rule."""
        return self.is_statement or isinstance(self.meeting.relation, Alongside | Uncovered)


@dataclass(frozen=True, kw_only=True)
class Ground:
    """All that tasks stand on: the plan, and the blueprint's facts as sentences need them."""

    planned: tuple[Planned, ...]
    facts: BlueprintFacts

    @cached_property
    def layers(self) -> dict[str, Layer]:
        """Return the layers that take part, by name, without those that rules derive."""
        every = [planned.meeting for planned in self.planned]
        beside = [layer for p in self.planned for choice in p.choices.values() for layer in choice.beside]
        met = [layer for meeting in every for layer in (meeting.a, *meeting.others)]
        return {layer.name: layer for layer in (*beside, *met)}


@dataclass(frozen=True, kw_only=True)
class Task:
    """Meetings, by their places in the plan, on ``rows``: the subjects of each meeting's layer, by its name.

    ``windows`` are the rows of each layer that have to be seen, by its name; of a layer that is not named
    everything is. None: everything of all.
    """

    number: int
    planned: tuple[int, ...]
    rows: Mapping[str, IntArray]
    windows: Mapping[str, IntArray] | None = None


@dataclass(frozen=True, kw_only=True)
class Piece:
    """What one rule found in one task, in words, or the crash that stopped it."""

    findings: pd.DataFrame | Filed | None
    undecidable: int
    tally: Tally
    crash: Message | None = None


@dataclass(frozen=True, kw_only=True)
class Done:
    """What came of one meeting in one task, by rule, and the seconds of a processor that it took."""

    planned: int
    pieces: Mapping[str, Piece]
    spent_s: float = 0.0
