"""What an intersection notices of large polygons gives what the whole polygons give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lantu.relations import Overlaps, candidates, measured
from lantu.relations import local as local_module
from lantu.relations.kernels import near_polygons, outlines_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from lantu.model import Layer

MOST_OTHER = 0.1
SNAPPED_M = 1e-6
ORIGIN = np.array([431_386.0, 4_060_000.0])


def _grid(random: np.random.Generator, size: float) -> Any:
    """Streets and blocks, holes and parts, with edges and corners that another such ground shares."""
    ground = shapely.MultiPolygon()
    for _ in range(int(random.integers(2, 9))):
        x, y = random.integers(0, 9, 2)
        width, height = random.integers(1, 7, 2)
        piece = shapely.box(x, y, x + width, y + height)
        if random.random() < 0.4:
            piece = shapely.affinity.skew(piece, float(random.integers(-20, 20)))
        ground = ground.union(piece) if random.random() < 0.6 else ground.difference(piece)
    parts = shapely.get_parts(ground.union(shapely.box(4, 4, 5, 5)))
    ground = shapely.multipolygons([_without_slivers(part) for part in parts[shapely.area(parts) > 1e-3]])
    return shapely.segmentize(shapely.transform(ground, lambda xy: xy * size / 9 + ORIGIN), size / 60)


def _without_slivers(part: Any) -> Any:
    """Skewed sides leave holes as thin as a rounding, which collapse where they are moved."""
    holes = [hole for hole in part.interiors if shapely.Polygon(hole).area > 1e-3]
    return shapely.Polygon(part.exterior, holes)


def _star(random: np.random.Generator, size: float) -> Any:
    """A winding ring of two to five hundred vertices, mostly with a hole of its own shape."""
    angle = np.linspace(0, 2 * np.pi, int(random.integers(200, 500)), endpoint=False)
    radius = size * (1 + 0.2 * np.sin(7 * angle)) * random.uniform(0.97, 1.0, len(angle))
    points = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
    ring = shapely.make_valid(shapely.polygons(points + ORIGIN + random.uniform(0, size, 2)))
    return ring if random.random() < 0.3 else shapely.difference(ring, shapely.buffer(ring, -0.1 * size))


def _polygons(random: np.random.Generator, count: int) -> list[Any]:
    """Large and small ones, valid, all about one place."""
    sizes = 10 ** random.uniform(0.5, 3.5, count)
    shapes = [(_grid if random.random() < 0.5 else _star)(random, float(size)) for size in sizes]
    return [shape for shape in shapes if shapely.is_valid(shape) and shape.area > 0]


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
@example(seed=517_531)  # a hole that collapsed
def test_intersections_are_those_of_whole_polygons(layer: Callable[..., Layer], seed: int) -> None:
    """To the bit, but where GEOS fails to node at first, snaps both and is off itself."""
    random = np.random.default_rng(seed)
    a, b = layer(_polygons(random, 8)), layer(_polygons(random, 8))
    near, whole = (_drawn(a, b, small=small) for small in (4, 10**9))
    other = np.flatnonzero(shapely.to_wkb(near) != shapely.to_wkb(whole))
    assert len(other) <= MOST_OTHER * len(near)
    assert (shapely.hausdorff_distance(near[other], whole[other]) < SNAPPED_M).all()


def _drawn(a: Layer, b: Layer, *, small: int) -> Any:
    """Return what each two share."""
    every = np.ones(len(a), dtype=np.bool_)
    pairs = candidates(Overlaps(), a, b, rows_a=np.arange(len(a)), chosen_a=every, chosen_b=None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(local_module, "SMALL", small)
        return measured(Overlaps(), pairs, kernels=True).shape()


def test_few_vertices_beyond_the_window_are_left() -> None:
    random = np.random.default_rng(1)
    angle = np.sort(random.uniform(0, 2 * np.pi, 20_000))
    ring = 1000.0 * np.column_stack([np.cos(angle), np.sin(angle)])
    parts = [
        shapely.Polygon(ring, [0.9 * ring, [(0, -950), (5, -950), (5, -945)]]),
        shapely.box(1500, 0, 1600, 50),
    ]
    large = np.array([shapely.MultiPolygon(parts), shapely.Point(0, 0)], dtype=object)
    windows_m = np.array([[900.0, -50.0, 1100.0, 50.0], [-9.0, -9.0, 9.0, 9.0], [2000.0, 0.0, 2001.0, 1.0]])
    near = near_polygons(outlines_of(large), np.zeros(3, dtype=np.int64), windows_m)
    count = shapely.get_num_coordinates(near)
    assert count[0] < 0.05 * shapely.get_num_coordinates(large[0])
    assert count[1:].max() < 60
    boxes = shapely.box(*windows_m.T)
    np.testing.assert_allclose(
        shapely.area(shapely.intersection(near, boxes)), shapely.area(shapely.intersection(large[0], boxes))
    )
    np.testing.assert_array_equal(shapely.bounds(near), np.tile(shapely.bounds(large[0]), (3, 1)))
