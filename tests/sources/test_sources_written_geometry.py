"""Cells that hold a whole geometry: WKB and EWKB in hexadecimal, EWKT, GeoJSON; damaged ones are listed."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lantu.sources import open_source

if TYPE_CHECKING:
    from pathlib import Path

    from lantu.model import RawTable

PLACE = shapely.Point(117.5, 36.5)
SQUARE = shapely.box(0, 0, 1000, 1000)
SHAPES = (SQUARE, shapely.LineString([(0, 0), (1, 1)]), shapely.MultiPoint([(1, 2), (3, 4)]), shapely.Point())


def read(tmp_path: Path, cells: list[str], header: str = "geom") -> RawTable:
    with (tmp_path / "a.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["id", header], *([str(at), cell] for at, cell in enumerate(cells))])
    return open_source(tmp_path / "a.csv").read()


def code(raw: RawTable) -> int | None:
    return raw.crs.to_epsg() if raw.crs is not None else None


@pytest.mark.parametrize("header", ["geom", "WKB", "the_geom", "wkb_geometry", "SHAPE", "几何", "别的"])
@pytest.mark.parametrize("order", [0, 1])
def test_wkb_in_either_byte_order(tmp_path: Path, header: str, order: int) -> None:
    cells = [shapely.to_wkb(shape, hex=True, byte_order=order) for shape in SHAPES[:3]]
    raw = read(tmp_path, cells, header)
    assert all(shapely.equals(raw.geometry, SHAPES[:3]))
    assert raw.crs is None


@pytest.mark.parametrize("mark", ["", "0x", "\\x", "  "])
def test_marks_of_databases_before_the_digits(tmp_path: Path, mark: str) -> None:
    raw = read(tmp_path, [mark + shapely.to_wkb(SQUARE, hex=True).lower()])
    assert raw.geometry[0].equals(SQUARE)


def test_ewkb_and_ewkt_state_their_crs(tmp_path: Path) -> None:
    here = shapely.set_srid(SQUARE, 4527)
    raw = read(tmp_path, [shapely.to_wkb(here, hex=True, include_srid=True), "SRID=4527;POINT (1 2)", ""])
    assert [shape and shape.geom_type for shape in raw.geometry] == ["Polygon", "Point", None]
    assert code(raw) == 4527
    assert shapely.get_srid(raw.geometry[0]) == 0
    other = read(tmp_path, ["SRID=4527;POINT (1 2)", "SRID=4548;POINT (1 2)"])
    assert other.crs is None


def test_measures_are_dropped_and_heights_kept(tmp_path: Path) -> None:
    raw = read(tmp_path, ["01B90B0000" + "000000000000F03F" * 4, "01E9030000" + "000000000000F03F" * 3])
    assert shapely.get_coordinates(raw.geometry, include_z=True).tolist() == [[1, 1, 1], [1, 1, 1]]
    assert not shapely.has_m(raw.geometry).any()


@pytest.mark.parametrize("header", ["geojson", "geom", "the_geom", "别的"])
def test_geojson_text_is_in_degrees_where_its_numbers_can_be(tmp_path: Path, header: str) -> None:
    raw = read(tmp_path, [shapely.to_geojson(PLACE)], header)
    assert (raw.geometry[0], code(raw)) == (PLACE, 4326)
    metres = read(tmp_path, [shapely.to_geojson(SQUARE), shapely.to_geojson(PLACE)], header)
    assert metres.geometry[0].equals(SQUARE)
    assert metres.crs is None


def test_geojson_features_and_a_stated_crs(tmp_path: Path) -> None:
    member = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4548"}}
    stated = json.loads(shapely.to_geojson(SQUARE)) | {"crs": member}
    feature = {"type": "Feature", "properties": {}, "geometry": json.loads(shapely.to_geojson(SQUARE))}
    raw = read(tmp_path, [json.dumps(stated), json.dumps(feature)], "geojson")
    assert all(shape.equals(SQUARE) for shape in raw.geometry)
    assert code(raw) == 4548


@pytest.mark.parametrize(
    "cell",
    [
        shapely.to_wkb(SQUARE, hex=True)[:60],
        shapely.to_wkb(SQUARE, hex=True)[:-2] + "ZZ",
        "01FF000000" + "00" * 16,
        "0103000000FFFFFFFF" + "00" * 16,
        '{"type": "Polygon", "coordinates": [[[0, 0], [1',
        '{"type": "Polygon", "coordinates": "no"}',
        '{"type": "Feature", "geometry": 7}',
        "{}",
        "POLYGON ((0 0, 1 1",
        "nothing",
    ],
)
def test_a_damaged_cell_is_listed_and_costs_no_other(tmp_path: Path, cell: str) -> None:
    good = [shapely.to_wkb(SQUARE, hex=True), SQUARE.wkt, shapely.to_geojson(SQUARE)]
    raw = read(tmp_path, [*good, cell, ""])
    assert [shape is not None and shape.equals(SQUARE) for shape in raw.geometry] == [True, True, True, False]
    assert raw.problems["record"].tolist() == [4]
    assert raw.count_in == 5


@pytest.mark.parametrize(
    "cell",
    [
        "370306001001GB00001",
        "0101000000",
        "010100000000000000",
        "20260101",
        "{}",
        '{"type": "a"}',
        "deadbeef",
    ],
)
def test_numbers_and_keys_are_no_geometry(tmp_path: Path, cell: str) -> None:
    (tmp_path / "a.csv").write_text(
        "key,x,y\n" + f'"{cell.replace(chr(34), chr(34) * 2)}",1,2\n', encoding="utf-8"
    )
    raw = open_source(tmp_path / "a.csv").read()
    assert raw.geometry[0] == shapely.Point(1, 2)


def test_a_number_too_large_for_any_place_is_read_as_infinite(tmp_path: Path) -> None:
    raw = read(tmp_path, [SQUARE.wkt, "POINT (1e400 2)", "POINT (1e400"])
    assert raw.geometry[0].equals(SQUARE)
    assert raw.geometry[1].x == float("inf")
    assert raw.problems["kind"].tolist() == ["record_unreadable"]


WHOLE = st.sampled_from(
    [
        write(shape)
        for shape in SHAPES
        for write in (lambda one: shapely.to_wkb(one, hex=True), shapely.to_wkt, shapely.to_geojson)
    ]
)


@given(whole=WHOLE, data=st.data())
@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_done_to_a_cell_it_is_read_or_listed(tmp_path: Path, whole: str, data: Any) -> None:
    at = data.draw(st.integers(0, len(whole)))
    cell = whole[:at] + data.draw(st.text('0123456789abcdefxX{}[]":,()中 ', max_size=6)) + whole[at + 1 :]
    raw = read(tmp_path, [SQUARE.wkt, cell])
    assert raw.geometry[0].equals(SQUARE)
    assert raw.count_in == len(raw.record) + raw.problems["record"].nunique()
