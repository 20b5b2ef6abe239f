# ruff: noqa: E501  # scripts of the browser, one statement a line
"""The report page at its largest, measured in Chromium, beside plain folium on the same data.

``make bench-report`` writes ``docs/report_scale.md``; ``python benchmarks/report_scale.py [--findings N]
[--parcels N] [--plain N,N] [--out FILE]``. Needs Chromium on PATH. folium's page asks five servers for
its scripts; here Leaflet is handed to it from the files that Lantu ships, so that it can be timed without a
network.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import sys
import tempfile
import time
from importlib.resources import files
from pathlib import Path
from typing import Any

import folium
from playwright.sync_api import Error, sync_playwright

sys.path.insert(0, str(Path(__file__).parent / "report"))

from invented import invented_run

from lantu.report.page import write_page
from lantu.report.page.context import contexts

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
GOAL = {"written s": 10.0, "file MB": 15.0, "usable s": 3.0, "pan frames/s": 30.0, "blank rows": 0.0}
PAN_FRAMES = 120
PLAIN_FRAMES, SLOW_FRAMES, SLOW_FROM = 30, 4, 50_000
"""Frames that folium's map is moved for; from so many findings on each takes seconds."""
SCROLL_FRAMES = 60

# Moves the map to and fro around the middle of the data, a step a frame, and times the frames.
PAN = """async ([name, zoomBy, frames]) => {
  const map = window[name], frame = () => new Promise(requestAnimationFrame);
  map.setZoom(map.getZoom() + zoomBy, { animate: false });
  for (let i = 0; i < Math.min(40, frames); i++) await frame();
  const spent = [];
  let last = await frame();
  for (let i = 0; i < frames; i++) {
    map.panBy([(i % 60 < 30 ? 1 : -1) * 12, (i % 40 < 20 ? 1 : -1) * 6], { animate: false });
    const now = await frame();
    spent.push(now - last);
    last = now;
  }
  return spent;
}"""

# Jumps and glides through the list; a frame whose sight is not covered by rows counts as blank.
SCROLL = """async (frames) => {
  const body = document.getElementById("rows"), frame = () => new Promise(requestAnimationFrame);
  const spent = [];
  let blank = 0, last = await frame();
  for (let i = 0; i < frames; i++) {
    body.scrollTop = i % 2 ? body.scrollTop + 400 : body.scrollHeight * (i / frames);
    const now = await frame();
    await new Promise((done) => { const c = new MessageChannel(); c.port1.onmessage = done; c.port2.postMessage(0); });
    const sight = body.getBoundingClientRect();
    const rows = [...body.querySelectorAll(".row")].map((row) => row.getBoundingClientRect());
    const top = Math.min(...rows.map((row) => row.top)), bottom = Math.max(...rows.map((row) => row.bottom));
    if (!(top <= sight.top + 1 && bottom >= sight.bottom - 1)) blank++;
    spent.push(now - last);
    last = now;
  }
  return { spent, blank };
}"""

# The time until the change is done and painted.
ACT = """async (what) => {
  const frame = () => new Promise(requestAnimationFrame), start = performance.now();
  const [verb, ...given] = what;
  Lantu.state[verb](...given);
  const done = performance.now() - start;
  do await frame(); while (Lantu.canvas.isBusy());
  return [done, performance.now() - start];
}"""


def rate(spent_ms: list[float]) -> float:
    """Return frames a second over all frames."""
    return 1000.0 * len(spent_ms) / sum(spent_ms)


def ninety_fifth(spent_ms: list[float]) -> float:
    """Return the time that 95 of 100 frames keep."""
    return sorted(spent_ms)[int(0.95 * (len(spent_ms) - 1))]


def of_lantu(browser: Any, file: Path) -> dict[str, float]:  # noqa: ANN401  # playwright's browser
    """Measure Lantu's page."""
    page = browser.new_page(viewport={"width": 1600, "height": 900})
    start = time.perf_counter()
    page.goto(file.as_uri())
    page.wait_for_selector("html[data-ready='1']", state="attached", timeout=120_000)
    found = {"usable s": time.perf_counter() - start}
    for zoom_by, name in ((0, "pan"), (3, "pan near")):
        spent = page.evaluate(PAN, ["map", zoom_by, PAN_FRAMES])
        found |= {f"{name} frames/s": rate(spent), f"{name} p95 ms": ninety_fifth(spent)}
    scrolled = page.evaluate(SCROLL, SCROLL_FRAMES)
    found |= {"scroll frames/s": rate(scrolled["spent"]), "blank rows": scrolled["blank"]}
    acts: dict[str, list[Any]] = {
        "filter ms": ["set", {"severity": ["major"]}], "search ms": ["search", "农业 第3镇"],
        "unfilter ms": ["clear"], "sort ms": ["sortBy", "measure"], "next ms": ["step", 1],
    }  # fmt: skip
    for name, act in acts.items():
        done, painted = page.evaluate(ACT, act)
        found |= {name: done, name.replace("ms", "painted ms"): painted}
    found["heap MB"] = page.evaluate("performance.memory.usedJSHeapSize") / 1e6
    page.close()
    return found


def of_folium(browser: Any, run: Any, file: Path) -> dict[str, float]:  # noqa: ANN401  # as above
    """Write the findings and the parcels with ``folium.GeoJson`` and measure the page."""
    start = time.perf_counter()
    plain = folium.Map(tiles=None)
    for layer in run.facts.layers:
        folium.GeoJson(layer.frame[["id", "geometry"]].to_crs(4326)).add_to(plain)
    found = run.findings[["finding_id", "geometry"]].to_crs(4326)
    folium.GeoJson(found).add_to(plain)
    south_west, north_east = found.total_bounds[[1, 0]].tolist(), found.total_bounds[[3, 2]].tolist()
    plain.fit_bounds([south_west, north_east])
    plain.save(str(file))
    written_s = time.perf_counter() - start
    page = browser.new_page(viewport={"width": 1600, "height": 900})
    page.route("**/*", hand_over)
    start = time.perf_counter()
    page.goto(file.as_uri(), timeout=240_000)
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)))")
    usable_s = time.perf_counter() - start
    measured = {"file MB": file.stat().st_size / 1e6, "written s": written_s, "usable s": usable_s}
    frames = SLOW_FRAMES if len(run.findings) >= SLOW_FROM else PLAIN_FRAMES
    for zoom_by, name in ((0, "pan"), (3, "pan near")):
        spent = page.evaluate(PAN, [plain.get_name(), zoom_by, frames])
        measured |= {f"{name} frames/s": rate(spent), f"{name} p95 ms": ninety_fifth(spent)}
    measured["heap MB"] = page.evaluate("performance.memory.usedJSHeapSize") / 1e6
    page.close()
    return measured


def hand_over(route: Any) -> None:  # noqa: ANN401  # playwright's route
    """Answer folium's requests: Leaflet from Lantu's assets, nothing else."""
    url = route.request.url
    vendor = files("lantu.report") / "assets" / "vendor"
    if url.startswith("file:"):
        route.continue_()
    elif url.endswith("leaflet.js"):
        route.fulfill(body=(vendor / "leaflet.js").read_text("utf-8"), content_type="text/javascript")
    elif url.endswith("leaflet.css"):
        route.fulfill(body=(vendor / "leaflet.css").read_text("utf-8"), content_type="text/css")
    else:
        route.fulfill(body="", content_type="text/css" if url.endswith("css") else "text/javascript")


def table(columns: dict[str, dict[str, float]]) -> str:
    """Return the figures as a Markdown table, with the goal beside them."""
    names = list(dict.fromkeys(name for found in columns.values() for name in found))
    lines = ["| | goal | " + " | ".join(columns) + " |", "|---|--:|" + "--:|" * len(columns)]
    for name in names:
        goal = f"{GOAL[name]:g}" if name in GOAL else ""
        cells = [f"{found[name]:,.1f}" if name in found else "–" for found in columns.values()]
        lines.append(f"| {name} | {goal} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def machine(browser: str) -> str:
    """Return what was measured on: processor, cores, memory, load, system and versions."""
    cpu = next(
        (line.partition(":")[2].strip() for line in proc("cpuinfo") if line.startswith("model name")), ""
    )
    memory = next(
        (int(line.split()[1]) / 2**20 for line in proc("meminfo") if line.startswith("MemTotal")), 0.0
    )
    load = f"load {os.getloadavg()[0]:.1f} when it began" if hasattr(os, "getloadavg") else "load unknown"
    if hasattr(os, "sched_getscheduler") and os.sched_getscheduler(0) in {os.SCHED_FIFO, os.SCHED_RR}:
        load += ", before which it had real-time priority"
    return (
        f"{cpu or platform.processor()}, {os.cpu_count()} cores, {memory:.0f} GiB, {load}; {platform.platform()}; "
        f"Python {platform.python_version()}, folium {folium.__version__}, Chromium {browser} headless, without a GPU"
    )


def proc(name: str) -> list[str]:
    """Return the lines that Linux says of itself; none elsewhere."""
    path = Path("/proc") / name
    return path.read_text(encoding="utf-8").splitlines() if path.is_file() else []


PAGE = """# The report page at scale

Made by `make bench-report` (`benchmarks/report_scale.py`); not to be edited by hand.

{findings:,} invented findings over {parcels:,} parcels; smaller runs keep that proportion. `folium N` is plain `folium.GeoJson` with the
same parcels and findings and none of Lantu's list, filters, causes or cards.

Machine: {machine}.

{table}

*Usable* is from opening the file to the first painted map and a filled list. *Pan* moves the map to and fro over the middle of the data, a
step a frame, at the first zoom and three steps nearer. A *blank row* is a frame while scrolling in which the list's sight is not covered.
{missing}
What the largest page leaves out, as it says itself: {caps}.
"""


def measured(
    browser: Any,  # noqa: ANN401  # playwright's browser
    given: argparse.Namespace,
    folder: Path,
) -> tuple[dict[str, dict[str, float]], str, str]:
    """Return the figures by column, what could not be measured, and what the largest page left out."""
    columns: dict[str, dict[str, float]] = {}
    missing, caps = "", ""
    plain = [int(number) for number in given.plain.split(",") if number]
    for findings in sorted({*plain, given.findings}):
        run = invented_run(findings, given.parcels * findings // given.findings)
        file = folder / "report.html"
        start = time.perf_counter()
        write_page(run, file)
        written = {"file MB": file.stat().st_size / 1e6, "written s": time.perf_counter() - start}
        columns[f"Lantu {findings:,}"] = written | of_lantu(browser, file)
        carried = sum(len(context.rows) for context in contexts(run))
        caps = f"{given.parcels - carried:,} of {given.parcels:,} parcels (those farthest from a finding); no finding"
        if findings in plain:
            try:
                columns[f"folium {findings:,}"] = of_folium(browser, run, folder / "plain.html")
            except Error as error:
                missing += f"\nfolium with {findings:,} findings: {str(error).partition(chr(10))[0]}.\n"
    return columns, missing, caps


def main() -> None:
    """Measure, print, and write where asked."""
    ask = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    ask.add_argument("--findings", type=int, default=100_000)
    ask.add_argument("--parcels", type=int, default=200_000)
    ask.add_argument("--plain", default="1000,10000", help="numbers of findings that folium is given")
    ask.add_argument("--out", type=Path, help="a Markdown file to write")
    given = ask.parse_args()
    chromium = next((path for name in CHROMIUM if (path := shutil.which(name))), None)
    if chromium is None:
        sys.exit(f"no browser on PATH, looked for {', '.join(CHROMIUM)}")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--enable-precise-memory-info"]
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        about = machine(browser.version)
        columns, missing, caps = measured(browser, given, Path(folder))
        browser.close()
    text = PAGE.format(
        findings=given.findings,
        parcels=given.parcels,
        machine=about,
        table=table(columns),
        missing=missing,
        caps=caps,
    )
    print(text)
    if given.out is not None:
        given.out.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
