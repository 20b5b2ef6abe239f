"""The table of a planner's own distances: an unknown key is tried with every value that it could have."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lantu.rules.own.requirement import Requirement, RequirementTable

MEDIA = ("gas", "water", "heat")
CLASSES = ("industrial", "commercial", "elsewhere")  # the last stands in no row

LIMITS = st.one_of(st.none(), st.integers(0, 9).map(float))
CELLS = st.dictionaries(
    st.tuples(st.sampled_from(("gas", "water", "*")), st.sampled_from(("industrial", "commercial", "*"))),
    LIMITS,
    min_size=1,
)


def table_of(cells: dict[tuple[str, str], float | None]) -> RequirementTable:
    rows = tuple(
        Requirement(line=line, cells=keys, required_m=limit, source="", clause="")
        for line, (keys, limit) in enumerate(cells.items(), 2)
    )
    return RequirementTable(name="t.csv", keys=("subject.medium", "other.use_class"), rows=rows)


def by_hand(cells: dict[tuple[str, str], float | None], medium: str, use_class: str) -> float:
    """Return what the table says of one pair whose keys are known; -inf for nothing."""
    fitting = [
        (keys.count("*"), place, limit)
        for place, (keys, limit) in enumerate(cells.items())
        if keys[0] in (medium, "*") and keys[1] in (use_class, "*")
    ]
    limit = min(fitting)[2] if fitting else None
    return -math.inf if limit is None else limit


@given(CELLS, st.lists(st.tuples(st.sampled_from((*MEDIA, None)), st.sampled_from((*CLASSES, None)))))
def test_the_range_is_that_of_every_value_a_missing_key_could_have(
    cells: dict[tuple[str, str], float | None], pairs: list[tuple[str | None, str | None]]
) -> None:
    columns = [np.array([pair[side] for pair in pairs], dtype=object) for side in (0, 1)]
    required = table_of(cells).required(columns)
    for number, (medium, use_class) in enumerate(pairs):
        media = MEDIA if medium is None else (medium,)
        classes = CLASSES if use_class is None else (use_class,)
        possible = [by_hand(cells, *one) for one in product(media, classes)]
        assert required.low_m[number] <= min(possible)
        assert required.high_m[number] >= max(possible)
        if None not in (medium, use_class):
            assert required.low_m[number] == required.high_m[number] == possible[0]


def test_the_row_with_fewer_wildcards_counts_then_the_upper_one() -> None:
    cells = {("*", "*"): 1.0, ("*", "industrial"): 2.0, ("gas", "*"): 3.0, ("gas", "commercial"): 4.0}
    required = table_of(cells).required(
        [
            np.array(["gas", "gas", "gas", "heat", None, None], dtype=object),
            np.array(["industrial", "commercial", None, None, None, "industrial"], dtype=object),
        ]
    )
    assert required.low_m.tolist() == [2.0, 4.0, 2.0, 1.0, 1.0, 2.0]
    assert required.high_m.tolist() == [2.0, 4.0, 4.0, 2.0, 4.0, 2.0]
    assert required.row.tolist() == [1, 3, -1, -1, -1, 1]


def test_a_blank_requirement_concerns_nobody_and_hides_the_rows_behind_it() -> None:
    required = table_of({("gas", "*"): None, ("*", "*"): 5.0}).required(
        [np.array(["gas", "water"], dtype=object), np.array(["industrial", None], dtype=object)]
    )
    assert required.low_m.tolist() == [-math.inf, 5.0]
    assert required.high_m.tolist() == [-math.inf, 5.0]


def test_numbers_are_compared_as_numbers() -> None:
    rows = (Requirement(line=2, cells=(300.0,), required_m=2.0, source="", clause=""),)
    table = RequirementTable(name="t.csv", keys=("subject.diameter_mm",), rows=rows)
    required = table.required([np.array([300, 300.0, 301.0, np.nan], dtype=object)])
    assert required.high_m.tolist() == [2.0, 2.0, -math.inf, 2.0]
    assert required.low_m.tolist() == [2.0, 2.0, -math.inf, -math.inf]
