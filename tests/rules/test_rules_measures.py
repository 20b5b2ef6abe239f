"""What rules compute themselves: areas and their errors, due dates, mistakes of unit, levels of parcels."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from lantu.rules.case_layers import case_layer
from lantu.rules.da.da07_delivery_overdue import due_date
from lantu.rules.ge.ge02_overlaps_own_layer import _levels
from lantu.rules.identity import has_own_id
from lantu.rules.land_use import agree
from lantu.rules.recorded_area import area_deviation_m2, unit_mistake
from lantu.standards import use_classes

dates = st.dates(dt.date(1950, 1, 1), dt.date(2100, 12, 31))


@given(dates, st.integers(0, 30), st.integers(0, 40), st.integers(0, 400))
def test_due_date_agrees_with_pandas_calendar(issued: dt.date, years: int, months: int, days: int) -> None:
    expected = pd.Timestamp(issued) + pd.DateOffset(years=years, months=months, days=days)
    assert due_date(issued, f"P{years}Y{months}M{days}D") == expected.date()


@pytest.mark.parametrize(
    "update", [None, "", "P", "1Y", "P1", "yearly", "P1Y2", "PT5H", "P1YT", "P-1Y", "P1D1Y"]
)
def test_what_is_no_duration_has_no_due_date(update: str | None) -> None:
    assert due_date(dt.date(2026, 1, 1), update) is None


def test_due_date_beyond_the_calendar_is_its_last_day() -> None:
    assert due_date(dt.date(2026, 1, 1), "P99999Y") == dt.date.max
    assert due_date(dt.date(2026, 1, 1), "P9999999W") == dt.date.max
    assert due_date(dt.date(2026, 1, 1), "P2W") == dt.date(2026, 1, 15)


def test_area_deviation_of_a_square_is_that_of_tolerance_md() -> None:
    square = np.array([shapely.box(0, 0, 50, 50)])
    assert area_deviation_m2(square, accuracy_m=0.05)[0] == pytest.approx(np.sqrt(2) * 50 * 0.05)


def test_area_deviation_is_what_moving_the_vertices_gives() -> None:
    """Monte Carlo with a fixed seed: every vertex errs by 5 cm in x and in y, independently."""
    polygon = shapely.Polygon(
        [(0, 0), (80, 10), (120, 60), (40, 90), (-20, 50)], [[(20, 30), (50, 30), (50, 50), (20, 50)]]
    )
    noise = np.random.default_rng(7)
    moved = []
    for _ in range(4000):
        shell = np.array(polygon.exterior.coords)[:-1] + noise.normal(0, 0.05, (5, 2))
        hole = np.array(polygon.interiors[0].coords)[:-1] + noise.normal(0, 0.05, (4, 2))
        moved.append(shapely.Polygon(shell, [hole]).area)
    assert area_deviation_m2(np.array([polygon]), accuracy_m=0.05)[0] == pytest.approx(
        np.std(moved), rel=0.05
    )


def test_area_deviation_takes_parts_and_keeps_the_order() -> None:
    one, two = shapely.box(0, 0, 10, 10), shapely.box(50, 0, 90, 30)
    both = shapely.MultiPolygon([one, two])
    found = area_deviation_m2(np.array([two, both, one]), accuracy_m=0.1)
    assert found[1] == pytest.approx(np.hypot(found[0], found[2]))
    assert found[2] == pytest.approx(np.sqrt(2) * 10 * 0.1)
    assert len(area_deviation_m2(np.empty(0, dtype=object), accuracy_m=0.1)) == 0


@pytest.mark.parametrize(
    ("factor", "expected"),
    [
        (1 / 666.67, ("mu", "m2")),
        (666.67, ("m2", "mu")),
        (1e-4, ("ha", "m2")),
        (1e4, ("m2", "ha")),
        (1e-6, ("km2", "m2")),
        (15.0, ("mu", "ha")),
        (100.0, ("ha", "km2")),
        (1.0, None),
        (1.4, None),
        (0.5, None),
        (10.0, None),
    ],
)
def test_a_mistake_of_unit_is_recognised_by_its_ratio(
    factor: float, expected: tuple[str, str] | None
) -> None:
    features = [
        {
            "id": str(i),
            "area_registered_m2": 10_000 * factor * (1 + wobble),
            "wkt": shapely.box(200 * i, 0, 200 * i + 100, 100).wkt,
        }
        for i, wobble in enumerate([-0.02, 0.0, 0.03, 4.0])
    ]
    found = unit_mistake(case_layer({"standard": "land.parcel", "features": features}, side="a"))
    assert (found and (found.seems, found.read_as)) == expected


def test_no_area_and_no_geometry_speak_for_no_unit() -> None:
    nothing = [{"id": "1"}, {"id": "2", "area_registered_m2": 5.0}, {"id": "3", "wkt": "POINT (1 1)"}]
    assert unit_mistake(case_layer({"features": nothing}, side="a")) is None
    assert unit_mistake(case_layer({"standard": "utility.node", "features": []}, side="a")) is None


def test_levels_of_parcel_codes() -> None:
    stem = "370306001002"
    ids = [f"{stem}{kind}00001" for kind in ("GB", "JC", "GX", "GS", "JA", "QQ")]
    found = _levels(np.array([*ids, f"{stem}GX00001~2", "P1", f"{stem}GB0001"], dtype=object))
    assert found.tolist() == ["surface", "surface", "X", "S", "A", "", "X", "", ""]


def test_made_up_ids_are_not_the_departments() -> None:
    features = [{"id": "P1"}, {"id": "#2"}, {"id": "#7"}]
    assert has_own_id(case_layer({"features": features}, side="a")).tolist() == [True, False, True]
    nameless = case_layer({"standard": "land.survey", "features": [{"use_class": "cropland"}]}, side="a")
    assert has_own_id(nameless).tolist() == [False]


def test_classes_agree_with_themselves_and_with_land_not_divided_further() -> None:
    words = np.array(use_classes().words, dtype=object)
    a, b = np.repeat(words, len(words)), np.tile(words, len(words))
    same = agree(a, b)
    assert np.array_equal(same, agree(b, a))
    assert same[a == b].all()
    others = same & (a != b)
    assert set(a[others]) - {"construction_generic"} == set(b[others]) - {"construction_generic"}
    assert ((a[others] == "construction_generic") | (b[others] == "construction_generic")).all()
    assert not agree(np.array([None, "cropland"], dtype=object), np.array([None, None], dtype=object)).any()
