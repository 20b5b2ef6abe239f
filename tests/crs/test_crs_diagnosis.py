from __future__ import annotations

import numpy as np
import pytest
from pyproj import CRS, Transformer
from pyproj.database import query_crs_info
from pyproj.enums import PJType

from lantu.crs import Suspicion, crs_candidates, diagnose, landing, suggest_crs

ZHOUCUN = (117.68, 36.58, 118.02, 36.98)
CAMBRIDGE = (-71.16, 42.35, -71.06, 42.40)
NOWHERE_NEAR = np.array([[1000.0, 2000.0], [1200.0, 2300.0]])


def points_in(code: int, area: tuple[float, ...] = ZHOUCUN) -> np.ndarray:
    lonlat = np.random.default_rng(11).uniform(area[:2], area[2:], (60, 2))
    base = CRS.from_epsg(code).geodetic_crs
    return np.column_stack(Transformer.from_crs(base, code, always_xy=True).transform(*lonlat.T))


DEGREES = points_in(4490)


@pytest.mark.parametrize(
    ("points", "declared", "suspicion", "declare", "swapped"),
    [
        (points_in(4548)[:, ::-1], 4548, Suspicion.AXES_SWAPPED, "EPSG:4548", True),
        (points_in(4527)[:, ::-1], 4527, Suspicion.AXES_SWAPPED, "EPSG:4527", True),
        (DEGREES[:, ::-1], 4490, Suspicion.AXES_SWAPPED, "EPSG:4490", True),
        (points_in(4548), 4527, Suspicion.ZONE_PREFIX_MISSING, "EPSG:4548", False),
        (points_in(4527), 4548, Suspicion.ZONE_PREFIX_EXTRA, "EPSG:4527", False),
        (points_in(4548), 4547, Suspicion.WRONG_ZONE, "EPSG:4548", False),
        (points_in(4527), 4526, Suspicion.WRONG_ZONE, "EPSG:4527", False),
        (points_in(4498), 4527, Suspicion.WRONG_ZONE, "EPSG:4498", False),
        (points_in(2384), 2383, Suspicion.WRONG_ZONE, "EPSG:2384", False),
        (DEGREES, 4548, Suspicion.DEGREES_AS_METRES, "EPSG:4490", False),
        (DEGREES[:, ::-1], 4548, Suspicion.DEGREES_AS_METRES, "EPSG:4490", True),
        (points_in(4548), 4490, Suspicion.METRES_AS_DEGREES, "EPSG:4548", False),
        (points_in(4527), 4326, Suspicion.METRES_AS_DEGREES, "EPSG:4527", False),
        (points_in(4527)[:, ::-1], 4490, Suspicion.METRES_AS_DEGREES, "EPSG:4527", True),
        (points_in(3857), 4326, Suspicion.METRES_AS_DEGREES, "EPSG:3857", False),
        (points_in(3857), 4548, Suspicion.OTHER_CRS, "EPSG:3857", False),
        (points_in(4548) / 0.3048, 4548, Suspicion.INTERNATIONAL_FEET_AS_METRES, None, False),
    ],
)
def test_what_the_numbers_look_like_in_zhoucun(
    points: np.ndarray,
    declared: int,
    suspicion: Suspicion,
    declare: str | None,
    swapped: bool,  # noqa: FBT001
) -> None:
    found = diagnose(points, crs=CRS.from_epsg(declared), expected=ZHOUCUN)
    assert found is not None
    assert (found.suspicion, found.crs, found.swapped) == (suspicion, declare, swapped)
    assert found.confidence == "high"
    for language in ("zh", "en"):
        assert "100 %" in found.message.text(language)
        assert declare is None or declare in found.message.text(language)


def test_feet_in_massachusetts() -> None:
    feet, metres = points_in(2249, CAMBRIDGE), points_in(26986, CAMBRIDGE)
    found = diagnose(feet, crs=CRS.from_epsg(26986), expected=CAMBRIDGE)
    assert found is not None
    assert (found.suspicion, found.crs) == (Suspicion.US_SURVEY_FEET_AS_METRES, "EPSG:2249")
    found = diagnose(metres, crs=CRS.from_epsg(2249), expected=CAMBRIDGE)
    assert found is not None
    assert (found.suspicion, found.crs) == (Suspicion.METRES_AS_FEET, "EPSG:26986")


@pytest.mark.parametrize("code", [4548, 4527, 4490, 4326, 32650, 2384])
def test_what_lands_right_is_left_alone(code: int) -> None:
    assert diagnose(points_in(code), crs=CRS.from_epsg(code), expected=ZHOUCUN) is None


@pytest.mark.parametrize(
    "points", [NOWHERE_NEAR, np.full((3, 2), np.nan), np.empty((0, 2)), np.array([[1e300, -1e300]])]
)
def test_what_nothing_explains_gets_no_guess(points: np.ndarray) -> None:
    assert diagnose(points, crs=CRS.from_epsg(4548), expected=ZHOUCUN) is None
    assert suggest_crs(points, expected=ZHOUCUN) is None
    assert crs_candidates(points, expected=None) == ()


def test_a_few_strays_do_not_hide_what_the_rest_look_like() -> None:
    points = points_in(4548)
    points[::5] = (0.0, 0.0)
    found = diagnose(points, crs=CRS.from_epsg(4527), expected=ZHOUCUN)
    assert found is not None
    assert (found.suspicion, found.confidence) == (Suspicion.ZONE_PREFIX_MISSING, "medium")
    assert found.share == pytest.approx(0.8)


def test_a_box_will_do_for_the_points() -> None:
    points = points_in(4548)
    box = np.concatenate([points.min(axis=0), points.max(axis=0)])
    found = diagnose(box, crs=CRS.from_epsg(4527), expected=ZHOUCUN)
    assert found is not None
    assert found.suspicion is Suspicion.ZONE_PREFIX_MISSING


@pytest.mark.parametrize(
    ("points", "expected", "code", "swapped"),
    [
        (points_in(4527), ZHOUCUN, "EPSG:4527", False),
        (points_in(4548), ZHOUCUN, "EPSG:4548", False),
        (DEGREES, ZHOUCUN, "EPSG:4490", False),
        (points_in(2249, CAMBRIDGE), CAMBRIDGE, "EPSG:2249", False),
        (points_in(4326, CAMBRIDGE), CAMBRIDGE, "EPSG:4326", False),
        (points_in(4527), None, "EPSG:4527", False),
        (points_in(4527)[:, ::-1], None, "EPSG:4527", True),
        (points_in(4498), None, "EPSG:4498", False),
        (DEGREES[:, ::-1], None, "EPSG:4490", True),
    ],
)
def test_an_undeclared_layer_gets_candidates_and_the_datum_stays_open(
    points: np.ndarray,
    expected: tuple[float, ...] | None,
    code: str,
    swapped: bool,  # noqa: FBT001
) -> None:
    candidates = crs_candidates(points, expected=expected)
    assert candidates[0].crs == code
    assert candidates[0].swapped is swapped
    assert suggest_crs(points, expected=expected) == candidates[0]
    # other datums would land in the same place
    assert [item.confidence for item in candidates[:2]] in (["medium", "low"], ["high"])
    assert len(candidates) <= 6


def test_six_digits_alone_name_no_zone() -> None:
    assert crs_candidates(points_in(4548), expected=None) == ()


def test_an_undeclared_layer_can_be_diagnosed_too() -> None:
    found = diagnose(points_in(4527), crs=None, expected=ZHOUCUN)
    assert found is not None
    assert (found.suspicion, found.crs) == (Suspicion.OTHER_CRS, "EPSG:4527")


def test_degrees_in_china_may_be_a_web_maps() -> None:
    for expected in (None, ZHOUCUN, (117.0, 36.0, 119.0, 38.0)):
        inner = points_in(4490, (117.75, 36.65, 117.95, 36.90))
        first, second = crs_candidates(inner, expected=expected)
        assert first.crs == "EPSG:4490"
        for language, low in (("zh", "可信度低"), ("en", "low confidence")):
            said = first.message.text(language)
            assert "GCJ-02 / BD-09" in said
            assert low in said
        assert "GCJ-02" not in second.message.text("en")


def test_a_web_map_is_not_said_of_metres_of_other_countries_and_where_it_would_not_land() -> None:
    metres = suggest_crs(points_in(4548), expected=ZHOUCUN)
    boston = suggest_crs(points_in(4326, CAMBRIDGE), expected=CAMBRIDGE)
    # A tenth of its extent beside an area still counts as in it; brought back, these lie farther west.
    beside = points_in(4490, (ZHOUCUN[0] - 0.0395, 36.7, ZHOUCUN[0] - 0.038, 36.8))
    tight = suggest_crs(beside, expected=ZHOUCUN)
    for found in (metres, boston, tight):
        assert found is not None
        assert "GCJ-02" not in found.message.text("en")


@pytest.mark.parametrize(
    "points", [(500_000.0, 4_075_000.0), (39_572_000.0, 4_075_000.0), (1_880_000.0, 121_000.0)]
)
def test_what_surely_lands_elsewhere_does_not_land(points: tuple[float, float]) -> None:
    """The projection alone against PROJ's whole way, for every sixtieth system of EPSG, in two districts."""
    given = np.array([points, (points[0] + 3_000.0, points[1] - 2_000.0)])
    infos = query_crs_info("EPSG", PJType.PROJECTED_CRS)
    for code in sorted(int(info.code) for info in infos)[::60]:
        crs = CRS.from_epsg(code)
        for area in (ZHOUCUN, (-83.1, 42.2, -82.9, 42.5)):
            if landing.surely_elsewhere(given, crs=crs, area=area):
                assert landing.share_landed(given, crs=crs, area=area) < landing.LANDED, code


EARTH = (-180.0, -85.06, 180.0, 85.06)


def test_the_whole_earth_as_area_names_no_system_and_is_not_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    """EPSG:3857 as a stand-in for the working CRS: eastings of six digits land in each of thousands."""
    searched = []
    monkeypatch.setattr(landing, "query_crs_info", lambda *_, **__: searched.append(1) or [])
    assert crs_candidates(points_in(4548), expected=EARTH) == ()
    assert diagnose(points_in(4548), crs=CRS.from_epsg(4490), expected=EARTH) is None
    assert not searched


def test_the_whole_earth_as_area_leaves_degrees_and_zone_prefixes_to_speak() -> None:
    degrees, prefixed = suggest_crs(DEGREES, expected=EARTH), suggest_crs(points_in(4527), expected=EARTH)
    assert degrees is not None
    assert prefixed is not None
    assert (degrees.crs, prefixed.crs) == ("EPSG:4490", "EPSG:4527")
