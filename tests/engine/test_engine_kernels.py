"""A whole check by compiled kernels and by plain Shapely: the same findings, and what each rule measured."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
import shapely
from engine_district import district
from engine_layers import every_rule, run
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import lantu
from lantu.cli.sample import copy_sample
from lantu.model import FINDING_COLUMNS
from lantu.relations.left_out import STEP

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import geopandas as gpd

    from lantu.model import Outcome, Run

ROUNDED = {"measure": 2 * STEP, "share_a": 1e-6}
"""Columns that may differ, by a step of the areas; every other column is the same to the byte."""

SAMPLE = {
    "LU01": (7712, 5495, 180),
    "LU02": (4377, 3023, 36),
    "HE03": (89, 26, 2),
    "SW03": (28, 3, 3),
    "LU09": (120, 24, 2),
    "RO04": (10535, 8458, 9),
    "GE02": (6134, 6134, 4),
    "PI03": (1523, 290, 0),
}
"""Candidates, pairs measured and geometries drawn on the sample; fewer are welcome, more are a loss."""


def same_findings(one: gpd.GeoDataFrame, two: gpd.GeoDataFrame) -> None:
    assert len(one) == len(two)
    for column in FINDING_COLUMNS:
        if column in ROUNDED:
            apart = (one[column] - two[column]).abs()
            assert (one[column].isna() == two[column].isna()).all()
            assert not (apart > ROUNDED[column] + 1e-10 * one[column].abs()).any(), column
        elif column != "geometry":
            pd.testing.assert_series_equal(one[column], two[column], check_exact=True)
    shapes = (shapely.to_wkb(each.geometry.to_numpy()) for each in (one, two))
    assert [a == b for a, b in zip(*shapes, strict=True)].count(False) == 0


def same_outcomes(one: Sequence[Outcome], two: Sequence[Outcome]) -> None:
    for reference, other in zip(one, two, strict=True):
        assert abs(reference.left_out_area_m2 - other.left_out_area_m2) <= STEP * max(reference.left_out, 1)
        adjusted = replace(other, by_geos=0, left_out_area_m2=reference.left_out_area_m2)
        assert adjusted == reference


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Run]:
    folder: Path = tmp_path_factory.mktemp("kernels") / "sample"
    copy_sample(folder)
    blueprint = lantu.open(folder / "blueprint.toml")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LANTU_KERNELS", "off")
        reference = blueprint.check()
        patch.setenv("LANTU_KERNELS", "on")
        return reference, blueprint.check()


def test_the_sample_has_the_same_findings_both_ways(sample: tuple[Run, Run]) -> None:
    reference, compiled = sample
    assert (reference.kernels["serve"], compiled.kernels["serve"]) == (False, True)
    assert len(reference.findings) > 300
    same_findings(reference.findings, compiled.findings)
    same_outcomes(reference.outcomes, compiled.outcomes)


def test_attributes_come_before_geometry_on_the_sample(sample: tuple[Run, Run]) -> None:
    for whole in sample:
        for outcome in whole.outcomes:
            assert outcome.candidates >= outcome.measured >= 0, outcome
            assert outcome.geometries <= outcome.measured, outcome
        counted = {
            code: tuple(
                sum(getattr(outcome, name) for outcome in whole.outcomes if outcome.rule == code)
                for name in ("candidates", "measured", "geometries")
            )
            for code in SAMPLE
        }
        for code, most in SAMPLE.items():
            assert counted[code][0] == most[0], code
            assert counted[code] <= most, (code, counted[code])


def test_next_to_nothing_of_the_sample_is_left_to_geos(sample: tuple[Run, Run]) -> None:
    measured = sum(outcome.measured for outcome in sample[1].outcomes)
    assert sum(outcome.by_geos for outcome in sample[1].outcomes) <= measured / 1000


@settings(
    max_examples=3,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],  # a whole run each: shrinking would take minutes
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(
    seed=st.integers(0, 2**32 - 1), tile_m=st.sampled_from([37.0, 121.0, 1e9]), jobs=st.sampled_from([1, 4])
)
def test_planted_cities_have_the_same_findings_both_ways(
    monkeypatch: pytest.MonkeyPatch, seed: int, tile_m: float, jobs: int
) -> None:
    layers = district(seed, 4, 3)
    monkeypatch.setenv("LANTU_KERNELS", "off")
    reference = run(every_rule(), *layers)
    monkeypatch.setenv("LANTU_KERNELS", "on")
    whole = run(every_rule(), *(replace(layer) for layer in layers))
    tiled = run(every_rule(), *(replace(layer) for layer in layers), tile_m=tile_m, jobs=jobs)
    assert len(reference.findings) > 20
    same_findings(reference.findings, whole.findings)
    same_outcomes(reference.outcomes, whole.outcomes)
    assert tiled.outcomes == whole.outcomes
    shapes = [shapely.to_wkb(each.findings.geometry.to_numpy()) for each in (whole, tiled)]
    assert all(one == two for one, two in zip(*shapes, strict=True))
    for column in ROUNDED:
        assert np.array_equal(whole.findings[column], tiled.findings[column], equal_nan=True)
