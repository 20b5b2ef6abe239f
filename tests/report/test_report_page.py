"""report.html as a file: nothing from outside, nothing executed, nothing of the data outside its blocks."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import os
import re
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import folium
import pytest
from report_run import HOSTILE, make_run

from lantu.messages import catalogue
from lantu.report import explore
from lantu.report.page import render_page
from lantu.report.page.assets import SCRIPTS, asset, licences, vendored
from lantu.report.page.columns import unfolded
from lantu.report.page.content import PAGE_PREFIX
from lantu.report.page.sentences import whole

if TYPE_CHECKING:
    from lantu.model import Run

ASSETS = files("lantu.report") / "assets"
REPOSITORY = Path(__file__).resolve().parents[2]


class Scan(HTMLParser):
    """Gathers addresses, inline handlers and the texts of elements."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def content_of(page: str) -> str:
    found = re.search(r'id="data-content">([^<]*)</script>', page)
    assert found
    return gzip.decompress(base64.b64decode(found.group(1))).decode("utf-8")


@pytest.mark.parametrize("kind", ["run", "hostile_run", "empty_run"])
def test_the_page_points_at_nothing_outside(kind: str, request: pytest.FixtureRequest) -> None:
    page = render_page(request.getfixturevalue(kind))
    for tag, attributes in Scan(page).tags:
        assert tag not in {"link", "iframe", "object", "embed", "base", "form"}
        for name, value in attributes.items():
            assert not name.startswith("on"), (tag, name)
            if name in {"src", "href", "action", "data"} and value is not None:
                assert value.startswith(("#", "data:")), (tag, value)
    styles = "".join(re.findall(r"<style>(.*?)</style>", page, flags=re.DOTALL))
    assert all(url.startswith(("data:", "#")) for url in re.findall(r"url\(['\"]?([^)'\"]+)", styles))
    assert "@import" not in styles


def test_the_policy_names_exactly_the_scripts_of_the_page(run: Run) -> None:
    page = render_page(run)
    policy = next(
        a["content"] for t, a in Scan(page).tags if a.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy
    scripts = re.findall(r"<script>(.*?)</script>", page, flags=re.DOTALL)
    expected = {base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in scripts}
    assert set(re.findall(r"'sha256-([^']+)'", policy)) == expected
    assert len(expected) == 4
    for rule in ("default-src 'none'", "connect-src 'none'", "object-src 'none'", "base-uri 'none'"):
        assert rule in policy
    assert "unsafe-eval" not in policy
    assert "'unsafe-inline'" not in policy.partition("script-src")[2].partition(";")[0]


@pytest.mark.parametrize(("language", "lang"), [("zh", "zh-CN"), ("en", "en")])
def test_the_page_has_a_language_and_lets_people_zoom(language: str, lang: str) -> None:
    page = render_page(make_run(language=language))
    assert f'<html lang="{lang}">' in page
    assert "user-scalable" not in page
    assert "maximum-scale" not in page


def test_hostile_text_runs_nowhere_and_stands_only_in_data_blocks(hostile_run: Run) -> None:
    page = render_page(hostile_run)
    assert "LANTU_OWNED" not in os.environ
    shown = json.loads(content_of(page))
    told, findings = (unfolded(shown[name]) for name in ("sentences", "findings"))
    said = {text for both in whole(told, findings) for text in both}
    for text in HOSTILE:
        assert text in said
    # Outside the blocks stand the blueprint's name (title, noscript) and a cause (noscript), escaped.
    assert "<script>window.owned" not in page
    assert "<img" not in page
    assert page.count("{{7*7}}") == 3
    assert ">49<" not in page


def test_the_page_is_a_folium_map_with_a_fixed_name(run: Run) -> None:
    report = explore(run)
    assert isinstance(report, folium.Map)
    page = report.get_root().render()
    assert page == render_page(run)
    assert page.count('id="map"') == 1
    assert "L.map(" in page
    assert folium.Map().default_js  # folium's own lists are left as they were


def test_a_small_folium_layer_can_be_added_and_brings_no_address(run: Run) -> None:
    report = explore(run)
    folium.Circle([36.8, 117.85], radius=100).add_to(report)
    page = report.get_root().render()
    assert "L.circle(" in page
    assert not [a for t, a in Scan(page).tags if t == "link" or (t == "script" and "src" in a)]


def test_vendored_files_are_the_ones_that_were_reviewed() -> None:
    named = {entry["file"] for vendor in vendored() for entry in vendor["files"]} | {"VENDOR.json"}
    assert {entry.name for entry in (ASSETS / "vendor").iterdir()} == named
    for vendor in vendored():
        assert vendor["integrity"].startswith("sha512-")
        assert {"name", "version", "licence", "home"} <= set(vendor)
        for entry in vendor["files"]:
            content = (ASSETS / "vendor" / entry["file"]).read_bytes()
            assert hashlib.sha256(content).hexdigest() == entry["sha256"], entry["file"]


def test_licences_stand_in_the_page_and_in_the_repository(run: Run) -> None:
    found = re.search(r'id="data-licences">([^<]*)</script>', render_page(run))
    assert found
    assert gzip.decompress(base64.b64decode(found.group(1))).decode("utf-8") == licences()
    whole = (REPOSITORY / "THIRD_PARTY_LICENSES.txt").read_text(encoding="utf-8")
    for vendor in vendored():
        assert f"{vendor['name']} {vendor['version']}" in licences()
        assert f"{vendor['name']} {vendor['version']}" in whole
        assert asset(f"vendor/{vendor['name']}.LICENSE.txt").strip() in whole


def test_every_own_script_is_in_the_page_and_none_writes_markup() -> None:
    assert set(SCRIPTS) == {e.name for e in (ASSETS / "app").iterdir() if e.name.endswith(".js")}
    for name in SCRIPTS:
        code = asset(f"app/{name}")
        for way in (
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            "new Function",
        ):
            assert way not in code, (name, way)
        assert "</script" not in code
        assert "http://" not in code.replace("http://www.w3.org/2000/svg", "")
        assert "https://" not in code


def test_text_gets_into_the_page_in_one_place_only() -> None:
    """Where signs that nobody sees are made visible."""
    writers = {
        name for name in SCRIPTS if re.search(r"\.(textContent|innerText|nodeValue) =", asset(f"app/{name}"))
    }
    assert writers == {"dom.js", "payload.js"}  # payload.js empties the blocks it has read


def test_every_text_that_the_page_asks_for_is_in_the_catalogue() -> None:
    keys = {
        key.removeprefix(PAGE_PREFIX).removeprefix("report.")
        for key in catalogue()
        if key.startswith("report.")
    }
    asked = set(re.findall(r'data-(?:text|label|hint)="([^"]+)"', asset("app/shell.html")))
    groups = set()
    for name in SCRIPTS:
        code = asset(f"app/{name}")
        asked.update(re.findall(r'\b(?:say|block)\("([a-z_.-]+)"', code))
        groups.update(re.findall(r"\bsay\(`([a-z_.]+)\$\{", code))
    assert asked - keys == set()
    assert groups
    assert all(any(key.startswith(group) for key in keys) for group in groups)
