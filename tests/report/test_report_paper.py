"""On paper: a list on A4, and sheets on A3 or A4 that a meeting signs, legible without colour."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from report_run import CAUSE, make_run, poisoned

from lantu.report import write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from report_window import Watched

    from lantu.model import Run

    Opened = Callable[..., Any]

pytestmark = pytest.mark.browser

A3_LANDSCAPE_PT, A4_LANDSCAPE_PT, A4_PT = (1191, 842), (842, 595), (595, 842)
SMALLEST_A3_PT = 9.0
PX_A_PT = 96 / 72

# Each part of a sheet that is larger than the room it has, and each drawing's mark outside its drawing.
CLIPPED = """() => [...document.querySelectorAll("#sheet .leaf, #sheet .leaf-words, #sheet .leaf-body, #sheet .leaf-ground")]
  .filter((part) => part.scrollHeight > part.clientHeight + 1 || part.scrollWidth > part.clientWidth + 1)
  .map((part) => `${part.closest(".leaf").dataset.leaf} ${part.className} ${part.scrollWidth} ${part.scrollHeight} > ${part.clientWidth} ${part.clientHeight}`)"""  # noqa: E501  # a script
SCALE_INSIDE = """() => [...document.querySelectorAll("#sheet .scale")].every((text) => {
  const own = text.getBoundingClientRect(), whole = text.closest(".leaf-ground > svg").getBoundingClientRect();
  return own.width > 0 && own.left >= whole.left && own.right <= whole.right && own.top >= whole.top && own.bottom <= whole.bottom;
})"""  # noqa: E501  # a script
TYPE_SIZES = """() => [...document.querySelectorAll("#sheet .leaf *")]
  .filter((part) => !part.closest("svg") && part.textContent.trim()).map((part) => parseFloat(getComputedStyle(part).fontSize))"""  # noqa: E501  # a script


@pytest.fixture
def opened(tmp_path: Path, chromium_page: Watched) -> Any:
    """Return a function that opens a run's report at an address, ready to be printed."""

    def at(address: str = "", run: Run | None = None) -> Any:
        write(run or make_run(), tmp_path, formats=["html"])
        page = chromium_page.open((tmp_path / "report.html").as_uri() + address)
        page.evaluate("window.print = () => window.dispatchEvent(new Event('beforeprint'))")
        return page

    yield at
    assert chromium_page.complaints == []


def sizes(page: Any) -> list[tuple[int, int]]:
    """Print and return the size of each page in points."""
    pdf = page.pdf(prefer_css_page_size=True)
    boxes = re.findall(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    return [(round(float(width)), round(float(height))) for width, height in boxes]


def search(page: Any, words: str) -> None:
    page.fill("#search", words)
    page.wait_for_timeout(300)
    page.evaluate("document.activeElement.blur()")


def test_the_list_is_on_a4_and_each_page_has_the_level_above_and_below(opened: Opened) -> None:
    page = opened()
    found = sizes(page)
    assert found
    assert set(found) == {A4_PT}
    page.emulate_media(media="print")
    for part, shown in (("thead", "table-header-group"), ("tfoot", "table-footer-group")):  # repeated
        line = page.locator(f"#sheet .paged > {part}")
        assert line.evaluate("(node) => getComputedStyle(node).display") == shown
        assert "内部" in line.inner_text()


@pytest.mark.parametrize(
    ("address", "size", "count"),
    [
        ("#print=3&size=A3", A3_LANDSCAPE_PT, 3),
        ("#print=2&size=A4", A4_LANDSCAPE_PT, 2),
        ("#print=1", A3_LANDSCAPE_PT, 1),
        ("#print=all&size=a3", A3_LANDSCAPE_PT, None),
    ],
)
def test_the_address_asks_for_sheets(
    opened: Opened, address: str, size: tuple[int, int], count: int | None
) -> None:
    run = make_run()
    every = len(run.causes) + int(run.findings["cause_id"].isna().sum())
    assert sizes(opened(address, run)) == [size] * (count or every)


@pytest.mark.parametrize("address", ["#print=0", "#print=-1", "#print=x", "#print=", "#printed"])
def test_an_address_that_asks_for_no_sheets_prints_the_list(opened: Opened, address: str) -> None:
    assert set(sizes(opened(address))) == {A4_PT}


def test_a_selected_finding_is_one_sheet_with_all_that_a_meeting_needs(opened: Opened) -> None:
    identifier = make_run().findings.query("rule == 'LU01'")["finding_id"].iloc[0]
    page = opened(f"#finding={identifier}&print=5&size=A3")
    assert page.get_attribute("article.card", "data-finding-id") == identifier
    assert sizes(page) == [A3_LANDSCAPE_PT]
    leaf = page.locator("#sheet .leaf")
    text = leaf.text_content()
    for part in (
        "内部", "自然资源局", "规划编制中心", "0101", "0701", "宗地-0", "land/宗地.shp", "第 3 条",
        "2026-03-01", "± 0.3 m", "8,000 m²", "会议决议", "A 方签字、日期：自然资源局",
        "B 方签字、日期：规划编制中心", "A 方更正", "误报",
    ):  # fmt: skip
        assert part in text, part
    footer = leaf.locator("> footer").text_content()
    assert identifier in footer
    assert "内部" in footer
    drawings = page.query_selector_all("#sheet .leaf-ground > svg, #sheet .leaf-words > svg")
    assert [bool(drawing.text_content()) for drawing in drawings] == [True, True]
    # Side B is told by its dashes, the conflict by its hatch, both by a letter: nothing by colour alone.
    assert page.query_selector("#sheet .leaf-ground path[stroke-dasharray]") is not None
    assert page.query_selector("#sheet .leaf-ground .hatch[clip-path]") is not None
    assert {"A", "B", "北"} <= set(page.locator("#sheet .leaf-ground text").all_text_contents())
    assert "北郊镇" in drawings[1].text_content()


def test_each_severity_has_its_own_hatch_and_undecidable_ones_have_none(opened: Opened) -> None:
    page = opened("#print=all")
    search(page, "LU01")
    sizes(page)
    hatches = page.evaluate(
        "() => Object.fromEntries([...document.querySelectorAll('#sheet .leaf-key .hatch')]"
        ".map((one) => [one.dataset.severity, one.getAttribute('d')]))"
    )
    assert set(hatches) == {"critical", "major", "minor", "info"}
    assert len(set(hatches.values())) == 4
    unsure = page.locator("#sheet .leaf", has_text="无法判定").first.locator(
        ".leaf-ground path[fill^='url(']"
    )
    assert unsure.count() == 0


def test_the_button_prints_causes_first_then_findings(opened: Opened) -> None:
    page = opened()
    page.click("#print-leaves")
    run = make_run()
    leaves = page.locator("#sheet .leaf").evaluate_all("(all) => all.map((leaf) => leaf.dataset.leaf)")
    assert leaves[0] == CAUSE["cause_id"]
    alone = run.findings[run.findings["cause_id"].isna()]
    assert set(leaves[1:]) == set(alone["finding_id"])
    first = page.locator("#sheet .leaf >> nth=0")
    assert str(CAUSE["message"]) in first.text_content()
    assert first.locator(".explained tbody tr").count() == CAUSE["findings"]
    assert "R9" not in first.locator("> footer").text_content()
    assert str(CAUSE["cause_id"]) in first.locator("> footer").text_content()


def test_a_cause_with_many_findings_says_how_many_are_not_on_its_sheet(opened: Opened) -> None:
    run = make_run()
    run.findings.loc[run.findings["rule"] == "LU01", "cause_id"] = "C-LU01-1"
    many = {**CAUSE, "cause_id": "C-LU01-1", "rule": "LU01", "severity": "critical", "findings": 14}
    run.causes.loc[len(run.causes)] = pd.Series(many)
    page = opened("#print=2", run)
    assert sizes(page) == [A3_LANDSCAPE_PT] * 2
    leaf = page.locator("#sheet .leaf[data-leaf='C-LU01-1']")
    assert leaf.locator(".explained tbody tr").count() == 6
    assert "另有 8 处" in leaf.text_content()
    assert (
        leaf.locator(".leaf-ground path[fill^='url(#hatch'], .leaf-ground path[stroke-dasharray]").count()
        > 14
    )


def test_more_sheets_than_a_meeting_holds_are_capped_and_said(opened: Opened) -> None:
    page = opened("", make_run(size=12, overlaps=100))
    page.click("#print-leaves")
    assert page.locator("#sheet .leaf").count() == 50
    assert "本次打印前 50 张" in page.text_content("#sheet .leaf >> nth=0")


@pytest.mark.parametrize("kind", ["plain", "hostile", "long"])
def test_nothing_is_clipped_and_type_is_large_enough(opened: Opened, kind: str) -> None:
    run = make_run()
    if kind == "hostile":
        run = poisoned(run)
    elif kind == "long":
        for name in ("message", "value_a", "value_b", "raw_a", "id_a", "id_b", "town"):
            run.findings[name] = "又长又长 " * 400
    page = opened("#print=all", run)
    page.emulate_media(media="print")
    page.evaluate("window.print()")
    assert page.locator("#sheet .leaf").count() > 10
    assert page.evaluate(CLIPPED) == []
    assert page.evaluate(SCALE_INSIDE)
    assert min(page.evaluate(TYPE_SIZES)) >= SMALLEST_A3_PT * PX_A_PT - 0.05


def test_a_parcels_dossier_is_printed_with_level_and_id(opened: Opened) -> None:
    page = opened()
    search(page, "LU01")
    page.keyboard.press("j")
    page.click(".dossier-open")
    assert set(sizes(page)) == {A4_PT}
    assert "内部" in page.locator("#sheet .paged > tfoot").text_content()
    assert "宗地-" in page.locator("#sheet .paged > thead").text_content()
