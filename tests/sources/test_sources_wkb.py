"""Geometry taken apart without objects is what GEOS reads, or is left to GEOS."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from lantu.model import FlatGeometry, RawTable, flat_of, lazily
from lantu.sources.wkb import MOST_RINGS, flat_geometry

RING = "((0 0, 9 0, 9 9, 0 9, 0 0)"
HOLE = "(1 1, 2 1, 2 2, 1 1)"
PLAIN = {
    "points": ("POINT (1 2)", "POINT (3 -0.0)"),
    "lines": ("LINESTRING (0 0, 1 0)", "LINESTRING (0 0, 0 0)", "LINESTRING (0 0, 1 1, 0 1, 0 0)"),
    "polygons": (
        f"POLYGON {RING})",
        f"POLYGON {RING}, {HOLE}, (4 4, 5 4, 5 5, 4 4))",
        "POLYGON ((0 0, 1 1, 0 1, 1 0, 0 0))",
        f"MULTIPOLYGON ({RING}))",
        f"MULTIPOLYGON ({RING}, {HOLE}), ((20 0, 21 0, 21 1, 20 0)))",
    ),
}
ODD = (
    "POINT EMPTY",
    "POINT Z (1 2 3)",
    "LINESTRING EMPTY",
    "LINESTRING M (0 0 1, 1 1 2)",
    "POLYGON EMPTY",
    "MULTIPOLYGON EMPTY",
    "MULTIPOLYGON (EMPTY, ((0 0, 1 0, 1 1, 0 0)))",
    "POLYGON ((0 0, 1 0, 0 0))",
    "MULTIPOINT (0 0, 1 1)",
    "MULTILINESTRING ((0 0, 1 1))",
    "GEOMETRYCOLLECTION (POINT (0 0))",
)


def column(blobs: list[bytes | None], *, sizes: tuple[int, ...] = (), large: bool = False) -> pa.ChunkedArray:
    kind = pa.large_binary() if large else pa.binary()
    cuts = [0, *sizes, len(blobs)]
    chunks = [pa.array(blobs[a:b], kind) for a, b in pairwise(cuts)]
    return pa.chunked_array(chunks, kind)


def exactly(geometries: np.ndarray) -> list[bytes]:
    return list(shapely.to_wkb(geometries, include_srid=True))


@given(st.sampled_from(sorted(PLAIN)), st.data(), st.booleans())
def test_what_is_plain_comes_out_as_geos_reads_it(
    kind: str,
    data: st.DataObject,
    large: bool,  # noqa: FBT001
) -> None:
    texts = data.draw(st.lists(st.sampled_from(PLAIN[kind]), min_size=1, max_size=12))
    cut = data.draw(st.integers(0, len(texts)))
    blobs = [shapely.to_wkb(shapely.from_wkt(text)) for text in texts]
    whole = column([b"before", *blobs], sizes=(1 + cut,), large=large)
    flat = flat_geometry(whole.slice(1))  # offsets do not begin at 0
    assert flat is not None
    assert len(flat) == len(texts)
    read = shapely.from_wkb(np.array(blobs, dtype=object))
    assert exactly(flat.objects) == blobs
    np.testing.assert_array_equal(flat.bounds, shapely.total_bounds(read))
    points, owner = shapely.get_coordinates(read, return_index=True)
    np.testing.assert_array_equal(flat.xy, points)
    np.testing.assert_array_equal(flat.first_points, points[np.searchsorted(owner, np.arange(len(texts)))])


@pytest.mark.parametrize("text", ODD)
@pytest.mark.parametrize("kind", sorted(PLAIN))
def test_one_odd_geometry_leaves_the_column_to_geos(kind: str, text: str) -> None:
    plain = [shapely.to_wkb(shapely.from_wkt(one)) for one in PLAIN[kind]]
    odd = shapely.to_wkb(shapely.from_wkt(text))
    assert flat_geometry(column([*plain, odd])) is None
    assert flat_geometry(column([odd, *plain])) is None
    assert flat_geometry(column([odd])) is None


def test_null_and_other_dialects_of_wkb_are_left_to_geos() -> None:
    point = shapely.from_wkt("POINT (1 2)")
    assert flat_geometry(column([])) is None
    assert flat_geometry(column([shapely.to_wkb(point), None])) is None
    assert flat_geometry(column([shapely.to_wkb(point, byte_order=0)])) is None
    assert flat_geometry(column([shapely.to_wkb(shapely.set_srid(point, 4490), include_srid=True)])) is None
    assert flat_geometry(pa.chunked_array([pa.array(["POINT (1 2)"])])) is None
    assert flat_geometry(column([shapely.to_wkb(point), shapely.to_wkb(shapely.box(0, 0, 1, 1))])) is None
    endless = shapely.linestrings([[0.0, 0.0], [1.0, np.inf]])
    assert flat_geometry(column([shapely.to_wkb(endless)])) is None
    unclosed = bytearray(shapely.to_wkb(shapely.box(0, 0, 1, 1)))
    unclosed[-1] ^= 1
    assert flat_geometry(column([bytes(unclosed)])) is None


def test_a_feature_of_very_many_rings_is_left_to_geos() -> None:
    rings = [shapely.LinearRing([(n, 0), (n + 0.5, 0), (n, 0.5)]) for n in range(MOST_RINGS + 1)]
    assert flat_geometry(column([shapely.to_wkb(shapely.Polygon(rings[0], rings[1:]))])) is None


@given(st.sampled_from(sorted(PLAIN)), st.data())
def test_a_damaged_blob_is_read_as_geos_reads_it_or_left_to_it(kind: str, data: st.DataObject) -> None:
    blobs = [bytearray(shapely.to_wkb(shapely.from_wkt(text))) for text in PLAIN[kind]]
    hit = blobs[data.draw(st.integers(0, len(blobs) - 1))]
    for _ in range(data.draw(st.integers(1, 3))):
        hit[data.draw(st.integers(0, len(hit) - 1))] = data.draw(st.integers(0, 255))
    del hit[len(hit) - data.draw(st.sampled_from((0, 0, 1, 4, 16))) :]
    flat = flat_geometry(column([bytes(blob) for blob in blobs]))
    if flat is not None:
        read = shapely.from_wkb(np.array([bytes(blob) for blob in blobs], dtype=object))
        assert exactly(flat.objects) == exactly(read)


def test_a_table_makes_objects_when_it_is_asked_for_them() -> None:
    flat = flat_geometry(column([shapely.to_wkb(shapely.box(0, 0, 1, 1))]))
    assert isinstance(flat, FlatGeometry)
    table = RawTable(
        attributes=pd.DataFrame(index=[0]), geometry=lazily(flat), record=np.array([1]), crs=None,
        driver="GPKG", count_in=1,
    )  # fmt: skip
    assert flat_of(table) is flat
    assert table.geometry[0].equals(shapely.box(0, 0, 1, 1))
    changed = replace(table, driver="other")
    assert flat_of(changed) is None
    assert changed.geometry[0].equals(shapely.box(0, 0, 1, 1))
