"""The catalogue: what the code names is there, in both languages alike, and what is there is named."""

from __future__ import annotations

import ast
import re
import string
from typing import TYPE_CHECKING, NamedTuple

import pytest
from repository import modules

from lantu.messages import LANGUAGES, catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator

CATALOGUE = catalogue()
ROOMS = {key.split(".")[0] for key in CATALOGUE}

FUNCTIONS = frozenset({"message", "named", "say", "template"})
"""What takes a key first, called by its name."""

METHODS = frozenset({"text", "say", "complain"})
"""What takes a key first, or a language: a key is known by its room."""

KEY = re.compile(r"[a-z_]+(\.\w+)+")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
LETTERS = re.compile(r"[^\W\d_]")

NOT_FOR_TRANSLATION = frozenset({"report.page.language.other"})
"""The name of the other language, written in that language."""


class Use(NamedTuple):
    """A message named in the code: where, the key as a pattern, and the values given (None: not known)."""

    place: str
    key: str
    pattern: str
    values: frozenset[str] | None


def uses() -> Iterator[Use]:
    """Yield every call in the source that names a message, by a literal or by an f-string."""
    for module, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and node.args:
                key = _key(node)
                if key is not None:
                    yield Use(f"{module}:{node.lineno}", *key, _values(node))


def _key(call: ast.Call) -> tuple[str, str] | None:
    """Return the key that a call names, for people and as a pattern; None where it names none."""
    first = call.args[0]
    by_name = isinstance(call.func, ast.Name) and call.func.id in FUNCTIONS
    by_method = isinstance(call.func, ast.Attribute) and call.func.attr in METHODS
    if not (by_name or by_method):
        return None
    if isinstance(first, ast.Constant) and isinstance(first.value, str):
        known = by_name or (KEY.fullmatch(first.value) and first.value.split(".")[0] in ROOMS)
        return (first.value, re.escape(first.value)) if known else None
    if isinstance(first, ast.JoinedStr) and by_name:
        parts = [re.escape(part.value) if isinstance(part, ast.Constant) else r"\w+" for part in first.values]
        return ast.unparse(first), "".join(parts)
    return None


def _values(call: ast.Call) -> frozenset[str] | None:
    names = [keyword.arg for keyword in call.keywords]
    return None if None in names else frozenset(name for name in names if name is not None)


USES = list(uses())


def placeholders(key: str, language: str) -> set[tuple[str, str]]:
    """Return the names of a template's placeholders with their formats."""
    parsed = string.Formatter().parse(CATALOGUE[key][language])
    return {(name, spec or "") for _, name, spec, _ in parsed if name is not None}


def said(key: str, language: str) -> set[tuple[str, str]]:
    """Return the same, where ``{zh}`` and ``{en}`` are one value that a table gives in both languages."""
    return {("language" if name == language else name, spec) for name, spec in placeholders(key, language)}


def test_uses_are_found() -> None:
    """Guard of the tests below."""
    assert len(USES) > 250
    assert {use.place.split("/")[0] for use in USES} >= {"cli", "config", "crs", "engine", "rules", "sources"}


def test_every_message_that_the_code_names_exists() -> None:
    missing = [
        f"{use.place} {use.key}"
        for use in USES
        if use.pattern not in CATALOGUE and not any(re.fullmatch(use.pattern, key) for key in CATALOGUE)
    ]
    assert missing == []


def test_every_value_that_a_template_needs_is_given() -> None:
    """A template whose value is not given raises KeyError in front of the user."""
    lacking = [
        f"{use.place} {use.key} lacks {sorted(needed - use.values)}"
        for use in USES
        if use.values is not None and use.key in CATALOGUE and _says(use)
        for needed in [{name for language in LANGUAGES for name, _ in placeholders(use.key, language)}]
        if needed - use.values
    ]
    assert lacking == []


def _says(use: Use) -> bool:
    """Say whether a call gives the values; ``template`` is filled later, a constant key may be handed on."""
    return use.values != frozenset() or use.pattern == re.escape(use.key)


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_both_languages_say_the_same_values(room: str) -> None:
    keys = [key for key in CATALOGUE if key.split(".")[0] == room]
    differing = {
        key: (said(key, "zh"), said(key, "en")) for key in keys if said(key, "zh") != said(key, "en")
    }
    assert differing == {}


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_placeholders_are_plain_names(room: str) -> None:
    """Law 10: a template never reaches into a value, which may come from a department's data."""
    names = {
        (key, name)
        for key in CATALOGUE
        if key.split(".")[0] == room
        for language in LANGUAGES
        for name, _ in placeholders(key, language)
    }
    assert [entry for entry in sorted(names) if not entry[1].isidentifier()] == []


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_chinese_is_chinese(room: str) -> None:
    """A template of placeholders and marks alone needs no words; everything else is said in Chinese."""
    words = {key: _words(CATALOGUE[key]["zh"]) for key in CATALOGUE if key.split(".")[0] == room}
    foreign = [
        key
        for key, text in words.items()
        if LETTERS.search(text) and not CHINESE.search(text) and key not in NOT_FOR_TRANSLATION
    ]
    assert foreign == []
    same = [
        key for key, text in words.items() if CHINESE.search(text) and text == _words(CATALOGUE[key]["en"])
    ]
    assert same == []


def _words(template: str) -> str:
    """Return a template without its placeholders."""
    return "".join(literal for literal, *_ in string.Formatter().parse(template))


def test_every_message_is_used() -> None:
    """By its key, by the head of an f-string or of a sum, or as a text of a rule."""
    texts = {
        node.value
        for tree in modules().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    heads = tuple({text for text in texts if re.fullmatch(r"[a-z]+\.([\w.]*[._])?", text)})
    dead = [key for key in CATALOGUE if key not in texts and not key.startswith(heads)]
    assert dead == []
