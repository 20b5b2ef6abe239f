"""Causes: what groups findings, in which order, under which id; on findings made by hand."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely
from engine_layers import EAST_M, NORTH_M
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lantu.engine import ordering
from lantu.engine.causes import CAUSE_COLUMNS, clusters, gather
from lantu.engine.causes.clusters import EXTENT_M, REACH_M
from lantu.model import FINDING_COLUMNS, Outcome, finding_id
from lantu.rules import build
from lantu.rules.verdict import Explained

RULES = {rule.code: rule for rule in build(("ALL",), (), {})}


def found(rule: str, a: str, id_a: str, b: str | None = None, id_b: str | None = None, **more: Any) -> Any:
    """Return a finding; ``at`` is the lower left corner of its square metre, from the district's corner."""
    row = dict.fromkeys(FINDING_COLUMNS) | {"cause_text": None, "explains": None, "geometry": None}
    x, y = more.pop("at", (None, None))
    if x is not None:
        row["geometry"] = shapely.box(EAST_M + x, NORTH_M + y, EAST_M + x + 1, NORTH_M + y + 1)
    given = {"rule": rule, "layer_a": a, "id_a": id_a, "layer_b": b, "id_b": id_b, "verdict": "conflict"}
    departments = {"department_a": f"{a}_office", "department_b": None if b is None else f"{b}_office"}
    part = str(more.pop("part", ""))
    row |= given | departments | {"severity": "minor", "finding_id": finding_id(rule, a, id_a, b, id_b, part)}
    return row | more


def table(*rows: Any) -> pd.DataFrame:
    frame = pd.DataFrame(list(rows), columns=[*FINDING_COLUMNS, "cause_text", "explains", "geometry"])
    frame = frame.astype({name: dtype for name, dtype in FINDING_COLUMNS.items() if dtype == "float64"})
    return frame.astype({"cause_text": object, "explains": object})


def causes_of(*rows: Any, outcomes: Any = ()) -> tuple[list[Any], pd.DataFrame]:
    ids, causes = gather(table(*rows), RULES, "en", outcomes)
    kinds = causes.set_index("cause_id")["kind"].to_dict()
    return [kinds.get(one) for one in ids], causes


def test_nothing_has_no_cause() -> None:
    ids, causes = gather(table(), RULES, "zh")
    assert len(ids) == len(causes) == 0
    assert list(causes.columns) == list(CAUSE_COLUMNS)


def test_findings_with_a_cause_each_make_no_cause() -> None:
    rows = [
        found("DA02", "plots", f"P{n}", cause_text=f"use_code: X{n}", field="use_code", at=(500 * n, 0))
        for n in range(5)
    ]
    kinds, causes = causes_of(*rows)
    assert kinds == [None] * 5
    assert len(causes) == 0


def test_a_finding_on_a_whole_layer_is_a_cause_by_itself() -> None:
    kinds, causes = causes_of(found("DA10", "plots", "", cause_text="mu / m2"))
    assert kinds == ["unit"]
    assert causes[["scope", "layer", "department", "findings"]].iloc[0].tolist() == [
        "layer", "plots", "plots_office", 1,
    ]  # fmt: skip


def test_a_wrong_unit_takes_areas_and_indicators_with_it() -> None:
    rows = [
        found("AT01", "parcels", "P1", "plots", "P1", cause_text="plots: area_planned_m2"),
        found("AT01", "parcels", "P2", "plots", "P2"),
        found("DA10", "plots", "", cause_text="mu / m2"),
        found("GE05", "plots", "P1"),
        found("GE05", "plots", "P2"),
        found("GE05", "parcels", "P1"),
    ]
    kinds, causes = causes_of(*rows)
    assert kinds == ["unit", None, "unit", "unit", "unit", None]
    assert "findings explained: 4" in causes["message"].iloc[0]


def test_a_code_without_a_class_takes_what_rests_on_it() -> None:
    unsure = {"verdict": "undecidable", "field": "use_class", "cause_text": "plots: 10"}
    rows = [
        found("DA03", "plots", "A", cause_text="use_code: 10"),
        found("LU01", "parcels", "P1", "plots", "A", **unsure),
        found("LU08", "plots", "A", "park", "Z", **unsure),
        found("LU01", "parcels", "P2", "plots", "B", **unsure | {"cause_text": "parcels: 10"}),
    ]
    kinds, causes = causes_of(*rows)
    assert kinds == ["code", "code", "code", None]
    assert causes[["rule", "layer", "findings"]].iloc[0].tolist() == ["DA03", "plots", 3]


def test_a_missing_value_takes_what_it_leaves_undecided() -> None:
    unsure = {"verdict": "undecidable", "cause_text": "pipes: depth"}
    rows = [
        found("PI04", "pipes", "1", "pipes", "2", **unsure),
        found("PI05", "pipes", "1", **unsure),
        found("LU02", "parcels", "P", "survey", "S", verdict="undecidable", field="use_class",
              cause_text="survey: —"),
        found("DA01", "survey", "S", cause_text="use_code"),
    ]  # fmt: skip
    kinds, causes = causes_of(*rows)
    assert kinds == ["missing"] * 4
    assert sorted(causes["layer"]) == ["pipes", "survey"]


def arrow(dx: float, dy: float) -> shapely.LineString:
    return shapely.LineString([(EAST_M, NORTH_M), (EAST_M + 100 * dx, NORTH_M + 100 * dy)])


def shift(a: str, b: str, dx: float, dy: float, explains: Explained | None = None) -> Any:
    return found(
        "CR04", a, "", b, None, severity="critical", cause_text=f"{a} / {b}", measure=float(np.hypot(dx, dy)),
        tolerance=0.1, explains=explains, geometry=arrow(dx, dy),
    )  # fmt: skip


def sliver(rule: str, a: str, b: str, width_m: float, n: int = 0) -> Any:
    shape = shapely.box(EAST_M, NORTH_M + 100 * n, EAST_M + width_m, NORTH_M + 100 * n + 50)
    return found(rule, a, f"A{n}", b, f"B{n}", unit="m2", measure=shape.area, geometry=shape)


def test_a_layer_off_against_several_others_alike_is_the_one_at_fault() -> None:
    rows = [
        shift("parcels", "plots", -0.5, 0.0),
        shift("parcels", "tax", -0.5, 0.01, Explained(("BD01",), frozenset({("P1", "P1")}))),
        shift("roads", "roads_plan", 0.0, 3.0),
        shift("survey", "parcels", 0.49, 0.0),
        found("BD01", "parcels", "P1", "tax", "P1"),
        found("BD01", "parcels", "P2", "tax", "P2"),
        sliver("RO04", "parcels", "roads", 0.5, 1),
        sliver("RO04", "parcels", "roads", 5.0, 2),
        sliver("LU07", "survey", "plots", 0.5, 3),
    ]
    kinds, causes = causes_of(*rows)
    assert kinds == ["shift", "shift", "offset", "shift", "shift", None, "shift", None, None]
    first = causes.iloc[0]
    assert first[["layer", "scope", "findings"]].tolist() == ["parcels", "layer", 5]
    assert "0.50 m off (as compared with plots, survey, tax" in first["message"]


def test_an_offset_of_two_layers_explains_only_what_lies_between_them() -> None:
    rows = [
        shift("parcels", "tax", 0.5, 0.0),
        sliver("LU07", "tax", "parcels", 0.5, 1),
        sliver("RO04", "parcels", "roads", 0.5, 2),
    ]
    kinds, _ = causes_of(*rows)
    assert kinds == ["offset", "offset", None]


def test_a_rule_that_most_of_a_layer_breaks_is_its_delivery() -> None:
    def outcome(matched: int) -> Outcome:
        return Outcome(rule="LU01", layer_a="parcels", layer_b="plots", answer="conflict", matched=matched)

    rows = [found("LU01", "parcels", f"P{n}", "plots", f"Z{n}", at=(400 * n, 0)) for n in range(30)]
    kinds, causes = causes_of(*rows, outcomes=[outcome(60)])
    assert set(kinds) == {"delivery"}
    assert "50% of the features of parcels" in causes["message"].iloc[0]
    assert set(causes_of(*rows, outcomes=[outcome(61)])[0]) == {None}
    assert set(causes_of(*rows[:19], outcomes=[outcome(20)])[0]) == {None}


def test_objects_go_greedily_the_one_that_explains_most_first() -> None:
    pairs = [(p, b) for p, bs in {"1": "abcde", "2": "abc", "3": "cd"}.items() for b in bs]
    rows = [found("BU01", "houses", b, "parcels", p, at=(400 * ord(b), 400 * int(p))) for p, b in pairs]
    kinds, causes = causes_of(*rows)
    # parcel 1 takes five; of what is left parcel 2 has three; house c has one
    assert list(zip(causes["object"], causes["findings"], strict=True)) == [("1", 5), ("2", 3)]
    assert kinds == ["object"] * 8 + [None, None]
    assert causes["message"].iloc[0].startswith("Object 1 of layer parcels takes part in 5 findings")


def beside(steps: list[float]) -> list[Any]:
    """Return findings of two objects each, in a row, the gaps between their edges given in metres."""
    xs = np.cumsum([0.0, *(step + 1.0 for step in steps)])
    return [found("PI02", "pipes", f"{n:04d}", "houses", f"H{n}", at=(x, 0.0)) for n, x in enumerate(xs)]


def test_a_place_is_what_lies_within_reach() -> None:
    assert causes_of(*beside([REACH_M, REACH_M]))[0] == ["place"] * 3
    assert causes_of(*beside([REACH_M, REACH_M + 0.01]))[0] == [None] * 3
    assert causes_of(*beside([1.0]))[0] == [None] * 2


def test_values_of_single_objects_make_no_place() -> None:
    rows = [found("GE05", "parcels", f"P{n}", at=(2.0 * n, 0.0)) for n in range(9)]
    assert causes_of(*rows)[0] == [None] * 9


def test_a_chain_through_the_district_is_no_place() -> None:
    rows = beside([10.0] * 400)
    kinds, causes = causes_of(*rows)
    assert set(kinds) == {"place"}
    assert len(causes) > 10
    ids, _ = gather(table(*rows), RULES, "en")
    for _, group in table(*rows)["geometry"].groupby(ids):
        x = shapely.bounds(group.to_numpy())
        assert x[:, 2].max() - x[:, 0].min() <= EXTENT_M


PIECES = st.lists(
    st.tuples(
        st.sampled_from(("point", "line", "square")),
        st.integers(-80, 80),
        st.integers(-80, 80),
        st.integers(1, 90),
    ),
    min_size=1,
    max_size=25,
)


@settings(max_examples=150, deadline=None)
@given(
    pieces=PIECES, cells=st.integers(1, 2), step_m=st.sampled_from((1.0, 0.37)), at_once=st.integers(1, 30)
)
def test_clusters_are_what_distances_one_by_one_connect(
    pieces: list[tuple[str, int, int, int]], cells: int, step_m: float, at_once: int
) -> None:
    """By the book: every pair measured, and the smallest number handed on until nothing changes."""
    shapes = np.empty(len(pieces), dtype=object)
    for number, (kind, x, y, size) in enumerate(pieces):
        east, north, far = EAST_M + x * step_m, NORTH_M + y * step_m, size * step_m
        shapes[number] = {
            "point": shapely.Point(east, north),
            "line": shapely.LineString([(east, north), (east + far, north)]),
            "square": shapely.box(east, north, east + far, north + far),
        }[kind]
    cell = np.arange(len(pieces)) % cells
    expected = np.arange(len(pieces))
    near = shapely.dwithin(shapes[:, None], shapes[None, :], REACH_M) & (cell[:, None] == cell[None, :])
    for _ in pieces:
        expected = np.array([expected[near[number]].min() for number in range(len(pieces))])
    rows = [found("GE05", "a", str(number)) for number in range(len(pieces))]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(ordering, "FINDINGS_AT_ONCE", at_once)
        stored = ordering.ordered([table(*rows).assign(geometry=shapes, translation=None)], None, given=True)
    labels = clusters._components(stored, np.arange(len(pieces)), cell)
    assert labels.tolist() == expected.tolist()


def test_the_id_of_a_place_stays_when_a_finding_goes_or_comes() -> None:
    rows = beside([5.0] * 6)
    (cause_id,) = causes_of(*rows)[1]["cause_id"]
    ids = [row["finding_id"] for row in rows]
    names_it = ids.index(min(ids))
    for gone in range(len(rows)):
        left = [row for n, row in enumerate(rows) if n != gone]
        assert (causes_of(*left)[1]["cause_id"].tolist() == [cause_id]) == (gone != names_it)
    new = found("PI02", "pipes", "later", "houses", "later", at=(3.0, 4.0))
    assert new["finding_id"] > min(ids)
    assert causes_of(*rows, new)[1]["cause_id"].tolist() == [cause_id]


def test_the_id_of_an_object_is_the_objects_own() -> None:
    rows = [found("BU01", "houses", str(n), "parcels", "P", at=(400 * n, 0)) for n in range(5)]
    assert causes_of(*rows)[1]["cause_id"].tolist() == causes_of(*rows[1:])[1]["cause_id"].tolist()


def test_an_overdue_delivery_takes_only_what_disagrees_with_a_current_record() -> None:
    rows = [
        found("DA07", "roads", ""),
        found("RO01", "roads", "R1", "roads_plan", "R1"),
        found("RO04", "parcels", "P1", "roads", "R1"),
    ]
    kinds, causes = causes_of(*rows)
    assert kinds == ["vintage", "vintage", None]
    assert "findings explained, this one included: 2; 1 more rest on it" in causes["message"].iloc[0]
    assert causes_of(*rows, found("DA07", "roads_plan", ""))[0].count("vintage") == 2


@pytest.mark.parametrize("language", ["zh", "en"])
def test_layer_names_and_ids_are_never_read_as_templates(language: Any) -> None:
    rows = [found("BU01", "{0.x}", str(n), "{layer}", "{count!r}", at=(400 * n, 0)) for n in range(3)]
    _, causes = gather(table(*rows), RULES, language)
    assert "{count!r}" in causes["message"].iloc[0]


PLACES = st.tuples(st.integers(0, 30), st.integers(0, 3))
MADE = st.lists(
    st.builds(
        lambda rule, a, b, at: found(
            rule, "parcels", f"P{a}", "houses", f"H{b}", at=(at[0] * 12.0, at[1] * 12.0), part=f"{at}"
        ),
        st.sampled_from(["BU01", "PI02", "LU01", "BD01"]),
        st.integers(0, 9),
        st.integers(0, 9),
        PLACES,
    ),
    max_size=40,
    unique_by=lambda row: row["finding_id"],
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=MADE, seed=st.integers(0, 2**32 - 1))
def test_the_order_of_findings_changes_no_cause(rows: list[Any], seed: int) -> None:
    order = np.random.default_rng(seed).permutation(len(rows))
    ids, causes = gather(table(*rows), RULES, "en")
    other_ids, other = gather(table(*(rows[n] for n in order)), RULES, "en")
    assert ids.iloc[order].tolist() == other_ids.tolist()
    pd.testing.assert_frame_equal(causes, other)
    counted = ids.value_counts()
    assert causes.set_index("cause_id")["findings"].to_dict() == counted.to_dict()
    assert (causes["findings"] >= 3).all()  # objects and places only


def test_a_hundred_thousand_findings_are_grouped_by_columns_not_one_by_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Counted, not timed: what is called, and how many pairs of neighbours are looked at."""
    rng = np.random.default_rng(4)
    size = 100_000
    x, y = rng.uniform(0, 10_000, size), rng.uniform(0, 10_000, size)
    one = found("PI02", "pipes", "1", "houses", "1")
    frame = table(one).loc[np.zeros(size, dtype=np.int64)].reset_index(drop=True)
    frame["id_a"] = rng.integers(0, 60_000, size).astype(str).astype(object)
    frame["id_b"] = rng.integers(0, 60_000, size).astype(str).astype(object)
    frame["finding_id"] = [f"PI02-{n:06d}" for n in range(size)]
    frame["geometry"] = shapely.box(EAST_M + x, NORTH_M + y, EAST_M + x + 3, NORTH_M + y + 3)
    edges, calls = [], 0
    joined = clusters.joined

    def counted(labels: Any, one: Any, other: Any) -> Any:
        edges.append(len(one))
        return joined(labels, one, other)

    def called(*_: object) -> None:
        nonlocal calls
        calls += 1

    monkeypatch.setattr(clusters, "joined", counted)
    sys.setprofile(called)
    try:
        ids, causes = gather(frame, RULES, "zh")
    finally:
        sys.setprofile(None)
    assert 0 < sum(edges) < 10 * size
    assert calls < 100 * size
    assert set(causes["scope"]) == {"object", "place"}
    assert ids.notna().mean() > 0.5
