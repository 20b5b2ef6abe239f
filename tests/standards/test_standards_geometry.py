"""Geometry: right dimension, valid on a copy, and every repair noted with its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely

from lantu.standards import standard
from lantu.standards.mending import mend
from lantu.standards.problems import ProblemNotes

if TYPE_CHECKING:
    import pandas as pd

    from lantu.model import ObjectArray


SQUARE = shapely.box(0, 0, 10, 10)
BOW_TIE = shapely.from_wkt("POLYGON ((0 0, 2 2, 2 0, 0 2, 0 0))")
LINE = shapely.from_wkt("LINESTRING (0 0, 5 5)")
POINT = shapely.Point(1, 2)
COLLECTION = shapely.GeometryCollection


def mended(name: str, *geometry: object) -> tuple[ObjectArray, pd.DataFrame]:
    shapes = np.empty(len(geometry), dtype=object)
    shapes[:] = geometry
    notes = ProblemNotes(record=np.arange(1, len(shapes) + 1))
    found = mend(shapes, standard=standard(name), notes=notes)
    return found, notes.log()


def told(log: pd.DataFrame, language: Any = "en") -> list[Any]:
    rows = log[["kind", "row", "detail"]].itertuples(index=False, name=None)
    return [(kind, row, detail.text(language) if detail else detail) for kind, row, detail in rows]


def test_good_geometry_passes_untouched() -> None:
    found, log = mended("land.parcel", SQUARE, shapely.MultiPolygon([SQUARE]))
    assert found[0] is SQUARE
    assert shapely.equals_exact(found[1], shapely.MultiPolygon([SQUARE]))
    assert len(log) == 0


def test_null_and_empty_geometry_is_missing() -> None:
    found, log = mended("land.parcel", None, shapely.Polygon(), COLLECTION([]))
    assert list(found) == [None, None, None]
    assert told(log) == [("geometry_missing", row, None) for row in range(3)]


def test_an_invalid_polygon_is_repaired_and_its_place_noted() -> None:
    found, log = mended("land.parcel", SQUARE, BOW_TIE)
    assert shapely.is_valid(found).all()
    assert found[1].area == pytest.approx(2.0)
    assert told(log) == [("geometry_invalid", 1, "Self-intersection")]
    assert log["geometry"][0] == shapely.Point(1, 1)
    assert told(mended("land.parcel", BOW_TIE)[1], "zh")[0][2] == "自相交"


@pytest.mark.parametrize("wkt", ["POLYGON ((0 0, 1 1, 2 2, 0 0))", "POLYGON ((0 0, 0 0, 0 0, 0 0))"])
def test_a_polygon_without_area_leaves_nothing(wkt: str) -> None:
    found, log = mended("land.parcel", shapely.from_wkt(wkt))
    assert list(found) == [None]
    assert [kind for kind, _, _ in told(log)] == ["geometry_invalid", "geometry_missing"]
    assert told(log)[1][2] == "nothing is left after the repair"


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_coordinates_that_are_no_numbers_leave_nothing(value: float) -> None:
    with np.errstate(invalid="ignore"):
        broken = shapely.polygons([[0, 0], [0, value], [1, 1], [0, 0]])
    found, log = mended("land.parcel", broken, SQUARE)
    assert found[0] is None
    assert found[1] is SQUARE
    assert told(log)[0] == ("geometry_invalid", 0, "Invalid Coordinate")
    assert log["geometry"][0] is None


def test_a_hole_outside_its_shell_and_nested_shells() -> None:
    hole = shapely.from_wkt("POLYGON ((0 0, 4 0, 4 4, 0 4, 0 0), (10 10, 11 10, 11 11, 10 10))")
    nested = shapely.from_wkt("MULTIPOLYGON (((0 0, 4 0, 4 4, 0 4, 0 0)), ((1 1, 2 1, 2 2, 1 1)))")
    found, log = mended("land.parcel", hole, nested)
    assert shapely.is_valid(found).all()
    assert [detail for _, _, detail in told(log)] == ["Hole lies outside shell", "Nested shells"]
    assert found[1].area == pytest.approx(16.0)


def test_a_dimension_that_the_standard_has_not_is_noted_and_the_feature_kept() -> None:
    closed = shapely.from_wkt("LINESTRING (0 0, 1 0, 1 1, 0 0)")
    found, log = mended("land.parcel", LINE, POINT, closed, SQUARE)
    assert list(found[:3]) == [None, None, None]
    assert told(log) == [
        ("geometry_wrong_kind", 0, "found line, expected polygon"),
        ("geometry_wrong_kind", 1, "found point, expected polygon"),
        ("geometry_wrong_kind", 2, "found line, expected polygon"),
    ]
    assert told(mended("utility.pipe", SQUARE)[1]) == [
        ("geometry_wrong_kind", 0, "found polygon, expected line")
    ]
    assert len(mended("heritage.site", SQUARE, LINE, POINT)[1]) == 0


def test_of_a_mixed_collection_the_right_parts_are_used() -> None:
    mixed = COLLECTION([SQUARE, LINE, COLLECTION([shapely.box(20, 0, 21, 1), POINT])])
    found, log = mended("land.parcel", mixed)
    assert found[0].geom_type == "MultiPolygon"
    assert found[0].area == pytest.approx(101.0)
    assert told(log) == [("geometry_mixed", 0, None)]
    found, log = mended("utility.pipe", mixed)
    assert shapely.equals(found[0], LINE)
    found, log = mended("utility.node", COLLECTION([LINE, SQUARE]))
    assert found[0] is None
    assert told(log) == [("geometry_wrong_kind", 0, "found polygon, expected point")]


def test_a_collection_of_one_dimension_is_no_problem() -> None:
    found, log = mended("land.parcel", COLLECTION([SQUARE]), COLLECTION([SQUARE, shapely.box(20, 0, 21, 1)]))
    assert [shape.geom_type for shape in found] == ["Polygon", "MultiPolygon"]
    assert len(log) == 0


def test_overlapping_parts_of_a_collection_are_an_invalid_geometry() -> None:
    found, log = mended("land.parcel", COLLECTION([SQUARE, shapely.box(5, 0, 15, 10)]))
    assert found[0].area == pytest.approx(150.0)
    assert [kind for kind, _, _ in told(log)] == ["geometry_invalid"]


def test_z_is_dropped_but_for_pipes() -> None:
    deep = shapely.from_wkt("LINESTRING Z (0 0 1, 5 5 2)")
    assert shapely.has_z(mended("utility.pipe", deep)[0]).all()
    assert not shapely.has_z(mended("transport.road", deep)[0]).any()
    assert not shapely.has_z(mended("land.parcel", shapely.force_3d(BOW_TIE, 3.0))[0]).any()


def test_vertices_keep_their_order() -> None:
    ring = [(0, 0), (0, 10), (10, 10), (10, 0), (0, 0)]
    for way in (ring, ring[::-1]):
        found, _ = mended("land.parcel", shapely.Polygon(way))
        assert list(found[0].exterior.coords) == [tuple(map(float, xy)) for xy in way]


def test_one_damaged_feature_does_not_cost_the_rest() -> None:
    shapes = [SQUARE, BOW_TIE, None, LINE, shapely.Point(np.nan, 1), COLLECTION([LINE, SQUARE])]
    found, log = mended("land.parcel", *shapes)
    assert [shape is not None for shape in found] == [True, True, False, False, False, True]
    assert set(log["kind"]) == {
        "geometry_missing",
        "geometry_invalid",
        "geometry_wrong_kind",
        "geometry_mixed",
    }
