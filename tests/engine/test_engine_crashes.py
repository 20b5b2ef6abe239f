"""A crash inside one rule is that rule's answer, on the layers where it crashed, and nobody else's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

import pytest
from engine_layers import make_layer, outcome_of, run, square, why

from lantu import rules
from lantu.engine import judging
from lantu.rules.cr.cr03_coordinates_outside_district import CoordinatesOutsideDistrict
from lantu.rules.da.da08_delivery_missing import DeliveryMissing
from lantu.rules.lu.lu03_construction_on_basic_farmland import ConstructionOnBasicFarmland
from lantu.rules.lu.lu05_construction_outside_urban_boundary import ConstructionOutsideUrbanBoundary

if TYPE_CHECKING:
    from lantu.engine import Checked
    from lantu.model import Layer

TEXT = "张三的宗地"


def crash(*_: Any, **__: Any) -> NoReturn:
    raise ValueError(TEXT)


@pytest.fixture
def layers() -> tuple[Layer, ...]:
    """Return two plots under a farmland line and a redline, and a parcel that overlaps its neighbour."""
    return (
        make_layer(
            "plots", "plan.plot", [square(0, 0), square(1, 0)], use_class=["residential_urban", "industrial"]
        ),
        make_layer(
            "lines",
            "plan.control_line",
            [square(0, 0, 2, 1), square(0, 0, 2, 1), square(0, 0)],
            kind=["permanent_basic_farmland", "ecological_redline", "urban_boundary"],
        ),
        make_layer(
            "parcels", "land.parcel", [square(0, 0), square(0.9, 0)], use_class=["cropland", "forest"]
        ),
    )


def check_family(layers: tuple[Layer, ...]) -> Checked:
    chosen = rules.build(("LU03", "LU04", "LU05", "GE02", "CR03", "DA05", "DA08"), (), {})
    return run(chosen, *layers)


def answers(checked: Checked) -> dict[tuple[str, str | None, str | None], str]:
    return {(one.rule, one.layer_a, one.layer_b): one.answer for one in checked.outcomes}


@pytest.mark.parametrize(
    ("rule", "method"),
    [
        (ConstructionOnBasicFarmland, "judge"),
        (ConstructionOnBasicFarmland, "wants"),
        (ConstructionOnBasicFarmland, "selects_a"),
        (ConstructionOnBasicFarmland, "selects_b"),
        (ConstructionOnBasicFarmland, "derives_b"),
        (ConstructionOnBasicFarmland, "columns_a"),
        (ConstructionOnBasicFarmland, "relation"),
        (ConstructionOutsideUrbanBoundary, "judge"),
        (ConstructionOutsideUrbanBoundary, "selects_b"),
        (CoordinatesOutsideDistrict, "judge"),
        (CoordinatesOutsideDistrict, "lacks"),
        (DeliveryMissing, "judge"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.code,
)
def test_a_crash_is_named_and_stays_with_its_rule(
    monkeypatch: pytest.MonkeyPatch, layers: tuple[Layer, ...], rule: type[rules.Rule], method: str
) -> None:
    before = check_family(layers)
    monkeypatch.setattr(rule, method, property(crash) if method == "relation" else crash)
    after = check_family(layers)
    crashed = [one for one in after.outcomes if one.rule == rule.code]
    assert crashed
    for outcome in crashed:
        if outcome.reason is not None and outcome.reason.key == "engine.nothing_to_check":
            continue  # parcels without construction: answered before the crash
        assert why(outcome) == "engine.crashed"
        for language in ("zh", "en"):
            said = outcome.reason.text(language) if outcome.reason else ""
            assert "ValueError" in said
            assert "test_engine_crashes.py:" in said
            assert TEXT not in said, "what an error says may be data"
    others = {key: answer for key, answer in answers(before).items() if key[0] != rule.code}
    assert {key: answer for key, answer in answers(after).items() if key[0] != rule.code} == others
    kept = before.findings[before.findings["rule"] != rule.code]
    assert after.findings["finding_id"].tolist() == kept["finding_id"].tolist()


def test_a_relation_that_fails_stops_all_rules_that_share_it_and_no_others(
    monkeypatch: pytest.MonkeyPatch, layers: tuple[Layer, ...]
) -> None:
    measured = judging.measured

    def fail_between_layers(relation: Any, pairs: Any, **how: Any) -> Any:
        return (
            crash() if pairs.b is not None and pairs.b.name == "lines" else measured(relation, pairs, **how)
        )

    monkeypatch.setattr(judging, "measured", fail_between_layers)
    checked = check_family(layers)
    assert why(outcome_of(checked, "LU03", "plots")) == "engine.crashed"
    assert why(outcome_of(checked, "LU04", "plots")) == "engine.crashed"
    assert outcome_of(checked, "LU05").answer == "conflict"
    assert outcome_of(checked, "GE02", "parcels").answer == "conflict"


def test_a_crash_in_one_tile_voids_the_rule_there(
    monkeypatch: pytest.MonkeyPatch, layers: tuple[Layer, ...]
) -> None:
    """Half a result would read as "nothing else found"."""
    judge = ConstructionOnBasicFarmland.judge

    def fail_on_second(self: Any, pairs: Any) -> Any:
        return crash() if "plots-001" in pairs.subject.ids else judge(self, pairs)

    monkeypatch.setattr(ConstructionOnBasicFarmland, "judge", fail_on_second)
    checked = run(rules.build(("LU03",), (), {}), *layers, tile_m=40.0)
    assert why(outcome_of(checked, "LU03", "plots")) == "engine.crashed"
    assert checked.findings.empty


def test_a_sentence_that_cannot_be_said_is_a_crash_of_its_rule(
    monkeypatch: pytest.MonkeyPatch, layers: tuple[Layer, ...]
) -> None:
    judge = ConstructionOnBasicFarmland.judge

    def forget_facts(self: Any, pairs: Any) -> Any:
        found = judge(self, pairs)
        object.__setattr__(found, "facts", {})
        return found

    monkeypatch.setattr(ConstructionOnBasicFarmland, "judge", forget_facts)
    checked = check_family(layers)
    assert why(outcome_of(checked, "LU03", "plots")) == "engine.crashed"
    assert outcome_of(checked, "LU04", "plots").answer == "conflict"


def test_a_warning_of_a_library_is_no_crash(layers: tuple[Layer, ...]) -> None:
    """Warnings are errors in these tests; on threads they would only show as a rule not checked."""
    checked = run(rules.build(("ALL",), (), {}), *layers, towns=None, jobs=2)
    reasons = [one.reason.key for one in checked.outcomes if one.reason is not None]
    assert "engine.crashed" not in reasons
