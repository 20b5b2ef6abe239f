"""Take the pictures of the report and the inventory of the sample district (``make screenshots``).

Without a network. Names of pictures on the command line take only those.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
LARGEST_BYTES = 400_000
SCALE = 0.75
"""Pixels of a picture for each of the screen: small enough for the repository, and still to be read."""
A3_LANDSCAPE_PX = {"width": 1500, "height": 1060}


def overview(page: Any) -> None:  # noqa: ANN401  # playwright's page
    """Leave the page as it opens."""


def finding(page: Any) -> None:  # noqa: ANN401  # as above
    """Select the first finding of two departments' land use."""
    page.fill("#search", "LU01")
    page.wait_for_timeout(400)
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("j")


def projector(page: Any) -> None:  # noqa: ANN401  # as above
    """Show one finding large."""
    finding(page)
    page.keyboard.press("p")


def dark(page: Any) -> None:  # noqa: ANN401  # as above
    """Turn the lights out."""
    page.click("#theme")


def paper(page: Any) -> None:  # noqa: ANN401  # as above
    """Make the sheet of one finding and show it as it is printed."""
    finding(page)
    page.evaluate("window.print = () => window.dispatchEvent(new Event('beforeprint'))")
    page.click("#print-leaves")
    page.emulate_media(media="print")


INVENTORY = "inventory"
"""The one picture of the page of ``lantu layers``, not of the report."""

PICTURES = {
    INVENTORY: (overview, {"width": 1600, "height": 900}),
    "overview": (overview, {"width": 1600, "height": 900}),
    "finding": (finding, {"width": 1600, "height": 900}),
    "laptop": (overview, {"width": 1366, "height": 768}),
    "projector": (projector, {"width": 1600, "height": 900}),
    "dark": (dark, {"width": 1600, "height": 900}),
    "print": (paper, A3_LANDSCAPE_PX),
}


def sample_report(folder: Path) -> Path:
    """Check the sample district and return its report."""
    command = [sys.executable, "-m", "lantu", "demo", str(folder)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603  # our own program
    return next(folder.rglob("report.html"))


def sample_inventory(folder: Path) -> Path:
    """Return the inventory page of the sample district that `sample_report` has put there."""
    page = folder / "layers.html"
    blueprint = str(folder / "blueprint.toml")
    command = [sys.executable, "-m", "lantu", "layers", blueprint, "--html", str(page)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603  # our own program
    return page


def main() -> None:
    """Take each picture; a picture too large for the repository is an error."""
    path = next((found for name in CHROMIUM if (found := shutil.which(name))), None)
    if path is None:
        sys.exit(f"no browser on PATH, looked for {', '.join(CHROMIUM)}")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        report = sample_report(Path(folder) / "sample").as_uri()
        inventory = sample_inventory(Path(folder) / "sample").as_uri()
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        for name in sys.argv[1:] or PICTURES:
            prepare, viewport = PICTURES[name]
            context = browser.new_context(offline=True, viewport=viewport, device_scale_factor=SCALE)
            page = context.new_page()
            page.goto(inventory if name == INVENTORY else report)
            if name != INVENTORY:
                page.wait_for_selector("html[data-ready='1']", state="attached")
            prepare(page)
            page.wait_for_timeout(900)
            target = HERE / f"{name}.png"
            page.screenshot(path=str(target))
            context.close()
            print(f"{target.name}: {target.stat().st_size / 1000:.0f} KB")  # noqa: T201  # a script that says what it wrote
            if target.stat().st_size > LARGEST_BYTES:
                sys.exit(f"{target.name} is larger than {LARGEST_BYTES} bytes")
        browser.close()


if __name__ == "__main__":
    main()
