"""What kind a zone or line is, and what follows where a delivery does not say.

A zone of unknown kind may be any of those that a rule is about. What would be a contradiction in one of them
is then undecidable: neither reported as one, nor passed over.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from lantu.relations.overlay import overlay
from lantu.rules.land_use import is_missing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lantu.model import BoolArray, FloatArray, Layer, ObjectArray
    from lantu.relations import Pairs
    from lantu.relations.pairs import Columns
    from lantu.rules.verdict import Verdict

KIND = "kind"


def of_kind(layer: Layer, *kinds: str) -> BoolArray:
    """Return which zones or lines of a layer are of one of these kinds, shape (n,)."""
    return np.isin(layer.values(KIND).astype(str), kinds)


def may_be(layer: Layer, *kinds: str) -> BoolArray:
    """Return which zones or lines are of one of these kinds, or of a kind that is not known, shape (n,)."""
    return of_kind(layer, *kinds) | is_missing(layer.values(KIND))


def kinds_or(side: Columns, assumed: str) -> ObjectArray:
    """Return the kind of each zone, shape (n,), and ``assumed`` where it is not known."""
    kinds = side[KIND]
    return np.where(is_missing(kinds), assumed, kinds).astype(object)


def undecided_by_kind(pairs: Pairs, judged: Verdict) -> Verdict:
    """Return a verdict on the same pairs that leaves open what meets a zone of unknown kind."""
    return _undecided(judged, pairs.other, pairs.b)


def undecided_by_own_kind(pairs: Pairs, judged: Verdict) -> Verdict:
    """Return the same where the subject's own kind is not known."""
    return _undecided(judged, pairs.subject, pairs.a)


def _undecided(judged: Verdict, side: Columns, layer: Layer | None) -> Verdict:
    """Name the side's layer as the cause, and with it what was delivered in place of a kind, if anything."""
    unknown = is_missing(side[KIND])
    if layer is None or not unknown.any():
        return judged
    raw = np.asarray(side.raw(KIND), dtype=object)
    said = [f"{KIND}: {text}" if text else KIND for text in raw[unknown]]
    column = judged.field.copy()
    column[unknown] = KIND
    cause, message = judged.cause.copy(), judged.message.copy()
    cause[unknown] = [f"{layer.name}: {what}" for what in said]
    message[unknown] = "rules.kind_unknown"
    zone = np.array(side.ids, dtype=object)
    return replace(
        judged,
        undecidable=judged.undecidable | unknown,
        field=column,
        cause=cause,
        message=message,
        facts={**judged.facts, "zone": zone, "zones": np.full(len(zone), layer.name, dtype=object)},
    )


def area_of_unknown_m2(rest: ObjectArray, layers: Iterable[tuple[Layer, BoolArray]]) -> FloatArray:
    """Return how much of each rest lies in features of which it is not known what they are, shape (n,).

    ``layers`` come with the mask of those features; where they lie over each other the ground counts twice.
    """
    unknown = np.concatenate([np.empty(0, dtype=object), *(layer.geometry[mask] for layer, mask in layers)])
    at, other = shapely.STRtree(unknown).query(rest, predicate="intersects")
    shared_m2 = shapely.area(overlay(shapely.intersection, rest[at], unknown[other]))
    return np.bincount(at, weights=shared_m2, minlength=len(rest)).astype(np.float64)
