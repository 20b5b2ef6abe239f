"""The order of findings: by rule, both sides and last by id of the finding, no object before any."""

from __future__ import annotations

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from lantu.engine import gathering

ID = st.one_of(
    st.none(), st.sampled_from(["", "1", "10", "2", "A", "a", "É", "甲", "乙", "\U00020000", "~2"])
)
ROWS = st.lists(
    st.fixed_dictionaries(dict.fromkeys(("rule", "layer_a", "id_a", "layer_b", "id_b", "finding_id"), ID)),
    min_size=1,
    max_size=20,
)


@given(rows=ROWS)
def test_findings_stand_in_the_order_of_the_contract(rows: list[dict[str, str | None]]) -> None:
    table = pd.DataFrame(rows, dtype=object).assign(place=range(len(rows)))
    key = [tuple(row[name] or "" for name in gathering.SORT_COLUMNS) for row in rows]
    expected = sorted(range(len(rows)), key=lambda place: key[place])
    assert gathering._sorted(table)["place"].tolist() == expected
