"""The page of a dossier: text stays text, nothing is asked for, equal input gives equal bytes."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest
from report_run import HOSTILE, X, Y, layer, make_run, squares

from lantu.engine import dossier, find_subject
from lantu.report import dossier_record, render_dossier_page, write_dossier_page

if TYPE_CHECKING:
    from pathlib import Path

    from lantu.engine import Dossier
    from lantu.model import Run


def hostile_dossier(run: Run) -> Dossier:
    """Return the dossier of a parcel under a zone whose every text is hostile."""
    names = layer("园区", "admin.area", "land", [squares(1)[0]] * len(HOSTILE), name=list(HOSTILE))
    names.frame["id"] = list(HOSTILE)
    names.frame["admin_level"] = list(HOSTILE)
    parcels = run.facts.layers[0]
    facts = type(run.facts)(**{**vars(run.facts), "layers": (parcels, names), "name": HOSTILE[4]})
    made = type(run)(**{**vars(run), "facts": facts})
    return dossier(find_subject(f"{X + 50},{Y + 50}", facts), made)


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.names: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.add(tag)
        self.names.update(name for name, _ in attrs)

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("language", ["zh", "en"])
def test_hostile_text_is_shown_as_text(run: Run, language: Any) -> None:
    page = Tags()
    page.feed(render_dossier_page(hostile_dossier(run), language=language))
    assert not page.tags & {"script", "img", "iframe", "link"}
    assert not [name for name in page.names if name.startswith("on") or name in {"src", "href"}]
    assert all(text in page.text for text in HOSTILE)


def test_the_page_carries_a_strict_policy_and_is_the_same_twice(run: Run, tmp_path: Path) -> None:
    found = dossier(find_subject("宗地-000", run.facts), run)
    write_dossier_page(found, tmp_path / "one.html", language="zh")
    other = make_run()
    again = dossier(find_subject("宗地-000", other.facts), other)
    write_dossier_page(again, tmp_path / "two.html", language="zh")
    text = (tmp_path / "one.html").read_text(encoding="utf-8")
    assert text == (tmp_path / "two.html").read_text(encoding="utf-8")
    assert "default-src 'none'; style-src 'unsafe-inline'" in text
    assert "8,000.00 m²" in text  # the plot covers 80 m of 100 m
    assert "80.0%" in text


def test_the_record_is_plain_json(run: Run) -> None:
    record = dossier_record(dossier(find_subject("宗地-000", run.facts), run), language="en")
    again = json.loads(json.dumps(record, allow_nan=False))
    assert again["parcel"]["area_m2"] == pytest.approx(10_000)
    answers = {row["layer"]: row["answer"] for row in again["layers"]}
    assert answers["规划地块"] == "concerned"
    assert answers["铁路安全区"] == "no_data"


@pytest.mark.browser
def test_the_page_opens_without_a_request_and_prints(run: Run, tmp_path: Path, chromium: Any) -> None:
    page_file = tmp_path / "dossier.html"
    write_dossier_page(hostile_dossier(run), page_file, language="zh")
    page = chromium.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(page_file.as_uri())
    assert asked == [page_file.as_uri()]
    assert page.evaluate("window.owned") is None
    assert page.locator("svg path").count() > 2
    assert page.pdf(format="A4")[:4] == b"%PDF"
    page.close()
