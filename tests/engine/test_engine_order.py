"""The order of findings: by rule, both sides and last by id of the finding, no object before any."""

from __future__ import annotations

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from lantu.engine import ordering
from lantu.model import FINDING_COLUMNS

ID = st.one_of(
    st.none(), st.sampled_from(["", "1", "10", "2", "A", "a", "É", "甲", "乙", "\U00020000", "~2"])
)
SORTED_BY = (*ordering.SORT_COLUMNS, ordering.LAST)
ROWS = st.lists(st.fixed_dictionaries(dict.fromkeys(SORTED_BY, ID)), min_size=1, max_size=20)


@given(rows=ROWS, at_once=st.integers(1, 20))
def test_findings_stand_in_the_order_of_the_contract(rows: list[dict[str, str | None]], at_once: int) -> None:
    columns = dict.fromkeys((*FINDING_COLUMNS, "translation", "cause_text", "explains", "geometry"))
    table = pd.DataFrame([columns | row for row in rows], dtype=object).assign(measure=range(len(rows)))
    key = [tuple(row[name] or "" for name in SORTED_BY) for row in rows]
    expected = sorted(range(len(rows)), key=lambda place: key[place])
    parts = [table.iloc[start : start + at_once] for start in range(0, len(rows), at_once)]
    found = ordering.ordered(parts, None)
    assert found["measure"].tolist() == expected
    assert found["id_b"].tolist() == [rows[place]["id_b"] for place in expected]
