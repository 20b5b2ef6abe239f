"""Plain tables: text stays text, geometry comes out of columns, survey order is recognised."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from lantu.errors import SourceError
from lantu.sources import notes_of, open_source
from lantu.sources.coordinates import numbers_of

if TYPE_CHECKING:
    from pathlib import Path

    from lantu.model import RawTable


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def points(raw: RawTable) -> list[Any]:
    return [None if shape is None else tuple(shape.coords[0]) for shape in raw.geometry]


def read(tmp_path: Path, text: str, **options: Any) -> RawTable:
    return open_source(write(tmp_path / "a.csv", text)).read(**options)


def test_cells_stay_the_text_they_are(tmp_path: Path) -> None:
    raw = read(tmp_path, 'code,n,empty,quoted,wkt\n0101,1.50,,"a, ""b""\nc",POINT (1 2)\nNA,NULL,nan,,\n')
    assert raw.attributes["code"].tolist() == ["0101", "NA"]
    assert raw.attributes["n"].tolist() == ["1.50", "NULL"]
    assert raw.attributes["empty"].tolist() == [None, "nan"]
    assert raw.attributes["quoted"].tolist() == ['a, "b"\nc', None]
    assert points(raw) == [(1.0, 2.0), None]
    assert raw.record.tolist() == [1, 2]


@pytest.mark.parametrize(
    ("encoding", "named"),
    [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8"), ("gbk", "GB18030"), ("utf-16", "UTF-16")],
)
def test_encodings(tmp_path: Path, encoding: str, named: str) -> None:
    text = "地块编号,规划用地性质,WKT\n甲-01,二类居住用地,POINT (1 2)\n"
    raw = open_source(write(tmp_path / "a.csv", text, encoding)).read()
    assert raw.attributes["规划用地性质"].tolist() == ["二类居住用地"]
    assert raw.attributes.columns[0] == "地块编号"
    assert (raw.encoding, raw.encoding_how) == (named, "detected")


@pytest.mark.parametrize(
    "text", ["a;x;y\n1,5;2;3\n", "a\tx\ty\n1,5\t2\t3\n", "a|x|y\n1,5|2|3\n", "sep=;\na;x;y\n1,5;2;3\n"]
)
def test_delimiters(tmp_path: Path, text: str) -> None:
    raw = read(tmp_path, text)
    assert raw.attributes["a"].tolist() == ["1,5"]
    assert points(raw) == [(2.0, 3.0)]


def test_rows_of_other_lengths(tmp_path: Path) -> None:
    raw = read(tmp_path, "a,x,y\n1,2,3\n\n1,2,3,4\n5,6,7,,\n8\n")
    assert raw.attributes["a"].tolist() == ["1", "5", "8"]
    assert points(raw) == [(2.0, 3.0), (6.0, 7.0), None]
    assert raw.problems["record"].tolist() == [2]
    assert raw.count_in == 4


def test_repeated_and_empty_headers(tmp_path: Path) -> None:
    raw = read(tmp_path, "a,a,,x,y\n1,2,3,4,5\n")
    assert list(raw.attributes.columns) == ["a", "a_2", "field_3", "x", "y"]


def test_wkt_that_does_not_parse_is_listed(tmp_path: Path) -> None:
    text = 'id,geom\n1,POINT (1 2)\n2,POLYGON non wkt\n3,"POLYGON ((0 0, 1 1, 1 0))"\n4,\n5,POINT Z (1 2 3)\n'
    raw = read(tmp_path, text)
    assert raw.problems["record"].tolist() == [2, 3]
    assert raw.problems["raw"].iloc[0] == "POLYGON non wkt"
    assert "closed" in raw.problems["detail"].iloc[1].text("en")
    assert raw.attributes["id"].tolist() == ["1", "4", "5"]
    assert points(raw) == [(1.0, 2.0), None, (1.0, 2.0, 3.0)]
    assert raw.crs is None


def test_srid_of_extended_wkt(tmp_path: Path) -> None:
    raw = read(tmp_path, "id,anything\n1,SRID=4548;POINT (1 2)\n2,SRID=4548;POINT (3 4)\n")
    assert raw.crs is not None
    assert raw.crs.to_epsg() == 4548
    assert points(raw) == [(1.0, 2.0), (3.0, 4.0)]


def test_very_long_wkt(tmp_path: Path) -> None:
    ring = ", ".join(f"{number} {number % 7}" for number in range(50_000))
    raw = read(tmp_path, f'id,wkt\n1,"LINESTRING ({ring})"\n')
    assert len(raw.geometry[0].coords) == 50_000


EAST, NORTH = "577000.5", "4074000.25"
ZONED = "39577000.5"


@pytest.mark.parametrize(
    ("header", "row", "expected"),
    [
        ("lon,lat", "117.8,36.8", (117.8, 36.8)),
        ("纬度,经度", "36.8,117.8", (117.8, 36.8)),
        ("Latitude,Longitude", "36.8,117.8", (117.8, 36.8)),
        ("easting,northing", f"{EAST},{NORTH}", (577000.5, 4074000.25)),
        ("Northing,Easting", f"{NORTH},{EAST}", (577000.5, 4074000.25)),
        ("纵坐标,横坐标", f"{NORTH},{ZONED}", (39577000.5, 4074000.25)),
        ("横坐标,纵坐标", f"{EAST},{NORTH}", (577000.5, 4074000.25)),
        ("纵坐标(X),横坐标(Y)", "500.0,300.0", (300.0, 500.0)),
        ("X坐标,Y坐标", f"{NORTH},{ZONED}", (39577000.5, 4074000.25)),
        ("X坐标,Y坐标", f"{NORTH},{EAST}", (577000.5, 4074000.25)),
        ("X坐标(m),Y坐标(m)", f"{EAST},{NORTH}", (577000.5, 4074000.25)),
        ("X坐标,Y坐标", "500.0,300.0", (300.0, 500.0)),  # a local grid: as surveying writes it
        ("X坐标,Y坐标", "117.8,36.8", (117.8, 36.8)),
        ("X坐标,Y坐标", "36.8,117.8", (117.8, 36.8)),
        ("X坐标,Y坐标", "2.3,48.8", (2.3, 48.8)),  # degrees that do not tell
        ("x,y", f"{EAST},{NORTH}", (577000.5, 4074000.25)),
        ("x,y", "36.8,117.8", (36.8, 117.8)),  # declared so; where it lands is for the CRS check to say
        ("X,Y", f"{NORTH},{ZONED}", (39577000.5, 4074000.25)),
        ("POINT_X,POINT_Y", f"{EAST},{NORTH}", (577000.5, 4074000.25)),
        ("x,y,z", "1,2,3", (1.0, 2.0, 3.0)),
        ("中心纬度,中心经度", "36.8,117.8", (117.8, 36.8)),
        ("site_latitude,site_longitude", "36.8,117.8", (117.8, 36.8)),
        ("B(°),L(°)", "36.8,117.8", (117.8, 36.8)),
        ("X(北),Y(东)", f"{NORTH},{EAST}", (577000.5, 4074000.25)),
        ("东坐标,北坐标,高程", "1,2,", (1.0, 2.0)),
    ],
)
def test_which_column_is_east(tmp_path: Path, header: str, row: str, expected: tuple[float, ...]) -> None:
    assert points(read(tmp_path, f"{header}\n{row}\n")) == [expected]


def test_how_survey_columns_were_read_is_said(tmp_path: Path) -> None:
    raw = read(tmp_path, f"点号,X坐标,Y坐标\nJ1,{NORTH},{ZONED}\n")
    assert (
        notes_of(raw)[0].text("en")
        == "read as surveying writes it: X坐标 is the northing, Y坐标 the easting."
    )
    assert not notes_of(read(tmp_path, "lon,lat\n1,2\n"))


def test_positions_that_are_no_numbers_are_listed(tmp_path: Path) -> None:
    raw = read(tmp_path, 'id,x,y\n1,１２.５,3\n2,约3米,4\n3,,\n4,5,\n5,inf,1\n6," 1,234.5 ",2\n')
    assert raw.problems["record"].tolist() == [2, 4, 5]
    assert points(raw) == [(12.5, 3.0), None, (1234.5, 2.0)]
    assert raw.count_in == 6


def test_degrees_minutes_seconds() -> None:
    texts = pd.Series(
        ["117°52′12″", "36度48分0秒", "117°52′12.5″E", "7°30'S", "12°", None, "", "1_0", "1,5"], dtype=object
    )
    expected = [117.87, 36.8, 117 + 52 / 60 + 12.5 / 3600, -7.5, np.nan, np.nan, np.nan, np.nan, np.nan]
    np.testing.assert_allclose(numbers_of(texts), expected, rtol=1e-12)


def test_no_geometry_is_an_error_only_where_it_is_asked_for(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "ML,UseCode\n1-2,0101\n")
    with pytest.raises(SourceError, match="ML, UseCode"):
        open_source(path).read()
    raw = open_source(path).read(geometry=False)
    assert raw.attributes["UseCode"].tolist() == ["0101"]
    assert raw.geometry.tolist() == [None]


def test_header_only_is_an_empty_layer(tmp_path: Path) -> None:
    raw = read(tmp_path, "id,lon,lat\n")
    assert raw.count_in == len(raw.geometry) == 0
    assert list(raw.attributes.columns) == ["id", "lon", "lat"]


def test_undecodable_cell_is_listed_and_its_row_kept(tmp_path: Path) -> None:
    rows = "".join(f"第{number}号,1,2\n" for number in range(20)).encode()
    path = tmp_path / "a.csv"
    path.write_bytes("名称,x,y\n".encode() + rows + b"\xff\xfe,3,4\n")
    raw = open_source(path).read()
    assert raw.encoding == "UTF-8"
    assert len(raw.geometry) == raw.count_in == 21
    assert raw.problems[["kind", "record", "column"]].to_numpy().tolist() == [
        ["value_unreadable", 21, "名称"]
    ]


def test_excel_sheets(tmp_path: Path) -> None:
    path = tmp_path / "界址.xlsx"
    frame = pd.DataFrame(
        {
            "点号": ["J1", "J2"],
            "X坐标": [4074000.25, 4074001.0],
            "Y坐标": [39577000.5, 39577001.0],
            "DLBM": ["0101", None],
            "n": [1, 2],
        }
    )
    with pd.ExcelWriter(path, engine="openpyxl") as writer:
        frame.to_excel(writer, sheet_name="一村", index=False)
        frame.iloc[:0].to_excel(writer, sheet_name="二村", index=False)
    source = open_source(path)
    assert source.layers() == ("一村", "二村")
    raw = source.read("一村")
    assert points(raw) == [(39577000.5, 4074000.25), (39577001.0, 4074001.0)]
    assert raw.attributes["DLBM"].tolist() == ["0101", None]
    assert raw.attributes["n"].tolist() == [1, 2]
    assert raw.record.tolist() == [1, 2]
    empty = source.read("二村")
    assert empty.count_in == 0
    assert list(empty.attributes.columns) == list(frame.columns)
    with pytest.raises(SourceError, match="一村, 二村"):
        source.read()


def test_excel_rows_without_numbers_are_listed(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    pd.DataFrame({"lon": ["117.5", "abc"], "lat": ["36.5", "36.6"]}).to_excel(
        path, index=False, engine="openpyxl"
    )
    raw = open_source(path).read()
    assert raw.problems["record"].tolist() == [2]
    assert points(raw) == [(117.5, 36.5)]


@pytest.mark.parametrize("title", ["某区地块一览表,,\n", "某区地块一览表\n\n制表单位：自然资源局\n"])
def test_a_csv_with_a_title_above_its_header(tmp_path: Path, title: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(title + "编号,类型,经度,纬度\nA1,甲,117.5,36.8\nA2,乙,117.6,36.9\n", encoding="gbk")
    raw = open_source(path).read()
    assert raw.attributes["编号"].tolist() == ["A1", "A2"]
    assert raw.record.tolist() == [1, 2]
    assert "sources.header_below" in {note.key for note in notes_of(raw)}


def test_one_heading_above_values_is_no_title(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("wkt\nPOINT (1 2)\n", encoding="utf-8")
    assert open_source(path).read().geometry[0].wkt == "POINT (1 2)"
    path.write_text("code\n1,2\n", encoding="utf-8")
    assert open_source(path).read(geometry=False).attributes.columns.tolist() == ["code"]
