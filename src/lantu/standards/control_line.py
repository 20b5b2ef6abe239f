"""What the green, blue, purple and yellow lines of a city allow to be planned inside them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

import pandas as pd

from lantu.standards.distinct import distinct
from lantu.standards.tables import RECALLED, reference_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lantu.model import BoolArray, ObjectArray


@dataclass(frozen=True, kw_only=True)
class LineUses:
    """What a line says of each planned class, shape (n,) each; None where it says nothing.

    ``verdict`` is ``prohibited`` or ``approval_required``; ``source`` the regulation with its clause.
    """

    verdict: ObjectArray
    source: ObjectArray
    recalled: BoolArray


@cache
def four_lines() -> tuple[str, ...]:
    """Return the kinds of control line that say what may be planned in them, in the order of the table."""
    return tuple(dict.fromkeys(row["kind"] for row in reference_table("control_line_uses")))


def line_uses(kinds: ObjectArray, *, planned: ObjectArray) -> LineUses:
    """Return what lines of these kinds say of these planned classes, pair by pair."""
    pairs = pd.Series(kinds).astype(object) + "/" + pd.Series(planned).astype(object)  # None stays none
    found = distinct(pairs.to_numpy(dtype=object))
    rows = [_uses().get(text) for text in found.texts]
    return LineUses(
        verdict=found.spread([row and row["verdict"] for row in rows]),
        source=found.spread([row and row["source"] for row in rows]),
        recalled=found.spread_mask([row is not None and row["confidence"] == RECALLED for row in rows]),
    )


@cache
def _uses() -> Mapping[str, Mapping[str, str]]:
    """Return the row of each kind and class, with the regulation's document from control_lines.csv."""
    lines = {row["id"]: row for row in reference_table("control_lines")}
    found: dict[str, Mapping[str, str]] = {}
    for row in reference_table("control_line_uses"):
        line = lines[row["control_line"]]
        trust = RECALLED if RECALLED in {row["confidence"], line["confidence"]} else row["confidence"]
        said = {**row, "source": f"{row['source']} ({line['document']})", "confidence": trust}
        found |= {f"{row['kind']}/{name}": said for name in row["planned"].split("|")}
    return MappingProxyType(found)
