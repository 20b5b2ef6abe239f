"""What an overlay (farmland, redline, heritage, river, slope) allows to be planned in it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from lantu.errors import StandardError
from lantu.messages import message
from lantu.standards.distinct import distinct
from lantu.standards.suggestion import did_you_mean
from lantu.standards.tables import RECALLED, reference_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lantu.model import BoolArray, ObjectArray

CONSTRAINT_VERDICTS = ("prohibited", "approval_required", "conditional", "ok")
"""Strictest first."""


@dataclass(frozen=True, kw_only=True)
class ConstraintRows:
    """What an overlay says of each planned class, shape (n,) each; None where it says nothing.

    ``where`` is ``inside`` or ``outside``: on which side of the overlay the verdict holds.
    """

    verdict: ObjectArray
    where: ObjectArray
    reason: ObjectArray
    source: ObjectArray
    recalled: BoolArray


@cache
def overlays() -> tuple[str, ...]:
    """Return the overlays of the constraint matrix, in its order."""
    return tuple(dict.fromkeys(row["overlay"] for row in reference_table("landuse_constraint_matrix")))


def overlay_of(standard: str, kind: str) -> str | None:
    """Return the overlay that a kind of zone is, e.g. heritage.zone, control → heritage_control."""
    return _overlay_kinds().get((standard, kind))


@cache
def overriding_kinds(standard: str) -> tuple[str, ...]:
    """Return the kinds of zone of a standard whose matrix overrides that of current against planned use."""
    rows = reference_table("constraint_overlays")
    return tuple(row["kind"] for row in rows if row["standard"] == standard and row["overrides"] == "yes")


def constraint(overlay: str, *, planned: ObjectArray) -> ConstraintRows:
    """Return what ``overlay`` allows for each planned class, shape (n,).

    ``overlay`` is a word of the matrix, or a kind of zone or control line, alone (``steep_slope``) or
    behind its standard (``heritage.zone/protection``). Where several rows name one class the strictest
    holds.

    Raises
    ------
    StandardError
        There is no such overlay.
    """
    rules = _rules(_resolve(overlay))
    kinds = distinct(planned)
    rows = [rules.get(text) for text in kinds.texts]
    return ConstraintRows(
        verdict=kinds.spread([row and row["verdict"] for row in rows]),
        where=kinds.spread([row and _where(row) for row in rows]),
        reason=kinds.spread([row and row["reason"] for row in rows]),
        source=kinds.spread([row and row["source"] for row in rows]),
        recalled=kinds.spread_mask([row is not None and row["confidence"] == RECALLED for row in rows]),
    )


def is_construction(classes: ObjectArray) -> ObjectArray:
    """Return ``yes``, ``no`` or ``unknown`` for each canonical class, shape (n,); sea use is unknown."""
    answers = {
        row["canonical"]: row["is_construction"]
        for row in reference_table("landuse_canonical")
        if row["is_construction"] in {"yes", "no"}
    }
    kinds = distinct(classes)
    found = kinds.spread([answers.get(text, "unknown") for text in kinds.texts])
    return np.where(kinds.empty, "unknown", found)


def _where(row: Mapping[str, str]) -> str:
    return "outside" if row["measure"].startswith("outside") else "inside"


def _resolve(overlay: str) -> str:
    if overlay in overlays():
        return overlay
    standard, _, kind = overlay.rpartition("/")
    matches = [row for (of, word), row in _overlay_kinds().items() if word == kind and standard in {"", of}]
    if not matches:
        known = [*overlays(), *(f"{of}/{kind}" for of, kind in _overlay_kinds())]
        hint = did_you_mean(overlay, known)
        raise StandardError(message("standards.overlay.unknown", name=overlay, hint=hint))
    return matches[0]


@cache
def _overlay_kinds() -> Mapping[tuple[str, str], str]:
    rows = reference_table("constraint_overlays")
    return MappingProxyType({(row["standard"], row["kind"]): row["overlay"] for row in rows})


@cache
def _rules(overlay: str) -> Mapping[str, Mapping[str, str]]:
    """Return the strictest row of the overlay for each class that it names."""
    found: dict[str, Mapping[str, str]] = {}
    for row in reference_table("landuse_constraint_matrix"):
        for name in row["planned"].split("|") if row["overlay"] == overlay else ():
            held = found.get(name)
            if held is None or _strictness(row) < _strictness(held):
                found[name] = row
    return MappingProxyType(found)


def _strictness(row: Mapping[str, str]) -> int:
    return CONSTRAINT_VERDICTS.index(row["verdict"])
