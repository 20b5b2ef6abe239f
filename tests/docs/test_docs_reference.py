"""The committed reference pages are what the rules say of themselves today."""

from __future__ import annotations

import importlib.util
import re
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from lantu.rules.registry import shipped

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference"


GENERATORS = {"rules": "generate", "standards": "standards_page", "commands": "commands_page"}
"""Which script writes which pages."""


def generator(name: str) -> Any:
    if str(REFERENCE) not in sys.path:
        sys.path.insert(0, str(REFERENCE))  # the scripts stand beside each other
    spec = importlib.util.spec_from_file_location(f"reference_{name}", REFERENCE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def pinned(package: str) -> bool:
    text = (REFERENCE.parents[1] / "constraints.txt").read_text(encoding="utf-8")
    return f"{package}=={version(package)}\n" in text


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("page", GENERATORS)
def test_the_page_is_up_to_date(page: str, language: str) -> None:
    if page == "commands" and not pinned("typer"):
        pytest.skip(
            f"typer {version('typer')} words its help in its own way; the page is made with the pinned one"
        )
    committed = (REFERENCE / f"{page}.{language}.md").read_text(encoding="utf-8")
    assert committed == generator(GENERATORS[page]).page(language), "run: make reference"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_rule_has_its_section_and_its_line_in_the_contents(language: str) -> None:
    text = (REFERENCE / f"rules.{language}.md").read_text(encoding="utf-8")
    sections = re.findall(r"^## ([A-Z]{2}\d{2}) ", text, re.MULTILINE)
    assert sections == sorted(rule_type.code for rule_type in shipped())
    assert len(sections) == 64
    assert re.findall(r"^\| \[([A-Z]{2}\d{2})\]\(#", text, re.MULTILINE) == sections
