"""The reference tables that ship with Lantu: loaded, never typed into code.

Every row keeps where it comes from (``source``, ``evidence``) and how far it can be trusted
(``confidence``: ``verified`` was seen in the named public source, ``recalled`` was not).
"""

from __future__ import annotations

import csv
import io
import tomllib
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from lantu.errors import StandardError
from lantu.messages import message
from lantu.standards.suggestion import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

RECALLED = "recalled"
VERIFIED = "verified"


@cache
def reference_table(name: str) -> tuple[Mapping[str, str], ...]:
    """Return the rows of a shipped table, every value text; ``name`` is the file name without ``.csv``.

    Raises
    ------
    StandardError
        No such table is shipped.
    """
    if name not in table_names():
        raise StandardError(
            message("standards.table.unknown", name=name, hint=did_you_mean(name, table_names()))
        )
    text = (files(__package__) / "data" / f"{name}.csv").read_text(encoding="utf-8")
    return tuple(MappingProxyType(row) for row in csv.DictReader(io.StringIO(text)))


@cache
def table_names() -> tuple[str, ...]:
    """Return the names of all shipped tables, sorted."""
    folder = files(__package__) / "data"
    return tuple(sorted(item.name[:-4] for item in folder.iterdir() if item.name.endswith(".csv")))


@cache
def schema() -> Mapping[str, Any]:
    """Return the parsed ``schema.toml``: units, standards and enumerations."""
    text = (files(__package__) / "data" / "schema.toml").read_text(encoding="utf-8")
    return MappingProxyType(tomllib.loads(text))
