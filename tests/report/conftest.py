"""Runs to report on, and a browser to look at the report with."""

from __future__ import annotations

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


@pytest.fixture
def chromium_page(chromium: Any) -> Iterator[Watched]:
    """Return a page without network, 1600 x 900."""
    context = chromium.new_context(offline=True, viewport={"width": 1600, "height": 900})
    yield Watched(context.new_page())
    context.close()
