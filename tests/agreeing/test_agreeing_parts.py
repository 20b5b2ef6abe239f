"""Whatever is drawn over a parcel, its parts add up to it."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from lantu.agreeing.base import Base
from lantu.agreeing.contests import Contest
from lantu.agreeing.parts import parts

AXIS = st.integers(-20, 120)
GRID_M = 1e-6


@st.composite
def polygons(draw: Any) -> Any:
    corners = draw(st.lists(st.tuples(AXIS, AXIS), min_size=3, max_size=7))
    return shapely.make_valid(shapely.Polygon(corners))


@given(
    shapes=st.lists(
        st.tuples(
            polygons(), st.sampled_from(["contested", "undecidable", "agreed"]), st.sampled_from("xyz")
        ),
        max_size=6,
    )
)
def test_parts_of_a_parcel_add_up_to_it_and_do_not_overlap(shapes: list[Any]) -> None:
    parcel = shapely.Polygon([(0, 0), (100, 3), (97, 101), (-2, 90)], [[(40, 40), (60, 40), (50, 70)]])
    geometry = np.array([parcel], dtype=object)
    names = np.array(["p"], dtype=object)
    base = Base(
        standard="land.parcel", department="land", layers=(), geometry=geometry, layer_names=names, ids=names
    )
    found = [
        Contest(
            parcel=0, finding_id=f"F{number}", column="use_class", department=name, state=state, shape=shape,
            value="forest" if state == "agreed" else None,
        )
        for number, (shape, state, name) in enumerate(shapes)
    ]  # fmt: skip
    made = parts(base, ["cropland"], found, ())
    assert abs(sum(one.shape.area for one in made) - parcel.area) < 1e-4
    # On a grid: without one GEOS itself loses some area of shapes whose edges all but coincide.
    union = shapely.union_all([one.shape for one in made], grid_size=GRID_M)
    assert abs(union.area - parcel.area) < 1e-3
    contested = shapely.union_all(
        [shape for shape, state, _ in shapes if state == "contested"], grid_size=GRID_M
    )
    expected = contested.intersection(parcel).area if contested is not None else 0.0
    assert abs(sum(one.shape.area for one in made if one.state == "contested") - expected) < 1e-3
