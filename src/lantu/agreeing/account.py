"""The account of areas: what the inputs say by class and town, and what became of it in the blueprint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from lantu.agreeing.base import CLASS, areas_m2
from lantu.agreeing.contests import STATES
from lantu.relations.overlay import overlay

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lantu.agreeing.base import Base
    from lantu.agreeing.parts import Part
    from lantu.model import Layer, ObjectArray, Run

KEY = ["town", CLASS]
MOVED = ("moved_in_m2", "moved_out_m2")
COLUMNS = (
    *KEY, "input_m2", *MOVED, "blueprint_m2", *(f"{state}_m2" for state in STATES), "difference_m2",
)  # fmt: skip
ALL = "*"
"""Stands for all towns, or all classes, in the rows of totals."""


def account(run: Run, base: Base, made: Sequence[Part]) -> pd.DataFrame:
    """Return one row a town and class, then totals by class, by town and of all: COLUMNS, square metres.

    ``input_m2`` is measured on the parcels as delivered, whole; the rest on the parts. ``moved`` is area
    whose class is another one than its department said, by authority or by a decision. ``difference_m2`` is
    what input, moved and blueprint do not account for. The class of ground without one, and the town of
    ground outside all towns, is empty text.
    """
    towns = town_areas(run)
    given = np.array([name or "" for name in base.values(CLASS)], dtype=object)
    inputs = _by_town(base.geometry, towns).assign(**{CLASS: lambda t: given[t["row"]]})
    shapes = np.array([one.shape for one in made], dtype=object)
    pieces = _by_town(shapes, towns)
    pieces["given"] = given[[made[row].parcel for row in pieces["row"]]] if made else []
    pieces[CLASS] = [made[row].use_class or "" for row in pieces["row"]]
    pieces["state"] = [made[row].state for row in pieces["row"]]
    moved = pieces[pieces["given"] != pieces[CLASS]]
    sums: dict[str, pd.Series[Any]] = {
        "input_m2": inputs.groupby(KEY)["area_m2"].sum(),
        "moved_in_m2": moved.groupby(KEY)["area_m2"].sum(),
        "moved_out_m2": moved.groupby(["town", "given"])["area_m2"].sum().rename_axis(KEY),
        "blueprint_m2": pieces.groupby(KEY)["area_m2"].sum(),
    }
    for state in STATES:
        sums[f"{state}_m2"] = pieces[pieces["state"] == state].groupby(KEY)["area_m2"].sum()
    table = pd.DataFrame(sums).fillna(0.0).reset_index().sort_values(KEY, ignore_index=True)
    return _with_totals(table)


def _with_totals(table: pd.DataFrame) -> pd.DataFrame:
    numbers = [name for name in COLUMNS if name not in {*KEY, "difference_m2"}]
    classes = table.groupby(CLASS, as_index=False)[numbers].sum().assign(town=ALL)
    towns = table.groupby("town", as_index=False)[numbers].sum().assign(**{CLASS: ALL})
    whole = pd.DataFrame([table[numbers].sum()]).assign(town=ALL, **{CLASS: ALL})
    joined = pd.concat([table, classes, towns, whole], ignore_index=True)
    joined["difference_m2"] = (
        joined["input_m2"] + joined["moved_in_m2"] - joined["moved_out_m2"] - joined["blueprint_m2"]
    )
    return joined[list(COLUMNS)]


def town_areas(run: Run) -> tuple[tuple[str, Any], ...]:
    """Return name and geometry of the towns by id; none without a town layer."""
    layer = next((one for one in run.facts.layers if one.name == run.facts.town_layer), None)
    if layer is None or layer.refusal is not None or not layer.has("name"):
        return ()
    return tuple((str(name), shape) for name, shape in _towns(layer))


def _towns(layer: Layer) -> list[tuple[Any, Any]]:
    levels, names = layer.values("admin_level"), layer.values("name")
    rows = sorted(range(len(layer)), key=lambda row: str(layer.ids[row]))
    chosen = [row for row in rows if levels[row] in {"town", None} and layer.geometry[row] is not None]
    return [(names[row], layer.geometry[row]) for row in chosen]


def _by_town(shapes: ObjectArray, towns: Sequence[tuple[str, Any]]) -> pd.DataFrame:
    """Return row, town and area_m2 of each shape's share in each town; what no town holds has none.

    Ground that two towns claim is the first one's, by id.
    """
    whole = areas_m2(shapes)
    rows, names, shares = [], [], []
    left, taken = whole.copy(), shapes.copy()
    for name, town in towns:
        near = np.flatnonzero((left > 0) & shapely.intersects(taken, town))
        cover = np.full(len(near), None, dtype=object)
        cover[:] = [town] * len(near)
        inside = areas_m2(overlay(shapely.intersection, taken[near], cover))
        full = shapely.covers(cover, taken[near])
        inside[full] = left[near][full]  # an overlay of what lies inside only adds the noise of arithmetic
        taken[near] = overlay(shapely.difference, taken[near], cover)
        left[near] -= inside
        rows.append(near)
        names += [name] * len(near)
        shares.append(inside)
    rows.append(np.arange(len(shapes)))
    names += [""] * len(shapes)
    shares.append(np.where(np.abs(left) <= 1e-9 * whole, 0.0, left))
    table = pd.DataFrame({"row": np.concatenate(rows), "town": names, "area_m2": np.concatenate(shares)})
    return table[table["area_m2"] != 0].reset_index(drop=True)
