"""Each interaction of report.html on the sample district and on Cambridge, against pandas and pyproj."""

from __future__ import annotations

import csv
import datetime as dt
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from other_language import DATA, everything, foreign
from pyproj import Geod
from report_window import Watched
from tour_scripts import PAINT, STACK, TIGHT

import lantu
from lantu.report import write

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd

    from lantu.model import Run

TESTS = Path(__file__).resolve().parents[1]
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("tour")]
GEOD = Geod(ellps="sphere")


def scenario(name: str, folder: Path, request: pytest.FixtureRequest) -> Run:
    if name == "district":
        blueprint = TESTS.parent / "layers" / "district" / "blueprint.toml"
        return lantu.open(blueprint, today=dt.date(2026, 11, 23)).check()
    sys.path.insert(0, str(TESTS / "real"))
    from real_scenarios import open_scenario

    run: Run = open_scenario(name, folder, request.getfixturevalue("real_data")).check()
    return run


class Tour:
    """A report that is open in a browser, and the run it tells of."""

    def __init__(self, run: Run, window: Watched, url: str) -> None:
        self.run, self.window, self.page, self.url = run, window, window.page, url

    @property
    def found(self) -> gpd.GeoDataFrame:
        return self.run.findings

    def shown(self) -> int:
        return int(re.sub(r"\D", "", self.page.text_content("#shown").replace(" of ", "/").split("/")[0]))

    def count(self, choice: str) -> int:
        return int(self.page.text_content(f'[data-choice="{choice}"] b').replace(",", ""))

    def listed(self) -> list[str]:
        ids: list[str] = self.page.evaluate(
            "Lantu.state.list().map((i) => Lantu.state.text('finding_id', i))"
        )
        return ids


@pytest.fixture(
    scope="module",
    params=["district", pytest.param("cambridge", marks=[pytest.mark.real, pytest.mark.slow])],
)
def opened(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, chromium: Any
) -> Iterator[Tour]:
    folder = tmp_path_factory.mktemp("tour")
    run = scenario(request.param, folder, request)
    write(run, folder / "report", formats=["html"])
    context = chromium.new_context(
        offline=True, viewport={"width": 1600, "height": 900}, color_scheme="light"
    )
    window = Watched(context.new_page())
    url = (folder / "report" / "report.html").as_uri()
    window.open(url)
    yield Tour(run, window, url)
    assert window.complaints == []
    assert {asked.partition("#")[0] for asked in window.requests} == {url}
    context.close()


@pytest.fixture
def tour(opened: Tour) -> Tour:
    """Return the report as it is when it is opened."""
    opened.page.set_viewport_size({"width": 1600, "height": 900})
    opened.page.evaluate("""() => {
      document.activeElement.blur();
      for (const box of document.querySelectorAll("dialog[open]")) box.close();
      if (Lantu.appearance.isPresented()) Lantu.appearance.present();
      if (Lantu.appearance.isLarge()) document.getElementById("large").click();
      Lantu.measuring.stop();
      Lantu.state.clear();
      Lantu.state.select(-1);
      Lantu.state.show("overview");
      Lantu.map.toHome();
    }""")
    return opened


def test_counts_of_a_facet_leave_the_facet_itself_out(tour: Tour) -> None:
    before = {name: tour.count(f"severity={name}") for name in ("critical", "major", "minor", "info")}
    assert before == tour.found["severity"].value_counts().reindex(before, fill_value=0).to_dict()
    tour.page.click('[data-choice="severity=critical"]')
    assert {name: tour.count(f"severity={name}") for name in before} == before
    critical = tour.found[tour.found["severity"] == "critical"]
    assert tour.shown() == len(critical)
    by_rule = critical["rule"].value_counts()
    for rule, count in by_rule.head(5).items():
        assert tour.count(f"rule={rule}") == count
    tour.page.click('[data-choice="severity=major"]')  # any of the chosen ones
    assert tour.shown() == before["critical"] + before["major"]
    assert tour.page.evaluate("document.activeElement.dataset.choice") == "severity=major"


def test_headline_numbers_and_matrix_follow_the_filters(tour: Tour) -> None:
    rule = tour.found["rule"].value_counts().index[0]
    tour.page.click(f'[data-choice="rule={rule}"]')
    left = tour.found[tour.found["rule"] == rule]
    conflicts = left[left["verdict"] == "conflict"]
    assert tour.page.text_content('[data-count="conflict"]') == str(len(conflicts))
    assert tour.page.text_content('[data-count="undecidable"]') == str(len(left) - len(conflicts))
    cells = tour.page.eval_on_selector_all(
        "[data-cell]", "all => all.map((one) => [one.dataset.cell, Number(one.textContent)])"
    )
    for pair, count in cells:
        a, b = pair.split("|")
        sides = {frozenset({a, b})}
        expected = sum(
            frozenset({row.department_a, row.department_b or row.department_a}) in sides
            for row in conflicts[["department_a", "department_b"]].itertuples()
        )
        assert count == expected, pair
    pair = max(cells, key=lambda cell: cell[1])[0]
    tour.page.click(f'[data-cell="{pair}"]')
    assert tour.shown() == dict(map(tuple, cells))[pair]


def test_departments_towns_and_causes_can_be_filtered(tour: Tour) -> None:
    department = tour.found["department_a"].value_counts().index[0]
    tour.page.click(f'[data-choice="department={department}"]')
    assert tour.shown() == (tour.found[["department_a", "department_b"]] == department).any(axis=1).sum()
    tour.page.click("#clear")
    cause = tour.page.get_attribute(".item.cause >> nth=0", "data-cause")
    tour.page.click(".item.cause >> nth=0")
    assert tour.shown() == (tour.found["cause_id"] == cause).sum()
    tour.page.click('#active [data-filter="cause"]')
    assert tour.shown() == len(tour.found)
    towns = tour.found["town"].dropna()
    assert tour.page.locator("#list-town .facet").count() == min(8, towns.nunique())
    if len(towns):
        town = towns.value_counts().index[0]
        tour.page.click(f'[data-choice="town={town}"]')
        assert tour.shown() == (towns == town).sum()


def test_a_link_opens_the_same_finding_with_the_same_filters(tour: Tour) -> None:
    rule = tour.found["rule"].value_counts().index[0]
    tour.page.click(f'[data-choice="rule={rule}"]')
    tour.page.click('[data-choice="verdict=conflict"]')
    tour.page.focus("#search")
    tour.page.fill("#search", rule[:2])
    tour.page.wait_for_function("() => Lantu.state.filters().words.length")
    tour.page.evaluate("document.activeElement.blur()")
    tour.page.keyboard.press("j")
    link, count = tour.page.evaluate("location.href"), tour.shown()
    other = Watched(tour.page.context.new_page())
    page = other.open(link)
    assert page.get_attribute("article.card", "data-finding-id") == tour.page.get_attribute(
        "article.card", "data-finding-id"
    )
    assert Tour(tour.run, other, link).shown() == count
    assert page.input_value("#search") == rule[:2].lower()
    assert page.get_attribute(f'[data-choice="rule={rule}"]', "aria-pressed") == "true"
    page.goto(f"{tour.url}#rule=nonsense&severity=critical")
    assert "nonsense" in page.text_content("#toast")
    assert Tour(tour.run, other, link).shown() == (tour.found["severity"] == "critical").sum()
    page.goto(f"{tour.url}#view=methods")
    assert page.is_visible("#view-methods")
    assert other.complaints == []
    page.close()


def test_the_csv_holds_the_list_as_filtered(tour: Tour, tmp_path: Path) -> None:
    tour.page.click('[data-choice="severity=critical"]')
    with tour.page.expect_download() as download:
        tour.page.click("#csv")
    download.value.save_as(tmp_path / "list.csv")
    raw = (tmp_path / "list.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(raw.decode("utf-8-sig").split("\r\n")))
    assert [row["finding_id"] for row in rows] == tour.listed()
    by_id = tour.found.set_index("finding_id")
    for row in rows:
        assert row["message"].lstrip("'") == by_id.loc[row["finding_id"], "message"]


def test_the_list_is_sorted_by_a_click_and_back(tour: Tour) -> None:
    measured = tour.found["measure"].dropna()
    tour.page.click('[data-sort="measure"]')
    top = tour.found.set_index("finding_id").loc[tour.listed()[0], "measure"]
    assert top == measured.max()
    assert tour.page.get_attribute("#head .measure", "aria-sort") == "descending"
    tour.page.click('[data-sort="measure"]')
    assert tour.page.get_attribute("#head .measure", "aria-sort") == "ascending"
    tour.page.click('[data-sort="severity"]')
    first = tour.found.set_index("finding_id").loc[tour.listed()[0], "severity"]
    assert first == "critical"


def test_a_dense_overview_is_counted_in_badges_that_lead_on(tour: Tour) -> None:
    tour.page.reload()
    tour.page.wait_for_selector("html[data-ready='1']", state="attached")
    badges = tour.page.locator(".badge")
    assert badges.count() >= 2
    boxes = [badge.bounding_box() for badge in badges.all()]
    ground = tour.page.locator("#map").bounding_box()
    for box in boxes:  # each lies on the map from the first moment, not where an earlier zoom had it
        assert ground["x"] <= box["x"] + box["width"] / 2 <= ground["x"] + ground["width"]
        assert ground["y"] <= box["y"] + box["height"] / 2 <= ground["y"] + ground["height"]
    for n, p in enumerate(boxes):
        for q in boxes[n + 1 :]:
            apart = ((p["x"] - q["x"] + (p["width"] - q["width"]) / 2) ** 2
                     + (p["y"] - q["y"] + (p["height"] - q["height"]) / 2) ** 2) ** 0.5  # fmt: skip
            assert apart >= (p["width"] + q["width"]) / 2
    zoom = tour.page.evaluate("map.getZoom()")
    badges.first.click()
    assert tour.page.evaluate("map.getZoom()") > zoom


def test_the_national_colours_are_a_toggle(tour: Tour) -> None:
    def saturation() -> float:
        return float(tour.page.evaluate(PAINT)["saturation"])

    def opaque() -> int:
        return int(tour.page.evaluate(PAINT)["opaque"])

    muted = saturation()
    tour.page.click("#map-standard")
    assert saturation() > 1.5 * muted
    tour.page.click("#map-standard")
    assert saturation() == pytest.approx(muted, rel=0.02)
    filled = opaque()
    tour.page.click("#map-tint")
    assert tour.page.get_attribute("#map-tint", "aria-pressed") == "false"
    assert opaque() < filled
    tour.page.click("#map-tint")


def at(page: Any, x: float, y: float) -> list[float]:
    """Click at a share of the map; return the longitude and latitude there."""
    box = page.locator("#map").bounding_box()
    page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
    lnglat: list[float] = page.evaluate(
        "([x, y]) => { const at = map.containerPointToLatLng([x * map.getSize().x, y * map.getSize().y]);"
        " return [at.lng, at.lat]; }",
        [x, y],
    )
    return lnglat


def test_distances_and_areas_are_measured_and_called_approximate(tour: Tour) -> None:
    tour.page.click("#map-distance")
    (x0, y0), (x1, y1) = at(tour.page, 0.6, 0.5), at(tour.page, 0.8, 0.7)
    said = tour.page.text_content("#map-measured")
    expected = GEOD.inv(x0, y0, x1, y1)[2]
    assert float(said.split(" m")[0].replace(",", "")) == pytest.approx(expected, rel=6e-3)  # whole pixels
    assert re.search("仅供参考|approximate", said)
    assert tour.page.query_selector("article.card") is None  # a click that measures selects nothing
    tour.page.click("#map-area")
    corners = [at(tour.page, *place) for place in ((0.6, 0.4), (0.8, 0.4), (0.8, 0.7))]
    m2, ha, mu = measured_area(tour.page.text_content("#map-measured"))
    area = abs(GEOD.polygon_area_perimeter(*zip(*corners, strict=True))[0])
    assert m2 == pytest.approx(area, rel=1e-2)
    assert ha == pytest.approx(m2 / 1e4, rel=1e-3)
    assert mu == pytest.approx(m2 * 3 / 2000, rel=1e-3)
    tour.page.keyboard.press("Backspace")
    assert not re.search("ha", tour.page.text_content("#map-measured"))
    tour.page.keyboard.press("Escape")
    assert tour.page.is_hidden("#map-measured")
    # By keyboard: the map in focus, Enter at the cross in its middle.
    tour.page.click("#map-distance")
    tour.page.keyboard.press("Enter")
    tour.page.keyboard.press("ArrowRight")
    tour.page.wait_for_timeout(500)
    tour.page.keyboard.press("Enter")
    assert " m" in tour.page.text_content("#map-measured")
    tour.page.keyboard.press("Escape")


def measured_area(said: str) -> tuple[float, ...]:
    return tuple(float(part.split()[0].replace(",", "")) for part in said.split("=")[:3])


def test_the_pointer_tells_its_place_and_clicks_go_through_stacked_findings(tour: Tour) -> None:
    page = tour.page
    stack = page.evaluate(STACK)
    page.mouse.move(stack["x"], stack["y"])
    assert re.search(r"\d+\.\d{5}", page.text_content("#map-place"))
    assert page.is_visible("#map-tip")
    seen = set()
    for n in range(stack["count"]):
        page.mouse.click(stack["x"], stack["y"])
        assert f"{n + 1}/{stack['count']}" in page.text_content("#map-hint")
        seen.add(page.get_attribute("article.card", "data-finding-id"))
        page.wait_for_timeout(600)  # two quick clicks are a double click, which zooms
    assert len(seen) == stack["count"]


def test_the_drawing_shows_both_sides_one_of_them_or_swipes(tour: Tour) -> None:
    page = tour.page
    two = tour.found[(tour.found["rule"] == "LU01") & tour.found["id_b"].notna()]["finding_id"].iloc[0]
    page.evaluate("(id) => Lantu.state.select(Lantu.state.find(id))", two)
    page.wait_for_selector(".evidence svg")

    def drawn() -> list[str]:
        sides: list[str] = page.eval_on_selector_all(
            ".evidence [data-side]", "all => all.map((one) => one.dataset.side)"
        )
        return sides

    modes = {"overlay": ["a", "b", "conflict"], "a": ["a"], "b": ["b"], "conflict": ["conflict"]}
    for mode, sides in modes.items():
        page.click(f'[data-mode="{mode}"]')
        assert drawn() == sides
    page.click('[data-mode="swipe"]')
    assert drawn() == ["a", "b"]
    before = page.get_attribute(".evidence .clip-a", "width")
    page.focus(".evidence input")
    page.keyboard.press("ArrowRight")
    assert float(page.get_attribute(".evidence .clip-a", "width")) > float(before)
    svg, bar = (
        page.locator(".evidence svg").bounding_box(),
        page.locator(".evidence text.scale").bounding_box(),
    )
    assert svg["x"] <= bar["x"]
    assert bar["x"] + bar["width"] <= svg["x"] + svg["width"]
    page.click('[data-mode="overlay"]')


def test_single_keys_do_what_the_list_of_keys_says(tour: Tour) -> None:
    page = tour.page
    page.keyboard.press("?")
    assert page.is_visible("#keys")
    page.keyboard.press("Escape")
    assert page.is_hidden("#keys")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"
    page.keyboard.press("Escape")
    home = page.evaluate("map.getZoom()")
    placed = tour.found[~tour.found.geometry.is_empty & tour.found.geometry.notna()]["finding_id"].iloc[0]
    page.evaluate("(id) => Lantu.state.select(Lantu.state.find(id))", placed)
    near = page.evaluate("map.getZoom()")
    assert near > home
    page.keyboard.press("a")
    assert page.evaluate("map.getZoom()") == home
    page.keyboard.press("f")
    assert page.evaluate("map.getZoom()") == near
    language = page.evaluate("document.documentElement.lang")
    page.keyboard.press("l")
    assert page.evaluate("document.documentElement.lang") != language
    page.keyboard.press("l")
    page.keyboard.press("p")
    assert page.is_hidden("#rows")
    assert page.is_visible("article.card")
    assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") == 18
    page.keyboard.press("Escape")
    assert page.is_visible("#rows")
    page.keyboard.press("1")
    assert page.is_checked("#decision-a_corrects")
    page.keyboard.press("6")
    assert page.is_checked("#decision-postponed")
    page.evaluate("Lantu.decisions.withdraw(Lantu.state.selected())")


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1600, 900), (1920, 1080)])
def test_nothing_overlaps_or_is_clipped(tour: Tour, width: int, height: int) -> None:
    page = tour.page
    page.set_viewport_size({"width": width, "height": height})
    for language in range(2):
        for large in range(2):
            assert page.evaluate(TIGHT) == [], (language, large)
            page.keyboard.press("j")
            page.keyboard.press("j")
            assert page.evaluate(TIGHT) == [], (language, large)
            page.keyboard.press("Escape")
            page.click("#large")
        page.keyboard.press("p")
        assert page.evaluate(TIGHT) == [], language
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
        page.keyboard.press("l")


def test_after_the_switch_nothing_is_said_in_the_other_language(tour: Tour) -> None:
    # A city's own matrix says its reasons in the city's language.
    own = [path.read_text(encoding="utf-8") for path in sorted((TESTS / "real" / "cambridge").glob("*.csv"))]
    data = [cell for text in own for row in csv.reader(text.splitlines()) for cell in row]
    data += tour.page.evaluate(DATA)
    said = {}
    for _ in range(2):
        language = tour.page.evaluate("Lantu.words.language()")
        said[language] = everything(tour.page)
        assert foreign(said[language], data, language) == []
        tour.page.click("#language")
    for one, other in (("zh", "en"), ("en", "zh")):  # and what is found foreign is not nothing
        assert len(foreign(said[one], data, other)) > 500


def test_the_whole_map_can_be_filled_and_the_layers_hidden(tour: Tour) -> None:
    page = tour.page
    page.click("#layers summary")
    boxes = page.locator("#layers-body input")
    assert boxes.count() == len([layer for layer in tour.run.facts.layers if layer.refusal is None])
    boxes.first.uncheck()
    assert page.evaluate("Lantu.map.sources()[0].visible") is False
    page.locator("#layers-body input").first.check()
    page.keyboard.press("Escape")
    assert page.evaluate("document.getElementById('layers').open") is False
    assert page.locator(".leaflet-control-scale-line").count() == 1  # metric alone
    page.click("#map-full")
    page.wait_for_function("() => document.fullscreenElement?.id === 'map-panel'")
    page.click("#map-full")
    page.wait_for_function("() => document.fullscreenElement === null")
