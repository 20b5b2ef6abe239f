"""Coverage: gaps between neighbours."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from lantu.relations import Coverage, Overlaps, gaps, kept

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lantu.model import Layer
    from lantu.relations import Pairs


def _gaps(a: Any, *, max_width_m: Any = 1.0, chosen: Any = None) -> Any:
    mask = np.ones(len(a), dtype=np.bool_) if chosen is None else chosen
    return gaps(Coverage(max_width_m=max_width_m), a, chosen_a=mask)


def _around(hole: Any) -> Any:
    """Four polygons around the box (x0, y0, x1, y1), in a frame from 0 to 100."""
    x0, y0, x1, y1 = hole
    return [
        shapely.Polygon([(0, 0), (100, 0), (100, y0), (x1, y0), (x0, y0), (0, y0)]),
        shapely.Polygon([(0, y1), (x0, y1), (x1, y1), (100, y1), (100, 100), (0, 100)]),
        shapely.Polygon([(0, y0), (x0, y0), (x0, y1), (0, y1)]),
        shapely.Polygon([(x1, y0), (100, y0), (100, y1), (x1, y1)]),
    ]


def test_a_sliver_between_neighbours(layer: Callable[..., Layer]) -> None:
    a = layer(_around((20, 50, 80, 50.5)), ids=["d", "c", "b", "e"])
    pairs, out = _gaps(a)
    assert len(pairs) == 1
    assert pairs.subject.ids.tolist() == ["b"]
    assert pairs["area_m2"][0] == pytest.approx(30.0)
    assert pairs["width_m"][0] == pytest.approx(2 * 30.0 / 121.0)
    assert pairs["part"].tolist() == [0.0]
    assert pairs.shape()[0].equals(shapely.box(20, 50, 80, 50.5))
    assert out.count == 0


def test_a_square_is_no_gap(layer: Callable[..., Layer]) -> None:
    a = layer(_around((20, 20, 80, 80)))
    assert len(_gaps(a)[0]) == 0
    assert _gaps(a, max_width_m=30.1)[0]["width_m"].tolist() == [30.0]


def test_a_crack_below_a_millimetre_is_left_out(layer: Callable[..., Layer]) -> None:
    pairs, out = _gaps(layer(_around((20, 50, 80, 50.0005))))
    assert len(pairs) == 0
    assert out.count == 1
    assert out.area_m2 == pytest.approx(0.03, abs=1e-5)


def test_ground_open_to_the_outside_is_no_gap(layer: Callable[..., Layer]) -> None:
    assert len(_gaps(layer(_around((20, 50, 80, 50.5))[:3]))[0]) == 0
    assert len(_gaps(layer([]))[0]) == 0
    assert len(_gaps(layer([None, shapely.box(0, 0, 1, 1), "POINT(0 0)"]))[0]) == 0


def test_an_island_in_its_gap_leaves_a_ring(layer: Callable[..., Layer]) -> None:
    a = layer([*_around((20, 20, 80, 80)), shapely.box(20.5, 20.5, 79.5, 79.5)])
    pairs, _ = _gaps(a)
    assert pairs["area_m2"][0] == pytest.approx(3600 - 59**2)
    assert pairs["width_m"][0] == pytest.approx(2 * (3600 - 59**2) / (240 + 236))


def test_islands_with_gaps_of_their_own_are_not_counted_twice(layer: Callable[..., Layer]) -> None:
    inner = [shapely.transform(part, lambda xy: xy * 0.4 + 30) for part in _around((20, 50, 80, 52))]
    pairs, _ = _gaps(layer([*_around((20, 20, 80, 80)), *inner]), max_width_m=1e9)
    assert sorted(pairs["area_m2"].tolist()) == pytest.approx([24 * 0.8, 3600 - 1600])


def test_overlaps_do_not_hide_a_gap(layer: Callable[..., Layer]) -> None:
    a = layer([*_around((20, 50, 80, 50.5)), shapely.box(10, 10, 30, 50.2)])
    pairs, _ = _gaps(a)
    assert pairs["area_m2"].tolist() == pytest.approx([30.0 - 10 * 0.2])


def test_several_gaps_of_one_subject_are_numbered_from_west_to_east(layer: Callable[..., Layer]) -> None:
    holes = [shapely.box(x, 50, x + 10, 50.3) for x in (60, 20, 40)]
    below = shapely.difference(shapely.box(0, 0, 100, 100), shapely.union_all(holes))
    pairs, _ = _gaps(layer([below]))
    assert pairs["part"].tolist() == [0.0, 1.0, 2.0]
    assert shapely.bounds(pairs.shape())[:, 0].tolist() == [20.0, 40.0, 60.0]


def test_only_chosen_features_take_part(layer: Callable[..., Layer]) -> None:
    a = layer([shapely.box(0, 0, 10, 10)] * 2 + _around((20, 50, 80, 50.5)))
    chosen = np.array([False, False, True, True, True, False])
    assert len(_gaps(a, chosen=chosen)[0]) == 0


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), origin=st.sampled_from([0.0, 4_060_000.0]))
def test_missing_cells_agree_with_the_faces_of_all_borders(
    layer: Callable[..., Layer], seed: int, origin: Any
) -> None:
    random = np.random.default_rng(seed)
    nodes = np.stack(np.meshgrid(np.arange(9.0), np.arange(9.0), indexing="ij"), axis=-1) * 10
    nodes += random.uniform(-3, 3, nodes.shape) + origin
    cells = [
        shapely.Polygon([nodes[i, j], nodes[i + 1, j], nodes[i + 1, j + 1], nodes[i, j + 1]])
        for i, j in itertools.product(range(8), range(8))
    ]
    kept_cells = [cell for cell in cells if random.random() > 0.25]
    pairs, out = _gaps(layer(kept_cells), max_width_m=1e9)
    # Another way to the same: the faces of all borders, less those with a cell on them.
    faces = shapely.get_parts(shapely.polygonize([shapely.union_all(shapely.boundary(kept_cells))]))
    free = faces[~shapely.intersects(shapely.point_on_surface(faces), shapely.union_all(kept_cells))]
    assert pairs["area_m2"].sum() == pytest.approx(shapely.area(free).sum(), abs=1e-6)
    assert len(pairs) == len(shapely.get_parts(shapely.union_all([shapely.buffer(f, -1e-6) for f in free])))
    assert out.count == 0


@pytest.mark.real
def test_the_coverage_cases_of_geos(
    layer: Callable[..., Layer], related: Callable[..., Pairs], real_data: Path
) -> None:
    cases = json.loads(
        (real_data / "geos_known_answers" / "coverage_validator_cases.json").read_text("utf-8")
    )
    assert len(cases) == 12
    for case in cases:
        a = layer(case["coverage"])
        shared = kept(Overlaps(), related(Overlaps(), a, itself=True))[0]
        if case["kind"] == "checkValid":
            assert not shared.any(), case["case"]
            assert len(_gaps(a, max_width_m=1e9)[0]) == 0, case["case"]
        union = shapely.union_all(a.geometry)
        doubled = shapely.area(a.geometry).sum() - union.area
        assert shared.any() == (doubled > 1e-9), case["case"]
    gap = next(case for case in cases if case["case"] == "testGap")
    pairs, _ = _gaps(layer(gap["coverage"]))
    # By hand, with the shoelace formula: (1 5), (9 5), (5.5 5.1), (5 9), (5 5.1).
    assert pairs["area_m2"].tolist() == pytest.approx([1.4])
    for name in ("testGapDisjoint", "testGore"):  # open to the outside
        case = next(case for case in cases if case["case"] == name)
        assert len(_gaps(layer(case["coverage"]))[0]) == 0
