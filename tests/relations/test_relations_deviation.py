"""Deviation: lists and blocks of distances give the same bits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from lantu.relations import deviation

PLACE = st.tuples(st.integers(0, 40), st.integers(0, 40)).map(lambda xy: (xy[0] / 4.0, xy[1] / 4.0))
LINE = st.lists(PLACE, min_size=2, max_size=7, unique=True).map(shapely.LineString)


@given(
    st.lists(st.tuples(LINE, LINE), min_size=1, max_size=6), st.sampled_from([0.0, 4e6]), st.integers(1, 50)
)
def test_lists_and_blocks_measure_alike(pairs: Any, moved_m: float, block: int) -> None:
    a, b = (
        shapely.transform(np.array([pair[side] for pair in pairs], dtype=object), lambda xy: xy + moved_m)
        for side in (0, 1)
    )
    listed = deviation.deviation_at(a, b)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(deviation, "FEW", -1)
        patched.setattr(deviation, "BLOCK", block)
        blocks = deviation.deviation_at(a, b)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(deviation, "BLOCK", block)
        short_lists = deviation.deviation_at(a, b)
    for one, other, third in zip(listed, blocks, short_lists, strict=True):
        np.testing.assert_array_equal(one, other)
        np.testing.assert_array_equal(one, third)
