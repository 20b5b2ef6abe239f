"""One damaged geometry never costs the rest; sums add up exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.errors import GEOSException

from lantu.relations import LeftOut, Overlaps, kept
from lantu.relations.left_out import left_out
from lantu.relations.overlay import grown, lineal, overlay, polygonal, union_of_each

if TYPE_CHECKING:
    from collections.abc import Callable

    from lantu.model import Layer, ObjectArray
    from lantu.relations import Pairs


def _objects(*values: Any) -> ObjectArray:
    array = np.empty(len(values), dtype=object)
    array[:] = [shapely.from_wkt(value) if isinstance(value, str) else value for value in values]
    return array


BOWTIE = "POLYGON((0 0,4 4,4 0,0 4,0 0))"


class _Stumbling:
    """An intersection that fails as GEOS does whenever a chosen geometry is in the array."""

    def __init__(self, bad: Any, *, until_grid_m: float) -> None:
        self.bad, self.until_grid_m, self.calls = bad, until_grid_m, []

    def __call__(self, a: Any, b: Any, grid_size: Any = None) -> Any:
        self.calls.append(np.size(a))
        shapes = np.atleast_1d(np.asarray(a, dtype=object))
        if any(shapely.equals(shape, self.bad) for shape in shapes) and (grid_size or 0) < self.until_grid_m:
            problem = "TopologyException: side location conflict"
            raise GEOSException(problem)
        return shapely.intersection(a, b, grid_size=grid_size)


@pytest.mark.parametrize("until_grid_m", [1e-6, 1e-4, 1e-3])
def test_only_the_failing_pair_is_computed_on_a_grid(until_grid_m: float) -> None:
    a = _objects(*[shapely.box(0, 0, size, size) for size in range(1, 14)])
    b = _objects(*[shapely.box(0.5, 0.5, 40, 40)] * 13)
    stumbling = _Stumbling(a[6], until_grid_m=until_grid_m)
    got = overlay(stumbling, a, b)
    plain = shapely.intersection(a, b)
    others = np.arange(13) != 6
    assert shapely.to_wkb(got[others]).tolist() == shapely.to_wkb(plain[others]).tolist()
    assert shapely.area(got[6]) == pytest.approx(shapely.area(plain[6]))


@pytest.mark.parametrize("related", [False], indirect=True, ids=["geos"])
def test_a_hopeless_pair_stays_and_is_counted(
    layer: Callable[..., Layer], related: Callable[..., Pairs], monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b = layer([shapely.box(0, 0, 2, 2), shapely.box(0, 0, 3, 3)]), layer([shapely.box(1, 1, 9, 9)])
    stumbling = _Stumbling(a.geometry[0], until_grid_m=np.inf)
    monkeypatch.setattr("lantu.relations.overlaps.overlay", lambda _, one, two: overlay(stumbling, one, two))
    found = related(Overlaps(), a, b)
    assert np.isnan(found["area_m2"]).tolist() == [True, False]
    assert found["wide"].tolist() == [0.0, 1.0]
    assert found.shape()[0] is None
    mask, out = kept(Overlaps(), found)
    assert mask.tolist() == [False, True]
    assert out == LeftOut(failed=1)


def test_invalid_geometry_is_repaired_for_its_own_pair_only() -> None:
    a, b = _objects(BOWTIE, shapely.box(0, 0, 4, 4)), _objects(shapely.box(0, 0, 4, 4), BOWTIE)
    got = overlay(shapely.intersection, a, b)
    assert [shape.is_valid for shape in got] == [True, True]
    assert shapely.area(got) == pytest.approx([8.0, 8.0])


def test_coordinates_that_are_no_numbers_give_none_and_no_error() -> None:
    broken = shapely.Polygon([(0, 0), (4, 0), (4, 4), (0, float("inf"))])
    got = overlay(shapely.intersection, _objects(broken, BOWTIE), _objects(shapely.box(0, 0, 4, 4), BOWTIE))
    assert got[0] is None or got[0].is_empty or np.isfinite(got[0].area)
    assert got[1] is not None


def test_unions_survive_an_invalid_member() -> None:
    united = union_of_each(
        _objects(shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1), BOWTIE, shapely.box(0, 0, 1, 4)),
        np.array([0, 0, 2, 2]),
        count=4,
    )
    assert united[0].equals(shapely.box(0, 0, 2, 1))
    assert united[1].is_empty
    assert united[2].is_valid
    assert united[3].is_empty


def test_parts_of_the_right_dimension() -> None:
    mixed = (
        "GEOMETRYCOLLECTION(POINT(0 0),LINESTRING(0 0,1 0),POLYGON((0 0,1 0,1 1,0 0)),"
        "MULTIPOLYGON(((5 5,6 5,6 6,5 5))))"
    )
    shapes = _objects(mixed, "POINT(0 0)", None, "POLYGON EMPTY")
    assert shapely.area(polygonal(shapes)[[0, 1, 3]]).tolist() == [1.0, 0.0, 0.0]
    assert polygonal(shapes)[2] is None
    assert shapely.length(lineal(shapes)[[0, 1, 3]]).tolist() == [1.0, 0.0, 0.0]
    assert grown(_objects(None, "POINT(0 0)"), 1.0)[0] is None


@given(st.lists(st.floats(0, 1e6), max_size=40), st.integers(0, 40))
def test_what_is_left_out_adds_up_the_same_however_it_is_divided(values: list[float], cut: int) -> None:
    areas = np.array(values, dtype=np.float64)
    everything = np.ones(len(areas), dtype=np.bool_)
    whole = left_out(everything, area_m2=areas, length_m=areas)
    first = left_out(everything[:cut], area_m2=areas[:cut], length_m=areas[:cut])
    second = left_out(everything[cut:], area_m2=areas[cut:], length_m=areas[cut:])
    assert first + second == whole == second + first
    assert whole.area_m2 == pytest.approx(areas.sum(), abs=len(areas) * 1e-6, rel=1e-12)
    assert whole + LeftOut() == whole
