"""Hostile names, questions, and folders that hold little or nothing."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import lantu
from lantu.cli import main
from lantu.config import read_blueprint
from lantu.errors import SourceError
from lantu.guessing import blueprint_text, survey_folder
from lantu.guessing.writing import key, quoted

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE = "a\"b'\\c]\n[rules]\nselect = []\u202e{x}中\x7f"


def square(x: float, **properties: Any) -> dict[str, Any]:
    ring = [[x, 36.8], [x + 0.001, 36.8], [x + 0.001, 36.801], [x, 36.801], [x, 36.8]]
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def write_geojson(path: Path, features: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_survives_as_value_and_as_key(text: str) -> None:
    assert tomllib.loads(f"{key(text)} = {quoted(text)}") == {text: text}


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_no_text_adds_a_line(text: str) -> None:
    assert len(quoted(text).splitlines()) == 1


def test_hostile_file_folder_and_field_names_stay_text(tmp_path: Path) -> None:
    folder = "x\"y'\n# ? [z]"
    name = "宗地\"'\n[layers.evil]\u202e.geojson"
    write_geojson(
        tmp_path / folder / name, [square(117 + i / 100, ZDDM=f"P{i}", **{HOSTILE: i}) for i in range(3)]
    )
    survey = survey_folder(tmp_path)
    text = blueprint_text(survey, "en")
    tables = tomllib.loads(text)
    assert tables["rules"] == {"select": ["ALL"]}
    (layer,) = tables["layers"].values()
    assert layer["path"] == f"{folder}/{name}"
    assert "\u202e" not in text
    (tmp_path / "blueprint.toml").write_text(text, encoding="utf-8")
    assert read_blueprint(tmp_path / "blueprint.toml").layer_specs()[0].standard == "land.parcel"


def test_a_hostile_field_that_is_the_id_is_named_exactly(tmp_path: Path) -> None:
    field = "宗地代码"
    write_geojson(tmp_path / "ZD.geojson", [square(117 + i / 100, **{field: f'P{i}\n"'}) for i in range(3)])
    tables = tomllib.loads(blueprint_text(survey_folder(tmp_path), "zh"))
    assert tables["layers"]["ZD"]["fields"] == {"id": field}


def test_a_field_that_begins_like_a_constant_is_not_used(tmp_path: Path) -> None:
    features = [square(117 + i / 100, **{"=green": "永久基本农田"}) for i in range(3)]
    write_geojson(tmp_path / "KZX.geojson", features)
    layer = tomllib.loads(blueprint_text(survey_folder(tmp_path), "zh"))["layers"]["KZX"]
    assert "fields" not in layer or "kind" not in layer["fields"]


def test_a_question_that_is_answered_leaves_a_valid_file(tmp_path: Path) -> None:
    write_geojson(tmp_path / "KZX.geojson", [square(117 + i / 100, KZXBH=f"K{i}") for i in range(3)])
    text = blueprint_text(survey_folder(tmp_path), "en")
    assert '# ? kind = "=permanent_basic_farmland"' in text
    answered = "\n".join(
        line.removeprefix("# ? ") if line.startswith("# ? ") else line for line in text.splitlines()
    )
    (tmp_path / "blueprint.toml").write_text(answered, encoding="utf-8")
    spec = read_blueprint(tmp_path / "blueprint.toml").layer_specs()[0]
    assert spec.fields == {"id": "KZXBH", "kind": "=permanent_basic_farmland"}


def test_names_of_layers_state_what_no_field_does(tmp_path: Path) -> None:
    write_geojson(tmp_path / "生态保护红线.geojson", [square(117 + i / 100, BZ="x") for i in range(3)])
    layer = tomllib.loads(blueprint_text(survey_folder(tmp_path), "zh"))["layers"]["生态保护红线"]
    assert layer["standard"] == "plan.control_line"
    assert layer["fields"] == {"kind": "=ecological_redline"}


def test_percentages_are_told_from_shares(tmp_path: Path) -> None:
    plots = [square(117 + i / 100, DKBH=f"A{i}", JZMD=30.0 + i, LDL=0.3) for i in range(4)]
    write_geojson(tmp_path / "plots.geojson", plots)
    layer = tomllib.loads(blueprint_text(survey_folder(tmp_path), "zh"))["layers"]["plots"]
    assert layer["units"] == {"density_max_ratio": "percent"}


def test_one_layer_in_two_formats_is_taken_once(tmp_path: Path) -> None:
    import geopandas as gpd

    features = [square(117 + i / 100, ZDDM=f"P{i}") for i in range(5)]
    write_geojson(tmp_path / "ZD.geojson", features)
    gpd.GeoDataFrame.from_features(features, crs="EPSG:4490").to_crs("EPSG:4548").to_file(
        tmp_path / "ZD.gpkg"
    )
    survey = survey_folder(tmp_path)
    assert [layer.path for layer in survey.layers] == ["ZD.gpkg"]
    assert [one.path for one in survey.unused] == ["ZD.geojson"]
    assert "ZD.gpkg" in survey.unused[0].reason.text("en")


def test_what_cannot_be_read_is_listed_with_its_reason(tmp_path: Path) -> None:
    write_geojson(tmp_path / "ZD.geojson", [square(117.0, ZDDM="P1")])
    (tmp_path / "plan.dwg").write_bytes(b"AC1032" + bytes(100))
    (tmp_path / "broken.gpkg").write_bytes(b"SQLite format 3\0" + bytes(100))
    (tmp_path / "空.csv").write_bytes(b"")
    (tmp_path / "note\n[rules].txt9").write_text("x", encoding="utf-8")
    survey = survey_folder(tmp_path)
    assert [one.path for one in survey.unused] == ["broken.gpkg", "note\n[rules].txt9", "plan.dwg", "空.csv"]
    text = blueprint_text(survey, "en")
    assert "DXF" in text  # what to export instead of DWG
    assert tomllib.loads(text)["rules"] == {"select": ["ALL"]}


def test_layers_of_which_nothing_is_known_wait_for_a_person(tmp_path: Path) -> None:
    write_geojson(tmp_path / "ZD.geojson", [square(117.0, ZDDM="P1")])
    write_geojson(tmp_path / "qqq.geojson", [square(117.1, w=1), square(117.2, w=1)])
    text = blueprint_text(survey_folder(tmp_path), "en")
    assert list(tomllib.loads(text)["layers"]) == ["ZD"]
    assert "# [layers.qqq]" in text


def test_with_nothing_but_unknown_layers_they_are_taken_by_their_geometry(tmp_path: Path) -> None:
    write_geojson(tmp_path / "qqq.geojson", [square(117.1, w=1), square(117.2, w=1)])
    file = tmp_path / "blueprint.toml"
    file.write_text(blueprint_text(survey_folder(tmp_path), "en"), encoding="utf-8")
    assert lantu.open(file).check().facts.layers[0].standard == "land.parcel"


def test_a_folder_without_layers_is_an_error_that_says_so(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no layer with geometry"):
        survey_folder(tmp_path)
    with pytest.raises(SourceError, match="no folder"):
        survey_folder(tmp_path / "nowhere")


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(["--lang", "en", *arguments])
    return int(left.value.code or 0)


def test_the_command_writes_and_never_overwrites_unasked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_geojson(tmp_path / "data" / "ZD.geojson", [square(117.0, ZDDM="P1")])
    folder, file = str(tmp_path / "data"), tmp_path / "data" / "blueprint.toml"
    assert run("new", folder) == 0
    first = file.read_bytes()
    assert "land.parcel" in capsys.readouterr().out
    assert run("new", folder) == 2
    assert "--force" in capsys.readouterr().err
    assert run("new", folder, "--force") == 0
    assert file.read_bytes() == first
    assert run("check", str(file), "--out", str(tmp_path / "out"), "--format", "parquet") == 0


def test_a_blueprint_written_elsewhere_finds_its_files(tmp_path: Path) -> None:
    write_geojson(tmp_path / "data" / "ZD.geojson", [square(117.0, ZDDM="P1")])
    out = tmp_path / "plans" / "mine.toml"
    out.parent.mkdir()
    assert run("new", str(tmp_path / "data"), "--out", str(out)) == 0
    assert tomllib.loads(out.read_text(encoding="utf-8"))["layers"]["ZD"]["path"] == "../data/ZD.geojson"
    assert len(read_blueprint(out).layer_specs()) == 1
