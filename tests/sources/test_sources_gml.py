"""GML: what servers and planning portals hand over, its axis orders, its damage, its attacks."""

from __future__ import annotations

import math
import shutil
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lantu.errors import SourceError
from lantu.sources import notes_of, open_source
from lantu.sources.gmlreference import crs_of_srs
from lantu.sources.gmlshapes import arc_through

if TYPE_CHECKING:
    from pathlib import Path

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs/2.0" '
    'xmlns:gml="http://www.opengis.net/gml/3.2" xmlns:p="urn:p" xmlns:xlink="http://www.w3.org/1999/xlink">'
)
TAIL = "</wfs:FeatureCollection>"
URN = "urn:ogc:def:crs:EPSG::"


def member(number: int, geometry: str, *, more: str = "", kind: str = "Zone") -> str:
    return (
        f'<wfs:member><p:{kind} gml:id="z{number}"><p:code>010{number}</p:code>{more}'
        f"<p:geom>{geometry}</p:geom></p:{kind}></wfs:member>"
    )


def polygon(ring: str, srs: str = "EPSG:4548") -> str:
    return (
        f'<gml:Polygon srsName="{srs}"><gml:exterior><gml:LinearRing><gml:posList>{ring}</gml:posList>'
        "</gml:LinearRing></gml:exterior></gml:Polygon>"
    )


SQUARE = polygon("0 0 2 0 2 2 0 2 0 0")


def write(path: Path, *members: str, head: str = HEAD, tail: str = TAIL, encoding: str = "utf-8") -> Path:
    path.write_bytes((head + "".join(members) + tail).encode(encoding))
    return path


def said(raw: Any) -> set[str]:
    return {note.key for note in notes_of(raw)}


@pytest.mark.parametrize("form", ["GML2", "GML3", "GML3.2"])
@pytest.mark.parametrize("epsg", [4490, 4527, 4548, 2154])
def test_what_gdal_writes_comes_back(tmp_path: Path, form: str, epsg: int) -> None:
    shapes = [
        shapely.box(117, 36, 118, 37).difference(shapely.box(117.2, 36.2, 117.4, 36.4)),
        shapely.MultiPolygon([shapely.box(0, 1, 2, 3), shapely.box(5, 1, 6, 3)]),
        None,
    ]
    frame = gpd.GeoDataFrame({"名称": ["甲", "乙", None], "c": ["0101", "x", "y"]}, geometry=shapes, crs=epsg)
    frame.to_file(tmp_path / "a.gml", driver="GML", engine="pyogrio", FORMAT=form)
    raw = open_source(tmp_path / "a.gml").read()
    assert raw.crs is not None
    assert raw.crs.to_epsg() == epsg
    assert raw.geometry[0].equals(shapes[0])  # x is east, whatever the file's order
    assert raw.geometry[1].equals(shapes[1])
    assert raw.geometry[2] is None
    assert raw.attributes["名称"].tolist() == ["甲", "乙", None]
    assert raw.attributes["c"].tolist() == ["0101", "x", "y"]
    north_first = epsg != 2154 and form != "GML2"
    assert ("sources.gml_north_first" in said(raw)) == north_first


@pytest.mark.real
@pytest.mark.parametrize(("name", "count"), [("ZONE_URBA", 66), ("EL10_ASSIETTE_SUP_S_FR", 7)])
def test_french_plans_as_gdal_reads_them(real_data: Path, tmp_path: Path, name: str, count: int) -> None:
    file = real_data / "france_plu_ign" / "encodings_and_geometry" / "fixgml" / f"{name}.gml"
    raw = open_source(file).read()
    other = pyogrio.read_dataframe(shutil.copy(file, tmp_path))
    assert (raw.layer, raw.count_in, len(raw.problems)) == (name, count, 0)
    assert raw.crs is not None
    assert raw.crs.to_epsg() == 2154
    assert all(shapely.equals_exact(raw.geometry, other.geometry.to_numpy(), tolerance=1e-6))
    assert raw.attributes["gml_id"].tolist() == other["gml_id"].tolist()


@pytest.mark.parametrize(
    ("srs", "epsg"),
    [
        ("EPSG:4527", 4527),
        ("urn:ogc:def:crs:EPSG::4527", 4527),
        ("urn:ogc:def:crs:EPSG:6.9:4527", 4527),
        ("urn:x-ogc:def:crs:EPSG:4527", 4527),
        ("http://www.opengis.net/gml/srs/epsg.xml#4527", 4527),
        ("http://www.opengis.net/def/crs/EPSG/0/4527", 4527),
        ("https://www.opengis.net/def/crs/EPSG/9.8.1/4527", 4527),
        ("urn:nowhere", None),
        ("EPSG:999999", None),
        ("", None),
    ],
)
def test_spellings_of_a_crs(srs: str, epsg: int | None) -> None:
    found = crs_of_srs(srs)
    assert (found and found.to_epsg()) == epsg


def test_crs84_is_east_first(tmp_path: Path) -> None:
    point = '<gml:Point srsName="urn:ogc:def:crs:OGC:1.3:CRS84"><gml:pos>117 36</gml:pos></gml:Point>'
    raw = open_source(write(tmp_path / "a.gml", member(1, point))).read()
    assert raw.geometry[0].wkt == "POINT (117 36)"
    assert raw.crs is not None
    assert raw.crs.is_geographic


def test_srs_is_inherited_and_heights_stay(tmp_path: Path) -> None:
    bounds = (
        f'<gml:boundedBy><gml:Envelope srsName="{URN}4527"><gml:lowerCorner>0 0</gml:lowerCorner>'
        "</gml:Envelope></gml:boundedBy>"
    )
    flat = "<gml:Point><gml:pos>4074000 39577000</gml:pos></gml:Point>"
    deep = '<gml:Point srsDimension="3"><gml:pos>4074000 39577000 5</gml:pos></gml:Point>'
    raw = open_source(write(tmp_path / "a.gml", bounds, member(1, flat), member(2, deep))).read()
    assert [shape.wkt for shape in raw.geometry] == [
        "POINT (39577000 4074000)",
        "POINT Z (39577000 4074000 5)",
    ]


def test_a_feature_in_another_crs_is_listed(tmp_path: Path) -> None:
    other = polygon("0 0 2 0 2 2 0 2 0 0", "EPSG:4527")
    raw = open_source(
        write(tmp_path / "a.gml", member(1, SQUARE), member(2, other), member(3, SQUARE))
    ).read()
    assert raw.problems["record"].tolist() == [2]
    assert raw.attributes["code"].tolist() == ["0101", "0103"]
    assert raw.count_in == 3


def test_arcs_rings_of_curves_and_surfaces(tmp_path: Path) -> None:
    half = "<gml:ArcString><gml:posList>{}</gml:posList></gml:ArcString>"
    ring = "".join(
        f"<gml:curveMember><gml:Curve><gml:segments>{half.format(points)}</gml:segments></gml:Curve></gml:curveMember>"
        for points in ("0 0 100 100 200 0", "200 0 100 -100 0 0")
    )
    circle = (
        '<gml:Surface srsName="EPSG:4548"><gml:patches><gml:PolygonPatch><gml:exterior><gml:Ring>'
        f"{ring}</gml:Ring></gml:exterior></gml:PolygonPatch></gml:patches></gml:Surface>"
    )
    whole = (
        '<gml:Curve srsName="EPSG:4548"><gml:segments><gml:Circle>'
        "<gml:posList>0 0 100 100 200 0</gml:posList>"
        "</gml:Circle></gml:segments></gml:Curve>"
    )
    raw = open_source(write(tmp_path / "a.gml", member(1, circle), member(2, whole))).read()
    exact = shapely.Point(100, 0).buffer(100, quad_segs=4000)
    assert raw.geometry[0].hausdorff_distance(exact) < 0.0011
    assert raw.geometry[0].area == pytest.approx(math.pi * 1e4, rel=1e-4)
    assert shapely.Polygon(raw.geometry[1]).area == pytest.approx(raw.geometry[0].area, rel=1e-4)


@given(st.floats(-3, 3), st.floats(0.1, 6.1), st.floats(0.05, 0.95), st.floats(1, 5000), st.booleans())
def test_arcs_stay_within_a_millimetre(
    begin: float,
    turn: float,
    part: float,
    radius: float,
    clockwise: bool,  # noqa: FBT001
) -> None:
    signed = -turn if clockwise else turn
    angles = np.array([begin, begin + signed * part, begin + signed])
    points = radius * np.column_stack([np.cos(angles), np.sin(angles)])
    found = arc_through(points)
    middles = (found[1:] + found[:-1]) / 2
    assert np.array_equal(found[[0, -1]], points[[0, 2]])
    assert np.abs(np.hypot(*found.T) - radius).max() < 1e-4
    assert (radius - np.hypot(*middles.T)).max() < 0.0012
    assert np.hypot(*np.diff(found, axis=0).T).sum() == pytest.approx(radius * turn, rel=1e-2)


@pytest.mark.parametrize(
    "bad",
    [
        polygon("0 0 1 0 1 1 0 1"),
        polygon("0 0 1 0 x 1 0 0"),
        polygon("0 0 nan 0 1 1 0 0"),
        polygon("0 0 1 0 1"),
        polygon(""),
        '<gml:MultiSurface><gml:surfaceMember xlink:href="#z1"/></gml:MultiSurface>',
        "<gml:MultiSurface>" * 60 + "</gml:MultiSurface>" * 60,
        "<gml:Point/>",
    ],
)
def test_a_bad_geometry_costs_only_its_feature(tmp_path: Path, bad: str) -> None:
    raw = open_source(write(tmp_path / "a.gml", member(1, SQUARE), member(2, bad), member(3, SQUARE))).read()
    assert raw.problems["record"].tolist() == [2]
    assert raw.attributes["code"].tolist() == ["0101", "0103"]
    assert raw.geometry[1].area == 4


def test_broken_xml_gives_what_stands_before_and_after(tmp_path: Path) -> None:
    broken = member(2, SQUARE).replace("0102", "a & b")
    whole = [member(1, SQUARE), broken, member(3, SQUARE), member(4, SQUARE, kind="Line")]
    source = open_source(write(tmp_path / "a.gml", *whole, "<wfs:member><p:Zone><p:code>01", tail=""))
    raw = source.read("Zone")
    assert raw.problems["record"].tolist() == [2, 5]
    assert raw.attributes["gml_id"].tolist() == ["z1", "z3"]
    assert raw.count_in == 4
    assert source.read("Line").count_in == 1


def test_nested_repeated_and_referring_properties(tmp_path: Path) -> None:
    more = (
        '<p:a><p:In><p:b uom="m2">5</p:b><p:b>6</p:b></p:In></p:a><p:use xlink:href="http://x/0101"/>'
        "<p:centre><gml:Point><gml:pos>1 1</gml:pos></gml:Point></p:centre>"
    )
    raw = open_source(write(tmp_path / "a.gml", member(1, SQUARE, more=more))).read()
    values = raw.attributes.iloc[0].to_dict()
    assert values["a.In.b"] == '["5", "6"]'
    assert values["a.In.b_uom"] == "m2"
    assert values["use"] == "http://x/0101"
    assert "sources.gml_further_geometries" in said(raw)


@pytest.mark.parametrize("encoding", ["GBK", "UTF-16"])
def test_other_encodings(tmp_path: Path, encoding: str) -> None:
    text = member(1, SQUARE, more="<p:n>周村区</p:n>")
    head = HEAD.replace("UTF-8", encoding)
    raw = open_source(write(tmp_path / "a.gml", text, head=head, encoding=encoding)).read()
    assert raw.attributes["n"].tolist() == ["周村区"]


@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16"])
def test_entities_are_refused(tmp_path: Path, encoding: str) -> None:
    laughs = '<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">'
    for entities in (
        laughs,
        '<!ENTITY c SYSTEM "file:///etc/passwd">',
        '<!ENTITY % c SYSTEM "http://127.0.0.1:9/">',
    ):
        head = (
            f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE x [{entities}]>' + HEAD.partition("?>")[2]
        )
        path = write(
            tmp_path / "a.gml", member(1, SQUARE, more="<p:n>&c;</p:n>"), head=head, encoding=encoding
        )
        with pytest.raises(SourceError, match="entities"):
            open_source(path).read()


def test_other_xml_and_an_empty_collection(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="not GML"):
        open_source(write(tmp_path / "a.gml", head="<OGRVRTDataSource>", tail="</OGRVRTDataSource>")).read()
    raw = open_source(write(tmp_path / "b.gml")).read()
    assert (raw.layer, raw.count_in) == ("b", 0)


WHOLE = (HEAD + member(1, SQUARE) + member(2, SQUARE) + TAIL).encode()


@settings(max_examples=150, deadline=5000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, len(WHOLE)), cut=st.integers(0, 60), put=st.binary(max_size=30))
def test_any_damage_is_an_error_or_accounts_for_itself(
    tmp_path: Path, place: int, cut: int, put: bytes
) -> None:
    path = tmp_path / "a.gml"
    path.write_bytes(WHOLE[:place] + put + WHOLE[place + cut :])
    try:
        source = open_source(path)
        for layer in source.layers():
            raw = source.read(layer)
            assert raw.count_in == len(raw.geometry) + len(raw.problems)
    except SourceError:
        return


def test_answers_of_services_and_city_models(tmp_path: Path) -> None:
    path = tmp_path / "road.xml"
    path.write_text(HEAD + member(1, polygon("0 0 2 0 2 2 0 0")) + TAIL, encoding="utf-8")
    assert open_source(path).read().geometry[0].area == 2
    path.write_text('<MD_Metadata xmlns:gml="http://www.opengis.net/gml"/>', encoding="utf-8")
    with pytest.raises(SourceError, match="not a kind of data"):
        open_source(path)
    solid = "<b:lod1Solid><gml:Solid><gml:exterior/></gml:Solid></b:lod1Solid>"
    foot = f"<b:lod0FootPrint>{polygon('0 0 2 0 2 2 0 0')}</b:lod0FootPrint>"
    city = (
        '<c:CityModel xmlns:c="http://www.opengis.net/citygml/2.0" xmlns:b="urn:b" '
        'xmlns:gml="http://www.opengis.net/gml">'
        f"<c:cityObjectMember><b:Building>{solid}{foot}</b:Building></c:cityObjectMember>"
        f"<c:cityObjectMember><b:Building>{solid}</b:Building></c:cityObjectMember></c:CityModel>"
    )
    (tmp_path / "city.gml").write_text(city, encoding="utf-8")
    raw = open_source(tmp_path / "city.gml").read()
    assert [shape.area for shape in raw.geometry] == [2]
    assert "Solid" in raw.problems["detail"].iloc[0].text("en")


def test_geometries_outside_any_known_member_are_not_an_empty_layer(tmp_path: Path) -> None:
    path = tmp_path / "a.gml"
    path.write_text(f"{HEAD}<p:part>{polygon('0 0 2 0 2 2 0 0')}</p:part>{TAIL}", encoding="utf-8")
    with pytest.raises(SourceError, match="no members"):
        open_source(path).read()
