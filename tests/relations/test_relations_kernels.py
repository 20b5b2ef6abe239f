"""The kernels against exact arithmetic, and against what GEOS measures."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from exact_area import exact_shared_area
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lantu.relations import Overlaps, kept, run_length_m
from lantu.relations.kernels import (
    kernels_for,
    outlines_of,
    paths_of,
    remainders_m2,
    run_lengths_m,
    shared_areas_m2,
    widths,
)
from lantu.relations.left_out import STEP, in_steps
from lantu.relations.overlay import polygonal
from lantu.relations.width import wide_polygons

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lantu.model import Layer
    from lantu.relations import Pairs

BOUND = 4e-12
"""The promise of docs/performance.md: an error of at most so much of the pair's common box."""

FAR = (0.0, 431_386.0, 39_431_386.0)


def _objects(*shapes: Any) -> Any:
    array = np.empty(len(shapes), dtype=object)
    array[:] = shapes
    return array


def _area(a: Any, b: Any) -> float:
    zero = np.zeros(1, dtype=np.int64)
    return float(shared_areas_m2(outlines_of(_objects(a)), outlines_of(_objects(b)), zero, zero)[0][0])


def _ground(random: np.random.Generator, *, step: float) -> Any:
    """A valid polygon on a grid: holes, several parts, edges and corners that others are likely to share."""
    union = shapely.MultiPolygon()
    for _ in range(int(random.integers(1, 5))):
        x, y = random.integers(0, 8, 2)
        width, height = random.integers(1, 6, 2)
        box = shapely.box(x, y, x + width, y + height)
        corner = shapely.Polygon([(x, y), (x + width, y), (x, y + height)])
        piece = box if random.random() < 0.5 else corner
        union = union.union(piece) if random.random() < 0.7 else union.difference(piece)
    points = random.permutation(shapely.get_coordinates(union))[:2]
    for point in points:  # a nearly shared vertex
        union = shapely.transform(
            union, lambda xy, p=point: np.where((xy == p).all(axis=1)[:, None], xy + step, xy)
        )
    return polygonal(_objects(shapely.make_valid(union)))[0]


@settings(max_examples=150, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    step=st.sampled_from([0.0, 1e-9, 1e-3]),
    scale=st.sampled_from([1e-3, 1.0, 1e5]),
    far=st.sampled_from(FAR),
)
def test_areas_are_as_near_to_exact_arithmetic_as_promised(
    seed: int, step: float, scale: float, far: float
) -> None:
    random = np.random.default_rng(seed)
    a, b = (shapely.transform(_ground(random, step=step), lambda xy: xy * scale + far) for _ in range(2))
    assume(not a.is_empty and not b.is_empty and shapely.is_valid(a) and shapely.is_valid(b))
    box = shapely.intersection(shapely.box(*a.bounds), shapely.box(*b.bounds)).area
    exact = exact_shared_area(a, b)
    assert abs(float(exact - Fraction(_area(a, b)))) <= BOUND * box
    assert _area(a, b) == pytest.approx(_area(b, a), abs=2 * BOUND * box)


def _remainder(a: Any, covers: Any) -> float:
    """What the covers leave of a, by the kernel."""
    many = outlines_of(covers) if len(covers) else outlines_of(_objects(a))
    zero = np.zeros(1, dtype=np.int64)
    first = np.array([0, len(covers)], dtype=np.int64)
    return float(remainders_m2(outlines_of(_objects(a)), zero, many, first, np.arange(len(covers)))[0])


@settings(max_examples=150, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    step=st.sampled_from([0.0, 1e-9, 1e-3]),
    scale=st.sampled_from([1e-3, 1.0, 1e5]),
    far=st.sampled_from(FAR),
)
def test_remainders_are_as_near_to_exact_arithmetic_as_promised(
    seed: int, step: float, scale: float, far: float
) -> None:
    """One cover leaves what is not shared; a second leaves of both together what GEOS finds."""
    random = np.random.default_rng(seed)
    a, b, c = (shapely.transform(_ground(random, step=step), lambda xy: xy * scale + far) for _ in range(3))
    assume(not any(shape.is_empty for shape in (a, b, c)) and shapely.is_valid(_objects(a, b, c)).all())
    box = shapely.box(*a.bounds).area
    exact = exact_shared_area(a, a) - exact_shared_area(a, b)
    assert abs(float(exact - Fraction(_remainder(a, _objects(b))))) <= BOUND * box
    together = _remainder(a, _objects(b, c))
    assert together == pytest.approx(_remainder(a, _objects(c, b, b)), abs=2 * BOUND * box)
    drawn = shapely.difference(a, shapely.union(b, c)).area
    rounded = 8 * np.finfo(np.float64).eps * (far + 8 * scale) * (a.length + b.length + c.length)
    assert together == pytest.approx(drawn, abs=BOUND * box + rounded)
    assert _remainder(a, _objects()) == pytest.approx(a.area, abs=BOUND * box)
    assert _remainder(a, _objects(a)) == 0.0


@pytest.mark.parametrize("covers", [1, 3, 40])
def test_remainders_of_large_polygons_are_swept_window_by_window(covers: int) -> None:
    angle = np.linspace(0, 2 * np.pi, 4_000, endpoint=False)
    radius = 500 + 20 * (np.arange(4_000) % 2)
    gear = shapely.Polygon(np.column_stack([radius * np.cos(angle), radius * np.sin(angle)]) + 431_386.0)
    random = np.random.default_rng(3)
    places = [shapely.Point(431_386.0 + random.uniform(-500, 500, 2)) for _ in range(covers)]
    blobs = _objects(*(place.buffer(random.uniform(50, 200), quad_segs=50) for place in places))
    drawn = shapely.difference(gear, shapely.union_all(blobs)).area
    assert _remainder(gear, blobs) == pytest.approx(drawn, rel=1e-9)


@pytest.mark.parametrize("vertices", [3_000, 30_000])
def test_large_polygons_are_measured_window_by_window(vertices: int) -> None:
    """Two gears with as many teeth as fit: every edge of one crosses the other's."""
    angle = np.linspace(0, 2 * np.pi, vertices, endpoint=False)
    shapes = [
        shapely.Polygon(np.column_stack([radius * np.cos(angle), radius * np.sin(angle)]) + 431_386.0)
        for radius in (500 + 20 * (np.arange(vertices) % 2), 510 + 20 * (np.arange(vertices) % 2 == 0))
    ]
    measured = _area(*shapes)
    assert measured == pytest.approx(shapely.intersection(*shapes).area, rel=1e-9)


def test_a_star_that_no_window_can_part_goes_to_geos() -> None:
    """Hundreds of edges of both through one point: NaN says that the kernel promises nothing."""
    angle = np.linspace(0, 2 * np.pi, 600, endpoint=False)
    rim = np.column_stack([np.cos(angle), np.sin(angle)]) * 100
    blades = [shapely.Polygon([(0, 0), rim[k], rim[k + 1]]) for k in range(0, 600, 2)]
    star = shapely.MultiPolygon(blades)
    assert star.is_valid
    assert np.isnan(_area(star, star))


@settings(max_examples=200, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    tolerance_m=st.sampled_from([0.001, 0.28, 1.0, 3.0]),
    noise_m=st.sampled_from([0.0, 0.05, 0.4]),
)
def test_widths_are_what_erosion_finds(seed: int, tolerance_m: float, noise_m: float) -> None:
    random = np.random.default_rng(seed)
    shapes = []
    for _ in range(2):
        shape = _ground(random, step=0.0)
        shape = shapely.segmentize(shape, 0.7) if random.random() < 0.5 else shape
        turn = random.uniform(0.0, 99.0, (2, 2))  # noise that hangs on the place: rings stay closed
        shapes.append(shapely.transform(shape, lambda xy, turn=turn: xy + noise_m * np.sin(xy @ turn)))
    a, b = (polygonal(_objects(shapely.make_valid(shape)))[0] for shape in shapes)
    assume(not a.is_empty and not b.is_empty)
    zero = np.zeros(1, dtype=np.int64)
    one, two = outlines_of(_objects(a)), outlines_of(_objects(b))
    exact_m2, covered = shared_areas_m2(one, two, zero, zero)
    area_m2 = in_steps(exact_m2)
    said = widths(one, two, zero, zero, (area_m2, covered), tolerance_m)[0]
    shared = polygonal(_objects(shapely.intersection(a, b)))
    assume(said >= 0)
    assert said == wide_polygons(shared, tolerance_m)[0] & (area_m2[0] > 0)


def test_most_widths_are_decided_without_geometry() -> None:
    """Neighbours drawn apart by centimetres: slivers along every border, and squares that lie on squares."""
    random = np.random.default_rng(3)
    corner = np.stack(np.meshgrid(np.arange(21), np.arange(21), indexing="ij"), axis=-1) * 25.0
    layers = []
    for _ in range(2):
        points = corner + random.normal(0.0, 0.05, corner.shape)
        rings = np.stack([points[:-1, :-1], points[1:, :-1], points[1:, 1:], points[:-1, 1:]], axis=2)
        layers.append(shapely.polygons(rings.reshape(-1, 4, 2)))
    i, j = shapely.STRtree(layers[1]).query(layers[0])
    one, two = (outlines_of(layer) for layer in layers)
    said = widths(one, two, i, j, shared_areas_m2(one, two, i, j), 0.28)
    assert (said == 1).sum() == 400
    assert (said == 0).sum() > 1500
    assert (said < 0).sum() <= 5


@pytest.mark.real
@pytest.mark.parametrize(
    "file",
    [
        "france_plu_ign/documents/200011781_PLUi_20180101/Donnees_geographiques/ZONE_URBA.shp",
        "france_plu_ign/documents/41175_PLU_20140603/Donnees_geographiques/ZONE_URBA.shp",
    ],
)
def test_real_zones_measure_alike_both_ways(
    layer: Callable[..., Layer], relate_by: Callable[..., Pairs], real_data: Path, file: str
) -> None:
    shapes = np.asarray(shapely.force_2d(gpd.read_file(real_data / file).geometry.to_numpy()), dtype=object)
    shapes = polygonal(np.asarray(shapely.make_valid(shapes), dtype=object))
    a = layer(shapes, accuracy_m=0.5)
    one, two = (relate_by(Overlaps(), a, itself=True, kernels=kernels) for kernels in (False, True))
    apart_m2 = np.abs(one["area_m2"] - two["area_m2"])
    for at in np.flatnonzero(apart_m2 > 2 * STEP + 1e-10 * one["area_m2"]):
        exact_m2 = float(exact_shared_area(a.geometry[one.rows_a[at]], a.geometry[one.rows_b[at]]))
        assert abs(two["area_m2"][at] - exact_m2) <= STEP < abs(one["area_m2"][at] - exact_m2), "GEOS is off"
    assert (apart_m2 > 2 * STEP + 1e-10 * one["area_m2"]).mean() < 0.005
    np.testing.assert_array_equal(one["wide"], two["wide"])
    assert (kept(Overlaps(), one)[0] == kept(Overlaps(), two)[0]).all()
    assert two["by_geos"].sum() < 0.1 * len(two)


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), within_m=st.sampled_from([0.0, 0.5, 2.0, 30.0]))
def test_run_lengths_have_the_bits_of_the_reference(seed: int, within_m: float) -> None:
    """On a grid, so that lines share stretches, ends and directions; with repeated points and parts."""
    random = np.random.default_rng(seed)
    sides = []
    for _ in range(2):
        shapes = []
        for _ in range(6):
            points = random.integers(0, 9, (int(random.integers(2, 7)), 2)) * random.choice([1.0, 0.37])
            points = np.repeat(points, random.integers(1, 3, len(points)), axis=0)
            line = shapely.LineString(points)
            parts = [line, shapely.box(0, 0, 3, 3).exterior] if random.random() < 0.3 else [line]
            shapes.append(shapely.multilinestrings(parts) if len(parts) > 1 else line)
        sides.append(_objects(*shapes))
    i, j = (index.ravel() for index in np.meshgrid(np.arange(6), np.arange(6)))
    measured = run_lengths_m(*(paths_of(side) for side in sides), i, j, within_m)
    assert measured.tobytes() == run_length_m(sides[0][i], sides[1][j], within_m).tobytes()
    collected = paths_of(_objects(shapely.GeometryCollection([sides[0][0]])))
    assert np.isnan(run_lengths_m(collected, collected, i[:1], i[:1], within_m)).all()


# ---- whether they serve ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("switch", "features", "serve"),
    [("off", 10**9, False), ("on", 1, True), ("", 10, False), ("", 10**6, True), ("auto", 10**6, True)],
)
def test_the_switch_and_the_number_of_features_decide(
    monkeypatch: pytest.MonkeyPatch, *, switch: str, features: int, serve: bool
) -> None:
    monkeypatch.setenv("LANTU_KERNELS", switch)
    assert kernels_for(features).serve is serve


def test_without_numba_shapely_measures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANTU_KERNELS", "on")
    for name in [
        name for name in sys.modules if name.startswith("lantu.relations.kernels.") and "choice" not in name
    ]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "numba", None)
    said = kernels_for(1)
    assert not said.serve
    assert said.because == "the compiler cannot be used: ModuleNotFoundError"


def test_a_package_and_a_home_that_cannot_be_written_still_measure(tmp_path: Path) -> None:
    """numba refuses to cache where neither is writable; the kernels are then compiled for the process."""
    code = (
        "import numba.core.caching as caching\n"
        "caching.CacheImpl._locator_classes = []\n"
        "from lantu.relations.kernels.compiled import kernel\n"
        "twice = kernel(lambda x: 2 * x)\n"
        "print(twice(21))"
    )
    done = subprocess.run(  # noqa: S603  # our own code
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert done.stdout.strip() == "42"
