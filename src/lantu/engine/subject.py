"""Which object a dossier is about: an id, an id behind its layer, or a place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from lantu.errors import LantuError
from lantu.messages import message
from lantu.relations.index import POLYGON, index_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lantu.messages import Message
    from lantu.model import BlueprintFacts, Layer

PARCEL = "land.parcel"

NAMED_MOST = 8
"""Objects that an error names; more are counted."""


class SubjectError(LantuError):
    """What a dossier was asked for is no object, or not one alone, or has no ground."""


@dataclass(frozen=True, kw_only=True)
class Subject:
    """One polygon of one layer; ``row`` is its position in the layer's frame."""

    layer: Layer
    row: int

    @property
    def id(self) -> str:
        """Return its id."""
        return str(self.layer.ids[self.row])

    @property
    def geometry(self) -> shapely.Geometry:
        """Return its polygon in the working CRS."""
        return self.layer.geometry[self.row]

    @property
    def area_m2(self) -> float:
        """Return its area in the working CRS."""
        return float(shapely.area(self.geometry))


def find_subject(wanted: str, facts: BlueprintFacts) -> Subject:
    """Return the object that ``wanted`` names: ``id``, ``layer:id``, or ``x,y`` in the working CRS.

    A bare id is looked for in the parcel layers, then in all others; a place among the parcels alone.

    Raises
    ------
    SubjectError
        Nothing is called so, several objects are, or the one that is has no polygon.
    """
    wanted = wanted.strip()
    parcels = [layer for layer in facts.layers if layer.standard == PARCEL]
    rest = [layer for layer in facts.layers if layer.standard != PARCEL]
    for found in (_called(wanted, parcels), _behind_layer(wanted, facts), _called(wanted, rest)):
        if found:
            return _alone(wanted, found)
    found = _at(wanted, parcels)
    if found:
        return _alone(wanted, found)
    raise SubjectError(_unknown(wanted, parcels))


def _called(wanted: str, layers: Iterable[Layer]) -> list[Subject]:
    """Return the objects of an id; the second and later bearers of a repeated one by their own (``id~2``)."""
    return [
        Subject(layer=layer, row=int(row)) for layer in layers for row in np.flatnonzero(layer.ids == wanted)
    ]


def _behind_layer(wanted: str, facts: BlueprintFacts) -> list[Subject]:
    return [
        found
        for layer in facts.layers
        if wanted.startswith(f"{layer.name}:")
        for found in _called(wanted[len(layer.name) + 1 :].strip(), [layer])
    ]


def _at(wanted: str, layers: Iterable[Layer]) -> list[Subject]:
    """Return the parcels over a place; none where the text is no pair of numbers."""
    try:
        x, y = (float(part) for part in wanted.split(","))
    except ValueError:
        return []
    point = shapely.Point(x, y) if np.isfinite([x, y]).all() else shapely.Point()
    return [
        Subject(layer=layer, row=int(row))
        for layer in layers
        if len(layer)
        for row in np.sort(index_of(layer).tree.query(point, predicate="intersects"))
    ]


def _alone(wanted: str, found: list[Subject]) -> Subject:
    if len(found) > 1:
        names = ", ".join(f"{one.layer.name}:{one.id}" for one in found[:NAMED_MOST])
        raise SubjectError(message("dossier.several", wanted=wanted, count=len(found), names=names))
    one = found[0]
    if index_of(one.layer).dimension[one.row] != POLYGON:
        raise SubjectError(message("dossier.no_polygon", layer=one.layer.name, id=one.id))
    return one


def _unknown(wanted: str, parcels: list[Layer]) -> Message:
    refused = next((layer for layer in parcels if layer.refusal is not None), None)
    if refused is not None and refused.refusal is not None:
        return message(
            "dossier.unknown_refused", wanted=wanted, layer=refused.name, reason=refused.refusal.reason
        )
    example = next((f"{layer.name}:{layer.ids[0]}" for layer in parcels if len(layer)), "-")
    return message("dossier.unknown", wanted=wanted, count=sum(map(len, parcels)), example=example)
