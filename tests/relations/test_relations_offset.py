"""The movement that displacements have in common: found, named, and not cried at noise."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from lantu.relations import offset_between
from lantu.relations.corners import corners_of, matched_corners

JOINT_ERROR_M = float(np.hypot(0.05, 0.05))
SEEDS = range(20)


def places(rng: np.random.Generator, size: int) -> np.ndarray:
    return rng.uniform((500_000.0, 4_000_000.0), (505_000.0, 4_005_000.0), (size, 2))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("size", [60, 1_000])
@pytest.mark.parametrize("spread_m", [0.0, 0.035, 0.5])
def test_noise_is_no_offset(seed: int, size: int, spread_m: float) -> None:
    rng = np.random.default_rng(seed)
    assert (
        offset_between(places(rng, size), rng.normal(0, spread_m, (size, 2)), error_m=JOINT_ERROR_M) is None
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_ten_centimetres_among_redrawn_parcels(seed: int) -> None:
    rng = np.random.default_rng(seed)
    moves = rng.normal((0.10, 0.0), 0.035, (500, 2))
    moves[:50] += rng.normal(0, 5.0, (50, 2))
    found = offset_between(places(rng, 500), moves, error_m=JOINT_ERROR_M)
    assert found is not None
    assert found.kind == "moved"
    assert found.dx_m == pytest.approx(0.10, abs=0.01)
    assert found.dy_m == pytest.approx(0.0, abs=0.01)
    assert found.spread_m == pytest.approx(0.037, abs=0.008)
    assert found.share == pytest.approx(0.86, abs=0.06)  # 90 % less the tails


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("part", [0.3, 0.5, 0.7])
def test_two_populations_are_said(seed: int, part: float) -> None:
    rng = np.random.default_rng(seed)
    moves = rng.normal(0, 0.05, (600, 2))
    chosen = rng.uniform(size=600) < part
    moves[chosen] += (0.0, 0.5)
    found = offset_between(places(rng, 600), moves, error_m=JOINT_ERROR_M)
    assert found is not None
    assert found.kind == "half"
    assert found.dy_m == pytest.approx(0.5, abs=0.03)
    assert found.rest_dy_m == pytest.approx(0.0, abs=0.03)
    assert found.share == pytest.approx(chosen.mean(), abs=0.03)
    assert (found.explained & ~chosen).sum() <= 2


@pytest.mark.parametrize("seed", SEEDS)
def test_a_rotation_and_scale_fit_better(seed: int) -> None:
    rng = np.random.default_rng(seed)
    place = places(rng, 400)
    near = place - np.median(place, axis=0)
    turn, scale = 1e-4, 5e-5
    moves = near * scale + np.column_stack([-near[:, 1], near[:, 0]]) * turn + (0.3, -0.2)
    found = offset_between(place, moves + rng.normal(0, 0.03, (400, 2)), error_m=JOINT_ERROR_M)
    assert found is not None
    assert found.kind == "turned"
    assert found.rotation_arcsec == pytest.approx(np.degrees(turn) * 3600, rel=0.03)
    assert found.scale_ppm == pytest.approx(50.0, rel=0.05)
    assert np.allclose(found.at(place), moves, atol=0.02)


def test_the_order_of_rows_changes_no_bit() -> None:
    rng = np.random.default_rng(7)
    place, moves = places(rng, 300), rng.normal((0.2, 0.1), 0.03, (300, 2))
    order = rng.permutation(300)
    one = offset_between(place, moves, error_m=0.07)
    two = offset_between(place[order], moves[order], error_m=0.07)
    assert one is not None
    assert two is not None
    assert (one.dx_m, one.dy_m, one.spread_m, one.share) == (two.dx_m, two.dy_m, two.spread_m, two.share)
    assert (one.explained[order] == two.explained).all()


def test_corners_are_turns_ends_and_points() -> None:
    shapes = np.array(
        [
            shapely.from_wkt("POLYGON ((0 0, 10 0, 20 0, 20 20, 0 20, 0 0))"),
            shapely.from_wkt("LINESTRING (100 0, 150 0.1, 200 0)"),
            shapely.from_wkt("POINT (300 300)"),
        ],
        dtype=object,
    )
    corners = corners_of(shapes, np.arange(3))
    found = sorted(map(tuple, corners.place.tolist()))
    assert found == [(0, 0), (0, 20), (20, 0), (20, 20), (100, 0), (200, 0), (300, 300)]
    moved = corners_of(shapely.transform(shapes, lambda xy: xy + np.array([0.4, 0.3])), np.arange(3))
    i, j = matched_corners(corners, moved, reach_m=5.0)
    assert np.allclose(moved.place[j] - corners.place[i], (0.4, 0.3))
    assert len(i) == 7


@pytest.mark.parametrize("seed", range(20))
def test_two_lists_that_both_count_from_one_have_no_offset(seed: int) -> None:
    """Hydrants and poles numbered 1, 2, 3 all over one town: each pair is matched by chance."""
    rng = np.random.default_rng(seed)
    places, elsewhere = rng.uniform(0.0, 5000.0, (2, 400, 2))
    elsewhere[200:] *= 0.3  # the newer half stands in one quarter: two populations, if one believes the ids
    assert offset_between(places, elsewhere - places, error_m=0.1) is None
