"""What the page carries: sides, caps, the matrix, the first view, and the sentence on top."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer
from report_run import CRS, make_run

from lantu.report.page.columns import numbers
from lantu.report.page.content import page_content
from lantu.report.page.context import NEAR_M, contexts
from lantu.report.page.degrees import to_degrees, view
from lantu.report.page.verdict import verdict_sentence

if TYPE_CHECKING:
    from lantu.model import Run


def test_without_a_need_everything_is_carried(run: Run) -> None:
    assert [len(context.rows) for context in contexts(run)] == [36, 36, 6, 4, 2]


def test_under_a_cap_the_sides_of_findings_come_first() -> None:
    run = make_run(size=30, overlaps=20)
    carried = {context.layer.name: context for context in contexts(run, vertices_max=400)}
    vertices = sum(
        int(shapely.get_num_coordinates(context.layer.geometry[context.rows]).sum())
        for context in carried.values()
    )
    assert vertices <= 400
    in_findings = set(run.findings.loc[run.findings["layer_a"] == "宗地", "id_a"])
    shown = set(carried["宗地"].layer.ids[carried["宗地"].rows])
    assert in_findings <= shown
    assert len(shown) < 900
    # Small layers are whole; what they leave goes to the large ones.
    assert len(carried["文物点"].rows) == 4


def test_what_lies_near_a_finding_comes_before_what_lies_far_off() -> None:
    run = make_run(size=30, overlaps=20)
    layer = next(one for one in run.facts.layers if one.name == "宗地")
    last = layer.geometry[-1]  # by their order alone the objects beside it would come last
    run.findings["geometry"] = np.full(len(run.findings), last)
    (parcels,) = (context for context in contexts(run, vertices_max=6_000) if context.layer is layer)
    shown = np.isin(np.arange(len(layer)), parcels.rows)
    near = shapely.distance(layer.geometry, last) <= NEAR_M
    assert 1 < near.sum() < shown.sum() < len(layer)
    assert shown[near].all()


def test_sides_point_at_their_objects(run: Run) -> None:
    content = page_content(run)
    columns = content.columns["findings"]
    names = [layer["name"] for layer in content.columns["layers"]]
    for row, finding in run.findings.iterrows():
        for side in ("a", "b"):
            place, number = columns[f"place_{side}"][row], columns[f"object_{side}"][row]
            if finding[f"layer_{side}"] in names:
                layer = run.facts.layers[place]
                assert names[place] == layer.name == finding[f"layer_{side}"]
                assert layer.ids[number] == finding[f"id_{side}"]
                assert columns[f"record_{side}"][row] == number + 1
            else:
                assert (place, number) == (-1, -1)


def test_the_matrix_counts_conflicts_unsure_ones_and_gaps(run: Run) -> None:
    matrix = page_content(run).columns["matrix"]
    land, planning, housing, culture, transport = range(5)
    assert matrix["conflict"] == run.matrix().to_numpy().tolist()
    assert matrix["conflict"][land][planning] == 11
    assert matrix["undecidable"][land][planning] == matrix["undecidable"][planning][land] == 3
    gaps = np.array(matrix["notChecked"])
    # LU03 on parcels alone; RO03 of pipes with sites and parcels; SW01 concerns no layer.
    assert gaps[land, land] == gaps[housing, culture] == gaps[land, housing] == 1
    assert gaps.sum() == 5
    assert gaps[transport].sum() == 0


def test_cgcs2000_is_shown_as_it_is_and_other_systems_as_wgs84() -> None:
    point = np.array([shapely.Point(575_000, 4_074_000)], dtype=object)
    (shown,) = to_degrees(point, CRS)
    exact = Transformer.from_crs(4548, 4490, always_xy=True).transform(575_000, 4_074_000)
    assert (shown.x, shown.y) == exact
    (cambridge,) = to_degrees(np.array([shapely.Point(303_000, 5_787_000)], dtype=object), "EPSG:32631")
    assert (cambridge.x, cambridge.y) == pytest.approx((0.118, 52.2), abs=0.02)
    assert to_degrees(point, None).tolist() == [None]


def test_one_object_far_away_does_not_shrink_the_district() -> None:
    near = [shapely.box(117.8 + n / 100, 36.8, 117.81 + n / 100, 36.81) for n in range(10)]
    astray = shapely.Point(36.8, 117.8 - 90)
    (south, west), (north, east) = view(shapely.bounds([*near, astray, None]))
    assert (south, west, north, east) == pytest.approx((36.8, 117.8, 36.81, 117.9))
    assert view(shapely.bounds([None]))[0] < (0, 0)


def test_the_sentence_never_says_none_where_something_was_not_checked(run: Run, empty_run: Run) -> None:
    said = verdict_sentence(run, "zh")
    assert "26 处矛盾" in said
    assert "3 项未能检查" in said
    assert verdict_sentence(empty_run, "zh") == "已完成的检查中未发现矛盾。全部规则均已完整检查。"
    gap = replace(empty_run.outcomes[0], answer="not_checked")
    holey = verdict_sentence(replace(empty_run, outcomes=(gap, *empty_run.outcomes[1:])), "zh")
    assert "未检查不等于没有矛盾" in holey
    assert "完整" not in holey


def test_a_language_is_complete(run: Run) -> None:
    texts = page_content(run).columns["texts"]
    assert all(set(said) == {"zh", "en"} for said in texts.values())
    assert texts["severity.critical"] == {"zh": "严重", "en": "Critical"}


@given(st.lists(st.floats(-1e12, 1e12) | st.none(), max_size=30), st.integers(3, 9))
def test_numbers_keep_their_significant_digits_and_no_more(values: list[float | None], digits: int) -> None:
    kept = numbers(pd.Series(values, dtype="float64"), digits=digits)
    for value, short in zip(values, kept, strict=True):
        if value is None:
            assert short is None
            continue
        assert short is not None
        if abs(value) > 1e-12:
            assert short == pytest.approx(value, rel=0.51 * 10.0 ** (1 - digits))
            assert float(f"{short:.{digits}g}") == short
