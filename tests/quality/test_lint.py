"""The linter, the formatter and the type checker have nothing to say."""

from __future__ import annotations

import pytest
from repository import REPOSITORY, run_tool

FOLDERS = [
    name
    for name in ("src", "tests", "layers", "benchmarks", "docs", "notebooks")
    if (REPOSITORY / name).is_dir()
]


@pytest.mark.parametrize("folder", FOLDERS)
def test_ruff_check(folder: str) -> None:
    run_tool("ruff", "check", "--quiet", "--output-format=concise", folder)


@pytest.mark.parametrize("folder", FOLDERS)
def test_ruff_format(folder: str) -> None:
    run_tool("ruff", "format", "--check", "--quiet", folder)


@pytest.mark.slow
def test_mypy_strict() -> None:
    run_tool("mypy", "--strict", "--no-error-summary", "src")
