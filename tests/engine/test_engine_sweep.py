"""A sweep: what each threshold finds, against overlaps of known area and pipes of known distance."""

from __future__ import annotations

import math
from typing import Any

import pytest
from engine_layers import EAST_M, NORTH_M, make_facts, make_layer, square
from shapely import box

from lantu.engine.sweep import SWEEP_COLUMNS, sweep
from lantu.rules import build


def tuned(code: str, name: str, *values: Any) -> list[tuple[Any, Any]]:
    return [(value, build([code], (), {code: {name: value}})[0]) for value in values]


def overlapping(*widths_m: float) -> Any:
    """Return parcels and plots that share a strip of 50 m by each of these widths."""
    parcels = [square(4 * n, 0) for n in range(len(widths_m))]
    plots = [
        box(EAST_M + 200 * n + 50 - width, NORTH_M, EAST_M + 200 * n + 90, NORTH_M + 50)
        for n, width in enumerate(widths_m)
    ]
    size = len(widths_m)
    return make_facts(
        make_layer("parcels", "land.parcel", parcels, use_class=["residential_urban"] * size),
        make_layer("plots", "plan.plot", plots, use_class=["industrial"] * size),
    )


def test_counts_fall_as_the_threshold_rises() -> None:
    facts = overlapping(4.0, 8.0, 20.0, 40.0)  # 200, 400, 1000 and 2000 m²
    table = sweep(tuned("LU01", "min_area_m2", 100.0, 300.0, 999.0, 1500.0, 3000.0), facts)
    assert list(table.columns) == list(SWEEP_COLUMNS)
    assert table["value"].tolist() == [100.0, 300.0, 999.0, 1500.0, 3000.0]
    assert table["conflict"].tolist() == [4, 3, 2, 1, 0]
    assert table["undecidable"].tolist() == [0] * 5


def test_the_band_is_two_standard_deviations_of_the_area() -> None:
    """The area of w by 50 m whose corners err by s errs by s/2·sqrt(4·(w² + 50²)) = s·sqrt(w² + 50²)."""
    error_m = math.hypot(0.05, 0.05)
    deviation_m2 = error_m * math.hypot(20.0, 50.0)
    facts = overlapping(20.0, 40.0)
    near, far = 1000.0 - 1.9 * deviation_m2, 1000.0 - 2.1 * deviation_m2
    table = sweep(tuned("LU01", "min_area_m2", near, far), facts)
    assert table["conflict"].tolist() == [2, 2]
    assert table["compared"].tolist() == [2, 2]
    assert table["in_band"].tolist() == [1, 0]
    assert table["band_share"].tolist() == [0.5, 0.0]


def test_without_findings_there_is_no_share() -> None:
    (row,) = sweep(tuned("LU01", "min_area_m2", 1e6), overlapping(20.0)).itertuples()
    assert (row.conflict, row.compared, row.in_band) == (0, 0, 0)
    assert math.isnan(row.band_share)


def test_a_finding_without_a_limit_is_not_compared() -> None:
    shapes = [square(0, 0), square(0, 0)]
    facts = make_facts(make_layer("parcels", "land.parcel", shapes))
    (row,) = sweep(tuned("GE04", "severity", "minor"), facts).itertuples()
    assert (row.conflict, row.compared) == (1, 0)


@pytest.mark.parametrize("jobs", [1, 3])
def test_threads_change_nothing(jobs: int) -> None:
    facts = overlapping(4.0, 8.0, 20.0)
    given = tuned("LU01", "min_area_m2", 100.0, 300.0)
    assert sweep(given, facts, jobs=jobs).to_json() == sweep(given, facts).to_json()
