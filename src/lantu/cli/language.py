"""Which language the command line speaks."""

from __future__ import annotations

import locale
from typing import TYPE_CHECKING

from lantu.cli.terminal import Terminal
from lantu.messages import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lantu.messages import Language

OPTION = "--lang"
LOCALE_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")


def take_language(arguments: Sequence[str], environment: Mapping[str, str]) -> tuple[Terminal, list[str]]:
    """Return a terminal in the language asked for, and the arguments without ``--lang``.

    ``--lang`` may stand anywhere before ``--``; one with a word that is no language is left in place, for the
    parser to refuse. Without it the language is that of the environment until a blueprint states its own.
    """
    chosen: Language | None = None
    rest: list[str] = []
    given = list(arguments)
    while given and given[0] != "--":
        word = given.pop(0)
        name, equals, value = word.partition("=")
        if name == OPTION and not equals and given:
            value = given[0]
        language = _language(value) if name == OPTION else None
        if language is None:
            rest.append(word)
            continue
        chosen = language
        if not equals:
            given.pop(0)
    return Terminal(
        language=chosen or environment_language(environment), fixed=chosen is not None
    ), rest + given


def environment_language(environment: Mapping[str, str]) -> Language:
    """Return the language of LANTU_LANG, else Chinese where the system's locale is Chinese, else English."""
    asked = _language(environment.get("LANTU_LANG", ""))
    if asked is not None:
        return asked
    stated = next((environment[name] for name in LOCALE_VARIABLES if environment.get(name)), None)
    # Windows states no variable; its locale is called "Chinese (Simplified)_China" or "zh_CN"
    name = stated or locale.getlocale()[0] or ""
    return "zh" if name.lower().startswith(("zh", "chinese")) else "en"


def _language(word: str) -> Language | None:
    return next((language for language in LANGUAGES if language == word.strip().lower()), None)
