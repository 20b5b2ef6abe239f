"""Tables joined by key: every feature stays, nothing is picked in silence."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantu.errors import SourceError
from lantu.model import JoinSpec, RawTable
from lantu.sources import join_table
from lantu.sources.join import keys_of

if TYPE_CHECKING:
    from pathlib import Path


def layer(**columns: list[object]) -> RawTable:
    frame = pd.DataFrame({name: pd.Series(values) for name, values in columns.items()})
    count = len(frame)
    return RawTable(
        attributes=frame,
        geometry=np.full(count, None, dtype=object),
        record=np.arange(count, dtype=np.int64) * 10 + 10,
        crs=None,
        driver="test",
        count_in=count,
        layer="parcels",
    )


def spec(path: Path, text: str) -> JoinSpec:
    path.write_text(text, "utf-8")
    return JoinSpec(path=path, on="ML", table_key="MapLot")


def test_first_row_is_used_and_everything_else_is_said(tmp_path: Path) -> None:
    table = spec(
        tmp_path / "tax.csv", "MapLot,use,ML\n1-1,0101,a\n1-2,0102,b\n 1-1 ,9999,c\n7-7,0107,d\n,0108,e\n"
    )
    raw = layer(ML=["1-2", "1-1", "5-5", None, "1-1 "])
    joined, count, problems = join_table(raw, table)
    assert joined.attributes["use"].tolist() == ["0102", "0101", None, None, "0101"]
    assert joined.attributes["table.ML"].tolist() == ["b", "a", None, None, "a"]
    assert list(joined.attributes.columns) == ["ML", "use", "table.ML"]
    assert (count.joined, count.without_row, count.rows_unused, count.keys_repeated) == (3, 2, 2, 1)
    alone = problems[problems["kind"] == "join_without_partner"]
    assert alone["record"].tolist() == [30, 40]
    assert alone["raw"].tolist() == ["5-5", None]
    repeated = problems[problems["kind"] == "join_key_repeated"]
    assert repeated["raw"].tolist() == ["1-1"]
    assert "2 rows" in repeated["detail"].iloc[0].text("en")
    assert len(joined.problems) == len(problems)
    assert raw.attributes.columns.tolist() == ["ML"]


def test_whole_numbers_meet_their_text(tmp_path: Path) -> None:
    table = spec(tmp_path / "tax.csv", "MapLot,n\n1,a\n2.0,b\n03,c\n")
    joined, _, _ = join_table(layer(ML=[1.0, 2.0, 3.0]), table)
    assert joined.attributes["n"].tolist() == ["a", "b", None]  # 03 is a code, not the number 3
    assert keys_of(pd.Series(["1.50", "1.0", "x.0", " ", "-2."])).tolist() == ["1.50", "1", "x.0", None, "-2"]


def test_numbers_of_the_table_stay_whole(tmp_path: Path) -> None:
    path = tmp_path / "tax.xlsx"
    pd.DataFrame({"MapLot": ["a", "b"], "n": [1, 2], "x": [1.5, 2.5]}).to_excel(
        path, index=False, engine="openpyxl"
    )
    joined, count, _ = join_table(layer(ML=["b", "c"]), JoinSpec(path=path, on="ML", table_key="MapLot"))
    assert joined.attributes["n"].tolist()[0] == 2
    assert joined.attributes["n"].isna().tolist() == [False, True]
    assert joined.attributes["x"].iloc[0] == 2.5
    assert count.joined == 1


def test_unknown_fields_and_missing_tables(tmp_path: Path) -> None:
    table = spec(tmp_path / "tax.csv", "MapLot,n\n1,a\n")
    with pytest.raises(SourceError, match="Did you mean 'ML'"):
        join_table(layer(ML=["1"]), replace(table, on="ml_"))
    with pytest.raises(SourceError, match="Did you mean 'MapLot'"):
        join_table(layer(ML=["1"]), replace(table, table_key="Maplots"))
    with pytest.raises(SourceError, match="no such file"):
        join_table(layer(ML=["1"]), replace(table, path=tmp_path / "none.csv"))


def test_empty_sides(tmp_path: Path) -> None:
    table = spec(tmp_path / "tax.csv", "MapLot,n\n")
    joined, count, _ = join_table(layer(ML=["1", "2"]), table)
    assert joined.attributes["n"].tolist() == [None, None]
    assert count.without_row == 2
    joined, count, _ = join_table(layer(ML=[]), spec(tmp_path / "tax.csv", "MapLot,n\n1,a\n"))
    assert len(joined.attributes) == 0
    assert (count.joined, count.rows_unused) == (0, 1)


KEYS = st.lists(st.sampled_from(["a", "b", "c", "1", "1.0", " a", None]), max_size=12)


@settings(max_examples=80, deadline=None)
@given(KEYS, KEYS)
def test_agrees_with_a_loop(
    tmp_path_factory: pytest.TempPathFactory, ours: list[str | None], theirs: list[str | None]
) -> None:
    path = tmp_path_factory.mktemp("join") / "t.csv"
    rows = "".join(f"{key or ''},row{number}\n" for number, key in enumerate(theirs))
    joined, count, problems = join_table(
        layer(ML=pd.Series(ours, dtype=object).tolist()), spec(path, "MapLot,v\n" + rows)
    )

    def plain(key: str | None) -> str | None:
        return None if key is None else {"1.0": "1"}.get(key, key).strip()

    first: dict[str, str] = {}
    seen: dict[str, int] = {}
    for number, key in enumerate(map(plain, theirs)):
        if key is not None:
            first.setdefault(key, f"row{number}")
            seen[key] = seen.get(key, 0) + 1
    expected = [first.get(key) if key is not None else None for key in map(plain, ours)]
    assert joined.attributes["v"].tolist() == expected
    used = {plain(key) for key in ours} - {None}
    assert count.joined == sum(value is not None for value in expected)
    assert count.joined + count.without_row == len(ours)
    assert count.rows_unused == sum(plain(key) not in used for key in theirs)
    assert count.keys_repeated == sum(times > 1 for times in seen.values())
    assert len(problems) == count.without_row + count.keys_repeated
