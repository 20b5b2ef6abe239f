"""The inventory as a page: nothing from outside, nothing runs, hostile text stays text."""

from __future__ import annotations

import datetime as dt
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from lantu.errors import OutputError
from lantu.model import BlueprintFacts
from lantu.report import render_inventory_page, write_inventory_page

if TYPE_CHECKING:
    from pathlib import Path

    from lantu.messages import Language

HOSTILE = '<script>alert(1)</script><img src="//evil.example/x" onerror=alert(2)>{{ 7*7 }}'


def facts(language: Language = "en", name: str = "小城") -> BlueprintFacts:
    return BlueprintFacts(
        name=name,
        as_of=dt.date(2026, 11, 23),
        language=language,
        level="internal",
        working_crs="EPSG:4548",
        departments={},
        layers=(),
    )


def table(text: str = "parcels") -> pd.DataFrame:
    columns = {
        "layer": [text, "poles"],
        "features": [1045, 0],
        "accuracy_m": [0.05, float("nan")],
        "overdue": pd.array([True, None], dtype="boolean"),
        "offset": [text, ""],
        "refusal": [None, text],
    }
    return pd.DataFrame(columns)


class Page(HTMLParser):
    """The tags, the attributes and the cells of a page, as a browser would see them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.cells: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.extend(attrs)
        if tag in {"td", "th"}:
            self.cells.append("")

    def handle_data(self, data: str) -> None:
        if self.cells and data.strip():
            self.cells[-1] += data


def test_cells_say_what_the_inventory_says() -> None:
    assert Page(render_inventory_page(table(), facts=facts())).cells == [
        *("layer", "features", "accuracy (m)", "overdue", "offset", "why it was refused"),
        *("parcels", "1045", "0.05", "yes", "parcels", ""),
        *("poles", "0", "", "", "", "parcels"),
    ]


def test_both_languages() -> None:
    chinese = render_inventory_page(table(), facts=facts("zh"))
    assert '<html lang="zh-CN">' in chinese
    assert "小城：图层清单" in chinese
    assert "图层 2 个，其中未参与比较 1 个" in chinese
    assert "小城: inventory of layers" in render_inventory_page(table(), facts=facts("en"))


def test_hostile_text_is_text() -> None:
    page = Page(render_inventory_page(table(HOSTILE), facts=facts(name=HOSTILE)))
    assert page.cells.count(HOSTILE) == 3
    assert not {"script", "img", "iframe", "link", "object"} & set(page.tags)
    assert not [name for name, _ in page.attributes if name.startswith("on") or name in {"src", "href"}]


def test_nothing_is_asked_for_from_outside() -> None:
    text = render_inventory_page(table(), facts=facts())
    assert "content=\"default-src 'none'; style-src 'unsafe-inline'\"" in text
    assert not re.search(r"https?:|url\(|@import", text)


def test_written_whole_and_equal(tmp_path: Path) -> None:
    for name in ("a.html", "b.html"):
        write_inventory_page(table(), tmp_path / name, facts=facts())
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.html", "b.html"]
    with pytest.raises(OutputError, match=r"c\.html"):
        write_inventory_page(table(), tmp_path / "missing" / "c.html", facts=facts())
