"""What a planner's condition may name: the columns of both objects, and the measures of how they meet."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from lantu.standards import standard, use_classes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lantu.standards import Column

Kind = Literal["none", "overlaps", "near", "same"]
ValueKind = Literal["number", "text", "date", "bool"]
Side = Literal["subject", "other"]

SUBJECT, OTHER = "subject", "other"

MEASURES: Mapping[Kind, Mapping[str, str]] = MappingProxyType(
    {
        "none": {"area_m2": "m2", "length_m": "m"},
        "overlaps": {"area_m2": "m2", "length_m": "m", "share": "1", "share_a": "1", "share_b": "1"},
        "near": {"distance_m": "m", "angle_deg": "deg", "run_m": "m"},
        "same": {
            "iou": "1",
            "area_a_m2": "m2",
            "area_b_m2": "m2",
            "area_difference_m2": "m2",
            "deviation_m": "m",
            "shift_m": "m",
        },
    }
)
"""The measures of each relation with units; ``share`` is ``share_a``, ``none`` measures the subject."""

INEXACT = frozenset({"distance_m", "deviation_m", "shift_m"})
"""Distances between two surveys: the true one may be larger or smaller by the tolerance of the two layers."""

KINDS: tuple[Kind, ...] = tuple(MEASURES)


@dataclass(frozen=True, kw_only=True)
class Scope:
    """The standards of the subject and of the other side (None for a subject alone), and how they meet."""

    kind: Kind
    subject: str
    other: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Return every name that a condition may use: ``subject.far_max``, ``other.kind``, ``area_m2``."""
        sides = ((SUBJECT, self.subject), (OTHER, self.other))
        columns = [f"{side}.{column}" for side, of in sides if of for column in standard(of).columns]
        return (*columns, *MEASURES[self.kind])

    def column(self, name: str) -> Column | None:
        """Return the canonical column behind ``subject.NAME`` or ``other.NAME``; None for a measure."""
        side, _, column = name.partition(".")
        of = {SUBJECT: self.subject, OTHER: self.other}.get(side)
        return standard(of).columns.get(column) if of else None

    def value_kind(self, name: str) -> ValueKind:
        """Return what a known name holds."""
        column = self.column(name)
        if column is None or column.is_numeric:
            return "number"
        return "date" if column.type == "date" else "text"


def words_of(column: Column) -> tuple[str, ...]:
    """Return the words that a column may hold; none where it may hold any text."""
    found = use_classes() if column.type == "class" else column.enumeration
    return () if found is None else found.words


def word_for(column: Column, text: str) -> str | None:
    """Return the standard's word for a spelling of it (燃气 for ``gas``), None where there is none."""
    found = use_classes() if column.type == "class" else column.enumeration
    spelling = None if found is None else found.find(text)
    return None if spelling is None else spelling.word


def unit_of(scope: Scope, name: str) -> str | None:
    """Return the unit of a name as findings write it (``m2``, ``m``, ``1``), None where it has none."""
    column = scope.column(name)
    if column is None:
        return MEASURES[scope.kind].get(name)
    if column.unit is None:
        return None
    return "1" if column.unit.name == "ratio" else column.unit.name
