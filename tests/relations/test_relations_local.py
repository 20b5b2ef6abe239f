"""Large polygons by pieces give what the whole gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from lantu.relations import Near, Overlaps, Uncovered, kept, uncovered
from lantu.relations import local as local_module

if TYPE_CHECKING:
    from collections.abc import Callable

    from lantu.model import Layer
    from lantu.relations import Pairs

ORIGIN = np.array([431_386.0, 4_060_000.0])


def _star(random: np.random.Generator, size: float) -> Any:
    angle = np.linspace(0, 2 * np.pi, 600, endpoint=False)
    radius = size * (1 + 0.2 * np.sin(7 * angle)) * random.uniform(0.97, 1.0, 600)
    points = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)]) + ORIGIN
    ring = shapely.make_valid(shapely.polygons(points))
    return shapely.difference(ring, shapely.buffer(ring, -0.03 * size))


def _small(random: np.random.Generator) -> list[Any]:
    places = random.uniform(-1500, 1500, (60, 2)) + ORIGIN
    squares = shapely.box(*np.hstack([places, places + random.uniform(2, 60, (60, 2))]).T)
    lines = shapely.linestrings(places[:, None] + random.uniform(-60, 60, (60, 3, 2)))
    return [*squares, *lines, *shapely.points(places)]


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_pieces_give_the_measures_of_the_whole(
    layer: Callable[..., Layer], related: Callable[..., Pairs], seed: int
) -> None:
    random = np.random.default_rng(seed)
    small, large = _small(random), [_star(random, 1000.0), _star(random, 300.0)]

    def run(limit: int) -> Any:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(local_module, "LARGE", limit)
            a, b = layer(small, accuracy_m=0.5), layer(large)
            found = [related(relation, a, b) for relation in (Overlaps(), Near(within_m=20.0))]
            found.append(related(Overlaps(), b, a))
            rest, out, _ = uncovered(
                Uncovered(),
                a,
                rows_a=np.arange(len(a)),
                chosen_a=np.ones(len(a), dtype=np.bool_),
                others=[(b, np.ones(len(b), dtype=np.bool_))],
            )
            return [*found, rest], [kept(Overlaps(), found[0])[1], out]

    (by_piece, out_by_piece), (whole, out_whole) = run(64), run(10**9)
    for one, two in zip(by_piece, whole, strict=True):
        assert one.rows_a.tolist() == two.rows_a.tolist()
        assert one.rows_b.tolist() == two.rows_b.tolist()
        for name in one.measures:
            np.testing.assert_allclose(one[name], two[name], rtol=1e-7, atol=1e-5, err_msg=name)
    for one, two in zip(out_by_piece, out_whole, strict=True):
        assert (one.count, one.failed) == (two.count, two.failed)
        assert one.area_m2 == pytest.approx(two.area_m2, abs=1e-3)


def test_pieces_are_small_and_hold_everything_within_the_margin(layer: Callable[..., Layer]) -> None:
    random = np.random.default_rng(1)
    large = layer([shapely.segmentize(_star(random, 1000.0), 2.0)])
    places = random.uniform(-1200, 1200, (200, 2)) + ORIGIN
    boxes = np.hstack([places, places + 20.0])
    pieces, number = local_module.around(large, np.zeros(200, dtype=np.int64), boxes, margin_m=5.0)
    assert shapely.get_num_coordinates(pieces).max() < 0.2 * shapely.get_num_coordinates(large.geometry[0])
    frames = shapely.box(*(boxes + np.array([-5, -5, 5, 5])).T)
    lost = shapely.symmetric_difference(
        shapely.intersection(pieces, frames), shapely.intersection(large.geometry[0], frames)
    )
    assert shapely.area(lost).max() < 1e-6
    assert len(set(number.tolist())) < 200
    again, _ = local_module.around(large, np.zeros(1, dtype=np.int64), boxes[77:78], margin_m=5.0)
    assert shapely.to_wkb(again[0]) == shapely.to_wkb(pieces[77])
