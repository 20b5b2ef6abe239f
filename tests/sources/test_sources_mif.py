"""MIF and MID, object by object: damage is listed where it is, and no row moves to another's geometry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lantu.errors import SourceError
from lantu.sources import notes_of, open_source

if TYPE_CHECKING:
    from pathlib import Path

HEAD = (
    'Version 300\nCharset "WindowsSimpChinese"\nDelimiter ","\n'
    'CoordSys Earth Projection 8, 104, "m", 117, 0, 1, 500000, 0\n'
    "Columns 2\n  编号 Char(10)\n  ZDMJ Float\nData\n\n"
)
STYLE = "    Pen (1,2,0)\n    Brush (1,0,16777215)\n"


def region(x: int) -> str:
    return f"Region 1\n  5\n{x} 0\n{x} 10\n90 10\n90 0\n{x} 0\n{STYLE}"


def point(x: int) -> str:
    return f"Point {x} 0\n    Symbol (34,0,12)\n"


def line(x: int) -> str:
    return f"Pline Multiple 2\n 2\n{x} 0\n90 1\n 2\n90 2\n90 3\n"


def write(folder: Path, objects: list[str], rows: list[str] | None = None, *, head: str = HEAD) -> Path:
    path = folder / "宗地 1.mif"
    path.write_text(head + "".join(objects), encoding="gbk")
    given_rows = [f'"甲{n}",{n}.5' for n in range(1, len(objects) + 1)] if rows is None else rows
    path.with_suffix(".mid").write_text("".join(f"{row}\n" for row in given_rows), encoding="gbk")
    return path


def read(path: Path) -> Any:
    return open_source(path).read()


def reasons(raw: Any) -> list[str]:
    return [detail.text("en") + detail.text("zh") for detail in raw.problems["detail"]]


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("90 10", "abc 10", "'abc 10'"),
        ("90 10", "nan 10", "'nan 10'"),
        ("90 10", "1_0 10", "'1_0 10'"),
        ("90 10", "90", "'90'"),
        ("90 10\n", "", "'Pen (1,2,0)'"),
        ("  5\n", "  6\n", "'Pen (1,2,0)'"),
        ("  5\n", "  4\n", "'2 0'"),
        ("  5\n", "  2000000000\n", "'Pen (1,2,0)'"),
        ("Region 1", "Region 2000000000", "'Pen (1,2,0)'"),
        ("Region 1", "Region x", "'Region x'"),
        ("Region", "Regoin", "'Regoin 1'"),
        ("Region 1\n  5\n2 0\n", "", "'2 10'"),
    ],
)
def test_a_damaged_object_costs_only_itself(tmp_path: Path, old: str, new: str, named: str) -> None:
    objects = [region(1), region(2).replace(old, new, 1), region(3)]
    raw = read(write(tmp_path, objects))
    assert raw.attributes["编号"].tolist() == ["甲1", "甲3"]
    assert [shape.bounds[0] for shape in raw.geometry] == [1, 3]
    assert (raw.count_in, raw.record.tolist(), raw.problems["record"].tolist()) == (3, [1, 3], [2])
    assert named in reasons(raw)[0]


def test_a_file_that_breaks_off_and_rows_that_are_too_few_or_too_many(tmp_path: Path) -> None:
    cut = read(write(tmp_path, [region(1), region(2)[:20]]))
    assert (cut.record.tolist(), cut.problems["record"].tolist()) == ([1], [2])
    assert "breaks off" in reasons(cut)[0]
    short = read(write(tmp_path, [region(1), region(2)], ['"甲1",1']))
    assert (short.count_in, short.record.tolist()) == (2, [1])
    assert "2 objects, 1 rows" in reasons(short)[0]
    long = read(write(tmp_path, [region(1)], ['"甲1",1', '"甲2",2']))
    assert (long.count_in, long.record.tolist(), long.problems["record"].tolist()) == (2, [1], [2])


def test_where_order_is_lost_nothing_after_it_is_paired(tmp_path: Path) -> None:
    objects = [point(1), "Point 2 x\n" + point(3), point(4)]
    raw = read(write(tmp_path, objects, [f'"甲{n}",1' for n in range(1, 4)]))
    assert raw.attributes["编号"].tolist() == ["甲1"]
    assert (raw.count_in, raw.problems["record"].tolist()) == (4, [2, 3, 4])
    assert "which belong together" in reasons(raw)[1]


def test_rows_of_another_length_and_words_in_a_column_of_numbers(tmp_path: Path) -> None:
    rows = ['"甲,1",1.5', '"甲2"', '"甲3",约30', '"甲4",']
    raw = read(write(tmp_path, [point(n) for n in range(1, 5)], rows))
    assert raw.attributes["编号"].tolist() == ["甲,1", "甲3", "甲4"]
    assert raw.attributes["ZDMJ"].isna().tolist() == [False, True, True]
    assert raw.problems["record"].tolist() == [2, 3]
    assert "1 values where 2" in reasons(raw)[0]


def test_every_kind_of_object_is_understood(tmp_path: Path) -> None:
    objects = [
        "NONE\n",
        point(1),
        "Line 0 0 1 1\n",
        "Pline 3\n0 0\n1 1\n2 0\n    Smooth\n",
        line(1),
        "Arc 0 0 10 10\n  0 90\n    Pen (1,2,0)\n",
        'Text\n    "路名"\n    0 0 10 5\n    Font ("Arial",0,0,0)\n',
        "Rect 0 0 10 10\n",
        "Roundrect 0 0 10 10\n  2\n",
        "Ellipse 0 0 10 10\n",
        "Multipoint 2\n0 0\n1 1\n",
        "Region 2\n  5\n0,0\n0,9\n9,9\n9,0\n0,0\n  4\n1 1\n1 2\n2 1\n1 1\n    Center 3 3\n",
    ]
    raw = read(write(tmp_path, objects))
    kinds = [None if shape is None else shape.geom_type for shape in raw.geometry]
    assert kinds == [
        None,
        "Point",
        "LineString",
        "LineString",
        "MultiLineString",
        "LineString",
        "Point",
        "Polygon",
        "Polygon",
        "Polygon",
        "MultiPoint",
        "Polygon",
    ]
    assert raw.geometry[-1].area == 81 - 0.5
    collection = f"Collection 2\n{region(1)}Multipoint 1\n5 5\n"
    raw = read(write(tmp_path, [collection, point(2)]))
    assert (raw.record.tolist(), raw.problems["record"].tolist()) == ([2], [1])


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('SimpChinese"', "Simp\udcff", "line 2"),
        ("Columns 2", "Columns x", "the number of columns"),
        ("Columns 2", "Columns 3", "name and type"),
        ("Char(10)", "Chra(10)", "name and type"),
        ("Data\n", "", "the line Data"),
        ("Delimiter", "Del\udcffmiter", "a keyword"),
    ],
)
@pytest.mark.filterwarnings("error")
def test_a_damaged_head_is_a_clear_error_and_nothing_else(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], old: str, new: str, said: str
) -> None:
    path = write(tmp_path, [])
    text = path.read_bytes().decode("gbk").replace(old, new, 1)
    path.write_bytes(text.encode("gbk", errors="surrogateescape"))
    with pytest.raises(SourceError, match=r"宗地 1\.mif") as caught:
        read(path)
    assert said in caught.value.text("en")
    assert capfd.readouterr() == ("", "")


def test_a_byte_order_mark_and_a_missing_mid(tmp_path: Path) -> None:
    path = write(tmp_path, [point(1)])
    path.write_bytes(
        "\ufeff".encode() + HEAD.replace("WindowsSimpChinese", "UTF-8").encode() + point(1).encode()
    )
    path.with_suffix(".mid").write_bytes('"二三",1\n'.encode())
    assert read(path).attributes["编号"].tolist() == ["二三"]
    path.with_suffix(".mid").unlink()
    raw = read(path)
    assert raw.count_in == 1
    assert "sources.mid_missing" in {note.key for note in notes_of(raw)}


OBJECTS = st.lists(st.sampled_from([region, point, line]), min_size=1, max_size=6)
DAMAGE = st.tuples(st.integers(0, 200), st.sampled_from(["@", "1e999", "-", '"', "Region 1\n", ""]))


@settings(max_examples=120, deadline=5000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(makers=OBJECTS, damage=st.lists(DAMAGE, max_size=1))
def test_whatever_line_is_damaged_no_row_is_paired_with_another_object(
    tmp_path: Path, makers: list[Any], damage: list[tuple[int, str]]
) -> None:
    lines = "".join(make(number) for number, make in enumerate(makers, start=1)).splitlines(keepends=True)
    for place, put in damage:
        kept = "" if lines[place % len(lines)].startswith("Point") and not put else put
        lines[place % len(lines)] = kept or lines[place % len(lines)].replace("0", "zero")
    raw = read(write(tmp_path, ["".join(lines)], [f'"{n}",1' for n in range(1, len(makers) + 1)]))
    assert raw.count_in == len(raw.geometry) + len(raw.problems)
    assert raw.count_in >= len(makers)
    if not damage:
        assert raw.count_in == len(raw.geometry) == len(makers)
    for name, shape in zip(raw.attributes["编号"], raw.geometry, strict=True):
        assert shape.bounds[0] == int(name)
