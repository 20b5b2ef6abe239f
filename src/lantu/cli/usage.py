"""Mistakes on the command line, and what the parser prints by itself, in the catalogue's words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperCommand, TyperGroup

from lantu.cli.spelling import closest
from lantu.errors import LantuError
from lantu.messages import Message, message, say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lantu.messages import Language

# Newer typer brings its own copy of click, older typer imports click; this is the right class in both.
UsageError: type[Exception] = typer.BadParameter.__mro__[1]

_TYPE_OF_ARGUMENT = re.compile(r"^(  \[?[A-Z]+\]?) <[^>]*>", re.MULTILINE)
_PARSER_WORDS = (
    ("Usage: ", "cli.help.usage"),
    ("Options:", "cli.help.options"),
    ("Arguments:", "cli.help.arguments"),
    ("Commands:", "cli.help.commands"),
    ("Show this message and exit.", "cli.help.help"),
    ("[default: ", "cli.help.default"),
)
"""What the parser prints by itself, and where its translation stands."""


class OptionError(LantuError):
    """An option or an argument of the command line cannot be used."""


class Command(TyperCommand):
    """A command whose help is all in one language."""

    language: Language = "en"

    def get_help(self, ctx: Any) -> str:  # noqa: ANN401  # the parser's context has no public type
        """Return the help text."""
        return localised(super().get_help(ctx), self.language)


class Group(TyperGroup):
    """The command that holds the commands."""

    language: Language = "en"

    def get_help(self, ctx: Any) -> str:  # noqa: ANN401  # as above
        """Return the help text."""
        return localised(super().get_help(ctx), self.language)


def localised(text: str, language: Language) -> str:
    """Return the parser's help with its own words translated."""
    text = _TYPE_OF_ARGUMENT.sub(r"\1", text)
    for word, key in _PARSER_WORDS:
        text = text.replace(word, say(key, language))
    return text


def translate(command: Any, language: Language) -> None:  # noqa: ANN401  # as above
    """Replace the keys that stand as help of a command, its options and its commands by their sentences."""
    command.language = language
    for holder in (command, *command.params):
        if holder.help and holder.help.startswith("cli."):
            holder.help = say(holder.help, language)
    for inner in getattr(command, "commands", {}).values():
        translate(inner, language)


def usage_message(error: Exception) -> Message:
    """Return what is wrong with a command line, and which command's help says more."""
    return message("cli.usage.see_help", what=_what(error), command=_command_path(error))


def _what(error: Exception) -> Message:
    """Tell the parser's complaints apart by what they carry; any other is printed as the parser says it."""
    kind = type(error).__name__
    detail = str(getattr(error, "message", error))
    option = str(getattr(error, "option_name", ""))
    if kind == "NoSuchOption":
        return _unknown("option", option, [str(name) for name in getattr(error, "possibilities", None) or ()])
    if kind == "BadOptionUsage":
        return message("cli.usage.option_value", name=option)
    if kind == "MissingParameter":
        missing = getattr(error, "param", None)
        return message("cli.usage.missing", name=getattr(missing, "metavar", None) or "?")
    command = re.match(r"No such command '([^']*)'", detail)
    if command:
        known = getattr(getattr(getattr(error, "ctx", None), "command", None), "commands", {})
        return _unknown("command", command[1], known)
    extra = re.match(r"Got unexpected extra arguments? ?(?:\(s\) )?\((.*)\)", detail)
    if extra:
        return message("cli.usage.extra", names=extra[1])
    return message("cli.usage.other", detail=detail)


def _unknown(kind: str, name: str, known: Iterable[str]) -> Message:
    near = closest(name, known)
    if near is None:
        return message(f"cli.usage.unknown_{kind}", name=name)
    return message(f"cli.usage.misspelled_{kind}", name=name, near=near)


def _command_path(error: Exception) -> str:
    context = getattr(error, "ctx", None)
    return str(context.command_path) if context is not None else "lantu"
