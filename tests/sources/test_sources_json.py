"""GeoJSON and TopoJSON, whole and damaged."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from lantu.errors import SourceError
from lantu.sources import notes_of, open_source
from lantu.sources.geojson import GeoJsonSource

if TYPE_CHECKING:
    from pathlib import Path

    from lantu.model import RawTable


def feature(geometry: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


GOOD = feature({"type": "Point", "coordinates": [117.8, 36.8]}, DLBM="0101", BSM=12345678901234567890)


def write(path: Path, features: list[Any], **members: Any) -> Path:
    path.write_text(json.dumps({"type": "FeatureCollection", **members, "features": features}), "utf-8")
    return path


def unreadable(raw: RawTable) -> list[int]:
    assert raw.count_in == len(raw.geometry) + len(raw.problems)
    return [int(record) for record in raw.problems["record"]]


@pytest.mark.parametrize(
    "bad",
    [
        feature({"type": "Polygom", "coordinates": []}),
        feature({"type": "Point", "coordinates": ["x", "y"]}),
        feature({"type": "Point", "coordinates": [None, None]}),
        feature({"type": "Point", "coordinates": [1]}),
        feature({"type": "Point"}),
        feature({"type": "LineString", "coordinates": [[1, 2]]}),
        feature({"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]}),
        feature({"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0]]]}),
        feature("POINT (1 2)"),
        feature([1, 2]),
        {"type": "Pheature", "properties": {}, "geometry": None},
        None,
        "text",
        7,
    ],
)
def test_one_bad_feature_costs_only_itself(tmp_path: Path, bad: object) -> None:
    raw = open_source(write(tmp_path / "a.geojson", [GOOD, bad, GOOD])).read()
    assert unreadable(raw) == [2]
    assert raw.record.tolist() == [1, 3]
    assert raw.geometry[1].wkt == "POINT (117.8 36.8)"
    assert raw.problems["detail"].iloc[0].text("en")


def test_null_and_missing_geometry_are_no_damage(tmp_path: Path) -> None:
    features = [feature(None, a=1), {"type": "Feature", "properties": None}, GOOD]
    raw = open_source(write(tmp_path / "a.geojson", features)).read()
    assert unreadable(raw) == []
    assert raw.geometry[0] is None
    assert raw.geometry[1] is None


def test_values_stay_as_delivered(tmp_path: Path) -> None:
    features = [
        feature(
            None, code="0101", date="2024-01-02", big=12345678901234567890, n=1, x=1, b=True, o={"键": [1]}
        ),
        feature(None, code=None, date="", n=None, x=2.5, b=None),
    ]
    raw = open_source(write(tmp_path / "a.geojson", features)).read()
    assert raw.attributes["code"].tolist() == ["0101", None]
    assert raw.attributes["date"].tolist() == ["2024-01-02", ""]
    assert raw.attributes["big"].iloc[0] == 12345678901234567890
    assert str(raw.attributes["n"].dtype) == "Int64"
    assert raw.attributes["x"].tolist() == [1.0, 2.5]
    assert raw.attributes["b"].iloc[0] is np.True_ or raw.attributes["b"].iloc[0] is True
    assert raw.attributes["o"].iloc[0] == '{"键": [1]}'


def test_truncated_document_gives_what_precedes_the_break(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.geojson", [GOOD, GOOD, GOOD], crs={"type": "name", "properties": {"name": "EPSG:4490"}}
    )
    text = path.read_text("utf-8")
    path.write_text(text[: text.rindex('"coordinates"')], "utf-8")
    raw = open_source(path).read()
    assert unreadable(raw) == [3]
    assert raw.crs is not None
    assert raw.crs.to_epsg() == 4490


def test_broken_text_in_the_middle_costs_one_feature(tmp_path: Path) -> None:
    path = write(tmp_path / "a.geojson", [GOOD, feature(None, mark="HERE"), GOOD])
    path.write_text(path.read_text("utf-8").replace('"HERE"', "HERE"), "utf-8")
    raw = open_source(path).read()
    assert unreadable(raw) == [2]
    assert raw.record.tolist() == [1, 3]
    assert "line 1" in raw.problems["detail"].iloc[0].text("en")


@pytest.mark.parametrize(
    ("crs", "epsg"),
    [
        ({"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}, 4326),
        ({"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4527"}}, 4527),
        ({"type": "name", "properties": {"name": "EPSG:4490"}}, 4490),
        (None, None),
        ({"type": "name", "properties": {"name": "西安80"}}, None),
    ],
)
def test_crs_member(tmp_path: Path, crs: Any, epsg: int | None) -> None:
    raw = open_source(write(tmp_path / "a.geojson", [GOOD], crs=crs)).read()
    assert (raw.crs and raw.crs.to_epsg()) == epsg
    assert bool(notes_of(raw)) == (crs is not None and epsg is None)


def test_without_crs_member_it_is_wgs84(tmp_path: Path) -> None:
    raw = open_source(write(tmp_path / "a.geojson", [GOOD])).read()
    assert raw.crs is not None
    assert raw.crs.to_epsg() == 4326


def test_heights_kept_and_measures_dropped(tmp_path: Path) -> None:
    points = [[1, 2], [1, 2, 3], [1, 2, 3, 4]]
    path = write(
        tmp_path / "a.geojson", [feature({"type": "Point", "coordinates": point}) for point in points]
    )
    wkt = [shape.wkt for shape in open_source(path).read().geometry]
    assert wkt == ["POINT (1 2)", "POINT Z (1 2 3)", "POINT Z (1 2 3)"]


def test_gbk_document_is_read_and_said(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    document = {
        "type": "FeatureCollection",
        "features": [feature(None, 名称="周村区"), feature(None, 名称="张店区")],
    }
    path.write_bytes(json.dumps(document, ensure_ascii=False, indent=0).encode("gbk"))
    raw = open_source(path).read()
    assert raw.attributes["名称"].tolist() == ["周村区", "张店区"]
    assert (raw.encoding, raw.encoding_how) == ("GB18030", "detected")


def test_one_feature_a_line(tmp_path: Path) -> None:
    path = tmp_path / "a.geojsonl"
    path.write_text("\n".join([json.dumps(GOOD), '{"type": "Feature", broken', json.dumps(GOOD)]), "utf-8")
    raw = open_source(path).read()
    assert unreadable(raw) == [2]


@pytest.mark.parametrize(
    "text", ["[]", '{"type": "Topology"}', "7", "{", "<html>", '{"type":"FeatureCollection"}']
)
def test_what_is_no_geojson_is_an_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.geojson"
    path.write_text(text, "utf-8")
    with pytest.raises(SourceError):
        open_source(path).read()


def test_no_features_is_no_error(tmp_path: Path) -> None:
    raw = open_source(write(tmp_path / "a.geojson", [])).read()
    assert raw.count_in == len(raw.geometry) == len(raw.attributes) == 0


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_nothing_is_lost_wherever_a_file_breaks_off(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    count = data.draw(st.integers(1, 6))
    text = json.dumps(
        {"type": "FeatureCollection", "features": [GOOD] * count},
        indent=data.draw(st.sampled_from([None, 1])),
    )
    start = text.index("[") + 1
    cut = data.draw(st.integers(text.index("Feature", start), len(text)))
    path = tmp_path_factory.mktemp("cut") / "a.geojson"
    path.write_text(text[:cut], "utf-8")
    raw = GeoJsonSource(path).read()
    whole = text[:cut].count(json.dumps(GOOD["geometry"], indent=None)) if "\n" not in text else None
    assert raw.count_in == len(raw.geometry) + len(raw.problems)
    assert len(raw.problems) <= 1
    if whole is not None:
        assert whole - 1 <= len(raw.geometry) <= whole + 1


# TopoJSON: two squares that share a side, quantised; arcs 0 and 2 the outer sides, 1 the shared one


def topology(**changes: Any) -> dict[str, Any]:
    found = {
        "type": "Topology",
        "transform": {"scale": [0.5, 2.0], "translate": [100.0, 30.0]},
        "objects": {
            "parcels": {
                "type": "GeometryCollection",
                "geometries": [
                    {"type": "Polygon", "arcs": [[0, 1]], "id": 7, "properties": {"code": "0101"}},
                    {"type": "Polygon", "arcs": [[2, -2]], "properties": {"code": "0102"}},
                    {"type": None, "properties": {"code": "0103"}},
                ],
            }
        },
        "arcs": [
            [[10, 10], [-10, 0], [0, -10], [10, 0]],
            [[10, 0], [0, 10]],
            [[10, 0], [10, 0], [0, 10], [-10, 0]],
        ],
    }
    return {**found, **changes}


def test_topology_is_decoded(tmp_path: Path) -> None:
    path = tmp_path / "a.topojson"
    path.write_text(json.dumps(topology()), "utf-8")
    raw = open_source(path).read()
    assert raw.layer == "parcels"
    assert raw.crs is None
    assert raw.attributes["code"].tolist() == ["0101", "0102", "0103"]
    assert shapely.equals(raw.geometry[0], shapely.box(100, 30, 105, 50))
    assert shapely.equals(raw.geometry[1], shapely.box(105, 30, 110, 50))
    assert raw.geometry[2] is None
    assert not len(raw.problems)


def test_topology_without_quantisation(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    lines = {
        "lines": {"type": "LineString", "arcs": [0, 1]},
        "points": {"type": "MultiPoint", "coordinates": [[1, 2], [3, 4]]},
    }
    arcs = [[[0, 0], [1, 1]], [[1, 1], [2, 0]]]
    path.write_text(json.dumps({"type": "Topology", "objects": lines, "arcs": arcs}), "utf-8")
    source = open_source(path)
    assert source.layers() == ("lines", "points")
    assert source.read("lines").geometry[0].wkt == "LINESTRING (0 0, 1 1, 2 0)"
    assert source.read("points").geometry[0].wkt == "MULTIPOINT ((1 2), (3 4))"
    with pytest.raises(SourceError, match="lines, points"):
        source.read()


def test_damaged_arc_costs_only_who_uses_it(tmp_path: Path) -> None:
    whole = topology()
    whole["arcs"][2] = [[10, 0], ["x", 0]]
    whole["objects"]["parcels"]["geometries"].append({"type": "Polygon", "arcs": [[99]], "properties": {}})
    path = tmp_path / "a.topojson"
    path.write_text(json.dumps(whole), "utf-8")
    raw = open_source(path).read()
    assert unreadable(raw) == [2, 4]
    assert raw.attributes["code"].tolist() == ["0101", "0103"]


def test_collapsed_ring_is_invalid_not_lost(tmp_path: Path) -> None:
    whole = topology()
    whole["arcs"][0] = [[10, 10], [0, -10]]
    path = tmp_path / "a.topojson"
    path.write_text(json.dumps(whole), "utf-8")
    raw = open_source(path).read()
    assert unreadable(raw) == []
    assert not raw.geometry[0].is_valid
