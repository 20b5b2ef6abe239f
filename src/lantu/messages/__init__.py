"""Every sentence a user reads, in 中文 and English, from one catalogue.

The sentences stand in the TOML files beside this module, one table per message with the keys
``zh`` and ``en``. Code names a message by its key and never writes a sentence itself. Values are
only ever arguments of a template, so text that comes out of a department's data is printed as it
stands and never interpreted.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Language = Literal["zh", "en"]

LANGUAGES: tuple[Language, ...] = ("zh", "en")

SEPARATOR: Mapping[Language, str] = {"zh": "、", "en": ", "}
"""Stands between the parts of a list."""


def other_language(language: Language) -> Language:
    """Return the language that a report can be switched to."""
    return "en" if language == "zh" else "zh"


@dataclass(frozen=True)
class Message:
    """A sentence that has not been put into a language yet: its key in the catalogue and its values."""

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def __hash__(self) -> int:
        """Hash by key and values; by the key alone where a value is of an unhashable kind."""
        try:
            return hash((self.key, frozenset(self.values.items())))
        except TypeError:
            return hash(self.key)

    def text(self, language: Language) -> str:
        """Say it in ``language``; a value that is a message itself is said in the same language."""
        return say(self.key, language, **self.values)


@dataclass(frozen=True)
class Listed(Message):
    """Several messages said one after the other, with the comma of the language between them."""

    __hash__ = Message.__hash__

    def text(self, language: Language) -> str:
        """Return all parts in ``language``."""
        return SEPARATOR[language].join(part.text(language) for part in self.values["parts"])


def listed(parts: Sequence[Message]) -> Message:
    """Return messages as one list."""
    return Listed("listed", {"parts": tuple(parts)})


def message(key: str, /, **values: Any) -> Message:  # noqa: ANN401  # a template takes any printable value
    """Name a message of the catalogue together with its values."""
    return Message(key, values)


def say(key: str, language: Language, /, **values: Any) -> str:  # noqa: ANN401  # as above
    """Return the sentence ``key`` in ``language`` with ``values`` filled in.

    Raises
    ------
    KeyError
        The catalogue has no such message, or the template names a value that was not given.
    """
    return filled(template(key, language), language, **values)


def filled(text: str, language: Language, /, **values: Any) -> str:  # noqa: ANN401  # as above
    """Return a template with ``values`` in place; a value that is a message is said in ``language``."""
    said = {
        name: value.text(language) if isinstance(value, Message) else value for name, value in values.items()
    }
    return text.format_map(said)


def template(key: str, language: Language) -> str:
    """Return the unfilled sentence, for callers that fill one template many times."""
    return catalogue()[key][language]


@cache
def catalogue() -> Mapping[str, Mapping[str, str]]:
    """Return all messages: key (``file.table``) to language to template.

    Raises
    ------
    ValueError
        A message lacks one of the languages, or two files define one key.
    """
    found: dict[str, Mapping[str, str]] = {}
    folder = files(__name__)
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if not entry.name.endswith(".toml"):
            continue
        for key, texts in _messages(tomllib.loads(entry.read_text(encoding="utf-8"))):
            if set(texts) != set(LANGUAGES):
                problem = f"{entry.name}: message '{key}' has {sorted(texts)}, expected {sorted(LANGUAGES)}"
                raise ValueError(problem)
            if key in found:
                problem = f"{entry.name}: message '{key}' is defined in another file too"
                raise ValueError(problem)
            found[key] = texts
    return found


def _messages(table: Mapping[str, Any], prefix: str = "") -> list[tuple[str, Mapping[str, str]]]:
    """Flatten nested tables to dotted keys; a table whose values are all text is a message."""
    found: list[tuple[str, Mapping[str, str]]] = []
    for name, value in table.items():
        key = f"{prefix}{name}"
        if all(isinstance(text, str) for text in value.values()):
            found.append((key, value))
        else:
            found.extend(_messages(value, f"{key}."))
    return found
