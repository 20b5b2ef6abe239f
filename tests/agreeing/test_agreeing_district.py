"""The one blueprint of a district that a person can work out on paper."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pyogrio
import pytest
from agreement_district import checked, decisions

from lantu.agreeing import AgreementError, agree, write_blueprint
from lantu.register import decisions_on, take_decisions

if TYPE_CHECKING:
    from pathlib import Path

CM2 = 1e-4


def parcel(made: Any, name: str) -> Any:
    return made.parcels.set_index("id").loc[name]


def row(made: Any, town: str, use: str) -> Any:
    return made.account.set_index(["town", "use_class"]).loc[(town, use)]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return checked(tmp_path_factory.mktemp("agreeing"))


def test_what_nobody_contests_is_agreed_and_whose_word_it_is(run: Any) -> None:
    made = agree(run)
    a = parcel(made, "A")
    assert (a["state"], a["use_class"], a["use_class_of"]) == ("agreed", "residential_urban", "land")
    assert a["agreed_m2"] == pytest.approx(10_000, abs=CM2)
    said = made.statements.set_index(["id", "column"]).loc[("A", "use_class")]
    assert said["by"] == "[authority] land.parcel.use_class, rank 1"


def test_a_parcel_is_divided_where_it_is_contested_and_where_nobody_else_speaks(run: Any) -> None:
    made = agree(run)
    b = parcel(made, "B")
    assert (b["state"], b["contested_with"]) == ("contested", "planning")
    assert b["contested_m2"] == pytest.approx(3_000, abs=CM2)
    assert b["not_covered_m2"] == pytest.approx(7_000, abs=CM2)
    assert b["use_class"] == "cropland"  # the word that counts stands, contested or not


def test_where_the_first_word_is_silent_the_second_counts(run: Any) -> None:
    made = agree(run)
    c = parcel(made, "C")
    assert (c["use_class"], c["use_class_of"]) == ("industrial", "planning")
    west = row(made, "*", "industrial")
    assert (west["input_m2"], west["moved_in_m2"]) == pytest.approx((0, 10_000), abs=CM2)
    assert row(made, "*", "")["moved_out_m2"] == pytest.approx(10_000, abs=CM2)


def test_without_planning_in_authority_the_parcel_stays_silent(tmp_path: Path) -> None:
    made = agree(checked(tmp_path, authority=["land"]))
    assert (
        parcel(made, "C")["use_class"] is None
        or parcel(made, "C")["use_class"] != parcel(made, "C")["use_class"]
    )
    assert row(made, "*", "")["blueprint_m2"] == pytest.approx(10_000, abs=CM2)


def test_a_straddling_parcel_is_shared_by_its_towns(run: Any) -> None:
    made = agree(run)
    for town in ("West", "East"):
        assert row(made, town, "cropland")["blueprint_m2"] == pytest.approx(5_000, abs=CM2)
        assert row(made, town, "*")["input_m2"] == pytest.approx(15_000, abs=CM2)
    assert made.largest_difference_m2 < CM2


@pytest.mark.parametrize(
    ("decision", "state", "use_class", "industrial_m2"),
    [
        ("a_corrects", "agreed", "industrial", 13_000),
        ("b_corrects", "agreed", "cropland", 10_000),
        ("both_correct", "contested", "cropland", 10_000),
        ("false_alarm", None, "cropland", 10_000),
        ("postponed", "contested", "cropland", 10_000),
    ],
)
def test_a_decision_overrides_authority(
    run: Any, tmp_path: Path, decision: str, state: str | None, use_class: str, industrial_m2: float
) -> None:
    folder = tmp_path / "run"
    run.write(folder, formats=["parquet"])
    file = decisions(run, folder, tmp_path / "decisions.json", decision, "LU01")
    take_decisions(folder, file, now=dt.datetime(2026, 11, 21, tzinfo=dt.UTC))
    made = agree(replace(run, decisions=decisions_on(run, folder)))
    parts = made.parts[(made.parts["id"] == "B") & (made.parts["area_m2"].round() == 3000)]
    if state is None:  # the finding is gone: the plan covers this ground and does not contradict
        assert parts.iloc[0]["state"] == "agreed"
    else:
        assert (parts.iloc[0]["state"], parts.iloc[0]["use_class"]) == (state, use_class)
    assert row(made, "*", "industrial")["blueprint_m2"] == pytest.approx(industrial_m2, abs=CM2)
    assert made.largest_difference_m2 < CM2
    if decision == "a_corrects":
        assert parts.iloc[0]["by"] == "decision of the register: A corrects (Chen, 2026-11-20)"
        assert parts.iloc[0]["use_class_of"] == "planning"


def test_the_geopackage_holds_parcels_parts_statements_and_the_account(run: Any, tmp_path: Path) -> None:
    path = write_blueprint(agree(run), tmp_path / "blueprint.gpkg")
    assert pyogrio.list_layers(path)[:, 0].tolist() == ["parcel", "part", "value", "account"]
    parts = pyogrio.read_dataframe(path, layer="part")
    assert parts.area.sum() == pytest.approx(30_000, abs=CM2)
    assert set(parts["state"]) == {"agreed", "contested", "undecidable", "not_covered"}
    again = write_blueprint(agree(run), tmp_path / "again.gpkg")
    assert path.read_bytes() == again.read_bytes()


def test_a_run_without_parcels_has_no_blueprint(run: Any) -> None:
    towns = tuple(layer for layer in run.facts.layers if layer.name == "towns")
    with pytest.raises(AgreementError, match=r"land\.parcel"):
        agree(replace(run, facts=replace(run.facts, layers=towns)))
