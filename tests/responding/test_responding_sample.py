"""Pipes that stay with their owner: the round trip gives the verdicts of the open run, and shows no more."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
import shapely

import lantu
from lantu.cli.main import main
from lantu.cli.sample import copy_sample
from lantu.responding import (
    RespondingError,
    make_request,
    merge,
    new_key,
    read_package,
    read_private_key,
    read_public_key,
    respond,
    write_package,
)
from lantu.responding.package import (
    FEATURE_FIELDS,
    LAYER_FIELDS,
    NOT_ASKED_FIELDS,
    OUTCOME_FIELDS,
    REQUEST,
    REQUEST_FIELDS,
    RESPONSE,
    RESPONSE_FIELDS,
    RULE_FIELDS,
    SOURCE_FIELDS,
    VERDICT_FIELDS,
)
from lantu.responding.signing import signed

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow
"""Three checks of the sample."""

NOW = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
COMPARED = ("rule", "verdict", "severity", "field", "unit")
NUMBERS = ("measure", "required", "tolerance")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample twice over: one blueprint without the pipes, the owner's with the pipes alone."""
    made = tmp_path_factory.mktemp("responding")
    whole = copy_sample(made / "sample").read_text(encoding="utf-8")
    pipes = re.search(r"\[layers\.pipes\].*?(?=\n\[)", whole, re.DOTALL)
    assert pipes is not None
    (made / "sample" / "asker.toml").write_text(whole.replace(pipes[0], ""), encoding="utf-8")
    head = '[blueprint]\nname = "owner"\ncrs = "EPSG:4548"\nas_of = 2026-11-23\n[departments.municipal]\n'
    (made / "sample" / "owner.toml").write_text(head + pipes[0] + "\n", encoding="utf-8")
    return made / "sample"


@pytest.fixture(scope="module")
def open_run(folder: Path) -> Any:
    return lantu.open(folder / "blueprint.toml").check()


@pytest.fixture(scope="module")
def asking(folder: Path) -> Any:
    return lantu.open(folder / "asker.toml").check()


@pytest.fixture(scope="module")
def owner(folder: Path) -> Any:
    return lantu.open(folder / "owner.toml")


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Any:
    here = tmp_path_factory.mktemp("keys")
    new_key(here / "key", here / "key.pub")
    return read_private_key(here / "key"), read_public_key(here / "key.pub")


@pytest.fixture(scope="module")
def asked(asking: Any) -> Any:
    return make_request(asking, "utility.pipe", "municipal", level="internal")


@pytest.fixture(scope="module")
def answer(asked: Any, owner: Any, keys: Any) -> dict[str, Any]:
    travelled = json.loads(json.dumps(asked.content))
    return respond(travelled, list(owner.layers.values()), owner.facts.working_crs, keys[0], now=NOW)


def verdicts(findings: Any, ours: set[str]) -> list[tuple[Any, ...]]:
    found = []
    for row in findings.to_dict(orient="records"):
        side = "a" if row["layer_a"] in ours else "b"
        texts = [row[name] for name in COMPARED]
        numbers = [None if row[name] != row[name] else round(row[name], 6) for name in NUMBERS]
        found.append((*texts, *numbers, row[f"layer_{side}"], row[f"id_{side}"]))
    return sorted(found, key=repr)


def test_the_round_trip_gives_the_verdicts_of_the_open_run(
    open_run: Any, asking: Any, asked: Any, answer: dict[str, Any], keys: Any
) -> None:
    merged = merge(asking, asked.content, asked.key, json.loads(json.dumps(answer)), keys[1], "response.json")
    ours = {layer["name"] for layer in asked.content["layers"]}
    codes = {one["code"] for one in asked.content["rules"]}
    table = open_run.findings
    between = (table["layer_a"] == "pipes") & table["layer_b"].isin(list(ours))
    between |= (table["layer_b"] == "pipes") & table["layer_a"].isin(list(ours))
    expected = verdicts(table[between & table["rule"].isin(list(codes))], ours)
    added = merged.findings[merged.findings["level"] == "withheld"]
    assert len(expected) > 20
    assert verdicts(added, ours) == expected
    assert len(merged.findings) == len(asking.findings) + len(added)
    answers = {
        (o.rule, o.layer_a if o.layer_a in ours else o.layer_b): o.answer
        for o in open_run.outcomes
        if "pipes" in {o.layer_a, o.layer_b}
    }
    for outcome in merged.outcomes:
        if outcome.layer_b == "municipal:utility.pipe" and outcome.layer_a is not None:
            assert answers[outcome.rule, outcome.layer_a] == outcome.answer


LAYERS = (
    "parcels", "survey", "survey_update", "plots", "plots_park", "control_lines", "housing_parcels",
    "buildings", "heritage_zones", "roads", "water_zones",
)  # fmt: skip


@pytest.mark.parametrize("name", LAYERS)
def test_whatever_layer_stays_away_the_verdicts_are_those_of_the_open_run(
    open_run: Any, folder: Path, keys: Any, name: str
) -> None:
    """The open run without the layer asks; its owner answers; what is merged is what the open run found."""
    layer = next(one for one in open_run.facts.layers if one.name == name)
    left = tuple(one for one in open_run.facts.layers if one.name != name)
    rest = replace(open_run, facts=replace(open_run.facts, layers=left))
    asked = make_request(rest, layer.standard, layer.department, level="internal")
    owner = lantu.open(folder / "blueprint.toml")
    made = respond(asked.content, [owner.layers[name]], owner.facts.working_crs, keys[0], now=NOW)
    merged = merge(rest, asked.content, asked.key, json.loads(json.dumps(made)), keys[1], "response.json")
    ours = {one["name"] for one in asked.content["layers"]}
    codes = [one["code"] for one in asked.content["rules"]]
    columns = [*COMPARED, *NUMBERS, "layer_a", "id_a", "layer_b", "id_b"]
    table = pd.concat([open_run.findings[columns], open_run.waived[columns]])  # the owner knows no waiver
    between = (table["layer_a"] == name) & table["layer_b"].isin(list(ours))
    between |= (table["layer_b"] == name) & table["layer_a"].isin(list(ours))
    expected = verdicts(table[between & table["rule"].isin(codes)], ours)
    added = merged.findings[merged.findings["level"] == "withheld"]
    assert verdicts(added, ours) == expected
    assert expected


def test_the_rules_not_asked_about_are_said_with_the_reason(asked: Any, open_run: Any, answer: Any) -> None:
    """Whatever the open run finds between pipes and another layer was asked, or is said not to be."""
    del answer
    table = open_run.findings
    pipes = table[(table["layer_a"] == "pipes") ^ (table["layer_b"] == "pipes")]
    pipes = pipes[pipes["layer_b"].notna()]
    confidential = {"nodes"}  # above the level of the request, so the owner need not know of the rule
    codes = {one["code"] for one in (*asked.content["rules"], *asked.content["not_asked"])}
    missing = pipes[~pipes["rule"].isin(list(codes))]
    assert set(missing["layer_a"]) | set(missing["layer_b"]) <= {"pipes"} | confidential


@pytest.fixture(scope="module")
def about_parcels(asking: Any) -> Any:
    """What is asked of an owner of parcels by somebody who has surveys, plots and parcels too."""
    return make_request(asking, "land.parcel", "land", level="internal")


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("BD01", "by_id"),
        ("AT01", "by_id"),
        ("BD03", "by_id"),
        ("LU06", "whole_layer"),
        ("CR04", "whole_layer"),
    ],
)
def test_what_needs_ids_or_whole_layers_is_listed(about_parcels: Any, code: str, reason: str) -> None:
    told = {one["code"]: one["reason"] for one in about_parcels.content["not_asked"]}
    assert told[code] == f"responding.reason.{reason}"
    assert code not in {one["code"] for one in about_parcels.content["rules"]}


def test_what_was_not_asked_is_not_checked_in_the_merged_run(
    asking: Any, about_parcels: Any, folder: Path, keys: Any
) -> None:
    owner = lantu.open(folder / "blueprint.toml")
    parcels = [owner.layers["parcels"]]
    made = respond(about_parcels.content, parcels, owner.facts.working_crs, keys[0], now=NOW)
    merged = merge(asking, about_parcels.content, about_parcels.key, made, keys[1], "response.json")
    told = {
        one.rule: one for one in merged.outcomes if one.layer_b == "land:land.parcel" and one.layer_a is None
    }
    assert set(told) == {one["code"] for one in about_parcels.content["not_asked"]}
    assert {one.answer for one in told.values()} == {"not_checked"}
    said = told["BD01"].reason
    assert said is not None
    assert said.text("en") == "not checked: compares ids, which leave only as hashes"
    listed = merged.not_checked
    assert set(told) <= set(listed["rule"])


def test_the_request_holds_what_is_stated_and_no_more(asked: Any, asking: Any) -> None:
    content = asked.content
    assert set(content) == set(REQUEST_FIELDS)
    assert all(set(one) == set(RULE_FIELDS) for one in content["rules"])
    assert all(set(one) == set(NOT_ASKED_FIELDS) for one in content["not_asked"])
    text = json.dumps(content, ensure_ascii=False)
    for layer in content["layers"]:
        assert set(layer) == set(LAYER_FIELDS)
        source = next(one for one in asking.facts.layers if one.name == layer["name"])
        assert source.level in {"public", "internal"}
        assert "right_holder" not in layer["columns"]
        for feature in layer["features"]:
            assert set(feature) == set(FEATURE_FIELDS)
            assert set(feature["values"]) == set(layer["columns"])
            assert re.fullmatch("[0-9a-f]{32}", feature["id"])
        for id_ in source.ids:
            assert f'"{id_}"' not in text
        if "right_holder" in source.frame:
            assert not [name for name in source.frame["right_holder"].dropna().unique() if name in text]
    assert asked.key.hex() not in text
    again = make_request(asking, "utility.pipe", "municipal", level="internal")
    assert again.content["layers"][0]["features"][0]["id"] != content["layers"][0]["features"][0]["id"]


def test_the_response_holds_what_is_stated_and_nothing_of_the_owner(
    answer: dict[str, Any], owner: Any
) -> None:
    assert set(answer) == set(RESPONSE_FIELDS)
    assert all(set(one) == set(VERDICT_FIELDS) for one in answer["verdicts"])
    assert all(set(one) == set(OUTCOME_FIELDS) for one in answer["outcomes"])
    assert all(set(one) == set(SOURCE_FIELDS) for one in answer["source"])
    assert answer["source"][0]["sha256"] == owner.layers["pipes"].provenance.sha256
    text = json.dumps(answer, ensure_ascii=False)
    pipes = owner.layers["pipes"]
    for id_ in pipes.ids:
        assert str(id_) not in text
    for name in ("medium", "owner", "pressure"):
        words = {str(one) for one in pipes.values(name) if one is not None}
        assert not [word for word in words if f'"{word}"' in text]
    for x, y in shapely.get_coordinates(pipes.geometry):
        assert f"{x:.3f}"[:-1] not in text
        assert f"{y:.3f}"[:-1] not in text


def test_a_response_that_was_changed_or_signed_by_another_is_refused(
    asking: Any, asked: Any, answer: dict[str, Any], keys: Any, tmp_path: Path
) -> None:
    changed = json.loads(json.dumps(answer))
    changed["verdicts"][0]["verdict"] = "undecidable"
    with pytest.raises(RespondingError, match="signature"):
        merge(asking, asked.content, asked.key, changed, keys[1], "response.json")
    new_key(tmp_path / "other", tmp_path / "other.pub")
    other = read_private_key(tmp_path / "other")
    forged = signed({k: v for k, v in answer.items() if k not in {"public_key", "signature"}}, other)
    with pytest.raises(RespondingError, match="another key"):
        merge(asking, asked.content, asked.key, forged, keys[1], "response.json")


def test_an_answer_to_another_request_or_about_what_was_not_asked_is_refused(
    asking: Any, asked: Any, answer: dict[str, Any], keys: Any
) -> None:
    another = {**asked.content, "as_of": "2020-01-01"}
    with pytest.raises(RespondingError, match="another request"):
        merge(asking, another, asked.key, answer, keys[1], "response.json")
    plain = {k: v for k, v in answer.items() if k not in {"public_key", "signature"}}
    invented = json.loads(json.dumps(plain))
    invented["verdicts"][0]["id"] = "0" * 32
    with pytest.raises(RespondingError, match="not asked about"):
        merge(asking, asked.content, asked.key, signed(invented, keys[0]), keys[1], "response.json")
    more = json.loads(json.dumps(plain))
    more["verdicts"][0]["geometry"] = "POINT (1 1)"
    with pytest.raises(RespondingError, match="more or less"):
        merge(asking, asked.content, asked.key, signed(more, keys[0]), keys[1], "response.json")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda r: r["layers"][0]["features"][0].update(wkb="00"),
        lambda r: r["layers"][0]["features"][0].update(wkb=shapely.Point(float("nan"), 1).wkb_hex),
        lambda r: r["layers"][0].update(features=3),
        lambda r: r["rules"][0].update(parameters=7),
    ],
)
def test_a_damaged_request_is_refused(asked: Any, owner: Any, keys: Any, spoil: Any) -> None:
    request = json.loads(json.dumps(asked.content))
    spoil(request)
    with pytest.raises(RespondingError):
        respond(request, list(owner.layers.values()), owner.facts.working_crs, keys[0], now=NOW)


def test_a_package_with_more_than_was_agreed_is_not_read(asked: Any, tmp_path: Path) -> None:
    write_package(tmp_path / "request.json", {**asked.content, "note": "x"})
    with pytest.raises(RespondingError, match="note"):
        read_package(tmp_path / "request.json", REQUEST)
    with pytest.raises(RespondingError):
        read_package(tmp_path / "request.json", RESPONSE)


def lantu_command(*arguments: object) -> int:
    with pytest.raises(SystemExit) as left:
        main([str(argument) for argument in arguments])
    return int(left.value.code or 0)


def test_the_commands_make_the_whole_round_trip(asking: Any, folder: Path, tmp_path: Path) -> None:
    run, made = tmp_path / "run", tmp_path / "merged"
    asking.write(run, formats=["parquet"])
    request, response, key = (tmp_path / name for name in ("request.json", "response.json", "owner.key"))
    asked_for = ("--standard", "utility.pipe", "--of", "municipal", "--select", "PI01,PI02")
    assert lantu_command("request", run, *asked_for, "--out", request) == 0
    answered = ("--blueprint", folder / "owner.toml", "--key", key, "--out", response)
    assert lantu_command("respond", request, *answered) == 0
    trusted = ("--request", request, "--trust", f"{key}.pub", "--out", made)
    assert lantu_command("merge", run, response, *trusted) == 0
    told = json.loads((made / "run.json").read_text(encoding="utf-8"))
    assert told["blueprint"]["level"] == "withheld"
    assert (made / "report.html").is_file()
    assert (made / "kept" / "record.json").is_file()
    assert (
        lantu_command("publish", made, "--for", "public", "--level", "secret", "--out", tmp_path / "ed") == 0
    )
    assert "municipal:utility.pipe" not in (tmp_path / "ed" / "run.json").read_text(encoding="utf-8")
