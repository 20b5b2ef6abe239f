"""What a blueprint, a layer, a run and a finding show in a notebook."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import lantu


class Tags(HTMLParser):
    """Collects the names of tags and attributes of a document, and its text."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(document)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


def shown(thing: Any) -> str:
    html: str = thing._repr_html_()
    return html


@pytest.fixture(scope="module")
def run(plain: lantu.Blueprint) -> lantu.Run:
    return plain.check(select=["LU01", "CR01"])


def test_a_blueprint_shows_its_inventory(plain: lantu.Blueprint) -> None:
    page = unescape(re.findall(r'srcdoc="([^"]*)"', shown(plain))[0])
    for said in ("parcels", "plots", "nowhere", "EPSG:4548", "land.parcel"):
        assert said in page
    assert "<script" not in page


def test_a_layer_shows_its_provenance_and_a_drawing(plain: lantu.Blueprint) -> None:
    html = shown(plain.layers["parcels"])
    text = Tags(html).text
    for said in ("读入 3，采用 3", "parcels.gpkg", "EPSG:4548", "id = ZDDM", "± 0.05 m"):
        assert said in text
    assert plain.layers["parcels"].provenance.sha256 in text
    outline = re.findall(r'<path d="([^"]+)"[^>]*stroke="#7f858d"', html)[0]
    assert outline.count("Z") == 3
    assert "50 m" in text


def test_a_refused_layer_says_why_and_draws_nothing(plain: lantu.Blueprint) -> None:
    html = shown(plain.layers["nowhere"])
    assert "未参与任何比较" in html
    assert "<svg" not in html


def test_a_large_layer_says_that_a_part_is_drawn(
    plain: lantu.Blueprint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lantu.display.layer.MOST_DRAWN", 2)
    assert "显示 2 / 共 3 个要素" in shown(plain.layers["parcels"])


def test_a_run_shows_verdict_matrix_causes_and_gaps(run: lantu.Run) -> None:
    text = Tags(shown(run)).text
    assert len(run.findings) == 2
    assert "共有 2 处矛盾" in text
    assert "规划局" in text
    for cause in run.causes["message"]:
        assert cause in text
    for reason in run.not_checked["reason"]:
        assert reason in text


def test_the_matrix_is_the_run_s_own(run: lantu.Run) -> None:
    rows = re.findall(r'<tr><th scope="row">([^<]+)</th>(.*?)</tr>', shown(run))
    cells = [[int(cell.replace("·", "0")) for cell in re.findall(r">([\d·]+)</td>", row)] for _, row in rows]
    assert cells == run.matrix().to_numpy().tolist()


def test_a_finding_shows_its_card(run: lantu.Run) -> None:
    found = run.findings[run.findings["rule"] == "LU01"].iloc[0]
    finding = run.finding(found["finding_id"])
    text = Tags(shown(finding)).text
    assert finding["id_a"] == "P2"
    for said in (found["message"], "P2", "东街 1 号", "0103", "100101", "10,000 m²", "依据", "处理建议"):
        assert said in text
    assert finding.object("a").equals(finding.object("b"))
    assert shown(finding).count("<path") == 4  # the conflict, both objects, the scale bar


def test_a_finding_about_one_side_says_so(run: lantu.Run) -> None:
    found = run.findings[run.findings["rule"] == "CR01"].iloc[0]
    finding = run.finding(found["finding_id"])
    assert finding.object("b") is None
    assert finding["id_b"] is None
    assert "仅涉及一方" in shown(finding)


def test_an_unknown_finding_is_named(run: lantu.Run) -> None:
    with pytest.raises(KeyError, match="no finding 'LU01-0'"):
        run.finding("LU01-0")


def test_texts_of_departments_are_text_and_never_markup(hostile: lantu.Blueprint) -> None:
    run = hostile.check(select=["LU01"])
    finding = run.finding(run.findings["finding_id"].iloc[-1])
    pages = [shown(thing) for thing in (hostile.layers["parcels"], run, finding)]
    pages.append(unescape(re.findall(r'srcdoc="([^"]*)"', shown(hostile))[0]))
    for page in pages:
        tags = Tags(page)
        assert {"img", "script"} & tags.names == set()
        assert {name for name in tags.attributes if name.startswith("on")} == set()
    assert any("{{ 7*7 }}" in Tags(page).text for page in pages)


@pytest.mark.parametrize("thing", ["plain", "layer", "run"])
def test_a_console_shows_one_line(thing: str, plain: lantu.Blueprint, run: lantu.Run) -> None:
    said = repr({"plain": plain, "layer": plain.layers["parcels"], "run": run}[thing])
    assert "\n" not in said
    assert len(said) < 400
