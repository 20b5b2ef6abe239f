from __future__ import annotations

import math
import pickle
from dataclasses import replace

import numpy as np
import pytest
import shapely
from pyproj import CRS, Transformer
from pyproj.enums import WktVersion

from lantu.crs import WGS84_CGCS2000_ACCURACY_M, Operation, choose_operation
from lantu.model import Refusal

ZHOUCUN = (117.68, 36.58, 118.02, 36.98)
CAMBRIDGE = (-71.16, 42.35, -71.06, 42.40)
PRAGUE = (14.39, 50.09, 14.42, 50.12)
ZAATARI = (36.30, 32.28, 36.34, 32.31)
PICARDY = (2.0, 49.0, 2.5, 49.5)


def chosen(source: int | CRS, target: int, area: tuple[float, float, float, float] | None) -> Operation:
    source = CRS.from_epsg(source) if isinstance(source, int) else source
    found = choose_operation(source, CRS.from_epsg(target), area_of_interest=area)
    assert isinstance(found, Operation), found
    return found


@pytest.mark.parametrize(
    ("source", "target", "area", "accuracy_m", "shift"),
    [
        (4490, 4548, ZHOUCUN, 0.0, None),
        (4527, 4548, ZHOUCUN, 0.0, None),
        (4548, 4548, ZHOUCUN, 0.0, None),
        (4326, 32637, ZAATARI, 0.0, None),
        (2249, 26986, CAMBRIDGE, 0.0, None),
        (4326, 26986, CAMBRIDGE, 4.0, "Inverse of NAD83 to WGS 84 (1)"),
        (4326, 2154, PICARDY, 1.0, "Inverse of RGF93 v1 to WGS 84 (1)"),
        (3857, 5514, PRAGUE, 1.0, "Inverse of S-JTSK to WGS 84 (5)"),
        (4326, 4548, ZHOUCUN, WGS84_CGCS2000_ACCURACY_M, "CGCS2000 = WGS 84"),
        (32650, 4548, ZHOUCUN, WGS84_CGCS2000_ACCURACY_M, "CGCS2000 = WGS 84"),
        (9057, 4548, ZHOUCUN, WGS84_CGCS2000_ACCURACY_M, "CGCS2000 = WGS 84"),
        (4548, 32650, ZHOUCUN, WGS84_CGCS2000_ACCURACY_M, "CGCS2000 = WGS 84"),
    ],
)
def test_what_is_chosen_and_how_good_it_is(
    source: int, target: int, area: tuple[float, ...], accuracy_m: float, shift: str | None
) -> None:
    operation = chosen(source, target, area)
    assert operation.accuracy_m == accuracy_m
    assert operation.shift == shift
    assert (operation.source, operation.target) == (f"EPSG:{source}", f"EPSG:{target}")


@pytest.mark.parametrize(
    ("source", "target", "area"),
    [
        (4490, 4548, ZHOUCUN),
        (4527, 4548, ZHOUCUN),
        (4326, 26986, CAMBRIDGE),
        (3857, 5514, PRAGUE),
        (4326, 2154, PICARDY),
    ],
)
def test_the_pipeline_gives_what_pyproj_gives(source: int, target: int, area: tuple[float, ...]) -> None:
    rng = np.random.default_rng(20240601)
    lonlat = rng.uniform(area[:2], area[2:], (200, 2))
    points = np.column_stack(
        Transformer.from_crs(CRS.from_epsg(source).geodetic_crs, source, always_xy=True).transform(*lonlat.T)
    )
    expected = np.column_stack(Transformer.from_crs(source, target, always_xy=True).transform(*points.T))
    np.testing.assert_array_equal(chosen(source, target, area).project(points), expected)


def test_a_better_operation_without_its_grid_is_named() -> None:
    note = chosen(4326, 26986, CAMBRIDGE).note
    assert note is not None
    assert "us_noaa_nehpgn.tif" in note.text("en")
    assert "2 m" in note.text("zh")


def test_the_named_null_pair_says_what_it_assumes() -> None:
    operation = chosen(4326, 4548, ZHOUCUN)
    assert operation.note is not None
    assert "EPSG:4490" in operation.note.text("zh")
    # and is null: the same numbers as CGCS2000, but for the 0.1 mm between the ellipsoids
    point = np.array([[117.85, 36.80]])
    np.testing.assert_allclose(
        operation.project(point), chosen(4490, 4548, ZHOUCUN).project(point), atol=2e-4
    )


@pytest.mark.parametrize("source", [4610, 2363, 2359, 2384, 4214, 2415, 2436, 4555, 4775])
def test_old_chinese_datums_are_refused_until_a_transform_is_given(source: int) -> None:
    refusal = choose_operation(CRS.from_epsg(source), CRS.from_epsg(4548), area_of_interest=ZHOUCUN)
    assert isinstance(refusal, Refusal)
    assert refusal.code == "CR02"
    assert f"EPSG:{source}" in refusal.reason.text("zh")
    assert refusal.suggestion is not None
    for word in ("control_points", "helmert7", "pipeline"):
        assert word in refusal.suggestion.text("zh")
        assert word in refusal.suggestion.text("en")


def test_where_epsg_has_a_shift_for_beijing_1954_it_is_used_there_and_nowhere_else() -> None:
    ordos = chosen(4214, 4545, (108.0, 37.0, 108.5, 37.5))
    assert ordos.shift == "Beijing 1954 to WGS 84 (6) + CGCS2000 = WGS 84"
    assert ordos.accuracy_m == pytest.approx(math.hypot(1.0, WGS84_CGCS2000_ACCURACY_M))
    # the two pipelines in one give what the two give after one another
    wgs84 = Transformer.from_pipeline(
        "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad +step +proj=cart +ellps=krass "
        "+step +proj=helmert +x=11.911 +y=-154.833 +z=-80.079 +step +inv +proj=cart +ellps=WGS84 "
        "+step +proj=unitconvert +xy_in=rad +xy_out=deg"
    ).transform(108.2, 37.2)
    expected = Transformer.from_crs(4490, 4545, always_xy=True).transform(*wgs84)
    np.testing.assert_allclose(ordos.project(np.array([[108.2, 37.2]]))[0], expected, atol=1e-6)
    for area in (ZHOUCUN, None):
        assert isinstance(
            choose_operation(CRS.from_epsg(4214), CRS.from_epsg(4548), area_of_interest=area), Refusal
        )
    assert isinstance(choose_operation(CRS.from_epsg(4214), CRS.from_epsg(4326)), Refusal)


def test_a_missing_grid_that_is_the_only_way_is_named() -> None:
    refusal = choose_operation(CRS.from_epsg(4267), CRS.from_epsg(26986), area_of_interest=CAMBRIDGE)
    assert isinstance(refusal, Refusal)
    assert refusal.code == "CR02"
    assert "us_noaa_conus.tif" in refusal.reason.text("en")


def test_an_undeclared_system_is_cr01() -> None:
    refusal = choose_operation(None, CRS.from_epsg(4548))
    assert isinstance(refusal, Refusal)
    assert refusal.code == "CR01"
    assert refusal.suggestion is not None


def test_local_coordinates_and_geocentric_ones_are_refused() -> None:
    for source in (CRS.from_wkt('LOCAL_CS["工程坐标",UNIT["m",1]]'), CRS.from_epsg(7789)):
        refusal = choose_operation(source, CRS.from_epsg(4548), area_of_interest=ZHOUCUN)
        assert isinstance(refusal, Refusal)
        assert refusal.reason.key == "crs.no_operation"


def test_a_shift_that_the_file_brings_is_used_with_unknown_accuracy() -> None:
    marked = CRS.from_epsg(2363).to_wkt(WktVersion.WKT1_GDAL)
    marked = marked.replace('AUTHORITY["EPSG","6610"]', 'TOWGS84[{}],AUTHORITY["EPSG","6610"]', 1)
    operation = chosen(CRS.from_wkt(marked.format("24,-123,-94,0,0,0,0")), 4548, ZHOUCUN)
    assert operation.accuracy_m is None
    assert operation.source == "EPSG:2363"
    assert "proj=helmert x=24 y=-123 z=-94" in operation.definition
    null = CRS.from_wkt(marked.format("0,0,0,0,0,0,0"))
    assert isinstance(choose_operation(null, CRS.from_epsg(4548), area_of_interest=ZHOUCUN), Refusal)


def test_an_esri_prj_with_a_datum_name_of_its_own_is_read_by_its_code() -> None:
    esri = CRS.from_wkt(
        CRS.from_epsg(4527).to_wkt(WktVersion.WKT1_ESRI).replace("D_China_2000", "D_CGCS_2000")
    )
    operation = chosen(esri, 4548, ZHOUCUN)
    assert (operation.source, operation.accuracy_m) == ("EPSG:4527", 0.0)


def test_an_operation_fills_the_provenance_and_can_be_sent_away() -> None:
    operation = chosen(4527, 4548, ZHOUCUN)
    use = operation.use("source")
    assert (use.source, use.working, use.stated_by, use.accuracy_m) == (
        "EPSG:4527",
        "EPSG:4548",
        "source",
        0.0,
    )
    assert use.definition == operation.definition
    copy = pickle.loads(pickle.dumps(operation))  # noqa: S301  # our own bytes
    point = np.array([shapely.Point(39_570_000, 4_070_000)], dtype=object)
    assert copy.apply(point).geometry[0].equals(operation.apply(point).geometry[0])
    assert replace(copy, note=None) == replace(operation, note=None)
