"""The pieces of publishing: reduction, the payload's inverse, the search, actions."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from report_run import make_run

from lantu.messages import say
from lantu.model import Publishing, Reduction, translated
from lantu.publishing import PublishingError, audience, edition
from lantu.publishing.actions import actions
from lantu.publishing.payload import points
from lantu.publishing.reducing import cells
from lantu.publishing.searching import Patterns
from lantu.publishing.secrets import secrets
from lantu.report.page.codec import WORLD_BITS, encode, world_widths
from lantu.report.page.verdict import verdict_sentence


@given(st.lists(st.binary(min_size=5, max_size=12), max_size=8), st.binary(max_size=60), st.integers(0, 60))
def test_patterns_are_found_where_they_stand_and_nowhere_else(
    patterns: list[bytes], content: bytes, at: int
) -> None:
    content = content[:at] + b"".join(patterns[:2]) + content[at:]
    found = set(Patterns(patterns).found_in(content))
    wanted = {
        (place, pattern)
        for pattern in patterns
        for place in range(len(content))
        if content.startswith(pattern, place)
    }
    assert found == wanted


@given(
    st.lists(st.lists(st.tuples(st.floats(100, 120), st.floats(20, 40)), min_size=2, max_size=5), max_size=4)
)
def test_the_payload_gives_back_what_the_page_draws(lines: list[Any]) -> None:
    shapes = np.empty(len(lines), dtype=object)
    shapes[:] = [shapely.LineString(line) for line in lines]
    made = encode(shapes)
    drawn = points(made.header, made.payload)
    given_ = shapely.get_coordinates(shapes)
    expected = np.rint(world_widths(given_) * 2.0 ** (WORLD_BITS - made.header["shift"]))
    assert (drawn == expected).all()


def test_a_payload_cut_short_is_an_error() -> None:
    made = encode(np.array([shapely.Point(117, 36)], dtype=object))
    with pytest.raises(ValueError, match=r"buffer|payload"):
        points(made.header, made.payload[:-1])


@given(st.floats(-5000, 5000), st.floats(-5000, 5000), st.floats(1, 900))
def test_cells_hide_where_in_them_a_shape_lies(x: float, y: float, size: float) -> None:
    shape = shapely.box(x, y, x + size, y + size)
    covered = cells(shape, 500.0)
    assert covered.covers(shape)
    assert (shapely.get_coordinates(covered) % 500.0 == 0).all()


def confidential(rows: int, **reduce: Any) -> Any:
    run = make_run()
    findings = run.findings.copy()
    findings.loc[findings.index[:rows], "level"] = "confidential"
    causes = run.causes.assign(level="internal")
    facts = replace(run.facts, publishing=Publishing(reduce={"confidential": Reduction(**reduce)}))
    return replace(run, findings=findings, causes=causes, facts=facts)


def test_a_reduced_finding_says_that_there_is_one_and_not_what() -> None:
    run = confidential(9, to="internal", geometry="grid", grid_m=10_000.0)
    made = edition(run, audience(run.facts, "public", "internal"))
    extra = made.findings[made.findings["finding_id"].str.contains("reduced")]
    assert len(extra) == 9
    assert made.withheld["reduced"] == 9
    assert "9 of them are listed without their details" in verdict_sentence(made, "en")
    assert set(extra["id_a"]) == {""}
    assert extra[["id_b", "value_a", "raw_a", "town", "cause_id"]].isna().all(axis=None)
    assert extra[["measure", "required", "share_a"]].isna().all(axis=None)
    assert set(extra["level"]) == {"internal"}
    placed = extra.geometry.dropna()
    assert (shapely.get_coordinates(placed.to_numpy()) % 10_000 == 0).all()


def test_an_edition_says_in_the_other_language_no_more_than_in_its_own() -> None:
    run = confidential(9, to="internal", geometry="grid", grid_m=10_000.0)
    made = edition(run, audience(run.facts, "public", "internal"))
    hidden = set(run.findings["finding_id"]) - set(made.findings["finding_id"])
    assert len(hidden) == 9
    assert len(hidden & set(run.translations["id"])) == 8  # DA08 speaks one language here
    assert not hidden & set(made.translations["id"])
    told = translated(made.translations, "message")
    for row in made.findings[made.findings["finding_id"].str.contains("reduced")].to_dict("records"):
        title = run.texts[row["rule"]]["title"]["en"]
        sides = {run.facts.departments[key].name for key in (row["department_a"], row["department_b"]) if key}
        words = told[row["finding_id"]]
        known = {
            say("publishing.reduced", "en", title=title, departments=" · ".join(order))
            for order in permutations(sides)
        }
        assert words in known


def test_too_few_in_one_place_lose_the_place() -> None:
    run = confidential(2, to="internal", geometry="grid", grid_m=10_000.0)
    made = edition(run, audience(run.facts, "public", "internal"))
    extra = made.findings[made.findings["finding_id"].str.contains("reduced")]
    assert len(extra) == 2
    assert extra.geometry.isna().all()
    assert made.withheld["findings"]["confidential"] is None  # fewer than three


def test_reduced_findings_are_not_for_those_below_the_level_that_may_see_them() -> None:
    run = confidential(9, to="internal", geometry="grid")
    made = edition(run, audience(run.facts, "public", "public"))
    assert not made.findings["finding_id"].str.contains("reduced").any()


def test_numbers_that_stand_in_every_run_are_compared_with_whole_cells() -> None:
    """A limit of 100.0 m gives no measure of 100.0 m away; a measure of 104.72 m is looked for anywhere."""
    run = confidential(3, to="internal")
    findings = run.findings.copy()
    findings.loc[findings.index[:3], "measure"] = [100.0, 0.025, 104.72]
    hidden = secrets(replace(run, findings=findings), audience(run.facts, "public", "internal"))
    assert {"100.0", "0.025", "104.72"} & hidden.texts == {"104.72"}
    assert "104.72" not in hidden.words


def test_a_department_gets_what_it_is_a_side_of_and_of_others_what_that_names() -> None:
    run = replace(make_run())
    made = edition(run, audience(run.facts, "land", "internal"))
    assert len(made.findings)
    assert ((made.findings["department_a"] == "land") | (made.findings["department_b"] == "land")).all()
    for layer in made.facts.layers:
        if layer.department == "land" or layer.standard == "admin.area" or layer.refusal is not None:
            continue
        named = set(made.findings.loc[made.findings["layer_a"] == layer.name, "id_a"])
        named |= set(made.findings.loc[made.findings["layer_b"] == layer.name, "id_b"])
        assert set(layer.ids) <= named


def test_an_unknown_audience_or_level_is_said() -> None:
    facts = make_run().facts
    for name, level in (("nobody", "internal"), ("land", "top"), ("land", None)):
        with pytest.raises(PublishingError):
            audience(facts, name, level)
    assert audience(facts, "public", None).level == "public"


def test_causes_come_first_and_what_must_be_acted_on_is_on_top() -> None:
    run = replace(make_run())
    plain = actions(edition(run, audience(run.facts, "land", "internal")), "land")
    kinds = plain["kind"].tolist()
    assert kinds == sorted(kinds)  # causes, then findings
    ruled = replace(run, facts=replace(run.facts, authority={"land.parcel.use_class": ("planning", "land")}))
    made = actions(edition(ruled, audience(ruled.facts, "land", "internal")), "land")
    found = made[(made["kind"] == "finding") & (made["why"] == "authority")]
    assert len(found)
    assert set(found["must_act"]) == {"yes"}
    for kind in ("cause", "finding"):
        order = made.loc[made["kind"] == kind, "must_act"].map({"yes": 0, "together": 1, "no": 2}).tolist()
        assert order == sorted(order)


def test_a_check_that_rests_on_what_is_withheld_says_nothing_of_how_much_it_looked_at() -> None:
    run = confidential(10_000, to="confidential")
    made = edition(run, audience(run.facts, "public", "internal"))
    assert made.findings.empty
    before = {(one.rule, one.layer_a, one.layer_b): one for one in run.outcomes}
    for one in made.outcomes:
        if before[one.rule, one.layer_a, one.layer_b].found:
            assert one.answer == "not_checked"
            assert one.reason is not None
            assert one.reason.key == "publishing.above"
            assert (one.matched, one.candidates, one.judged, one.found, one.left_out) == (0, 0, 0, 0, 0)
