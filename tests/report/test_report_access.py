# ruff: noqa: E501  # scripts of the browser, one statement a line
"""Everybody can use the page: axe-core finds nothing serious, and the keyboard alone reaches everything."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from report_run import make_run

from lantu.report import write

if TYPE_CHECKING:
    from report_window import Watched

pytestmark = pytest.mark.browser

VENDOR = Path(__file__).parent / "vendor"

AXE = """async () => {
  const found = await axe.run(document, { resultTypes: ["violations"] });
  return found.violations.filter((one) => ["serious", "critical"].includes(one.impact)).map((one) =>
    `${one.id}: ${one.nodes.slice(0, 4).map((node) => `${node.target} ${(node.any[0] || {}).message || ""}`).join(" | ")}`);
}"""


def opened(window: Watched, folder: Path, *, language: str, theme: str) -> Any:
    write(make_run(language=language), folder, formats=["html"])
    page = window.open((folder / "report.html").as_uri())
    if page.evaluate("document.documentElement.dataset.theme") != theme:
        page.click("#theme")
    page.evaluate((VENDOR / "axe.min.js").read_text(encoding="utf-8"))
    return page


def test_the_vendored_axe_is_the_one_that_was_reviewed() -> None:
    named = {"VENDOR.json"}
    for vendor in json.loads((VENDOR / "VENDOR.json").read_text(encoding="utf-8")):
        for entry in vendor["files"]:
            named.add(entry["file"])
            content = (VENDOR / entry["file"]).read_bytes()
            assert hashlib.sha256(content).hexdigest() == entry["sha256"], entry["file"]
    assert {entry.name for entry in VENDOR.iterdir()} == named


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_axe_finds_nothing_serious(tmp_path: Path, chromium_page: Watched, language: str, theme: str) -> None:
    page = opened(chromium_page, tmp_path, language=language, theme=theme)
    assert page.evaluate(AXE) == []  # causes, list and map
    page.keyboard.press("j")
    page.click("#layers summary")
    assert page.evaluate(AXE) == []  # a card, and the sheet of layers
    page.keyboard.press("p")
    assert page.evaluate(AXE) == []
    page.keyboard.press("p")
    page.keyboard.press("2")
    page.click("#large")
    assert page.evaluate(AXE) == []  # a decision and its fields, in large type
    page.click("#large")
    page.keyboard.press("?")
    assert page.evaluate(AXE) == []
    page.keyboard.press("Escape")
    page.click(".dossier-open >> nth=0")
    assert page.evaluate(AXE) == []
    page.keyboard.press("Escape")
    for view in page.eval_on_selector_all("[data-view]", "all => all.map((one) => one.dataset.view)"):
        page.click(f'[data-view="{view}"]')
        assert page.evaluate(AXE) == [], view


def test_the_keyboard_alone_reaches_everything(tmp_path: Path, chromium_page: Watched) -> None:
    page = opened(chromium_page, tmp_path, language="zh", theme="light")
    wanted = page.evaluate("""() => {
      const shown = (node) => !node.disabled && node.checkVisibility({ contentVisibilityAuto: true, visibilityProperty: true });
      const all = [...document.querySelectorAll("button, input, summary, a[href], [tabindex='0']")].filter(shown);
      all.forEach((node, at) => { node.dataset.stop = at; });
      document.activeElement.blur();
      return all.length;
    }""")
    reached = set()
    for _ in range(wanted + 20):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.dataset.stop ?? null"))
    assert {str(at) for at in range(wanted)} <= reached
    # From the list, the arrows move through it and Enter opens the finding in its row.
    page.focus("#rows")
    page.keyboard.press("ArrowDown")
    first = page.get_attribute("article.card", "data-finding-id")
    page.keyboard.press("ArrowDown")
    assert page.get_attribute("article.card", "data-finding-id") != first
    page.keyboard.press("ArrowUp")
    assert page.get_attribute("article.card", "data-finding-id") == first
    page.keyboard.press("Escape")
    assert page.query_selector("article.card") is None
    assert chromium_page.complaints == []
