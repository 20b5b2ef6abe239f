"""Tables with one boundary point a row, in CSV and Excel, and what spreadsheets do to headers and codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import openpyxl
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lantu.errors import SourceError
from lantu.sources import NotedTable, notes_of, open_source

if TYPE_CHECKING:
    from pathlib import Path

E, N = 39577000, 4074000
LEFT = [(0, 0), (100, 0), (100, 50), (0, 50)]
RIGHT = [(200, 0), (240, 0), (200, 40)]
HOLE = [(40, 20), (50, 20), (50, 30), (40, 30)]


def ring(points: list[tuple[int, int]]) -> Any:
    return shapely.Polygon([(E + x, N + y) for x, y in points])


def rows(points: list[tuple[int, int]], *, lead: str = "", first: int = 1) -> str:
    return "".join(
        f"{lead}J{number},{N + y}.000,{E + x}.000\n" for number, (x, y) in enumerate(points, start=first)
    )


def read(folder: Path, text: str) -> NotedTable:
    path = folder / "a.csv"
    path.write_text(text, encoding="utf-8")
    return open_source(path).read()


def notes(raw: Any) -> str:
    return "\n".join(note.text("en") + note.text("zh") for note in notes_of(raw))


def shapes_are(raw: NotedTable, *expected: Any) -> bool:
    return len(raw.geometry) == len(expected) and all(
        shape.equals(other) for shape, other in zip(raw.geometry, expected, strict=True)
    )


@pytest.mark.parametrize(
    "heads", ["纵坐标,横坐标", "X坐标,Y坐标", "纵坐标(X),横坐标(Y)", "X坐标(m),Y坐标(m)"]
)
@pytest.mark.parametrize("closing", [True, False])
def test_rows_of_a_plot_become_its_polygon(tmp_path: Path, heads: str, *, closing: bool) -> None:
    left, right = (points + points[:1] if closing else points for points in (LEFT, RIGHT))
    text = f"宗地号,点号,{heads}\n" + rows(left, lead="0101,") + rows(right, lead="0102,")
    raw = read(tmp_path, text)
    assert shapes_are(raw, ring(LEFT), ring(RIGHT))
    assert shapely.area(raw.geometry).tolist() == [5000.0, 800.0]
    assert raw.attributes.to_dict("list") == {"宗地号": ["0101", "0102"]}
    assert raw.record.tolist() == [1, 2]
    assert raw.count_in == 2
    assert "joined in order to 2 polygons" in notes(raw)


def test_rings_by_number_and_by_containment(tmp_path: Path) -> None:
    text = "地块号,圈号,点号,纵坐标,横坐标\n" + rows(LEFT, lead="A,1,") + rows(HOLE, lead="A,2,", first=5)
    assert shapes_are(read(tmp_path, text), ring(LEFT) - ring(HOLE))
    assert shapes_are(read(tmp_path, text.replace("A,2", "A,1").replace("J5", "J1")), ring(LEFT) - ring(HOLE))
    far = "地块号,圈号,点号,纵坐标,横坐标\n" + rows(LEFT, lead="A,1,") + rows(RIGHT, lead="A,2,")
    assert shapes_are(read(tmp_path, far), ring(LEFT) | ring(RIGHT))


def test_without_plots_every_outer_ring_is_a_feature(tmp_path: Path) -> None:
    text = "点号,纵坐标,横坐标\n" + rows(LEFT) + rows(HOLE) + rows(RIGHT)
    assert shapes_are(read(tmp_path, text), ring(LEFT) - ring(HOLE), ring(RIGHT))


def test_degrees_minutes_seconds_full_width_and_blanks(tmp_path: Path) -> None:
    text = (
        "界址点号,纵坐标,横坐标\nJ1,36°48′00″,117°52′12″\nJ2, 36°48′0.0″ ,117 ° 52 ′ 48 ″\n"
        "J3,３６°４８′３６″,１１７°５２′４８″\nJ4,36.81,117.87\n"
    )
    raw = read(tmp_path, text)
    assert raw.geometry[0].bounds == pytest.approx((117.87, 36.8, 117.88, 36.81))
    assert raw.geometry[0].area == pytest.approx(1e-4)


def test_merged_cells_repeat_what_is_above(tmp_path: Path) -> None:
    text = "宗地号,权利人,点号,纵坐标,横坐标\n"
    for plot, owner, points in (("A", "甲", LEFT), ("B", "乙", RIGHT)):
        for place, part in enumerate(rows(points).splitlines()):
            text += f"{plot},{owner},{part}\n" if not place else f",,{part}\n"
    raw = read(tmp_path, text)
    assert shapes_are(raw, ring(LEFT), ring(RIGHT))
    assert raw.attributes.to_dict("list") == {"宗地号": ["A", "B"], "权利人": ["甲", "乙"]}


def test_columns_that_differ_from_point_to_point_are_named(tmp_path: Path) -> None:
    text = "点号,纵坐标,横坐标,边长\n" + "".join(
        f"{part},{place}\n" for place, part in enumerate(rows(LEFT).splitlines())
    )
    raw = read(tmp_path, text)
    assert list(raw.attributes.columns) == []
    assert "left out: 边长" in notes(raw)


@pytest.mark.parametrize(
    ("damaged", "key"),
    [
        ("B,J3,约4074050,39577000", "sources.rows_point_broken"),
        ("B,J3,,39577000", "sources.rows_point_broken"),
        ("B,J3,4074050,39577000,7,8,9", "sources.rows_point_lost"),
    ],
)
def test_a_damaged_row_costs_its_polygon(tmp_path: Path, damaged: str, key: str) -> None:
    middle = rows(RIGHT, lead="B,").splitlines()
    middle.insert(2, damaged)
    text = (
        "宗地号,点号,纵坐标,横坐标\n"
        + rows(LEFT, lead="A,")
        + "\n".join(middle)
        + "\n"
        + rows(RIGHT, lead="C,")
    )
    raw = read(tmp_path, text)
    assert raw.attributes["宗地号"].tolist() == ["A", "C"]
    assert raw.record.tolist() == [1, 3]
    assert raw.problems["record"].tolist() == [2]
    assert raw.problems["detail"].iloc[0].key == key
    assert raw.count_in == 3


def test_two_points_enclose_nothing(tmp_path: Path) -> None:
    text = "宗地号,点号,纵坐标,横坐标\n" + rows(LEFT, lead="A,") + rows(RIGHT[:2], lead="B,")
    raw = read(tmp_path, text)
    assert shapes_are(raw, ring(LEFT))
    assert raw.problems["detail"].iloc[0].key == "sources.ring_too_short"


@pytest.mark.parametrize(
    "text",
    [
        "物探点号,X坐标,Y坐标\nWS1,4074000,39577000\nWS2,4074001,39577000\nWS3,4074001,39577001\n",
        "点号,X坐标,Y坐标\nK12,4074000,39577000\nK15,4074001,39577000\nK19,4074001,39577001\n",
        "宗地号,点号,X坐标,Y坐标\nA,1,4074000,39577000\nB,2,4074001,39577000\nC,3,4074001,39577001\n",
    ],
)
def test_tables_of_single_points_stay_points(tmp_path: Path, text: str) -> None:
    raw = read(tmp_path, text)
    assert [shape.geom_type for shape in raw.geometry] == ["Point"] * 3


def workbook(folder: Path, sheets: dict[str, list[list[Any]]], merge: str | None = None) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, lines in sheets.items():
        sheet = book.create_sheet(name)
        for cells in lines:
            sheet.append(cells)
        if merge and lines:
            sheet.merge_cells(merge)
    path = folder / "a.xlsx"
    book.save(path)
    return path


def points(items: list[tuple[int, int]], plot: str | None = None) -> list[list[Any]]:
    lead = [] if plot is None else [plot]
    return [[*lead, f"J{number}", N + y + 0.0, E + x + 0.0] for number, (x, y) in enumerate(items, start=1)]


def test_excel_with_merged_title_and_empty_sheets(tmp_path: Path) -> None:
    body = points(LEFT, "A") + points(RIGHT, "B")
    body[5][0] = None
    lines = [
        ["某宗地界址点成果表"],
        ["单位：米"],
        ["宗地号", "点号", "纵坐标(X)", "横坐标(Y)"],
        *body[:4],
        [],
        *body[4:],
    ]
    path = workbook(tmp_path, {"界址点": lines, "Sheet2": [], "Sheet3": []}, "A1:D1")
    raw = open_source(path).read()
    assert raw.layer == "界址点"
    assert shapes_are(raw, ring(LEFT), ring(RIGHT))
    assert raw.attributes["宗地号"].tolist() == ["A", "B"]
    assert "the header is row 3" in notes(raw)


def test_excel_with_the_header_in_the_first_row(tmp_path: Path) -> None:
    lines = [["宗地号", "点号", "X坐标", "Y坐标"], *points(LEFT, "A")]
    raw = open_source(workbook(tmp_path, {"一": lines})).read()
    assert shapes_are(raw, ring(LEFT))


def test_excel_numbers_as_text_in_a_titled_sheet(tmp_path: Path) -> None:
    lines = [["表一"], ["名称", "经度", "纬度"], ["甲", " １１７．５ ", "36.5"], ["乙", 117.25, 36.25]]
    raw = open_source(workbook(tmp_path, {"一": lines})).read()
    assert [tuple(shape.coords[0]) for shape in raw.geometry] == [(117.5, 36.5), (117.25, 36.25)]
    assert raw.record.tolist() == [1, 2]


def test_excel_plain_table_below_a_title(tmp_path: Path) -> None:
    lines = [["税收表"], ["宗地代码", "用途", "税额"], ["0101", "住宅", 5], ["0102", "商业", 6]]
    raw = open_source(workbook(tmp_path, {"一": lines}, "A1:C1")).read(geometry=False)
    assert raw.attributes.to_dict("list") == {
        "宗地代码": ["0101", "0102"],
        "用途": ["住宅", "商业"],
        "税额": ["5", "6"],
    }


def test_excel_wkt_and_several_sheets(tmp_path: Path) -> None:
    sheets = {name: [["编号", "WKT"], [name, f"POINT ({place} 2)"]] for place, name in enumerate("甲乙")}
    source = open_source(workbook(tmp_path, sheets))
    assert source.layers() == ("甲", "乙")
    assert source.read("乙").geometry[0].equals(shapely.Point(1, 2))
    with pytest.raises(SourceError, match="甲, 乙"):
        source.read()


def test_codes_and_identifiers_that_a_spreadsheet_spoiled(tmp_path: Path) -> None:
    lines = [
        ["不动产单元号", "DLBM", "lon", "lat", "面积"],
        [370306103001000001, 101, 117.5, 36.5, 12.5],
        [370306103001000002, 1101, 117.5, 36.5, 13.5],
    ]
    raw = open_source(workbook(tmp_path, {"一": lines})).read()
    assert raw.attributes["不动产单元号"].tolist() == [None, None]
    assert raw.problems["column"].tolist() == ["不动产单元号"] * 2
    assert raw.problems["kind"].tolist() == ["value_unreadable"] * 2
    assert "0101 becomes 101): DLBM." in notes(raw)
    assert raw.attributes["DLBM"].tolist() == [101, 1101]
    assert len(raw.geometry) == 2


def test_identifiers_in_powers_of_ten_in_text(tmp_path: Path) -> None:
    raw = read(tmp_path, "ZDDM,面积,lon,lat\n3.70306E+18,1.5E+3,1,2\n370306001,2,3,4\n")
    assert raw.attributes["ZDDM"].tolist() == [None, "370306001"]
    assert raw.attributes["面积"].tolist() == ["1.5E+3", "2"]
    assert raw.problems[["record", "column", "raw"]].to_numpy().tolist() == [[1, "ZDDM", "3.70306E+18"]]


CELLS = st.sampled_from(
    ["", "J1", "J2", "A", "B", "1", "4074000", "39577000", "39577050", "nan", "117°", "x,y,z,w,v"]
)


@settings(max_examples=150, deadline=5000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cells=st.lists(st.tuples(CELLS, CELLS, CELLS, CELLS, CELLS), max_size=25), plots=st.booleans())
def test_odd_tables_never_crash_and_lose_nothing(
    tmp_path: Path, cells: list[tuple[str, ...]], *, plots: bool
) -> None:
    header = f"{'宗地号' if plots else '备注'},圈号,界址点号,纵坐标,横坐标\n"
    raw = read(tmp_path, header + "".join(",".join(line) + "\n" for line in cells))
    listed = (raw.problems["kind"] == "record_unreadable").sum()
    assert raw.count_in == len(raw.geometry) + listed
    assert isinstance(raw.attributes, pd.DataFrame)
    assert len(raw.attributes) == len(raw.geometry)


@settings(max_examples=80, deadline=5000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 200), st.binary(max_size=3)), max_size=6))
def test_damaged_bytes_never_crash(tmp_path: Path, edits: list[tuple[int, bytes]]) -> None:
    data = bytearray(
        ("宗地号,点号,纵坐标,横坐标\n" + rows(LEFT, lead="A,") + rows(RIGHT, lead="B,")).encode("gbk")
    )
    for place, piece in edits:
        data[place : place + len(piece)] = piece
    path = tmp_path / "a.csv"
    path.write_bytes(bytes(data))
    try:
        raw = open_source(path).read()
    except SourceError:
        return
    assert raw.count_in == len(raw.geometry) + (raw.problems["kind"] == "record_unreadable").sum()


def test_excel_headings_in_two_rows_and_words_below(tmp_path: Path) -> None:
    lines = [
        ["某宗地界址点成果表"],
        ["序号", "点号", "坐标", None, "边长(m)"],
        [None, None, "X(m)", "Y(m)", None],
        *[[number, *cells, 50.5] for number, cells in enumerate(points(LEFT), start=1)],
        ["制表", "张三", "审核", "李四"],
    ]
    raw = open_source(workbook(tmp_path, {"一": lines})).read()
    assert shapes_are(raw, ring(LEFT))
    assert "the last 1 rows" in notes(raw)
    lines[-1] = [5, "J5", "缺", "缺"]  # a point without coordinates is no footer
    raw = open_source(workbook(tmp_path, {"一": lines})).read()
    assert not len(raw.geometry)
    assert raw.problems["detail"].iloc[0].key == "sources.rows_point_broken"


def test_columns_side_by_side_are_one_ring(tmp_path: Path) -> None:
    four = points(LEFT)
    lines = [["点号", "X坐标", "Y坐标"] * 2, [*four[0], *four[2]], [*four[1], *four[3]]]
    raw = open_source(workbook(tmp_path, {"一": lines})).read()
    assert shapes_are(raw, ring(LEFT))
    three = points(RIGHT)
    lines[1:] = [[*three[0], *three[2]], [*three[1], None, None, None]]
    raw = open_source(workbook(tmp_path, {"一": lines})).read()
    assert shapes_are(raw, ring(RIGHT))
