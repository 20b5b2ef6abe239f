"""Numbers, dates, ids, words and labels as departments write them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantu.errors import StandardError
from lantu.standards import column_label, enum_of, label, standard, standard_label, unit, value_label
from lantu.standards.date import read_date, read_dates
from lantu.standards.distinct import distinct
from lantu.standards.identity import made_unique
from lantu.standards.number import read_number, read_numbers

if TYPE_CHECKING:
    from lantu.model import ObjectArray
    from lantu.standards import Column


AREA = standard("land.parcel").column("area_registered_m2")
HEIGHT = standard("plan.plot").column("height_max_m")
FAR = standard("plan.plot").column("far_max")
DENSITY = standard("plan.plot").column("density_max_ratio")
GREEN = standard("plan.plot").column("green_min_ratio")
DIAMETER = standard("utility.pipe").column("diameter_mm")
VOLTAGE = standard("utility.pipe").column("voltage_kv")
FLOORS = standard("housing.building").column("floors")


def objects(*values: object) -> ObjectArray:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


@pytest.mark.parametrize(
    ("text", "column", "number"),
    [
        ("1234.5", AREA, 1234.5),
        (" 1,234.50 ", AREA, 1234.5),
        ("１２３４．５", AREA, 1234.5),
        ("1，234", AREA, 1234.0),
        ("12 345.6", AREA, 12345.6),
        ("-3", AREA, -3.0),
        ("−3", AREA, -3.0),
        ("1.5e3", AREA, 1500.0),
        (".5", AREA, 0.5),
        ("12.5㎡", AREA, 12.5),
        ("12.5 m²", AREA, 12.5),
        ("3亩", AREA, 2000.0),
        ("1.2公顷", AREA, 12000.0),
        ("24米", HEIGHT, 24.0),
        ("≤24", HEIGHT, 24.0),
        ("不大于24m", HEIGHT, 24.0),
        ("1.0-2.5", FAR, 2.5),
        ("1.0～2.5", FAR, 2.5),
        ("45%", DENSITY, 0.45),
        ("0.45", DENSITY, 0.45),
        ("20-30%", DENSITY, 0.3),
        ("≥35％", GREEN, 0.35),
        ("30%-35%", GREEN, 0.30),
        ("DN300", DIAMETER, 300.0),
        ("Φ110", DIAMETER, 110.0),
        ("0.3m", DIAMETER, 300.0),
        ("300mm", DIAMETER, 300.0),
        ("10kV", VOLTAGE, 10.0),
        ("380V", VOLTAGE, 0.38),
        ("6层", FLOORS, 6.0),
    ],
)
def test_numbers_are_read(text: Any, column: Column, number: Any) -> None:
    assert read_number(text, column=column) == pytest.approx(number, rel=1e-15)


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("约3米", HEIGHT),
        ("—", AREA),
        ("1.2万", AREA),
        ("1200*800", DIAMETER),
        ("2φ110", DIAMETER),
        ("1,5", AREA),
        ("3 4", AREA),
        ("2²", AREA),
        ("①", AREA),
        ("½", AREA),
        ("≥24", HEIGHT),
        ("2.5-1.0", FAR),
        ("1.0-2.5", AREA),
        ("inf", AREA),
        ("nan", AREA),
        ("1e999", AREA),
        ("24kg", HEIGHT),
        ("12m", AREA),
        ("0x10", AREA),
        ("1_000", AREA),
        ("********", AREA),
        ("=1+1", AREA),
        ("DN", DIAMETER),
    ],
)
def test_what_is_not_wholly_a_number_is_unreadable(text: Any, column: Column) -> None:
    assert np.isnan(read_number(text, column=column))


def test_unreadable_is_not_empty() -> None:
    numbers, unreadable = read_numbers(
        pd.Series(objects("5", None, "", "  ", "约3米", np.nan, 7, "6.5")), column=FLOORS
    )
    np.testing.assert_array_equal(numbers, [5, np.nan, np.nan, np.nan, np.nan, np.nan, 7, np.nan])
    assert unreadable.tolist() == [False, False, False, False, True, False, False, True]


@pytest.mark.parametrize(
    "series",
    [
        pd.Series([1.5, np.nan, np.inf]),
        pd.Series([1.5, None, np.inf], dtype=object),
        pd.Series([1.5, None, np.inf], dtype="Float64"),
    ],
)
def test_numeric_columns_pass_and_infinity_is_unreadable(series: pd.Series) -> None:
    before = series.copy()
    numbers, unreadable = read_numbers(series, column=AREA, source_unit=unit("mu"))
    np.testing.assert_allclose(numbers, [1000.0, np.nan, np.nan])
    assert unreadable.tolist() == [False, False, True]
    pd.testing.assert_series_equal(series, before)


def test_a_declared_unit_holds_for_bare_numbers_only() -> None:
    numbers, _ = read_numbers(pd.Series(["3", "3亩", "3m2"]), column=AREA, source_unit=unit("亩"))
    np.testing.assert_allclose(numbers, [2000.0, 2000.0, 3.0])


@given(st.decimals(min_value=-(10**12), max_value=10**12, allow_nan=False, allow_infinity=False, places=3))
def test_formatted_numbers_come_back(number: Any) -> None:
    wanted = float(number)
    full_width = str(number).translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789.-"})
    for text in (str(number), f"{number:,}", f" {number} ", f"{number:,}".replace(",", " "), full_width):
        assert read_number(text, column=AREA) == wanted


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_float_comes_back_from_its_shortest_text(number: Any) -> None:
    assert read_number(repr(number), column=AREA) == number


@given(st.text(max_size=12))
def test_reading_a_number_never_fails(text: Any) -> None:
    for column in (AREA, FAR, GREEN, DIAMETER, FLOORS):
        value = read_number(text, column=column)
        assert np.isnan(value) or np.isfinite(value)


@pytest.mark.parametrize(
    "text",
    [
        "2024-01-02",
        "20240102",
        "2024/1/2",
        "2024.1.2",
        "2024年1月2日",
        "2024年01月02",
        "２０２４-01-02",
        "2024-01-02T08:30:00",
        "2024-01-02 00:00:00.000",
        "2024/01/02 8:30",
        "2024-01-02T00:00:00Z",
        "2024-01-02T00:00:00+08:00",
    ],
)
def test_dates_are_read(text: Any) -> None:
    assert read_date(text) == dt.date(2024, 1, 2)


@pytest.mark.parametrize(
    "text", ["2024", "202401", "2024年1月", "2024-13-01", "2024-02-30", "1/2/2024", "长期", "0000-00-00"]
)
def test_what_is_no_day_is_unreadable(text: Any) -> None:
    assert read_date(text) is None


def test_date_columns_of_every_kind() -> None:
    day = dt.date(2024, 1, 2)
    stamps, bad = read_dates(pd.Series(pd.to_datetime(["2024-01-02", None])))
    assert list(stamps) == [day, None]
    assert not bad.any()
    mixed, bad = read_dates(pd.Series(objects(day, 20240102, 20240102.0, "x", None, pd.Timestamp(day))))
    assert list(mixed) == [day, day, day, None, None, day]
    assert bad.tolist() == [False, False, False, True, False, False]


@given(st.lists(st.sampled_from(["a", "a~2", "a~3", "a~2~2", "b", "#1"]), max_size=25))
def test_ids_become_unique_and_first_ones_stay(texts: list[str]) -> None:
    unique = made_unique(objects(*texts))
    assert len(set(unique)) == len(texts)
    seen = set()
    for before, after in zip(texts, unique, strict=True):
        if before not in seen:
            assert after == before
        else:
            assert after.startswith(f"{before}~")
            assert int(after.removeprefix(f"{before}~")) >= 2
        seen.add(before)


def test_repeated_ids_are_numbered_past_those_that_exist() -> None:
    assert list(made_unique(objects("a", "a", "a~2", "a", "a~2"))) == ["a", "a~3", "a~2", "a~4", "a~2~2"]


def test_distinct_texts_keep_their_order_and_numbers_lose_point_zero() -> None:
    kinds = distinct(objects("b", 101.0, "a", "b ", None, 1.5, np.int64(101), ""))
    assert kinds.texts == ["b", "101", "a", "1.5"]
    assert kinds.positions.tolist() == [0, 1, 2, 0, -1, 3, 1, -1]


def test_words_of_enumerations() -> None:
    words, unknown = enum_of(
        "utility.pipe",
        "medium",
        values=objects("给水", "JS", "给水管线", "ws", "DX", "ＴＲ", " gas ", "GS", "CT", None, ""),
    )
    assert list(words) == [
        *["water"] * 3,
        "sewage",
        "telecom",
        "gas",
        "gas",
        "water",
        None,
        None,
        None,
    ]
    assert unknown.tolist() == [False] * 8 + [True, False, False]
    kinds, _ = enum_of("heritage.zone", "kind", values=objects("保护范围", "建设控制地带", "Protection"))
    assert list(kinds) == ["protection", "control", "protection"]
    lines, bad = enum_of(
        "plan.control_line", "kind", values=objects("永久基本农田", "城镇开发边界", "红线", "农业空间")
    )
    assert list(lines) == ["permanent_basic_farmland", "urban_boundary", None, None]  # a zone is not a line
    assert bad.tolist() == [False, False, True, True]
    classes, _ = enum_of("land.parcel", "use_class", values=objects("cropland", "耕地"))
    assert list(classes) == ["cropland", "cropland"]
    with pytest.raises(StandardError, match="is no enumeration"):
        enum_of("land.parcel", "location", values=objects("x"))


def test_labels() -> None:
    assert label("use_class", "cropland", "zh") == "耕地"
    assert label("land.parcel.use_class", "cropland", "en") == "Cropland"
    assert label("kind", "control", "zh") == label("heritage.zone.kind", "control", "zh") == "建设控制地带"
    assert label("kind", "steep_slope", "en") == "slope over 25 degrees"
    assert label("water.zone.kind", "control", "zh") == "control"  # not a word of this standard
    assert label("grade", "national", "zh") == "全国重点文物保护单位"
    assert label("pressure_class", "medium_a", "zh") == "中压A"
    assert label("location", "{x} %s", "zh") == "{x} %s"
    assert label("reason", "same canonical class", "zh") == "现状与规划类别相同"
    assert label("reason", "a user's own reason", "zh") == "a user's own reason"
    assert column_label("far_max", "zh") == "容积率上限"
    assert column_label("plan.plot.far_max", "en") == "maximum plot ratio"
    assert column_label("no_such", "en") == "no_such"
    assert standard_label("land.parcel", "zh") == "宗地"
    assert standard_label("x.y", "zh") == "x.y"


def test_units_are_found_by_any_of_their_names() -> None:
    assert unit("亩").name == unit("MU").name == "mu"
    assert unit("m²").name == "m2"
    with pytest.raises(StandardError, match="unknown unit 'cubit'"):
        unit("cubit")
    with pytest.raises(StandardError, match="unknown unit 'mu'"):
        unit("mu", dimension="length")


def test_a_word_that_is_its_own_label_is_not_looked_up_elsewhere() -> None:
    """Water in a pipe is water, not inland water; a kind of zone beside a class is still found."""
    assert value_label("medium", "water", "en") == "water"
    assert value_label("medium", "water", "zh") == "给水"
    assert value_label("use_class", "water", "en") == "Inland water"
    assert value_label("use_class", "protection", "en") == "protection range"
