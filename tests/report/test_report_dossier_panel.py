"""The dossier of a parcel in report.html: one click, by keyboard too, honest about what is not carried."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from lantu.report import write

if TYPE_CHECKING:
    from pathlib import Path

    from report_window import Watched

    from lantu.model import Run

pytestmark = pytest.mark.browser


@pytest.fixture
def card(run: Run, tmp_path: Path, chromium_page: Watched) -> Any:
    """Return the page with the card of a finding about parcel 宗地-007 open."""
    write(run, tmp_path, formats=["html"])
    found = run.findings[(run.findings["rule"] == "LU01") & (run.findings["id_a"] == "宗地-007")].iloc[0]
    url = f"{(tmp_path / 'report.html').as_uri()}#finding={found['finding_id']}"
    page = chromium_page.open(url)
    yield page
    assert chromium_page.complaints == []
    assert chromium_page.requests == [url.partition("#")[0]]


def test_one_click_shows_what_lies_on_the_parcel(card: Any, run: Run) -> None:
    card.click(".side.a .dossier-open")
    text = card.inner_text("#dossier")
    assert "宗地-007" in text
    assert "lantu dossier 宗地:宗地-007" in text
    row = card.locator("#dossier tr", has_text="规划地块-007").first.inner_text()
    share = float(row.split("约")[1].split("%")[0])
    assert share == pytest.approx(80, abs=3)  # the plot is shifted by 20 m of 100 m
    named = run.findings[(run.findings[["id_a", "id_b"]] == "宗地-007").any(axis=1)]
    assert card.locator("#dossier td button").count() == len(named)
    assert "铁路安全区" in text
    assert "坐标系未声明" in text


def test_in_an_edition_nothing_seen_proves_nothing(run: Run, tmp_path: Path, chromium_page: Watched) -> None:
    """What is withheld is not there, so neither "nothing there" nor "not delivered" would be true."""
    withheld = {
        "audience": "planning", "level": "internal", "min_count": 3, "findings": {"secret": None},
        "layers": {"secret": None}, "reduced": 0,
    }  # fmt: skip
    write(replace(run, withheld=withheld), tmp_path, formats=["html"])
    found = run.findings[(run.findings["rule"] == "LU01") & (run.findings["id_a"] == "宗地-007")].iloc[0]
    url = f"{(tmp_path / 'report.html').as_uri()}#finding={found['finding_id']}"
    page = chromium_page.open(url)
    page.click(".side.a .dossier-open")
    text = page.inner_text("#dossier")
    assert "未见不等于没有" in text
    assert "应交未交" not in text
    assert "规划地块-007" in text  # what is there is there
    nothing = page.evaluate("""() => {
      const heads = [...document.querySelectorAll("#dossier h3")];
      const head = heads.find((one) => one.textContent === Lantu.words.say("dossier.nothing"));
      return head.nextElementSibling.textContent;
    }""")
    assert nothing == "无"


def test_the_keyboard_opens_and_closes_it_and_the_card_stays(card: Any) -> None:
    card.focus(".side.a .dossier-open")
    card.keyboard.press("Enter")
    assert card.evaluate("document.getElementById('dossier').open")
    assert card.evaluate("document.getElementById('dossier').contains(document.activeElement)")
    card.keyboard.press("Escape")
    card.wait_for_function("() => !document.getElementById('dossier').open")
    assert card.locator("article.card").count() == 1


def test_a_parcel_on_the_map_opens_its_dossier(card: Any) -> None:
    place = card.evaluate("""() => {
      const box = document.getElementById("map").getBoundingClientRect();
      return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    }""")
    card.mouse.click(place["x"], place["y"], button="right")
    assert card.evaluate("document.getElementById('dossier').open")


def test_printing_with_the_dossier_open_prints_the_dossier(card: Any) -> None:
    card.click(".side.a .dossier-open")
    card.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert "lantu dossier 宗地:宗地-007" in card.text_content("#sheet")
    assert card.locator("#sheet script").count() == 0
