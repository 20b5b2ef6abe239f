"""The sample district without its blueprint: the guesses against the blueprint that is shipped with it."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest

import lantu
from lantu.config import read_blueprint
from lantu.guessing import Survey, blueprint_text, survey_folder

DISTRICT = Path(__file__).resolve().parents[2] / "layers" / "district"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("new") / "district"
    shutil.copytree(DISTRICT, copy, ignore=shutil.ignore_patterns("blueprint.toml", "truth.csv"))
    return copy


@pytest.fixture(scope="module")
def survey(folder: Path) -> Survey:
    return survey_folder(folder)


@pytest.fixture(scope="module")
def guessed(survey: Survey) -> dict[tuple[str, str | None], dict[str, Any]]:
    tables = tomllib.loads(blueprint_text(survey, "zh"))["layers"].values()
    return {(table["path"], table.get("layer")): table for table in tables}


@pytest.fixture(scope="module")
def shipped() -> dict[tuple[str, str | None], dict[str, Any]]:
    tables = tomllib.loads((DISTRICT / "blueprint.toml").read_text(encoding="utf-8"))["layers"].values()
    return {(table["path"], table.get("layer")): table for table in tables}


def differing(guessed: Any, shipped: Any, *keys: str) -> set[str]:
    def value(table: dict[str, Any]) -> Any:
        found: Any = table
        for key in keys:
            found = found.get(key, {})
        return found

    return {path for (path, layer), table in shipped.items() if value(table) != value(guessed[path, layer])}


def test_every_shipped_layer_is_found_and_no_other(guessed: Any, shipped: Any) -> None:
    assert set(guessed) == set(shipped)


def test_standards_departments_lists_and_keys_are_all_right(guessed: Any, shipped: Any) -> None:
    for keys in (
        ("standard",),
        ("department",),
        ("codelist",),
        ("fields", "id"),
        ("fields", "use_code"),
        ("join",),
    ):
        assert differing(guessed, shipped, *keys) == set(), keys


def test_coordinate_systems_differ_only_where_numbers_do_not_prove_the_datum(
    guessed: Any, shipped: Any
) -> None:
    # The hydrants' numbers fit the zone of every datum: the blueprint asks, as the shipped one answers.
    assert differing(guessed, shipped, "crs") == {"municipal/hydrants.csv"}


def test_the_datum_of_the_nodes_is_proved_by_the_pipes_they_lie_on(survey: Survey) -> None:
    nodes = next(layer for layer in survey.layers if layer.name == "nodes")
    assert nodes.crs is not None
    assert (nodes.crs.value, nodes.crs.confidence) == ("EPSG:4527", "high")
    assert "'GX'" in nodes.crs.reason.text("en")


def test_undeclared_points_are_asked_about_with_the_likeliest_answer(survey: Survey) -> None:
    asked = {
        layer.name: question.value
        for layer in survey.layers
        for question in layer.questions
        if question.key == "crs"
    }
    assert asked == {"hydrants": "EPSG:4548", "street_lights": "EPSG:4548", "poles": "EPSG:4548"}


def test_units_are_those_of_the_ground_undeclared_ones_too(guessed: Any) -> None:
    # The README of the sample names the units that its blueprint leaves out on purpose (BGTB, CZGH).
    assert {key: table["units"] for key, table in guessed.items() if "units" in table} == {
        ("land/ZD.shp", None): {"area_registered_m2": "mu"},
        ("land/survey.gpkg", "BGTB"): {"area_recorded_m2": "ha"},
        ("park/plots.geojson", None): {"area_planned_m2": "ha"},
        ("planning/plan.gpkg", "KG_DKXX"): {"area_planned_m2": "ha"},
        ("planning/plan.gpkg", "CZGH"): {"area_planned_m2": "mu"},
    }


def test_every_field_of_the_shipped_blueprint_is_matched(guessed: Any, shipped: Any) -> None:
    wanted = [
        (key, column, field) for key, table in shipped.items() for column, field in table["fields"].items()
    ]
    right = [guessed[key].get("fields", {}).get(column) == field for key, column, field in wanted]
    assert len(wanted) > 70
    assert sum(right) == len(right)


def test_retired_parcels_are_asked_about(survey: Survey) -> None:
    parcels = next(layer for layer in survey.layers if layer.name == "ZD")
    assert [(question.key, question.value) for question in parcels.questions] == [("where", "ZT = '现势'")]


def test_the_text_is_the_same_every_time_and_speaks_both_languages(folder: Path, survey: Survey) -> None:
    assert blueprint_text(survey_folder(folder), "zh") == blueprint_text(survey, "zh")
    assert "把握大" in blueprint_text(survey, "zh")
    assert "把握" not in blueprint_text(survey, "en")


@pytest.mark.slow
def test_the_blueprint_runs_without_an_edit_and_finds_what_the_shipped_one_finds(
    folder: Path, survey: Survey
) -> None:
    file = folder / "blueprint.toml"
    file.write_text(blueprint_text(survey, "zh"), encoding="utf-8")
    assert len(read_blueprint(file).layer_specs()) == 22
    run = lantu.open(file).check(select=["LU", "HE"])
    assert set(run.findings["rule"]) >= {"LU01", "HE01"}
