"""Sentences are taken apart for the page and put together again, sign for sign, whatever they say."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from report_run import make_run

from lantu.messages import other_language
from lantu.model import TRANSLATION_COLUMNS
from lantu.report.page.columns import finding_columns, folded, unfolded
from lantu.report.page.sentences import sentences, untold, whole

RUN = make_run(overlaps=4)

IDS = st.text(alphabet=st.sampled_from("A7-~.宗 {}"), min_size=1, max_size=5)
WORDS = st.text(alphabet=st.sampled_from("ab 3,.12宗地{}%\n\u202e\ue000\ue001"), max_size=12)


def said(rows: list[tuple[str, str | None, str | None, str | None]]) -> Any:
    """Return a run whose findings say the given: id of A, id of B, sentence, translation."""
    table = RUN.findings.iloc[[0] * len(rows)].reset_index(drop=True)
    for column, place in (("id_a", 0), ("id_b", 1), ("message", 2)):
        table[column] = pd.Series([row[place] for row in rows], dtype=object)
    table["finding_id"] = [f"F-{number}" for number in range(len(rows))]
    told = [(f"F-{number}", "message", row[3]) for number, row in enumerate(rows) if row[3] is not None]
    translations = pd.DataFrame(told, columns=list(TRANSLATION_COLUMNS), dtype=object)
    return replace(RUN, findings=table, translations=translations)


def carried(run: Any) -> tuple[dict[str, Any], list[Any]]:
    """Return the sentences as the page carries them, through JSON, and what comes of them there."""
    columns = folded(finding_columns(run.findings)), folded({"sentences": sentences(run)})
    findings, told = (unfolded(json.loads(json.dumps(one))) for one in columns)
    return told["sentences"], list(whole(told["sentences"], findings))


@given(
    st.lists(st.tuples(IDS, st.none() | IDS, st.none() | WORDS, st.none() | WORDS), min_size=1, max_size=8)
)
def test_what_is_put_together_is_what_was_taken_apart(rows: list[Any]) -> None:
    _, back = carried(said(rows))
    assert back == [None if text is None else (text, other) for _, _, text, other in rows]


def test_ids_stand_in_their_column_and_what_never_changes_is_words() -> None:
    rows = [
        (
            f"宗-{n}",
            f"{n}00",
            f"宗-{n} 与 {n}00 重叠 {n}.5 m2，应小于 10",
            f"{n}00 overlaps 宗-{n} by {n}.5 m2, at most 10",
        )
        for n in range(1, 4)
    ]
    told, back = carried(said(rows))
    (template,) = told["templates"]
    assert template["own"] == ["id_a", "id_b", ["1.5", "2.5", "3.5"]]
    assert template["said"] == [0, " 与 ", 1, " 重叠 ", 2, " m2，应小于 10"]
    assert template["other"] == [1, " overlaps ", 0, " by ", 2, " m2, at most 10"]
    assert back == [(text, other) for _, _, text, other in rows]


def test_a_million_signs_are_cut_in_no_time() -> None:
    long = "1" + "." * 1_000_000 + "a" * 1_000_000
    told, back = carried(said([("1", None, long, long), ("2", None, "x", None)]))
    assert back == [(long, long), ("x", None)]
    assert untold(told) == 1


def test_all_sentences_of_a_run_come_back_in_both_languages() -> None:
    _, back = carried(RUN)
    told = RUN.translations[RUN.translations["part"] == "message"].set_index("id")["text"]
    other = [told.get(one) for one in RUN.findings["finding_id"]]
    assert other_language(RUN.language) == "en"
    assert back == list(zip(RUN.findings["message"], other, strict=True))
