"""What there is to say about a rule: its own docstring in English, its Chinese twin from the shipped data.

A rule's class docstring is the English text, under fixed headings. The Chinese text stands beside the
rule in ``<CODE>.toml`` (``[zh]``: finds, why, example) and, for what reports print too (title, basis,
resolve, trap), in the catalogue under ``rules.<CODE>``.
"""

from __future__ import annotations

import inspect
import re
import tomllib
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from lantu.messages import template

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lantu.messages import Language
    from lantu.rules.base import Rule

HEADINGS: Mapping[str, str] = MappingProxyType(
    {
        "finds": "What it finds",
        "why": "Why it matters",
        "basis": "Basis",
        "example": "Example",
        "resolve": "How to resolve",
        "trap": "Trap",
    }
)
"""Parts of an explanation and their headings in a docstring, in order."""

IN_CATALOGUE = ("basis", "resolve", "trap")
"""Parts that reports print beside findings; they stand in the catalogue in both languages."""

_HEADING = re.compile(r"^\*(.+)\*$", re.MULTILINE)


def explain(rule_type: type[Rule], language: Language) -> Mapping[str, str]:
    """Return title, finds, why, basis, example, resolve and trap of a rule as plain paragraphs.

    Raises
    ------
    KeyError
        The docstring lacks a heading, or the catalogue or ``<CODE>.toml`` lacks a text.
    """
    code = rule_type.code
    texts = {"title": template(f"rules.{code}.title", language)}
    if language == "en":
        sections = docstring_sections(rule_type)
        return texts | {part: sections[heading] for part, heading in HEADINGS.items()}
    beside = rule_data(rule_type)["zh"]
    for part in HEADINGS:
        texts[part] = template(f"rules.{code}.{part}", language) if part in IN_CATALOGUE else beside[part]
    return texts


def docstring_sections(rule_type: type[Rule]) -> Mapping[str, str]:
    """Return the text under each ``*Heading*`` of a rule's docstring, in order, white space made single."""
    pieces = _HEADING.split(inspect.cleandoc(rule_type.__doc__ or ""))
    return {heading: " ".join(text.split()) for heading, text in zip(pieces[1::2], pieces[2::2], strict=True)}


@cache
def rule_data(rule_type: type[Rule]) -> Mapping[str, Any]:
    """Return the parsed ``<CODE>.toml`` that lies beside a rule's module: Chinese texts and cases."""
    package = rule_type.__module__.rpartition(".")[0]
    text = (files(package) / f"{rule_type.code}.toml").read_text(encoding="utf-8")
    return MappingProxyType(tomllib.loads(text))
