"""The rules about pipes beyond their cases: oracles, invariants, and what must not be lost in silence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from lantu.relations import Pairs, candidates, kept, measured
from lantu.rules import PairRule, build
from lantu.rules.case_layers import case_layer
from lantu.rules.pi.clearance import Required, judge_clear, largest_m, most_between_pipes_m, required_between
from lantu.rules.pi.parallel import connected, stretches
from lantu.rules.pi.pipes import ELEVATIONS, depth_error_m
from lantu.rules.recalled import lowered
from lantu.standards.clearance import clearance_rows

if TYPE_CHECKING:
    from lantu.model import Layer
    from lantu.rules import Verdict

HOUSE = "POLYGON ((0 0, 20 0, 20 10, 0 10, 0 0))"


def rule_of(code: str, **parameters: Any) -> PairRule:
    (rule,) = build([code], [], {code: parameters})
    assert isinstance(rule, PairRule)
    return rule


def pipes(*features: dict[str, Any], **layer: Any) -> Layer:
    return case_layer({"standard": "utility.pipe", "features": list(features), **layer}, side="a")


def judged(rule: PairRule, a: Layer, b: Layer | None = None, *, filtered: bool = True) -> Verdict:
    pairs = candidates(
        rule.relation,
        a,
        b or a,
        rows_a=np.arange(len(a), dtype=np.int64),
        chosen_a=rule.selects_a(a),
        chosen_b=None,
        itself=b is None,
    )
    if filtered:
        pairs = pairs.take(rule.wants(pairs))
    pairs = measured(rule.relation, pairs)
    return rule.judge(pairs.take(kept(rule.relation, pairs)[0]))


def lines(*texts: str) -> Any:
    return np.array([shapely.from_wkt(text) for text in texts], dtype=object)


def required(low_m: float, high_m: float) -> Required:
    return Required(
        low_m=np.array([low_m]),
        high_m=np.array([high_m]),
        lacks=np.array([None if low_m == high_m else "pressure"], dtype=object),
        recalled=np.array([False]),
        row=np.array(["H001"], dtype=object),
        source=np.array(["GB 50289-2016 table 4.1.9"], dtype=object),
    )


def test_largest_distances_are_those_of_the_tables() -> None:
    assert largest_m(clearance_rows("pipeline_clearance_horizontal"), "building") == 13.5
    assert most_between_pipes_m("pipeline_clearance_horizontal") == 4.0
    assert most_between_pipes_m("pipeline_clearance_vertical") == 0.5


@pytest.mark.parametrize(
    ("severity", "below"), [("critical", "major"), ("major", "minor"), ("minor", "info"), ("info", "info")]
)
def test_a_value_from_memory_is_one_severity_lower(severity: str, below: str) -> None:
    assert lowered(severity, np.array([True, False])).tolist() == [below, severity]


@given(
    st.floats(-1, 6), st.floats(0, 0.5), st.floats(0, 0.5), st.floats(0.1, 3), st.floats(0, 3)
)  # distance, half of an unknown diameter, tolerance, least required, and how much more it may be
def test_what_is_decided_stays_so_whatever_the_unknown_values_are(
    clear_m: float, unknown_m: float, tolerance_m: float, low_m: float, more_m: float
) -> None:
    known = required(low_m, low_m + more_m)
    clear = np.array([clear_m])
    found = judge_clear(known, clear_m=clear, least_m=clear - unknown_m, tolerance_m=tolerance_m)
    for share in (0.0, 0.5, 1.0):
        true_m = clear - share * unknown_m
        for value_m in (low_m, low_m + share * more_m):
            if found.conflict[0]:
                assert true_m[0] < value_m
            if not found.reported[0]:
                assert true_m[0] >= value_m
    assert not (found.conflict & found.unsure).any()


place = st.tuples(st.integers(0, 40), st.integers(0, 12)).map(lambda xy: (float(xy[0]), float(xy[1])))
line = st.lists(place, min_size=2, max_size=4, unique=True).map(shapely.LineString)


@settings(max_examples=150, deadline=None)
@given(line, line, st.floats(0.3, 5.0))
def test_stretches_agree_with_buffers(one: Any, other: Any, within_m: float) -> None:
    """Without an angle limit the run is the part of the subject inside the other's round buffer."""
    a, b = np.array([one], dtype=object), np.array([other], dtype=object)
    beside = stretches(a, b, max_angle_deg=89.999999, tolerance_m=0.28)
    crossing = one.intersects(other)
    square = any(
        np.isclose(np.dot(np.subtract(*p), np.subtract(*q)), 0.0)
        for p in zip(one.coords[1:], one.coords[:-1], strict=True)
        for q in zip(other.coords[1:], other.coords[:-1], strict=True)
    )
    if crossing or square or not one.is_simple:
        return  # crossings and square pieces are left out on purpose; a folded line counts twice
    assert beside.distance_m(np.array([True]))[0] == pytest.approx(one.distance(other))
    expected = one.intersection(other.buffer(within_m, quad_segs=256)).length
    assert beside.run_m(np.array([within_m]))[0] == pytest.approx(expected, abs=0.02)
    shape = beside.shape(np.array([within_m]), np.array([True]))[0]
    assert (0.0 if shape is None else shape.length) == pytest.approx(expected, abs=0.3)


def test_a_line_that_crosses_and_then_runs_beside_is_measured_beside() -> None:
    a = lines("LINESTRING (0 0, 100 0)")
    b = lines("LINESTRING (10 -20, 10 1, 60 1)")
    beside = stretches(a, b, max_angle_deg=30.0, tolerance_m=0.28)
    assert beside.distance_m(np.array([True])).tolist() == [1.0]
    # 50 m beside it, and before and after what is within 1.25 m of the piece's ends: 0.75 m each.
    assert beside.run_m(np.array([1.25]))[0] == pytest.approx(51.5)
    assert beside.run_m(np.array([-0.5])).tolist() == [0.0]


def test_nothing_runs_along_where_lines_are_square_or_absent() -> None:
    square = stretches(
        lines("LINESTRING (0 0, 9 0)"), lines("LINESTRING (0 1, 0 9)"), max_angle_deg=30.0, tolerance_m=0.28
    )
    assert square.distance_m(np.array([True])).tolist() == [np.inf]
    assert square.run_m(np.array([5.0])).tolist() == [0.0]
    assert square.shape(np.array([5.0]), np.array([True])).tolist() == [None]
    none = stretches(lines(), lines(), max_angle_deg=30.0, tolerance_m=0.28)
    assert none.run_m(np.empty(0)).tolist() == []


def test_joined_means_end_to_end_or_a_branch() -> None:
    main = "LINESTRING (0 0, 100 0)"
    others = (
        "LINESTRING (100.2 0, 150 0)",  # continues it, within the tolerance
        "LINESTRING (50 0, 60 9)",  # a branch on it
        "LINESTRING (50 0.2, 60 9)",  # ends beside it: not joined
        "LINESTRING (20 0.2, 80 0.2)",  # runs beside it
    )
    joined = connected(lines(*[main] * 4), lines(*others), tolerance_m=0.28)
    assert joined.tolist() == [True, True, False, False]


def test_pipes_that_touch_but_carry_different_things_are_not_joined() -> None:
    shared = {"diameter_mm": 300, "wkt": "LINESTRING (0 0, 50 0)"}
    layer = pipes(
        {"id": "JS-1", "medium": "water", **shared},
        {"id": "WS-2", "medium": "sewage", "diameter_mm": 300, "wkt": "LINESTRING (0 0, 50 5)"},
    )
    found = judged(rule_of("PI03"), layer)
    assert not found.undecidable.any()
    assert len(found) == 1


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(line, st.sampled_from(["water", "sewage", "gas", "telecom", None])), max_size=6))
def test_what_is_not_wanted_would_not_have_been_found(network: list[tuple[Any, str | None]]) -> None:
    layer = pipes(
        *(
            {"id": f"P{number}", "medium": medium, "diameter_mm": 100.0 * number or None, "wkt": one.wkt}
            for number, (one, medium) in enumerate(network)
        )
    )
    rule = rule_of("PI03")
    with_wants, without = judged(rule, layer), judged(rule, layer, filtered=False)
    assert with_wants.rows_a.tolist() == without.rows_a.tolist()
    assert with_wants.rows_b.tolist() == without.rows_b.tolist()
    assert with_wants.measure.tolist() == without.measure.tolist()


def test_a_pipe_that_the_overlap_rule_leaves_out_is_not_lost() -> None:
    """A sewer 0.1 m inside the wall is within PI01's tolerance: its clearance is still none."""
    house = case_layer({"standard": "housing.building", "features": [{"id": "H", "wkt": HOUSE}]}, side="b")
    layer = pipes({"id": "WS-1", "medium": "sewage", "wkt": "LINESTRING (-5 9.9, 25 9.9)"})
    assert len(judged(rule_of("PI01"), layer, house)) == 0
    assert judged(rule_of("PI02"), layer, house).measure.tolist() == [0.0]


def test_a_thick_pipe_is_reached_from_its_surface() -> None:
    """13.5 m clear are required of sub-high pressure A; a main of 2 m is that near at 14.4 m of its axis."""
    house = case_layer({"standard": "housing.building", "features": [{"id": "H", "wkt": HOUSE}]}, side="b")
    main = {"medium": "gas", "pressure": "次高压A", "diameter_mm": 2000.0}
    layer = pipes(
        {"id": "RQ-1", **main, "wkt": "LINESTRING (0 -13.9, 20 -13.9)"},
        {"id": "RQ-2", **main, "wkt": "LINESTRING (0 -14.9, 20 -14.9)"},
    )
    found = judged(rule_of("PI02"), layer, house)
    assert found.rows_a.tolist() == [0]
    assert found.measure == pytest.approx([12.9])
    assert found.required.tolist() == [13.5]


def test_error_of_a_depth_grows_with_it_and_is_never_less_than_that_of_a_metre() -> None:
    depths = np.array([np.nan, 0.4, 1.0, 4.0])
    assert depth_error_m(depths, None) == pytest.approx([0.075, 0.075, 0.075, 0.3])
    assert depth_error_m(depths, 0.02).tolist() == [0.02] * 4


@settings(max_examples=60, deadline=None)
@given(st.floats(0.2, 5), st.floats(0.2, 5), st.floats(0.2, 5), st.floats(0.2, 5), st.floats(95.0, 105.0))
def test_depths_and_elevations_of_tops_say_the_same(
    a_start: float, a_end: float, b_start: float, b_end: float, ground_m: float
) -> None:
    """With level ground a cover of h is a top at ground - h; gas and water are surveyed at their tops."""
    where = ("LINESTRING (0 -10, 0 30)", "LINESTRING (-20 0, 10 0)")
    covers, levels = [], []
    media = (("RQ-1", "gas"), ("JS-2", "water"))
    for (name, medium), wkt, ends in zip(media, where, ((a_start, a_end), (b_start, b_end)), strict=True):
        pipe = {"id": name, "medium": medium, "diameter_mm": 200, "wkt": wkt}
        covers.append(pipe | dict(zip(("start_depth_m", "end_depth_m"), ends, strict=True)))
        levels.append(pipe | dict(zip(ELEVATIONS, (ground_m - end for end in ends), strict=True)))
    rule = rule_of("PI04", depth_accuracy_m=0.0)
    by_cover, by_level = judged(rule, pipes(*covers)), judged(rule, pipes(*levels))
    top_a, top_b = a_start + (a_end - a_start) / 4, b_start + (b_end - b_start) * 2 / 3
    clear_m = abs(top_a - top_b) - 0.2
    if abs(clear_m - 0.15) > 1e-6:
        assert len(by_cover) == len(by_level) == (clear_m < 0.15)
        assert by_cover.measure == pytest.approx([clear_m] * len(by_cover))
        assert by_level.measure == pytest.approx([clear_m] * len(by_level))


def test_a_cover_and_an_elevation_do_not_compare() -> None:
    layer = pipes(
        {"id": "A", "medium": "water", "diameter_mm": 200, "start_depth_m": 1, "end_depth_m": 1,
         "wkt": "LINESTRING (0 -9, 0 9)"},
        {"id": "B", "medium": "sewage", "diameter_mm": 200, "start_elevation_m": 99, "end_elevation_m": 99,
         "wkt": "LINESTRING (-9 0, 9 0)"},
    )  # fmt: skip
    found = judged(rule_of("PI04"), layer)
    assert found.undecidable.tolist() == [True]
    assert found.cause.tolist() == ["layer_a: depth"]


def test_crossings_need_depths_or_elevations_whichever_the_layer_has() -> None:
    rule = rule_of("PI04")
    wkt = "LINESTRING (0 0, 9 0)"
    nothing = pipes({"id": "A", "medium": "water", "wkt": wkt})
    levels = pipes({"id": "A", "medium": "water", "start_elevation_m": 9, "end_elevation_m": 9, "wkt": wkt})
    assert rule.columns_a(nothing) == ("medium", "start_depth_m", "end_depth_m")
    assert rule.columns_a(levels) == ("medium", *ELEVATIONS)


@pytest.mark.parametrize("code", ["PI01", "PI02", "PI03", "PI04", "PI05"])
def test_no_pairs_no_findings(code: str) -> None:
    house = case_layer({"standard": "housing.building", "features": []}, side="b")
    rule = rule_of(code)
    against = house if rule.against == ("housing.building",) else None
    assert len(judged(rule, pipes(), against)) == 0


KIND = st.fixed_dictionaries(
    {
        "medium": st.sampled_from(["water", "sewage", "gas", "power", "heat", None]),
        "diameter_mm": st.sampled_from([None, 100.0, 300.0]),
        "pressure": st.sampled_from([None, "中压A", "0.3"]),
    }
)


@given(st.lists(st.tuples(KIND, KIND), min_size=1, max_size=8), st.sampled_from(["PI03", "PI04"]))
def test_what_a_table_requires_of_two_pipes_does_not_hang_on_the_other_pairs(kinds: Any, code: str) -> None:
    wkt = "LINESTRING (0 0, 9 0)"
    a, b = (
        pipes(*({"id": f"P{row}", "wkt": wkt, **pair[side]} for row, pair in enumerate(kinds)))
        for side in (0, 1)
    )
    rows = np.arange(len(kinds))[::-1]
    table: Any = {"PI03": "pipeline_clearance_horizontal", "PI04": "pipeline_clearance_vertical"}[code]
    together = required_between(Pairs(a=a, b=b, rows_a=rows, rows_b=rows, tolerance_m=0.3), table)
    for position, row in enumerate(rows):
        one = np.array([row])
        alone = required_between(Pairs(a=a, b=b, rows_a=one, rows_b=one, tolerance_m=0.3), table)
        for name, values in vars(together).items():
            np.testing.assert_array_equal(values[[position]], getattr(alone, name))
