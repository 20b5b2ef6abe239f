"""A layer as delivered becomes a layer on its standard: nothing is lost, every change is noted."""

from __future__ import annotations

import datetime as dt
import pickle
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from lantu.errors import StandardError
from lantu.model import PROBLEM_COLUMNS, LayerSpec, RawTable
from lantu.standards import (
    STANDARDS,
    StandardMistakes,
    code_list,
    compatibility,
    spec_mistakes,
    standard,
    standardise,
)

if TYPE_CHECKING:
    from lantu.standards import Standardised


SQUARE = shapely.box(0, 0, 10, 10)
BOW_TIE = shapely.from_wkt("POLYGON ((0 0, 2 2, 2 0, 0 2, 0 0))")
LINE = shapely.from_wkt("LINESTRING (0 0, 5 5)")
POINT = shapely.Point(1, 2)


def delivered(
    name: str,
    fields: Any = None,
    *,
    attributes: Any = None,
    geometry: Any = None,
    record: Any = None,
    **spec: Any,
) -> Standardised:
    attributes = pd.DataFrame({} if attributes is None else attributes, dtype=object)
    count = len(attributes) if geometry is None else len(geometry)
    shapes = np.empty(count, dtype=object)
    shapes[:] = [SQUARE] * count if geometry is None else geometry
    raw = RawTable(
        attributes=attributes.reindex(range(count)),
        geometry=shapes,
        record=np.arange(1, count + 1) if record is None else np.array(record),
        crs=None,
        driver="test",
        count_in=count,
    )
    wanted = LayerSpec(
        name="layer", path=Path("x"), standard=name, department="d", fields=fields or {}, **spec
    )
    return standardise(raw, wanted, geometry=shapes, crs="EPSG:4548")


def noted(result: Standardised, kind: str) -> list[Any]:
    rows = result.problems[result.problems["kind"] == kind]
    return list(rows[["row", "record", "column", "raw"]].itertuples(index=False, name=None))


def parcels(**columns: Any) -> Standardised:
    return delivered(
        "land.parcel",
        {"id": "ZDDM", "use_code": "YT", "area_registered_m2": "ZDMJ"},
        attributes={
            "ZDDM": ["A", "B", "C"],
            "YT": ["0701", "101", "水田"],
            "ZDMJ": ["3", "1,500", None],
            **columns,
        },
        codelist="gbt21010-2017",
        units={"area_registered_m2": "mu"},
    )


def test_a_layer_comes_out_as_the_contract_says() -> None:
    result = parcels(QLR=["张三", None, " <script> "])
    frame = result.frame
    assert list(frame.columns) == [
        *standard("land.parcel").columns,
        "record",
        "source:ZDDM",
        "source:YT",
        "source:ZDMJ",
        "source:QLR",
        "geometry",
    ]
    assert isinstance(frame.index, pd.RangeIndex)
    assert frame.crs == "EPSG:4548"
    assert list(frame["id"]) == ["A", "B", "C"]
    assert list(frame["use_code"]) == ["0701", "0101", "0101"]
    assert list(frame["use_class"]) == ["residential_urban", "cropland", "cropland"]
    np.testing.assert_allclose(frame["area_registered_m2"], [2000.0, 1_000_000.0, np.nan])
    assert list(frame["source:YT"]) == ["0701", "101", "水田"]
    assert list(frame["source:ZDMJ"])[:2] == ["3", "1,500"]
    assert frame["record"].dtype == np.int64
    assert list(result.problems.columns) == list(PROBLEM_COLUMNS)
    assert len(result.problems) == 0
    assert dict(result.fields_matched) == {"id": "ZDDM", "use_code": "YT", "area_registered_m2": "ZDMJ"}
    assert result.fields_missed == ("far_ratio", "height_limit_m", "right_holder", "location")


@pytest.mark.parametrize("name", STANDARDS)
@pytest.mark.parametrize("count", [0, 2])
def test_every_standard_has_all_its_columns_with_their_types(name: str, count: int) -> None:
    shape = {2: SQUARE, 1: LINE, 0: POINT}[standard(name).dimensions[0]]
    result = delivered(name, geometry=[shape] * count)
    for column in standard(name).columns.values():
        values = result.frame[column.name]
        assert values.dtype == (np.float64 if column.is_numeric else object)
        if column.name != "id":
            assert values.isna().all()
            assert column.is_numeric or all(value is None for value in values)
    required = set(standard(name).required)
    missing = {column for row, _, column, _ in noted(result, "column_missing") if row == -1}
    assert missing == required
    assert list(result.frame["id"]) == [str(number + 1) for number in range(count)]


def test_columns_of_canonical_names_match_by_themselves_in_any_case() -> None:
    result = delivered(
        "plan.plot",
        attributes={"ID": ["p"], "Use_Code": ["R2"], "far_max": ["≤2.5"], "FAR_MAX": ["9"]},
        codelist="gb50137-2011",
    )
    assert result.frame["id"][0] == "p"
    assert result.frame["use_class"][0] == "residential_urban"
    assert result.frame["far_max"][0] == 2.5
    assert result.fields_matched["far_max"] == "far_max"


def test_repeated_and_empty_ids() -> None:
    result = delivered(
        "housing.building",
        {"id": "BH"},
        attributes={"BH": ["a", "a", None, "a~2", "a", " ", 7.0]},
        record=[1, 2, 5, 7, 8, 9, 10],
    )
    assert list(result.frame["id"]) == ["a", "a~3", "#5", "a~2", "a~4", "#9", "7"]
    assert noted(result, "id_repeated") == [(0, 1, "id", "a"), (1, 2, "id", "a"), (4, 8, "id", "a")]
    assert noted(result, "value_missing") == [(2, 5, "id", None), (5, 9, "id", None)]


@given(
    st.lists(
        st.one_of(
            st.none(),
            st.sampled_from(["", "a", "a~2", "#1", "#2", "b"]),
            st.text(max_size=3),
            st.integers(0, 3),
        ),
        max_size=20,
    )
)
def test_ids_are_always_unique_text(ids: list[Any]) -> None:
    result = delivered("housing.building", {"id": "BH"}, attributes={"BH": ids})
    found = list(result.frame["id"])
    assert len(set(found)) == len(ids)
    assert all(isinstance(text, str) and text for text in found)


def test_codes_unknown_ambiguous_and_empty_are_noted_as_delivered() -> None:
    result = delivered(
        "land.survey",
        {"id": "BSM", "use_code": "DLBM"},
        attributes={"BSM": list("abcde"), "DLBM": ["0101", "9999", "07", None, "070102"]},
        codelist="third-survey",
    )
    assert list(result.frame["use_class"]) == ["cropland", None, None, None, None]
    assert list(result.frame["use_code"]) == ["0101", "9999", "07", None, "070102"]
    assert noted(result, "code_unknown") == [(1, 2, "use_code", "9999"), (4, 5, "use_code", "070102")]
    assert noted(result, "code_ambiguous") == [(2, 3, "use_code", "07")]
    assert noted(result, "value_missing") == [(3, 4, "use_code", None)]
    details = dict(zip(result.problems["raw"], result.problems["detail"], strict=True))
    assert details["9999"] is None
    assert "0701" in details["070102"].text("en")
    assert (
        details["07"].text("en")
        == "the code has no single class; it touches: Urban residential, Rural homestead"
    )
    assert "use_class" not in result.fields_missed


def test_details_are_said_in_either_language() -> None:
    result = delivered(
        "land.survey",
        {"use_code": "DLBM"},
        attributes={"DLBM": ["07"]},
        codelist="third-survey",
    )
    assert [detail.text("zh") for detail in result.problems["detail"]] == [
        "没有对应的源字段",
        "该代码不能唯一对应一个类别，涉及：城镇住宅用地、农村宅基地",
    ]


def test_without_a_code_list_only_class_words_are_classes() -> None:
    words = delivered("plan.plot", {"use_code": "Y"}, attributes={"Y": ["industrial", "工业用地", "M1"]})
    assert list(words.frame["use_class"]) == ["industrial", "industrial", None]
    assert noted(words, "code_unknown") == [(2, 3, "use_code", "M1")]
    codes = delivered("plan.plot", {"use_code": "Y"}, attributes={"Y": ["M1", "R2"]})
    assert (-1, -1, "use_class", None) in noted(codes, "column_missing")
    assert noted(codes, "code_unknown") == []
    assert "no code list declared" in [detail.text("en") for detail in codes.problems["detail"] if detail]


def test_a_delivered_class_goes_before_the_class_of_the_code() -> None:
    result = delivered(
        "land.parcel",
        {"id": "I", "use_code": "C", "use_class": "K"},
        attributes={
            "I": ["1", "2", "3", "4"],
            "C": ["0101", "9999", "0101", "07"],
            "K": ["forest", "耕地", None, "bog"],
        },
        codelist="gbt21010-2017",
    )
    assert list(result.frame["use_class"]) == ["forest", "cropland", "cropland", None]
    assert noted(result, "code_unknown") == [(3, 4, "use_class", "bog")]
    assert noted(result, "code_ambiguous") == [(3, 4, "use_code", "07")]


def test_unreadable_numbers_and_dates_are_noted_and_become_empty() -> None:
    result = delivered(
        "plan.plot",
        {"height_max_m": "XG", "valid_to": "SX", "density_max_ratio": "MD"},
        attributes={"XG": ["24", "约3米", None], "SX": ["2030年1月1日", "长期", ""], "MD": [45, 30, None]},
        units={"density_max_ratio": "percent"},
    )
    np.testing.assert_array_equal(result.frame["height_max_m"], [24.0, np.nan, np.nan])
    np.testing.assert_allclose(result.frame["density_max_ratio"], [0.45, 0.30, np.nan])
    assert list(result.frame["valid_to"]) == [dt.date(2030, 1, 1), None, None]
    assert noted(result, "value_unreadable") == [(1, 2, "height_max_m", "约3米"), (1, 2, "valid_to", "长期")]


def test_enumerations_are_read_and_required_ones_noted_where_empty() -> None:
    result = delivered(
        "heritage.zone",
        {"kind": "FWLX", "height_limit_m": "XG"},
        attributes={"FWLX": ["保护范围", "JKDD", "缓冲区", None], "XG": [None, 9, 12.5, "18m"]},
    )
    assert list(result.frame["kind"]) == ["protection", "control", None, None]
    np.testing.assert_array_equal(result.frame["height_limit_m"], [np.nan, 9.0, 12.5, 18.0])
    assert noted(result, "code_unknown") == [(2, 3, "kind", "缓冲区")]
    assert noted(result, "value_missing") == [(3, 4, "kind", None)]


def test_every_mistake_of_the_mapping_is_told_at_once() -> None:
    with pytest.raises(StandardMistakes) as caught:
        delivered(
            "land.parcel",
            {"id": "ZDDN", "use_cod": "YT", "right_holder": "QLR"},
            attributes={"ZDDM": ["A"], "YT": ["07"]},
            units={"area_registered_m2": "cubit", "location": "m"},
            codelist="gbt21010",
        )
    text = str(caught.value)
    assert "layer layer: 6 mistakes" in text
    assert "id is mapped to 'ZDDN', which the source does not have; did you mean 'ZDDM'?" in text
    assert "no column 'use_cod'; did you mean 'use_code'?" in text
    assert "right_holder is mapped to 'QLR'" in text
    assert "unknown unit 'cubit'" in text
    assert "column location of land.parcel has no unit" in text
    assert "there is no code list 'gbt21010'" in text


def test_a_specification_can_be_checked_before_the_data_are_read() -> None:
    spec = LayerSpec(name="x", path=Path("x"), standard="land.parcl", department="d")
    assert [mistake.text("en") for mistake in spec_mistakes(spec)] == [
        "there is no standard 'land.parcl'; did you mean 'land.parcel'?"
    ]
    fine = LayerSpec(
        name="x", path=Path("x"), standard="land.parcel", department="d", fields={"id": "anything"}
    )
    assert spec_mistakes(fine) == ()
    with pytest.raises(StandardError):
        delivered("land.parcl", attributes={"a": [1]})


def test_the_source_is_not_touched() -> None:
    attributes = pd.DataFrame({"BH": ["a", "a"], "GD": [3.0, np.inf]})
    shapes = np.array([BOW_TIE, None], dtype=object)
    raw = RawTable(
        attributes=attributes, geometry=shapes, record=np.array([1, 2]), crs=None, driver="t", count_in=2
    )
    spec = LayerSpec(
        name="b",
        path=Path("x"),
        standard="housing.building",
        department="d",
        fields={"id": "BH", "height_m": "GD"},
    )
    before = attributes.copy(), shapes.copy()
    first = standardise(raw, spec, geometry=shapes, crs="EPSG:4548")
    second = standardise(raw, spec, geometry=shapes, crs="EPSG:4548")
    pd.testing.assert_frame_equal(attributes, before[0])
    assert shapes[0] is before[1][0]
    pd.testing.assert_frame_equal(pd.DataFrame(first.frame), pd.DataFrame(second.frame))
    pd.testing.assert_frame_equal(first.problems, second.problems)
    assert noted(first, "value_unreadable") == [(1, 2, "height_m", "inf")]


def test_an_id_field_that_a_reader_made_up_is_no_id() -> None:
    result = delivered("housing.building", attributes={"id": [None, ""]}, record=[4, 9])
    assert list(result.frame["id"]) == ["4", "9"]
    assert len(result.problems) == 0
    assert "id" in result.fields_missed
    asked = delivered("housing.building", {"id": "id"}, attributes={"id": [None, ""]}, record=[4, 9])
    assert list(asked.frame["id"]) == ["#4", "#9"]
    assert len(asked.problems) == 2


def test_what_a_run_hands_to_other_machines_can_be_pickled() -> None:
    result = parcels()
    things = (standard("plan.plot"), code_list("third-survey"), compatibility(), dict(result.fields_matched))
    for thing in things:
        assert pickle.loads(pickle.dumps(thing)) == thing  # noqa: S301  # our own bytes
    assert type(result.fields_matched) is dict
