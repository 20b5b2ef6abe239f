"""What a survey of a folder comes to: guesses with their reasons, questions, and files of no use."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lantu.messages import Message

Confidence: TypeAlias = Literal["high", "medium", "low"]


@dataclass(frozen=True, kw_only=True)
class Guess:
    """A value, how sure it is, and what it rests on."""

    value: str
    confidence: Confidence
    reason: Message


@dataclass(frozen=True, kw_only=True)
class Question:
    """What only a person can know: the setting with the likeliest answer, and why it is asked."""

    key: str
    value: str
    why: Message


@dataclass(frozen=True, kw_only=True)
class JoinGuess:
    """A table that brings columns of a layer, or, on two fields, points at which its lines start and end."""

    path: str
    on: tuple[str, ...]
    table_key: str
    table_layer: str | None
    reason: Message


@dataclass(frozen=True, kw_only=True)
class GuessedLayer:
    """One layer with all that was guessed of it; ``standard`` is None where nothing speaks for any.

    ``left_out`` says why a layer takes no part although it is likely of the standard ``likely``.
    ``path`` is relative to the surveyed folder, with slashes. ``stated_crs`` is what the source says of
    its own coordinates, ``crs`` what the blueprint is to declare.
    """

    name: str
    path: str
    layer: str | None
    features: int
    geometry: str
    driver: str
    standard: Guess | None
    department: Guess
    stated_crs: str | None = None
    crs: Guess | None = None
    encoding: Guess | None = None
    codelist: Guess | None = None
    fields: Mapping[str, Guess] = field(default_factory=dict)
    units: Mapping[str, Guess] = field(default_factory=dict)
    join: JoinGuess | None = None
    questions: tuple[Question, ...] = ()
    field_questions: tuple[Question, ...] = ()
    likely: Guess | None = None
    left_out: Message | None = None


@dataclass(frozen=True, kw_only=True)
class Unused:
    """A file or layer that takes no part, and why."""

    path: str
    reason: Message


@dataclass(frozen=True, kw_only=True)
class Survey:
    """All layers in the order of their paths, the departments by key, and what takes no part."""

    name: str
    layers: tuple[GuessedLayer, ...]
    departments: Mapping[str, Message | str]
    unused: tuple[Unused, ...]
    crs: Guess | None
    town_layer: str | None

    @property
    def usable(self) -> tuple[GuessedLayer, ...]:
        """Return the layers that take part: those with a standard."""
        return tuple(layer for layer in self.layers if layer.standard is not None)

    @property
    def questions(self) -> int:
        """Return how many lines of the blueprint ask a person something."""
        asked = sum(len(layer.questions) + len(layer.field_questions) for layer in self.usable)
        return asked + len(self.layers) - len(self.usable)
