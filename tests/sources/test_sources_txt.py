"""The land registry's boundary-point text: every habit of its exporters, and ten real plots."""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyproj import CRS

from lantu.errors import SourceError
from lantu.sources import NotedTable, notes_of, open_source
from lantu.sources.boundary_text import AREA_HA
from lantu.sources.stated_zone import StatedZone, datum_named, stated_crs

if TYPE_CHECKING:
    from pathlib import Path

HEADER = """[属性描述]
格式版本号=1.01版本
坐标系=2000国家大地坐标系
几度分带=3
投影类型=高斯克吕格
计量单位=米
带号=39
精度=0.001
转换参数=0,0,0,0,0,0,0
[地块坐标]
"""
# 100 m by 50 m with a hole of 10 m by 10 m: 5000 - 100 = 4900 m2.
PLOT = """10,0.4900,DK001,示例地块一,面,,工业用地,地上,@
J1,1,4074000.000,39577000.000
J2,1,4074000.000,39577100.000
J3,1,4074050.000,39577100.000
J4,1,4074050.000,39577000.000
J1,1,4074000.000,39577000.000
J5,2,4074020.000,39577040.000
J6,2,4074030.000,39577040.000
J7,2,4074030.000,39577050.000
J8,2,4074020.000,39577050.000
J5,2,4074020.000,39577040.000
"""
EXPECTED = shapely.Polygon(
    [(39577000, 4074000), (39577100, 4074000), (39577100, 4074050), (39577000, 4074050)],
    [[(39577040, 4074020), (39577040, 4074030), (39577050, 4074030), (39577050, 4074020)]],
)
MEMORY_FACTOR = 300
"""Bytes a byte of the file at most, where a file is nothing but damaged plots; usual files need about 10."""


def read(tmp_path: Path, text: str, encoding: str = "utf-8") -> NotedTable:
    path = tmp_path / "地块.txt"
    path.write_bytes(text.encode(encoding))
    return open_source(path).read()


def notes(raw: Any) -> str:
    return "\n".join(note.text("en") + note.text("zh") for note in notes_of(raw))


def only(raw: NotedTable) -> Any:
    assert raw.count_in == 1
    assert not len(raw.problems)
    return raw.geometry[0]


def swap(text: str) -> str:
    lines = [line.split(",") for line in text.splitlines()]
    return "\n".join(",".join([*p[:2], p[3], p[2]]) if p[0][0] == "J" else ",".join(p) for p in lines)


def without_closing(text: str) -> str:
    return "\n".join(line for place, line in enumerate(text.splitlines()) if place not in {5, 10})


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (PLOT, "utf-8"),
        (PLOT, "utf-8-sig"),
        (PLOT, "gbk"),
        (PLOT.replace("\n", "\r\n"), "gbk"),
        (without_closing(PLOT).replace("10,0.49", "8,0.49"), "utf-8"),
        (without_closing(PLOT), "utf-8"),  # counted, not written
        (PLOT.replace("10,0.49", "8,0.49"), "utf-8"),  # written, not counted
        (PLOT.replace("J", ""), "utf-8"),
        (PLOT.replace(",", "，"), "utf-8"),
        (PLOT.replace(",示例", "，示例").replace("J1,1,", "J1，1，"), "utf-8"),
        (PLOT.replace(",2,", ",1,"), "utf-8"),  # one ring number for both
        (PLOT.replace("J5", "J1").replace("J6", "J2").replace("J7", "J3").replace("J8", "J4"), "utf-8"),
        (without_closing(PLOT).replace("J5", "J1").replace(",2,", ",1,"), "utf-8"),
        (PLOT.replace("4074000.000", "４０７４０００．０００"), "utf-8"),
        (PLOT.replace(",工业用地,地上,@", ",@"), "utf-8"),
        (PLOT.replace(",@", ",附加,@"), "utf-8"),
        (PLOT.replace("DK001,", "DK001 , ").replace("\n", " \n\n"), "utf-8"),
    ],
)
def test_habits_of_exporters_give_the_same_plot(tmp_path: Path, text: str, encoding: str) -> None:
    raw = read(tmp_path, HEADER + text, encoding)
    assert only(raw).equals(EXPECTED)
    assert only(raw).area == 4900.0
    assert raw.crs is not None
    assert raw.crs.to_epsg() == 4527
    assert raw.attributes[[AREA_HA, "地块编号", "图形属性"]].iloc[0].tolist() == ["0.4900", "DK001", "面"]
    assert raw.attributes["地块名称"].tolist() == ["示例地块一"]
    assert not notes_of(raw)


def test_fields_beyond_the_eighth_are_kept(tmp_path: Path) -> None:
    raw = read(tmp_path, HEADER + PLOT.replace(",@", ",附加,@"))
    assert raw.attributes["字段9"].tolist() == ["附加"]


def test_swapped_axes_are_recognised_and_said(tmp_path: Path) -> None:
    raw = read(tmp_path, HEADER + swap(PLOT))
    assert only(raw).equals(EXPECTED)
    assert "1 of 1 plots have the easting before" in notes(raw)
    mixed = read(tmp_path, HEADER + PLOT + swap(PLOT))
    assert all(shape.equals(EXPECTED) for shape in mixed.geometry)
    assert "1 of 2 plots" in notes(mixed)


POINTS = "".join(
    f"J{number},1,{north},{east}\n"
    for number, (north, east) in enumerate(
        [(4074000, 39577000), (4074000, 39577100), (4074050, 39577100), (4074050, 39577000)], start=1
    )
)
PLOT_LINE = "4,0.5000,DK001,示例,面,,工业用地,地上,@\n"


@pytest.mark.parametrize(
    ("text", "plots"),
    [
        (HEADER + PLOT_LINE + POINTS, ["DK001"]),
        (HEADER + POINTS, [None]),  # no plot line above the points
        (POINTS, [None]),  # nor a header
        (HEADER.replace("=", "：") + PLOT_LINE + POINTS, ["DK001"]),
        (HEADER + (PLOT_LINE + POINTS).replace(",", "\t"), ["DK001"]),
        (HEADER + PLOT_LINE.replace(",", ";") + POINTS.replace(",", ";"), ["DK001"]),
        (HEADER + "4 0.5 DK001 示例 面 @\n" + POINTS.replace(",", "  "), ["DK001"]),
    ],
)
def test_plots_without_their_line_and_other_marks_between_fields(
    tmp_path: Path, text: str, plots: list[str | None]
) -> None:
    raw = read(tmp_path, text)
    assert raw.geometry[0].equals(shapely.Polygon(EXPECTED.exterior))
    assert raw.attributes["地块编号"].tolist() == plots
    assert (raw.crs is None) == ("坐标系" not in text)


def test_the_zone_may_be_stated_by_its_meridian(tmp_path: Path) -> None:
    head = HEADER.replace("几度分带=3\n", "").replace("带号=39", "中央子午线=117度")
    raw = read(tmp_path, head + PLOT_LINE + POINTS.replace("39577", "577"))
    assert raw.crs == CRS.from_epsg(4548)
    head = HEADER.replace("坐标系=", "平面坐标系名称=").replace("带号=", "分带号=")
    assert read(tmp_path, head + PLOT_LINE + POINTS).crs == CRS.from_epsg(4527)


def test_second_ring_outside_is_a_further_part(tmp_path: Path) -> None:
    text = HEADER + PLOT.replace(",39577040", ",39577240").replace(",39577050", ",39577250")
    raw = read(tmp_path, text.replace("0.4900", "0.5100"))
    assert only(raw).geom_type == "MultiPolygon"
    assert only(raw).area == 5100.0
    assert not notes_of(raw)


def test_island_in_a_hole_is_a_part_again(tmp_path: Path) -> None:
    island = "J9,3,4074024,39577044\nJ10,3,4074026,39577044\nJ11,3,4074026,39577046\nJ12,3,4074024,39577046\n"
    raw = read(tmp_path, HEADER + PLOT.replace("10,0.4900", "14,0.4904") + island)
    assert only(raw).area == 4904.0


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("线", "LINESTRING (0 4, 3 4, 3 0)"),
        ("点", "MULTIPOINT (0 4, 3 4, 3 0)"),
    ],
)
def test_lines_and_points(tmp_path: Path, kind: str, expected: str) -> None:
    raw = read(tmp_path, f"3,,A,a,{kind},,,,@\n1,1,4,0\n2,1,4,3\n3,1,0,3\n")
    assert only(raw).equals(shapely.from_wkt(expected))


def test_file_without_header_has_no_crs_and_says_so(tmp_path: Path) -> None:
    raw = read(tmp_path, PLOT)
    assert only(raw).equals(EXPECTED)
    assert raw.crs is None
    assert "declare it with `crs`" in notes(raw)


@pytest.mark.parametrize("stated", ["100,-20,3,0,0,0,0", "0,0,0,0,0,0,1.5", "见附件"])
def test_transformation_parameters_are_refused_with_what_to_do(tmp_path: Path, stated: str) -> None:
    with pytest.raises(SourceError, match=r"transform") as caught:
        read(tmp_path, HEADER.replace("转换参数=0,0,0,0,0,0,0", f"转换参数={stated}") + PLOT)
    assert stated in caught.value.text("zh")


@pytest.mark.parametrize("stated", [",,,,,,", "", "无", "0.0，0，0，0，0，0，0"])
def test_no_transformation(tmp_path: Path, stated: str) -> None:
    assert only(read(tmp_path, HEADER.replace("转换参数=0,0,0,0,0,0,0", f"转换参数={stated}") + PLOT))


@pytest.mark.parametrize(
    ("area", "said"),
    [("0.4910", "0.491/0.49"), ("4900", "10000.00 times"), ("7.35", "15.00 times"), ("0.49005", "")],
)
def test_declared_area_is_checked(tmp_path: Path, area: str, said: str) -> None:
    raw = read(tmp_path, HEADER + PLOT.replace("0.4900", area))
    assert only(raw).equals(EXPECTED)
    assert said in notes(raw)
    assert bool(notes_of(raw)) == bool(said)


def test_damage_costs_one_plot_only(tmp_path: Path) -> None:
    broken = PLOT.replace("4074050.000,39577100.000", "4O74o5o,39577100").replace("DK001", "DK002")
    cut = "\n".join(PLOT.replace("DK001", "DK003").splitlines()[:5])
    raw = read(tmp_path, HEADER + PLOT + broken + PLOT + "\n0,,DK9,,面,,,,@\n" + PLOT + cut)
    assert raw.count_in == 6
    assert raw.record.tolist() == [1, 3, 5]
    assert raw.problems["record"].tolist() == [2, 4, 6]
    assert [detail.key for detail in raw.problems["detail"]] == [
        "sources.txt_point_broken",
        "sources.txt_no_points",
        "sources.txt_points_short",
    ]
    assert "line 25" in raw.problems["detail"].iloc[0].text("en")


def test_miscount_with_the_right_area_is_said(tmp_path: Path) -> None:
    raw = read(tmp_path, HEADER + PLOT.replace("10,0.49", "30,0.49"))
    assert only(raw).equals(EXPECTED)
    assert "DK001 (30/10)" in notes(raw)


def test_zone_that_disagrees_is_said(tmp_path: Path) -> None:
    raw = read(tmp_path, HEADER.replace("带号=39", "带号=40") + PLOT)
    assert raw.crs is not None
    assert raw.crs.to_epsg() == 4528
    assert "zone 40" in notes(raw)


@pytest.mark.parametrize(
    ("text", "datum"),
    [
        ("2000国家大地坐标系", "CGCS2000"),
        ("CGCS2000", "CGCS2000"),
        ("1980西安坐标系", "Xian 1980"),
        ("80国家大地坐标系", "Xian 1980"),
        ("北京54坐标系", "Beijing 1954"),
        ("WGS84", "WGS 84"),
        ("地方坐标系", None),
        ("", None),
    ],
)
def test_datums(text: str, datum: str | None) -> None:
    assert datum_named(text) == datum


@pytest.mark.parametrize("datum", ["CGCS2000", "Xian 1980", "Beijing 1954"])
@pytest.mark.parametrize("width", [3, 6])
@pytest.mark.parametrize("prefixed", [True, False])
def test_codes_are_those_of_the_zone(datum: str, width: int, *, prefixed: bool) -> None:
    for zone in range(25, 46) if width == 3 else range(13, 24):
        eastings = np.array([zone * 1e6 * prefixed + 500_000.0])
        crs, said = stated_crs(StatedZone(datum=datum, width_deg=width, zone=zone), eastings)
        assert crs is not None
        assert not said
        central = 3 * zone if width == 3 else 6 * zone - 3
        values = {item.name: item.value for item in crs.coordinate_operation.params}
        assert values["Longitude of natural origin"] == central
        assert values["False easting"] == eastings[0]
        assert datum.split(maxsplit=1)[0] in crs.name
        by_meridian = StatedZone(datum=datum, width_deg=width, meridian_deg=float(central))
        assert stated_crs(by_meridian, eastings)[0] == crs


def test_degrees_and_missing_zone() -> None:
    assert stated_crs(StatedZone(datum="CGCS2000"), np.array([117.8]))[0] == CRS.from_epsg(4490)
    crs, said = stated_crs(StatedZone(datum="CGCS2000"), np.array([38_500_000.0]))
    assert crs == CRS.from_epsg(4526)
    assert len(said) == 1
    assert stated_crs(StatedZone(datum="CGCS2000"), np.array([500_000.0]))[0] is None
    assert stated_crs(StatedZone(datum="WGS 84", zone=39), np.array([500_000.0]))[0] is None


def test_read_me_beside_a_layer_is_no_layer(tmp_path: Path) -> None:
    (tmp_path / "readme.txt").write_text("Hello, world", encoding="utf-8")
    (tmp_path / "a.txt").write_text(HEADER + PLOT, encoding="utf-8")
    assert open_source(tmp_path).layers() == ("a",)


def test_nothing_but_header(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no plot"):
        read(tmp_path, HEADER)


@pytest.mark.real
def test_ten_real_plots(real_data: Path) -> None:
    files = sorted((real_data / "jiezhidian_txt_cn").glob("44*.txt"))
    assert len(files) == 10
    for file in files:
        raw = open_source(file).read()
        assert raw.crs is not None
        assert raw.crs.to_epsg() == 4526
        shape = only(raw)
        assert shape.is_valid
        # Gauss's formula on the lines as they stand, without the reader or GEOS.
        lines = [line.split(",") for line in file.read_text("utf-8").splitlines() if line.startswith("J")]
        x, y = np.array([[float(line[2]) - 2.5e6, float(line[3]) - 38.3e6] for line in lines]).T
        area = abs(float(np.dot(x[:-1], y[1:]) - np.dot(x[1:], y[:-1]))) / 2
        assert shape.area == pytest.approx(area, abs=0.01)
        assert f"{shape.area / 1e4:.4f}" == f"{float(raw.attributes[AREA_HA].iloc[0]):.4f}"
        assert not notes_of(raw)


@pytest.mark.real
def test_variant_without_area_is_the_same_plot(real_data: Path) -> None:
    folder = real_data / "jiezhidian_txt_cn"
    one = only(open_source(folder / "44120000072.txt").read())
    raw = open_source(folder / "plot_000_variant_J6_closing_no_area.txt").read()
    assert only(raw).equals(one)
    assert raw.attributes[AREA_HA].tolist() == [None]


def test_rings_within_rings_without_end_are_refused(tmp_path: Path) -> None:
    count = 3000
    rings = "".join(
        f"1,{n},{n},0\n1,{n},{3 * count - n},{n}\n1,{n},{n},{3 * count - 2 * n}\n" for n in range(count)
    )
    raw = read(tmp_path, HEADER + "9000,,A,,面,@\n" + rings + PLOT)
    assert raw.record.tolist() == [2]
    assert raw.problems["detail"].iloc[0].key == "sources.rings_too_deep"


def read_bytes(folder: Path, data: bytes) -> NotedTable | None:
    path = folder / "a.txt"
    path.write_bytes(data)
    try:
        return open_source(path).read()
    except SourceError:
        return None


FUZZ = settings(max_examples=150, deadline=5000, suppress_health_check=[HealthCheck.function_scoped_fixture])
PIECES = st.sampled_from(
    ["J1", "1", "2", ",", "，", "@", "\n", "=", "[地块坐标]", "4074000", "39577000", "nan", "1e999", "-", "�"]
)


@FUZZ
@given(st.lists(st.tuples(st.integers(0, len(HEADER + PLOT) - 1), st.binary(max_size=3)), max_size=6))
def test_damaged_bytes_never_crash(tmp_path: Path, edits: list[tuple[int, bytes]]) -> None:
    data = bytearray((HEADER + PLOT + PLOT).encode())
    for place, piece in edits:
        data[place : place + len(piece)] = piece
    raw = read_bytes(tmp_path, bytes(data))
    if raw is not None:
        listed = (raw.problems["kind"] == "record_unreadable").sum()
        assert raw.count_in == len(raw.geometry) + listed


@FUZZ
@given(st.lists(PIECES, max_size=60))
def test_odd_structure_never_crashes(tmp_path: Path, pieces: list[str]) -> None:
    raw = read_bytes(tmp_path, (HEADER + "4,1,A,@\n" + "".join(pieces)).encode())
    assert raw is not None
    assert raw.count_in == len(raw.geometry) + (raw.problems["kind"] == "record_unreadable").sum()


@pytest.mark.parametrize(
    "block",
    [
        "1,@\n",
        "1,@\nx\n",
        "1,1,@\n1,1,1,1\n",
        "3,@\n1,1,0,0\n2,1,0,1\n3,1,1,1\n",
        "a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,@\n",
        "1,2,3,4\n",
        "x\n",
    ],
)
def test_memory_is_bounded_by_the_size_of_the_file(tmp_path: Path, block: str) -> None:
    data = (HEADER + "3,,A,@\n" + block * (60_000 // len(block))).encode()
    tracemalloc.start()
    read_bytes(tmp_path, data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < MEMORY_FACTOR * len(data)


SQUARE_RING = [(1, 4074000, 39577000), (1, 4074000, 39577100), (1, 4074050, 39577100), (1, 4074050, 39577000)]
HOLE_RING = [(2, 4074020, 39577040), (2, 4074030, 39577040), (2, 4074030, 39577050), (2, 4074020, 39577050)]
HEADED = HEADER + PLOT.splitlines()[0] + "\n"


@pytest.mark.parametrize(
    ("head", "line"),
    [
        (HEADED, "{n},J{n},{ring},{x},{y}"),
        (HEADED, "{n}\tJ{n}\t{ring}\t{x}\t{y}"),
        (HEADED, "{n} J{n} {ring} {x} {y}"),
        (HEADED, "{n},{n},{ring},{x},{y}"),
        ("", "{n},J{n},{ring},{x},{y}"),
        ("", "{n} J{n} {ring} {x} {y}"),
    ],
)
def test_a_running_number_before_the_point_is_no_coordinate(tmp_path: Path, head: str, line: str) -> None:
    numbered = enumerate([*SQUARE_RING, *HOLE_RING], start=1)
    rows = [line.format(n=n, ring=ring, x=x, y=y) for n, (ring, x, y) in numbered]
    raw = read(tmp_path, head + "\n".join(rows) + "\n")
    assert raw.geometry[0].equals(EXPECTED)


def test_a_running_number_without_a_ring(tmp_path: Path) -> None:
    rows = ["1,J1,4074000,39577000", "2,J2,4074000,39577100", "3,J3,4074050,39577100"]
    raw = read(tmp_path, HEADER + "3,0.25,A,B,面,,,,@\n" + "\n".join(rows) + "\n")
    assert raw.geometry[0].area == 2500


def test_what_stands_behind_the_coordinates_is_no_running_number(tmp_path: Path) -> None:
    rows = ["1,1,4074000,39577000,100", "2,1,4074000,39577100,50", "3,1,4074050,39577100,111.8"]
    raw = read(tmp_path, HEADER + "3,0.25,A,B,面,,,,@\n" + "\n".join(rows) + "\n")
    assert raw.geometry[0].area == 2500
