"""The case runner finds what is wrong with an answer: a case that cannot fail proves nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from lantu.rules import catalogue
from lantu.rules.cases import Case, cases, differences, run_case

REPORTING = [case for rule in catalogue() for case in cases(rule) if case.expected]


def changed(case: Case, **values: Any) -> Case:
    return replace(case, data={**case.data, **values})


@pytest.mark.parametrize("case", REPORTING, ids=lambda case: f"{case.rule.code}-{case.name}")
def test_a_wrong_expectation_is_told(case: Case) -> None:
    first, *rest = case.expected
    assert any("not expected" in line for line in differences(changed(case, expect=rest)))
    assert any("missing" in line for line in differences(changed(case, expect=[first, *case.expected])))
    for name, value in first.items():
        if name == "facts":
            continue
        wrong = value + 1 if isinstance(value, int | float) else f"not {value}"
        told = differences(changed(case, expect=[{**first, name: wrong}, *rest]))
        assert any(name in line for line in told), name


def test_a_wrong_fact_a_wrong_count_and_a_rule_not_checked_are_told() -> None:
    known = {(case.rule.code, case.name): case for rule in catalogue() for case in cases(rule)}
    moved = known["BD01", "moved_by_three_metres"]
    told = differences(changed(moved, expect=[{"id_a": "P1", "facts": {"change": "resized"}}]))
    assert any("facts.change is" in line for line in told)
    narrow = known["GE02", "narrower_than_the_tolerance_is_left_out"]
    assert differences(changed(narrow, left_out=0)) == ["left out: 1, expected 0"]
    dateless = known["TE01", "no_dates_are_not_checked"]
    assert differences(changed(dateless, not_checked=False)) == ["not checked: True"]


@pytest.mark.parametrize("case", REPORTING, ids=lambda case: f"{case.rule.code}-{case.name}")
def test_the_answer_does_not_depend_on_the_order_of_rows(case: Case) -> None:
    """Law 11, on every known answer whose problems do not name rows."""
    data = dict(case.data)
    sides = [side for side in ("a", "b") if isinstance(data.get(side), dict)]
    if any(data[side].get("problems") for side in sides):
        pytest.skip("problems name rows")
    for side in sides:
        data[side] = {**data[side], "features": data[side].get("features", [])[::-1]}
    assert differences(replace(case, data=data)) == []


def test_sentences_are_said_in_both_languages() -> None:
    for case in REPORTING:
        for row in run_case(case).found:
            assert row["message_zh"] != row["message_en"]
            assert "None" not in row["message_en"] + row["message_zh"]
            assert "nan" not in row["message_en"].split()
