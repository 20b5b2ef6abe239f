"""The national codings of parcels, real-estate units and administrative areas: what a code is made of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from lantu.standards.tables import RECALLED, reference_table

EVERY_STANDARD = "*"
DISTRICT_DIGITS = 6
"""Every coding begins with the code of the county or district."""


@dataclass(frozen=True, kw_only=True)
class CodePart:
    """A part of a code: where it stands, counted from 0, and the regular expression it has to match."""

    name: str
    start: int
    end: int
    pattern: str
    source: str
    recalled: bool


@dataclass(frozen=True, kw_only=True)
class Coding:
    """A coding: its parts in order, which join without a gap."""

    name: str
    parts: tuple[CodePart, ...]

    @property
    def length(self) -> int:
        """Return the number of characters."""
        return self.parts[-1].end

    @property
    def pattern(self) -> str:
        """Return the regular expression of the whole code."""
        return "".join(f"(?:{part.pattern})" for part in self.parts)

    @property
    def recalled(self) -> bool:
        """Say whether no part of the coding was seen in its source, so that not even its length is sure."""
        return all(part.recalled for part in self.parts)


@cache
def codings(standard: str) -> tuple[Coding, ...]:
    """Return the codings that ids of a standard may follow, in the order of the table."""
    found: dict[str, list[CodePart]] = {}
    for row in reference_table("admin_codes"):
        if row["standards"] in {EVERY_STANDARD, standard}:
            start = int(row["position"]) - 1
            part = CodePart(
                name=row["part"],
                start=start,
                end=start + int(row["length"]),
                pattern=row["pattern"],
                source=row["source"],
                recalled=row["confidence"] == RECALLED,
            )
            found.setdefault(row["coding"], []).append(part)
    return tuple(Coding(name=name, parts=tuple(parts)) for name, parts in found.items())
