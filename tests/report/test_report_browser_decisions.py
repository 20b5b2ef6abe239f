"""Decisions in the page: recorded, kept, saved, loaded, registered, and shown by the next run's report."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from report_run import HOSTILE

from lantu.cli import main
from lantu.register import decisions_on
from lantu.report import write

if TYPE_CHECKING:
    from pathlib import Path

    from report_window import Watched

    from lantu.model import Run

pytestmark = pytest.mark.browser


def report(run: Run, folder: Path) -> str:
    write(run, folder, formats=["html", "parquet", "xlsx"])
    return (folder / "report.html").as_uri()


def save(page: Any, path: Path) -> dict[str, Any]:
    with page.expect_download() as download:
        page.click("#decisions-save")
    download.value.save_as(path)
    told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return told


def decide(folder: Path, file: Path) -> None:
    with pytest.raises(SystemExit) as left:
        main(["decide", str(folder), str(file)])
    assert left.value.code == 0


def status(page: Any) -> str:
    return str(page.get_attribute("#decision-badge [data-status]", "data-status"))


def test_a_decision_travels_from_the_page_through_the_register_to_the_next_report(
    run: Run, tmp_path: Path, chromium_page: Watched
) -> None:
    page = chromium_page.open(report(run, tmp_path / "monday"))
    first, second = run.findings["finding_id"][0], run.findings["finding_id"][1]
    page.goto(f"{page.url.partition('#')[0]}#finding={first}")
    page.fill("#decisions-by", "李主任")
    page.press("#decisions-by", "Tab")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("2")
    assert page.is_checked("#decision-b_corrects")
    page.select_option("#decision-responsible", "planning")
    page.fill("#decision-due", "2026-11-01")
    page.fill("#decision-note", HOSTILE[4])
    page.press("#decision-note", "Tab")
    page.goto(f"{page.url.partition('#')[0]}#finding={second}")
    page.locator("#decision-waived").dispatch_event("click")
    assert page.is_visible("#decision-incomplete")
    told = save(page, tmp_path / "decisions.json")
    assert [entry["finding_id"] for entry in told["decisions"]] == [first]  # a bare waiver stays behind
    page.fill("#decision-reason", "历史遗留")
    page.fill("#decision-until", "2027-01-01")
    page.press("#decision-until", "Tab")
    told = save(page, tmp_path / "decisions.json")
    assert {entry["finding_id"] for entry in told["decisions"]} == {first, second}
    assert {entry["by"] for entry in told["decisions"]} == {"李主任"}
    decide(tmp_path / "monday", tmp_path / "decisions.json")

    later = replace(run, decisions=decisions_on(run, tmp_path / "tuesday"))
    page = chromium_page.open(report(later, tmp_path / "tuesday") + f"#finding={first}")
    assert status(page) == "decided"
    shown = page.text_content("#side-body")
    for part in ("B 方更正", "李主任", "规划编制中心", "2026-11-01", "逾期", HOSTILE[4]):
        assert part in shown
    assert page.get_attribute(f'.row[data-finding-id="{first}"] .standing', "data-status") == "decided"
    page.click("#chips-status button:has-text('豁免')")
    assert page.text_content("#shown").split("/")[0].strip() == "1"
    record = json.loads((tmp_path / "tuesday" / "run.json").read_text(encoding="utf-8"))
    assert record["decisions"]["counts"]["decided"] == record["decisions"]["overdue"] == 1
    book = openpyxl.load_workbook(tmp_path / "tuesday" / "findings.xlsx")
    cells = {cell.value for sheet in book for row in sheet.iter_rows() for cell in row}
    assert {"处理状态", "已定更正", "B 方更正", "逾期", "李主任"} <= cells
    assert chromium_page.complaints == []
    assert page.evaluate("window.owned") is None


def test_what_is_not_in_a_file_is_kept_and_leaving_warns(
    run: Run, tmp_path: Path, chromium_page: Watched
) -> None:
    url = report(run, tmp_path / "monday")
    page = chromium_page.open(url)
    page.keyboard.press("j")
    page.keyboard.press("6")
    page.keyboard.press("5")  # another number takes the first one back
    assert status(page) == "false_alarm"
    assert "1" in page.text_content("#decisions-count")
    page.evaluate(
        "window.left = new Event('beforeunload', { cancelable: true }); window.dispatchEvent(window.left)"
    )
    assert page.evaluate("window.left.defaultPrevented")
    other = page.context.new_page()
    other.goto(url)
    other.wait_for_selector("html[data-ready='1']", state="attached")
    other.keyboard.press("j")
    assert status(other) == "false_alarm"
    other.close()


def test_another_persons_file_is_loaded_beside_and_a_clash_is_shown(
    run: Run, tmp_path: Path, chromium_page: Watched
) -> None:
    page = chromium_page.open(report(run, tmp_path / "monday"))
    page.fill("#decisions-by", "王")
    page.press("#decisions-by", "Tab")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("j")
    page.keyboard.press("1")
    told = save(page, tmp_path / "wang.json")
    (mine,) = told["decisions"]
    theirs = mine | {"by": HOSTILE[5], "decision": "b_corrects"}
    strangers = [mine | {"finding_id": HOSTILE[4]}, mine | {"decision": "burn"}, None]
    (tmp_path / "li.json").write_text(json.dumps(told | {"decisions": [theirs, *strangers]}))
    page.set_input_files("#decisions-file", tmp_path / "li.json")
    page.wait_for_selector("#decision-badge [data-status='clash']")
    assert HOSTILE[5] in page.text_content("#side-body")
    assert "3" in page.text_content("#toast")
    (tmp_path / "not.json").write_text(json.dumps(told | {"findings_sha256": "0"}))
    page.set_input_files("#decisions-file", tmp_path / "not.json")
    page.wait_for_function("() => document.getElementById('toast').textContent.includes('未载入')")
    page.keyboard.press("3")  # having read both
    assert status(page) == "decided"
    merged = save(page, tmp_path / "merged.json")
    assert {(entry["by"], entry["decision"]) for entry in merged["decisions"]} == {
        (HOSTILE[5], "b_corrects"),
        ("王", "both_correct"),
    }
    decide(tmp_path / "monday", tmp_path / "merged.json")
    said = decisions_on(run, tmp_path / "tuesday")
    assert said is not None
    assert said["counts"]["decided"] == 1
    assert chromium_page.complaints == []
    assert page.evaluate("window.owned") is None
