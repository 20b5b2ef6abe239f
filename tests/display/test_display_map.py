"""The interactive map of a layer: folium's, with nothing from a network and no data in a template."""

from __future__ import annotations

import base64
import gzip
import json
import re
from typing import TYPE_CHECKING, Any

import folium
import pytest
from display_district import HOSTILE

from lantu.report.page.assets import asset

if TYPE_CHECKING:
    from pathlib import Path

    import lantu


def data_of(page: str) -> dict[str, Any]:
    text = re.findall(r'<script type="application/octet-stream" id="data-layer">([^<]*)</script>', page)[0]
    content: dict[str, Any] = json.loads(gzip.decompress(base64.b64decode(text)))
    return content


def test_it_is_a_folium_map_with_every_feature(plain: lantu.Blueprint) -> None:
    shown = plain.layers["parcels"].explore()
    assert isinstance(shown, folium.Map)
    features = data_of(shown.get_root().render())["features"]
    assert len(features) == 3
    assert ["ZDDM", "P1"] in features[0]["properties"]["lines"]
    (longitude, latitude) = features[0]["geometry"]["coordinates"][0][0]
    assert longitude == pytest.approx(117.0, abs=0.01)
    assert latitude == pytest.approx(36.76, abs=0.02)


def test_nothing_is_asked_of_a_network(plain: lantu.Blueprint) -> None:
    page = plain.layers["parcels"].explore().get_root().render()
    assert re.findall(r"<(?:script|link|img|iframe)[^>]*(?:src|href)=", page) == []
    assert "connect-src 'none'" in page
    assert "default-src 'none'" in page


def test_the_script_writes_no_markup() -> None:
    script = asset("layer_map/map.js")
    assert re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write", script) == []


def test_data_never_passes_through_a_template(hostile: lantu.Blueprint) -> None:
    page = hostile.layers["parcels"].explore().get_root().render()
    assert "<img" not in page
    assert "{{ 7*7 }}" not in page
    assert [name for name, text in data_of(page)["features"][0]["properties"]["lines"] if text == HOSTILE]


def test_of_a_large_layer_a_part_is_shown_and_said(
    plain: lantu.Blueprint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lantu.display.layer_map.VERTICES", 10)
    content = data_of(plain.layers["parcels"].explore().get_root().render())
    assert len(content["features"]) == 2
    assert content["note"] == "显示 2 / 共 3 个要素（为控制大小）"


def test_a_layer_without_a_place_gives_an_empty_map(plain: lantu.Blueprint) -> None:
    assert data_of(plain.layers["nowhere"].explore().get_root().render())["features"] == []


@pytest.mark.browser
def test_a_click_shows_the_values_as_text(hostile: lantu.Blueprint, tmp_path: Path, chromium: Any) -> None:
    """In the frame that a notebook shows, too."""
    path = tmp_path / "cell.html"
    cell = hostile.layers["parcels"].explore()._repr_html_()
    path.write_text(f"<!DOCTYPE html><meta charset=utf-8><body>{cell}</body>", encoding="utf-8")
    context = chromium.new_context(offline=True, viewport={"width": 1200, "height": 900})
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(path.as_uri())
    frame = page.frame_locator("iframe")
    frame.locator(".leaflet-container canvas").wait_for()
    frame.locator(".leaflet-container").click()
    popup = frame.locator(".leaflet-popup-content dl")
    popup.wait_for()
    assert HOSTILE in popup.inner_text()
    assert popup.locator("img").count() == 0
    assert complaints == []
    context.close()
