"""LU07 against the unions themselves, plot by plot."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from lantu.relations import candidates, kept, measured
from lantu.rules import PairRule, build
from lantu.rules.case_layers import case_layer

CLASSES = ("residential", "green_space", "industrial", None)
SIDE_M = 100.0
PLOT = st.tuples(
    st.integers(0, 9), st.integers(0, 9), st.integers(1, 8), st.integers(1, 8), st.sampled_from(CLASSES)
)


def plots(drawn: list[Any], prefix: str = "Z") -> Any:
    features = [
        {
            "id": f"{prefix}{number}",
            "wkt": shapely.box(x * 10, y * 10, (x + w) * 10, (y + h) * 10).wkt,
            "use_class": use,
        }
        for number, (x, y, w, h, use) in enumerate(drawn)
    ]
    return case_layer({"standard": "plan.plot", "accuracy_m": 0.01, "features": features}, side="b")


def judged(drawn: list[Any]) -> Any:
    (rule,) = build(["LU07"], [], {})
    assert isinstance(rule, PairRule)
    parcels = [
        {"id": f"P{number}", "wkt": shapely.box(number * SIDE_M, 0, (number + 1) * SIDE_M, SIDE_M).wkt}
        for number in range(2)
    ]
    a = case_layer({"standard": "land.parcel", "accuracy_m": 0.01, "features": parcels}, side="a")
    rows = np.arange(len(a), dtype=np.int64)
    pairs = candidates(
        rule.relation, a, plots(drawn), rows_a=rows, chosen_a=rule.selects_a(a), chosen_b=None, itself=False
    )
    pairs = measured(rule.relation, pairs)
    return rule.judge(pairs.take(kept(rule.relation, pairs)[0]))


@settings(max_examples=40)
@given(st.lists(PLOT, min_size=1, max_size=7))
def test_each_class_counts_once_and_the_largest_is_not_the_split(drawn: list[Any]) -> None:
    found = judged(drawn)
    expected = {}
    for row in range(2):
        parcel = shapely.box(row * SIDE_M, 0, (row + 1) * SIDE_M, SIDE_M)
        shares = {}
        for use in CLASSES:
            ground = shapely.union_all(
                [
                    shapely.box(x * 10, y * 10, (x + w) * 10, (y + h) * 10)
                    for x, y, w, h, of in drawn
                    if of == use
                ]
            )
            share = ground.intersection(parcel).area / parcel.area
            if share >= 0.1 - 1e-9:
                shares[use or ""] = share
        if len(shares) > 1:
            expected[row] = shares
    assert found.rows_a.tolist() == sorted(expected)
    for position, row in enumerate(found.rows_a.tolist()):
        shares = expected[row]
        order = sorted(shares, key=lambda use: (-round(shares[use], 9), use))
        assert found.value_b[position] == ";".join(use or "?" for use in order)
        rest = sum(shares[use] for use in order[1:])
        assert found.share_a[position] == pytest.approx(rest)
        assert found.measure[position] == pytest.approx(rest * SIDE_M**2)
        assert found.undecidable[position] == (sum(1 for use in order if use) < 2)
        assert found.shape[position].area == pytest.approx(
            shapely.union_all(
                [
                    shapely.box(x * 10, y * 10, (x + w) * 10, (y + h) * 10)
                    for x, y, w, h, of in drawn
                    if (of or "") in order[1:]
                ]
            )
            .intersection(shapely.box(row * SIDE_M, 0, (row + 1) * SIDE_M, SIDE_M))
            .area
        )
