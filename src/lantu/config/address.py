"""Addresses of databases and services: what is no file, and where a secret comes from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

from lantu.config.mistake import Mistake, dotted
from lantu.messages import message

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lantu.config.positions import KeyPath

# "D:/…" is a drive, not a scheme; GDAL's "WFS:https://…" is an address too
_ADDRESS = re.compile(r"(?:[A-Z][A-Z0-9]+:)?[A-Za-z][A-Za-z0-9+.-]+://")
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_VARIABLES = re.compile(r"(?:\$\{[A-Za-z_][A-Za-z0-9_]*\})+")
_LOGIN = re.compile(r"://([^/?#]*)@")
_SECRET_QUERY = re.compile(
    r"[?&;](password|passwd|pwd|token|access_token|api_?key|secret|sig|signature|tk)=([^&;#]*)", re.IGNORECASE
)


def is_address(text: str) -> bool:
    """Say whether a ``path`` is the address of a database or a service rather than a file."""
    return bool(_ADDRESS.match(text)) or text.startswith("${")


def resolve(text: str, environment: Mapping[str, str]) -> str:
    """Return an address with every ``${NAME}`` replaced from the environment.

    Values in the login part (``user:password@``) are percent-encoded, so that a password may hold any
    character; a variable that is the whole address is taken as it is.

    Raises
    ------
    KeyError
        A variable is not set.
    """
    login = _LOGIN.search(text)
    if login is None:
        return _VARIABLE.sub(lambda found: environment[found[1]], text)
    start, end = login.span(1)
    encoded = _VARIABLE.sub(lambda found: quote(environment[found[1]], safe=""), text[start:end])
    before = _VARIABLE.sub(lambda found: environment[found[1]], text[:start])
    after = _VARIABLE.sub(lambda found: environment[found[1]], text[end:])
    return before + encoded + after


def address_mistakes(path: KeyPath, text: str, environment: Mapping[str, str]) -> Iterator[Mistake]:
    """Yield variables that are not set and secrets written out (which are not repeated)."""
    key = dotted(path)
    for name in dict.fromkeys(_VARIABLE.findall(text)):
        if name not in environment:
            what = message("config.no_variable", key=key, name=name)
            yield Mistake(path=path, what=what, help=message("config.help.set_variable", name=name))
    for part in _secrets(text):
        name = f"{path[-2]}_{part}".upper() if len(path) > 1 else part.upper()
        variable = re.sub(r"[^A-Z0-9]+", "_", name).strip("_")
        what = message("config.secret", key=key, part=part)
        yield Mistake(path=path, what=what, help=message("config.help.use_variable", name=variable))


def _secrets(text: str) -> Iterator[str]:
    """Yield the names of the parts of an address that hold a secret in clear."""
    login = _LOGIN.search(text)
    password = login[1].partition(":")[2] if login else ""
    if password and not _VARIABLES.fullmatch(password):
        yield "password"
    for name, value in _SECRET_QUERY.findall(text):
        if value and not _VARIABLES.fullmatch(value):
            yield name.lower()
