"""Units of measure: names, spellings in data, and exact factors between them."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from lantu.errors import StandardError
from lantu.messages import message
from lantu.standards.suggestion import did_you_mean
from lantu.standards.tables import schema

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True)
class Unit:
    """A unit, its dimension, and how many of the dimension's base unit (m2, m, 1, kV) one of it is."""

    name: str
    dimension: str
    si: Fraction
    spellings: tuple[str, ...]


@cache
def units() -> Mapping[str, Unit]:
    """Return all units by name, in the order of ``schema.toml``."""
    return MappingProxyType(
        {
            name: Unit(
                name=name,
                dimension=entry["dimension"],
                si=Fraction(entry["si"]),
                spellings=tuple(entry["spellings"]),
            )
            for name, entry in schema()["units"].items()
        }
    )


def unit(name: str, *, dimension: str | None = None) -> Unit:
    """Return the unit called or spelled ``name``, e.g. ``mu``, ``亩``, ``M2``.

    Raises
    ------
    StandardError
        There is no such unit, or none of this ``dimension``.
    """
    fitting = [one for one in units().values() if dimension in {None, one.dimension}]
    for one in fitting:
        if _key(name) in _spellings(one):
            return one
    names = [one.name for one in fitting]
    raise StandardError(message("standards.unit.unknown", name=name, hint=did_you_mean(name, names)))


@cache
def spelled_units(dimension: str) -> Mapping[str, Unit]:
    """Return every spelling of every unit of ``dimension``, as it stands behind a number."""
    return MappingProxyType(
        {
            spelling: one
            for one in units().values()
            if one.dimension == dimension
            for spelling in _spellings(one)
            if not spelling.isdigit()
        }
    )


def factor(source: Unit, target: Unit) -> float:
    """Return what to multiply a value in ``source`` by to have it in ``target``."""
    return float(source.si / target.si)


@cache
def _spellings(one: Unit) -> frozenset[str]:
    return frozenset(_key(name) for name in (one.name, *one.spellings))


def _key(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip().casefold()
