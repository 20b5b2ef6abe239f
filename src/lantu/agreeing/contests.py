"""What the findings contest about each parcel, after what people decided."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from lantu.messages import message
from lantu.standards import standard

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lantu.agreeing.base import Base
    from lantu.messages import Message
    from lantu.model import Run

State = Literal["contested", "undecidable", "not_covered", "agreed"]
STATES: tuple[State, ...] = ("contested", "undecidable", "not_covered", "agreed")
"""Worst first: a parcel is what the worst of its parts and columns is."""

DISMISSED = frozenset({"waived", "false_alarm"})
LOSERS = {"a_corrects": "a", "b_corrects": "b"}
"""Who has to correct, by decision: the other side's word holds."""

GROUND = "ground"
"""Stands for a column where a finding is about the parcel's ground or boundary."""


@dataclass(frozen=True, kw_only=True)
class Contest:
    """One finding seen from a parcel.

    ``column`` is one of the parcel's columns, or GROUND. ``state`` is contested or undecidable, or agreed
    where a decision settled it: then ``settled`` says by whom, and ``value`` is the other side's word where
    that is the one that holds.
    """

    parcel: int
    finding_id: str
    column: str
    department: str
    state: State
    shape: Any = field(repr=False)
    layer: str | None = None
    id: str | None = None
    value: str | None = None
    settled: Message | None = None


def contests(run: Run, base: Base) -> list[Contest]:
    """Return what each open finding says of a parcel, in the order of the findings."""
    places = {key: place for place, key in enumerate(base.keys)}
    columns = set(standard(base.standard).columns) - {"id"}
    decided: Mapping[str, Any] = (run.decisions or {}).get("findings", {})
    found = []
    table = pd.DataFrame(run.findings).rename(columns={run.findings.geometry.name: "geometry"})
    names = {layer.name for layer in base.layers}
    ours = table["layer_a"].isin(list(names)) | table["layer_b"].isin(list(names))
    for row in table[ours].to_dict(orient="records"):
        for side, other in (("a", "b"), ("b", "a")):
            place = places.get((row[f"layer_{side}"], row[f"id_{side}"]))
            if place is not None:
                one = _contest(row, place, side, other, columns, decided.get(row["finding_id"]))
                found += [] if one is None else [one]
    return found


def _contest(
    row: Mapping[Any, Any],
    place: int,
    side: str,
    other: str,
    columns: set[str],
    decided: Mapping[str, Any] | None,
) -> Contest | None:
    field_ = row["field"]
    department = _text(row[f"department_{other}"]) or row[f"department_{side}"]
    known: dict[str, Any] = {
        "parcel": place,
        "finding_id": row["finding_id"],
        "column": field_ if field_ in columns else GROUND,
        "department": department,
        "shape": row["geometry"],
        "layer": _text(row[f"layer_{other}"]),
        "id": _text(row[f"id_{other}"]),
    }
    state: State = "contested" if row["verdict"] == "conflict" else "undecidable"
    status = decided["status"] if decided is not None else None
    if status in DISMISSED:
        return None
    if decided is None or status != "decided":
        return Contest(state=state, **known)
    head = next(entry for entry in decided["history"] if entry["latest"])
    loser = LOSERS.get(head["decision"])
    if loser is None:
        return Contest(state=state, **known)
    said = message(
        "agreeing.by.decision",
        decision=message(f"report.page.decision.word.{head['decision']}"),
        by=head["by"],
        on=str(head["decided_at"])[:10],
    )
    value = _text(row[f"value_{other}"]) if loser == side else None
    return Contest(state="agreed", settled=said, value=value, **known)


def _text(value: Any) -> str | None:  # noqa: ANN401  # a cell of any type
    return None if value is None or value != value or value == "" else str(value)  # noqa: PLR0124  # NaN
