"""Folders as others published them: a valid blueprint that runs, or the one thing that a person must say."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

import lantu
from lantu.guessing import Survey, blueprint_text, survey_folder

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.real, pytest.mark.slow]


def surveyed(real_data: Path, tmp_path: Path, *parts: str) -> tuple[Survey, lantu.Run]:
    copy = tmp_path / parts[-1]
    shutil.copytree(real_data.joinpath(*parts), copy)
    copy.chmod(0o755)
    survey = survey_folder(copy)
    file = copy / "blueprint.toml"
    file.write_text(blueprint_text(survey, "en"), encoding="utf-8")
    return survey, lantu.open(file).check()


def standards(survey: Survey) -> dict[str, str]:
    return {layer.name: layer.standard.value for layer in survey.layers if layer.standard is not None}


def test_cambridge(real_data: Path, tmp_path: Path) -> None:
    survey, run = surveyed(real_data, tmp_path, "cambridge_ma")
    found = standards(survey)
    assert found["ASSESSING_ParcelsFY2014"] == "land.parcel"
    assert found["CDD_ZoningDistricts"] == "plan.plot"
    assert found["HISTORICAL_LandmarksEasements"] == "heritage.site"
    assert found["INFRA_Drainage"] == "utility.pipe"
    assert {found["INFRA_Hydrants"], found["INFRA_UtilityPoles"]} == {"utility.node"}
    assert {found["TRANS_Centerlines"], found["BASEMAP_Roads"]} == {"transport.road"}
    parcels = next(layer for layer in survey.layers if layer.name == "ASSESSING_ParcelsFY2014")
    assert parcels.fields["id"].value == "ML"  # map-lot, the key of all Cambridge data
    assert parcels.crs is not None
    assert parcels.crs.value == "EPSG:4326"
    assert run.facts.working_crs == "EPSG:32619"
    assert all(layer.refusal is None for layer in run.facts.layers)
    tax = next(one for one in survey.unused if one.path.endswith("TaxFY14.csv"))
    assert tax.reason.key == "guessing.unused.rows_repeated"


def test_zaatari_in_six_formats_is_six_layers(real_data: Path, tmp_path: Path) -> None:
    survey, run = surveyed(real_data, tmp_path, "zaatari_camp")
    assert standards(survey) == {
        "BlockBoundaries_2016_12": "admin.area",
        "CampFacilities_2017_02": "housing.building",
        "DistrictBoundaries_2016_12": "admin.area",
        "Pipes_Septic_2017_03": "utility.pipe",
        "Pipes_SolidFree_2017_03": "utility.pipe",
        "Roads_2016_12": "transport.road",
    }
    septic = next(layer for layer in survey.layers if layer.name == "Pipes_Septic_2017_03")
    assert septic.fields["medium"].value == "=sewage"
    repeated = [one.path for one in survey.unused if one.reason.key == "guessing.unused.repeated"]
    assert sum(path.startswith("BlockBoundaries") for path in repeated) == 5
    assert all(layer.refusal is None for layer in run.facts.layers)


def test_zibo_is_asked_for_its_datum_and_compared_with_nothing(real_data: Path, tmp_path: Path) -> None:
    survey, run = surveyed(real_data, tmp_path, "zibo_gcj02")
    (layer,) = survey.layers
    assert layer.standard is not None
    assert (layer.standard.value, layer.fields["id"].value) == ("admin.area", "adcode")
    assert [question.key for question in layer.questions] == ["crs"]
    assert "GCJ-02" in layer.questions[0].why.text("zh")
    assert run.facts.layers[0].refusal is not None
    assert run.facts.layers[0].refusal.code == "CR01"


def test_french_plans(real_data: Path, tmp_path: Path) -> None:
    survey, run = surveyed(real_data, tmp_path, "france_plu_ign", "documents")
    found = list(standards(survey).values())
    assert found.count("plan.plot") == 4
    assert (found.count("heritage.zone"), found.count("heritage.site")) == (1, 1)
    assert all(layer.refusal is None for layer in run.facts.layers)
    # Lines and points of prescriptions are of no standard: they wait for a person, none is lost.
    waiting = [layer for layer in survey.layers if layer.standard is None]
    assert len(waiting) == 11


def test_boundary_point_text_is_of_the_land_registry_and_in_hectares(real_data: Path, tmp_path: Path) -> None:
    survey, run = surveyed(real_data, tmp_path, "jiezhidian_txt_cn")
    assert set(standards(survey).values()) == {"land.parcel"}
    assert {layer.stated_crs for layer in survey.layers} == {"EPSG:4526"}
    # All ten plots declare an area, in hectares; the variant has none.
    declared = [layer for layer in survey.layers if "area_registered_m2" in layer.fields]
    assert len(declared) == 10
    assert {layer.units["area_registered_m2"].value for layer in declared} == {"ha"}
    assert all(layer.refusal is None for layer in run.facts.layers)
