"""Minimum cover to the top of a pipe, by what lies above it."""

from __future__ import annotations

from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from lantu.standards.clearance import ClearanceRow, RequiredRows, blank_answer, decide, take
from lantu.standards.condition import UNKNOWN, Condition, judge
from lantu.standards.distinct import is_none, is_word
from lantu.standards.pipes import NOT_IN_TABLES
from lantu.standards.tables import RECALLED, reference_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lantu.standards.condition import TriArray
    from lantu.standards.pipes import Pipes

SURFACES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"non_motor_lane_and_sidewalk": ("non_motor_lane", "sidewalk")}
)
LAYINGS: Mapping[str, Condition] = MappingProxyType(
    {
        "direct_buried_or_plastic_concrete_duct": Condition(
            key="laying", operator="=", values=("direct_buried", "conduit")
        ),
        "pe": Condition(key="material", operator="=", values=("polyethylene",)),
    }
)
"""Cells of the table's column ``laying`` that are more than one word."""


def cover_depth(pipes: Pipes) -> RequiredRows:
    """Return the minimum cover of each pipe (GB 50289-2016 table 4.1.1 and the standards beside it).

    Measured from the ground to the top of the pipe. ``pipes.surface`` (motor_lane, non_motor_lane,
    sidewalk, courtyard_no_vehicles, paddy_field) decides most rows; where it is unknown the answer is the
    range over all surfaces. Frost depth, which may require more, is not in the table.
    """
    answer = blank_answer(len(pipes))
    objects = pipes.objects
    missing = is_none(objects)
    answer.status[missing] = "undecidable"
    answer.unknown[missing] = "medium"
    for name in sorted(set(objects[~missing]) - {NOT_IN_TABLES}):
        here = np.flatnonzero(is_word(objects, name))
        rows = [row for row in cover_rows() if row.a == name]
        if rows:
            some = take(pipes, here)
            held = {key: answers for row in rows for key, answers in _held(row, some).items()}
            decide(answer, here, rows=rows, held=held)
    return answer


@cache
def cover_rows() -> tuple[ClearanceRow, ...]:
    """Return the rows of the cover table that state a depth, numbered C001, C002, …."""
    return tuple(
        ClearanceRow(
            id=f"C{number:03}",
            a=row["pipe_type"],
            b="ground",
            if_a=_conditions(row),
            if_b=(),
            value_m=float(row["min_cover_m"]),
            with_separator_m=np.nan,
            recalled=row["confidence"] == RECALLED,
            source=row["source"],
        )
        for number, row in enumerate(reference_table("pipeline_cover_depth"), start=1)
        if row["min_cover_m"]
    )


def _conditions(row: Mapping[str, str]) -> tuple[Condition, ...]:
    surfaces = SURFACES.get(row["surface"], (row["surface"],))
    found = [Condition(key="surface", operator="=", values=surfaces)]
    if row["laying"]:
        plain = Condition(key="laying", operator="=", values=(row["laying"],))
        found.append(LAYINGS.get(row["laying"], plain))
    return tuple(found)


def _held(row: ClearanceRow, pipes: Pipes) -> dict[str, TriArray]:
    """Return whether the row holds, keyed by its id, and which attributes leave it open."""
    judged = {one.key: judge(one, pipes) for one in row.if_a}
    whole = np.min(list(judged.values()), axis=0).astype(np.int8)
    opened = {
        f"{row.id}/{key}": ((whole == UNKNOWN) & (answers == UNKNOWN)).astype(np.int8)
        for key, answers in judged.items()
    }
    return {row.id: whole, **opened}
