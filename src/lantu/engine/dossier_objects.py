"""The objects of one layer that concern a parcel: they share its ground, or carry its id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from lantu.engine.choosing import in_force, in_place
from lantu.engine.subject import PARCEL, Subject
from lantu.relations import ids_by_chance
from lantu.relations.index import index_of
from lantu.relations.own_ids import has_own_id
from lantu.standards import standard

if TYPE_CHECKING:
    from lantu.model import BlueprintFacts, IntArray, Layer
    from lantu.relations import Pairs

OBJECT_COLUMNS = (
    "layer", "department", "standard", "id", "how", "in_force", "values", "raw", "area_m2", "length_m",
    "share", "record", "issued", "accuracy_m", "source",
)  # fmt: skip


def _bearers(subject: Subject, layer: Layer) -> IntArray:
    """Return the rows of a layer that carry the parcel's id: as their own, or as that of their parcel."""
    key = index_of(subject.layer).keys[subject.row]
    bears = np.zeros(len(layer), dtype=np.bool_)
    if not has_own_id(subject.layer)[subject.row]:
        return np.flatnonzero(bears)
    if layer is not subject.layer and layer.standard == subject.layer.standard:
        every = {"chosen_a": in_place(subject.layer), "chosen_b": in_place(layer)}
        if not ids_by_chance(subject.layer, layer, **every):
            bears |= (index_of(layer).keys == key) & has_own_id(layer)
    if subject.layer.standard == PARCEL and "parcel_id" in layer.frame.columns:
        bears |= layer.values("parcel_id") == key
    return np.flatnonzero(bears)


def objects_of(subject: Subject, layer: Layer, pairs: Pairs, facts: BlueprintFacts) -> pd.DataFrame:
    """Return the objects of a layer that share ground with the parcel or carry its id, largest first."""
    bearers = _bearers(subject, layer)
    itself = [subject.row] if layer is subject.layer else []
    by_id = np.setdiff1d(bearers, np.r_[pairs.rows_b, itself])
    both = np.isin(pairs.rows_b, bearers)
    rows = np.r_[np.array(itself, dtype=np.int64), pairs.rows_b, by_id].astype(np.int64)
    size, alone, rest = len(rows), len(itself), len(by_id)
    area_m2 = np.r_[[subject.area_m2] * alone, pairs["area_m2"], np.full(rest, np.nan)]
    share = np.r_[[1.0] * alone, pairs["share_a"], np.full(rest, np.nan)]
    table = pd.DataFrame(
        {
            "layer": [layer.name] * size,
            "department": [layer.department] * size,
            "standard": [layer.standard] * size,
            "id": layer.ids[rows],
            "how": ["self"] * alone + np.where(both, "both", "ground").tolist() + ["id"] * rest,
            "in_force": in_force(layer, facts)[rows],
            "values": [values_of(layer, int(row)) for row in rows],
            "raw": [_raw(layer, int(row)) for row in rows],
            "area_m2": area_m2,
            "length_m": np.r_[np.full(alone, np.nan), pairs["length_m"], np.full(rest, np.nan)],
            "share": np.where(np.isfinite(area_m2), share, np.nan),
            "record": layer.frame["record"].to_numpy()[rows],
            "issued": [layer.provenance.issued] * size,
            "accuracy_m": [layer.accuracy_m] * size,
            "source": [layer.provenance.path] * size,
        },
        columns=list(OBJECT_COLUMNS),
    )
    table["geometry"] = np.r_[layer.geometry[itself], pairs.shape(), layer.geometry[by_id]]
    place = {"self": 0, "both": 1, "ground": 1, "id": 2}
    order = np.lexsort(
        (layer.ids[rows].astype(str), -np.nan_to_num(table["length_m"]), -np.nan_to_num(area_m2),
         table["how"].map(place)),
    )  # fmt: skip
    return table.iloc[order]


def _columns(layer: Layer) -> list[str]:
    """Return the canonical columns that may be shown with the layer: none classified above it."""
    return [
        name
        for name in standard(layer.standard).columns
        if name != "id" and name in layer.frame.columns and name not in layer.levels
    ]


def values_of(layer: Layer, row: int) -> dict[str, Any]:
    """Return the standard values of an object by column, but none classified above its layer."""
    found = {name: layer.frame[name].iloc[row] for name in _columns(layer)}
    return {
        name: value.item() if hasattr(value, "item") else value
        for name, value in found.items()
        if not pd.isna(value)
    }


def _raw(layer: Layer, row: int) -> dict[str, str]:
    found = {name: layer.raw(name, np.array([row]))[0] for name in _columns(layer)}
    return {name: value for name, value in found.items() if value is not None}
