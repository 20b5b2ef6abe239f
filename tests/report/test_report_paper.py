"""On paper: a list on A4, and A3 sheets that a meeting signs, legible without colour."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from report_run import make_run

from lantu.report import write

if TYPE_CHECKING:
    from pathlib import Path

    from report_window import Watched

pytestmark = pytest.mark.browser

A3_LANDSCAPE_PT, A4_PT = (1191, 842), (595, 842)


@pytest.fixture
def opened(tmp_path: Path, chromium_page: Watched) -> Any:
    write(make_run(), tmp_path, formats=["html"])
    page = chromium_page.open((tmp_path / "report.html").as_uri())
    page.evaluate("window.print = () => {}")  # the headless browser prints by page.pdf
    yield page
    assert chromium_page.complaints == []


def sizes(pdf: bytes) -> list[tuple[int, int]]:
    """Return the size of each page in points."""
    boxes = re.findall(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    return [(round(float(width)), round(float(height))) for width, height in boxes]


def leaves(page: Any) -> bytes:
    page.evaluate("""() => {
      window.print = () => window.dispatchEvent(new Event("beforeprint"));
      document.getElementById("print-leaves").click();
      document.getElementById("sheet").id = "printed"; // page.pdf says beforeprint once more
      const kept = document.getElementById("printed"), decoy = kept.cloneNode(false);
      decoy.id = "sheet";
      kept.replaceWith(decoy);
      new MutationObserver((_, watch) => { watch.disconnect(); decoy.replaceChildren(...kept.childNodes); })
        .observe(decoy, { childList: true });
    }""")
    made: bytes = page.pdf(prefer_css_page_size=True)
    return made


def test_the_list_is_on_a4(opened: Any) -> None:
    found = sizes(opened.pdf(prefer_css_page_size=True))
    assert found
    assert set(found) == {A4_PT}


def test_a_selected_finding_is_one_a3_sheet_with_all_that_a_meeting_needs(opened: Any) -> None:
    opened.fill("#search", "LU01")
    opened.wait_for_timeout(300)
    opened.keyboard.press("Escape")
    opened.evaluate("document.activeElement.blur()")
    opened.keyboard.press("j")
    identifier = opened.get_attribute("article.card", "data-finding-id")
    assert sizes(leaves(opened)) == [A3_LANDSCAPE_PT]
    text = opened.text_content("#sheet .leaf")
    for part in (
        identifier,
        "内部",
        "自然资源局",
        "规划编制中心",
        "0101",
        "0701",
        "会议决议",
        "A 方签字",
        "B 方签字",
        "m²",
    ):
        assert part in text
    drawings = opened.query_selector_all("#sheet .leaf-body svg")
    assert len(drawings) == 2  # the conflict, and where it lies
    # Side B is told by its dashes, the conflict by its hatch: nothing by colour alone.
    assert opened.query_selector("#sheet path[stroke-dasharray]") is not None
    assert opened.query_selector("#sheet path[fill^='url(#hatch']") is not None
    assert "北郊镇" in drawings[1].text_content()


def test_without_a_selection_causes_come_first_then_findings_and_a_cap_is_stated(opened: Any) -> None:
    run = make_run()
    alone = int(run.findings["cause_id"].isna().sum())
    found = sizes(leaves(opened))
    assert found == [A3_LANDSCAPE_PT] * (len(run.causes) + alone)
    assert "图层“规划地块”的代码 R9 不在字典中" in opened.text_content("#sheet .leaf >> nth=0")


def test_more_sheets_than_a_meeting_holds_are_capped_and_said(tmp_path: Path, chromium_page: Watched) -> None:
    write(make_run(size=12, overlaps=100), tmp_path, formats=["html"])
    page = chromium_page.open((tmp_path / "report.html").as_uri())
    page.evaluate("window.print = () => window.dispatchEvent(new Event('beforeprint'))")
    page.click("#print-leaves")
    assert page.locator("#sheet .leaf").count() == 50
    assert "本次打印前 50 张" in page.text_content("#sheet .leaf >> nth=0")
    assert chromium_page.complaints == []
