"""The standards: what each feature type is made of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from lantu.errors import StandardError
from lantu.messages import message
from lantu.standards.enumeration import Enumeration, enumeration, use_classes
from lantu.standards.plausible import plausible_range
from lantu.standards.plugged import lost_standard, plugged_tables
from lantu.standards.suggestion import did_you_mean
from lantu.standards.tables import schema
from lantu.standards.unit import Unit, unit, units

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lantu.model import BoolArray, ObjectArray

ColumnType = Literal["text", "number", "integer", "code", "class", "enum", "date"]
GeometryKind = Literal["polygon", "line", "point"]
Bound = Literal["max", "min"]

DIMENSIONS: Mapping[GeometryKind, int] = MappingProxyType({"point": 0, "line": 1, "polygon": 2})

STANDARDS: tuple[str, ...] = tuple(schema()["standards"])
"""The names of the shipped standards, in the order of the contract."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """A canonical column: its type, its unit where it has one, and what is plausible in it.

    ``bound`` says which end of ``≤24`` or ``1.0-2.5`` the column holds; ``prefixes`` and ``suffixes``
    are marks beside its numbers that change nothing (``DN300``, ``6层``).
    """

    name: str
    type: ColumnType
    required: bool = False
    unit: Unit | None = None
    minimum: float | None = None
    maximum: float | None = None
    bound: Bound | None = None
    prefixes: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ()
    enumeration: Enumeration | None = None

    @property
    def is_numeric(self) -> bool:
        """Say whether the column is float64 in a standardised frame."""
        return self.type in {"number", "integer"}


@dataclass(frozen=True, kw_only=True)
class Standard:
    """A feature type: its columns in the order of the contract (``id`` first) and its geometry.

    ``accuracy_m`` is the planimetric standard error taken where the blueprint states none. ``coverage``
    says that the features of one layer were drawn together and share their boundaries.
    """

    name: str
    columns: Mapping[str, Column]
    geometry: tuple[GeometryKind, ...]
    accuracy_m: float
    accuracy_source: str
    accuracy_confidence: str
    keeps_z: bool = False
    coverage: bool = False

    @property
    def dimensions(self) -> tuple[int, ...]:
        """Return the allowed dimensions, highest first: 2 polygon, 1 line, 0 point."""
        return tuple(sorted((DIMENSIONS[kind] for kind in self.geometry), reverse=True))

    @property
    def required(self) -> tuple[str, ...]:
        """Return the columns without which no rule about the standard can say anything."""
        return tuple(name for name, column in self.columns.items() if column.required)

    def column(self, name: str) -> Column:
        """Return the canonical column ``name``.

        Raises
        ------
        StandardError
            The standard has no such column.
        """
        if name not in self.columns:
            hint = did_you_mean(name, self.columns)
            raise StandardError(message("standards.column.unknown", standard=self.name, name=name, hint=hint))
        return self.columns[name]


def standard_names() -> tuple[str, ...]:
    """Return the names of all standards: the shipped ones, then those of plug-ins."""
    return (*STANDARDS, *plugged_tables())


@cache
def standard(name: str) -> Standard:
    """Return the standard called ``name``, e.g. ``land.parcel``.

    Raises
    ------
    StandardError
        There is no such standard: the closest name is suggested; or its plug-in cannot be used.
    """
    entry = schema()["standards"].get(name)
    if entry is None:
        entry = _plugged_entry(name)
    required = frozenset(entry["required"])
    columns = {"id": Column(name="id", type="text", required="id" in required)}
    columns |= {
        column: _column(name, column, facts, required=column in required)
        for column, facts in entry["columns"].items()
    }
    return Standard(
        name=name,
        columns=columns,
        geometry=tuple(entry["geometry"]),
        accuracy_m=entry["accuracy_m"],
        accuracy_source=entry["accuracy_source"],
        accuracy_confidence=entry["accuracy_confidence"],
        keeps_z=entry.get("keeps_z", False),
        coverage=entry.get("coverage", False),
    )


def _plugged_entry(name: str) -> Mapping[str, Any]:
    """Return a plug-in's standard as ``schema.toml`` would have it."""
    table = plugged_tables().get(name)
    if table is not None:
        return table.schema_entry()
    lost = lost_standard(name)
    if lost is not None:
        raise StandardError(lost.message)
    raise StandardError(
        message("standards.standard.unknown", name=name, hint=did_you_mean(name, standard_names()))
    )


def _column(of: str, name: str, facts: Mapping[str, Any], *, required: bool) -> Column:
    plausible = plausible_range(of, name)
    return Column(
        name=name,
        type=facts["type"],
        required=required,
        unit=unit(facts["unit"]) if "unit" in facts else None,
        minimum=plausible.minimum if plausible else None,
        maximum=plausible.maximum if plausible else None,
        bound=facts.get("bound"),
        prefixes=tuple(facts.get("prefixes", ())),
        suffixes=tuple(facts.get("suffixes", ())),
        enumeration=enumeration(facts["enumeration"]) if "enumeration" in facts else None,
    )


def enum_of(standard_name: str, column: str, *, values: ObjectArray) -> tuple[ObjectArray, BoolArray]:
    """Return canonical words (None where there is none) and a mask of values that are in no list, shape (n,).

    Raises
    ------
    StandardError
        There is no such standard or column, or the column is no enumeration.
    """
    found = standard(standard_name).column(column)
    words = use_classes() if found.type == "class" else found.enumeration
    if words is None:
        raise StandardError(message("standards.enumeration.none", standard=standard_name, column=column))
    return words.read(values)


def unit_names(standard_name: str, column: str) -> tuple[str, ...]:
    """Return the names of the units that a source of this column may be in; empty where it has none."""
    canonical = standard(standard_name).column(column).unit
    if canonical is None:
        return ()
    return tuple(name for name, one in units().items() if one.dimension == canonical.dimension)
