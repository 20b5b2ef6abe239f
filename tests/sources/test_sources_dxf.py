"""DXF: polygons from lines, arcs, text by containment, blocks, encodings, damage."""

from __future__ import annotations

import io
import math
from typing import TYPE_CHECKING, Any

import ezdxf
import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lantu.errors import SourceError
from lantu.sources import notes_of, open_source
from lantu.sources.dxfrings import joined_rings
from lantu.sources.dxftags import plain_text

if TYPE_CHECKING:
    from pathlib import Path

SQUARE = [(0, 0), (10, 0), (10, 10), (0, 10)]


def drawing(version: str = "R2000") -> Any:
    made = ezdxf.new(version)
    made.encoding = "utf-8" if version >= "R2007" else "gbk"
    made.header["$DWGCODEPAGE"] = "ANSI_936"
    return made


def save(made: Any, path: Path) -> Path:
    made.saveas(path)
    return path


def said(raw: Any) -> set[str]:
    return {note.key for note in notes_of(raw)}


def on(layer: str, **more: Any) -> dict[str, Any]:
    return {"layer": layer, **more}


@pytest.mark.parametrize("version", ["R12", "R2000", "R2010"])
def test_closed_lines_texts_and_names_in_chinese(tmp_path: Path, version: str) -> None:
    made = drawing(version)
    model = made.modelspace()
    if version == "R12":
        model.add_polyline2d(SQUARE, close=True, dxfattribs=on("宗地"))
        model.add_text("0101 甲", dxfattribs=on("注记", insert=(5, 5)))
    else:
        model.add_lwpolyline(SQUARE, close=True, dxfattribs=on("宗地"))
        model.add_mtext(r"{\fSimSun|b0;0101\P甲}", dxfattribs=on("注记", insert=(5, 5)))
    model.add_text("乙", dxfattribs=on("注记", insert=(6, 5)))
    source = open_source(save(made, tmp_path / "a.dxf"))
    assert source.layers() == ("宗地", "注记")
    raw = source.read()  # the only layer that is not all words
    assert raw.layer == "宗地"
    assert raw.crs is None
    assert raw.geometry[0].equals(shapely.box(0, 0, 10, 10))
    assert raw.attributes["text"].tolist() == ["0101 甲;乙"]
    assert raw.encoding == ("UTF-8" if version == "R2010" else "GBK")
    words = source.read("注记")
    assert words.attributes["text"].tolist() == ["0101 甲", "乙"]
    assert words.geometry[1].wkt == "POINT (6 5)"


def test_code_page_that_the_bytes_contradict(tmp_path: Path) -> None:
    made = drawing()
    made.modelspace().add_lwpolyline(SQUARE, close=True, dxfattribs=on("宗地权属界线"))
    path = save(made, tmp_path / "a.dxf")
    path.write_bytes(path.read_bytes().replace(b"ANSI_936", b"ANSI_949"))
    assert open_source(path, encoding="GBK").layers() == ("宗地权属界线",)


@pytest.mark.parametrize(
    ("gap", "kind"), [(0.0, "Polygon"), (0.03, "Polygon"), (0.05, "Polygon"), (0.06, "LineString")]
)
def test_nearly_closed_lines(tmp_path: Path, gap: float, kind: str) -> None:
    made = drawing()
    made.modelspace().add_lwpolyline([*SQUARE, (0, gap)], dxfattribs=on("a"))
    raw = open_source(save(made, tmp_path / "a.dxf")).read()
    assert raw.geometry[0].geom_type == kind
    assert ("sources.dxf_closed" in said(raw)) == (gap in {0.03, 0.05})
    vertices = {tuple(point) for point in shapely.get_coordinates(raw.geometry[0])}
    assert vertices == {*map(tuple, SQUARE), (0.0, gap)}  # none moved


def test_arcs_stay_within_a_centimetre(tmp_path: Path) -> None:
    made = drawing()
    model = made.modelspace()
    model.add_lwpolyline([(0, 0, 1), (2000, 0, 1)], format="xyb", close=True, dxfattribs=on("a"))
    model.add_circle((1000, 0), 1000, dxfattribs=on("a"))
    model.add_lwpolyline(
        [(0, 0, -0.5), (100, 0, 0), (100, -50, 0)], format="xyb", close=True, dxfattribs=on("a")
    )
    model.add_ellipse((0, 0), (100, 0), 0.5, dxfattribs=on("a"))
    model.add_circle((-1000, 0), 1000, dxfattribs=on("a", extrusion=(0, 0, -1)))
    raw = open_source(save(made, tmp_path / "a.dxf")).read()
    exact = shapely.Point(1000, 0).buffer(1000, quad_segs=20000)
    for number in (0, 1, 4):
        assert raw.geometry[number].hausdorff_distance(exact) < 0.0051
    # A bulge of -0.5 on a chord of 100 m: a clockwise arc that rises 25 m to the left of the chord.
    assert raw.geometry[2].bounds[3] == pytest.approx(25, abs=0.005)
    assert raw.geometry[3].area == pytest.approx(math.pi * 100 * 50, rel=1e-3)


def test_loose_lines_that_form_a_ring(tmp_path: Path) -> None:
    made = drawing()
    model = made.modelspace()
    for start, end in (((0, 0), (10, 0)), ((10, 10), (10, 0.02)), ((10, 10), (0, 10)), ((0, 0), (0, 10))):
        model.add_line(start, end, dxfattribs=on("a"))
    model.add_line((50, 0), (60, 0), dxfattribs=on("a"))
    raw = open_source(save(made, tmp_path / "a.dxf")).read()
    assert [shape.geom_type for shape in raw.geometry] == ["Polygon", "LineString"]
    assert raw.geometry[0].area == pytest.approx(100, abs=0.2)
    assert raw.record.tolist() == [1, 5]
    assert "sources.dxf_joined" in said(raw)


@given(st.integers(3, 12), st.randoms(use_true_random=False))
def test_rings_are_found_in_any_order_and_direction(count: int, random: Any) -> None:
    angles = np.arange(count + 1) * math.tau / count
    corners = 100 * np.column_stack([np.cos(angles), np.sin(angles)])
    corners[-1] = corners[0]
    lines = [corners[number : number + 2][:: random.choice((1, -1))] for number in range(count)]
    random.shuffle(lines)
    found = joined_rings(lines)
    assert len(found) == 1
    assert shapely.Polygon(found[0][1]).equals(shapely.Polygon(corners))
    assert joined_rings(lines[1:]) == []
    third = np.array([lines[0][0], [500.0, 500.0]])
    assert joined_rings([*lines, third]) == []  # a third line at a corner: it cannot be said which is meant


def test_hatches_blocks_and_extended_data(tmp_path: Path) -> None:
    made = drawing()
    model = made.modelspace()
    hatch = model.add_hatch(dxfattribs=on("填充"))
    hatch.paths.add_polyline_path(SQUARE)
    hatch.paths.add_polyline_path([(2, 2), (4, 2), (4, 4), (2, 4)])
    made.appids.add("SOUTH")
    plot = model.add_lwpolyline(SQUARE, close=True, dxfattribs=on("JZD"))
    plot.set_xdata("SOUTH", [(1000, "300000"), (1000, "370306001")])
    block = made.blocks.new("井")
    block.add_circle((0, 0), 1)
    block.add_lwpolyline([(0, 0), (5, 0)], dxfattribs=on("轴"))
    model.add_blockref("井", (50, 50), dxfattribs=on("管点", xscale=2, yscale=2))
    source = open_source(save(made, tmp_path / "a.dxf"))
    assert source.read("填充").geometry[0].area == 96
    assert source.read("JZD").attributes["xdata_SOUTH"].tolist() == ["300000;370306001"]
    node = source.read("管点")
    assert node.geometry[0].area == pytest.approx(math.pi * 4, rel=1e-2)
    assert node.attributes["block"].tolist() == ["井"]
    assert source.read("轴").geometry[0].wkt == "LINESTRING (50 50, 60 50)"


def test_words_belong_to_the_smallest_polygon_around_them(tmp_path: Path) -> None:
    made = drawing()
    model = made.modelspace()
    model.add_lwpolyline(SQUARE, close=True, dxfattribs=on("a"))
    model.add_lwpolyline([(1, 1), (3, 1), (3, 3), (1, 3)], close=True, dxfattribs=on("a"))
    for words, place in (("in", (2, 2)), ("out", (8, 8)), ("far", (99, 99))):
        model.add_text(words, dxfattribs=on("a", insert=place))
    raw = open_source(save(made, tmp_path / "a.dxf")).read()
    assert raw.attributes["text"].tolist() == ["out", "in"]
    assert "sources.dxf_text_unused" in said(raw)


def test_units_are_told_and_not_used(tmp_path: Path) -> None:
    made = drawing()
    made.header["$INSUNITS"] = 4
    made.modelspace().add_lwpolyline(SQUARE, close=True, dxfattribs=on("a"))
    raw = open_source(save(made, tmp_path / "a.dxf")).read()
    note = next(note for note in notes_of(raw) if note.key == "sources.dxf_unit")
    assert "millimeter" in str(note.values["unit"]).casefold()
    assert raw.geometry[0].area == 100


def three_squares(path: Path) -> list[str]:
    made = drawing()
    for number in range(3):
        corners = [(x + 20.25 * number, y) for x, y in SQUARE]
        made.modelspace().add_lwpolyline(corners, close=True, dxfattribs=on("a"))
    save(made, path)
    return path.read_text("gbk").split("\n")


@pytest.mark.parametrize("value", ["3O.25", "", "nan", "1e300", None])
def test_a_damaged_entity_costs_only_itself(tmp_path: Path, value: str | None) -> None:
    path = tmp_path / "a.dxf"
    lines = three_squares(path)
    place = max(number for number, line in enumerate(lines) if line.strip() == "30.25")
    if value is None:
        del lines[place]
    else:
        lines[place] = value
    path.write_text("\n".join(lines), "gbk")
    raw = open_source(path).read()
    assert raw.count_in == 3
    assert raw.problems["record"].tolist() == [2]
    assert [shape.bounds[0] for shape in raw.geometry] == [0, 40.5]


def test_a_drawing_that_breaks_off(tmp_path: Path) -> None:
    path = tmp_path / "a.dxf"
    lines = three_squares(path)
    place = max(number for number, line in enumerate(lines) if line.strip() == "50.5")
    path.write_text("\n".join(lines[: place + 1]), "gbk")
    raw = open_source(path).read()
    assert raw.problems["record"].tolist() == [3]
    assert (raw.count_in, len(raw.geometry)) == (3, 2)


def test_blocks_that_multiply_are_refused(tmp_path: Path) -> None:
    made = drawing()
    made.blocks.new("b0").add_circle((0, 0), 1)
    for number in range(1, 9):
        block = made.blocks.new(f"b{number}")
        for _ in range(10):
            block.add_blockref(f"b{number - 1}", (0, 0))
    made.modelspace().add_blockref("b8", (0, 0), dxfattribs=on("a", row_count=1000, column_count=1000))
    made.modelspace().add_lwpolyline(SQUARE, close=True, dxfattribs=on("a"))
    raw = open_source(save(made, tmp_path / "a.dxf")).read()
    assert raw.problems["record"].tolist() == [1]
    assert len(raw.geometry) == 1


@pytest.mark.parametrize("version", ["R12", "R2000", "R2010"])
def test_a_binary_drawing_is_read_like_one_of_text(tmp_path: Path, version: str) -> None:
    made = drawing(version)
    made.modelspace().add_polyline2d(SQUARE, close=True, dxfattribs=on("宗地"))
    made.modelspace().add_text("甲", dxfattribs=on("宗地", insert=(5, 5)))
    made.saveas(tmp_path / "b.dxf", fmt="bin")
    source = open_source(tmp_path / "b.dxf")
    assert source.layers() == ("宗地",)
    raw = source.read()
    assert raw.geometry[0].area == 100
    assert raw.attributes["text"].tolist() == ["甲"]
    data = (tmp_path / "b.dxf").read_bytes()
    place = data.index(b"SEQEND", data.index(b"ENTITIES"))
    (tmp_path / "b.dxf").write_bytes(data[: place - 30])  # within the last vertex
    with pytest.raises(SourceError):
        open_source(tmp_path / "b.dxf").read("none")
    raw = open_source(tmp_path / "b.dxf").read()
    assert raw.problems["detail"].iloc[0].key == "sources.dxf_cut_off"


def test_characters_escaped_by_number_and_by_code_page(tmp_path: Path) -> None:
    line = "0\nLINE\n8\n{}\n10\n0\n20\n0\n11\n1\n21\n1\n"
    body = line.format(r"\U+5b97\U+5730") + line.format(r"\M+5D7DA\M+5B5D8")
    path = tmp_path / "a.dxf"
    path.write_text(f"0\nSECTION\n2\nENTITIES\n{body}0\nENDSEC\n0\nEOF\n", encoding="ascii")
    assert open_source(path).layers() == ("宗地",)


def test_what_is_no_drawing(tmp_path: Path) -> None:
    path = tmp_path / "a.dxf"
    path.write_bytes(b"AutoCAD Binary DXF\r\n\x1a\x00")
    with pytest.raises(SourceError, match="no ENTITIES"):
        open_source(path).read()
    path.write_bytes(b"<html></html>")
    with pytest.raises(SourceError, match="not DXF"):
        open_source(path).read()


def test_characters_beyond_the_basic_plane() -> None:
    assert plain_text("\ud842\udfb7祥") == "𠮷祥"
    assert plain_text("\ud842") == "�"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    made = drawing("R12")
    model = made.modelspace()
    model.add_polyline2d(SQUARE, close=True, dxfattribs=on("宗地"))
    model.add_text("甲", dxfattribs=on("注记", insert=(5, 5)))
    model.add_arc((0, 0), 5, 0, 90, dxfattribs=on("线"))
    return save(made, tmp_path_factory.mktemp("dxf") / "a.dxf").read_bytes()


@settings(max_examples=80, deadline=10000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.floats(0, 1), cut=st.integers(0, 60), put=st.binary(max_size=30), late=st.booleans())
def test_any_damage_is_an_error_or_accounts_for_itself(
    tmp_path: Path,
    whole: bytes,
    place: float,
    cut: int,
    put: bytes,
    late: bool,  # noqa: FBT001
) -> None:
    first = whole.index(b"ENTITIES") if late else 0
    start = first + int(place * (len(whole) - first))
    path = tmp_path / "a.dxf"
    path.write_bytes(whole[:start] + put + whole[start + cut :])
    try:
        source = open_source(path)
        for layer in source.layers():
            raw = source.read(layer)
            assert raw.count_in == len(raw.geometry) + len(raw.problems)
    except SourceError:
        return


def test_damage_outside_the_entities_costs_no_entity(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    document = ezdxf.new("R2000")
    document.blocks.new("B").add_circle((0, 0), 1)
    for x in range(5):
        corners = [(x * 10, 0), (x * 10 + 5, 0), (x * 10 + 5, 5), (x * 10, 5)]
        document.modelspace().add_lwpolyline(corners, close=True, dxfattribs={"layer": "DK"})
    document.modelspace().add_blockref("B", (3, 3), dxfattribs={"layer": "DK"})
    text = io.StringIO()
    document.write(text)
    lines = text.getvalue().split("\n")
    last = lines.index("ENTITIES") - 3
    path = tmp_path / "a.dxf"
    alone = 0
    for place in range(4, last, 40):
        path.write_text("\n".join([*lines[:place], "@", *lines[place + 1 :]]), encoding="utf-8")
        raw = open_source(path).read("DK")
        assert raw.count_in == 6
        assert shapely.area(raw.geometry[:5]).tolist() == [25.0] * 5
        told = {note.key for note in notes_of(raw)}
        alone += "sources.dxf_entities_alone" in told
        assert len(raw.geometry) == 6 or told & {"sources.dxf_entities_alone", "sources.dxf_left_out"}
    assert alone > 5
    assert capfd.readouterr() == ("", "")
