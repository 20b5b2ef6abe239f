"""Which standard a layer is of: what its name, its fields, its values and its geometry say together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lantu.guessing.fields import FieldFit, fit_fields, signs_of
from lantu.guessing.model import Guess
from lantu.guessing.names import layer_words
from lantu.messages import message
from lantu.standards import CODE_LISTS, STANDARDS, standard

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from lantu.guessing.model import Confidence
    from lantu.guessing.names import LayerWord
    from lantu.messages import Message

LEAST = 1.0
"""Less than this says nothing about a layer's standard."""

SURE, SURE_MARGIN = 4.0, 1.5
LIKELY, LIKELY_MARGIN = 2.0, 0.7

MOST_OF_SIGNS = 2.0
"""Fields that hold no column count together at most this much."""

GENERIC = 0.5
"""Fields of less weight (a name, a number) do not speak for one standard more than for another."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What speaks for one standard: words of names, fields that hold columns, and signs that hold none."""

    name: str
    words: tuple[LayerWord, ...] = ()
    fields: Mapping[str, FieldFit] = field(default_factory=dict)
    signs: Mapping[str, float] = field(default_factory=dict)

    @property
    def telling(self) -> tuple[FieldFit, ...]:
        """Return the fields that speak for this standard."""
        return tuple(fit for fit in self.fields.values() if fit.weight >= GENERIC)

    @property
    def score(self) -> float:
        """Return how much speaks for it: the strongest word of its names, and its fields."""
        word = max((one.weight for one in self.words), default=0.0)
        signs = min(MOST_OF_SIGNS, sum(self.signs.values()))
        return word + sum(fit.weight for fit in self.telling) + signs

    @property
    def constants(self) -> Mapping[str, LayerWord]:
        """Return the values that the layer's name states for all of it, by column: the strongest word's.

        Equally strong words for two values state none: 保护范围及建设控制地带 holds both kinds.
        """
        found: dict[str, LayerWord] = {}
        for column in sorted({word.column for word in self.words if word.column}):
            words = [word for word in self.words if word.column == column]
            most = max(word.weight for word in words)
            strongest = [word for word in words if word.weight == most]
            if len({word.value for word in strongest}) == 1:
                found[column] = strongest[0]
        return found


def rank_kinds(
    attributes: pd.DataFrame,
    *,
    title: str,
    folders: tuple[str, ...],
    geometry: str,
    lists: Sequence[str] = CODE_LISTS,
) -> tuple[Kind, ...]:
    """Return the standards that a layer of this geometry can be of, the one that most speaks for first.

    ``lists`` are the code lists that can be meant where the layer lies.
    """
    words = layer_words(title, folders)
    kinds = [
        Kind(
            name=name,
            words=tuple(word for word in words if word.standard == name),
            fields=fit_fields(attributes, name=name, lists=lists),
            signs=signs_of(attributes, name=name),
        )
        for name in STANDARDS
        if geometry in standard(name).geometry
    ]
    return tuple(sorted(kinds, key=lambda kind: (-round(kind.score, 6), STANDARDS.index(kind.name))))


def judge_kind(kinds: tuple[Kind, ...]) -> Guess | None:
    """Return the guess of the standard with its reasons; None where too little speaks for any."""
    best = kinds[0] if kinds else None
    if best is None or best.score < LEAST:
        return None
    margin = best.score - (kinds[1].score if len(kinds) > 1 else 0.0)
    sure: Confidence = "low"
    if best.score >= SURE and margin >= SURE_MARGIN:
        sure = "high"
    elif best.score >= LIKELY and margin >= LIKELY_MARGIN:
        sure = "medium"
    return Guess(value=best.name, confidence=sure, reason=_reason(best))


def _reason(kind: Kind) -> Message:
    words = ", ".join(dict.fromkeys(word.word for word in kind.words))
    fields = ", ".join([*(fit.field for fit in kind.telling), *kind.signs])
    if words and fields:
        return message("guessing.reason.kind_both", words=words, fields=fields)
    return (
        message("guessing.reason.kind_words", words=words)
        if words
        else message("guessing.reason.kind_fields", fields=fields)
    )
