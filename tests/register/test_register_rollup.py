"""Totals reconcile: the district is its towns, what straddles, what lies outside and what has no place."""

from __future__ import annotations

import importlib
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "report"))

from report_run import CRS, X, Y, finding, layer, make_run, table

from lantu.register import rollup


def towns() -> Any:
    """Two towns side by side, 300 m wide each; the western one has two villages, one above the other."""
    shapes = [
        shapely.box(X, Y, X + 300, Y + 600),
        shapely.box(X + 300, Y, X + 600, Y + 600),
        shapely.box(X, Y, X + 300, Y + 300),
        shapely.box(X, Y + 300, X + 300, Y + 600),
    ]
    return layer(
        "towns", "admin.area", "land", shapes,
        name=np.array(["West", "East", "Low", "High"], dtype=object),
        admin_level=np.array(["town", "town", "village", "village"], dtype=object),
    )  # fmt: skip


def run_with(shapes: list[Any], decided: dict[str, dict[str, Any]] | None = None) -> Any:
    run = make_run()
    rows = [
        finding(n, rule="LU01", department_a="land", layer_a="p", id_a=f"p{n}", geometry=shape)
        for n, shape in enumerate(shapes)
    ]
    found = table(rows)
    facts = replace(run.facts, layers=(towns(),), town_layer="towns")
    names = dict(enumerate(found["finding_id"]))
    told = None
    if decided is not None:
        told = {"findings": {names[int(n)]: one for n, one in decided.items()}, "counts": {}, "overdue": 0}
    return replace(run, facts=facts, findings=found, decisions=told)


def counts(made: pd.DataFrame, level: str) -> dict[tuple[str, str], int]:
    rows = made[made["level"] == level]
    return {(row["town"], row["village"]): int(row["findings"]) for row in rows.to_dict(orient="records")}


def test_each_finding_is_counted_once_where_it_lies() -> None:
    shapes = [
        shapely.box(X + 10, Y + 10, X + 20, Y + 20),  # West, Low
        shapely.box(X + 10, Y + 290, X + 20, Y + 310),  # West, both villages
        shapely.box(X + 290, Y + 10, X + 310, Y + 20),  # both towns
        shapely.box(X + 200, Y + 10, X + 300, Y + 20),  # West: the edge alone is not the East
        shapely.LineString([(X + 310, Y + 10), (X + 320, Y + 10)]),  # East
        shapely.Point(X + 5000, Y),  # outside
        None,
    ]
    made = rollup(run_with(shapes))
    assert counts(made, "district") == {("", ""): 7}
    assert counts(made, "town") == {
        ("East", ""): 1, ("West", ""): 3, ("~several", ""): 1, ("~outside", ""): 1, ("~no_place", ""): 1,
    }  # fmt: skip
    assert counts(made, "village") == {
        ("East", "~outside"): 1, ("West", "Low"): 2, ("West", "~several"): 1,
    }  # fmt: skip


@given(
    st.lists(
        st.tuples(st.integers(-100, 700), st.integers(-100, 700), st.integers(1, 400), st.integers(1, 400)),
        max_size=12,
    )
)
def test_whatever_lies_where_the_totals_reconcile(boxes: list[tuple[int, int, int, int]]) -> None:
    shapes = [shapely.box(X + x, Y + y, X + x + w, Y + y + h) for x, y, w, h in boxes]
    made = rollup(run_with([*shapes, None]))
    numbers = ["findings", "conflict", "undecidable", "closed", "decided", "open", "major"]
    district = made.loc[made["level"] == "district", numbers].sum()
    by_town = made[made["level"] == "town"]
    assert district["findings"] == len(boxes) + 1
    assert (by_town[numbers].sum() == district).all()
    villages = made[made["level"] == "village"]
    for town, here in villages.groupby("town"):
        assert (here[numbers].sum() == by_town.loc[by_town["town"] == town, numbers].sum()).all()


def test_how_many_areas_are_kept_ready_changes_no_place(monkeypatch: pytest.MonkeyPatch) -> None:
    shapes = np.array([shapely.box(X + n, Y + n, X + n + 40, Y + n + 40) for n in range(-60, 600, 30)])
    run = run_with(list(shapes))
    module = importlib.import_module("lantu.register.rollup")  # whose name a function of the package has
    expected = module.areas_of(run)(shapes)
    monkeypatch.setattr(module, "PREPARED", 1)
    areas = module.areas_of(run)
    parts = [areas(shapes[start : start + 3]) for start in range(0, len(shapes), 3)]
    prepared: list[int] = []
    monkeypatch.setattr(shapely, "prepare", lambda some: prepared.append(len(some)))
    at_once = areas(shapes)  # in more areas than are kept ready
    assert max(prepared) == 1
    for level, names in expected.items():
        assert at_once[level].tolist() == names.tolist()
        assert np.concatenate([part[level] for part in parts]).tolist() == names.tolist()
        assert len(set(names)) > 2


def test_closing_is_what_is_waived_or_no_case_of_all_that_was_open() -> None:
    inside = [shapely.Point(X + 10, Y + 10 + n) for n in range(4)]
    decided = {
        "0": {"status": "waived", "overdue": False},
        "1": {"status": "decided", "overdue": True},
        "2": {"status": "reopened", "overdue": False},
    }
    made = rollup(run_with(inside, decided)).iloc[0]
    assert [made[name] for name in ("closed", "decided", "open", "reopened", "overdue")] == [1, 1, 2, 1, 1]
    assert made["closing_rate"] == pytest.approx(1 / 4)
    assert np.isnan(made["age_days"])  # no register, no first day
    gone = pd.DataFrame({"status": ["resolved", "new"]})
    later = rollup(replace(run_with(inside, decided), comparison=gone)).iloc[0]
    assert later["resolved"] == 1
    assert later["closing_rate"] == pytest.approx(2 / 5)


def test_without_towns_there_is_one_row_and_the_rest_is_outside() -> None:
    run = run_with([shapely.Point(X, Y)])
    made = rollup(replace(run, facts=replace(run.facts, layers=(), town_layer=None)))
    assert made["level"].tolist() == ["district", "town"]
    assert made["town"].tolist() == ["", "~outside"]
    assert isinstance(run.findings, gpd.GeoDataFrame)
    assert run.findings.crs == CRS
