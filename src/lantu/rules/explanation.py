"""What there is to say about a rule: its own docstring in English, its Chinese twin from the shipped data.

A rule's class docstring is the English text, under fixed headings. The Chinese text stands beside the
rule in ``<CODE>.toml`` (``[zh]``: finds, why, example) and, for what reports print too (title, basis,
resolve, trap), in the catalogue under ``rules.<CODE>``. A plug-in's rule has no place in the catalogue: all
its texts stand in ``<CODE>.toml``, under ``[zh]`` and ``[en]``.
"""

from __future__ import annotations

import inspect
import re
import tomllib
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from lantu.messages import LANGUAGES, catalogue

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

REQUIRED = ("title", "message", *IN_CATALOGUE)
"""Texts that every rule has in both languages."""

_HEADING = re.compile(r"^\*(.+)\*$", re.MULTILINE)


def explain(rule_type: type[Rule], language: Language) -> Mapping[str, str]:
    """Return title, finds, why, basis, example, resolve and trap of a rule as plain paragraphs.

    Raises
    ------
    KeyError
        The docstring lacks a heading, or the catalogue or ``<CODE>.toml`` lacks a text.
    """
    texts = {"title": _required(rule_type, "title")[language]}
    if language == "en":
        sections = docstring_sections(rule_type)
        return texts | {part: sections[heading] for part, heading in HEADINGS.items()}
    beside = rule_data(rule_type)["zh"]
    for part in HEADINGS:
        texts[part] = _required(rule_type, part)[language] if part in IN_CATALOGUE else beside[part]
    return texts


def rule_text(rule_type: type[Rule], part: str) -> Mapping[str, str] | None:
    """Return a text of a rule in both languages, None where it is not there in both.

    From the catalogue for a rule that stands in it, else from the rule's ``<CODE>.toml``; the English
    basis, resolve and trap of the latter are its docstring's where ``[en]`` does not say them.
    """
    code = rule_type.code
    if f"rules.{code}.title" in catalogue():
        return catalogue().get(f"rules.{code}.{part}")
    said = {language: _beside(rule_type, part, language) for language in LANGUAGES}
    return {language: text for language, text in said.items() if text} if all(said.values()) else None


def missing_texts(rule_type: type[Rule]) -> tuple[str, ...]:
    """Return which texts of a rule are missing, by the place where they should stand; empty where none."""
    try:
        beside = rule_data(rule_type).get("zh", {})
    except (OSError, ImportError):
        return (f"{rule_type.code}.toml",)
    sections = docstring_sections(rule_type)
    missing = [f"*{heading}*" for heading in HEADINGS.values() if not sections.get(heading)]
    missing += [f"zh.{part}" for part in HEADINGS if part not in IN_CATALOGUE and not beside.get(part)]
    return (*missing, *(part for part in REQUIRED if rule_text(rule_type, part) is None))


def _required(rule_type: type[Rule], part: str) -> Mapping[str, str]:
    found = rule_text(rule_type, part)
    if found is None:
        lacking = f"rules.{rule_type.code}.{part}"
        raise KeyError(lacking)
    return found


def _beside(rule_type: type[Rule], part: str, language: Language) -> str | None:
    """Return a text from the file beside a rule, or from its docstring."""
    text = rule_data(rule_type).get(language, {}).get(part)
    if text is None and language == "en" and part in IN_CATALOGUE:
        return docstring_sections(rule_type).get(HEADINGS[part])
    return text if isinstance(text, str) else None


def docstring_sections(rule_type: type[Rule]) -> Mapping[str, str]:
    """Return the text under each ``*Heading*`` of a rule's docstring, in order, white space made single."""
    pieces = _HEADING.split(inspect.cleandoc(rule_type.__doc__ or ""))
    return {heading: " ".join(text.split()) for heading, text in zip(pieces[1::2], pieces[2::2], strict=True)}


@cache
def rule_data(rule_type: type[Rule]) -> Mapping[str, Any]:
    """Return the parsed ``<CODE>.toml`` that lies beside a rule's module: texts and cases."""
    package = rule_type.__module__.rpartition(".")[0]
    text = (files(package) / f"{rule_type.code}.toml").read_text(encoding="utf-8")
    return MappingProxyType(tomllib.loads(text))
