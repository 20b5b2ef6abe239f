"""report.html in Chromium, from disk, without a network."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from report_run import HOSTILE, make_run

from lantu.messages import message
from lantu.model import translated
from lantu.report import write

if TYPE_CHECKING:
    from pathlib import Path

    from report_window import Watched

    from lantu.model import Run

pytestmark = pytest.mark.browser

PAINTED = """() => {
  const canvases = (pane) => [...document.querySelectorAll(`#map .leaflet-${pane}-pane canvas`)];
  const count = (pane) => canvases(pane).map((canvas) => {
    const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    let painted = 0;
    for (let i = 3; i < data.length; i += 4) if (data[i]) painted++;
    return painted;
  }).reduce((sum, n) => sum + n, 0);
  return { findings: count("findings"), context: count("context") };
}"""


def report(run: Run, folder: Path) -> str:
    write(run, folder, formats=["html"])
    return (folder / "report.html").as_uri()


@pytest.fixture
def opened(run: Run, tmp_path: Path, chromium_page: Watched) -> Any:
    page = chromium_page.open(report(run, tmp_path))
    yield page
    assert chromium_page.complaints == []


def rows_shown(page: Any) -> int:
    return int(page.text_content("#shown").split("/")[0].strip())


def shown(text: str) -> str:
    """Return hostile text as the page is to show it: itself, with signs that nobody sees made visible."""
    return text.replace("\u202e", "⟦U+202E⟧").replace("\u0007", "⟦U+0007⟧")


def test_the_only_request_is_the_file_itself(run: Run, tmp_path: Path, chromium_page: Watched) -> None:
    url = report(run, tmp_path)
    page = chromium_page.open(url)
    page.keyboard.press("j")
    page.wait_for_timeout(300)
    assert chromium_page.requests == [url]
    assert chromium_page.complaints == []
    assert page.evaluate("map instanceof L.Map")
    assert page.query_selector(".leaflet-attribution-flag") is None
    assert page.text_content("#level") == "内部"


def test_the_policy_blocks_a_picture_and_a_script_that_get_in(
    run: Run, tmp_path: Path, chromium_page: Watched
) -> None:
    page = chromium_page.open(report(run, tmp_path))
    blocked = page.evaluate("""() => new Promise((done) => {
      const found = [];
      document.addEventListener("securitypolicyviolation", (event) => {
        found.push(event.effectiveDirective.split("-").slice(0, 2).join("-"));
        if (found.length === 2) done(found.sort());
      });
      const script = document.createElement("script");
      script.textContent = "window.owned = 1";
      document.body.append(script);
      new Image().src = "http://127.0.0.1:9/x.png";
    })""")
    assert blocked == ["img-src", "script-src"]
    assert page.evaluate("window.owned") is None


def test_findings_and_context_are_painted_inside_the_map(opened: Any) -> None:
    painted = opened.evaluate(PAINTED)
    assert painted["findings"] > 2_000
    assert painted["context"] > 20_000
    box = opened.locator("#map").bounding_box()
    assert box["width"] > 600
    assert box["height"] > 300


def test_a_filter_takes_findings_from_the_map(opened: Any) -> None:
    before = opened.evaluate(PAINTED)["findings"]
    opened.fill("#search", "no such thing anywhere")
    opened.wait_for_selector("#empty", state="visible")
    opened.wait_for_timeout(300)
    assert before > 0
    assert opened.evaluate(PAINTED)["findings"] == 0


def test_headline_numbers_equal_the_data(opened: Any, run: Run) -> None:
    numbers = {
        node.get_attribute("data-count"): node.text_content()
        for node in opened.query_selector_all("[data-count]")
    }
    assert numbers == {"conflict": "26", "undecidable": "3", "not-checked": "3", "causes": "1", "waived": "2"}
    assert len(run.findings) == 29


def test_matrix_cells_add_up_to_the_conflicts(opened: Any, run: Run) -> None:
    cells = {
        node.get_attribute("data-cell"): int(node.text_content())
        for node in opened.query_selector_all("[data-cell]")
    }
    keys = list(run.facts.departments)
    assert list(cells) == [f"{a}|{b}" for n, a in enumerate(keys) for b in keys[n:]]
    assert sum(cells.values()) == 26
    recount = run.matrix()
    assert all(cells[f"{a}|{b}"] == recount.loc[a, b] for a, b in (cell.split("|") for cell in cells))


def test_a_click_on_a_cell_shows_as_many_findings_as_it_says(opened: Any) -> None:
    for cell in opened.query_selector_all("[data-cell]"):
        pair, count = cell.get_attribute("data-cell"), int(cell.text_content())
        if count:
            opened.click(f'[data-cell="{pair}"]')
            assert rows_shown(opened) == count
            opened.click(f'[data-cell="{pair}"]')
    assert rows_shown(opened) == 29


def test_search_finds_by_id_label_and_department(opened: Any, run: Run) -> None:
    identifier = run.findings["finding_id"][7]
    opened.fill("#search", identifier)
    opened.wait_for_selector(f'.row[data-finding-id="{identifier}"]')
    opened.wait_for_timeout(200)
    assert rows_shown(opened) == 1
    opened.fill("#search", "文物局")
    opened.wait_for_timeout(300)
    assert rows_shown(opened) == 4
    opened.fill("#search", "耕地 东马村")  # the label of a standard value, and a place
    opened.wait_for_timeout(300)
    cropland = ((run.findings[["value_a", "value_b"]] == "cropland").any(axis=1)).sum()
    assert rows_shown(opened) == cropland > 0


def test_the_address_opens_a_finding_and_an_unknown_one_says_so(
    run: Run, tmp_path: Path, chromium_page: Watched
) -> None:
    url, finding = report(run, tmp_path), run.findings[run.findings["rule"] == "LU01"].iloc[3]
    page = chromium_page.open(f"{url}#finding={finding['finding_id']}")
    card = page.locator(f'article[data-finding-id="{finding["finding_id"]}"]')
    text = card.text_content()
    for part in (
        finding["message"],
        "0101",
        "0701",
        finding["id_a"],
        finding["id_b"],
        "land/宗地.shp",
        "2026-03-01",
    ):
        assert part in text
    assert (
        page.locator("#map .leaflet-selected-pane path").count() == 6
    )  # A, B and the overlap, each on its halo
    page.goto(f"{url}#finding=LU01-0000")
    assert "LU01-0000" in page.text_content("#toast")
    assert chromium_page.complaints == []


def test_keys_step_through_the_list_and_escape_closes(opened: Any) -> None:
    opened.keyboard.press("j")
    first = opened.evaluate("location.hash")
    opened.keyboard.press("j")
    second = opened.evaluate("location.hash")
    opened.keyboard.press("k")
    assert opened.evaluate("location.hash") == first != second
    assert first.startswith("#finding=")
    opened.keyboard.press("Escape")
    assert opened.query_selector("article[data-finding-id]") is None


def test_a_click_on_the_map_opens_the_finding_under_it(opened: Any, run: Run) -> None:
    identifier = run.findings[run.findings["rule"] == "LU01"]["finding_id"].iloc[8]
    opened.click("#map-home")
    place = opened.evaluate(
        """(id) => {
          const i = Lantu.state.find(id), box = document.getElementById("map").getBoundingClientRect();
          const layer = Object.values(map._layers).find((entry) => entry.hits);
          const point = map.latLngToContainerPoint(Lantu.payload.bounds(layer.store, i).getCenter());
          return [box.x + point.x + 4, box.y + point.y + 4];
        }""",
        identifier,
    )
    opened.mouse.click(*place)
    assert opened.get_attribute("article.card", "data-finding-id") == identifier


def test_the_gaps_and_their_reasons_are_shown(opened: Any) -> None:
    opened.click('[data-count="not-checked"]')
    text = opened.text_content("#view-unchecked")
    for part in ("LU03", "RO03", "SW01", "蓝图中没有这类图层"):
        assert part in text
    opened.click('[data-view="methods"]')
    methods = opened.text_content("#view-methods")
    for part in ("ab" * 32, "GB18030", "Inverse of 3-degree", "0.849", "min_area_m2 = 50", "leaflet 1.9.4"):
        assert part in methods
    opened.click('[data-view="rules"]')
    assert "12.5" in opened.text_content("#view-rules")


def test_the_language_can_be_switched(opened: Any) -> None:
    opened.click("#language")
    assert opened.evaluate("document.documentElement.lang") == "en"
    assert "Conflicts" in opened.text_content("#numbers")
    opened.click("#language")
    assert "矛盾" in opened.text_content("#numbers")


def test_sentences_causes_and_reasons_follow_the_language(opened: Any, run: Run) -> None:
    row = run.findings[run.findings["rule"] == "LU01"].iloc[0]
    untold = run.findings[run.findings["rule"] == "DA08"].iloc[0]
    other = translated(run.translations, "message")
    cause = run.causes.iloc[0]

    def shown(finding_id: str) -> str:
        opened.evaluate("(id) => { Lantu.state.select(Lantu.state.find(id)); }", finding_id)
        return str(opened.text_content("article.card .message"))

    def seen() -> tuple[str, str, str, str]:
        card, alone = shown(row["finding_id"]), shown(untold["finding_id"])
        opened.evaluate("() => { Lantu.state.select(-1); Lantu.state.show('unchecked'); }")
        agenda = opened.text_content(f"[data-cause='{cause['cause_id']}']")
        return card, alone, agenda, opened.text_content("#view-unchecked")

    first = seen()
    opened.click("#language")
    second = seen()
    opened.click("#language")
    assert seen() == first
    assert (first[0], second[0]) == (row["message"], other[row["finding_id"]])
    assert first[1] == second[1] == untold["message"]
    assert cause["message"] in first[2]
    assert other[cause["cause_id"]] in second[2]
    gap = message("engine.no_layer", standards="plan.control_line")
    assert gap.text("zh") in first[3]
    assert gap.text("en") in second[3]


def test_what_is_shown_in_the_other_language_is_found(opened: Any) -> None:
    opened.click("#language")
    opened.fill("#search", "differs from 规划地块-003")
    opened.wait_for_timeout(400)
    assert opened.evaluate("Lantu.state.list().length") == 1
    assert "differs" in opened.text_content("#rows .row")


def test_few_rows_stand_in_the_document_however_many_there_are(
    tmp_path: Path, chromium_page: Watched
) -> None:
    page = chromium_page.open(report(make_run(size=50, overlaps=2000), tmp_path))
    assert page.locator("#rows .row").count() <= 60
    page.evaluate("document.getElementById('rows').scrollTop = 30000")
    page.wait_for_timeout(200)
    assert 0 < page.locator("#rows .row").count() <= 60
    assert chromium_page.complaints == []


def test_hostile_text_is_shown_as_it_stands(hostile_run: Run, tmp_path: Path, chromium_page: Watched) -> None:
    page = chromium_page.open(report(hostile_run, tmp_path))
    seen = set()
    for _ in range(len(hostile_run.findings)):
        page.keyboard.press("j")
        text = page.text_content("article.card .message")
        seen.add(text)
        assert page.query_selector("#map img[src='x'], article img, #rows img") is None
    assert seen == {shown(message) for message in hostile_run.findings["message"]}
    for name in ("unchecked", "rules", "waived", "methods"):
        page.click(f'[data-view="{name}"]')
    assert HOSTILE[4] in page.text_content("#view-methods")
    assert page.evaluate("window.owned") is None
    assert chromium_page.complaints == []
    assert len(chromium_page.requests) == 1


def test_a_megabyte_of_text_is_shown_and_costs_nothing_else(
    run: Run, tmp_path: Path, chromium_page: Watched
) -> None:
    long = "</p>{{7*7}}\u202e" * 80_000
    found = run.findings.copy()
    found.loc[7, ["message", "value_a", "id_a"]] = [long, long, long]
    page = chromium_page.open(
        report(replace(run, findings=found), tmp_path) + f"#finding={found['finding_id'][7]}"
    )
    assert page.text_content("article.card .message").startswith(shown(long[:1000]))
    page.click("article.card .message button")  # a million signs are laid out on request only
    assert page.text_content("article.card .message .whole") == shown(long)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert chromium_page.complaints == []


def test_an_empty_run_says_what_it_earned(empty_run: Run, tmp_path: Path, chromium_page: Watched) -> None:
    page = chromium_page.open(report(empty_run, tmp_path))
    assert page.text_content("#verdict") == "已完成的检查中未发现矛盾。全部规则均已完整检查。"
    assert page.text_content("#empty-text") == "未发现矛盾"
    assert "未发现矛盾" in page.text_content("#side-body")
    page.keyboard.press("j")
    assert chromium_page.complaints == []


def test_without_scripts_the_page_still_says_what_was_found(run: Run, tmp_path: Path, chromium: Any) -> None:
    url = report(run, tmp_path)
    context = chromium.new_context(offline=True, java_script_enabled=False)
    page = context.new_page()
    page.goto(url)
    text = page.inner_text("body")
    for part in (
        "内部",
        "周村区一张蓝图",
        "26 处矛盾",
        "有 3 项未能检查",
        "代码 R9 不在字典中",
        "findings.xlsx",
    ):
        assert part in text
    assert not page.is_visible("#map")
    context.close()


def test_text_that_turns_the_direction_of_reading_is_shown_as_what_it_is(
    run: Run, tmp_path: Path, chromium_page: Watched
) -> None:
    found = run.findings.copy()
    found.loc[7, ["id_a", "message"]] = ["\u202egpj.exe", "a\u0000b\u2066c\u009b"]
    url = report(replace(run, findings=found), tmp_path)
    page = chromium_page.open(f"{url}#finding={found['finding_id'][7]}")
    assert "⟦U+202E⟧gpj.exe" in page.text_content("article.card")
    assert page.text_content("article.card .message") == "a⟦U+0000⟧b⟦U+2066⟧c⟦U+009B⟧"
    assert "\u202e" not in page.inner_text("body")
    assert chromium_page.complaints == []


def test_formulas_are_defused_in_the_csv(hostile_run: Run, tmp_path: Path, chromium_page: Watched) -> None:
    page = chromium_page.open(report(hostile_run, tmp_path))
    with page.expect_download() as download:
        page.click("#csv")
    download.value.save_as(tmp_path / "list.csv")
    raw = (tmp_path / "list.csv").read_bytes()
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    assert len(rows) == len(hostile_run.findings) + 1
    assert raw.count(b"\r\n") == len(rows)
    texts = [cell for row in rows[1:] for cell in row]
    assert any("cmd|" in cell for cell in texts)
    assert not [cell for cell in texts if cell.lstrip()[:1] in {"=", "+", "@", "＝"}]


def test_it_works_where_the_browser_cannot_decompress(
    run: Run, tmp_path: Path, chromium_page: Watched
) -> None:
    chromium_page.page.add_init_script("delete window.DecompressionStream;")
    page = chromium_page.open(report(run, tmp_path))
    assert page.text_content('[data-count="conflict"]') == "26"
    assert chromium_page.complaints == []


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1920, 1080)])
def test_nothing_sticks_out_of_the_screen(
    tmp_path: Path, chromium_page: Watched, width: int, height: int, language: str
) -> None:
    chromium_page.page.set_viewport_size({"width": width, "height": height})
    page = chromium_page.open(report(make_run(language=language), tmp_path))
    for key in ("", "j", "p"):
        if key:
            page.keyboard.press(key)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
        right = page.evaluate("document.getElementById('language').getBoundingClientRect().right")
        assert right <= width


def test_printing_gives_a_list_on_paper(opened: Any) -> None:
    paper = opened.pdf(format="A4")
    assert paper.startswith(b"%PDF")
    text = opened.text_content("#sheet")
    assert "内部" in text
    assert text.count("LU01-") == 14
    assert "未检查" in text
