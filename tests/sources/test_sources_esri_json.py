"""Esri's own JSON: geometries of each kind, the CRS, dates, aliases, and what is damaged or only a part."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lantu.errors import SourceError
from lantu.sources import NotedTable, open_source

if TYPE_CHECKING:
    from pathlib import Path

RING = [[0, 0], [0, 10], [10, 10], [10, 0], [0, 0]]
HOLE = [[2, 2], [4, 2], [4, 4], [2, 4], [2, 2]]
FAR = [[20, 0], [20, 5], [25, 5], [25, 0], [20, 0]]


def feature_set(*geometries: Any, **members: Any) -> dict[str, Any]:
    features = [{"attributes": {"BSM": at}, "geometry": one} for at, one in enumerate(geometries)]
    return {
        "displayFieldName": "BSM",
        "fieldAliases": {"BSM": "标识码"},
        "geometryType": "esriGeometryPolygon",
        "spatialReference": {"wkid": 4548, "latestWkid": 4548},
        "fields": [
            {"name": "BSM", "type": "esriFieldTypeInteger"},
            {"name": "D", "type": "esriFieldTypeDate"},
        ],
        "features": features,
    } | members


def read(tmp_path: Path, document: Any, suffix: str = ".json") -> NotedTable:
    path = tmp_path / f"a{suffix}"
    path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return open_source(path).read()


@pytest.mark.parametrize("suffix", [".json", ".geojson"])
def test_rings_are_nested_by_containment(tmp_path: Path, suffix: str) -> None:
    raw = read(tmp_path, feature_set({"rings": [RING, HOLE, FAR]}, {"rings": [HOLE[::-1]]}, None), suffix)
    assert raw.geometry[0].equals(shapely.MultiPolygon([shapely.Polygon(RING, [HOLE]), shapely.Polygon(FAR)]))
    assert raw.geometry[1].area == 4
    assert raw.geometry[2] is None
    assert raw.attributes["BSM"].tolist() == [0, 1, 2]
    assert raw.aliases == {"BSM": "标识码"}
    assert raw.crs is not None
    assert raw.crs.to_epsg() == 4548
    assert raw.driver == "ESRIJSON"


def test_points_lines_heights_and_measures(tmp_path: Path) -> None:
    geometries = [
        {"x": 1, "y": 2, "z": 3},
        {"x": "NaN", "y": "NaN"},
        {"paths": [[[0, 0, 5], [1, 1, 6]]], "hasZ": True},
        {"paths": [[[0, 0, 5], [1, 1, 6]]], "hasM": True},
        {"paths": [[[0, 0], [1, 1]], [[2, 2], [3, 3]]]},
        {"points": [[0, 0], [1, 1]]},
    ]
    raw = read(tmp_path, feature_set(*geometries))
    assert [None if shape is None else shape.wkt for shape in raw.geometry] == [
        "POINT (1 2)",
        None,
        "LINESTRING Z (0 0 5, 1 1 6)",
        "LINESTRING (0 0, 1 1)",
        "MULTILINESTRING ((0 0, 1 1), (2 2, 3 3))",
        "MULTIPOINT ((0 0), (1 1))",
    ]


@pytest.mark.parametrize(
    ("reference", "epsg"),
    [({"wkid": 102100, "latestWkid": 3857}, 3857), ({"wkid": 4490}, 4490), ({"wkid": 1}, None), ("?", None)],
)
def test_the_crs_is_the_newest_number_that_is_known(tmp_path: Path, reference: Any, epsg: int | None) -> None:
    raw = read(tmp_path, feature_set({"rings": [RING]}, spatialReference=reference))
    assert (raw.crs.to_epsg() if raw.crs is not None else None) == epsg


def test_dates_are_written_as_dates(tmp_path: Path) -> None:
    moments = [86_400_000, 90_000_000, None, "text", 10**40]
    document = feature_set()
    document["features"] = [{"attributes": {"D": one}} for one in moments]
    raw = read(tmp_path, document)
    expected = ["1970-01-02", "1970-01-02T01:00:00+00:00", None, "text"]
    assert raw.attributes["D"].tolist()[:4] == expected


@pytest.mark.parametrize(
    "bad",
    [
        {"rings": [[[0, 0], [1, 1]]]},
        {"rings": [[[0, 0], [1, "a"], [1, 1]]]},
        {"curveRings": [RING]},
        {"rings": "no"},
        {"paths": [[[0, 0]]]},
        {"paths": [[[0, None], [1, 1]]]},
        {"x": 1},
        {"x": 1e999, "y": 1},
        {"other": 1},
        7,
    ],
)
def test_a_damaged_geometry_costs_its_own_record_only(tmp_path: Path, bad: Any) -> None:
    raw = read(tmp_path, feature_set({"rings": [RING]}, bad, {"rings": [FAR]}))
    assert raw.record.tolist() == [1, 3]
    assert raw.problems["record"].tolist() == [2]
    assert raw.count_in == 3


def test_a_file_that_breaks_off_gives_what_stands_before_the_break(tmp_path: Path) -> None:
    text = json.dumps(feature_set({"rings": [RING]}, {"rings": [FAR]}, {"rings": [FAR]}))
    raw = read(tmp_path, text[: text.rindex("rings") + 20])
    assert raw.record.tolist() == [1, 2]
    assert raw.crs is not None
    assert raw.count_in == len(raw.record) + len(raw.problems) == 3


@pytest.mark.parametrize(
    ("members", "said"),
    [({"exceededTransferLimit": True}, "only a part"), ({"features": None}, "no set of features")],
)
def test_what_is_not_whole_is_refused(tmp_path: Path, members: dict[str, Any], said: str) -> None:
    with pytest.raises(SourceError, match=said):
        read(tmp_path, feature_set({"rings": [RING]}, **members))


@given(st.data())
@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_done_to_its_text_it_is_read_or_refused(tmp_path: Path, data: Any) -> None:
    text = json.dumps(feature_set({"rings": [RING, HOLE]}, {"x": 1, "y": 2}, {"paths": [RING]}))
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 40)))
    changed = text[:start] + data.draw(st.text('{}[]",:0aN\x00', max_size=5)) + text[end:]
    try:
        raw = read(tmp_path, changed)
    except SourceError:
        return
    assert raw.count_in == len(raw.record) + raw.problems["record"].nunique()


def test_a_feature_nested_5000_deep_costs_only_itself(tmp_path: Path) -> None:
    document = json.dumps(feature_set({"rings": [RING]}, {"rings": "DEEP"}, {"rings": [FAR]}))
    table = read(tmp_path, document.replace('"DEEP"', "[" * 5_000 + "]" * 5_000))
    assert (table.record.tolist(), table.count_in, len(table.problems)) == ([1, 3], 3, 1)
    assert table.crs is not None
