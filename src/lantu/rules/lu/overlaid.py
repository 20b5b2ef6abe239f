"""Where an overlay has the word: farmland, redline, heritage, river and slope override the matrix of uses.

Inside such a zone its own matrix says whether a class may be planned, whatever the matrix of current
against planned use thinks of the change.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from lantu.messages import message
from lantu.model import SEVERITIES
from lantu.relations.index import POLYGON, index_of
from lantu.relations.overlay import overlay
from lantu.relations.tolerance import tolerance_between
from lantu.relations.width import wide_polygons
from lantu.rules.base import first_of_each
from lantu.rules.land_use import CLASS, is_missing
from lantu.rules.overlay import rulings
from lantu.standards import CONSTRAINT_VERDICTS, Word, is_construction
from lantu.standards.constraint import overriding_kinds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lantu.messages import Message
    from lantu.model import BoolArray, FloatArray, IntArray, Layer, ObjectArray
    from lantu.relations import Pairs

GRAVEST = SEVERITIES[0]
ALLOWED = CONSTRAINT_VERDICTS.index("ok")
PROHIBITED = CONSTRAINT_VERDICTS.index("prohibited")


@dataclass(frozen=True, kw_only=True)
class Zones:
    """Zones that say more than "allowed" of a planned class, one entry a pair and zone, shape (m,)."""

    layer: Layer
    pair: IntArray
    row: IntArray
    kind: ObjectArray
    word: IntArray  # position among CONSTRAINT_VERDICTS
    area_m2: FloatArray

    def take(self, chosen: BoolArray) -> Zones:
        """Return the chosen entries."""
        names = ("pair", "row", "kind", "word", "area_m2")
        return replace(self, **{name: getattr(self, name)[chosen] for name in names})


@dataclass(frozen=True, kw_only=True)
class Overlaid:
    """What the overlay says that decides on each pair, shape (n,); None where none does.

    Of several zones the strictest decides, then the one that holds most of the ground. ``severity`` is
    critical where it prohibits, and lower as ``Rulings`` says; ``place`` and ``ruling`` are for the sentence,
    ``level`` is that of the zone's layer.
    """

    found: BoolArray
    severity: ObjectArray
    place: ObjectArray
    ruling: ObjectArray
    check: ObjectArray
    level: ObjectArray

    def take(self, chosen: BoolArray) -> Overlaid:
        """Return the chosen pairs."""
        return Overlaid(**{name: values[chosen] for name, values in vars(self).items()})


def may_decide(pairs: Pairs, *, consistent: BoolArray) -> BoolArray:
    """Return which pairs an overlay may have the word on, by class and by the box of the plot.

    ``consistent`` are the pairs that the compatibility matrix has nothing against, shape (n,).
    """
    maybe = np.zeros(len(pairs), dtype=np.bool_)
    for zones in _zones(pairs, pairs.other.geometry, consistent, predicate=None):
        maybe[zones.pair] = True
    return maybe


def deciding(pairs: Pairs, *, consistent: BoolArray, min_area_m2: float) -> Overlaid:
    """Return the zone that decides on each measured pair, where at least ``min_area_m2`` lie in it.

    The ground in a zone counts where it is wider than the tolerance of plan and zone somewhere.
    """
    ground = pairs.shape()
    every = [
        _large(pairs, ground, zones, min_area_m2)
        for zones in _zones(pairs, ground, consistent, predicate="intersects")
    ]
    level, kind, place, severity, ruling, check = (np.full(len(pairs), None, dtype=object) for _ in range(6))
    for number, at in _strictest(every):
        zones = every[number]
        here = zones.pair[at]
        level[here], kind[here], place[here] = zones.layer.level, zones.kind[at], _place(zones, at)
    found = ~is_missing(kind)
    said = rulings(kind[found], pairs.other[CLASS][found])
    facts = said.facts()
    severity[found], ruling[found], check[found] = said.severity(GRAVEST), facts["ruling"], facts["check"]
    return Overlaid(found=found, severity=severity, place=place, ruling=ruling, check=check, level=level)


def _place(zones: Zones, at: int) -> Message:
    """Say how much of the ground lies in which zone."""
    layer, row = zones.layer, zones.row[at]
    kind = Word(f"{layer.standard}.kind", {"word": layer.values("kind")[row]})
    values = {"kind": kind, "zone": layer.ids[row], "zones": layer.name}
    return message("rules.LU01.in_zone", area_m2=zones.area_m2[at], **values)


def _large(pairs: Pairs, ground: ObjectArray, zones: Zones, min_area_m2: float) -> Zones:
    """Return the zones that hold enough of their pair's ground, with its area."""
    assert pairs.b is not None  # noqa: S101  # a plan
    shared = overlay(shapely.intersection, ground[zones.pair], zones.layer.geometry[zones.row])
    area_m2 = shapely.area(shared)
    enough = (area_m2 >= min_area_m2) & wide_polygons(shared, tolerance_between(pairs.b, zones.layer))
    return replace(zones, area_m2=area_m2).take(np.asarray(enough, dtype=np.bool_))


def _strictest(every: list[Zones]) -> Iterator[tuple[int, int]]:
    """Yield, for each pair, which of the lists holds its zone, and where; of equals always the same one."""
    if not every:
        return
    pair = np.concatenate([zones.pair for zones in every])
    word = np.concatenate([zones.word for zones in every])
    area_m2 = np.concatenate([zones.area_m2 for zones in every])
    rank = np.concatenate([index_of(zones.layer).rank[zones.row] for zones in every])
    number = np.repeat(np.arange(len(every)), [len(zones.pair) for zones in every])
    place = np.concatenate([np.arange(len(zones.pair)) for zones in every])
    order = np.lexsort((rank, number, -area_m2, word, pair))
    for at in order[first_of_each(pair[order])]:
        yield int(number[at]), int(place[at])


def _zones(
    pairs: Pairs, ground: ObjectArray, consistent: BoolArray, *, predicate: str | None
) -> Iterator[Zones]:
    """Yield, layer by layer, the zones at each pair's ground that decide on its planned class.

    Where the current use is the planned one no zone does, unless it prohibits that use and no rule on
    construction in zones says so already.
    """
    planned = pairs.other[CLASS]
    not_built = is_construction(planned) != "yes"
    open_ = np.flatnonzero(~is_missing(planned) & (~consistent | not_built))
    for layer in pairs.beside:
        kinds = layer.values("kind").astype(str)
        usable = np.isin(kinds, overriding_kinds(layer.standard)) & (index_of(layer).dimension == POLYGON)
        if not usable.any():
            continue
        at, row = index_of(layer).tree.query(ground[open_], predicate=predicate)
        pair, row = open_[at[usable[row]]], row[usable[row]]
        kind = np.array([f"{layer.standard}/{name}" for name in kinds[row]], dtype=object)
        said = rulings(kind, planned[pair])
        word = np.array([CONSTRAINT_VERDICTS.index(name) for name in said.word], dtype=np.int64)
        decides = ~consistent[pair] | ((word == PROHIBITED) & not_built[pair])
        found = Zones(layer=layer, pair=pair, row=row, kind=kind, word=word, area_m2=np.zeros(len(pair)))
        yield found.take(np.asarray(said.named & (word < ALLOWED) & decides, dtype=np.bool_))
