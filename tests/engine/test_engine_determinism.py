"""Laws 4 and 11: whatever the tiles, the threads and the order of rows, the same findings to the byte."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
import shapely
from engine_district import district
from engine_layers import every_rule, make_facts, make_layer, outcome_of, record_of, run, shuffled, square
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from lantu.engine import check
from lantu.engine.tiles import tiles
from lantu.model import FINDING_COLUMNS
from lantu.rules import build

if TYPE_CHECKING:
    from lantu.engine import Checked
    from lantu.model import Layer

few = settings(
    max_examples=5,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],  # a whole run each: shrinking would take minutes
    suppress_health_check=[HealthCheck.too_slow],
)

districts = st.builds(district, st.integers(0, 2**32 - 1), columns=st.integers(2, 4), rows=st.integers(1, 3))
tilings = st.sampled_from([0.37, 7.0, 33.0, 50.0, 121.0, 1e4, 1e9])
threads = st.sampled_from([1, 2, 4])


def fresh(layers: tuple[Layer, ...]) -> tuple[Layer, ...]:
    """Return the layers as new objects, so that no tree or key of an earlier run is reused."""
    return tuple(replace(layer) for layer in layers)


def crashes(checked: Checked) -> list[str]:
    return [
        f"{outcome.rule} {outcome.layer_a} {outcome.layer_b}: {outcome.reason.text('en')}"
        for outcome in checked.outcomes
        if outcome.reason is not None and outcome.reason.key == "engine.crashed"
    ]


@few
@given(layers=districts, options=st.lists(st.tuples(tilings, threads), min_size=2, max_size=2, unique=True))
def test_tiles_and_threads_change_no_byte(
    layers: tuple[Layer, ...], options: list[tuple[float, int]]
) -> None:
    whole = run(every_rule(), *layers, towns=layers[-1])
    assert crashes(whole) == []
    parquet, record = record_of(whole, make_facts(*layers))
    for tile_m, jobs in options:
        again = fresh(layers)
        tiled = check(every_rule(), make_facts(*again), jobs=jobs, tile_m=tile_m, towns=again[-1])
        assert tiled.outcomes == whole.outcomes, (tile_m, jobs)
        assert record_of(tiled, make_facts(*again)) == (parquet, record), (tile_m, jobs)


@few
@given(layers=districts, order=st.integers(0, 2**32 - 1), tile_m=tilings)
def test_order_of_rows_changes_no_finding(layers: tuple[Layer, ...], order: int, tile_m: float) -> None:
    rng = np.random.default_rng(order)
    mixed = tuple(shuffled(layer, rng.permutation(len(layer))) for layer in layers)
    given_order = run(every_rule(), *layers, towns=layers[-1])
    other_order = run(every_rule(), *mixed, towns=mixed[-1], tile_m=tile_m)
    assert other_order.outcomes == given_order.outcomes
    assert set(other_order.findings["finding_id"]) == set(given_order.findings["finding_id"])
    pd.testing.assert_frame_equal(
        other_order.findings[list(FINDING_COLUMNS)],
        given_order.findings[list(FINDING_COLUMNS)],
        check_exact=True,
    )
    shapes = (shapely.to_wkb(checked.findings.geometry.to_numpy()) for checked in (other_order, given_order))
    assert all(one == other for one, other in zip(*shapes, strict=True))
    pd.testing.assert_frame_equal(other_order.causes, given_order.causes)


def test_a_district_meets_most_rules() -> None:
    """Guard of the two tests above: they prove nothing on districts without findings."""
    layers = district(1, 5, 4)
    found = set(run(every_rule(), *layers).findings["rule"])
    pairs = {
        "LU01",
        "LU02",
        "LU03",
        "LU04",
        "LU05",
        "LU06",
        "LU07",
        "LU08",
        "GE02",
        "GE05",
        "BD01",
        "BD02",
        "AT01",
    }
    assert pairs <= found
    assert {"HE01", "HE02", "HE04", "BU01", "BU02", "BU03", "RO02", "RO03", "RO04", "SW01"} <= found


def test_a_sum_does_not_hang_on_the_order_of_rows() -> None:
    """In floats 0.1 + 0.2 + 0.3 and 0.3 + 0.2 + 0.1 differ: BU03 sums the floors of a plot's buildings."""
    plots = make_layer("plots", "plan.plot", [square(0, 0, 2, 2)], far_max=[0.00001])
    shapes = [square(column, 0.1, 0.2, 0.2) for column in (0.1, 0.5, 0.9)]
    houses = make_layer("houses", "housing.building", shapes, floor_area_m2=[0.1, 0.2, 0.3])
    rule = build(("BU03",), (), {})
    measures = [
        run(rule, plots, layer).findings["measure"].tolist()
        for layer in (houses, shuffled(houses, np.array([2, 1, 0])))
    ]
    assert len(measures[0]) == 1
    assert measures[0] == measures[1]


@few
@given(layers=districts, tile_m=st.one_of(st.none(), tilings))
def test_every_subject_is_in_one_tile(layers: tuple[Layer, ...], tile_m: float | None) -> None:
    for layer in layers:
        parts = tiles(layer, tile_m)
        assert sorted(np.concatenate(parts).tolist()) == list(range(len(layer)))
        assert all(len(part) for part in parts)


@pytest.mark.parametrize("tile_m", [None, 20.0])
def test_what_the_tolerance_leaves_out_adds_up_in_every_tiling(tile_m: float | None) -> None:
    """Neighbours with 2 cm of noise overlap in slivers that GE02 leaves out, and counts."""
    layers = district(3, 5, 4)
    counted = outcome_of(run(every_rule(), *layers, tile_m=tile_m), "GE02", "parcels")
    parcels = layers[0].geometry
    pairs = shapely.STRtree(parcels).query(parcels, predicate="intersects")
    shared = shapely.area(shapely.intersection(parcels[pairs[0]], parcels[pairs[1]]))[pairs[0] < pairs[1]]
    slivers = shared[(shared > 0) & (shared < 5.0)]
    assert counted.left_out == len(slivers) > 10
    assert counted.left_out_area_m2 == pytest.approx(slivers.sum(), abs=1e-4)
