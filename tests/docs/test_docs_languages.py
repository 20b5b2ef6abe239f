"""A page that planners read in Chinese and others in English says the same in both."""

from __future__ import annotations

import re

import pytest
from documentation import REPOSITORY, blocks

DOCS = REPOSITORY / "docs"

WRITTEN_TWICE = sorted(path.name.removesuffix(".zh.md") for path in DOCS.glob("*.zh.md"))


def _both(name: str) -> tuple[str, str]:
    return tuple((DOCS / f"{name}{ending}").read_text(encoding="utf-8") for ending in (".zh.md", ".md"))  # type: ignore[return-value]


@pytest.mark.parametrize("name", WRITTEN_TWICE)
def test_both_languages_name_the_same_files_columns_and_options(name: str) -> None:
    chinese, english = (
        set(re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL)))
        for text in _both(name)
    )
    assert chinese == english


@pytest.mark.parametrize("name", WRITTEN_TWICE)
def test_both_languages_have_the_same_headings_and_rows(name: str) -> None:
    chinese, english = (
        [re.findall(r"^(?:#+|\|)(?= )", line) for line in text.splitlines() if line.startswith(("#", "|"))]
        for text in _both(name)
    )
    assert chinese == english


@pytest.mark.parametrize("name", WRITTEN_TWICE)
def test_both_languages_show_the_same_commands(name: str) -> None:
    chinese, english = (
        [block.text for block in blocks(f"docs/{name}{ending}") if block.language == "sh"]
        for ending in (".zh.md", ".md")
    )
    assert chinese == english


@pytest.mark.parametrize("name", WRITTEN_TWICE)
def test_each_language_points_to_the_other(name: str) -> None:
    chinese, english = _both(name)
    assert f"]({name}.md)" in chinese
    assert f"]({name}.zh.md)" in english
