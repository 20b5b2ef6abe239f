"""The page of a run that was compared with an earlier one; one that was not stays as it was."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from lantu.report.page import write_page
from lantu.report.page.content import page_content

if TYPE_CHECKING:
    from pathlib import Path

    from report_window import Watched

    from lantu.model import Run

COLUMNS = (
    "introduced_by", "delivery", "object_a", "object_b", "changed", "changed_a", "changed_b",
    "formerly", "reason",
)  # fmt: skip
COUNTS = {"new": 2, "reopened": 0, "persisting": 0, "resolved": 1, "waived": 0, "not_retested": 0}


@pytest.fixture
def compared(run: Run) -> Run:
    """Return the run, of whose findings the first two are new, with one resolved and one run before."""
    table = run.findings[["finding_id", "rule", "message"]].assign(**dict.fromkeys(COLUMNS, ""))
    table["status"] = ["new", "new", *["persisting"] * (len(table) - 2)]
    table.loc[:1, ["introduced_by", "delivery"]] = ["b", "规划地块 (<b>, 2026-03-01)"]
    table.loc[0, ["object_b", "changed_b", "formerly"]] = ["geometry", "移动 3.20 米", "LU01-before"]
    gone = table.iloc[:1].assign(finding_id="X", status="resolved", message="<img src=x>")
    counts = COUNTS | {"persisting": len(table) - 2}
    delivery = [{"introduced_by": "b", "delivery": "规划地块 (<b>, 2026-03-01)", "findings": 2}]
    before = {
        "run": "r1",
        "as_of": "2026-10-01",
        "conflict": 9,
        "undecidable": 1,
        "not_checked": 2,
        "waived": 0,
    }
    return replace(
        run,
        since={"run": "r1", "counts": counts, "by_delivery": delivery},
        comparison=pd.concat([table, gone], ignore_index=True),
        trend=(before,),
    )


def test_a_run_alone_says_nothing_of_others(run: Run) -> None:
    assert not {"since", "trend"} & set(page_content(run).columns)


@pytest.mark.browser
def test_new_findings_can_be_filtered_and_name_their_delivery(
    chromium_page: Watched, compared: Run, tmp_path: Path
) -> None:
    write_page(compared, tmp_path / "report.html")
    page = chromium_page.open((tmp_path / "report.html").as_uri())
    page.click("#chips-since .chip >> nth=0")
    assert page.locator("#rows .row").count() == 2
    page.click("#rows .row >> nth=0")
    mark = page.locator("[data-since='new']").inner_text()
    assert "B 方数据已换" in mark
    assert "规划地块 (<b>, 2026-03-01)" in mark
    assert "B: 图形已变 (移动 3.20 米)" in mark
    assert "前次编号 LU01-before" in mark
    page.click("[data-view='since']")
    shown = page.locator("#view-since").inner_text()
    for text in ("r1", "<img src=x>", "已消除", "历次检查", "本次"):
        assert text in shown
    assert [one for one in chromium_page.requests if not one.startswith(("file:", "data:", "blob:"))] == []
    assert chromium_page.complaints == []
