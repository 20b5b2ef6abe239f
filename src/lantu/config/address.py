"""Addresses of databases and services: what is no file, and where a secret comes from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lantu.config.mistake import Mistake, dotted
from lantu.messages import message
from lantu.sources.address import LOGIN, VARIABLE, is_address, resolve

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lantu.config.positions import KeyPath

__all__ = ["address_mistakes", "is_address", "resolve"]

_VARIABLES = re.compile(r"(?:\$\{[A-Za-z_][A-Za-z0-9_]*\})+")
_SECRET_QUERY = re.compile(
    r"[?&;](password|passwd|pwd|token|access_token|api_?key|secret|sig|signature|tk)=([^&;#]*)", re.IGNORECASE
)


def address_mistakes(path: KeyPath, text: str, environment: Mapping[str, str]) -> Iterator[Mistake]:
    """Yield variables that are not set and secrets written out (which are not repeated)."""
    key = dotted(path)
    for name in dict.fromkeys(VARIABLE.findall(text)):
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
    login = LOGIN.search(text)
    password = login[1].partition(":")[2] if login else ""
    if password and not _VARIABLES.fullmatch(password):
        yield "password"
    for name, value in _SECRET_QUERY.findall(text):
        if value and not _VARIABLES.fullmatch(value):
            yield name.lower()
