"""GeoPackage, FlatGeobuf, file geodatabase, GeoParquet: bulk reading, and what is rescued from damage."""

from __future__ import annotations

import json
import os
import sqlite3
import struct
import warnings
from contextlib import closing
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pyarrow.parquet as pq
import pytest
import shapely

from lantu.errors import SourceError
from lantu.sources import open_source

if TYPE_CHECKING:
    from pathlib import Path

    from lantu.model import RawTable

COUNT = 300


def squares(*, null: int | None = 3) -> gpd.GeoDataFrame:
    shapes = [shapely.box(number, 0, number + 1, 1) for number in range(COUNT)]
    codes = [f"{number:04d}" for number in range(COUNT)]
    frame = gpd.GeoDataFrame({"编号": codes, "n": range(COUNT)}, geometry=shapes, crs=4548)
    if null is not None:
        frame.loc[null, "geometry"] = None
    return frame


def write(frame: gpd.GeoDataFrame, path: Path, **options: Any) -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        frame.to_file(path, **options)
    return path


def unreadable(raw: RawTable) -> list[int]:
    assert raw.count_in == len(raw.geometry) + len(raw.problems)
    assert len(raw.geometry) == len(raw.attributes) == len(raw.record)
    return [int(record) for record in raw.problems["record"]]


def geopackage(tmp_path: Path, *statements: tuple[str, tuple[Any, ...]]) -> Path:
    """Write a GeoPackage and change it behind GDAL's back."""
    path = write(squares(), tmp_path / "a.gpkg", layer="地块")
    with closing(sqlite3.connect(path)) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        for statement, values in statements:
            connection.execute(statement, values)
        connection.commit()
    return path


def test_geopackage(tmp_path: Path) -> None:
    raw = open_source(geopackage(tmp_path)).read()
    assert (raw.layer, raw.driver, raw.count_in) == ("地块", "GPKG", COUNT)
    assert raw.attributes["编号"].tolist()[:2] == ["0000", "0001"]
    assert raw.geometry[3] is None
    assert unreadable(raw) == []
    assert raw.crs is not None
    assert raw.crs.to_epsg() == 4548
    assert raw.encoding_how == "format"


def test_geopackage_geometry_that_is_none_is_told_from_a_damaged_one(tmp_path: Path) -> None:
    path = geopackage(
        tmp_path,
        ('UPDATE "地块" SET geom = ? WHERE fid = 8', (b"GARBAGE",)),
        ('UPDATE "地块" SET geom = substr(geom, 1, 60) WHERE fid = 9', ()),
    )
    raw = open_source(path).read()
    assert unreadable(raw) == [8, 9]
    assert raw.geometry[3] is None
    assert len(raw.geometry) == COUNT - 2


def test_geopackage_with_deleted_rows_has_nothing_missing(tmp_path: Path) -> None:
    raw = open_source(geopackage(tmp_path, ('DELETE FROM "地块" WHERE fid IN (5, 6)', ()))).read()
    assert unreadable(raw) == []
    assert raw.count_in == COUNT - 2
    assert 5 not in raw.record


def test_geopackage_with_a_damaged_page_gives_the_rest(tmp_path: Path) -> None:
    path = geopackage(tmp_path)
    with closing(sqlite3.connect(path)) as connection:
        page = connection.execute("PRAGMA page_size").fetchone()[0]
    data = bytearray(path.read_bytes())
    place = data.find(b"0150") // page * page
    data[place : place + page] = bytes(page)
    path.write_bytes(bytes(data))
    raw = open_source(path).read()
    lost = unreadable(raw)
    assert raw.count_in == COUNT
    assert 0 < len(lost) < COUNT
    assert not set(lost) & set(raw.record.tolist())


@pytest.mark.parametrize("share", [0.1, 0.5])
def test_truncated_geopackage_is_an_error_or_accounts_for_itself(tmp_path: Path, share: float) -> None:
    path = geopackage(tmp_path)
    os.truncate(path, int(path.stat().st_size * share))
    with pytest.raises(SourceError, match=r"a\.gpkg"):
        open_source(path).read()


def test_not_a_database(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    path.write_bytes(b"hello world" * 100)
    with pytest.raises(SourceError, match="GeoPackage"):
        open_source(path)


def test_style_table_is_no_layer_that_could_be_meant(tmp_path: Path) -> None:
    path = geopackage(
        tmp_path,
        ("CREATE TABLE layer_styles (id INTEGER PRIMARY KEY, styleName TEXT)", ()),
        (
            "INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES (?, ?, ?)",
            ("layer_styles", "attributes", "styles"),
        ),
    )
    source = open_source(path)
    assert set(source.layers()) == {"地块", "layer_styles"}
    assert source.read().layer == "地块"


def test_layers_are_named_in_the_errors(tmp_path: Path) -> None:
    path = write(squares(), tmp_path / "a.gpkg", layer="parcels")
    write(squares(), path, layer="buildings")
    source = open_source(path)
    with pytest.raises(SourceError, match="parcels, buildings"):
        source.read()
    with pytest.raises(SourceError, match="Did you mean 'parcels'"):
        source.read("parcel")
    assert source.read("buildings").layer == "buildings"


def test_empty_layer_is_no_error(tmp_path: Path) -> None:
    raw = open_source(write(squares().iloc[:0], tmp_path / "a.gpkg")).read()
    assert raw.count_in == len(raw.geometry) == 0
    assert list(raw.attributes.columns) == ["编号", "n"]


def test_arcs_become_fine_chords(tmp_path: Path) -> None:
    ring = [(0.0, 0.0), (100.0, 100.0), (200.0, 0.0), (100.0, -100.0), (0.0, 0.0)]  # a circle of 100 m
    arc = struct.pack("<BII", 1, 8, len(ring)) + b"".join(struct.pack("<dd", *point) for point in ring)
    curve = struct.pack("<BII", 1, 10, 1) + arc
    blob = b"GP\x00\x01" + struct.pack("<i", 4548) + curve
    raw = open_source(geopackage(tmp_path, ('UPDATE "地块" SET geom = ? WHERE fid = 1', (blob,)))).read()
    circle = raw.geometry[0]
    assert circle.geom_type == "Polygon"
    assert circle.area == pytest.approx(np.pi * 100.0**2, rel=2e-5)
    assert circle.hausdorff_distance(shapely.Point(100, 0).buffer(100, quad_segs=4000)) < 0.01
    assert unreadable(raw) == []


def test_whole_numbers_with_gaps_stay_whole(tmp_path: Path) -> None:
    path = geopackage(
        tmp_path,
        ('UPDATE "地块" SET n = NULL WHERE fid = 2', ()),
        ('UPDATE "地块" SET n = 12345678901234567 WHERE fid = 3', ()),
    )
    column = open_source(path).read().attributes["n"]
    assert str(column.dtype) == "Int64"
    assert column.iloc[2] == 12345678901234567


@pytest.mark.parametrize("null", [None, 3])
def test_flatgeobuf(tmp_path: Path, null: int | None) -> None:
    raw = open_source(write(squares(null=null), tmp_path / "a.fgb", SPATIAL_INDEX="NO")).read()
    assert (raw.driver, raw.count_in) == ("FlatGeobuf", COUNT)
    assert unreadable(raw) == []
    assert raw.record.tolist() == list(range(1, COUNT + 1))
    assert (raw.geometry[3] is None) == (null is not None)


def test_truncated_flatgeobuf_gives_what_precedes_the_break(tmp_path: Path) -> None:
    path = write(squares(null=None), tmp_path / "a.fgb", SPATIAL_INDEX="NO")
    os.truncate(path, path.stat().st_size - 3000)
    raw = open_source(path).read()
    lost = unreadable(raw)
    assert raw.count_in == COUNT
    assert 0 < len(lost) < 40
    assert lost == list(range(COUNT - len(lost) + 1, COUNT + 1))


def test_file_geodatabase_and_one_that_breaks_off(tmp_path: Path) -> None:
    path = write(squares(), tmp_path / "a.gdb", driver="OpenFileGDB", layer="宗地")
    raw = open_source(path).read()
    assert (raw.layer, raw.driver, raw.count_in) == ("宗地", "OpenFileGDB", COUNT)
    assert raw.geometry[3] is None
    assert unreadable(raw) == []
    assert len(raw.files) > 5
    largest = max(path.glob("*.gdbtable"), key=lambda table: table.stat().st_size)
    os.truncate(largest, largest.stat().st_size - 1000)
    raw = open_source(path).read()
    assert raw.count_in == COUNT
    assert 0 < len(unreadable(raw)) < 40


def test_geoparquet(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    squares().to_parquet(path, write_covering_bbox=True)
    raw = open_source(path).read()
    assert list(raw.attributes.columns) == ["编号", "n"]
    assert raw.attributes["编号"].iloc[1] == "0001"
    assert raw.geometry[3] is None
    assert unreadable(raw) == []
    assert raw.crs is not None
    assert raw.crs.to_epsg() == 4548
    table = pq.read_table(path)
    blobs = [
        b"GARBAGE" if row == 7 else blob for row, blob in enumerate(table.column("geometry").to_pylist())
    ]
    place = table.schema.get_field_index("geometry")
    pq.write_table(table.set_column(place, table.schema.field(place), [blobs]), path)
    assert unreadable(open_source(path).read()) == [8]


@pytest.mark.parametrize(("crs", "epsg"), [("absent", 4326), (None, None)])
def test_geoparquet_crs(tmp_path: Path, crs: str | None, epsg: int | None) -> None:
    path = tmp_path / "a.parquet"
    squares().to_parquet(path)
    table = pq.read_table(path)
    described = json.loads(table.schema.metadata[b"geo"])
    described["columns"]["geometry"]["crs"] = None
    if crs == "absent":
        del described["columns"]["geometry"]["crs"]
    pq.write_table(table.replace_schema_metadata({b"geo": json.dumps(described).encode()}), path)
    found = open_source(path).read().crs
    assert (found and found.to_epsg()) == epsg


def test_native_geoparquet_encoding(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    squares(null=None).to_parquet(path, geometry_encoding="geoarrow", schema_version="1.1.0")
    raw = open_source(path).read()
    assert raw.geometry[0].equals(shapely.box(0, 0, 1, 1))
    assert unreadable(raw) == []


def test_plain_parquet_and_damage(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    squares().drop(columns="geometry").to_parquet(path)
    assert open_source(path).read(geometry=False).count_in == COUNT
    with pytest.raises(SourceError, match="编号"):
        open_source(path).read()
    os.truncate(path, 500)
    with pytest.raises(SourceError, match="damaged"):
        open_source(path).read()
