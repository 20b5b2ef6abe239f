"""Addresses of databases and services: what is no file, where a secret comes from, what may be shown."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, quote_plus, unquote

from lantu.errors import SourceError
from lantu.messages import message

if TYPE_CHECKING:
    from collections.abc import Mapping

VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
LOGIN = re.compile(r"://([^/?#]*)@")

# "D:/…" is a drive, not a scheme; "WFS:https://…" is an address too
_ADDRESS = re.compile(r"(?:[A-Z][A-Z0-9]+:)?[A-Za-z][A-Za-z0-9+.-]+://")
_SECRET_NAME = re.compile(
    r"password|passwd|pwd|sslpassword|token|access_token|api_?key|key|secret|sig|signature|tk|ak|sk",
    re.IGNORECASE,
)
_HIDDEN = "***"
_LONGEST_QUOTE = 200
_SHOWN_PARAMETERS = frozenset({"table"})


@dataclass(frozen=True, kw_only=True)
class Address:
    """The address of a database or a service, as written and as it is called.

    Only ``shown`` may stand in a message, a report or a log, and only what `quoted` has passed may be
    repeated of what the other side answers. ``folder`` is where relative paths in an address start.
    """

    written: str
    called: str = field(repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)
    folder: Path = field(default_factory=Path)

    @property
    def shown(self) -> str:
        """Return the address as written, without login and without parameters other than the table."""
        return shown_address(self.written)

    @property
    def name(self) -> str:
        """Return the address as messages name it; what a file's name is to a file."""
        return self.shown

    def quoted(self, text: object) -> str:
        """Return what a server or a library says on one line, shortened, with every secret struck out."""
        plain = str(text)
        for secret in self.secrets:
            for spelled in sorted({secret, quote(secret, safe=""), quote(secret), quote_plus(secret)}):
                plain = plain.replace(spelled, _HIDDEN)
        words = "".join(mark if mark.isprintable() else " " for mark in plain).split()
        line = " ".join(words)
        return line if len(line) <= _LONGEST_QUOTE else line[: _LONGEST_QUOTE - 1] + "…"


def shown_address(written: str) -> str:
    """Return an address as written, without login and without parameters other than the table."""
    bare = LOGIN.sub("://", written).partition("#")[0]
    place, _, query = bare.partition("?")
    kept = [part for part in query.split("&") if part.partition("=")[0].casefold() in _SHOWN_PARAMETERS]
    return place + ("?" + "&".join(kept) if kept else "")


def is_address(text: str) -> bool:
    """Say whether a ``path`` is the address of a database or a service rather than a file."""
    return bool(_ADDRESS.match(text)) or text.startswith("${")


def address_of(written: str, *, environment: Mapping[str, str], folder: Path) -> Address:
    """Return an address ready to be called, with its secrets known so that they can be kept back.

    Raises
    ------
    SourceError
        A variable of the address is not set.
    """
    try:
        called = resolve(written, environment)
    except KeyError as error:
        raise SourceError(message("live.no_variable", name=str(error.args[0]))) from None
    secrets = {environment[name] for name in VARIABLE.findall(written)}
    login = LOGIN.search(called)
    if login:
        secrets.add(unquote(login[1].partition(":")[2]))
    query = called.partition("#")[0].partition("?")[2]
    secrets |= {value for name, value in parse_qsl(query) if _SECRET_NAME.fullmatch(name)}
    longest_first = sorted((secret for secret in secrets if secret), key=lambda text: (-len(text), text))
    return Address(written=written, called=called, secrets=tuple(longest_first), folder=folder)


def resolve(text: str, environment: Mapping[str, str]) -> str:
    """Return an address with every ``${NAME}`` replaced from the environment.

    Values in the login part (``user:password@``) are percent-encoded, so that a password may hold any
    character; a variable that is the whole address is taken as it is.

    Raises
    ------
    KeyError
        A variable is not set.
    """
    login = LOGIN.search(text)
    if login is None:
        return VARIABLE.sub(lambda found: environment[found[1]], text)
    start, end = login.span(1)
    encoded = VARIABLE.sub(lambda found: quote(environment[found[1]], safe=""), text[start:end])
    before = VARIABLE.sub(lambda found: environment[found[1]], text[:start])
    after = VARIABLE.sub(lambda found: environment[found[1]], text[end:])
    return before + encoded + after
