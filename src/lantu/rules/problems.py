"""From the problem log of a layer to a verdict: reading never judges, the rules of DA, CR and GE do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from lantu.rules.verdict import verdict
from lantu.rules.wording import in_brackets

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lantu.model import Layer, ObjectArray, ProblemLog
    from lantu.rules.verdict import Verdict


def judge_problems(
    layer: Layer,
    log: ProblemLog,
    *,
    severity: str,
    cause: ObjectArray | str | None = None,
    facts: Mapping[str, Any] | None = None,
    **columns: Any,  # noqa: ANN401  # any other columns of a Verdict
) -> Verdict:
    """Return one entry per row of ``log``, with the column, the raw value and the place.

    The place is the one the log gives, else the feature's own geometry. What the log explains goes
    into the fact ``hint``.
    """
    rows = log["row"].to_numpy(dtype=np.int64)
    given: dict[str, Any] = {
        "field": log["column"].to_numpy(dtype=object),
        "raw_a": log["raw"].to_numpy(dtype=object),
        "shape": _places(layer, log),
        **columns,
    }
    hint = in_brackets(log["detail"].to_numpy(dtype=object))
    return verdict(rows, severity=severity, cause=cause, facts={"hint": hint, **(facts or {})}, **given)


def column_and_value(log: ProblemLog) -> ObjectArray:
    """Return ``column: value`` for each row of a log: the text of a cause."""
    pairs = zip(log["column"], log["raw"], strict=True)
    return np.array([f"{column}: {raw}" for column, raw in pairs], dtype=object)


def _places(layer: Layer, log: ProblemLog) -> ObjectArray:
    rows = log["row"].to_numpy(dtype=np.int64)
    places = np.full(len(rows), None, dtype=object)
    of_feature = rows >= 0
    places[of_feature] = layer.geometry[rows[of_feature]]
    noted = log["geometry"].to_numpy(dtype=object)
    given = log["geometry"].notna().to_numpy()
    places[given] = noted[given]
    return places
