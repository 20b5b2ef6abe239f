from __future__ import annotations

import pytest
from pyproj import CRS
from pyproj.enums import WktVersion

from lantu.crs import canonical, describe, identify, parse_crs, same_crs
from lantu.errors import CrsError

# As ArcGIS writes it: Esri's names, no authority codes.
ZONE_39_PRJ = (
    'PROJCS["CGCS2000_3_Degree_GK_Zone_39",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",'
    'DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],'
    'UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",39500000.0],'
    'PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",117.0],PARAMETER["Scale_Factor",1.0],'
    'PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
)


def test_an_esri_prj_without_codes_is_identified() -> None:
    assert identify(CRS.from_wkt(ZONE_39_PRJ)) == "EPSG:4527"


@pytest.mark.parametrize(
    "code", [4527, 4548, 4490, 4509, 2363, 2415, 4326, 26986, 2249, 5514, 32637, 3857, 2154, 4610, 4214]
)
def test_esri_text_and_epsg_are_one_system_although_they_are_not_equal(code: int) -> None:
    official = CRS.from_epsg(code)
    esri = CRS.from_wkt(official.to_wkt(WktVersion.WKT1_ESRI))
    assert identify(esri) == f"EPSG:{code}"
    assert same_crs(esri, official)


def test_a_renamed_prj_is_identified_by_its_numbers() -> None:
    renamed = CRS.from_wkt(ZONE_39_PRJ.replace("CGCS2000_3_Degree_GK_Zone_39", "城建坐标"))
    assert identify(renamed) == "EPSG:4527"


@pytest.mark.parametrize(
    ("old", "new"),
    [("39500000.0", "500000.0"), ("39500000.0", "40500000.0"), ('Meridian",117.0', 'Meridian",118.0')],
)
def test_a_local_grid_under_an_official_name_is_not_taken_for_it(old: str, new: str) -> None:
    local = CRS.from_wkt(ZONE_39_PRJ.replace(old, new))
    assert not identify(local).startswith("EPSG:")


def test_heights_and_axis_order_do_not_count() -> None:
    assert identify(CRS.from_user_input("EPSG:4527+5737")) == "EPSG:4527"
    assert identify(CRS.from_epsg(4979)) == "EPSG:4326"
    assert identify(CRS.from_user_input("OGC:CRS84")) == "EPSG:4326"


def test_an_empty_shift_in_a_prj_is_dropped_and_a_real_one_kept() -> None:
    xian = CRS.from_epsg(2363).to_wkt(WktVersion.WKT1_GDAL)
    assert "TOWGS84" not in xian
    marked = xian.replace('AUTHORITY["EPSG","6610"]', 'TOWGS84[{}],AUTHORITY["EPSG","6610"]', 1)
    null, real = (CRS.from_wkt(marked.format(values)) for values in ("0,0,0,0,0,0,0", "24,-123,-94,0,0,0,0"))
    assert null.is_bound
    assert not canonical(null).is_bound
    assert canonical(real).is_bound
    assert identify(real) == "EPSG:2363"


@pytest.mark.parametrize(
    "text",
    [
        "EPSG:4548",
        " epsg:4548 ",
        "4548",
        "CGCS2000 / 3-degree Gauss-Kruger CM 117E",
        "urn:ogc:def:crs:EPSG::4548",
    ],
)
def test_the_ways_to_write_a_system(text: str) -> None:
    assert identify(parse_crs(text)) == "EPSG:4548"


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("ESPG:4548", "EPSG:4548"),
        ("EPSG:45480", "EPSG:4548"),
        ("CGCS2000 / 3-degree Gauss-Kruger CM 117", "EPSG:4548"),
    ],
)
def test_an_unknown_system_is_refused_with_its_neighbour(text: str, near: str) -> None:
    with pytest.raises(CrsError) as caught:
        parse_crs(text)
    for language in ("zh", "en"):
        assert text in caught.value.text(language)
        assert near in caught.value.text(language)


@pytest.mark.parametrize("text", ["", "   ", "{0.__class__} %s <b>", "北京五四"])
def test_what_is_no_system_is_refused_and_never_interpreted(text: str) -> None:
    with pytest.raises(CrsError) as caught:
        parse_crs(text)
    assert text.strip() in caught.value.text("zh")


@pytest.mark.parametrize("text", ["EPSG:5737", "EPSG:4479"])
def test_heights_and_geocentric_systems_place_nothing_on_a_map(text: str) -> None:
    with pytest.raises(CrsError, match=text):
        parse_crs(text)


def test_a_description_has_code_and_name() -> None:
    assert describe(CRS.from_wkt(ZONE_39_PRJ)) == "EPSG:4527 (CGCS2000 / 3-degree Gauss-Kruger zone 39)"
