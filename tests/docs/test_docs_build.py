"""The documentation builds without a warning and without a network, and every page can be reached."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from documentation import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path

DOCS = REPOSITORY / "docs"

PROXY = "http://127.0.0.1:9"
"""Nobody listens there: whatever is fetched fails."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if any(importlib.util.find_spec(name) is None for name in ("sphinx", "myst_parser", "furo")):
        pytest.skip("the tools of the documentation are not installed: pip install -e '.[dev]'")
    target = tmp_path_factory.mktemp("site")
    paths = [path for path in sys.path if path]
    done = subprocess.run(  # noqa: S603  # this interpreter
        [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html", str(DOCS), str(target)],
        env={"PYTHONPATH": ":".join(paths), "HTTP_PROXY": PROXY, "HTTPS_PROXY": PROXY, "PATH": ""},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return target


@pytest.mark.slow
def test_every_page_is_there(site: Path) -> None:
    for page in DOCS.rglob("*.md"):
        assert (site / page.relative_to(DOCS)).with_suffix(".html").is_file()


@pytest.mark.slow
def test_the_pages_of_rules_have_them_all(site: Path) -> None:
    for language in ("zh", "en"):
        page = (site / "reference" / f"rules.{language}.html").read_text(encoding="utf-8")
        assert page.count('<a id="') == 64
        assert "LU01" in page


@pytest.mark.slow
def test_the_pages_ask_for_nothing_from_outside(site: Path) -> None:
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert 'src="http' not in text, page.name
        assert 'rel="stylesheet" type="text/css" href="http' not in text, page.name
