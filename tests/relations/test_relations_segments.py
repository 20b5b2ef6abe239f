"""Segments: what is certain without GEOS is what GEOS says."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from lantu.relations.run import run_length_m, runs_of_pieces_m
from lantu.relations.segments import may_meet, segments_of

PLACE = st.tuples(
    st.one_of(st.integers(0, 6).map(float), st.floats(-10, 10)),
    st.one_of(st.integers(0, 6).map(float), st.floats(-10, 10)),
)
SEGMENT = st.tuples(PLACE, PLACE)
MOVED_M = st.sampled_from([0.0, 4_075_000.0, 39_576_000.0])


def lines(segments: Any, moved_m: float = 0.0) -> Any:
    """Return lines between the ends."""
    return np.array([shapely.LineString(np.array(ends) + moved_m) for ends in segments], dtype=object)


@given(st.lists(st.tuples(SEGMENT, SEGMENT), min_size=1, max_size=20), MOVED_M)
def test_segments_that_cannot_meet_do_not(pairs: Any, moved_m: float) -> None:
    a, b = (lines([pair[side] for pair in pairs], moved_m) for side in (0, 1))
    certain = ~may_meet(segments_of(a), segments_of(b))
    assert not (certain & shapely.intersects(a, b)).any()


def test_only_what_is_near_is_left_to_geos() -> None:
    a = lines([((0, 0), (10, 0))] * 3)
    b = lines([((0, 1), (10, 2)), ((5, -1), (5, 1)), ((10, 0), (20, 5))])
    assert may_meet(segments_of(a), segments_of(b)).tolist() == [False, True, True]


@given(st.lists(st.tuples(SEGMENT, st.lists(SEGMENT, min_size=1, max_size=4)), min_size=1, max_size=6))
def test_a_piece_runs_beside_several_others_as_beside_one_line_of_them(pieces: Any) -> None:
    subject = lines([piece for piece, _ in pieces])
    others = np.array([shapely.MultiLineString(other) for _, other in pieces], dtype=object)
    within_m = np.linspace(0.0, 5.0, len(pieces))
    found = runs_of_pieces_m(segments_of(subject), segments_of(others), within_m)
    assert found.tolist() == run_length_m(subject, others, within_m).tolist()
