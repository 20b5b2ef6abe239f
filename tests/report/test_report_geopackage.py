"""findings.gpkg: layers by kind of geometry, tables, and styles that QGIS finds."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pyogrio
import pytest

from lantu.model import FINDING_COLUMNS, SEVERITIES
from lantu.report import write
from lantu.report.palette import SEVERITY_COLOURS, channels
from lantu.report.qgis_style import CATEGORY, severity_style

if TYPE_CHECKING:
    from pathlib import Path

    from lantu.model import Run

LAYERS = {
    "finding_polygon": "MultiPolygon",
    "finding_line": "MultiLineString",
    "finding_point": "MultiPoint",
    "finding_plain": None,
    "cause": None,
    "not_checked": None,
}


@pytest.mark.parametrize("kind", ["run", "empty_run", "hostile_run"])
def test_all_layers_stand_in_the_file_even_when_empty(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    write(request.getfixturevalue(kind), tmp_path, formats=["gpkg"])
    found = dict(pyogrio.list_layers(tmp_path / "findings.gpkg").tolist())
    assert {name: found[name] for name in LAYERS} == LAYERS
    assert set(found) == {*LAYERS, "layer_styles"}


def test_each_finding_stands_in_the_layer_of_its_highest_dimension(run: Run, tmp_path: Path) -> None:
    write(run, tmp_path, formats=["gpkg"])
    counts = {
        name: len(pyogrio.read_dataframe(tmp_path / "findings.gpkg", layer=name)) for name in list(LAYERS)[:4]
    }
    # 16 overlaps less 2 waived, and 3 odd shapes; 4 pipes; 4 sites; 3 codes and 1 missing delivery.
    assert counts == {"finding_polygon": 17, "finding_line": 4, "finding_point": 4, "finding_plain": 4}
    polygons = pyogrio.read_dataframe(tmp_path / "findings.gpkg", layer="finding_polygon")
    assert list(polygons.columns) == [*FINDING_COLUMNS, "geometry"]
    assert polygons.crs.to_epsg() == 4548
    areas = polygons[polygons["rule"] == "GE02"].geometry.area.round(6).tolist()
    assert areas == [25.0, 404.0, 4800.0]  # 1 x 25 of the collection; 20 x 20 + 2 x 2; 80 x 80 less 40 x 40


def test_causes_and_gaps_are_tables(run: Run, tmp_path: Path) -> None:
    write(run, tmp_path, formats=["gpkg"])
    causes = pyogrio.read_dataframe(tmp_path / "findings.gpkg", layer="cause")
    assert causes["findings"].tolist() == [3]
    gaps = pyogrio.read_dataframe(tmp_path / "findings.gpkg", layer="not_checked")
    assert gaps["rule"].tolist() == ["LU03", "RO03", "SW01"]
    assert gaps["reason"].tolist() == run.not_checked["reason"].tolist()


def test_hostile_text_comes_back_as_text(hostile_run: Run, tmp_path: Path) -> None:
    write(hostile_run, tmp_path, formats=["gpkg"])
    read = [pyogrio.read_dataframe(tmp_path / "findings.gpkg", layer=name) for name in list(LAYERS)[:4]]
    by_id = {row["finding_id"]: row["message"] for frame in read for _, row in frame.iterrows()}
    given = dict(zip(hostile_run.findings["finding_id"], hostile_run.findings["message"], strict=True))
    assert by_id == given


def test_styles_are_default_and_name_their_layer(run: Run, tmp_path: Path) -> None:
    write(run, tmp_path, formats=["gpkg"])
    with closing(sqlite3.connect(tmp_path / "findings.gpkg")) as connection:
        query = "SELECT f_table_name, f_geometry_column, useAsDefault, styleQML FROM layer_styles ORDER BY id"
        styles = connection.execute(query).fetchall()
        columns = dict(connection.execute("SELECT table_name, column_name FROM gpkg_geometry_columns"))
    assert {style[0] for style in styles} == set(LAYERS)
    assert all(style[1] == columns.get(style[0], "") and style[2] == 1 for style in styles)
    for name, *_, qml in styles:
        root = ET.fromstring(qml.partition("\n")[2])  # noqa: S314  # our own text
        named = [alias.get("field") for alias in root.findall("aliases/alias")]
        assert named == pyogrio.read_info(tmp_path / "findings.gpkg", layer=name)["fields"].tolist()


def test_older_programs_read_the_file_without_a_warning(run: Run, tmp_path: Path) -> None:
    write(run, tmp_path, formats=["gpkg"])
    with closing(sqlite3.connect(tmp_path / "findings.gpkg")) as connection:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
    assert version == 10_200


@pytest.mark.parametrize(("dimension", "symbol"), [(0, "marker"), (1, "line"), (2, "fill")])
@pytest.mark.parametrize(("language", "word"), [("zh", "严重"), ("en", "Critical")])
def test_a_style_is_a_categorised_renderer_by_severity(
    dimension: int, symbol: str, language: str, word: str
) -> None:
    text = severity_style(dimension, FINDING_COLUMNS, language)  # type: ignore[arg-type]
    assert text.startswith("<!DOCTYPE qgis")
    root = ET.fromstring(text.partition("\n")[2])  # noqa: S314  # our own text
    renderer = root.find("renderer-v2")
    assert renderer is not None
    assert (renderer.get("type"), renderer.get("attr")) == ("categorizedSymbol", CATEGORY)
    categories = renderer.findall("categories/category")
    wanted = [severity + tail for severity in SEVERITIES for tail in ("", "?")]
    assert [category.get("value") for category in categories] == wanted
    assert categories[0].get("label") == word
    symbols = {entry.get("name"): entry for entry in renderer.findall("symbols/symbol")}
    looks = [ET.tostring(drawn) for drawn in symbols.values()]
    assert len(set(looks)) == len(wanted)
    for category, value in zip(categories, wanted, strict=True):
        severity = value.rstrip("?")
        drawn = symbols[category.get("symbol")]
        assert drawn.get("type") == symbol
        rgb = ",".join(str(part) for part in channels(SEVERITY_COLOURS[severity]))
        assert any(prop.get("v", "").startswith(rgb) for prop in drawn.iter("prop"))
        for layer in drawn.iter("layer"):  # both spellings say the same
            options = {entry.get("name"): entry.get("value") for entry in layer.findall("Option/Option")}
            assert options == {entry.get("k"): entry.get("v") for entry in layer.findall("prop")}
