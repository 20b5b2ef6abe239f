"""Whose word counts for which column of a parcel: as ``[authority]`` says, else the parcel's department."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from lantu.agreeing.base import areas_m2
from lantu.messages import message
from lantu.relations.overlay import overlay

if TYPE_CHECKING:
    from lantu.agreeing.base import Base
    from lantu.messages import Message
    from lantu.model import Layer, ObjectArray, Run


@dataclass(frozen=True, kw_only=True)
class Statement:
    """Who says what about one column of all parcels; each an array of shape (n,), None for nobody.

    ``others`` counts the further departments that state the column of the same parcel by its id.
    """

    column: str
    value: ObjectArray
    department: ObjectArray
    layer: ObjectArray
    id: ObjectArray
    by: ObjectArray  # Message or None
    others: ObjectArray


def statement(run: Run, base: Base, column: str) -> Statement:
    """Return for each parcel the first value that a department with authority for the column gives.

    A department speaks through its own layer of parcels by the parcel's id, and where ``[authority]`` names
    it, also through any of its layers of areas that has the column: then the value of the object that covers
    most of the parcel, at least half of it.
    """
    size = len(base.ids)
    made = Statement(
        column=column,
        **{name: np.full(size, None, dtype=object) for name in ("value", "department", "layer", "id", "by")},
        others=np.zeros(size, dtype=object),
    )
    key = f"{base.standard}.{column}"
    listed = run.facts.authority.get(key, ())
    rest = [name for name in (base.department, *run.facts.departments) if name not in listed]
    for rank, department in enumerate((*listed, *dict.fromkeys(rest)), start=1):
        by = _by(base, department, key, rank if rank <= len(listed) else None)
        for layer in run.facts.layers:
            if layer.department != department or layer.refusal is not None:
                continue
            if layer.standard == base.standard:
                _by_id(made, layer, base, by)
            elif rank <= len(listed) and column in layer.frame.columns and layer.has(column):
                _by_ground(made, layer, base, by)
    return made


def _by(base: Base, department: str, key: str, rank: int | None) -> Message:
    if rank is not None:
        return message("agreeing.by.authority", key=key, rank=rank)
    return message("agreeing.by.owner" if department == base.department else "agreeing.by.copy")


def _by_id(made: Statement, layer: Layer, base: Base, by: Message) -> None:
    if made.column not in layer.frame.columns:
        return
    values = layer.values(made.column)
    known = {id_: value for id_, value in zip(layer.ids, values, strict=True) if _spoken(value)}
    own = layer.name in {one.name for one in base.layers}
    for place, id_ in enumerate(base.ids):
        if id_ not in known or (own and base.layer_names[place] != layer.name):
            continue
        if made.value[place] is None:
            _say(made, place, known[id_], layer, id_, by)
        elif layer.department != made.department[place]:
            made.others[place] += 1


def _by_ground(made: Statement, layer: Layer, base: Base, by: Message) -> None:
    silent = np.flatnonzero([value is None for value in made.value])
    silent = silent[~shapely.is_missing(base.geometry[silent])]
    if not len(silent):
        return
    values = np.asarray(layer.values(made.column), dtype=object)
    parcel, object_ = shapely.STRtree(layer.geometry).query(base.geometry[silent], predicate="intersects")
    shared = areas_m2(overlay(shapely.intersection, base.geometry[silent[parcel]], layer.geometry[object_]))
    whole = areas_m2(base.geometry[silent])[parcel]
    for pair in np.lexsort((object_, -shared)):
        place, value = int(silent[parcel[pair]]), values[object_[pair]]
        if _spoken(value) and made.value[place] is None and 2 * shared[pair] >= whole[pair]:
            _say(made, place, value, layer, layer.ids[object_[pair]], by)


def _spoken(value: Any) -> bool:  # noqa: ANN401  # a cell of any type
    return value is not None and value == value  # noqa: PLR0124  # NaN is not itself


def _say(made: Statement, place: int, value: Any, layer: Layer, id_: str, by: Message) -> None:  # noqa: ANN401
    made.value[place], made.department[place] = value, layer.department
    made.layer[place], made.id[place], made.by[place] = layer.name, id_, by
