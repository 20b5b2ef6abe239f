"""Names for people: of departments, rules, columns and canonical values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.messages import LANGUAGES, catalogue
from lantu.standards import column_label, standard_label, value_label

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lantu.messages import Language, Message
    from lantu.model import Level, Run


def department_names(run: Run) -> Mapping[str, str]:
    """Return the departments' names by key, in the order of the blueprint."""
    return {key: department.name for key, department in run.facts.departments.items()}


def rule_title(run: Run, code: str, language: Language) -> str:
    """Return a rule's title; its code where it has none."""
    return run.texts.get(code, {}).get("title", {}).get(language, code)


def level_name(level: Level, language: Language) -> str:
    """Return a level in the reader's words; one that the blueprint names itself stands for itself."""
    said = catalogue().get(f"report.level.{level}")
    return level if said is None else said[language]


def value_field(field: str | None, language: Language) -> str | None:
    """Return a canonical column in the reader's words."""
    return None if field is None else column_label(field, language)


def said_value(field: str | None, value: str | None, language: Language) -> str | None:
    """Return a standard value in the reader's words, itself where it has none."""
    return None if value is None else value_label(field, value, language)


def column_texts(field: str) -> dict[str, str]:
    """Return a canonical column in both languages."""
    return {language: column_label(field, language) for language in LANGUAGES}


def value_texts(field: str, value: str) -> dict[str, str]:
    """Return a standard value in both languages."""
    return {language: value_label(field, value, language) for language in LANGUAGES}


def standard_texts(name: str) -> dict[str, str]:
    """Return a standard's name in both languages."""
    return {language: standard_label(name, language) for language in LANGUAGES}


def said_in_both(sentence: Message) -> dict[str, str]:
    """Return a message in both languages."""
    return {language: sentence.text(language) for language in LANGUAGES}
