"""The shipped tables are whole, agree with one another, and say where they come from."""

from __future__ import annotations

import re
from itertools import product
from typing import Any

import pytest

from lantu.errors import StandardError
from lantu.messages import LANGUAGES, catalogue
from lantu.standards import (
    CODE_LISTS,
    CONSTRAINT_VERDICTS,
    STANDARDS,
    code_list,
    describe,
    enumeration,
    overlay_of,
    overlays,
    reference_table,
    standard,
    table_names,
    unit_names,
    units,
    use_classes,
)
from lantu.standards.enumeration import normal

ENUMERATIONS = sorted({row["enumeration"] for row in reference_table("enumerations")})

CONTRACT = {
    "land.parcel": "use_code use_class area_registered_m2 far_ratio height_limit_m right_holder location",
    "land.survey": "use_code use_class area_recorded_m2 owner_village",
    "plan.plot": "use_code use_class area_planned_m2 far_max height_max_m density_max_ratio green_min_ratio"
    " valid_from valid_to",
    "plan.control_line": "kind",
    "heritage.site": "name grade",
    "heritage.zone": "site_id kind control_class height_limit_m",
    "utility.pipe": "medium diameter_mm pressure voltage_kv start_depth_m end_depth_m start_elevation_m"
    " end_elevation_m owner",
    "utility.node": "",
    "housing.building": "height_m floors floor_area_m2 parcel_id",
    "transport.road": "name road_class red_line_width_m",
    "water.zone": "kind",
    "admin.area": "name admin_level",
}
ENUMERATED = {
    (
        "plan.control_line",
        "kind",
    ): "permanent_basic_farmland ecological_redline urban_boundary heritage_purple"
    " green blue_water yellow_infrastructure road_red",
    ("heritage.site", "grade"): "national provincial municipal county unclassified",
    ("heritage.zone", "kind"): "protection control",
    ("utility.pipe", "medium"): "water storm sewage gas heat power telecom industrial other",
    ("water.zone", "kind"): "river_management key_prevention key_governance steep_slope",
    ("admin.area", "admin_level"): "district town village",
}


def test_standards_and_their_columns_are_those_of_the_contract() -> None:
    found = {name: [*standard(name).columns] for name in STANDARDS}
    assert found == {name: ["id", *columns.split()] for name, columns in CONTRACT.items()}
    assert list(STANDARDS) == list(CONTRACT)


@pytest.mark.parametrize(("where", "words"), ENUMERATED.items(), ids=".".join)
def test_enumerations_have_the_words_of_the_contract(where: tuple[str, str], words: str) -> None:
    column = standard(where[0]).columns[where[1]]
    assert column.enumeration is not None
    assert column.enumeration.words == tuple(words.split())


@pytest.mark.parametrize("name", STANDARDS)
def test_a_standard_states_accuracy_with_its_source(name: str) -> None:
    one = standard(name)
    assert 0 < one.accuracy_m <= 5
    assert one.accuracy_source
    assert one.accuracy_confidence in {"verified", "recalled"}
    assert set(one.geometry) <= {"polygon", "line", "point"}
    assert set(one.required) <= set(one.columns)


def test_units_of_columns_stand_in_their_names() -> None:
    suffixes = {"m2": "_m2", "m": "_m", "mm": "_mm", "kv": "_kv"}
    for name in STANDARDS:
        for column in standard(name).columns.values():
            if column.unit is not None and column.unit.name in suffixes:
                assert column.name.endswith(suffixes[column.unit.name])


def test_a_mu_is_two_thousand_thirds_of_a_square_metre() -> None:
    assert units()["mu"].si * 3 == 2000
    assert unit_names("land.parcel", "area_registered_m2") == ("m2", "ha", "mu", "km2", "ft2", "acre")
    assert unit_names("land.parcel", "right_holder") == ()


def test_a_misspelled_standard_is_refused_with_the_closest_name() -> None:
    with pytest.raises(StandardError, match=r"'land\.parcels'.*did you mean 'land\.parcel'"):
        standard("land.parcels")
    with pytest.raises(StandardError, match="did you mean 'far_max'"):
        standard("plan.plot").column("far_mx")


@pytest.mark.parametrize("name", table_names())
def test_every_table_loads_and_says_how_far_it_can_be_trusted(name: str) -> None:
    rows = reference_table(name)
    assert rows
    assert len({tuple(row) for row in rows}) == 1  # one header
    assert all(None not in row.values() for row in rows)
    if name not in {"constraint_overlays", "reasons"}:
        assert {row["confidence"] for row in rows} <= {"verified", "recalled"}


def test_row_counts_are_those_of_the_reference() -> None:
    counts = {
        "landuse_gbt21010_2017": 85,
        "landuse_third_survey": 89,
        "landuse_spatial_2023": 175,
        "landuse_spatial_2020_trial": 169,
        "landuse_gb50137_2011": 110,
        "landuse_canonical": 26,
        "landuse_crosswalk": 628,
        "landuse_code_collisions": 40,
        "pipeline_clearance_horizontal": 196,
        "pipeline_clearance_vertical": 85,
    }
    assert {name: len(reference_table(name)) for name in counts} == counts


def test_every_class_of_the_crosswalk_is_canonical() -> None:
    assert {row["canonical"] for row in reference_table("landuse_crosswalk")} <= set(use_classes().words)


def test_the_compatibility_matrix_is_complete() -> None:
    pairs = [(row["current"], row["planned"]) for row in reference_table("landuse_compatibility")]
    assert sorted(pairs) == sorted(product(use_classes().words, repeat=2))


def test_the_constraint_matrix_speaks_of_canonical_classes() -> None:
    for row in reference_table("landuse_constraint_matrix"):
        assert set(row["planned"].split("|")) <= set(use_classes().words)
        assert row["verdict"] in CONSTRAINT_VERDICTS


def test_overlay_kinds_are_words_of_their_standards() -> None:
    for row in reference_table("constraint_overlays"):
        column = standard(row["standard"]).columns["kind"]
        assert column.enumeration is not None
        assert row["kind"] in column.enumeration.words
        assert row["overlay"] in overlays()
        assert overlay_of(row["standard"], row["kind"]) == row["overlay"]


def test_every_reason_has_a_chinese_sentence() -> None:
    reasons = {
        row["reason"]
        for name in ("landuse_compatibility", "landuse_constraint_matrix")
        for row in reference_table(name)
    }
    chinese = {row["en"]: row["zh"] for row in reference_table("reasons")}
    sources = {
        row["source"]
        for name in ("landuse_compatibility", "landuse_constraint_matrix", "plausible_ranges")
        for row in reference_table(name)
        if re.search("[a-z]{2,} [a-z]{2,}|[(](recalled|three)", row["source"])  # words, not only a law
    }
    assert set(chinese) == reasons | sources
    assert all(chinese.values())


@pytest.mark.parametrize("name", ENUMERATIONS)
def test_no_spelling_means_two_words(name: str) -> None:
    meanings: dict[str, set[str]] = {}
    for row in reference_table("enumerations"):
        if row["enumeration"] == name:
            meanings.setdefault(normal(row["spelling"]), set()).add(row["word"])
    assert {key: words for key, words in meanings.items() if len(words) > 1} == {}


@pytest.mark.parametrize("name", ENUMERATIONS)
def test_every_word_is_labelled_and_its_chinese_label_is_a_spelling_of_it(name: str) -> None:
    for word in enumeration(name).words:
        texts = catalogue()[f"standards.label.{name}.{word}"]
        assert all(texts[language] for language in LANGUAGES)
        found = enumeration(name).find(texts["zh"])
        if name not in {"admin_level", "pipe_material", "pipe_laying", "ground_surface"}:
            assert found is not None
            assert found.word == word


def test_labels_of_classes_are_those_of_the_table() -> None:
    for row in reference_table("landuse_canonical"):
        texts = catalogue()[f"standards.label.use_class.{row['canonical']}"]
        assert texts == {"zh": row["zh_name"], "en": row["en_name"]}


@pytest.mark.parametrize("name", CODE_LISTS)
def test_every_code_list_opens_and_knows_its_own_codes(name: str) -> None:
    for code in code_list(name).entries.values():
        assert code_list(name).find(code.code) == (code,)
        assert code.name_zh
        assert set(code.classes) <= set(use_classes().words)


def test_every_established_pipe_code_means_its_parent_medium() -> None:
    majors = {"JS": "water", "RQ": "gas", "RL": "heat", "DL": "power", "TX": "telecom", "GY": "industrial"}
    medium = enumeration("pipe_medium")
    for row in reference_table("pipeline_codes"):
        found = medium.find(row["code"])
        wanted = majors.get(row["parent"] or row["code"])
        if wanted is not None:
            assert found is not None
            assert found.word == wanted
    drains = {code: medium.find(code) for code in ("PS", "YS", "WS", "HS")}
    assert {code: found and found.word for code, found in drains.items()} == {
        "PS": "sewage",
        "YS": "storm",
        "WS": "sewage",
        "HS": "sewage",
    }


def test_pipe_codes_without_an_established_meaning_are_unknown() -> None:
    medium = enumeration("pipe_medium")
    assert [
        code for code in ("CD", "CT", "CY", "CQ", "CS", "JX", "EX", "BZ", "FQ") if medium.find(code)
    ] == []


@pytest.mark.parametrize("name", STANDARDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_standard_can_be_described(name: str, language: Any) -> None:
    told = describe(name, language=language)
    assert list(told["column"]) == list(standard(name).columns)
    for column in told["column"]:
        assert catalogue()[f"standards.column_label.{column}"][language] in set(told["label"])


def test_an_unknown_table_is_refused() -> None:
    with pytest.raises(StandardError, match="did you mean 'landuse_canonical'"):
        reference_table("landuse_cannonical")
