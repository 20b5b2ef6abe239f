"""What is plausible in a column of numbers: bounds that a right value hardly ever leaves."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from lantu.standards.plugged import plugged_tables
from lantu.standards.tables import RECALLED, reference_table

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True)
class PlausibleRange:
    """Least and largest plausible value, both included, in the canonical unit of the column."""

    minimum: float
    maximum: float
    source: str
    recalled: bool


def plausible_range(standard: str, column: str) -> PlausibleRange | None:
    """Return the range of a column of a standard; None where the table has none."""
    return plausible_ranges(standard).get(column)


@cache
def plausible_ranges(standard: str) -> Mapping[str, PlausibleRange]:
    """Return the ranges of a standard's columns, in the order of the table; empty where it has none."""
    if standard in plugged_tables():
        return _plugged_ranges(standard)
    rows = (row for row in reference_table("plausible_ranges") if row["standard"] == standard)
    return MappingProxyType(
        {
            row["column"]: PlausibleRange(
                minimum=float(row["minimum"]),
                maximum=float(row["maximum"]),
                source=row["source"],
                recalled=row["confidence"] == RECALLED,
            )
            for row in rows
        }
    )


def _plugged_ranges(standard: str) -> Mapping[str, PlausibleRange]:
    """Return the ranges that a plug-in states for its standard; nobody has seen their source."""
    columns = plugged_tables()[standard].columns
    return MappingProxyType(
        {
            name: PlausibleRange(minimum=one.min, maximum=one.max, source=one.range_source, recalled=True)
            for name, one in columns.items()
            if one.min is not None and one.max is not None and one.range_source is not None
        }
    )
