"""Law 1: "none found" has to be earned; what stands in its way is said, layer by layer."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from engine_layers import AS_OF, make_facts, make_layer, outcome_of, refused, run, square, why

import lantu
from lantu import rules
from lantu.engine import check, judging
from lantu.model import PROBLEM_COLUMNS, Department, ProblemKind
from lantu.relations import LeftOut

if TYPE_CHECKING:
    from pathlib import Path

    from lantu.engine import Checked
    from lantu.messages import Language
    from lantu.model import Layer, Outcome


def parcels(*classes: str | None, name: str = "parcels", at: float = 0.0, **columns: Any) -> Layer:
    shapes = [square(at + number, 0) for number in range(len(classes))]
    ids = [f"P{number}" for number in range(len(classes))]
    return make_layer(name, "land.parcel", shapes, **{"id": ids, "use_class": classes, **columns})


def plots(*classes: str | None, name: str = "plots", at: float = 0.0, **columns: Any) -> Layer:
    shapes = [square(at + number, 0) for number in range(len(classes))]
    return make_layer(name, "plan.plot", shapes, use_class=classes, **columns)


def lines(kind: str) -> Layer:
    return make_layer("lines", "plan.control_line", [square(0, 0, 5, 5)], kind=[kind])


def checked(code: str, *layers: Layer, **options: Any) -> Checked:
    return run(rules.build((code,), (), {}), *layers, **options)


def answer(code: str, *layers: Layer) -> Outcome:
    return outcome_of(checked(code, *layers), code)


def with_lost_records(layer: Layer, count: int) -> Layer:
    log = {name: [None] * count for name in PROBLEM_COLUMNS}
    log |= {
        "kind": [ProblemKind.RECORD_UNREADABLE.value] * count,
        "row": [-1] * count,
        "record": [-1] * count,
    }
    return replace(layer, problems=pd.DataFrame(log))


def spoken(outcome: Outcome, language: Language) -> str:
    assert outcome.reason is not None
    return outcome.reason.text(language)


# The three answers


def test_conflict() -> None:
    said = answer("LU01", parcels("cropland", "green_open"), plots("industrial", "green_open"))
    assert (said.answer, said.reason) == ("conflict", None)
    assert (said.matched, said.found, said.undecidable) == (2, 1, 0)


def test_none_found_is_earned_by_rule_layers_objects_and_ground() -> None:
    said = answer(
        "LU01", parcels("green_open", "residential_urban"), plots("green_open", "residential_urban")
    )
    assert (said.answer, said.reason) == ("none_found", None)
    assert (said.matched, said.found, said.undecidable) == (2, 0, 0)


def test_counts_say_what_was_looked_at() -> None:
    """Three parcels; the middle one contradicts its plot; neighbours share edges and no ground."""
    said = answer("LU01", parcels("forest", "cropland", "forest"), plots("forest", "industrial", "forest"))
    assert (said.layer_a, said.layer_b) == ("parcels", "plots")
    assert (said.matched, said.candidates, said.measured, said.judged, said.found) == (3, 3, 1, 1, 1)


# What keeps a rule from being checked


def test_no_layer_of_the_subject() -> None:
    said = answer("LU01", plots("forest"))
    assert why(said) == "engine.no_layer"
    assert (said.layer_a, said.layer_b) == (None, None)
    assert "land.parcel" in spoken(said, "en")


def test_no_layer_of_the_other_side() -> None:
    said = answer("LU01", parcels("forest"))
    assert why(said) == "engine.no_layer"
    assert said.layer_a == "parcels"
    assert "plan.plot" in spoken(said, "zh")


def test_no_second_layer_of_one_standard() -> None:
    assert why(answer("BD02", parcels("forest"))) == "engine.no_second_layer"


def test_no_shared_ground() -> None:
    said = answer("LU01", parcels("cropland"), plots("industrial", at=100.0))
    assert why(said) == "engine.no_ground_shared"
    assert "parcels" in spoken(said, "zh")


def test_ground_within_reach_is_shared() -> None:
    """A wall 10 m beside a pipe is no overlap, and still the ground that PI02 looks at."""
    pipes = make_layer("pipes", "utility.pipe", [square(-2, 0, 0.5, 1).boundary], medium=["sewage"])
    houses = make_layer("houses", "housing.building", [square(-1.4, 0)])
    found = checked("PI02", pipes, houses).outcomes
    assert [one.reason.key for one in found if one.reason is not None] == []


def test_no_id_shared() -> None:
    taxed = parcels("forest", "forest", name="tax", id=["T1", "T2"])
    assert why(answer("BD01", parcels("forest", "forest"), taxed)) == "engine.no_id_shared"


def test_no_id_shared_makes_missing_ids_unknown_too() -> None:
    """Two numberings that have nothing in common do not show a parcel that one department lacks."""
    taxed = parcels("forest", "forest", name="tax", id=["T1", "T2"])
    said = checked("BD02", parcels("forest", "forest"), taxed).outcomes
    assert [why(one) for one in said] == ["engine.no_id_shared"] * 2


def test_nothing_selected_on_the_subject_side() -> None:
    said = outcome_of(
        checked("LU03", parcels("forest"), lines("permanent_basic_farmland")), "LU03", "parcels"
    )
    assert why(said) == "engine.nothing_to_check"
    assert "parcels" in spoken(said, "en")


def test_nothing_selected_on_the_other_side() -> None:
    said = outcome_of(checked("LU03", parcels("residential_urban"), lines("green")), "LU03", "parcels")
    assert why(said) == "engine.nothing_to_check"
    assert "lines" in spoken(said, "en")


def test_column_lacking_on_the_subject_side() -> None:
    said = answer("LU01", parcels(None), plots("forest"))
    assert why(said) == "engine.column_lacking"
    assert all(word in spoken(said, "en") for word in ("'parcels'", "(use_class)'"))


def test_column_lacking_on_the_other_side() -> None:
    said = answer("LU01", parcels("cropland"), plots(None, None))
    assert why(said) == "engine.column_lacking"
    assert "'plots'" in spoken(said, "en")


def test_a_record_that_could_not_be_read_proves_nothing() -> None:
    clean = (parcels("green_open"), plots("green_open"))
    assert answer("LU01", *clean).answer == "none_found"
    for layers in ((with_lost_records(clean[0], 2), clean[1]), (clean[0], with_lost_records(clean[1], 2))):
        said = answer("LU01", *layers)
        assert why(said) == "engine.layer_incomplete"
        assert spoken(said, "en").startswith("2 records")


def test_a_conflict_stands_although_records_were_lost() -> None:
    layers = with_lost_records(parcels("cropland"), 2), plots("industrial")
    assert answer("LU01", *layers).answer == "conflict"


def test_only_undecidable_is_neither_violation_nor_pass() -> None:
    said = answer("LU01", parcels("cropland", "forest"), plots(None, "forest"))
    assert why(said) == "engine.only_undecidable"
    assert (said.found, said.undecidable) == (0, 1)


def test_undecidable_beside_a_conflict_is_a_conflict() -> None:
    said = answer("LU01", parcels("cropland", "cropland"), plots(None, "industrial"))
    assert (said.answer, said.found, said.undecidable) == ("conflict", 1, 1)


def test_pairs_that_cannot_be_computed_prove_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = judging.kept

    def one_fails(relation: Any, pairs: Any) -> Any:
        keep, left = kept(relation, pairs)
        return keep & False, left + LeftOut(failed=1)

    monkeypatch.setattr(judging, "kept", one_fails)
    assert why(answer("LU01", parcels("cropland"), plots("industrial"))) == "engine.pairs_failed"


# Layers that take no part


def test_a_refused_layer_leaves_its_rules_unchecked_and_the_others_alone() -> None:
    taxed = refused(parcels("forest", name="tax"), "no key to the archive")
    whole = checked("ALL", parcels("cropland"), plots("industrial"), taxed)
    with_tax = [one for one in whole.outcomes if "tax" in (one.layer_a, one.layer_b)]
    assert {one.rule for one in with_tax} >= {"LU01", "BD01", "BD02", "AT01", "GE02", "DA01", "DA05", "CR03"}
    for outcome in with_tax:
        assert why(outcome) == "engine.layer_refused"
        assert "no key to the archive" in spoken(outcome, "zh")
    assert outcome_of(whole, "LU01", "parcels").answer == "conflict"
    assert "tax" not in set(whole.findings["layer_a"]) | set(whole.findings["layer_b"])


def test_a_refusal_under_a_rule_is_that_rules_finding() -> None:
    level = {"level": "secret"}
    taxed = refused(make_layer("tax", "land.parcel", [square(0, 0)], level), "no datum", code="CR02")
    whole = checked("CR", taxed)
    assert outcome_of(whole, "CR02").answer == "conflict"
    assert outcome_of(whole, "CR02").layer_a == "tax"
    row = whole.findings.iloc[0]
    assert (row["rule"], row["layer_a"], row["id_a"], row["level"]) == ("CR02", "tax", "", "secret")
    assert "tax" in row["message"]
    assert whole.causes["layer"].tolist() == ["tax"]


def test_two_refused_layers_are_two_findings() -> None:
    both = [refused(parcels("forest", name=name), "no crs", code="CR01") for name in ("north", "south")]
    found = checked("CR01", *both).findings
    assert found["layer_a"].tolist() == ["north", "south"]
    assert found["finding_id"].is_unique


def test_an_empty_layer_is_not_checked() -> None:
    nothing = make_layer("parcels", "land.parcel", [])
    whole = checked("ALL", nothing, plots("forest"))
    said = {one.rule: why(one) for one in whole.outcomes if one.layer_a == "parcels"}
    assert said["DA01"] == said["GE01"] == "engine.layer_empty"
    assert set(said.values()) <= {"engine.layer_empty", "engine.nothing_to_check", "engine.column_lacking",
                                  "engine.no_layer", "engine.no_second_layer"}  # fmt: skip


def test_every_rule_answers_for_every_layer_it_could_take() -> None:
    """No rule is silent: each has an outcome, and each that names no layers says why."""
    chosen = rules.build(("ALL",), (), {})
    whole = run(chosen, parcels("cropland"), plots("industrial"))
    assert {one.rule for one in whole.outcomes} == {rule.code for rule in chosen}
    for one in whole.outcomes:
        assert one.layer_a is not None or one.rule == "DA08" or one.answer == "not_checked"
        assert (one.answer == "not_checked") == (one.reason is not None)


# Plots in force


@pytest.mark.parametrize(
    ("column", "day", "judged"),
    [
        ("valid_to", "2026-11-22", False),
        ("valid_to", "2026-11-23", True),
        ("valid_from", "2026-11-24", False),
        ("valid_from", "2026-11-23", True),
    ],
)
def test_a_plan_judges_on_its_days_only(column: str, day: str, judged: bool) -> None:  # noqa: FBT001
    assert AS_OF.isoformat() == "2026-11-23"
    said = answer("LU01", parcels("cropland"), plots("industrial", **{column: [pd.Timestamp(day)]}))
    assert (said.answer == "conflict") == judged
    if not judged:
        assert why(said) == "engine.nothing_to_check"


def test_a_plan_without_dates_is_in_force() -> None:
    layers = parcels("cropland", "cropland"), plots("industrial", "industrial", valid_to=[None, None])
    assert answer("LU01", *layers).found == 2


def test_expired_plots_do_not_hide_those_in_force() -> None:
    ends = [pd.Timestamp("2020-01-01"), None]
    whole = checked("ALL", parcels("cropland", "cropland"), plots("industrial", "industrial", valid_to=ends))
    assert outcome_of(whole, "LU01").found == 1
    expired = whole.findings[whole.findings["rule"] == "TE01"]
    assert expired["id_a"].tolist() == ["plots-000"]
    others = whole.findings[
        ~whole.findings["rule"].isin(["TE01"]) & whole.findings["rule"].str.startswith("LU")
    ]
    assert "plots-000" not in set(others["id_a"]) | set(others["id_b"])


# Duties


def test_a_missing_delivery_names_its_department() -> None:
    owing = Department(key="land", name="自然资源局", owes=("land.parcel", "land.survey"))
    facts = make_facts(parcels("forest"), departments={"land": owing, "parcels_bureau": owing})
    found = check(rules.build(("DA08",), (), {}), facts).findings
    assert set(found["department_a"]) == {"land", "parcels_bureau"}
    assert found["finding_id"].is_unique
    assert found["layer_a"].tolist() == [""] * len(found)


def test_a_rule_about_one_layer_earns_no_silence_from_records_that_were_not_read(tmp_path: Path) -> None:
    whole, lost = (
        {"type": "Feature", "properties": {"id": name}, "geometry": {"type": "Polygon", "coordinates": rings}}
        for name, rings in (("P1", [[[0, 0], [9, 0], [9, 9], [0, 0]]]), ("P2", [[[0, 0], "x"]]))
    )
    collection = {"type": "FeatureCollection", "features": [whole, lost]}
    (tmp_path / "p.geojson").write_text(json.dumps(collection), encoding="utf-8")
    blueprint = tmp_path / "blueprint.toml"
    blueprint.write_text(
        '[blueprint]\ncrs = "EPSG:32631"\nas_of = 2026-11-23\n[departments.land]\n'
        '[layers.p]\npath = "p.geojson"\nstandard = "land.parcel"\ndepartment = "land"\n',
        encoding="utf-8",
    )
    run = lantu.open(blueprint).check(select=["GE01", "GE07"])
    assert {outcome.rule: outcome.answer for outcome in run.outcomes} == {
        "GE01": "not_checked",
        "GE07": "conflict",
    }
