"""Zones that override the compatibility matrix: levels, refused layers, and which zone decides."""

from __future__ import annotations

from typing import Any

import pytest

from lantu.engine import check
from lantu.rules import build
from lantu.rules.case_layers import case_facts, case_layer

SQUARE = "POLYGON ((0 0, 100 0, 100 100, 0 100, 0 0))"
WEST = "POLYGON ((-10 -10, 30 -10, 30 110, -10 110, -10 -10))"
EAST = "POLYGON ((60 -10, 110 -10, 110 110, 60 110, 60 -10))"


def found(*zones: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what LU01 says of a field planned as an orchard, with these layers of zones beside."""
    field = {
        "standard": "land.survey",
        "accuracy_m": 0.1,
        "features": [{"id": "S1", "use_class": "cropland", "wkt": SQUARE}],
    }
    plot = {"standard": "plan.plot", "features": [{"id": "A-1", "use_class": "orchard", "wkt": SQUARE}]}
    layers = [case_layer(data, side=f"_{number}") for number, data in enumerate((field, plot, *zones))]
    columns = ["rule", "severity", "level", "message"]
    table = check(build(["LU01"], [], {}), case_facts({}, tuple(layers))).findings
    return table[columns].to_dict("records")


def farmland(wkt: str, **layer: Any) -> dict[str, Any]:
    features = [{"id": "F1", "kind": "permanent_basic_farmland", "wkt": wkt}]
    return {"standard": "plan.control_line", "name": "lines", "features": features, **layer}


def slope(wkt: str, **layer: Any) -> dict[str, Any]:
    features = [{"id": "T1", "kind": "steep_slope", "wkt": wkt}]
    return {"standard": "water.zone", "name": "slopes", "features": features, **layer}


def test_without_zones_the_matrix_decides() -> None:
    (one,) = found()
    assert (one["severity"], one["level"]) == ("minor", "internal")
    assert "convertible" in one["message"]


def test_the_finding_has_the_level_of_the_zone_that_it_reveals() -> None:
    (one,) = found(farmland(WEST, level="secret"), slope("POINT (0 0)", level="confidential"))
    assert (one["severity"], one["level"]) == ("critical", "secret")
    assert "3,000 m² of them lie in permanent basic farmland F1 (layer lines)" in one["message"]
    assert "prohibited" in one["message"]


def test_a_zone_that_is_only_near_is_not_revealed() -> None:
    (one,) = found(farmland("POLYGON ((-50 0, -1 0, -1 9, -50 9, -50 0))", level="secret"))
    assert (one["severity"], one["level"]) == ("minor", "internal")


@pytest.mark.parametrize("order", [1, -1])
def test_of_several_zones_the_strictest_decides_whatever_the_order_of_layers(order: int) -> None:
    """The slope allows orchards under conditions and holds more of the ground; the farmland prohibits."""
    (one,) = found(*[slope(EAST), farmland(WEST)][::order])
    assert one["severity"] == "critical"
    assert "farmland F1" in one["message"]


def test_conditions_are_a_sentence_of_their_own() -> None:
    (one,) = found(slope(EAST))
    assert one["severity"] == "minor"
    assert "4,000 m² of them lie in" in one["message"]
    assert "T1 (layer slopes)" in one["message"]
    assert "which is allowed under conditions" in one["message"]


def test_a_refused_layer_decides_nothing() -> None:
    refusal = {"code": "CR01", "reason": "no coordinate system"}
    (one,) = found(farmland(WEST, refusal=refusal))
    assert one["severity"] == "minor"
