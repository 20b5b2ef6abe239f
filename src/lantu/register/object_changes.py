"""What happened between two runs to the objects that findings are about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from lantu.messages import message
from lantu.register.objects import FIELDS, MARK

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable

    import pandas as pd

    from lantu.messages import Message
    from lantu.model import ObjectArray

NAMED_FIELDS = 8
"""Fields that are named; of more, how many."""

LEAST_M = 0.005
"""A centroid that moved less has not moved."""

Key = tuple[str, str]


def object_states(
    keys: pd.DataFrame, old: pd.DataFrame | None, new: pd.DataFrame | None, renamed: Collection[Key]
) -> ObjectArray:
    """Return what happened to each object of ``keys`` (layer, id): see ``report.page.since.object``.

    ``unknown`` where a run was written without digests, empty where there is no object. ``renamed`` are the
    objects, as they are named now, that had another id before.
    """
    has = (keys["id"].fillna("") != "").to_numpy()
    if old is None or new is None:
        return np.where(has, "unknown", "").astype(object)
    before, after = (_digests_of(keys, objects) for objects in (old, new))
    was, now = (found["geometry"].notna().to_numpy() for found in (before, after))
    moved, edited = ((before[name] != after[name]).to_numpy() for name in ("geometry", "attributes"))
    other_id = np.array(
        [key in renamed for key in zip(keys["layer"], keys["id"], strict=True)], dtype=np.bool_
    )
    cases = {
        "": ~has, "unknown": ~was & ~now, "added": ~was, "removed": ~now, "renamed": other_id,
        "both": moved & edited, "geometry": moved, "attributes": edited,
    }  # fmt: skip
    return np.select(list(cases.values()), list(cases), default="same").astype(object)


def object_details(
    keys: pd.DataFrame, states: ObjectArray, old: pd.DataFrame | None, new: pd.DataFrame | None
) -> list[tuple[Message, ...]]:
    """Say of each object that changed which fields did, how far it moved and how its size differs.

    Empty where a run was written without the numbers for it.
    """
    said: list[tuple[Message, ...]] = [()] * len(keys)
    if old is None or new is None or not {"fields", "size"} <= set(old.columns) & set(new.columns):
        return said
    rows = np.flatnonzero(np.isin(states, ("both", "geometry", "attributes", "renamed")))
    chosen = keys.iloc[rows]
    before, after = (_digests_of(chosen, objects).to_dict(orient="records") for objects in (old, new))
    for row, layer, was, now in zip(rows, chosen["layer"], before, after, strict=True):
        names = [objects.attrs.get(FIELDS, {}).get(layer, []) for objects in (old, new)]
        said[row] = (*_shape_change(was, now), *_fields_changed(was, now, names))
    return said


def _shape_change(was: dict[Hashable, Any], now: dict[Hashable, Any]) -> list[Message]:
    if was["geometry"] == now["geometry"]:
        return []
    moved_m = float(np.hypot(now["x_m"] - was["x_m"], now["y_m"] - was["y_m"]))
    parts = [message("compare.moved", moved_m=moved_m)] if moved_m >= LEAST_M else []
    if was["size"] != now["size"]:
        parts.append(message("compare.resized", old=was["size"], new=now["size"]))
    return parts or [message("compare.reshaped")]


def _fields_changed(
    was: dict[Hashable, Any], now: dict[Hashable, Any], names: list[list[str]]
) -> list[Message]:
    before, after = (
        dict(zip(fields, np.frombuffer(one["fields"], dtype=MARK).tolist(), strict=True))
        for one, fields in zip((was, now), names, strict=True)
    )
    changed = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
    if not changed:
        return []
    named = ", ".join(changed[:NAMED_FIELDS])
    more = len(changed) - NAMED_FIELDS
    return [message("compare.fields", fields=named if more <= 0 else f"{named}, +{more}")]


def _digests_of(keys: pd.DataFrame, objects: pd.DataFrame) -> pd.DataFrame:
    typed = objects.astype({"layer": object, "id": object, "geometry": object, "attributes": object})
    return keys.merge(typed.drop_duplicates(["layer", "id"]), on=["layer", "id"], how="left")
