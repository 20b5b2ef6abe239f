"""Shapefiles, whole and damaged: good features come out, bad ones are listed."""

from __future__ import annotations

import os
import shutil
import struct
import warnings
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from lantu.errors import SourceError
from lantu.model import ProblemKind, RawTable
from lantu.sources import notes_of, open_source

if TYPE_CHECKING:
    from pathlib import Path

SQUARES = [shapely.box(number, 0, number + 1, 1) for number in range(5)]


def write(path: Path, *, encoding: str = "GBK", keep_cpg: bool = True, **columns: list[Any]) -> Path:
    """Write five squares, the fourth a null shape."""
    columns = columns or {"ZDDM": ["01", "02", "03", None, "05"], "名称": ["甲", "乙", "丙", "丁", "戊"]}
    frame = gpd.GeoDataFrame(columns, geometry=SQUARES, crs=4548)
    frame.loc[3, "geometry"] = None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        frame.to_file(path, encoding=encoding)
    if not keep_cpg:
        path.with_suffix(".cpg").unlink()
    return path


def damage(path: Path, place: int, data: bytes) -> None:
    content = bytearray(path.read_bytes())
    content[place : place + len(data)] = data
    path.write_bytes(content)


def record_start(path: Path, record: int) -> int:
    index = path.with_suffix(".shx").read_bytes()
    return int(struct.unpack_from(">i", index, 100 + 8 * (record - 1))[0]) * 2


def unreadable(raw: RawTable) -> list[int]:
    rows = raw.problems[raw.problems["kind"] == ProblemKind.RECORD_UNREADABLE]
    assert raw.count_in == len(raw.geometry) + len(rows)
    assert len(raw.geometry) == len(raw.attributes) == len(raw.record)
    return [int(record) for record in rows["record"]]


def test_reads_all_records_as_delivered(tmp_path: Path) -> None:
    raw = open_source(write(tmp_path / "宗地.shp")).read()
    assert raw.layer == "宗地"
    assert raw.driver == "ESRI Shapefile"
    assert raw.attributes["ZDDM"].tolist() == ["01", "02", "03", None, "05"]
    assert raw.attributes["名称"].tolist() == ["甲", "乙", "丙", "丁", "戊"]
    assert raw.record.tolist() == [1, 2, 3, 4, 5]
    assert raw.geometry[3] is None
    assert shapely.equals(raw.geometry[[0, 1, 2, 4]], np.array(SQUARES)[[0, 1, 2, 4]]).all()
    assert raw.crs is not None
    assert raw.crs.to_epsg() == 4548
    assert (raw.encoding, raw.encoding_how) == ("GBK", "cpg")
    assert [path.suffix for path in raw.files] == [".cpg", ".dbf", ".prj", ".shp", ".shx"]
    assert not len(raw.problems)


def test_null_shape_is_not_damage(tmp_path: Path) -> None:
    raw = open_source(write(tmp_path / "a.shp")).read()
    assert unreadable(raw) == []
    assert raw.geometry[3] is None


def test_numbers_stay_numbers_and_whole(tmp_path: Path) -> None:
    path = write(tmp_path / "a.shp", N=[1, 2, 3, 4, 12345678901234567], F=[1.5, 2.5, 3.5, 4.5, 5.5])
    raw = open_source(path).read()
    assert raw.attributes["N"].tolist()[4] == 12345678901234567
    assert raw.attributes["F"].tolist() == [1.5, 2.5, 3.5, 4.5, 5.5]


def test_truncated_shp_keeps_what_is_before_the_break(tmp_path: Path) -> None:
    path = write(tmp_path / "a.shp")
    os.truncate(path, record_start(path, 3) + 60)
    raw = open_source(path).read()
    assert unreadable(raw) == [3, 4, 5]
    assert raw.attributes["ZDDM"].tolist() == ["01", "02"]
    assert "breaks off" in raw.problems["detail"].iloc[0].text("en")


@pytest.mark.parametrize(
    ("offset", "data"),
    [
        (8, struct.pack("<i", 99)),  # a shape type that does not exist
        (44, struct.pack("<i", 999_999)),  # more parts than there can be
        (48, struct.pack("<i", -5)),  # a negative number of points
        (56, struct.pack("<d", 1.5)),  # the first position moved: the ring is not closed
        (56, struct.pack("<d", float("nan"))),
    ],
)
def test_one_bad_polygon_costs_only_itself(tmp_path: Path, offset: int, data: bytes) -> None:
    path = write(tmp_path / "a.shp")
    damage(path, record_start(path, 2) + offset, data)
    raw = open_source(path).read()
    assert unreadable(raw) == [2]
    assert raw.record.tolist() == [1, 3, 4, 5]
    assert raw.attributes["ZDDM"].tolist() == ["01", "03", None, "05"]
    assert raw.problems["detail"].iloc[0].text("zh")


def test_index_entry_beyond_the_file(tmp_path: Path) -> None:
    path = write(tmp_path / "a.shp")
    damage(path.with_suffix(".shx"), 108, struct.pack(">i", 2**30))
    assert unreadable(open_source(path).read()) == [2]


def test_missing_index_is_rebuilt_without_touching_the_files(tmp_path: Path) -> None:
    path = write(tmp_path / "a.shp")
    whole = open_source(path).read()
    path.with_suffix(".shx").unlink()
    before = sorted(entry.name for entry in tmp_path.iterdir())
    raw = open_source(path).read()
    assert unreadable(raw) == []
    assert raw.attributes.equals(whole.attributes)
    assert [shape and shape.wkt for shape in raw.geometry] == [
        shape and shape.wkt for shape in whole.geometry
    ]
    assert raw.crs == whole.crs
    assert sorted(entry.name for entry in tmp_path.iterdir()) == before
    assert "rebuilt" in notes_of(raw)[0].text("en")


def test_rebuilt_index_equals_the_original(tmp_path: Path) -> None:
    from lantu.sources.shapes import read_shape_index

    path = write(tmp_path / "a.shp")
    original = path.with_suffix(".shx").read_bytes()
    index = read_shape_index(path, None)
    assert index.rebuilt
    assert index.shx_bytes(path.read_bytes()[:100]) == original


def test_missing_table_leaves_the_shapes(tmp_path: Path) -> None:
    path = write(tmp_path / "a.shp")
    path.with_suffix(".dbf").unlink()
    raw = open_source(path).read()
    assert unreadable(raw) == []
    assert len(raw.geometry) == 5
    assert list(raw.attributes.columns) == []
    assert "missing" in notes_of(raw)[0].text("en")


def test_short_table_lists_the_shapes_without_a_row(tmp_path: Path) -> None:
    path = write(tmp_path / "a.shp")
    table = path.with_suffix(".dbf")
    width = struct.unpack_from("<H", table.read_bytes(), 10)[0]
    os.truncate(table, table.stat().st_size - 2 * width)
    raw = open_source(path).read()
    assert unreadable(raw) == [4, 5]
    assert raw.attributes["ZDDM"].tolist() == ["01", "02", "03"]


def test_rows_without_a_shape_are_listed(tmp_path: Path) -> None:
    path, longer = write(tmp_path / "a.shp"), tmp_path / "b.shp"
    frame = gpd.GeoDataFrame({"ZDDM": list("abcdefg")}, geometry=[shapely.box(0, 0, 1, 1)] * 7, crs=4548)
    frame.to_file(longer)
    shutil.copy(longer.with_suffix(".dbf"), path.with_suffix(".dbf"))
    assert unreadable(open_source(path).read()) == [6, 7]


def test_deleted_records_are_no_features_and_keep_numbering(tmp_path: Path) -> None:
    path = write(tmp_path / "a.shp")
    start, width = struct.unpack_from("<HH", path.with_suffix(".dbf").read_bytes(), 8)
    damage(path.with_suffix(".dbf"), start + width, b"*")
    raw = open_source(path).read()
    assert unreadable(raw) == []
    assert raw.count_in == 4
    assert raw.record.tolist() == [1, 3, 4, 5]
    assert raw.attributes["名称"].tolist() == ["甲", "丙", "丁", "戊"]


@pytest.mark.parametrize("encoding", ["UTF-8", "GBK", "GB18030"])
def test_text_without_cpg_is_recognised(tmp_path: Path, encoding: str) -> None:
    path = write(tmp_path / "a.shp", encoding=encoding, keep_cpg=False)
    damage(path.with_suffix(".dbf"), 29, b"\0")
    raw = open_source(path).read()
    assert raw.attributes["名称"].tolist() == ["甲", "乙", "丙", "丁", "戊"]
    assert raw.encoding == ("UTF-8" if encoding == "UTF-8" else "GB18030")
    assert raw.encoding_how == "detected"


def test_language_byte_is_obeyed(tmp_path: Path) -> None:
    path = write(tmp_path / "a.shp", keep_cpg=False)
    damage(path.with_suffix(".dbf"), 29, b"\x4d")
    raw = open_source(path).read()
    assert (raw.encoding, raw.encoding_how) == ("GBK", "ldid")
    assert raw.attributes["名称"].tolist()[0] == "甲"


@pytest.mark.parametrize(("real", "stated"), [("GBK", "UTF-8"), ("UTF-8", "GBK"), ("UTF-8", "936")])
def test_cpg_that_contradicts_the_bytes_is_overruled_aloud(tmp_path: Path, real: str, stated: str) -> None:
    names = ["周村区", "张店区", "淄川区", "博山区", "临淄区"]
    path = write(tmp_path / "a.shp", encoding=real, NAME=names)
    path.with_suffix(".cpg").write_text(stated)
    raw = open_source(path).read()
    assert raw.attributes["NAME"].tolist() == names
    assert raw.encoding_how == "detected"
    assert stated in notes_of(raw)[0].text("en")
    assert stated in notes_of(raw)[0].text("zh")


def test_declared_encoding_wins(tmp_path: Path) -> None:
    path = write(tmp_path / "a.shp", encoding="UTF-8", NAME=["周村区"] * 5)
    raw = open_source(path, encoding="GBK").read()
    assert (raw.encoding, raw.encoding_how) == ("GBK", "declared")
    assert raw.attributes["NAME"].iloc[0] != "周村区"
    with pytest.raises(SourceError, match="GKB"):
        open_source(path, encoding="GKB").read()


def test_character_cut_by_the_field_width_is_dropped(tmp_path: Path) -> None:
    path = write(tmp_path / "a.shp", encoding="UTF-8", keep_cpg=False, NAME=["王" * 90] * 5)
    raw = open_source(path).read()
    assert raw.encoding == "UTF-8"
    assert raw.attributes["NAME"].iloc[0] == "王" * 84  # 254 bytes hold 84 characters and two thirds
    assert not len(raw.problems)


def test_undecodable_value_keeps_its_feature_and_is_listed(tmp_path: Path) -> None:
    names = [f"地块{number}号" for number in range(5)]
    path = write(tmp_path / "a.shp", encoding="UTF-8", NAME=names)
    table = path.with_suffix(".dbf").read_bytes()
    damage(path.with_suffix(".dbf"), table.index("地块2".encode()), b"\xff")
    raw = open_source(path, encoding="UTF-8").read()
    assert unreadable(raw) == []
    assert raw.attributes["NAME"].iloc[[0, 4]].tolist() == ["地块0号", "地块4号"]
    listed = raw.problems.iloc[0]
    assert (listed["kind"], listed["record"], listed["column"]) == ("value_unreadable", 3, "NAME")
    assert "\ufffd" in listed["raw"]


def test_field_names_cut_to_the_same_name_are_kept_apart(tmp_path: Path) -> None:
    path = write(tmp_path / "a.shp", AAAAAAAAA1=list("abcde"), AAAAAAAAA2=list("fghij"))
    damage(path.with_suffix(".dbf"), 64, b"AAAAAAAAA1")
    raw = open_source(path).read()
    assert raw.attributes["AAAAAAAAA1"].tolist() == list("abcde")
    assert raw.attributes["AAAAAAAAA1_2"].tolist() == list("fghij")


def test_no_features_is_no_error(tmp_path: Path) -> None:
    path = tmp_path / "a.shp"
    frame = gpd.GeoDataFrame({"ZDDM": ["1"]}, geometry=[SQUARES[0]], crs=4548)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        frame.iloc[:0].to_file(path)
    raw = open_source(path).read()
    assert raw.count_in == len(raw.geometry) == 0
    assert list(raw.attributes.columns) == ["ZDDM"]


def test_heights_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.shp"
    gpd.GeoDataFrame({"a": [1]}, geometry=[shapely.Point(1, 2, 3.5)], crs=4548).to_file(path)
    assert open_source(path).read().geometry[0].wkt == "POINT Z (1 2 3.5)"


def test_upper_case_companions(tmp_path: Path) -> None:
    path = write(tmp_path / "a.shp")
    for suffix in (".shp", ".shx", ".dbf", ".prj", ".cpg"):
        path.with_suffix(suffix).rename(tmp_path / f"A{suffix.upper()}")
    raw = open_source(tmp_path / "A.SHP").read()
    assert raw.attributes["名称"].iloc[0] == "甲"
    assert raw.crs is not None
    assert len(raw.files) == 5


def test_header_cut_off_is_an_error(tmp_path: Path) -> None:
    path = write(tmp_path / "a.shp")
    os.truncate(path, 50)
    with pytest.raises(SourceError, match="header"):
        open_source(path).read()


def test_table_alone_has_no_geometry_but_attributes(tmp_path: Path) -> None:
    path = write(tmp_path / "a.shp")
    path.unlink()
    with pytest.raises(SourceError, match="geometry"):
        open_source(path.with_suffix(".dbf")).read()
    raw = open_source(path.with_suffix(".dbf")).read(geometry=False)
    assert raw.attributes["名称"].tolist() == ["甲", "乙", "丙", "丁", "戊"]
    assert raw.geometry.tolist() == [None] * 5
