"""Pipe surveys of invented municipal companies: what lantu new makes of their tables, and that it runs."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

import lantu
from lantu.guessing import blueprint_text, survey_folder

if TYPE_CHECKING:
    from pathlib import Path

POINT_HEADER = "序号,物探点号,特征,X,Y,地面高程,管点高程,埋深"
LINE_HEADER = "起点点号,终点点号,材质,管径,起点埋深,终点埋深,起点高程,终点高程"
NUMBER = 12


def write(path: Path, rows: list[str], encoding: str = "gbk") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(rows) + "\n", encoding=encoding)


def survey(folder: Path, name: str, code: str, north: float) -> None:
    """Write a table of points 20 m apart and one of the lines between them, the last one to a lost point."""
    numbers = range(1, NUMBER + 1)
    elevations = [f"{51.5 - i / 100:.2f}" for i in range(NUMBER + 2)]
    points = [f"{i},{code}{i},直线点,{north},{577000 + 20 * i},52.5,{elevations[i]},1.0" for i in numbers]
    ends = [i + 1 if i < NUMBER else 99 for i in numbers]
    lines = [
        f"{code}{i},{code}{end},PE,DN300,1.0,1.1,{elevations[i]},{elevations[i + 1]}"
        for i, end in zip(numbers, ends, strict=True)
    ]
    write(folder / f"{name}管点.csv", [POINT_HEADER, *points])
    write(folder / f"{name}管线.csv", [LINE_HEADER, *lines])


def tables_of(folder: Path) -> dict[str, Any]:
    return tomllib.loads(blueprint_text(survey_folder(folder), "zh"))["layers"]


def test_lines_are_joined_to_the_points_that_they_name_and_run(tmp_path: Path) -> None:
    survey(tmp_path / "市政", "给水", "JS", 4074000.0)
    survey(tmp_path / "市政", "污水", "WS", 4074003.0)
    layers = tables_of(tmp_path)
    assert {name: layer["standard"] for name, layer in layers.items()} == {
        "给水管点": "utility.node",
        "给水管线": "utility.pipe",
        "污水管点": "utility.node",
        "污水管线": "utility.pipe",
    }
    for name, word in (("给水", "water"), ("污水", "sewage")):
        pipes = layers[f"{name}管线"]
        assert pipes["join"] == {
            "path": f"市政/{name}管点.csv",
            "on": ["起点点号", "终点点号"],
            "table_key": "物探点号",
        }
        assert pipes["fields"] == {
            "diameter_mm": "管径",
            "medium": f"={word}",
            "start_depth_m": "起点埋深",
            "end_depth_m": "终点埋深",
            "start_elevation_m": "起点高程",
            "end_elevation_m": "终点高程",
        }
    text = blueprint_text(survey_folder(tmp_path), "zh").replace('"EPSG:3857"', '"auto"')
    text = text.replace('# ? crs = "EPSG:…"', 'crs = "EPSG:4548"')  # what only a person can know
    (tmp_path / "blueprint.toml").write_text(text, encoding="utf-8")
    opened = lantu.open(tmp_path / "blueprint.toml")
    frame = opened.layers["给水管线"].frame
    assert len(frame) == NUMBER - 1
    assert frame.geometry.iloc[0].wkt == "LINESTRING (577020 4074000, 577040 4074000)"
    assert frame["diameter_mm"].tolist() == [300.0] * (NUMBER - 1)
    row = opened.inventory().set_index("layer").loc["给水管线"]
    assert (row["joined"], row["join_without_row"], row["listed"]) == (NUMBER - 1, 1, 1)
    run = opened.check()
    listed = [message for message in run.findings["message"] if "99" in message]
    assert any("JS99" in message for message in listed)


def test_depths_stand_with_the_points_alone_and_the_number_of_a_point_is_no_id(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    points, pipes = book.active, book.create_sheet("water_pipes")
    points.title = "places"
    points.append(["ID", "FEATURE", "X", "Y", "DEPTH"])
    pipes.append(["S_POINT", "E_POINT", "MATERIAL", "DIAMETER"])
    for i in range(NUMBER):
        points.append([f"W{i}", "valve", 577000 + 20 * i, 4074000, 1.0])
    for i in range(NUMBER - 1):
        pipes.append([f"W{i}", f"W{i + 1}", "PE", 300])
    book.save(tmp_path / "network.xlsx")
    layers = tables_of(tmp_path)
    assert layers["places"]["standard"] == "utility.node"  # nothing says so but the pipes
    assert layers["water_pipes"]["join"] == {
        "path": "network.xlsx",
        "on": ["S_POINT", "E_POINT"],
        "table_key": "ID",
        "table_layer": "places",
    }
    assert layers["water_pipes"]["fields"] == {
        "diameter_mm": "DIAMETER",
        "medium": "=water",
        "start_depth_m": "start.DEPTH",
        "end_depth_m": "end.DEPTH",
    }


def test_both_ends_in_one_row(tmp_path: Path) -> None:
    header = "管线编号,管线类型,起点X,起点Y,终点X,终点Y,起点埋深,终点埋深,管径,压力等级"
    rows = [f"RQ{i},燃气,4074000,{577000 + i},4074000,{577001 + i},0.9,0.95,DN110,中压A" for i in range(9)]
    write(tmp_path / "市政" / "成果表.csv", ["燃气管线成果表", header, *rows])
    (layer,) = tables_of(tmp_path).values()
    assert layer["standard"] == "utility.pipe"
    assert layer["fields"] == {
        "id": "管线编号",
        "medium": "管线类型",
        "diameter_mm": "管径",
        "pressure": "压力等级",
        "start_depth_m": "起点埋深",
        "end_depth_m": "终点埋深",
    }


@pytest.mark.parametrize("start", ["A{}", "{}", "", "JS1"])
def test_tables_whose_ends_are_no_points_stay_tables(tmp_path: Path, start: str) -> None:
    survey(tmp_path, "给水", "JS", 4074000.0)
    rows = [f"{start.format(1000 + i)},B{i},PE,DN300,1,1,5,5" for i in range(9)]
    write(tmp_path / "污水管线.csv", [LINE_HEADER, *rows])
    found = survey_folder(tmp_path)
    assert [one.path for one in found.unused] == ["污水管线.csv"]
    assert sum(layer.join is not None for layer in found.layers) == 1


def test_hostile_names_of_fields_stay_text(tmp_path: Path) -> None:
    hostile = 'q"]\n[rules]'
    features = [
        {
            "type": "Feature",
            "properties": {hostile: f"P{i}"},
            "geometry": {"type": "Point", "coordinates": [117 + i / 100, 36.8]},
        }
        for i in range(5)
    ]
    collection = {"type": "FeatureCollection", "features": features}
    (tmp_path / "管点.geojson").write_text(json.dumps(collection), encoding="utf-8")
    rows = [f"P{i},P{i + 1},300" for i in range(4)]
    write(tmp_path / "给水管线.csv", ['"起点""]点",终点"]点,管径', *rows], "utf-8")
    join = tables_of(tmp_path)["给水管线"]["join"]
    assert join["table_key"] == hostile
    assert join["on"] == ['起点"]点', '终点"]点']
