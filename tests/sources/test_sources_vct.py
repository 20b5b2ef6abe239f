"""VCT 3.0: polygons put together from lines, attributes by table, and what is done with damage."""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING, Any

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lantu.errors import SourceError
from lantu.sources import NotedTable, notes_of, open_source

if TYPE_CHECKING:
    from pathlib import Path

HEAD = """HeadBegin
DataMark:LANDUSE-VCT
Version:GB/T 17798-2007
CoordinateSystemType:P
Dim:2
XAxisDirection:E
YAxisDirection:N
XYUnit:M
Spheroid:CGCS2000,6378137.0,298.257222101
Projection:高斯-克吕格投影
Parameters:117,,,,1.0,39500000,0.0,3,39
Offset:0,0
Separator:,
HeadEnd

FeatureCodeBegin
2001010100,地类图斑,Polygon,DLTB
1000600200,行政区界线,Line,XZQJX
1000119000,控制点,Point,KZD
FeatureCodeEnd

TableStructureBegin
DLTB,4
BSM,Char,18
DLBM,Char,5
DLMC,Char,60
TBMJ,Float,15,2
0
XZQJX,2
BSM,Int,10
JXLX,Char,6
0
KZD,2
BSM,Char,18
MC,Char,20
0
QSDM,2,NoneGeometry
DM,Char,6
MC,Char,20
0
TableStructureEnd
"""
X, Y = 39577000, 4074000
# Two squares of 100 m side by side, line 13 between them; the right one has a hole of 20 m.
LINES = {
    11: [(100, 0), (0, 0), (0, 100), (100, 100)],
    12: [(100, 0), (200, 0), (200, 100), (100, 100)],
    13: [(100, 0), (100, 100)],
    14: [(140, 40), (160, 40), (160, 60), (140, 60), (140, 40)],
}
LEFT = "21\n2001010100\nS\n100\n39577050,4074050\n21\n2\n11,-13\n0\n"
RIGHT = "22\n2001010100\nS\n100\n39577150,4074050\n21\n3\n12,-13,0,14\n0\n"
ROWS = "DLTB\n21,0101,水田,10000.00\n22,22,0203,可调整果园,9600.00\nTableEnd\n"
MEMORY_FACTOR = 250
"""Bytes a byte of the file at most, where a file is nothing but damaged objects."""


def line(number: int, points: list[tuple[float, float]], code: str = "1099000000") -> str:
    rows = "\n".join(f"{X + x:.3f},{Y + y:.3f}" for x, y in points)
    return f"{number}\n{code}\nStyle1\n1\n1\n11\n{len(points)}\n{rows}\n0\n"


def body(lines: str, polygons: str, rows: str = ROWS, points: str = "") -> str:
    return (
        f"\nPointBegin\n{points}PointEnd\n\nLineBegin\n{lines}LineEnd\n\nPolygonBegin\n{polygons}PolygonEnd\n"
        f"\nAnnotationBegin\nAnnotationEnd\n\nAttributeBegin\n{rows}AttributeEnd\n"
    )


SIDES = "".join(line(number, points) for number, points in LINES.items())
TEXT = HEAD + body(SIDES, LEFT + RIGHT)


def square(x: float, *, hole: bool = False) -> Any:
    whole = shapely.box(X + x, Y, X + x + 100, Y + 100)
    return whole - shapely.box(X + x + 40, Y + 40, X + x + 60, Y + 60) if hole else whole


def write(folder: Path, text: str, encoding: str = "gbk") -> Path:
    path = folder / "a.vct"
    path.write_bytes(text.replace("\n", "\r\n").encode(encoding))
    return path


def read(folder: Path, text: str, layer: str = "DLTB", encoding: str = "gbk") -> NotedTable:
    return open_source(write(folder, text, encoding)).read(layer)


def notes(raw: Any) -> str:
    return "\n".join(note.text("en") + note.text("zh") for note in notes_of(raw))


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_polygons_from_shared_lines(tmp_path: Path, encoding: str) -> None:
    raw = read(tmp_path, TEXT, encoding=encoding)
    assert [
        shape.equals(expected)
        for shape, expected in zip(raw.geometry, [square(0), square(100, hole=True)], strict=True)
    ] == [
        True,
        True,
    ]
    assert shapely.area(raw.geometry).tolist() == [10000.0, 9600.0]
    assert raw.attributes.to_numpy().tolist() == [
        ["21", "0101", "水田", 10000.0],
        ["22", "0203", "可调整果园", 9600.0],
    ]
    assert raw.crs is not None
    assert raw.crs.to_epsg() == 4527
    assert (raw.count_in, len(raw.problems), notes_of(raw)) == (2, 0, ())


def test_layers_are_the_declared_codes_and_tables(tmp_path: Path) -> None:
    source = open_source(write(tmp_path, TEXT))
    assert source.layers() == ("DLTB", "XZQJX", "KZD", "QSDM")
    with pytest.raises(SourceError, match="DLTB, XZQJX"):
        source.read()
    with pytest.raises(SourceError, match="holds geometry"):
        source.read("QSDM")


def test_codes_that_share_a_table_are_layers_of_their_own(tmp_path: Path) -> None:
    head = HEAD.replace("1000600200,行政区界线,Line,XZQJX", "2001010200,图斑,Polygon,DLTB")
    source = open_source(
        write(tmp_path, head + body(SIDES, LEFT + RIGHT.replace("2001010100", "2001010200")))
    )
    assert source.layers()[:2] == ("DLTB/2001010100", "DLTB/2001010200")
    assert source.read("DLTB/2001010200").attributes["BSM"].tolist() == ["22"]


def test_lines_points_and_plain_tables(tmp_path: Path) -> None:
    border = line(31, [(0, 0), (10, 0), (10, 5)], "1000600200")
    point = "41\n1000119000\nS\n1\n1\n39577001.5,4074002.5\n0\n"
    rows = "XZQJX\n31,670500\nTableEnd\nKZD\n41,甲\nTableEnd\nQSDM\n370306,周村区\nTableEnd\n"
    text = HEAD + body(SIDES + border, LEFT, rows, point)
    raw = read(tmp_path, text, "XZQJX")
    assert raw.geometry.tolist() == [shapely.LineString([(X, Y), (X + 10, Y), (X + 10, Y + 5)])]
    assert raw.attributes.to_numpy().tolist() == [[31, "670500"]]
    raw = read(tmp_path, text, "KZD")
    assert raw.geometry.tolist() == [shapely.Point(39577001.5, 4074002.5)]
    assert raw.attributes["MC"].tolist() == ["甲"]
    raw = open_source(write(tmp_path, text)).read("QSDM", geometry=False)
    assert raw.attributes.to_numpy().tolist() == [["370306", "周村区"]]


@pytest.mark.parametrize(
    "text",
    [
        TEXT.replace("Begin", "BEGIN").replace("End", "end"),
        TEXT.replace("Style1\n", "").replace("\nS\n", "\n"),  # no style
        TEXT.replace("Style1\n", "\n"),  # an empty one
        TEXT.replace("\n21\n3\n12,-13,0,14", "\n21\n4\n12,-13,0,14"),  # zeros counted too
        TEXT.replace("12,-13,0,14", "12,-13\n0\n14"),  # the row ends at a zero
        TEXT.replace("11,-13", "-11,13"),
        TEXT.replace("11,-13", "13,-11"),
        TEXT.replace("Separator:,", "Separator:").replace("LANDUSE-VCT", "CNSDTF-VCT"),
    ],
)
def test_habits_of_exporters(tmp_path: Path, text: str) -> None:
    raw = read(tmp_path, text)
    assert [
        bool(shape.equals(other))
        for shape, other in zip(raw.geometry, [square(0), square(100, hole=True)], strict=True)
    ] == [
        True,
        True,
    ]


def test_another_separator(tmp_path: Path) -> None:
    start = TEXT.index("FeatureCodeBegin")
    raw = read(tmp_path, TEXT[:start].replace("Separator:,", "Separator:|") + TEXT[start:].replace(",", "|"))
    assert shapely.area(raw.geometry).tolist() == [10000.0, 9600.0]


def test_second_outer_ring_is_a_part(tmp_path: Path) -> None:
    extra = line(15, [(300, 0), (310, 0), (310, 10), (300, 10), (300, 0)])
    raw = read(
        tmp_path,
        HEAD + body(SIDES + extra, LEFT + RIGHT.replace("\n3\n12,-13,0,14", "\n4\n12,-13,0,14,0,15")),
    )
    assert raw.geometry[1].geom_type == "MultiPolygon"
    assert raw.geometry[1].area == 9700.0


def test_missing_line_costs_its_polygons_only(tmp_path: Path) -> None:
    raw = read(tmp_path, TEXT.replace(line(14, LINES[14]), ""))
    assert raw.record.tolist() == [1]
    assert raw.problems["record"].tolist() == [2]
    assert "(14)" in raw.problems["detail"].iloc[0].text("en")
    assert raw.problems["raw"].tolist() == ["BSM 22"]
    assert raw.count_in == 2


@pytest.mark.parametrize(
    ("damage", "by", "records", "key"),
    [
        ("39577160.000,4074040.000", "39577160.000;4074040", [2], "sources.vct_object_damaged"),
        ("\n11\n5\n", "\n13\n5\n", [2], "sources.vct_curve"),
        ("39577200.000,4074000.000", "nan,4074000", [2], "sources.vct_object_damaged"),
        ("\n21\n2\n11,-13\n", "\n21\n2\n11,x\n", [1], "sources.vct_object_damaged"),
        ("\n21\n2\n11,-13\n", "\n21\n1\n11\n", [1], "sources.vct_open_ring"),
        ("\n21\n2\n11,-13\n", "\n21\n2\n11,12\n", [], ""),  # both squares together: a ring all the same
        ("\n21\n2\n11,-13\n", "\n21\n2\n11,13\n", [1], "sources.vct_open_ring"),
    ],
)
def test_damage_is_listed_and_the_rest_read(
    tmp_path: Path, damage: str, by: str, records: list[int], key: str
) -> None:
    assert damage in TEXT
    text = TEXT.replace(damage, by).replace("11,12\n", "11,-12\n")
    raw = read(tmp_path, text)
    assert raw.problems["record"].tolist() == records
    assert [detail.key for detail in raw.problems["detail"]] == [key] * len(records)
    assert raw.count_in == 2


def test_file_that_breaks_off_gives_what_is_there(tmp_path: Path) -> None:
    raw = read(tmp_path, TEXT[: TEXT.index("39577150,4074050\n21")])
    assert raw.record.tolist() == [1]
    assert raw.problems["record"].tolist() == [2]
    assert "2 objects have no row" in notes(raw)


def test_rows_of_attributes(tmp_path: Path) -> None:
    rows = "DLTB\n21,0101,水田\n22,0203,果园,很多\n22,0203,果园,1\n99,01,无,1\nTableEnd\n"
    raw = read(tmp_path, HEAD + body(SIDES, LEFT + RIGHT, rows))
    assert raw.attributes["BSM"].tolist() == ["21", "22"]
    assert raw.attributes["DLBM"].tolist() == [None, "0203"]
    assert [detail.key for detail in raw.problems["detail"]] == [
        "sources.vct_row_length",
        "sources.vct_no_number",
    ]
    assert "1 rows of the table DLTB belong to no object, 1 repeat" in notes(raw)


def test_undeclared_codes_are_said(tmp_path: Path) -> None:
    raw = read(tmp_path, HEAD + body(SIDES, LEFT + RIGHT + LEFT.replace("2001010100", "2099999999")))
    assert "2099999999 (1)" in notes(raw)
    assert raw.count_in == 2


@pytest.mark.parametrize(
    ("stated", "by", "epsg", "said"),
    [
        ("Parameters:117,,,,1.0,39500000,0.0,3,39", "Parameters:117,,,,1.0,39500000,0.0", 4527, ""),
        ("Parameters:117,,,,1.0,39500000,0.0,3,39", "Parameters:,,,,1.0,39", 4527, ""),
        ("Parameters:117,,,,1.0,39500000,0.0,3,39", "Parameters:,,,,1.0,39500000", 4527, ""),
        ("Parameters:117,,,,1.0,39500000,0.0,3,39", "Parameters:", 4527, "does not state its zone"),
        (
            "Parameters:117,,,,1.0,39500000,0.0,3,39",
            "Parameters:120,,,,1.0,40500000,0.0,3,40",
            4528,
            "zone 40",
        ),
        ("CGCS2000,6378137.0,298.257222101", "西安80,6378140,298.257", 2363, ""),
        ("CGCS2000,6378137.0,298.257222101", "krassovsky,6378245,298.3", 2415, ""),
        ("CGCS2000,6378137.0,298.257222101", "", None, "declare it"),
    ],
)
def test_coordinate_system_of_the_head(
    tmp_path: Path, stated: str, by: str, epsg: int | None, said: str
) -> None:
    raw = read(tmp_path, TEXT.replace(stated, by))
    assert (raw.crs.to_epsg() if raw.crs is not None else None) == epsg
    assert said in notes(raw)
    assert bool(notes_of(raw)) == bool(said)


def test_northing_first_is_recognised(tmp_path: Path) -> None:
    start = TEXT.index("LineBegin")
    swapped = "\n".join(
        ",".join(reversed(row.split(","))) if row.startswith(("395770", "395771", "395772")) else row
        for row in TEXT[start:].split("\n")
    )
    raw = read(tmp_path, TEXT[:start] + swapped)
    assert raw.geometry[0].equals(square(0))
    assert "read the other way round" in notes(raw)
    raw = read(tmp_path, TEXT[:start].replace("Direction:E", "Direction:N") + swapped)
    assert raw.geometry[0].equals(square(0))
    assert not notes_of(raw)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (TEXT.replace("GB/T 17798-2007", "2.0"), "older VCT"),
        (TEXT.replace("Dim:2", "Meridian:117"), "older VCT"),
        (TEXT.replace("Offset:0,0", "Offset:100,0"), "Offset"),
        ("HeadBegin\nHeadEnd\n", "no feature codes"),
        ("PolygonBegin\n", "does not"),
    ],
)
def test_refusals(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        read(tmp_path, text)


def test_one_line_in_polygons_without_end_does_not_fill_the_memory(tmp_path: Path) -> None:
    long = line(11, [(x, (x % 7) + 1.0) for x in range(2000)] + [(0, 1)])
    polygons = "".join(f"{n}\n2001010100\nS\n100\n1,1\n21\n1\n11\n0\n" for n in range(100, 2100))
    raw = read(tmp_path, HEAD + body(long, polygons, ""))
    assert (raw.count_in, len(raw.record)) == (2000, 16)
    assert {detail.key for detail in raw.problems["detail"]} == {"sources.vct_line_overused"}


def read_bytes(folder: Path, data: bytes) -> list[NotedTable]:
    path = folder / "a.vct"
    path.write_bytes(data)
    found = []
    try:
        source = open_source(path)
        found.extend(source.read(name, geometry=False) for name in source.layers())
    except SourceError:
        pass
    return found


FUZZ = settings(max_examples=120, deadline=5000, suppress_health_check=[HealthCheck.function_scoped_fixture])
PIECES = st.sampled_from(
    [
        "0\n",
        "1\n",
        "11\n",
        "-13,0\n",
        "2001010100\n",
        "1099000000\n",
        "39577000,4074000\n",
        "S\n",
        "nan,1\n",
        ",\n",
    ]
    + [
        f"{name}{edge}\n"
        for name in ("Line", "Polygon", "Attribute", "Point", "Head")
        for edge in ("Begin", "End")
    ]
    + ["DLTB\n", "TableEnd\n", "99999999999999999999\n"]
)


@FUZZ
@given(st.lists(st.tuples(st.integers(0, len(TEXT) - 1), st.binary(max_size=3)), max_size=6))
def test_damaged_bytes_never_crash(tmp_path: Path, edits: list[tuple[int, bytes]]) -> None:
    data = bytearray(TEXT.encode("gbk"))
    for place, piece in edits:
        data[place : place + len(piece)] = piece
    for raw in read_bytes(tmp_path, bytes(data)):
        listed = (raw.problems["kind"] == "record_unreadable").sum()
        assert raw.count_in == len(raw.geometry) + listed


@FUZZ
@given(st.lists(PIECES, max_size=80))
def test_odd_structure_never_crashes(tmp_path: Path, pieces: list[str]) -> None:
    for raw in read_bytes(tmp_path, (HEAD + "".join(pieces)).encode("gbk")):
        assert raw.count_in == len(raw.geometry) + (raw.problems["kind"] == "record_unreadable").sum()


@pytest.mark.parametrize(
    "block",
    ["1\n2001010100\n0\n", "1\n2001010100\n\n1\n1,1\n21\n1\n1\n0\n", "0\n", "1,", "1\n2001010100\n"],
)
@pytest.mark.parametrize("section", ["PolygonBegin\n", "LineBegin\n", "AttributeBegin\nDLTB\n"])
def test_memory_is_bounded_by_the_size_of_the_file(tmp_path: Path, section: str, block: str) -> None:
    data = (HEAD + section + block * (60_000 // len(block))).encode("gbk")
    tracemalloc.start()
    read_bytes(tmp_path, data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < MEMORY_FACTOR * len(data)
