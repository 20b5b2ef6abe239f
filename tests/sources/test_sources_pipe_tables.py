"""Pipe survey tables: both ends of a line in one row, and lines that name points of another table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lantu.errors import SourceError
from lantu.model import EndPointsSpec, ProblemKind
from lantu.sources import notes_of, open_source, read_between_points

if TYPE_CHECKING:
    from pathlib import Path

    from lantu.model import RawTable

LINES = """管线编号,起点点号,终点点号,起点埋深,终点埋深,管径,材质
G1,JS1,JS2,1.20,1.30,300,铸铁
G2,JS2,JS3,1.30,1.10,DN200,PE
"""
POINTS = """物探点号,X,Y,地面高程,埋深,特征
JS1,4074000.00,577000.00,52.10,1.20,阀门
JS2,4074030.00,577040.00,52.00,1.30,三通
JS3,4074030.00,577100.00,51.80,1.10,弯头
"""


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def read(tmp_path: Path, text: str) -> RawTable:
    return open_source(write(tmp_path / "管线.csv", text)).read()


def between(tmp_path: Path, lines: str = LINES, points: str = POINTS, **options: Any) -> tuple[Any, Any]:
    write(tmp_path / "点.csv", points)
    given = {"on": ("起点点号", "终点点号"), "table_key": "物探点号"} | options
    ends = EndPointsSpec(path=tmp_path / "点.csv", **given)
    return read_between_points(write(tmp_path / "线.csv", lines), ends)


def coordinates(raw: RawTable) -> list[Any]:
    return [None if shape is None else list(shape.coords) for shape in raw.geometry]


def reasons(raw: RawTable) -> dict[int, str]:
    bad = raw.problems[raw.problems["kind"] == ProblemKind.RECORD_UNREADABLE]
    return {record: detail.text("en") for record, detail in zip(bad["record"], bad["detail"], strict=True)}


def require_counted(raw: RawTable) -> None:
    assert raw.count_in == len(raw.record) + len(reasons(raw)) == len(raw.geometry) + len(reasons(raw))
    assert len(raw.attributes) == len(raw.record)


@pytest.mark.parametrize(
    "header",
    [
        "起点X,起点Y,终点X,终点Y",
        "起点X坐标(m),起点Y坐标(m),终点X坐标(m),终点Y坐标(m)",
        "X起点,Y起点,X终点,Y终点",
        "QDX,QDY,ZDX,ZDY",
        "起点_纵坐标,起点_横坐标,终点_纵坐标,终点_横坐标",
        "起始点X,起始点Y,终止点X,终止点Y",
        "起点北坐标,起点东坐标,止点北坐标,止点东坐标",
        "start_northing,start_easting,end_northing,end_easting",
    ],
)
def test_survey_headers_put_the_northing_first(tmp_path: Path, header: str) -> None:
    raw = read(tmp_path, f"管线编号,{header}\nG1,4074000,577000,4074030,577040\n")
    assert coordinates(raw) == [[(577000, 4074000), (577040, 4074030)]]
    assert raw.attributes["管线编号"].tolist() == ["G1"]


@pytest.mark.parametrize(
    "header",
    [
        "START_X,START_Y,END_X,END_Y",
        "StartX,StartY,EndX,EndY",
        "X_START,Y_START,X_END,Y_END",
        "FROM_X,FROM_Y,TO_X,TO_Y",
        "S_X,S_Y,E_X,E_Y",
        "起点东坐标,起点北坐标,终点东坐标,终点北坐标",
        "Start X Coordinate,Start Y Coordinate,End X Coordinate,End Y Coordinate",
        "start_lon,start_lat,end_lon,end_lat",
    ],
)
def test_headers_of_other_programs_put_the_easting_first(tmp_path: Path, header: str) -> None:
    raw = read(tmp_path, f"id,{header}\nG1,5770,40740,5770.5,40790\n")
    assert coordinates(raw) == [[(5770, 40740), (5770.5, 40790)]]


def test_a_zone_prefix_says_which_is_the_easting_and_it_is_noted(tmp_path: Path) -> None:
    raw = read(tmp_path, "id,START_X,START_Y,END_X,END_Y\n1,4074000,39577000,4074030,39577040\n")
    assert coordinates(raw) == [[(39577000, 4074000), (39577040, 4074030)]]
    assert "START_Y、END_Y" in " ".join(note.text("en") for note in notes_of(raw))


def test_rows_that_are_no_line_are_listed_with_the_reason(tmp_path: Path) -> None:
    raw = read(
        tmp_path,
        "id,起点X,起点Y,终点X,终点Y\n"
        "a,4074000,577000,4074030,577040\n"
        "b,4074000,577000,4074000,577000\n"
        "c,4074000,无,4074030,577040\n"
        "d,,,,\n"
        "e,4074000,577000,,\n",
    )
    assert raw.attributes["id"].tolist() == ["a", "d"]
    assert coordinates(raw)[1] is None
    assert sorted(reasons(raw)) == [2, 3, 5]
    assert "makes no line" in reasons(raw)[2]
    require_counted(raw)


@pytest.mark.parametrize(
    "header", ["start,end,x,y", "start_date,end_date,x,y", "起点埋深,终点埋深,x,y", "s,e,x,y", "from,to,x,y"]
)
def test_other_columns_of_start_and_end_leave_points_points(tmp_path: Path, header: str) -> None:
    raw = read(tmp_path, f"{header}\n1,2,3,4\n")
    assert raw.geometry[0].geom_type == "Point"


def test_lines_are_built_from_the_points_that_they_name(tmp_path: Path) -> None:
    raw, count = between(tmp_path)
    assert coordinates(raw) == [
        [(577000, 4074000), (577040, 4074030)],
        [(577040, 4074030), (577100, 4074030)],
    ]
    assert raw.attributes["管径"].tolist() == ["300", "DN200"]
    assert raw.attributes["start.埋深"].tolist() == ["1.20", "1.30"]
    assert raw.attributes["end.地面高程"].tolist() == ["52.00", "51.80"]
    assert (count.joined, count.without_row, count.rows_unused, count.keys_repeated) == (2, 0, 0, 0)
    assert {file.name for file in raw.files} == {"线.csv", "点.csv"}
    require_counted(raw)


def test_lines_whose_points_are_missing_are_listed(tmp_path: Path) -> None:
    lines = LINES + "G3,JS3,JS9,1,1,100,PE\nG4,,JS1,1,1,100,PE\nG5,JS1,JS1,1,1,100,PE\nG6,JS4,JS1,1,1,1,PE\n"
    points = POINTS + "JS4,,,52,1,井\nJS7,4074000,577500,52,1,井\n"
    raw, count = between(tmp_path, lines, points)
    found = reasons(raw)
    assert raw.attributes["管线编号"].tolist() == ["G1", "G2"]
    assert "no JS9, which '终点点号' names" in found[3]
    assert "'起点点号' is empty" in found[4]
    assert "makes no line" in found[5]
    assert "JS4" in found[6]
    assert "no readable position" in found[6]
    assert (count.joined, count.without_row, count.rows_unused) == (2, 4, 1)
    require_counted(raw)


def test_a_point_in_two_places_builds_no_line_and_one_said_twice_does(tmp_path: Path) -> None:
    raw, count = between(tmp_path, points=POINTS + "JS1,4074000.00,577000.00,,,\nJS3,4074031,577100,,,\n")
    assert raw.attributes["管线编号"].tolist() == ["G1"]
    assert "2 times in different places" in reasons(raw)[2]
    assert count.keys_repeated == 2
    require_counted(raw)


def test_numbers_that_count_j1_are_points_of_a_pipe_and_no_boundary(tmp_path: Path) -> None:
    text = POINTS.replace("JS", "J").replace("物探点号", "点号")
    raw = open_source(write(tmp_path / "给水点.csv", text)).read()
    assert [shape.geom_type for shape in raw.geometry] == ["Point"] * 3
    built, _ = between(tmp_path, LINES.replace("JS", "J"), text, table_key="点号")
    assert coordinates(built)[0] == [(577000, 4074000), (577040, 4074030)]


def test_two_sheets_of_one_workbook(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for title, text in (("管点", POINTS), ("管线", LINES)):
        sheet = book.create_sheet(title)
        sheet.append([f"{title}成果表"])
        for row in text.splitlines():
            sheet.append(row.split(","))
    del book["Sheet"]
    book.save(tmp_path / "管网.xlsx")
    ends = EndPointsSpec(
        path=tmp_path / "管网.xlsx", on=("起点点号", "终点点号"), table_key="物探点号", layer="管点"
    )
    raw, _ = read_between_points(tmp_path / "管网.xlsx", ends, layer="管线")
    assert coordinates(raw)[1] == [(577040, 4074030), (577100, 4074030)]
    assert raw.files == (tmp_path / "管网.xlsx",)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"table_key": "点名"}, "点名"),
        ({"on": ("起点", "终点点号")}, "起点"),
        ({"layer": "不存在"}, "不存在"),
    ],
)
def test_a_field_or_sheet_that_is_not_there_is_named(tmp_path: Path, options: Any, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        between(tmp_path, **options)


def test_points_without_any_position_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no column holds geometry"):
        between(tmp_path, points="物探点号,埋深\nJS1,1\n")


NAMES = st.sampled_from(["JS1", "JS2", " JS1 ", "", "1", "1.0", "9", "\ufffd"])
PLACES = st.sampled_from(["4074000", "577000.5", "", "nan", "1e400", "三", "-", "117°52′12″"])


@given(
    rows=st.lists(st.tuples(NAMES, NAMES), max_size=8),
    points=st.lists(st.tuples(NAMES, PLACES, PLACES), max_size=8),
)
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_the_tables_hold_the_counts_add_up(
    tmp_path: Path, rows: list[tuple[str, str]], points: list[tuple[str, str, str]]
) -> None:
    lines = "".join(f"{number},{start},{end}\n" for number, (start, end) in enumerate(rows))
    table = "".join(f"{name},{x},{y}\n" for name, x, y in points)
    try:
        raw, count = between(tmp_path, "n,起点点号,终点点号\n" + lines, "物探点号,X,Y\n" + table)
    except SourceError:
        assert not any(x and y for _, x, y in points) or not points
        return
    require_counted(raw)
    assert count.joined + count.without_row == raw.count_in == len(rows)
    assert all(shape.is_valid and shape.length > 0 for shape in raw.geometry)


@given(rows=st.lists(st.tuples(PLACES, PLACES, PLACES, PLACES), max_size=6))
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_stands_at_both_ends_the_counts_add_up(
    tmp_path: Path, rows: list[tuple[str, str, str, str]]
) -> None:
    raw = read(tmp_path, "n,起点X,起点Y,终点X,终点Y\n" + "".join(f"a,{','.join(row)}\n" for row in rows))
    require_counted(raw)
    assert raw.count_in == len(rows)
