"""run.json: the three answers, the tolerances, and nothing of this machine."""

from __future__ import annotations

import datetime as dt
import json
import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from lantu.model import Outcome
from lantu.report import run_summary, write
from lantu.report.record import level_of, rule_answer

if TYPE_CHECKING:
    from pathlib import Path

    from lantu.model import Run


def outcome(answer: str) -> Outcome:
    return Outcome(rule="LU01", layer_a="a", layer_b="b", answer=answer)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ([], "not_checked"),
        (["none_found"], "none_found"),
        (["none_found", "none_found"], "none_found"),
        (["none_found", "not_checked"], "not_checked"),
        (["not_checked"], "not_checked"),
        (["none_found", "not_checked", "conflict"], "conflict"),
    ],
)
def test_none_found_must_be_earned_on_every_pair(answers: list[str], said: str) -> None:
    assert rule_answer([outcome(answer) for answer in answers]) == said


def test_counts_are_those_of_the_tables(run: Run) -> None:
    number = run_summary(run)["counts"]
    verdicts = run.findings["verdict"].value_counts()
    assert number["conflict"] == verdicts["conflict"] == 26
    assert number["undecidable"] == verdicts["undecidable"] == 3
    assert (number["not_checked"], number["causes"], number["waived"]) == (3, 1, 2)
    assert sum(number["by_severity"]["conflict"].values()) == 26


def test_rules_say_answer_counts_parameters_and_every_pair(run: Run) -> None:
    rules = run_summary(run)["rules"]
    assert rules["LU01"]["answer"] == "conflict"
    assert (rules["LU01"]["found"], rules["LU01"]["undecidable"], rules["LU01"]["left_out"]) == (11, 3, 3)
    assert rules["LU01"]["left_out_area_m2"] == 12.5
    assert rules["LU01"]["parameters"] == {"min_area_m2": 50.0, "severity": "major"}
    assert rules["BD01"]["answer"] == "none_found"
    assert rules["LU03"]["answer"] == "not_checked"
    assert rules["LU03"]["pairs"][0]["reason"] == "蓝图中没有这类图层：plan.control_line"


def test_layers_say_where_they_came_from(run: Run) -> None:
    layers = run_summary(run)["layers"]
    source = layers["宗地"]["source"]
    assert source["sha256"] == "ab" * 32
    assert (source["count_in"], source["count_out"], source["count_listed"]) == (37, 36, 1)
    assert source["crs"]["operation"].startswith("Inverse of 3-degree")
    assert source["join"] == {"joined": 30, "keys_repeated": 1, "rows_unused": 2, "without_row": 6}
    assert source["fields_missed"] == ["location"]
    assert source["issued"] == "2026-03-01"
    assert layers["铁路安全区"]["refused"]["rule"] == "CR01"


def test_a_finding_about_a_whole_layer_is_none_of_its_features(run: Run) -> None:
    findings = run.findings
    whole = findings.assign(id_a=findings["id_a"].where(findings.index > 0, ""))
    seen = run_summary(replace(run, findings=whole))["layers"]
    for name, layer in seen.items():
        sides = [
            whole.loc[(whole[f"layer_{side}"] == name) & (whole[f"id_{side}"] != ""), f"id_{side}"]
            for side in "ab"
        ]
        assert layer["features_in_findings"] == len(set().union(*(side.dropna() for side in sides)))


def test_the_tolerance_of_a_pair_is_twice_the_joined_errors(run: Run) -> None:
    found = {(e["layer_a"], e["layer_b"]): e["tolerance_m"] for e in run_summary(run)["tolerances"]}
    assert found["宗地", "规划地块"] == pytest.approx(2 * math.sqrt(0.3**2 + 0.3**2), abs=1e-4)
    # One outcome names two layers on its other side.
    assert {("给水管线", "宗地"), ("给水管线", "文物点")} <= set(found)


def test_the_file_is_sorted_json_without_times_or_paths_of_this_machine(run: Run, tmp_path: Path) -> None:
    tuned = {"matrix": tmp_path / "city" / "matrix.csv", "on": dt.date(2026, 1, 1), "x": np.float64("nan")}
    write(replace(run, rules={**run.rules, "LU01": tuned}), tmp_path, formats=[])
    text = (tmp_path / "run.json").read_text(encoding="utf-8")
    content = json.loads(text)
    assert str(tmp_path) not in text
    assert "1.23456" not in text
    assert content["rules"]["LU01"]["parameters"] == {"matrix": "matrix.csv", "on": "2026-01-01", "x": None}
    assert list(content) == sorted(content)
    assert json.loads((tmp_path / "timings.json").read_text(encoding="utf-8")) == {
        "judge": 0.5,
        "read": 1.235,
    }


def test_the_level_is_the_highest_of_what_is_shown(run: Run) -> None:
    assert level_of(run) == "internal"
    run.findings.loc[3, "level"] = "confidential"
    assert level_of(run) == "confidential"
    parcels = replace(run.facts.layers[0], level="secret")
    assert level_of(replace(run, facts=replace(run.facts, layers=(parcels,)))) == "secret"
