"""CQL2-text conditions, checked against SQLite, which has the same three-valued logic."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantu.errors import SourceError
from lantu.model import ProblemKind, RawTable
from lantu.sources import filter_where, parse_where, true_rows
from lantu.sources.damage import problem, problem_log

FRAME = pd.DataFrame(
    {
        "STATUS": pd.Series(["现势", "历史", None, "现势", "it's"], dtype=object),
        "面积": [100.0, 250.5, np.nan, 0.0, 999.0],
        "n": pd.Series([1, 2, 3, None, 5], dtype="Int64"),
        "code": pd.Series(["0101", "0102", "1.5e3", None, "12"], dtype=object),
        "土地 用途": pd.Series(["a_b", "A%B", "axb", "", None], dtype=object),
        "issued": pd.to_datetime(["2024-01-01", "2025-06-30", None, "2026-03-01", "2026-03-02"]),
        "ok": pd.Series([True, False, None, True, False], dtype="boolean"),
    }
)


def rows(text: str, frame: pd.DataFrame = FRAME) -> list[int]:
    columns = {name: frame[name] for name in frame.columns}
    return [int(row) for row in np.flatnonzero(true_rows(parse_where(text), columns, count=len(frame)))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("STATUS = '现势'", [0, 3]),
        ("STATUS <> '现势'", [1, 4]),
        ("STATUS != '现势'", [1, 4]),
        ("NOT STATUS = '现势'", [1, 4]),
        ("NOT (STATUS = '现势' OR STATUS = '历史')", [4]),
        ("STATUS = 'it''s'", [4]),
        ("\"STATUS\" = '现势'", [0, 3]),
        ("面积 > 100", [1, 4]),
        ("面积 >= 100 AND 面积 <= 250.5", [0, 1]),
        ("面积 BETWEEN 100 AND 250.5", [0, 1]),
        ("面积 NOT BETWEEN 100 AND 250.5", [3, 4]),
        ("100 < 面积", [1, 4]),
        ("面积 = -0", [3]),
        ("面积 > 1.5e2", [1, 4]),
        ("n IN (1, 3, 7)", [0, 2]),
        ("n NOT IN (1, 3)", [1, 4]),
        ("STATUS IN ('现势', '历史')", [0, 1, 3]),
        ("STATUS NOT IN ('现势')", [1, 4]),
        ("STATUS IS NULL", [2]),
        ("STATUS IS NOT NULL", [0, 1, 3, 4]),
        ("STATUS LIKE '现%'", [0, 3]),
        ("STATUS NOT LIKE '现%'", [1, 4]),
        ("STATUS LIKE '_势'", [0, 3]),
        ("\"土地 用途\" LIKE 'a_b'", [0, 2]),
        ("\"土地 用途\" LIKE 'a\\_b'", [0]),
        ("CASEI(\"土地 用途\") = CASEI('a%b')", [1]),
        ("CASEI(\"土地 用途\") LIKE 'A_B'", [0, 1, 2]),
        ("code > 100", [0, 1, 2]),  # text against a number: as the number that it spells
        ("code = '0101'", [0]),
        ("n = '2'", [1]),
        ("面积 / n > 100", [1, 4]),
        ("面积 + n * 2 = 102", [0]),
        ("面积 / (n - 1) > 0", [1, 4]),  # a division by zero is unknown
        ("-n < -2", [2, 4]),
        ("issued >= DATE('2026-03-01')", [3, 4]),
        ("issued < '2025-01-01'", [0]),
        ("issued = TIMESTAMP('2026-03-01T00:00:00Z')", [3]),
        ("ok = TRUE", [0, 3]),
        ("ok <> true", [1, 4]),
        ("STATUS = '现势' OR STATUS = '历史' AND n = 99", [0, 3]),  # AND binds closer
        ("(STATUS = '现势' OR STATUS = '历史') AND n = 1", [0]),
        ("STATUS = '现势'\n  and 面积 > 50", [0]),
        ("n = 1 OR STATUS IS NULL AND NOT n = 4", [0, 2]),
    ],
)
def test_conditions(text: str, expected: list[int]) -> None:
    assert rows(text) == expected


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("STATUS = ", 10),
        ("STATUS == '1'", 9),
        ("STATUS = '现势", 10),
        ("STATUS = '现势' AND", 18),
        ("(STATUS = '1'", 14),
        ("STATUS '现势'", 8),
        ("", 1),
        ("STATUS IN ()", 12),
        ("STATUS = '1'; DROP TABLE x", 13),
    ],
)
def test_mistakes_are_pointed_at(text: str, column: int) -> None:
    with pytest.raises(SourceError) as caught:
        parse_where(text)
    assert f"character {column} " in caught.value.text("en")
    assert f"第 {column} 个字符" in caught.value.text("zh")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("STATU = '1'", "Did you mean 'STATUS'"),
        ("\"土地用途\" = '1'", "土地 用途"),
        ("面积 = '大'", "holds numbers"),
        ("n IN ('一')", "holds numbers"),
        ("issued > 'soon'", "no date"),
        ("issued > 2025", "no date"),
        ("issued > DATE('2025-13-01')", "no date"),
        ("STATUS LIKE n", "LIKE needs text"),
        ("STATUS = '" + "x" * 20_000 + "'", "too long"),
    ],
)
def test_what_cannot_be_compared_is_an_error(text: str, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        rows(text)


def test_scalars_stand_for_all_rows() -> None:
    columns = {
        "subject.far": pd.Series([1.0, 3.0]),
        "area_m2": pd.Series([5.0, 50.0]),
        "other.kind": "control",
    }
    found = true_rows(
        parse_where("other.kind = 'control' AND subject.far > 2 AND area_m2 > 10"), columns, count=2
    )
    assert found.tolist() == [False, True]


def test_no_rows() -> None:
    assert rows("STATUS = '现势' AND 面积 > 1 AND issued > '2024-01-01'", FRAME.iloc[:0]) == []


def test_filter_keeps_the_parts_together() -> None:
    kinds = (
        ProblemKind.RECORD_UNREADABLE,
        ProblemKind.JOIN_WITHOUT_PARTNER,
        ProblemKind.JOIN_WITHOUT_PARTNER,
    )
    log = problem_log([problem(kind, record=record) for kind, record in zip(kinds, (9, 1, 2), strict=True)])
    raw = RawTable(
        attributes=FRAME,
        geometry=np.arange(5).astype(object),
        record=np.array([1, 2, 3, 4, 5], dtype=np.int64),
        crs=None,
        driver="test",
        count_in=6,
        problems=log,
    )
    kept, left_out = filter_where(raw, "STATUS = '现势'")
    assert left_out == 3
    assert kept.geometry.tolist() == [0, 3]
    assert kept.record.tolist() == [1, 4]
    assert kept.attributes.index.tolist() == [0, 1]
    assert kept.problems["record"].tolist() == [9, 1]
    assert kept.count_in == 6 == len(kept.geometry) + left_out + 1


NUMBERS = st.sampled_from([None, 0, 1, 2, 3])
WORDS = st.sampled_from([None, "a", "b", "ab", "甲"])
COMPARE = st.sampled_from(["=", "<>", "<", "<=", ">", ">="])


def conditions() -> st.SearchStrategy[str]:
    number = st.sampled_from(["p", "q", "1", "2", "p + q", "p * 2 - 1"])
    word = st.sampled_from(["s", "t", "'a'", "'ab'", "'甲'"])
    leaves = st.one_of(
        st.builds(lambda a, op, b: f"{a} {op} {b}", number, COMPARE, number),
        st.builds(lambda a, op, b: f"{a} {op} {b}", word, COMPARE, word),
        st.builds(
            lambda a, no, b, c: f"{a} {no}BETWEEN {b} AND {c}",
            number,
            st.sampled_from(["", "NOT "]),
            number,
            number,
        ),
        st.builds(
            lambda a, no, b, c: f"{a} {no}IN ({b}, {c})", word, st.sampled_from(["", "NOT "]), word, word
        ),
        st.builds(
            lambda a, no: f"{a} IS {no}NULL", st.sampled_from(["p", "s"]), st.sampled_from(["", "NOT "])
        ),
    )
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.builds(lambda a, op, b: f"{a} {op} {b}", inner, st.sampled_from(["AND", "OR"]), inner),
            inner.map(lambda text: f"NOT ({text})"),
            inner.map(lambda text: f"({text})"),
        ),
        max_leaves=6,
    )


@settings(max_examples=250, deadline=None)
@given(conditions(), st.lists(st.tuples(NUMBERS, NUMBERS, WORDS, WORDS), min_size=1, max_size=8))
def test_agrees_with_sqlite(text: str, table: list[tuple[Any, ...]]) -> None:
    frame = pd.DataFrame(
        {
            "p": pd.Series([row[0] for row in table], dtype="Int64"),
            "q": pd.Series([row[1] for row in table], dtype="Int64"),
            "s": pd.Series([row[2] for row in table], dtype=object),
            "t": pd.Series([row[3] for row in table], dtype=object),
        }
    )
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE x (p INTEGER, q INTEGER, s TEXT, t TEXT)")
        connection.executemany("INSERT INTO x VALUES (?, ?, ?, ?)", table)
        query = f"SELECT rowid FROM x WHERE {text} ORDER BY rowid"  # noqa: S608  # our own text
        expected = [row[0] - 1 for row in connection.execute(query)]
    assert rows(text, frame) == expected
