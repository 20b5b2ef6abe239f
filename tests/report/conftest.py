"""Runs to report on, and a browser to look at the report with."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from report_run import make_run, poisoned
from report_window import Watched

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lantu.model import Run


@pytest.fixture
def run() -> Run:
    return make_run()


@pytest.fixture
def hostile_run() -> Run:
    return poisoned(make_run())


@pytest.fixture
def empty_run() -> Run:
    full = make_run()
    nothing = full.findings.iloc[:0]
    done = tuple(
        replace(entry, answer="none_found", found=0, undecidable=0, reason=None) for entry in full.outcomes
    )
    return replace(
        full, findings=nothing, waived=full.waived.iloc[:0], causes=full.causes.iloc[:0], outcomes=done,
        rules={entry.rule: {} for entry in done},
    )  # fmt: skip


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


@pytest.fixture
def chromium_page(chromium: Any) -> Iterator[Watched]:
    """Return a page without network, 1600 x 900."""
    context = chromium.new_context(offline=True, viewport={"width": 1600, "height": 900})
    yield Watched(context.new_page())
    context.close()
