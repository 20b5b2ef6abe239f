"""Whole tables without a check: faults of a coverage, differences of boundaries, by kernels as by Shapely."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from lantu.relations import boundary_differences, coverage_faults, polygons_of
from lantu.relations.kernels import centres_of, outlines_of

if TYPE_CHECKING:
    from pathlib import Path

PLANE = "EPSG:4527"


def _cells(random: np.random.Generator, *, side: int, moved: int, noise: float) -> Any:
    """Cells of ten metres that share their corners, but for a few that were moved."""
    across, up = (grid.ravel() for grid in np.meshgrid(np.arange(side), np.arange(side)))
    ring = np.array([(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)])
    corner = random.uniform(-3, 3, (side + 1, side + 1, 2))
    x, y = across[:, None] + ring[:, 0], up[:, None] + ring[:, 1]
    places = np.stack([x, y], axis=-1) * 10.0 + corner[x, y]
    for cell in random.integers(0, len(places), moved):
        places[cell, 2] += random.normal(0, noise, 2)
    return shapely.make_valid(shapely.polygons(places))


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), moved=st.integers(0, 9), noise=st.sampled_from([0.001, 0.5, 6.0]))
def test_faults_of_a_coverage_are_those_that_shapely_finds(seed: int, moved: int, noise: float) -> None:
    random = np.random.default_rng(seed)
    cells = _cells(random, side=9, moved=moved, noise=noise)
    cells = cells[random.permutation(len(cells))[: len(cells) - 2]]  # holes, and order at random
    found = {}
    with pytest.MonkeyPatch.context() as patch:
        for switch in ("on", "off"):
            patch.setenv("LANTU_KERNELS", switch)
            found[switch] = coverage_faults(cells)
    on, off = found["on"], found["off"]
    assert shapely.equals_exact(on.gaps, off.gaps, tolerance=1e-9, normalize=True).all()
    some = [np.flatnonzero(faults.overlaps.area_m2 > 1e-5) for faults in (on, off)]
    for one, other in zip(on.overlaps, off.overlaps, strict=True):
        np.testing.assert_allclose(one[some[0]], other[some[1]], atol=2e-6)
    union = shapely.union_all(cells)
    assert shapely.area(shapely.intersection(on.gaps, union)).sum() < 1e-6
    filled = shapely.union_all([union.buffer(0.01), *on.gaps])
    assert not any(shapely.get_num_interior_rings(shapely.get_parts(filled)))


def test_a_hole_that_a_feature_fills_is_no_gap_and_two_over_each_other_overlap(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ring = shapely.box(0, 0, 9, 9) - shapely.box(3, 3, 6, 6) - shapely.box(1, 1, 2, 2)
    shapes = np.array([ring, shapely.box(3, 3, 6, 6), shapely.box(3, 3, 6, 6), None], dtype=object)
    for switch in ("on", "off"):
        monkeypatch.setenv("LANTU_KERNELS", switch)
        found = coverage_faults(shapes)
        assert found.gaps_m2.tolist() == [1.0]
        assert [column.tolist() for column in found.overlaps] == [[1], [2], [9.0]]


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), noise=st.sampled_from([0.0, 0.01, 4.0]))
def test_differences_of_boundaries_are_those_that_shapely_finds(seed: int, noise: float) -> None:
    random = np.random.default_rng(seed)
    shapes = _cells(random, side=6, moved=0, noise=0.0)
    moved = shapely.make_valid(shapely.transform(shapes, lambda xy: xy + noise * np.sin(1000.0 * xy)))
    moved = np.where(random.random(len(shapes)) < 0.7, moved, shapes)
    ids = random.integers(0, 30, len(shapes)).astype(str).astype(object)
    ids[random.random(len(ids)) < 0.1] = None
    one = gpd.GeoDataFrame({"plot": ids}, geometry=shapes, crs=PLANE)
    two = gpd.GeoDataFrame({"plot": random.permutation(ids)}, geometry=moved, crs=PLANE)
    found = {}
    with pytest.MonkeyPatch.context() as patch:
        for switch in ("on", "off"):
            patch.setenv("LANTU_KERNELS", switch)
            found[switch] = boundary_differences(one, two, ids="plot")
    for one_column, other in zip(found["on"], found["off"], strict=True):
        np.testing.assert_allclose(one_column, other, atol=2e-6)
    expected = one.reset_index().merge(two.reset_index(), on="plot").dropna(subset="plot")
    pairs = sorted(zip(expected["index_x"], expected["index_y"], strict=True))
    assert list(zip(found["on"].rows_a, found["on"].rows_b, strict=True)) == pairs


def test_files_are_compared_by_the_column_that_is_named(tmp_path: Path) -> None:
    shapes = shapely.box([0, 10], [0, 0], [5, 15], [5, 5])
    gpd.GeoDataFrame({"id": ["a", "b"]}, geometry=shapes, crs=PLANE).to_parquet(tmp_path / "one.parquet")
    moved = shapely.transform(shapes[::-1], lambda xy: np.add(xy, [0.0, 1.0]))
    gpd.GeoDataFrame({"id": ["b", "c"]}, geometry=moved, crs=PLANE).to_file(tmp_path / "two.gpkg")
    found = boundary_differences(tmp_path / "one.parquet", tmp_path / "two.gpkg", ids="id")
    assert (found.rows_a.tolist(), found.rows_b.tolist()) == ([1], [0])
    assert (found.deviation_m.tolist(), found.shift_m.tolist()) == ([1.0], [1.0])
    assert found.iou.tolist() == pytest.approx([20 / 30])


def test_a_table_without_the_column_is_refused() -> None:
    shapes = shapely.box([0], [0], [5], [5])
    with pytest.raises(ValueError, match="a column plot is needed"):
        polygons_of(gpd.GeoDataFrame({"id": ["a"]}, geometry=shapes, crs=PLANE), ids="plot")


def test_centroids_are_those_of_geos() -> None:
    parts = shapely.union(shapely.box(0, 0, 9, 9) - shapely.box(1, 1, 2, 5), shapely.box(20, 3, 21, 7))
    shapes = np.array([parts, None, shapely.Point(1, 1), shapely.box(-4, 0, -1, 1)], dtype=object)
    far = shapely.transform(shapes, lambda xy: np.add(xy, [39_000_000.0, 4_000_000.0]))
    centres = centres_of(outlines_of(far))
    assert np.isnan(centres[1:3]).all()
    expected = shapely.get_coordinates(shapely.centroid(far[[0, 3]]))
    np.testing.assert_allclose(centres[[0, 3]], expected, rtol=0, atol=1e-7)
