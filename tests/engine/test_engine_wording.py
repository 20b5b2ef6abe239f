"""Findings are put into words together, and each says what it would say alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from engine_layers import make_facts, make_layer, square
from hypothesis import given
from hypothesis import strategies as st

from lantu.engine import sentences
from lantu.engine.wording import findings_of
from lantu.messages import message
from lantu.model import FINDING_COLUMNS, finding_id
from lantu.rules import build
from lantu.rules.verdict import Verdict, verdict
from lantu.standards import Word

RULE = build(["LU01"], [], {})[0]
SIDE = 4

FACTS = st.one_of(
    st.none(),
    st.floats(allow_infinity=False),
    st.integers(),
    st.text(),
    st.sampled_from(["cropland", "residential"]).map(lambda word: Word("use_class", {"word": word})),
    st.floats(0, 9).map(lambda value: message("rules.pipes.exactly", value_m=value)),
)
ENTRIES = st.lists(
    st.fixed_dictionaries(
        {
            "row": st.integers(0, SIDE - 1),
            "undecidable": st.booleans(),
            "message": st.sampled_from([None, "rules.LU01.overlaid"]),
            "field": st.sampled_from(["use_class", None]),
            "value": st.sampled_from(["cropland", "residential", "no word of ours", None]),
            "measure": st.floats(allow_infinity=False),
            "facts": st.lists(FACTS, min_size=6, max_size=6),
        }
    ),
    min_size=1,
    max_size=12,
)
ENTRY: dict[str, Any] = {
    "row": 0,
    "undecidable": False,
    "message": None,
    "field": "use_class",
    "value": "cropland",
    "measure": 1.0,
    "facts": ["", "", "", "", "", ""],
}
NAMES = ("reason", "source", "check", "verdict_word", "place", "ruling")


def judged(entries: list[dict[str, Any]]) -> Verdict:
    """Return a verdict of LU01 with these entries."""

    def column(values: Any) -> Any:
        said = np.empty(len(entries), dtype=object)
        said[:] = list(values)
        return said

    rows = np.array([entry["row"] for entry in entries])
    return verdict(
        rows,
        rows,
        severity="minor",
        undecidable=np.array([entry["undecidable"] for entry in entries]),
        message=column(entry["message"] for entry in entries),
        field=column(entry["field"] for entry in entries),
        value_a=column(entry["value"] for entry in entries),
        value_b="green_space",
        share_a=0.5,
        measure=np.array([entry["measure"] for entry in entries]),
        unit="m2",
        facts={
            "tolerance_m": 0.5,
            "code": "07",
            "coded_in": "parcels",
            **{name: column(entry["facts"][n] for entry in entries) for n, name in enumerate(NAMES)},
        },
    )


def put_into_words(found: Verdict) -> pd.DataFrame:
    """Return the findings of a verdict on two made layers."""
    fields = [square(column, 0) for column in range(SIDE)]
    a, b = make_layer("parcels", "land.parcel", fields), make_layer("plots", "plan.plot", fields)
    return findings_of(RULE, found, a, b, make_facts(a, b))


@given(ENTRIES)
def test_what_a_finding_says_does_not_hang_on_the_others(entries: list[dict[str, Any]]) -> None:
    together = put_into_words(judged(entries))
    alone = pd.concat([put_into_words(judged([entry])) for entry in entries], ignore_index=True)
    pd.testing.assert_frame_equal(together, alone)


def test_columns_have_the_types_of_the_contract_even_without_any_value() -> None:
    table = put_into_words(judged([{**ENTRY, "field": None, "value": None}]))
    assert {name: str(table[name].dtype) for name in FINDING_COLUMNS} == FINDING_COLUMNS
    assert table.loc[0, ["field", "value_a", "town"]].tolist() == [None, None, None]


@pytest.mark.parametrize(("language", "blank"), [("zh", "—"), ("en", "—")])
def test_what_is_missing_is_a_dash_in_any_number_format(language: str, blank: str) -> None:
    table = put_into_words(judged([{**ENTRY, "measure": np.nan}]))
    assert blank in table.loc[0, "message" if language == "zh" else "translation"]


def test_ids_are_those_of_one_finding() -> None:
    table = put_into_words(judged([ENTRY]))
    a, b = table.loc[0, "id_a"], table.loc[0, "id_b"]
    assert table.loc[0, "finding_id"] == finding_id("LU01", "parcels", a, "plots", b, "use_class")


@pytest.mark.parametrize(
    "template",
    ["{a}", "{{{a}}} {b:,.1f}", "{b:.{n}f}{a!r:>9}", "{box.real:g} of {row[1]}", "no value", "{a}{a}{b:%}"],
)
def test_numbers_in_place_of_names_say_the_same(template: str) -> None:
    values = {"a": "some {text}", "b": 1234.5, "n": 3, "box": 2.0, "row": ["x", "y"]}
    names = sentences._named(template)
    numbered = sentences._numbered(template, names)
    assert numbered.format(*(values[name] for name in names)) == template.format_map(values)
