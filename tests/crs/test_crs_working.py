from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS

from lantu.crs import identify, stretch_note, working_crs, zone_at
from lantu.errors import CrsError

ZHOUCUN = (117.68, 36.58, 118.02, 36.98)
CAMBRIDGE = (-71.16, 42.35, -71.06, 42.40)


@pytest.mark.parametrize(
    ("extent", "code"),
    [
        (ZHOUCUN, "EPSG:4548"),
        ((118.6, 36.5, 118.8, 36.6), "EPSG:4549"),
        ((75.5, 39.0, 76.1, 39.5), "EPSG:4534"),
        ((134.0, 48.0, 134.6, 48.4), "EPSG:4554"),
        (CAMBRIDGE, "EPSG:32619"),
        ((36.3, 32.28, 36.34, 32.31), "EPSG:32637"),
        ((151.1, -33.9, 151.3, -33.8), "EPSG:32756"),
        ((126.9, 37.5, 127.1, 37.6), "EPSG:32652"),  # Seoul lies in the box around China, not in its zone
        ((77.1, 28.5, 77.3, 28.7), "EPSG:32643"),  # Delhi too
    ],
)
def test_auto_takes_the_zone_that_holds_the_data(extent: tuple[float, ...], code: str) -> None:
    assert identify(working_crs("auto", extents=[extent])) == code


def test_one_layer_in_the_wrong_place_moves_nothing() -> None:
    stray = (4.0, -1.0, 5.0, 0.0)
    assert (
        identify(working_crs("auto", extents=[stray, ZHOUCUN, ZHOUCUN], weights=[10, 4000, 3000]))
        == "EPSG:4548"
    )
    assert identify(working_crs("AUTO", extents=[ZHOUCUN, stray], weights=[4000, 10])) == "EPSG:4548"


def test_extents_that_mean_nothing_are_left_out() -> None:
    nowhere = (math.nan, math.nan, math.nan, math.nan)
    assert identify(working_crs("auto", extents=[nowhere, ZHOUCUN])) == "EPSG:4548"
    for extents, weights in (([], None), ([nowhere], None), ([ZHOUCUN], [0.0])):
        with pytest.raises(CrsError, match="automatically"):
            working_crs("auto", extents=extents, weights=weights)


@given(st.integers(75 // 3, 135 // 3), st.floats(-1.49, 1.49))
def test_every_zone_of_china_has_its_meridian(zone: int, off: float) -> None:
    meridian = 3 * zone
    area = CRS.from_epsg(4534 + zone - 25).area_of_use
    assert area is not None
    if not area.west <= meridian + off <= area.east:
        return
    found = zone_at(meridian + off, (area.south + area.north) / 2)
    assert identify(found) == f"EPSG:{4534 + zone - 25}"
    assert f"CM {meridian}E" in found.name


@pytest.mark.parametrize("code", ["EPSG:4548", "EPSG:4527", "EPSG:26986", "EPSG:5514", "EPSG:2154"])
def test_a_projected_system_in_metres_is_taken_as_asked(code: str) -> None:
    assert identify(working_crs(code)) == code


@pytest.mark.parametrize(("code", "word"), [("EPSG:4490", "degrees"), ("EPSG:2249", "survey foot")])
def test_degrees_and_feet_are_refused(code: str, word: str) -> None:
    with pytest.raises(CrsError, match=word):
        working_crs(code)


def test_a_working_system_that_stretches_says_so() -> None:
    # 1 / cos(50.1 degrees) = 1.559: Web Mercator in Prague
    note = stretch_note(CRS.from_epsg(3857), lonlat=(14.4, 50.1))
    assert note is not None
    assert "55." in note.text("en") or "56." in note.text("en")
    assert stretch_note(CRS.from_epsg(5514), lonlat=(14.4, 50.1)) is None
    assert stretch_note(CRS.from_epsg(4548), lonlat=(117.8, 36.8)) is None
