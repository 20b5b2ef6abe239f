"""The committed reference pages are what the rules say of themselves today."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import Any

import pytest

from lantu.rules.registry import shipped

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference"


@pytest.fixture(scope="module")
def generator() -> Any:
    spec = importlib.util.spec_from_file_location("reference_generator", REFERENCE / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_is_up_to_date(generator: Any, language: str) -> None:
    committed = (REFERENCE / f"rules.{language}.md").read_text(encoding="utf-8")
    assert committed == generator.page(language), "run: make reference"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_rule_has_its_section_and_its_line_in_the_contents(language: str) -> None:
    text = (REFERENCE / f"rules.{language}.md").read_text(encoding="utf-8")
    sections = re.findall(r"^## ([A-Z]{2}\d{2}) ", text, re.MULTILINE)
    assert sections == sorted(rule_type.code for rule_type in shipped())
    assert len(sections) == 64
    assert re.findall(r"^\| \[([A-Z]{2}\d{2})\]\(#", text, re.MULTILINE) == sections
