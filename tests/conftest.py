"""What every test may use."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Iterator

# A busy machine is slow, not wrong; and where CI judges a change, the same examples are tried each time.
settings.register_profile("lantu", deadline=None, derandomize=os.environ.get("CI") == "true")
settings.load_profile("lantu")

REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Return the folder of public data that real tests read; skip with the reason where it is absent."""
    folder = Path(os.environ.get("LANTU_DATA") or REPOSITORY.parent / "shared" / "data")
    if not (folder / "README.md").is_file():
        pytest.skip(f"no real data at {folder}: set LANTU_DATA to the folder that holds it")
    return folder


CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Return a browser; skip without one, but fail on CI, where it has to be."""
    path = next((found for name in CHROMIUM if (found := shutil.which(name))), None)
    if path is None:
        reason = f"no browser on PATH, looked for {', '.join(CHROMIUM)}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()
