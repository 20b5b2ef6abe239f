"""Shared areas of two whole tables: from files, frames and columns alike, and as GEOS measures them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from lantu.relations import polygons_of, shared_areas
from lantu.relations.kernels import boxes_meeting, outlines_from_wkb, outlines_of
from lantu.relations.left_out import STEP

if TYPE_CHECKING:
    from pathlib import Path

PLANE = "EPSG:4527"


def _objects(*shapes: Any) -> Any:
    array = np.empty(len(shapes), dtype=object)
    array[:] = shapes
    return array


def _layer(random: np.random.Generator, *, count: int, dimensions: int) -> Any:
    """Features of all kinds: holes, several parts, nothing at all, and some that are no polygons."""
    x, y, size, kind = (random.uniform(0, 40, count) for _ in range(4))
    boxes = shapely.box(x, y, x + size / 4 + 0.1, y + size / 5 + 0.1)
    holes = shapely.difference(boxes, shapely.buffer(shapely.centroid(boxes), 0.04))
    parts = shapely.union(boxes, shapely.buffer(shapely.points(x - 9, y), 1.0, quad_segs=3))
    shapes = np.where(kind < 20, boxes, np.where(kind < 26, holes, parts))
    odd = [shapely.Polygon(), None, shapely.Point(1, 1), shapely.LineString([(0, 0), (9, 9)])]
    odd += [shapely.MultiPolygon(), shapely.MultiPoint([(1, 1), (2, 2)])]
    shapes[: len(odd)] = random.permutation(_objects(*odd))[:count]
    if dimensions > 2:
        shapes = shapely.force_3d(shapes, z=7.0)
    return random.permutation(shapes)


def _chunk(shapes: Any, **how: Any) -> tuple[Any, Any, Any]:
    binary = shapely.to_wkb(shapes, **how)
    there = np.array([one is not None for one in binary], dtype=np.bool_)
    pieces = [one or b"" for one in binary]
    start = np.concatenate([[0], np.cumsum([len(one) for one in pieces])]).astype(np.int64)
    return np.frombuffer(b"".join(pieces), dtype=np.uint8), start, there


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    dimensions=st.sampled_from([2, 3]),
    flavor=st.sampled_from(["iso", "extended"]),
    srid=st.booleans(),
    cut=st.integers(0, 30),
)
def test_outlines_from_binary_are_those_of_objects(
    seed: int, dimensions: int, flavor: str, cut: int, *, srid: bool
) -> None:
    shapes = _layer(np.random.default_rng(seed), count=30, dimensions=dimensions)
    if srid:
        shapes = shapely.set_srid(shapes, 4527)
    how = {"flavor": flavor, "include_srid": srid and flavor == "extended", "byte_order": 1}
    found = outlines_from_wkb([_chunk(shapes[:cut], **how), _chunk(shapes[cut:], **how)])
    assert found is not None
    for name, array in outlines_of(shapes)._asdict().items():
        np.testing.assert_array_equal(getattr(found, name), array, err_msg=name)


def test_measures_beside_coordinates_are_passed_over() -> None:
    square = "(0 0 {0}, 4 0 {0}, 4 4 {0}, 0 4 {0}, 0 0 {0})"
    texts = [f"POLYGON M ({square.format(9)})", f"MULTIPOLYGON ZM (({square.format('8 9')}))"]
    shapes = shapely.from_wkt(texts)
    found = outlines_from_wkb([_chunk(shapes, flavor="iso", byte_order=1, output_dimension=4)])
    assert found is not None
    assert found.area_m2.tolist() == [16.0, 16.0]


@pytest.mark.parametrize(
    "binary",
    [
        shapely.to_wkb(shapely.box(0, 0, 1, 1), byte_order=0),
        shapely.to_wkb(shapely.GeometryCollection([shapely.box(0, 0, 1, 1)])),
        shapely.to_wkb(shapely.box(0, 0, 1, 1))[:-3],
        shapely.to_wkb(shapely.box(0, 0, 1, 1))[:-8] + b"\0" * 7 + b"\x40",
        shapely.to_wkb(shapely.box(0, 0, 1, 1))[:-16] + shapely.to_wkb(shapely.Point(np.nan, 0))[-16:],
        b"\x01",
        b"",
    ],
    ids=["big-endian", "collection", "cut off", "open ring", "not a number", "one byte", "no byte"],
)
def test_anything_else_is_left_to_shapely(binary: bytes) -> None:
    whole = shapely.to_wkb(shapely.box(5, 5, 6, 6))
    data = np.frombuffer(whole + binary, dtype=np.uint8)
    start = np.array([0, len(whole), len(data)], dtype=np.int64)
    assert outlines_from_wkb([(data, start, np.ones(2, dtype=np.bool_))]) is None


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    sizes=st.sampled_from([(0, 5), (1, 1), (40, 60), (60, 300)]),
    extent=st.sampled_from([0.0, 1.0, 60.0]),
    far=st.sampled_from([0.0, 39_431_386.0]),
)
def test_boxes_meet_as_the_tree_finds_them(
    seed: int, sizes: tuple[int, int], extent: float, far: float
) -> None:
    random = np.random.default_rng(seed)
    sides = []
    for size in sizes:
        low = random.integers(0, 50, (size, 2)).astype(np.float64) + far  # many that only touch
        box = np.column_stack([low, low + np.round(random.exponential(extent, (size, 2)))])
        box[random.random(size) < 0.1] = np.nan
        sides.append(box)
    one, other = sides
    shapes = [shapely.box(*box.T) for box in sides]
    found = shapely.STRtree(shapes[1]).query(shapes[0])
    i, j = found[:, np.lexsort(found[::-1])]
    np.testing.assert_array_equal(boxes_meeting(one, other, share_ground=False), [i, j])
    high, low = np.minimum(one[i, 2:], other[j, 2:]), np.maximum(one[i, :2], other[j, :2])
    share = (high > low).all(axis=1)
    np.testing.assert_array_equal(boxes_meeting(one, other), [i[share], j[share]])


@pytest.fixture(params=["on", "off"])
def switch(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("LANTU_KERNELS", request.param)
    return str(request.param)


@pytest.mark.usefixtures("switch")
def test_every_kind_of_table_gives_the_same_areas(tmp_path: Path) -> None:
    random = np.random.default_rng(11)
    a, b = (gpd.GeoDataFrame(geometry=_layer(random, count=60, dimensions=2), crs=PLANE) for _ in range(2))
    for frame, name in ((a, "a"), (b, "b")):
        frame.to_parquet(tmp_path / f"{name}.parquet")
        frame.to_parquet(tmp_path / f"{name}_arrow.parquet", geometry_encoding="WKB", row_group_size=7)
        polygons = frame[frame.geom_type.isin(["Polygon", "MultiPolygon"])]
        polygons.to_file(tmp_path / f"{name}.gpkg")
    found = shared_areas(a, b)
    i, j = shapely.STRtree(b.geometry.to_numpy()).query(a.geometry.to_numpy(), predicate="intersects")
    area_m2 = shapely.area(shapely.intersection(a.geometry.to_numpy()[i], b.geometry.to_numpy()[j]))
    some = np.lexsort((j, i))[area_m2[np.lexsort((j, i))] > STEP / 2]
    np.testing.assert_array_equal(found.rows_a, i[some])
    np.testing.assert_array_equal(found.rows_b, j[some])
    np.testing.assert_allclose(found.area_m2, area_m2[some], rtol=0, atol=STEP)
    for one, other in (
        (tmp_path / "a.parquet", str(tmp_path / "b.parquet")),
        (tmp_path / "a_arrow.parquet", b.geometry),
        (a.geometry.to_numpy(), pa.array(shapely.to_wkb(b.geometry.to_numpy()))),
        (polygons_of(a), pa.chunked_array([pa.array(shapely.to_wkb(b.geometry.to_numpy()))])),
    ):
        again = shared_areas(one, other)
        for mine, theirs in zip(found, again, strict=True):
            np.testing.assert_array_equal(mine, theirs)
    whole = shared_areas(tmp_path / "a.gpkg", tmp_path / "b.gpkg").area_m2.sum()
    assert whole == found.area_m2.sum()


def test_what_kernels_leave_open_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANTU_KERNELS", "on")
    one, other = _objects(shapely.box(0, 0, 4, 4)), _objects(shapely.box(1, 1, 9, 9))
    monkeypatch.setattr(
        "lantu.relations.areas.shared_areas_m2", lambda _a, _b, i, _j: (np.full(len(i), np.nan), None)
    )
    assert shared_areas(one, other).area_m2.tolist() == [9.0]


def test_degrees_and_two_systems_are_refused() -> None:
    square = gpd.GeoSeries([shapely.box(0, 0, 1, 1)], crs=PLANE)
    with pytest.raises(ValueError, match="degrees"):
        shared_areas(square, square.set_crs("EPSG:4490", allow_override=True))
    with pytest.raises(ValueError, match="two coordinate systems"):
        shared_areas(square, square.set_crs("EPSG:4526", allow_override=True))
    assert len(shared_areas(square, square.set_crs(None, allow_override=True)).area_m2) == 1
