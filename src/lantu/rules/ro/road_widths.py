"""The two red-line widths of a road that two layers carry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from lantu.rules.heights import as_text
from lantu.rules.ro.red_line import WIDTH
from lantu.rules.verdict import verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lantu.model import BoolArray, FloatArray
    from lantu.relations import Pairs
    from lantu.rules.verdict import Verdict


def difference_m(pairs: Pairs) -> FloatArray:
    """Return how far the widths of each pair differ, shape (n,), NaN where one is missing."""
    return np.abs(pairs.subject.numbers(WIDTH) - pairs.other.numbers(WIDTH))


def may_differ(pairs: Pairs, tolerance_m: float) -> BoolArray:
    """Return pairs whose widths differ by more than ``tolerance_m``, or of which one is missing."""
    apart_m = difference_m(pairs)
    return np.asarray(np.isnan(apart_m) | (apart_m > tolerance_m), dtype=np.bool_)


def widths_differ(
    pairs: Pairs,
    *,
    severity: str,
    tolerance_m: float,
    facts: Mapping[str, Any] | None = None,
    **columns: Any,  # noqa: ANN401  # a scalar or an array for any column of Verdict
) -> Verdict:
    """Return a finding for every pair, with both widths; ``columns`` are further ones of ``verdict``."""
    width_a_m, width_b_m = pairs.subject.numbers(WIDTH), pairs.other.numbers(WIDTH)
    return verdict(
        pairs.rows_a,
        pairs.rows_b,
        severity=severity,
        facts={"width_a_m": width_a_m, "width_b_m": width_b_m, **(facts or {})},
        field=WIDTH,
        value_a=as_text(width_a_m),
        value_b=as_text(width_b_m),
        raw_a=pairs.subject.raw(WIDTH),
        raw_b=pairs.other.raw(WIDTH),
        measure=difference_m(pairs),
        unit="m",
        required=tolerance_m,
        shape=pairs.subject.geometry,
        **columns,
    )
