"""A verdict: which of the pairs contradict, and what there is to say about each."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lantu.model import BoolArray, FloatArray, IntArray, ObjectArray


@dataclass(frozen=True)
class Explained:
    """Findings of other rules between the same two layers that the act which clears a cause would clear."""

    rules: tuple[str, ...]
    ids: frozenset[tuple[str, str]]  # of the two objects


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Findings of one rule on one pair of layers, one entry each, before they are put into words.

    Arrays have shape (n,). ``rows_a``/``rows_b`` are rows of the two frames, -1 for the layer as a
    whole (a) or for no object (b). ``undecidable`` marks entries that the data cannot decide.
    ``facts`` are further values for the message's template; ``part`` tells apart several findings
    on one pair. ``cause`` groups entries under one cause by text; None for none. ``explains`` are the
    findings of other rules that an entry's cause explains (``Explained``), None for none.
    """

    rows_a: IntArray
    rows_b: IntArray
    undecidable: BoolArray
    severity: ObjectArray
    field: ObjectArray
    value_a: ObjectArray
    value_b: ObjectArray
    raw_a: ObjectArray
    raw_b: ObjectArray
    measure: FloatArray
    unit: ObjectArray
    required: FloatArray
    tolerance: FloatArray
    share_a: FloatArray
    part: ObjectArray
    cause: ObjectArray
    shape: ObjectArray
    message: ObjectArray  # catalogue key of the sentence, or None for the rule's own
    id_a: ObjectArray  # instead of the row's id where the subject is no feature; None otherwise
    id_b: ObjectArray
    explains: ObjectArray
    level: ObjectArray  # a level that an entry reveals besides those of its two layers, or None
    facts: Mapping[str, ObjectArray] = dataclass_field(default_factory=dict)

    def __len__(self) -> int:
        """Return the number of entries."""
        return len(self.rows_a)


_FLOATS = ("measure", "required", "tolerance", "share_a")
_OBJECTS = (
    "severity", "field", "value_a", "value_b", "raw_a", "raw_b", "unit", "part", "cause", "shape", "message",
    "id_a", "id_b", "explains", "level",
)  # fmt: skip


def verdict(
    rows_a: IntArray,
    rows_b: IntArray | None = None,
    *,
    severity: str | ObjectArray,
    undecidable: bool | BoolArray = False,
    facts: Mapping[str, Any] | None = None,
    **columns: Any,  # noqa: ANN401  # a scalar or an array for any column of Verdict
) -> Verdict:
    """Build a verdict over ``rows_a`` (and ``rows_b``); scalars stand for every entry.

    ``columns`` are any other columns of Verdict, by name; what is left out is empty.
    """
    size = len(rows_a)
    unknown = set(columns) - set(_FLOATS) - set(_OBJECTS)
    if unknown:
        problem = f"a verdict has no columns {sorted(unknown)}"
        raise TypeError(problem)
    columns["severity"] = severity
    return Verdict(
        rows_a=np.asarray(rows_a, dtype=np.int64),
        rows_b=np.full(size, -1, dtype=np.int64) if rows_b is None else np.asarray(rows_b, dtype=np.int64),
        undecidable=np.broadcast_to(np.asarray(undecidable, dtype=np.bool_), (size,)).copy(),
        facts={name: _objects(values, size) for name, values in (facts or {}).items()},
        **{name: _floats(columns.get(name), size) for name in _FLOATS},
        **{name: _objects(columns.get(name), size) for name in _OBJECTS},
    )


def _floats(values: Any, size: int) -> FloatArray:  # noqa: ANN401  # scalar, array or None
    given = np.nan if values is None else values
    return np.broadcast_to(np.asarray(given, dtype=np.float64), (size,)).copy()


def _objects(values: Any, size: int) -> ObjectArray:  # noqa: ANN401  # scalar, array or None
    column = np.empty(size, dtype=object)
    column[:] = values
    return column
