"""The findings themselves: columns and order of contract section 5, ids, levels, places, causes, sharing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
import shapely
from engine_district import district
from engine_layers import EAST_M, NORTH_M, every_rule, make_facts, make_layer, run, square

from lantu.engine import check, judging
from lantu.engine.causes import CAUSE_COLUMNS
from lantu.model import SEVERITIES, Layer, ProblemKind
from lantu.rules import build

if TYPE_CHECKING:
    import geopandas as gpd

    from lantu.engine import Checked

CONTRACT = (
    *("finding_id", "rule", "verdict", "severity", "department_a", "layer_a", "id_a"),
    *("department_b", "layer_b", "id_b", "field", "value_a", "value_b", "raw_a", "raw_b"),
    *("measure", "unit", "required", "tolerance", "share_a", "cause_id", "level"),
    *("town", "village", "message"),
)
"""Section 5, written out again here on purpose; ``geometry`` follows."""

NUMBERS = {"measure", "required", "tolerance", "share_a"}
NEVER_NULL = ("finding_id", "rule", "verdict", "severity", "layer_a", "id_a", "level", "message")


def pair(**columns: Any) -> tuple[Layer, Layer]:
    """Return a cropland parcel under an industrial plot."""
    parcels = make_layer("parcels", "land.parcel", [square(0, 0)], use_class=["cropland"], use_code=["0101"])
    plots = make_layer("plots", "plan.plot", [square(0, 0)], use_class=["industrial"], use_code=["1001"])
    return replace(parcels, **columns), plots


@pytest.fixture(scope="module")
def whole() -> Checked:
    """Return everything that all rules find in a made district."""
    layers = district(7, 5, 4)
    return run(every_rule(), *layers, towns=layers[-1])


# Columns and order


@pytest.mark.parametrize("layers", [(), district(7, 3, 2)], ids=["nothing", "district"])
def test_columns_are_those_of_the_contract(layers: tuple[Layer, ...]) -> None:
    findings = run(every_rule(), *layers).findings
    assert list(findings.columns) == [*CONTRACT, "geometry"]
    assert findings.geometry.name == "geometry"
    assert findings.crs.to_authority() == ("EPSG", "4548")
    assert isinstance(findings.index, pd.RangeIndex)
    assert {name: str(findings[name].dtype) for name in CONTRACT} == {
        name: "float64" if name in NUMBERS else "object" for name in CONTRACT
    }


def test_text_is_text_or_none(whole: Checked) -> None:
    findings = whole.findings
    for name in set(CONTRACT) - NUMBERS:
        kinds = {type(value) for value in findings[name]}
        assert kinds <= {str, type(None)}, name
    for name in NEVER_NULL:
        assert findings[name].notna().all(), name


def test_words_are_those_of_the_contract(whole: Checked) -> None:
    findings = whole.findings
    assert set(findings["verdict"]) == {"conflict", "undecidable"}
    assert set(findings["severity"]) <= set(SEVERITIES)
    assert set(findings["unit"].dropna()) <= {"m2", "m", "1"}
    assert findings["share_a"].dropna().between(0, 1 + 1e-9).all()


def test_rows_are_sorted_as_the_contract_says(whole: Checked) -> None:
    columns = ["rule", "layer_a", "id_a", "layer_b", "id_b"]
    keys = [tuple(value or "" for value in row) for row in whole.findings[columns].itertuples(index=False)]
    assert keys == sorted(keys)


def test_an_area_is_that_of_its_geometry(whole: Checked) -> None:
    """Oracle: shapely's area of the geometry that the finding carries."""
    shared = whole.findings[whole.findings["rule"].isin(["LU01", "LU02", "LU03", "GE02"])]
    assert len(shared) > 50
    np.testing.assert_allclose(shared["measure"], shared.geometry.area, rtol=1e-6)


# Ids


def test_ids_are_unique_and_carry_their_rule(whole: Checked) -> None:
    findings = whole.findings
    assert findings["finding_id"].is_unique
    assert findings["finding_id"].str.fullmatch(r"[A-Z]{2}\d{2}-[0-9a-f]{16}").all()
    assert (findings["finding_id"].str[:4] == findings["rule"]).all()


def test_an_id_is_the_same_whatever_else_is_checked() -> None:
    """The values are part of this test: an id that changes breaks every register of decisions."""
    alone = run(build(("LU01",), (), {}), *pair()).findings
    assert alone["finding_id"].tolist() == ["LU01-22cb195a95102970"]
    more = run(every_rule(), *pair(), *district(7, 2, 2)[4:]).findings
    assert more.loc[more["rule"] == "LU01", "finding_id"].tolist()[0] == "LU01-22cb195a95102970"


def test_an_id_does_not_hang_on_geometry_values_or_language() -> None:
    rule = build(("LU01",), (), {"LU01": {"min_area_m2": 1.0}})
    parcels, plots = pair()
    moved = replace(parcels, frame=parcels.frame.set_geometry(parcels.frame.translate(xoff=20.0)))
    changed = check(rule, make_facts(moved, plots, language="zh"), jobs=1).findings
    assert changed["finding_id"].tolist() == run(rule, parcels, plots).findings["finding_id"].tolist()
    assert changed["message"].tolist() != run(rule, parcels, plots).findings["message"].tolist()


# Levels


def level_of(findings: gpd.GeoDataFrame) -> str:
    assert len(findings) == 1
    return str(findings["level"].iloc[0])


@pytest.mark.parametrize(
    ("level_a", "level_b", "expected"),
    [
        ("public", "public", "public"),
        ("public", "secret", "secret"),
        ("confidential", "internal", "confidential"),
    ],
)
def test_level_is_the_highest_of_both_layers(level_a: Any, level_b: Any, expected: str) -> None:
    parcels, plots = pair()
    layers = replace(parcels, level=level_a), replace(plots, level=level_b)
    assert level_of(run(build(("LU01",), (), {}), *layers).findings) == expected


@pytest.mark.parametrize("side", [0, 1])
@pytest.mark.parametrize("column", ["use_class", "use_code", "id"])
def test_a_field_that_is_shown_raises_the_level(side: int, column: str) -> None:
    """The code as delivered stands beside every class, and the id in every finding."""
    layers = list(pair())
    layers[side] = replace(layers[side], levels={column: "confidential"})
    assert level_of(run(build(("LU01",), (), {}), *layers).findings) == "confidential"


def test_a_field_that_is_not_shown_raises_nothing() -> None:
    layers = pair(levels={"right_holder": "secret"})
    assert level_of(run(build(("LU01",), (), {}), *layers).findings) == "internal"


def test_the_other_sides_own_column_raises_the_level() -> None:
    """HE02 shows the plot's height and the zone's limit under one field."""
    plots = make_layer("plots", "plan.plot", [square(0, 0)], height_max_m=[60.0])
    kinds = {"kind": ["control"], "height_limit_m": [9.0]}
    zones = make_layer(
        "zones", "heritage.zone", [square(0, 0)], {"levels": {"height_limit_m": "secret"}}, **kinds
    )
    assert level_of(run(build(("HE02",), (), {}), plots, zones).findings) == "secret"


def test_several_layers_that_cover_together_all_count() -> None:
    """LU06 asks what no plan covers: a secret plan beside an internal one shows through its edge."""
    parcels, plots = pair()
    half = make_layer("half", "plan.plot", [square(0, 0, 0.2)], {"level": "secret"}, use_class=["forest"])
    plots = replace(plots, frame=plots.frame.set_geometry([square(0, 0, 0.5)], crs=plots.frame.crs))
    assert level_of(run(build(("LU06",), (), {}), parcels, plots, half).findings) == "secret"


def test_without_layers_the_level_is_the_blueprints() -> None:
    departments = make_facts().departments | {"d": _owing("d")}
    facts = make_facts(departments=departments, level="confidential")
    found = check(build(("DA08",), (), {}), facts, jobs=1).findings
    assert level_of(found) == "confidential"


def _owing(key: str) -> Any:
    from lantu.model import Department

    return Department(key=key, name=key, owes=("land.parcel",))


# Towns and villages


def test_a_finding_lies_in_the_town_that_holds_its_own_geometry() -> None:
    """The parcel reaches from West into East; its conflict lies in the East part only."""
    parcels = make_layer("parcels", "land.parcel", [square(0, 0, 4, 1)], use_class=["cropland"])
    plots = make_layer("plots", "plan.plot", [square(3, 0), square(0, 3)], use_class=["industrial", "forest"])
    towns = make_layer(
        "towns",
        "admin.area",
        [square(0, 0, 2, 5), square(2, 0, 3, 5), square(3, 0, 1, 0.6), square(2.9, 0, 1.1, 1)],
        name=["West", "East", "Lesser village", "Village"],
        admin_level=["town", "town", "village", "village"],
    )
    found = run(build(("LU01",), (), {}), parcels, plots, towns=towns).findings
    assert found[["town", "village"]].to_numpy().tolist() == [["East", "Lesser village"]]


def test_outside_every_town_there_is_no_town() -> None:
    towns = make_layer("towns", "admin.area", [square(50, 50)], name=["Far"], admin_level=["town"])
    found = run(build(("LU01",), (), {}), *pair(), towns=towns).findings
    assert found[["town", "village"]].to_numpy().tolist() == [[None, None]]


def test_areas_without_a_level_are_towns_and_a_finding_without_place_has_none() -> None:
    parcels, plots = pair()
    nowhere = replace(parcels, frame=parcels.frame.set_geometry([None], crs=parcels.frame.crs))
    log = {"kind": ProblemKind.GEOMETRY_MISSING.value, "row": 0, "record": 1}
    empty = dict.fromkeys(["column", "raw", "detail", "geometry"])
    nowhere = replace(nowhere, problems=pd.DataFrame([log | empty]))
    towns = make_layer("towns", "admin.area", [square(-9, -9, 99, 99)], name=["All"])
    lost = run(build(("GE07",), (), {}), nowhere, towns=towns).findings
    assert lost["town"].tolist() == [None]
    assert lost.geometry.isna().all()
    placed = run(build(("LU01",), (), {}), parcels, plots, towns=towns).findings
    assert placed["town"].tolist() == ["All"]


# Causes


def unclassified() -> tuple[Layer, Layer]:
    """Return four parcels, three of one code that has no class, and plots of another such code."""
    codes = ["9999", "9999", "9999", "0101"]
    classes = [None, None, None, "cropland"]
    shapes = [square(column, 0) for column in range(4)]
    parcels = make_layer("parcels", "land.parcel", shapes, use_class=classes, use_code=codes)
    plots = make_layer("plots", "plan.plot", shapes, use_class=["industrial"] * 4, use_code=["1001"] * 4)
    return parcels, plots


def test_findings_of_one_cause_share_it() -> None:
    checked = run(build(("LU01",), (), {}), *unclassified())
    findings, causes = checked.findings, checked.causes
    assert list(causes.columns) == list(CAUSE_COLUMNS)
    assert len(causes) == 1
    unsure = findings[findings["verdict"] == "undecidable"]
    assert unsure["cause_id"].tolist() == [causes["cause_id"].iloc[0]] * 3
    assert causes.loc[0, ["rule", "department", "layer", "findings"]].tolist() == [
        "LU01", "parcels_bureau", "parcels", 3,
    ]  # fmt: skip
    assert "9999" in causes["message"].iloc[0]
    assert findings.loc[findings["verdict"] == "conflict", "cause_id"].tolist() == [None]


def test_causes_count_their_findings_and_come_first_things_first(whole: Checked) -> None:
    causes = whole.causes
    counted = whole.findings["cause_id"].value_counts()
    assert causes.set_index("cause_id")["findings"].to_dict() == counted.to_dict()
    large = max(20, len(whole.findings) / 20)  # one act that shortens the list by a twentieth goes first
    keys = [
        (
            not (row.scope == "layer" and row.findings >= large),
            SEVERITIES.index(row.severity),
            ("layer", "object", "place").index(row.scope),
            -row.findings,
            row.cause_id,
        )
        for row in causes.itertuples()
    ]
    assert keys == sorted(keys)
    assert causes["cause_id"].is_unique
    worst = whole.findings.groupby("cause_id")["severity"].agg(lambda given: min(given, key=SEVERITIES.index))
    assert causes.set_index("cause_id")["severity"].to_dict() == worst.to_dict()


def test_no_finding_no_cause() -> None:
    causes = run(every_rule()).causes
    assert list(causes.columns) == list(CAUSE_COLUMNS)
    assert len(causes) == 0


# Sharing


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Return a list that grows by the kind and number of pairs of every measurement."""
    seen: list[tuple[str, int]] = []
    measured = judging.measured

    def counted(relation: Any, pairs: Any, **how: bool) -> Any:
        seen.append((relation.kind, len(pairs)))
        return measured(relation, pairs, **how)

    monkeypatch.setattr(judging, "measured", counted)
    return seen


def test_one_relation_is_measured_once_for_all_rules_that_share_it(calls: list[tuple[str, int]]) -> None:
    """LU03 and LU04 look at plots and control lines alike; each wants its own kind of line."""
    plots = make_layer(
        "plots", "plan.plot", [square(0, 0), square(1, 0)], use_class=["industrial", "warehouse"]
    )
    kinds = ["permanent_basic_farmland", "ecological_redline", "green"]
    lines = make_layer("lines", "plan.control_line", [square(0, 0, 2, 1)] * 3, kind=kinds)
    found = run(build(("LU03", "LU04"), (), {}), plots, lines).findings
    assert calls == [("overlaps", 4)]
    assert found["rule"].tolist() == ["LU03", "LU03", "LU04", "LU04"]


def test_thresholds_do_not_part_what_is_shared(calls: list[tuple[str, int]]) -> None:
    """LU01 wants 50 m² and LU07 a tenth of the parcel: still one measurement for each two layers."""
    parcels, plots = pair()
    lines = make_layer("lines", "plan.control_line", [square(0, 0)], kind=["permanent_basic_farmland"])
    run(build(("LU01", "LU03", "LU07"), (), {}), parcels, plots, lines)
    assert [kind for kind, _ in calls] == ["overlaps", "overlaps"]


def test_attributes_come_before_geometry(calls: list[tuple[str, int]]) -> None:
    """Law 7: a pair whose attributes agree is never measured."""
    parcels, plots = pair()
    agreeing = replace(plots, frame=plots.frame.assign(use_class=["cropland"]))
    run(build(("LU01",), (), {}), parcels, agreeing)
    assert calls == [("overlaps", 0)]


def test_a_rule_keeps_its_own_share_of_what_was_measured_together() -> None:
    """Together or alone, a rule finds the same."""
    layers = district(11, 3, 3)
    together = run(every_rule(), *layers).findings
    for code in ("LU01", "LU03", "LU07", "GE02", "BD01", "RO02", "HE02", "BU01"):
        alone = run(build((code,), (), {}), *layers).findings
        mine = together[together["rule"] == code]
        assert alone["finding_id"].tolist() == mine["finding_id"].tolist(), code
        np.testing.assert_array_equal(alone["measure"], mine["measure"])


def test_hostile_text_is_printed_as_it_stands() -> None:
    """Law 10: braces are no format, and an id that looks like a template opens nothing."""
    ids = ["{layer_a.__class__}", "%s", "{0}{id_b}"]
    shapes = [square(column, 0) for column in range(3)]
    parcels = make_layer("parcels", "land.parcel", shapes, id=ids, use_class=["cropland"] * 3)
    plots = make_layer("plots", "plan.plot", [square(0, 0, 3, 1)], id=["{x!r:>9}"], use_class=["industrial"])
    found = run(build(("LU01",), (), {}), parcels, plots).findings
    assert sorted(found["id_a"]) == sorted(ids)
    for row in found.itertuples():
        assert row.id_a in row.message
        assert "{x!r:>9}" in row.message


def test_the_geometry_is_the_conflict_itself() -> None:
    parcels, plots = pair()
    half = replace(plots, frame=plots.frame.set_geometry([square(0.5, 0)], crs=plots.frame.crs))
    found = run(build(("LU01",), (), {}), parcels, half).findings
    overlap = shapely.box(EAST_M + 25.0, NORTH_M, EAST_M + 50.0, NORTH_M + 50.0)
    assert found.geometry.iloc[0].equals(overlap)
    assert found["measure"].tolist() == [1250.0]
    assert found["share_a"].tolist() == [0.5]
