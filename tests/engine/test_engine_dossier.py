"""The dossier of a parcel: known answers on a small district, and the sample against geopandas."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from engine_layers import EAST_M, NORTH_M, as_run, make_facts, make_layer, refused, square

import lantu
from lantu.cli.sample import copy_sample
from lantu.engine import SubjectError, check, dossier, find_subject
from lantu.messages import say
from lantu.model import Department, ProblemKind
from lantu.rules import build

if TYPE_CHECKING:
    from pathlib import Path

    from lantu.engine import Dossier
    from lantu.model import Layer


def parcels() -> Layer:
    """Return three parcels of 50 m by 50 m in a row."""
    return make_layer(
        "parcels", "land.parcel", [square(0, 0), square(1, 0), square(2, 0)], id=["P1", "P2", "P3"],
        use_class=["cropland", None, None], right_holder=["Li", None, None],
        changes={"levels": {"right_holder": "confidential"}},
    )  # fmt: skip


def of(wanted: str, *layers: Layer, **facts: Any) -> Dossier:
    made = make_facts(*layers, **facts)
    run = as_run(check(build(("DA", "CR"), (), {}), made, jobs=1), made)
    return dossier(find_subject(wanted, made), run)


def answers(found: Dossier) -> dict[str, str]:
    known = found.layers[found.layers["layer"].notna()]
    return dict(zip(known["layer"], known["answer"], strict=True))


def reason(found: Dossier, name: str) -> str:
    (one,) = found.layers.loc[found.layers["layer"] == name, "reason"]
    return str(one.key)


def shifted_box(x_m: float, y_m: float, width_m: float, height_m: float) -> Any:
    return shapely.box(EAST_M + x_m, NORTH_M + y_m, EAST_M + x_m + width_m, NORTH_M + y_m + height_m)


def test_areas_lengths_and_points_have_known_answers() -> None:
    plots = make_layer("plots", "plan.plot", [shifted_box(-10, 0, 35, 50), shifted_box(300, 0, 9, 9)])
    through = shapely.LineString([(EAST_M + 20, NORTH_M - 30), (EAST_M + 20, NORTH_M + 80)])
    pipes = make_layer("pipes", "utility.pipe", [through])
    sites = make_layer("sites", "heritage.site", [shapely.Point(EAST_M + 30, NORTH_M + 30)])
    found = of("P1", parcels(), plots, pipes, sites)
    assert answers(found) == dict.fromkeys(("parcels", "plots", "pipes", "sites"), "concerned")
    objects = found.objects.set_index("id")
    assert list(objects.index) == ["P1", "plots-000", "pipes-000", "sites-000"]
    assert objects.loc["plots-000", "area_m2"] == pytest.approx(25 * 50)
    assert objects.loc["plots-000", "share"] == pytest.approx(0.5)
    assert objects.loc["pipes-000", "length_m"] == pytest.approx(50)
    assert objects.loc["P1", "how"] == "self"
    assert objects.loc["P1", "values"] == {"use_class": "cropland"}  # the holder's name is confidential


def test_what_is_not_wider_than_the_tolerance_does_not_concern() -> None:
    line = make_layer("line", "plan.control_line", [shifted_box(-50, 0, 50.1, 50)])  # 0.1 m by 50 m inside
    wide = make_layer("wide", "plan.control_line", [shifted_box(-50, 0, 50.2, 50)])
    found = of("P1", parcels(), line, wide)
    assert answers(found) == {"parcels": "concerned", "line": "not_concerned", "wide": "concerned"}
    (row,) = found.layers[found.layers["layer"] == "line"].to_dict("records")
    assert row["tolerance_m"] == pytest.approx(2 * (2 * 0.05**2) ** 0.5)
    assert [note.key for note in row["notes"]] == ["dossier.left_out"]
    assert row["notes"][0].text("en").count("(5.00 m²") == 1


def test_a_neighbour_that_touches_is_dropped() -> None:
    found = of("P2", parcels())
    assert list(found.objects["id"]) == ["P2"]


def test_an_object_that_carries_the_id_concerns_from_elsewhere() -> None:
    tax = make_layer("tax", "land.parcel", [square(2, 2)], id=["P1"])
    buildings = make_layer("buildings", "housing.building", [square(5, 5)], parcel_id=["P1"])
    found = of("parcels:P1", parcels(), tax, buildings)
    how = dict(zip(found.objects["layer"], found.objects["how"], strict=True))
    assert how == {"parcels": "self", "tax": "id", "buildings": "id"}


def test_not_concerned_is_earned_and_no_data_says_why() -> None:
    far = [square(2, 0, 0.5, 0.5)]
    plain = make_layer("plain", "water.zone", far)
    lost = make_layer("lost", "water.zone", far)
    lost = replace(
        lost,
        problems=pd.DataFrame(
            [{"kind": ProblemKind.RECORD_UNREADABLE.value, "row": -1, "record": 2, "column": None,
              "raw": None, "detail": None, "geometry": None}]
        ),
        provenance=replace(lost.provenance, count_in=2, count_listed=1),
    )  # fmt: skip
    old = make_layer("old", "water.zone", far)
    old = replace(old, provenance=replace(old.provenance, issued=dt.date(2024, 1, 1), update="P1Y"))
    nowhere = make_layer("nowhere", "water.zone", [*far, None])
    elsewhere = make_layer("elsewhere", "water.zone", [square(90, 90)])
    gone = refused(make_layer("gone", "water.zone", far), "no coordinate system")
    none = make_layer("none", "water.zone", [])
    found = of("P1", parcels(), plain, lost, old, nowhere, elsewhere, gone, none)
    assert answers(found) == {"parcels": "concerned", "plain": "not_concerned"} | dict.fromkeys(
        ("lost", "old", "nowhere", "elsewhere", "gone", "none"), "no_data"
    )
    assert reason(found, "lost") == "engine.layer_incomplete"
    assert reason(found, "old") == "dossier.overdue"
    assert reason(found, "nowhere") == "dossier.no_place"
    assert reason(found, "elsewhere") == "engine.no_ground_shared"
    assert reason(found, "gone") == "engine.layer_refused"
    assert reason(found, "none") == "engine.layer_empty"


def test_what_was_found_in_an_incomplete_layer_still_concerns() -> None:
    found = of("P1", parcels(), make_layer("some", "water.zone", [square(0, 0), None]))
    assert answers(found)["some"] == "concerned"


def test_a_plan_that_is_not_in_force_is_shown_and_does_not_count() -> None:
    past = make_layer(
        "past", "plan.plot", [square(0, 0)], valid_to=[dt.date(2020, 1, 1)], valid_from=[dt.date(2010, 1, 1)]
    )
    found = of("P1", parcels(), past)
    assert answers(found)["past"] == "not_concerned"
    assert not found.objects.set_index("layer").loc["past", "in_force"]


def test_a_department_that_owes_and_did_not_deliver_has_no_data() -> None:
    names = {
        "parcels_bureau": Department(key="parcels_bureau", name="Land", owes=("land.parcel", "land.survey")),
        "telecom": Department(key="telecom", name="Telecom", owes=("utility.pipe",)),
        "idle": Department(key="idle", name="Idle"),
    }
    found = of("P1", parcels(), departments=names)
    assert list(found.departments["answer"]) == ["concerned", "no_data", "no_data"]
    assert list(found.departments["no_data"]) == [1, 1, 0]
    assert [one.key if one else None for one in found.departments["reason"]] == [
        "dossier.not_delivered", "dossier.not_delivered", "dossier.no_layer",
    ]  # fmt: skip


def test_the_findings_of_the_parcel_come_with_it() -> None:
    copy = make_layer("copy", "land.parcel", [square(0, 0)], id=["P2"])
    made = make_facts(parcels(), copy)
    run = as_run(check(build(("BD",), (), {}), made, jobs=1), made)
    found = dossier(find_subject("parcels:P2", made), run)
    assert len(found.findings)
    named = set(found.findings["id_a"]) | set(found.findings["id_b"].dropna())
    assert "P2" in named


@pytest.mark.parametrize("wanted", ["P2", "parcels:P2", f"{EAST_M + 75},{NORTH_M + 25}"])
def test_a_parcel_is_found_by_id_by_layer_and_by_place(wanted: str) -> None:
    assert find_subject(wanted, make_facts(parcels())).id == "P2"


def test_an_unknown_a_shared_and_a_flat_one_are_refused_in_words() -> None:
    line = make_layer(
        "line", "utility.pipe", [shapely.LineString([(EAST_M, NORTH_M), (EAST_M + 9, NORTH_M)])]
    )
    facts = make_facts(parcels(), replace(parcels(), name="copy"), line)
    for wanted, key in (
        ("P9", "unknown"),
        ("P1", "several"),
        ("line-000", "no_polygon"),
        ("nan,nan", "unknown"),
    ):
        with pytest.raises(SubjectError) as refusal:
            find_subject(wanted, facts)
        assert refusal.value.message.key == f"dossier.{key}"
        assert all(refusal.value.text(language) for language in ("zh", "en"))


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> lantu.Blueprint:
    folder: Path = tmp_path_factory.mktemp("dossier") / "sample"
    copy_sample(folder)
    return lantu.open(folder / "blueprint.toml")


def test_sample_areas_agree_with_geopandas(sample: lantu.Blueprint) -> None:
    run = sample.check(select=["CR"])
    own = sample.layers["parcels"]
    for row in range(0, len(own), 97):
        found = sample.dossier(f"parcels:{own.ids[row]}", run=run)
        parcel = own.frame.iloc[[row]][["geometry"]]
        ground = found.objects[found.objects["area_m2"].notna() & (found.objects["how"] != "self")]
        listed = {(one.layer, one.id): one.area_m2 for one in ground.itertuples()}
        for layer in sample.layers.values():
            if layer.refusal is not None or layer is own or len(layer) == 0:
                continue
            solid = layer.frame[layer.frame.geom_type.isin(["Polygon", "MultiPolygon"])][["id", "geometry"]]
            shared = gpd.overlay(solid, parcel, keep_geom_type=True)
            area_m2 = dict(zip(shared["id"], shared.area, strict=True))
            mine = {name: area for (where, name), area in listed.items() if where == layer.name}
            assert mine == pytest.approx({name: area_m2[name] for name in mine}, rel=1e-9, abs=1e-6)
            (tolerance_m,) = found.layers.loc[found.layers["layer"] == layer.name, "tolerance_m"]
            dropped = shared[~shared["id"].isin(list(mine))].geometry
            assert dropped.buffer(-0.52 * tolerance_m).is_empty.all()  # what is not listed is no wider


def test_sample_has_all_three_answers_with_reasons(sample: lantu.Blueprint) -> None:
    found = sample.dossier("parcels:370306001007JD00004")
    assert set(found.departments["answer"]) == {"concerned", "no_data"}
    assert set(found.layers["answer"]) == {"concerned", "not_concerned", "no_data"}
    for row in found.layers.itertuples():
        assert (row.reason is not None) == (row.answer == "no_data")
    assert "LU01" in set(found.findings["rule"])
    assert say("dossier.answer.no_data", "zh") == "无资料"
