"""What is a contradiction in a zone of known kind is undecidable in one whose kind nobody gave."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from lantu.engine import check
from lantu.rules import build, catalogue
from lantu.rules.case_layers import case_facts, case_layer
from lantu.rules.cases import cases, run_case

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lantu.rules.cases import Case

ZONES = {"plan.control_line", "heritage.zone", "water.zone"}
FAR = "POLYGON ((90000 0, 90010 0, 90010 10, 90000 10, 90000 0))"
"""Far from everything: a zone there has no say, and its layer has a kind at all."""
SQUARE = "POLYGON ((0 0, 100 0, 100 100, 0 100, 0 0))"


def others(data: Any) -> list[Any]:
    """Return the other layers of a case that are zones or lines."""
    given = data.get("b", [])
    return [layer for layer in (given if isinstance(given, list) else [given]) if layer["standard"] in ZONES]


def with_conflicts() -> Iterator[Case]:
    """Yield the cases in which something contradicts a zone or line."""
    for rule in catalogue():
        for case in cases(rule):
            known = any(one.get("verdict", "conflict") == "conflict" for one in case.expected)
            if known and others(case.data) and rule.code not in {"HE05", "HE06", "LU05"}:
                yield case


@pytest.mark.parametrize("case", tuple(with_conflicts()), ids=lambda case: f"{case.rule.code}-{case.name}")
def test_every_conflict_with_a_zone_of_unknown_kind_is_undecidable(case: Case) -> None:
    data = copy.deepcopy(dict(case.data))
    for layer in others(data):
        kinds = {feature.get("kind") for feature in layer["features"]}
        for feature in layer["features"]:
            feature.pop("kind", None)
            feature["raw:kind"] = "三类区"
        layer["features"].append({"id": "elsewhere", "kind": next(iter(kinds - {None})), "wkt": FAR})
    before, after = run_case(case).found, run_case(replace(case, data=data)).found
    conflicts = {(one["id_a"], one["id_b"]) for one in before if one["verdict"] == "conflict"}
    open_ = {(one["id_a"], one["id_b"]) for one in after if one["verdict"] == "undecidable"}
    assert conflicts
    assert conflicts <= open_
    assert open_ == {(one["id_a"], one["id_b"]) for one in after}, "nothing is a conflict any more"
    for one in after:
        layer = one["layer_b"]
        assert one["cause"] == f"{layer}: kind: 三类区"
        assert layer in one["message_en"]
        assert one["field"] == "kind"


def verdicts(code: str, *layers: dict[str, Any]) -> list[tuple[str, str, str]]:
    made = tuple(case_layer(layer, side=f"_{number}") for number, layer in enumerate(layers))
    found = check(build([code], [], {}), case_facts({}, made)).findings
    return list(found[["rule", "verdict", "id_a"]].itertuples(index=False, name=None))


@pytest.mark.parametrize("kind", [None, "urban_boundary"])
def test_a_line_of_unknown_kind_may_be_the_boundary(kind: str | None) -> None:
    plots = {
        "standard": "plan.plot",
        "features": [{"id": "C-3", "use_class": "industrial", "wkt": SQUARE}],
    }
    line = {"id": "U2", "wkt": SQUARE} | ({} if kind is None else {"kind": kind})
    lines = {
        "standard": "plan.control_line",
        "features": [{"id": "U1", "kind": "urban_boundary", "wkt": FAR}, line],
    }
    assert verdicts("LU05", plots, lines) == ([("LU05", "undecidable", "C-3")] if kind is None else [])


@pytest.mark.parametrize("says", [{"wkt": SQUARE}, {"wkt": FAR, "site_id": "W1"}])
def test_a_zone_of_unknown_kind_may_be_the_range_of_a_site(says: dict[str, str]) -> None:
    sites = {
        "standard": "heritage.site",
        "features": [{"id": "W1", "grade": "county", "wkt": "POINT (50 50)"}],
    }
    zones = {
        "standard": "heritage.zone",
        "features": [{"id": "Z1", **says}, {"id": "Z2", "kind": "protection", "wkt": FAR, "site_id": "W9"}],
    }
    assert verdicts("HE05", sites, zones) == [("HE05", "undecidable", "W1")]


def test_a_zone_of_unknown_kind_that_no_plan_knows_is_undecidable() -> None:
    zones = {
        "standard": "heritage.zone",
        "features": [{"id": "Z1", "wkt": SQUARE}, {"id": "Z2", "kind": "control", "wkt": FAR}],
    }
    lines = {
        "standard": "plan.control_line",
        "features": [
            {"id": "L1", "kind": "heritage_purple", "wkt": FAR},
            {"id": "L2", "kind": "green", "wkt": FAR},
        ],
    }
    assert verdicts("HE06", zones, lines) == [("HE06", "undecidable", "Z1")]


def test_zones_that_may_be_control_and_protection_are_undecidable() -> None:
    zones = {
        "standard": "heritage.zone",
        "features": [
            {"id": "Z1", "kind": "control", "wkt": SQUARE},
            {"id": "Z2", "wkt": "POLYGON ((10 10, 40 10, 40 40, 10 40, 10 10))"},
        ],
    }
    assert verdicts("HE07", zones) == [("HE07", "undecidable", "Z1")]


def test_what_was_delivered_in_place_of_a_kind_is_one_cause_with_its_code() -> None:
    plots = {
        "standard": "plan.plot",
        "name": "plots",
        "features": [
            {
                "id": f"P{n}",
                "use_class": "industrial",
                "wkt": f"POLYGON (({n} 0, {n + 1} 0, {n + 1} 50, {n} 50, {n} 0))",
            }
            for n in range(0, 90, 10)
        ],
    }
    lines = {
        "standard": "plan.control_line",
        "name": "lines",
        "accuracy_m": 0.01,
        "features": [
            {"id": "L1", "raw:kind": "三类区", "wkt": SQUARE},
            {"id": "L2", "kind": "green", "wkt": FAR},
        ],
        "problems": [{"kind": "code_unknown", "row": 0, "record": 1, "column": "kind", "raw": "三类区"}],
    }
    made = (case_layer(plots | {"accuracy_m": 0.01}, side="a"), case_layer(lines, side="b"))
    checked = check(build(["LU03", "LU04", "LU09", "DA02"], [], {}), case_facts({}, made))
    assert set(checked.findings["verdict"]) == {"undecidable", "conflict"}
    assert len(checked.findings) == 9 * 3 + 1
    (cause,) = checked.causes.to_dict("records")
    assert (cause["kind"], cause["layer"], cause["findings"]) == ("code", "lines", 28)


def test_roads_of_unknown_width_keep_silence_from_being_earned() -> None:
    houses = {"standard": "housing.building", "features": [{"id": "H1", "wkt": SQUARE}]}
    roads = {
        "standard": "transport.road",
        "name": "roads",
        "features": [
            {"id": "R1", "red_line_width_m": 6.0, "wkt": "LINESTRING (-20 -50, -20 150, 150 150)"},
            {"id": "R2", "wkt": "LINESTRING (120 -50, 120 150)"},
        ],
    }
    made = (case_layer(houses, side="a"), case_layer(roads, side="b"))
    (outcome,) = check(build(["RO03"], [], {}), case_facts({}, made)).outcomes
    assert outcome.answer == "not_checked"
    assert outcome.reason is not None
    assert "1 features of layer 'roads' have no 'red_line_width_m'" in outcome.reason.text("en")


def test_indicators_that_only_one_side_gives_are_not_compared() -> None:
    one = {"name": "one", "features": [{"id": "P1", "far_ratio": 1.0, "wkt": SQUARE}]}
    other = {"name": "other", "features": [{"id": "P1", "height_limit_m": 9.0, "wkt": SQUARE}]}
    made = (case_layer(one, side="a"), case_layer(other, side="b"))
    (outcome,) = check(build(["AT01"], [], {}), case_facts({}, made)).outcomes
    assert outcome.answer == "not_checked"
    assert outcome.reason is not None
    assert outcome.reason.key == "rules.AT01.nothing_shared"


def test_what_covers_need_not_be_known_for_silence_to_be_earned() -> None:
    """Every plot lies inside the known boundary; a line of unknown kind elsewhere could only add to it."""
    plots = {
        "standard": "plan.plot",
        "features": [{"id": "C-3", "use_class": "industrial", "wkt": SQUARE}],
    }
    lines = {
        "standard": "plan.control_line",
        "features": [{"id": "U1", "kind": "urban_boundary", "wkt": SQUARE}, {"id": "U2", "wkt": FAR}],
    }
    made = (case_layer(plots, side="a"), case_layer(lines, side="b"))
    (outcome,) = check(build(["LU05"], [], {}), case_facts({}, made)).outcomes
    assert outcome.answer == "none_found"
