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
    """Return an inventory of two layers, the second refused; ``text`` stands wherever data can stand."""
    offset = {"layer": text, "kind": "moved", "dx_m": 0.4, "dy_m": -0.3}
    columns = {
        "layer": [text, "poles"],
        "department": ["land", text],
        "standard": ["land.parcel", "utility.node"],
        "records": [1045, 12],
        "features": [1045, 0],
        "listed": [2, 0],
        "filtered": [0, 0],
        "driver": ["GPKG", None],
        "encoding": ["UTF-8", "GBK"],
        "encoding_how": ["format", None],
        "crs_source": ["EPSG:4527", None],
        "crs_stated_by": ["source", "nobody"],
        "operation": ["axis order change (2D) + Gauss-Kruger", None],
        "operation_accuracy_m": [0.0, float("nan")],
        "accuracy_m": [0.05, float("nan")],
        "issued": ["2025-11-22", None],
        "age_days": [366.0, float("nan")],
        "overdue": pd.array([True, None], dtype="boolean"),
        "sha256": ["0f" * 32, None],
        "offset": [f"{text} is off", ""],
        "offsets": [[offset], []],
        "fields_matched": ["id=ZDDM, far_ratio=RJL", ""],
        "fields_missed": ["location", ""],
        "joined": [None, None],
        "join_without_row": [None, None],
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
            self.cells[-1] += ("|" if self.cells[-1] else "") + data


def test_cells_say_what_the_inventory_says() -> None:
    cells = Page(render_inventory_page(table(), facts=facts())).cells
    parcels, poles = cells[9:19], cells[19:]
    assert cells[:3] == ["Layer, department, standard", "Features", "CRS and operation"]
    assert parcels == [
        "parcels|land|land.parcel",
        "1,045|2 unreadable",
        "EPSG:4527|stated by the source|Gauss-Kruger|operation: exact",
        "±0.05 m",
        "UTF-8|fixed by the format|GPKG",
        "2025-11-22|366 days old|overdue",
        "2 matched|id=ZDDM, far_ratio=RJL|1 missed: location",
        "parcels|+0.400 m E, -0.300 m N",
        "0f" * 32,
        "Offset: parcels is off",
    ]
    assert poles[:3] == ["poles|parcels|utility.node", "12 records, none used", "none"]
    assert poles[-1] == "Takes no part in comparisons: parcels"


def test_both_languages() -> None:
    chinese = render_inventory_page(table(), facts=facts("zh"))
    assert '<html lang="zh-CN">' in chinese
    assert "小城：图层清单" in chinese
    assert "图层 2 个，其中未参与比较 1 个" in chinese
    assert "小城: inventory of layers" in render_inventory_page(table(), facts=facts("en"))


def test_hostile_text_is_text() -> None:
    page = Page(render_inventory_page(table(HOSTILE), facts=facts(name=HOSTILE)))
    assert "".join(page.cells).count(HOSTILE) == 5
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
