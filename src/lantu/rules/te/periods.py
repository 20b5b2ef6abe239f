"""When a plan is in force: its days, and how a period is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from lantu.model import FloatArray, Layer, ObjectArray

Days: TypeAlias = NDArray[np.datetime64]

START, END = "valid_from", "valid_to"


def days(values: ObjectArray | FloatArray) -> Days:
    """Return a column of dates; no day (which no comparison holds for) where there is none."""
    return np.asarray(values, dtype="datetime64[D]")


def has_period(layer: Layer) -> bool:
    """Say whether a layer says anything about when its plots are in force."""
    return layer.has(END) or layer.has(START)


def written(starts: Days, ends: Days) -> ObjectArray:
    """Return each period as ISO 8601 writes it, ``2021-01-01/2035-12-31``, with ``..`` for an open end."""
    said = np.full(len(starts), None, dtype=object)
    said[:] = [f"{_day(start)}/{_day(end)}" for start, end in zip(starts, ends, strict=True)]
    return said


def _day(day: np.datetime64) -> str:
    return ".." if np.isnat(day) else str(day)
