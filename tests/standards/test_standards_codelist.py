"""Codes become classes as the lists say, and honestly nothing where they do not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantu.errors import StandardError
from lantu.standards import CODE_LISTS, StandardMistakes, code_list

if TYPE_CHECKING:
    from pathlib import Path

    from lantu.model import ObjectArray


def objects(*values: object) -> ObjectArray:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def classified(name: str, *codes: object) -> list[Any]:
    classes, status = code_list(name).classify(objects(*codes))
    return list(zip(classes, status, strict=True))


@pytest.mark.parametrize(
    ("name", "code", "use_class"),
    [
        ("gbt21010-2017", "0103", "cropland"),
        ("gbt21010-2017", "0701", "residential_urban"),
        ("gbt21010-2017", "0501", "commercial"),
        ("spatial-2023", "0501", "wetland"),  # the same code, another list
        ("spatial-2023", "1001", "industrial"),
        ("third-survey", "1001", "transport"),
        ("third-survey", "0201K", "orchard"),
        ("third-survey", "0603", "mining"),
        ("spatial-2020-trial", "070102", "residential_urban"),
        ("gb50137-2011", "R21", "residential_urban"),
        ("gb50137-2011", "A7", "heritage"),
    ],
)
def test_known_codes_have_the_class_of_the_crosswalk(name: str, code: str, use_class: str) -> None:
    assert classified(name, code) == [(use_class, "known")]


def test_a_lost_leading_zero_comes_back_only_where_the_list_has_the_code() -> None:
    assert (
        classified("gbt21010-2017", "101", 101, 101.0, "101.0", " 101 ", "１０１")
        == [("cropland", "known")] * 6
    )
    assert classified("gbt21010-2017", "1") == [("cropland", "known")]
    assert classified("gbt21010-2017", "999", "7", "70102") == [
        (None, "unknown"),
        (None, "ambiguous"),  # 07 itself
        (None, "unknown"),
    ]
    assert classified("spatial-2020-trial", 70102) == [("residential_urban", "known")]


def test_a_code_that_covers_several_classes_is_never_guessed() -> None:
    assert classified("gbt21010-2017", "07", "12") == [(None, "ambiguous")] * 2
    assert classified("gb50137-2011", "E2", "E") == [(None, "ambiguous")] * 2


def test_a_longer_code_is_unknown_and_its_parent_is_only_suggested() -> None:
    codes = code_list("gbt21010-2017")
    assert classified("gbt21010-2017", "070102") == [(None, "unknown")]
    parent = codes.parent("070102")
    assert parent is not None
    assert parent.code == "0701"


def test_names_are_taken_for_codes_where_they_have_one_class() -> None:
    assert classified("gbt21010-2017", "水田", "Paddy field") == [("cropland", "known")] * 2
    assert classified("gb50137-2011", "住宅用地") == [("residential_urban", "known")]  # R11, R21 and R31
    assert classified("third-survey", "不存在的地类") == [(None, "unknown")]


def test_settlement_qualifiers_are_no_land_use_codes() -> None:
    assert code_list("third-survey").find("201A") == ()
    assert classified("third-survey", "201") == [("orchard", "known")]  # 0201 without its zero
    assert classified("third-survey", "203A") == [(None, "unknown")]


def test_blanks_are_empty_not_unknown() -> None:
    assert classified("third-survey", None, "", "  ", np.nan, "<Null>") == [(None, "empty")] * 5


def test_codes_read_as_the_list_writes_them() -> None:
    reading = code_list("third-survey").read(objects("101", "0201k", "水田", "x", None))
    assert list(reading.codes) == ["0101", "0201K", "0101", "x", None]


def test_labels_follow_the_language() -> None:
    codes = code_list("gbt21010-2017")
    assert list(codes.labels(objects("0101", "?"), "zh")) == ["水田", "?"]
    assert list(codes.labels(objects("0101", "?"), "en")) == ["Paddy field", "?"]


@pytest.mark.parametrize("name", CODE_LISTS)
def test_classes_of_ambiguous_codes_are_listed(name: str) -> None:
    vague = [code for code in code_list(name).entries.values() if not code.single]
    assert vague
    assert all(code.classes for code in vague)


def test_an_unknown_list_is_refused_with_the_closest_name() -> None:
    with pytest.raises(StandardError, match="did you mean 'spatial-2023'"):
        code_list("spatial-2032")


def test_a_list_of_the_users_own(tmp_path: Path) -> None:
    file = tmp_path / "zoning.csv"
    file.write_text(
        "code,name,class\nRES-1,One family,residential_urban\n104,Store,商业服务业用地\n\n"
        "MXD,Mixed,residential_urban|commercial\nOS,?,\n",
        encoding="utf-8-sig",
    )
    codes = code_list("zoning.csv", base=tmp_path)
    classes, status = codes.classify(objects("res-1", 104.0, "MXD", "OS", "Z", "one family"))
    assert list(classes) == ["residential_urban", "commercial", None, None, None, "residential_urban"]
    assert list(status) == ["known", "known", "ambiguous", "ambiguous", "unknown", "known"]
    assert codes.name == "zoning.csv"


def test_a_list_in_gb18030_is_read(tmp_path: Path) -> None:
    file = tmp_path / "用地.csv"
    file.write_bytes("code,name,class\n甲,住宅,residential_urban\n".encode("gb18030"))
    assert list(code_list(file).classify(objects("甲"))[0]) == ["residential_urban"]


def test_every_mistake_of_a_list_is_told_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "bad.csv"
    file.write_text(
        "code,name,class\nA,a,croplnd\nB,b,commercial\n,c,commercial\nB,again,industrial\nC,c,commercial|zzz\n",
        encoding="utf-8",
    )
    with pytest.raises(StandardMistakes) as caught:
        code_list("bad.csv", base=tmp_path)
    text = str(caught.value)
    assert "4 mistakes" in text
    assert "bad.csv:2: unknown class 'croplnd'; did you mean 'cropland'?" in text
    assert "bad.csv:4: the code is empty" in text
    assert "bad.csv:5: 'B' already stands on line 3" in text
    assert "bad.csv:6: unknown class 'zzz'" in text
    assert "bad.csv:2：不认识的用地类别“croplnd”" in caught.value.text("zh")


def test_a_missing_file_and_missing_columns_are_told(tmp_path: Path) -> None:
    with pytest.raises(StandardError, match=r"nowhere\.csv: the file does not exist"):
        code_list("nowhere.csv", base=tmp_path)
    file = tmp_path / "columns.csv"
    file.write_text("code,klass\nA,commercial\n", encoding="utf-8")
    with pytest.raises(StandardError, match="missing column name, class"):
        code_list(file)
    file.write_text("code,name,class\n", encoding="utf-8")
    with pytest.raises(StandardError, match="no rows"):
        code_list(file)
    file.write_bytes(b"")
    with pytest.raises(StandardError, match="missing column code, name, class"):
        code_list(file)
    file.write_bytes(b"\xff\xff\xff\x80\x80")
    with pytest.raises(StandardError, match="neither UTF-8 nor GB18030"):
        code_list(file)


@given(
    st.lists(
        st.one_of(st.none(), st.text(max_size=8), st.integers(), st.floats(), st.booleans()), max_size=30
    )
)
def test_classifying_is_elementwise_and_never_fails(values: Any) -> None:
    codes = code_list("spatial-2023")
    classes, status = codes.classify(objects(*values))
    assert len(classes) == len(status) == len(values)
    for use_class, word in zip(classes, status, strict=True):
        assert (use_class is not None) == (word == "known")
