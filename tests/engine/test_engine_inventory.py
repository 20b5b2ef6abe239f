"""Overdue deliveries and offsets in the inventory, by hand calculation."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
import shapely
from engine_layers import make_facts, make_layer, square

from lantu.engine import inventory
from lantu.engine.inventory import INVENTORY_COLUMNS

GRID = [square(column * 1.2, row * 1.2) for column in range(8) for row in range(5)]
IDS = [f"G{k:03d}" for k in range(len(GRID))]


def moved(dx: float, dy: float) -> list[object]:
    return list(shapely.transform(np.array(GRID), lambda xy: xy + np.array([dx, dy])))


def test_an_offset_stands_with_both_layers_and_opposite_signs() -> None:
    land = make_layer("land", "land.parcel", GRID, id=IDS)
    tax = make_layer("tax", "land.parcel", moved(0.5, 0.0), id=IDS)
    nodes = make_layer("nodes", "utility.node", [square(0, 0).centroid])
    table = inventory(make_facts(land, tax, nodes)).set_index("layer")
    assert (
        table.loc["tax", "offset"] == "+0.500 m east and +0.000 m north of layer 'land': 0.500 m, "
        "spread 0.000 m; 40 objects matched by id, 100% of them explained"
    )
    assert (
        table.loc["land", "offset"] == "-0.500 m east and +0.000 m north of layer 'tax': 0.500 m, "
        "spread 0.000 m; 40 objects matched by id, 100% of them explained"
    )
    assert table.loc["nodes", "offset"] == ""


def test_no_offset_no_text() -> None:
    land = make_layer("land", "land.parcel", GRID, id=IDS)
    table = inventory(make_facts(land, make_layer("tax", "land.parcel", GRID, id=IDS)))
    assert tuple(table.columns) == INVENTORY_COLUMNS
    assert (table["offset"] == "").all()


def test_an_empty_inventory_has_its_columns() -> None:
    assert tuple(inventory(make_facts()).columns) == INVENTORY_COLUMNS


@pytest.mark.parametrize(
    ("issued", "update", "overdue"),
    [
        (dt.date(2025, 11, 22), "P1Y", True),  # due the day before 2026-11-23
        (dt.date(2025, 11, 23), "P1Y", False),  # due on the day itself
        (dt.date(2026, 10, 23), "P30D", True),  # due on 2026-11-22
        (dt.date(2025, 1, 1), None, None),
        (None, "P1Y", None),
    ],
)
def test_overdue(issued: dt.date | None, update: str | None, *, overdue: bool | None) -> None:
    layer = make_layer("land", "land.parcel", GRID[:1])
    layer = replace(layer, provenance=replace(layer.provenance, issued=issued, update=update))
    (said,) = (
        inventory(make_facts(layer))["overdue"].astype(object).where(lambda column: column.notna(), None)
    )
    assert said is None if overdue is None else said == overdue
