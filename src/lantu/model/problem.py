"""What was noticed on the way from a source to a layer, one row each.

Reading and standardising never judge and never drop anything in silence: they write what they met
into a problem log, and the rules of the families DA, CR and GE turn it into findings.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TypeAlias

import pandas as pd

ProblemLog: TypeAlias = pd.DataFrame
"""Columns of PROBLEM_COLUMNS; ``row`` is the position in the layer's frame, -1 for the whole layer."""

PROBLEM_COLUMNS: tuple[str, ...] = ("kind", "row", "record", "column", "raw", "detail", "geometry")
"""kind: ProblemKind; row: int, position in the standardised frame or -1; record: int, 1-based record
number in the source or -1; column: canonical column (or source field where there is none) or None;
raw: the value as delivered or None; detail: a sentence (text or Message) or None; geometry: place or None."""


class ProblemKind(StrEnum):
    """Kinds of problem; each is judged by the rule named beside it."""

    COLUMN_MISSING = "column_missing"  # DA01: a required canonical column has no source column
    VALUE_MISSING = "value_missing"  # DA01: a required value is empty
    CODE_UNKNOWN = "code_unknown"  # DA02: a value is not in its code list
    CODE_AMBIGUOUS = "code_ambiguous"  # DA03: a code maps to no class or to several
    VALUE_UNREADABLE = "value_unreadable"  # DA04: text where a number or date is needed
    ID_REPEATED = "id_repeated"  # DA05: an id stands on more than one feature (on every such row)
    JOIN_WITHOUT_PARTNER = "join_without_partner"  # said in the inventory: feature without a table row
    JOIN_KEY_REPEATED = "join_key_repeated"  # said in the inventory: several table rows for one key
    RECORD_UNREADABLE = "record_unreadable"  # GE07: the reader could not make a feature of a record
    GEOMETRY_INVALID = (
        "geometry_invalid"  # GE01: repaired on a copy; detail is the reason, geometry the place
    )
    GEOMETRY_MISSING = "geometry_missing"  # GE07: null or empty geometry
    GEOMETRY_WRONG_KIND = "geometry_wrong_kind"  # GE07: a dimension that the standard does not have
    GEOMETRY_MIXED = "geometry_mixed"  # GE07: a collection of several dimensions; the right parts are used
    OUTSIDE_AREA = "outside_area"  # CR03: outside the district or the CRS's area of use; detail: diagnosis


def empty_problems() -> ProblemLog:
    """Return a problem log without rows."""
    return pd.DataFrame(
        {
            name: pd.Series(dtype="int64" if name in {"row", "record"} else "object")
            for name in PROBLEM_COLUMNS
        }
    )
