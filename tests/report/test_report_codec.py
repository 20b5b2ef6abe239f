"""The geometry payload, decoded here by an independent reader and compared with PROJ's Web Mercator."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer

from lantu.report.dimension import dimensions, of_one_dimension
from lantu.report.page import codec
from lantu.report.page.codec import Encoded, encode, varint

WORLD_M = 2 * np.pi * 6378137.0


def numbers(payload: bytes) -> list[int]:
    found, value, shift = [], 0, 0
    for byte in payload:
        value |= (byte & 127) << shift
        shift += 7
        if not byte & 128:
            found.append(value)
            value, shift = 0, 0
    return found


def columns(payload: bytes, sizes: list[int]) -> list[list[int]]:
    """Return the columns: of each the lowest bytes stand first, then the rest of its numbers."""
    found = []
    for size in sizes:
        lowest, payload = payload[:size], payload[size:]
        end = [at + 1 for at, byte in enumerate(payload) if not byte & 128][size - 1] if size else 0
        rest, payload = numbers(payload[:end]), payload[end:]
        found.append([256 * high + low for high, low in zip(rest, lowest, strict=True)])
    assert payload == b""
    return found


def decoded(encoded: Encoded) -> list[tuple[int, list[np.ndarray]]]:
    """Return kind and parts (Web Mercator metres) of each feature."""
    head = encoded.header
    features, parts, points = head["features"], head["parts"], head["points"]
    kinds, counts, sizes, *steps = columns(encoded.payload, [features, features, parts, points, points])
    signed = [[-(v + 1) // 2 if v % 2 else v // 2 for v in column] for column in steps]
    x = np.cumsum(signed[0]) + head["origin"][0]
    y = np.cumsum(signed[1]) + head["origin"][1]
    unit = 2.0 ** (head["shift"] - 32)
    metres = np.column_stack([(x * unit - 0.5) * WORLD_M, (0.5 - y * unit) * WORLD_M])
    cut = np.split(metres, np.cumsum(sizes)[:-1]) if parts else []
    found, start = [], 0
    for kind, count in zip(kinds, counts, strict=True):
        found.append((kind, cut[start : start + count]))
        start += count
    return found


def test_every_kind_of_geometry_comes_back_within_a_centimetre() -> None:
    shapes = [
        shapely.Point(117.85, 36.8),
        None,
        shapely.LineString([(117.85, 36.8), (117.86, 36.81), (117.9, 36.7)]),
        shapely.box(117.8, 36.7, 117.9, 36.9) - shapely.box(117.82, 36.75, 117.85, 36.8),
        shapely.MultiPoint([(0.1278, 52.2053), (36.3, 32.3)]),  # Cambridge and Za'atari
        shapely.Polygon(),
    ]  # fmt: skip
    result = decoded(encode(np.array(shapes, dtype=object)))
    assert [kind for kind, _ in result] == [1, 0, 2, 3, 1, 0]
    mercator = Transformer.from_crs(4326, 3857, always_xy=True)
    for shape, (_, parts) in zip(shapes, result, strict=True):
        if shape is None or shape.is_empty:
            assert parts == []
            continue
        expected = {tuple(point) for point in shapely.get_coordinates(shape)}
        found = np.concatenate(parts)
        assert len(found) == len(expected)  # rings are not closed, or no point repeats
        for point in expected:
            distance = np.hypot(*(found - mercator.transform(*point)).T).min()
            assert distance < 0.012 * 4  # a span from China to England makes units two bits coarser


def test_what_is_taken_apart_in_stretches_is_one_payload(monkeypatch: pytest.MonkeyPatch) -> None:
    hole = shapely.box(117.01, 36.01, 117.02, 36.02)
    shapes = [shapely.Point(117 + n / 100, 36) for n in range(4)]
    shapes += [None, shapely.box(117, 36, 117.1, 36.1) - hole, shapely.LineString([(117, 36), (118, 37)])]
    shapes += [shapely.MultiPolygon([shapely.box(116 + n, 35, 116.5 + n, 36) for n in range(3)])]
    given_ = np.array(shapes, dtype=object)
    whole = encode(given_)
    monkeypatch.setattr(codec, "AT_ONCE", 3)
    assert encode(given_) == whole


def test_a_small_area_keeps_the_finest_unit() -> None:
    box = shapely.box(117.8, 36.7, 117.9, 36.9)
    assert encode(np.array([box], dtype=object)).header["shift"] == 0
    mercator = Transformer.from_crs(4326, 3857, always_xy=True)
    ((_, (ring,)),) = decoded(encode(np.array([box], dtype=object)))
    corners = np.array([mercator.transform(*point) for point in box.exterior.coords[:-1]])
    gaps = np.hypot(*(ring[:, None] - corners[None]).transpose(2, 0, 1)).min(axis=1)
    assert gaps.max() < 0.0067  # half the diagonal of a unit


def test_outer_rings_run_one_way_and_holes_the_other() -> None:
    hole = shapely.box(1, 1, 2, 2).exterior.coords
    given_both_ways = [
        shapely.Polygon(shapely.box(0, 0, 3, 3).exterior.coords[::step], [hole[::step]]) for step in (1, -1)
    ]
    for _, (outer, inner) in decoded(encode(np.array(given_both_ways, dtype=object))):
        assert shapely.LinearRing(outer).is_ccw
        assert not shapely.LinearRing(inner).is_ccw


def test_coordinates_that_are_not_finite_cost_only_their_own_feature() -> None:
    shapes = [shapely.Point(np.inf, 1), shapely.Point(1, 1), shapely.LineString([(1, np.inf), (2, 2)])]
    assert [kind for kind, _ in decoded(encode(np.array(shapes, dtype=object)))] == [0, 1, 0]


@pytest.mark.parametrize("shapes", [[], [None], [shapely.Polygon()]])
def test_nothing_is_encoded_as_nothing(shapes: list[shapely.Geometry | None]) -> None:
    result = encode(np.array(shapes, dtype=object))
    assert result.header["points"] == 0
    assert [kind for kind, _ in decoded(result)] == [0] * len(shapes)


@given(st.lists(st.integers(min_value=0, max_value=2**62)))
def test_numbers_survive_the_seven_bit_code(values: list[int]) -> None:
    assert numbers(varint(np.array(values, dtype=np.int64))) == values


@given(st.lists(st.tuples(st.floats(-179, 179), st.floats(-84, 84)), min_size=1, max_size=30))
def test_any_span_of_the_world_fits_the_browsers_integers(places: list[tuple[float, float]]) -> None:
    shapes = np.array([shapely.Point(place) for place in places], dtype=object)
    head = encode(shapes).header
    assert 2 ** (32 - head["shift"]) * 1 <= 2**32
    sizes = [len(shapes), len(shapes), head["parts"], len(shapes), len(shapes)]
    for axis in columns(encode(shapes).payload, sizes)[3:]:
        signed = [-(v + 1) // 2 if v % 2 else v // 2 for v in axis]
        assert all(0 <= total < 2**31 for total in np.cumsum(signed))  # fmt: skip


def test_a_collection_is_reduced_to_its_highest_dimension() -> None:
    inner = shapely.GeometryCollection([shapely.box(0, 0, 1, 1), shapely.Point(5, 5)])
    mixed = shapely.GeometryCollection([inner, shapely.LineString([(0, 0), (9, 9)]), shapely.box(2, 2, 3, 3)])
    only_lines = shapely.GeometryCollection([shapely.LineString([(0, 0), (1, 1)]), shapely.Point(0, 0)])
    shapes = np.array([mixed, only_lines, shapely.GeometryCollection(), None], dtype=object)
    result = of_one_dimension(shapes)
    assert dimensions(result).tolist() == [2, 1, -1, -1]
    assert result[0].equals(shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(2, 2, 3, 3)]))
    assert result[1].length == pytest.approx(2**0.5)
