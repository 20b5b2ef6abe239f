"""A planner's own rules outside the engine: selection, reports, waivers, the command line, hostile text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import openpyxl
import pytest
from cookbook_district import write_district

import lantu
from lantu.cli import main
from lantu.errors import LantuError, RuleError
from lantu.rules import catalogue

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE = "=1+1 {id_a} {0} {title.__class__} %s <script>alert(1)</script> \\u0041"

RULES = f"""
[[rule]]
code = "ZC01"
name = "control-zone"
title = '{HOSTILE}'
subject = "plan.plot"
relation = {{ overlaps = "heritage.zone", min_area_m2 = 10.0 }}
when = "other.kind = 'control' AND subject.far_max > 1.0"
basis = '{HOSTILE}'

[[rule]]
code = "ZC02"
name = "braces-in-the-condition"
title = "t"
subject = "plots"
when = "subject.use_code <> '{{id_a}} {{'"
"""


def test_title_and_condition_are_text_and_nothing_else(tmp_path: Path) -> None:
    for language in ("zh", "en"):
        run = lantu.open(write_district(tmp_path, RULES, language=language)).check()
        said = run.findings.groupby("rule")["message"].apply(list)
        assert all(HOSTILE in text for text in said["ZC01"])
        assert all("subject.use_code <> '{id_a} {'" in text for text in said["ZC02"])
        assert not any(outcome.answer == "not_checked" for outcome in run.outcomes)
    folder = tmp_path / "out"
    run.write(folder, formats=("html", "gpkg", "xlsx", "parquet"))
    assert "<script>alert(1)" not in (folder / "report.html").read_text(encoding="utf-8")
    book = openpyxl.load_workbook(folder / "findings.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert any(cell.value == HOSTILE for cell in cells)
    assert not any(cell.data_type == "f" and "1+1" in str(cell.value) for cell in cells)
    record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    assert record["rules"]["ZC01"]["parameters"]["relation"] == {
        "overlaps": "heritage.zone",
        "min_area_m2": 10.0,
    }
    assert record["rules"]["ZC01"]["found"] == 1
    assert record["rules"]["ZC01"]["undecidable"] == 1


@pytest.mark.parametrize(
    ("select", "ignore", "ran"),
    [
        (None, None, {"ZC01", "ZC02"}),
        (["ZC01"], None, {"ZC01"}),
        (["ZC"], ["ZC01"], {"ZC02"}),
        (["LU", "ZC02"], None, {"ZC02"}),
        (["ALL"], ["ZC"], set()),
    ],
)
def test_own_rules_are_selected_like_all_others(
    tmp_path: Path, select: list[str] | None, ignore: list[str] | None, ran: set[str]
) -> None:
    run = lantu.open(write_district(tmp_path, RULES)).check(select=select, ignore=ignore)
    assert {code for code in run.rules if code.startswith("ZC")} == ran
    assert any(code.startswith("LU") for code in run.rules) is bool({"LU", "ALL"} & set(select or ()))


def test_a_code_that_nobody_has_is_still_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="ZC03"):
        lantu.open(write_district(tmp_path, RULES)).check(select=["ZC03"])


def test_the_command_line_selects_an_own_rule(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = write_district(tmp_path, RULES, select=["LU"])
    out = ["--out", str(tmp_path / "out"), "--json", "--select", "ZC01"]
    with pytest.raises(SystemExit) as left:
        main(["check", str(file), *out, "--fail-on", "major"])
    assert left.value.code == 1
    assert list(json.loads(capsys.readouterr().out)["rules"]) == ["ZC01"]


def test_a_waiver_takes_out_a_finding_of_an_own_rule(tmp_path: Path) -> None:
    text = RULES + '\n[waivers]\nfile = "waivers.csv"\n'
    head = "rule,layer_a,id_a,layer_b,id_b,reason,decided_by,decided_on,until\n"
    row = "ZC01,plots,A-01,zones,Z-1,permitted,the mayor,2026-01-01,2027-01-01\n"
    (tmp_path / "waivers.csv").write_text(head + row, encoding="utf-8")
    run = lantu.open(write_district(tmp_path, text)).check(select=["ZC01"])
    assert run.waived["id_a"].tolist() == ["A-01"]
    assert run.findings["id_a"].tolist() == ["A-03"]


def test_rewording_a_rule_keeps_the_ids_of_its_findings(tmp_path: Path) -> None:
    ids = []
    for rules in (RULES, RULES.replace("subject.far_max > 1.0", "1.00 < subject.far_max AND area_m2 > 20")):
        findings = lantu.open(write_district(tmp_path, rules)).check(select=["ZC01"]).findings
        ids.append(findings["finding_id"].tolist())
    assert ids[0] == ids[1]
    assert len(ids[0]) == 2


def test_no_own_rule_is_in_the_catalogue(tmp_path: Path) -> None:
    lantu.open(write_district(tmp_path, RULES)).check()
    assert not [rule for rule in catalogue() if rule.code.startswith("ZC") or rule.__name__ == "OwnRule"]


@pytest.mark.parametrize(
    ("when", "at", "name", "helped"),
    [
        ("S_INTERSECTS(subject.geometry, POINT(1 1))", 1, "S_INTERSECTS", "relation = { overlaps"),
        ("subject.far_max > 1 AND dwithin (a, b, 5)", 25, "dwithin", "relation = { overlaps"),
        ("floor(subject.far_max) = 1", 1, "floor", "CASEI"),
        ("other.kind = 'control' AND T_AFTER(subject.valid_from, 1)", 28, "T_AFTER", "CASEI"),
    ],
)
def test_functions_that_there_are_not_are_refused_by_name_and_place(
    tmp_path: Path, when: str, at: int, name: str, helped: str
) -> None:
    rule = (
        '[[rule]]\ncode = "ZC01"\nname = "probe"\ntitle = "t"\nsubject = "plan.plot"\n'
        f'relation = {{ overlaps = "heritage.zone" }}\nwhen = "{when}"\nseverity = "major"\n'
    )
    with pytest.raises(LantuError) as raised:
        lantu.open(write_district(tmp_path, rule, language="en"))
    said = str(raised.value)
    assert f"'{name}'" in said
    assert f"character {at} of the condition" in said
    assert f"▶{when[at - 1 :][:10]}" in said
    assert helped in said
