"""What rules ask of heights: which column has them, and whether they stay below a limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lantu.rules.construction import BUILDING
from lantu.rules.verdict import verdict
from lantu.rules.zone_kind import undecided_by_kind

if TYPE_CHECKING:
    from lantu.model import FloatArray, Layer
    from lantu.relations import Pairs
    from lantu.rules.verdict import Verdict


def height_column(layer: Layer) -> str:
    """Return the height that a layer's standard has: of buildings measured, of plots planned."""
    return "height_m" if layer.standard == BUILDING else "height_max_m"


def height_verdict(
    pairs: Pairs, *, limit_m: FloatArray, accuracy_m: float, severity: str, by_kind: bool = False
) -> Verdict:
    """Return the subjects that are higher than their limit, shape (n,).

    ``accuracy_m`` is the error of measured heights; planned heights and limits are exact. Undecidable
    are a missing height or limit, and a measured height within its error of the limit; ``by_kind``, a zone of
    unknown kind too.
    """
    column = height_column(pairs.a)
    height_m = pairs.subject.numbers(column)
    error_m = accuracy_m if pairs.a.standard == BUILDING else 0.0
    over_m = height_m - limit_m
    unknown = np.isnan(over_m) | (np.abs(over_m) < error_m)
    keep = unknown | (over_m > 0)
    kept = pairs.take(keep)
    found = verdict(
        kept.rows_a,
        kept.rows_b,
        severity=severity,
        undecidable=unknown[keep],
        facts={"over_m": over_m[keep], "area_m2": kept["area_m2"]},
        field=column,
        value_a=as_text(height_m[keep]),
        value_b=as_text(limit_m[keep]),
        raw_a=kept.subject.raw(column),
        measure=height_m[keep],
        unit="m",
        required=limit_m[keep],
        tolerance=error_m,
        share_a=kept["share_a"],
        shape=kept.shape(),
    )
    return undecided_by_kind(kept, found) if by_kind else found


def as_text(values: FloatArray) -> list[str | None]:
    """Return numbers as they are shown in a finding's value; None for NaN."""
    return [None if np.isnan(value) else f"{value:g}" for value in values]
