"""KML: folders are layers, placemarks features; broken ones are listed."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantu.errors import SourceError
from lantu.sources import notes_of, open_source
from lantu.sources.kmltable import LONGEST_NAME, described

if TYPE_CHECKING:
    from pathlib import Path

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
TAIL = "</Document></kml>"
POINT = "<Placemark><name>{}</name><Point><coordinates>{}</coordinates></Point></Placemark>"


def write(path: Path, body: str, *, head: str = HEAD, tail: str = TAIL, encoding: str = "utf-8") -> Path:
    path.write_bytes((head + body + tail).encode(encoding))
    return path


def test_geometries_and_extended_data(tmp_path: Path) -> None:
    ring = "0,0,5 2,0,5 2,2,5 0,2,5 0,0,5"
    hole = "0.5,0.5,5 1,0.5,5 1,1,5 0.5,0.5,5"
    body = (
        "<Folder><name>文物</name>"
        "<Placemark id='p1'><name>01</name><description><![CDATA[<b>x</b>]]></description><Polygon>"
        "<outerBoundaryIs>"
        f"<LinearRing><coordinates>{ring}</coordinates></LinearRing></outerBoundaryIs><innerBoundaryIs><LinearRing>"
        f"<coordinates>{hole}</coordinates></LinearRing></innerBoundaryIs></Polygon></Placemark>"
        "<Placemark><ExtendedData><Data name='级别'><value>省级</value></Data>"
        "<SchemaData><SimpleData name='n'>007"
        "</SimpleData></SchemaData></ExtendedData><MultiGeometry><Point><coordinates>1,2</coordinates></Point><Point>"
        "<coordinates>3,4</coordinates></Point></MultiGeometry></Placemark>"
        "<Placemark><name>none</name></Placemark></Folder>"
    )
    raw = open_source(write(tmp_path / "a.kml", body)).read()
    assert raw.layer == "文物"
    assert raw.crs is not None
    assert raw.crs.to_epsg() == 4326
    assert raw.geometry[0].has_z
    assert raw.geometry[0].area == pytest.approx(4 - 0.125)
    assert raw.geometry[1].wkt == "MULTIPOINT ((1 2), (3 4))"
    assert raw.geometry[2] is None
    assert raw.attributes["id"].tolist() == ["p1", None, None]
    assert raw.attributes["description"].iloc[0] == "<b>x</b>"
    assert raw.attributes["级别"].iloc[1] == "省级"
    assert raw.attributes["n"].iloc[1] == "007"


TRACK = "<gx:Track><when>2026-01-01</when><gx:coord>1 2 3</gx:coord><gx:coord>2 3 4</gx:coord></gx:Track>"
GX = HEAD.replace("<kml ", '<kml xmlns:gx="http://www.google.com/kml/ext/2.2" ')
TWICE = "MULTILINESTRING Z ((1 2 3, 2 3 4), (1 2 3, 2 3 4))"


@pytest.mark.parametrize("head", [GX, HEAD])
@pytest.mark.parametrize(
    ("body", "wkt"),
    [
        (TRACK, "LINESTRING Z (1 2 3, 2 3 4)"),
        (TRACK.replace("2 3 4", "2 3"), "LINESTRING (1 2, 2 3)"),
        (TRACK.replace("2 3 4", "1 2 3"), "POINT Z (1 2 3)"),
        (TRACK.replace("2 3 4", "2 3 4</gx:coord><gx:coord>"), "LINESTRING Z (1 2 3, 2 3 4)"),
        (f"<gx:MultiTrack>{TRACK}{TRACK}</gx:MultiTrack>", TWICE),
        (TRACK.replace("gx:", ""), "LINESTRING Z (1 2 3, 2 3 4)"),
    ],
)
def test_a_track_is_the_line_of_its_places(tmp_path: Path, head: str, body: str, wkt: str) -> None:
    raw = open_source(write(tmp_path / "a.kml", f"<Placemark>{body}</Placemark>", head=head)).read()
    assert [shape.wkt for shape in raw.geometry] == [wkt]


@pytest.mark.parametrize(
    "body",
    [
        "<gx:Track/>",
        TRACK.replace("2 3 4", "2 x 4"),
        TRACK.replace("2 3 4", "nan 3 4"),
        "<Model/>",
        "<gx:MultiTrack><gx:Track><gx:coord/></gx:Track></gx:MultiTrack>",
    ],
)
def test_a_track_without_places_and_a_model_are_listed(tmp_path: Path, body: str) -> None:
    placemarks = f"<Placemark>{body}</Placemark>" + POINT.format("a", "1,2")
    raw = open_source(write(tmp_path / "a.kml", placemarks, head=GX)).read()
    assert raw.record.tolist() == [2]
    assert raw.problems["record"].tolist() == [1]


def test_each_folder_is_a_layer(tmp_path: Path) -> None:
    folders = "".join(f"<Folder><name>{name}</name>{POINT.format(name, '1,2')}</Folder>" for name in "ab")
    source = open_source(write(tmp_path / "top.kml", folders + POINT.format("c", "3,4")))
    assert source.layers() == ("a", "b", "top")
    assert source.read("b").record.tolist() == [2]


@pytest.mark.parametrize("bad", ["", "x,y", "1", "1,2,3,nan", "inf,2"])
def test_bad_coordinates_cost_only_their_placemark(tmp_path: Path, bad: str) -> None:
    body = (
        POINT.format("a", "1,2")
        + POINT.format("b", bad if bad != "1,2,3,nan" else "nan,2")
        + POINT.format("c", "3, 4")
    )
    raw = open_source(write(tmp_path / "a.kml", body)).read()
    assert raw.count_in == 3
    assert raw.problems["record"].tolist() == [2]
    assert raw.attributes["name"].tolist() == ["a", "c"]
    assert raw.geometry[1].wkt == "POINT (3 4)"


def test_broken_xml_gives_what_stands_before_and_after(tmp_path: Path) -> None:
    body = (
        "<Folder><name>层</name>" + POINT.format("a", "1,2") + POINT.format("b & c", "5,6")
        + "<gx:Placemark/>".replace("gx:", "") + POINT.format("d", "3,4") + "</Folder>"
    )  # fmt: skip
    raw = open_source(write(tmp_path / "a.kml", body, tail="")).read()
    assert raw.layer == "层"
    assert raw.attributes["name"].dropna().tolist() == ["a", "d"]
    assert raw.problems["record"].tolist() == [2]
    assert raw.count_in == 4


@pytest.mark.parametrize("text", ["<kml", HEAD, HEAD + "<Folder><name>层</name>"])
def test_a_document_that_breaks_off_before_its_first_placemark_is_not_read_whole(
    tmp_path: Path, text: str
) -> None:
    raw = open_source(write(tmp_path / "a.kml", "", head=text, tail="")).read()
    assert raw.count_in == 1
    assert raw.problems["record"].tolist() == [1]


def test_gbk_declared_in_the_prologue(tmp_path: Path) -> None:
    head = HEAD.replace("UTF-8", "GBK")
    raw = open_source(
        write(tmp_path / "a.ovkml", POINT.format("周村区", "1,2"), head=head, encoding="gbk")
    ).read()
    assert raw.attributes["name"].tolist() == ["周村区"]
    assert raw.encoding == "GBK"


def test_nothing_outside_the_file_is_touched(tmp_path: Path) -> None:
    link = "<NetworkLink><Link><href>http://127.0.0.1:9/x.kml</href></Link></NetworkLink>"
    raw = open_source(write(tmp_path / "a.kml", link + POINT.format("a", "1,2"))).read()
    assert raw.count_in == 1
    entity = '<?xml version="1.0"?><!DOCTYPE k [<!ENTITY a SYSTEM "file:///etc/passwd">]><kml><Document>'
    with pytest.raises(SourceError, match="entities"):
        open_source(write(tmp_path / "b.kml", POINT.format("&a;", "1,2"), head=entity)).read()


def test_other_xml_is_refused_and_an_empty_document_is_not(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="not KML"):
        open_source(
            write(tmp_path / "a.kml", "", head="<OGRVRTDataSource>", tail="</OGRVRTDataSource>")
        ).read()
    raw = open_source(write(tmp_path / "b.kml", "")).read()
    assert (raw.layer, raw.count_in) == ("b", 0)


@pytest.mark.parametrize("member", ["doc.kml", "files/范围.kml", "a.ovkml"])
def test_kmz(tmp_path: Path, member: str) -> None:
    with zipfile.ZipFile(tmp_path / "a.kmz", "w") as packed:
        packed.writestr("files/icon.png", b"\x89PNG\r\n")
        packed.writestr(member, HEAD + POINT.format("甲", "117,36") + TAIL)
    raw = open_source(tmp_path / "a.kmz").read()
    assert raw.attributes["name"].tolist() == ["甲"]
    assert raw.geometry[0].wkt == "POINT (117 36)"
    assert [part.name for part in raw.files] == ["a.kmz"]


def test_what_chinese_map_programs_export_may_be_shifted(tmp_path: Path) -> None:
    plain = open_source(write(tmp_path / "a.kml", POINT.format("甲", "117,36"))).read()
    made = open_source(write(tmp_path / "a.ovkml", POINT.format("甲", "117,36"))).read()
    assert "sources.kml_perhaps_shifted" not in {note.key for note in notes_of(plain)}
    assert "sources.kml_perhaps_shifted" in {note.key for note in notes_of(made)}


def test_geometries_that_nest_without_need_are_flat(tmp_path: Path) -> None:
    point = "<Point><coordinates>{},36</coordinates></Point>"
    inner = f"<MultiGeometry>{point.format(117)}</MultiGeometry>{point.format(118)}"
    path = tmp_path / "a.kml"
    path.write_text(
        f"<kml xmlns='http://www.opengis.net/kml/2.2'><Placemark><MultiGeometry>{inner}</MultiGeometry>"
        "</Placemark></kml>",
        encoding="utf-8",
    )
    assert open_source(path).read().geometry[0].wkt == "MULTIPOINT ((117 36), (118 36))"


def test_a_table_in_the_description_gives_attributes(tmp_path: Path) -> None:
    inner = "<table><tr><td>宗地号</td><td>0012</td></tr><tr><td>USE</td><td>R &amp; D</td></tr>"
    inner += (
        "<tr><td>NOTE</td><td>&lt;Null&gt;</td></tr><tr><td>name</td><td>other</td></tr><tr><td>x</td></tr>"
    )
    html = f"<html><table><tr><td>12</td></tr><tr><td>{inner}</table></td></tr></table></html>"
    mark = POINT.replace("</name>", f"</name><description><![CDATA[{html}]]></description>")
    raw = open_source(write(tmp_path / "a.kml", mark.format("12", "1,2"))).read()
    row = raw.attributes.iloc[0]
    assert (row["宗地号"], row["USE"], row["NOTE"], row["name"]) == ("0012", "R & D", None, "12")


@given(text=st.text(alphabet="<>/tdrh &;\"'ab=-!", max_size=200))
def test_odd_descriptions_never_crash(text: str) -> None:
    assert all(len(name) <= LONGEST_NAME for name in described(f"<td>{text}"))
