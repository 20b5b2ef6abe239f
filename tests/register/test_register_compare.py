"""Two runs of a small district, one delivery changed between them: every status with its reason."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

import lantu
from lantu.cli import main
from lantu.errors import OutputError
from lantu.model import translated
from lantu.register.comparison import STATUSES, statuses

if TYPE_CHECKING:
    from pathlib import Path

HEAD = """
[blueprint]
name = "District"
crs = "EPSG:4548"
as_of = 2026-11-23
language = "en"
[departments.land]
name = "Land"
[departments.planning]
name = "Planning"
[rules]
select = ["LU01"]
[layers.parcels]
path = "parcels.geojson"
standard = "land.parcel"
department = "land"
issued = 2026-01-05
crs = "EPSG:4548"
codelist = "gbt21010-2017"
fields = { id = "id", use_code = "use" }
[layers.plots]
path = "plots.geojson"
standard = "plan.plot"
department = "planning"
crs = "EPSG:4548"
codelist = "spatial-2023"
fields = { id = "id", use_code = "use" }
"""

IDS = ("1", "2", "3", "4")
WAIVER = "rule,layer_a,id_a,layer_b,id_b,reason,decided_by,decided_on,until\n"


def deliver(folder: Path, name: str, use: dict[str, str], *, wide_m: float = 50.0) -> None:
    """Write squares of 50 m side, one an id; the first is ``wide_m`` wide."""
    shapes = [
        shapely.box(576_000 + 100 * n, 4_075_000, 576_000 + 100 * n + (wide_m if n == 0 else 50), 4_075_050)
        for n in range(len(use))
    ]
    frame = gpd.GeoDataFrame({"id": list(use), "use": list(use.values())}, geometry=shapes)
    (folder / f"{name}.geojson").write_text(frame.to_json(drop_id=True), encoding="utf-8")


@pytest.fixture
def district(tmp_path: Path) -> Path:
    """Make homes on four parcels, of which the plan makes industry of the first two."""
    (tmp_path / "blueprint.toml").write_text(HEAD, encoding="utf-8")
    deliver(tmp_path, "parcels", dict.fromkeys(IDS, "0701"))
    deliver(tmp_path, "plots", {"1": "1001", "2": "1001", "3": "0701", "4": "0701"})
    return tmp_path


def check(district: Path, **options: Any) -> lantu.Run:
    return lantu.open(district / "blueprint.toml").check(**options)


def by_object(found: pd.DataFrame) -> dict[str, str]:
    return dict(zip(found["id_a"], found["status"], strict=True))


def test_one_changed_delivery_is_named_with_what_changed(district: Path) -> None:
    old = check(district)
    deliver(district, "plots", {"1": "1001", "2": "0701", "3": "1001", "4": "0701"}, wide_m=40.0)
    new = check(district)
    compared = lantu.compare(old, new)
    found = compared.findings.set_index("id_a")
    assert found["status"].to_dict() == {"1": "persisting", "2": "resolved", "3": "new"}
    assert found["introduced_by"].to_dict() == {"1": "", "2": "", "3": "b"}
    assert found["object_a"].tolist() == ["same"] * 3
    assert found["object_b"].to_dict() == {"1": "geometry", "2": "attributes", "3": "attributes"}
    assert found.loc["1", "changed"] == "measure, geometry"
    sha = new.summary()["layers"]["plots"]["source"]["sha256"]
    assert found.loc["3", "delivery"] == f"plots (Planning, {sha[:12]})"
    assert compared.layers.set_index("layer")["state"].to_dict() == {
        "parcels": "unchanged",
        "plots": "changed",
    }


def test_folders_say_the_same_as_runs(district: Path) -> None:
    old = check(district)
    deliver(district, "parcels", {"1": "0701", "3": "0701", "4": "0701"})
    new = check(district)
    old.write(district / "runs/1", formats=["parquet"])
    new.write(district / "runs/2", formats=["parquet"])
    in_memory, on_disk = lantu.compare(old, new), lantu.compare(district / "runs/1", district / "runs/2")
    pd.testing.assert_frame_equal(in_memory.findings, on_disk.findings)
    gone = in_memory.findings.set_index("id_a").loc["2"]
    assert (gone["status"], gone["object_a"], gone["object_b"]) == ("resolved", "removed", "same")
    assert lantu.compare(old, old).counts() == dict.fromkeys(STATUSES, 0) | {"persisting": 2}


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ('["LU01"]', '["LU02"]', "rule LU01 was not run this time"),
        ('"plots.geojson"', '"broken.geojson"', "broken.geojson"),
        (
            ', use_code = "use" }\n[layers.plots]',
            " }\n[layers.plots]",
            "has no value at all in 'land-use class (use_class)'",
        ),
        ('["LU01"]', '["LU01"]\n[rules.LU01]\nmin_area_m2 = 5000', "min_area_m2 50.0 → 5000"),
    ],
)
def test_what_was_not_looked_at_again_is_not_resolved(
    district: Path, before: str, after: str, reason: str
) -> None:
    old = check(district)
    (district / "broken.geojson").write_text("{", encoding="utf-8")
    file = district / "blueprint.toml"
    file.write_text(HEAD.replace(before, after), encoding="utf-8")
    found = lantu.compare(old, check(district)).findings
    assert by_object(found) == {"1": "not_retested", "2": "not_retested"}
    assert found["reason"].str.contains(reason, regex=False).all(), found["reason"].tolist()


def test_a_layer_that_left_the_blueprint_resolves_nothing(district: Path) -> None:
    old = check(district)
    (district / "blueprint.toml").write_text(HEAD[: HEAD.index("[layers.plots]")], encoding="utf-8")
    found = lantu.compare(old, check(district)).findings
    assert set(found["reason"]) == {"layer 'plots' is no longer in the blueprint"}


def test_a_new_finding_of_old_deliveries_comes_from_the_settings(district: Path) -> None:
    file = district / "blueprint.toml"
    file.write_text(HEAD + "[rules.LU01]\nmin_area_m2 = 5000\n", encoding="utf-8")
    old = check(district)
    file.write_text(HEAD, encoding="utf-8")
    found = lantu.compare(old, check(district)).findings
    assert set(found["introduced_by"]) == {"neither"}
    assert found["reason"].str.contains("the parameters of LU01 changed").all()


def test_an_object_with_another_id_is_the_same_object(district: Path) -> None:
    old = check(district)
    deliver(district, "plots", {"1": "1001", "B2": "1001", "3": "0701", "4": "0701"})
    new = check(district)
    found = lantu.compare(old, new).findings.set_index("id_a")
    assert found["status"].to_dict() == {"1": "persisting", "2": "persisting"}
    renamed = found.loc["2"]
    (before,) = old.findings.loc[old.findings["id_a"] == "2", "finding_id"]
    assert (renamed["id_b"], renamed["object_b"], renamed["formerly"]) == ("B2", "renamed", before)
    assert (renamed["changed"], renamed["changed_b"]) == ("", "fields: id")
    assert found.loc["1", "formerly"] == ""


def test_another_id_with_another_geometry_is_another_object(district: Path) -> None:
    old = check(district)
    deliver(district, "plots", {"B1": "1001", "2": "1001", "3": "0701", "4": "0701"}, wide_m=45.0)
    found = lantu.compare(old, check(district)).findings
    statuses_now = {(row["id_b"], row["object_b"]): row["status"] for row in found.to_dict("records")}
    assert statuses_now == {
        ("1", "removed"): "resolved",
        ("B1", "added"): "new",
        ("2", "same"): "persisting",
    }


@pytest.mark.parametrize("delivered_anew", [False, True])
def test_a_layer_with_another_name_is_the_same_layer(district: Path, *, delivered_anew: bool) -> None:
    old = check(district)
    file = district / "blueprint.toml"
    file.write_text(HEAD.replace("[layers.plots]", "[layers.plan]"), encoding="utf-8")
    if delivered_anew:
        deliver(district, "plots", {"1": "1001", "2": "0701", "3": "1001", "4": "0701"})
    compared = lantu.compare(old, check(district))
    wanted = (
        {"1": "persisting", "2": "resolved", "3": "new"}
        if delivered_anew
        else dict.fromkeys("12", "persisting")
    )
    assert by_object(compared.findings) == wanted
    assert set(compared.findings["layer_b"]) == {"plan"}
    plan = compared.layers.set_index("layer").loc["plan"]
    assert (plan["formerly"], plan["state"]) == ("plots", "changed" if delivered_anew else "unchanged")
    kept = compared.findings[compared.findings["status"] == "persisting"]
    assert set(kept["formerly"]) <= set(old.findings["finding_id"])


def test_a_layer_of_another_file_under_another_name_is_another_layer(district: Path) -> None:
    old = check(district)
    deliver(district, "plan", {"1": "1001", "2": "0701", "3": "0701", "4": "0701"})
    text = HEAD.replace("[layers.plots]", "[layers.plan]").replace('"plots.geojson"', '"plan.geojson"')
    (district / "blueprint.toml").write_text(text, encoding="utf-8")
    found = lantu.compare(old, check(district)).findings
    assert found["status"].tolist().count("not_retested") == 2
    assert set(found.loc[found["status"] == "not_retested", "reason"]) == {
        "layer 'plots' is no longer in the blueprint"
    }


def test_what_changed_of_an_object_is_told(district: Path) -> None:
    old = check(district)
    deliver(district, "plots", {"1": "1002", "2": "1001", "3": "0701", "4": "0701"}, wide_m=40.0)
    new = check(district)
    found = lantu.compare(old, new).findings.set_index("id_a")
    # The square's eastern side came 10 m closer: its centroid 5 m, its area 10 x 50 m2.
    told = "moved 5.00 m; area or length 2,500.0 → 2,000.0; fields: use"
    assert (found.loc["1", "object_b"], found.loc["1", "changed_b"]) == ("both", told)
    assert found.loc["1", "changed_a"] == ""
    ids = found["finding_id"]
    chinese = translated(lantu.compare(old, new).translations, "changed_b")
    assert chinese[ids["1"]] == "移动 5.00 米；面积或长度由 2,500.0 变为 2,000.0；字段：use"
    for number, run in enumerate((old, new)):
        run.write(district / f"runs/{number}", formats=["parquet"])
    read = lantu.compare(district / "runs/0", district / "runs/1").findings.set_index("id_a")
    assert read.loc["1", "changed_b"] == told


def test_a_classified_field_leaves_no_mark_of_its_own(district: Path) -> None:
    text = HEAD.replace("[layers.plots]\n", '[layers.plots]\nlevels = { use_code = "secret" }\n')
    (district / "blueprint.toml").write_text(text, encoding="utf-8")
    run = check(district)
    run.write(district / "run", formats=["parquet"])
    objects = pd.read_parquet(district / "run/objects.parquet")
    assert objects.attrs["fields"] == {"parcels": ["id", "use"], "plots": ["id"]}
    plots = objects[objects["layer"] == "plots"]
    assert set(plots["fields"].map(len)) == {2}  # one mark of 16 bits


def test_a_waiver_ends_when_what_it_was_about_changes(district: Path) -> None:
    (district / "waivers.csv").write_text(
        WAIVER + "LU01,parcels,1,plots,1,r,b,2026-01-05,\n", encoding="utf-8"
    )
    file = district / "blueprint.toml"
    file.write_text(HEAD + '[waivers]\nfile = "waivers.csv"\n', encoding="utf-8")
    first = check(district)
    first.write(district / "runs/1", formats=["parquet"])
    lock = (district / "waivers.lock.csv").read_bytes()
    assert lock.count(b"\n") == 2
    assert [entry["findings"] for entry in first.waivers["in_force"]] == [1]
    again = check(district, since=district / "runs/1")
    again.write(district / "runs/2", formats=["parquet"])
    assert (len(again.waived), (district / "waivers.lock.csv").read_bytes()) == (1, lock)
    deliver(district, "plots", {"1": "1001", "2": "1001", "3": "0701", "4": "0701"}, wide_m=40.0)
    changed = check(district, since=district / "runs/2")
    changed.write(district / "runs/3", formats=["parquet"])
    assert changed.since["counts"] == dict.fromkeys(STATUSES, 0) | {"persisting": 1, "reopened": 1}
    (reopened,) = changed.waivers["reopened"]
    assert (reopened["id_a"], reopened["findings"], len(changed.waived)) == ("1", 1, 0)
    assert changed.waivers["unused"] == []
    assert (district / "waivers.lock.csv").read_bytes() == lock
    decided = (district / "waivers.csv").read_text(encoding="utf-8").replace("2026-01-05", "2026-11-20")
    (district / "waivers.csv").write_text(decided, encoding="utf-8")
    assert len(check(district).waived) == 1


def test_a_lock_that_cannot_be_written_is_said_and_stops_nothing(district: Path) -> None:
    (district / "waivers.csv").write_text(WAIVER + "LU01,parcels,1,,,r,b,2026-01-05,\n", encoding="utf-8")
    (district / "blueprint.toml").write_text(HEAD + '[waivers]\nfile = "waivers.csv"\n', encoding="utf-8")
    checked = check(district)
    (district / "waivers.lock.csv").mkdir()
    said: list[Any] = []
    checked.write(district / "runs/1", formats=["parquet"], tell=said.append)
    assert [one.key for one in said] == ["compare.lock_not_written"]
    assert (district / "runs/1/run.json").is_file()


def test_the_command_compares_and_remembers_the_runs(
    district: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(district)
    monkeypatch.setenv("LANTU_LANG", "en")
    for number, plan in enumerate(("0701", "1001"), start=1):
        deliver(district, "plots", {"1": "1001", "2": "0701", "3": plan, "4": "0701"})
        since = ["--since", "runs/1"] if number == 2 else []
        assert run("check", "--out", f"runs/{number}", "--format", "html,parquet", *since) == 0
    assert "New: 1, reopened: 0, persisting: 1" in capsys.readouterr().out
    assert run("compare", "runs/1", "runs/2", "--json", "--out", "list.csv") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["counts"]["new"] == 1
    assert told["by_delivery"][0]["introduced_by"] == "b"
    assert pd.read_csv(district / "list.csv")["status"].tolist().count("new") == 1
    assert run("compare", "runs/1", "runs/2") == 0
    assert "side B delivered anew" in capsys.readouterr().out
    assert "since" not in json.loads((district / "runs/1/run.json").read_text(encoding="utf-8"))
    for wrong in (["compare", "runs", "runs/1"], ["compare", "runs/1", "runs/2", "--out", "x.xlsx"]):
        assert run(*wrong) == 2
        assert "Traceback" not in capsys.readouterr().err


def run(*arguments: str) -> Any:
    with pytest.raises(SystemExit) as left:
        main(list(arguments))
    return left.value.code


def test_a_folder_that_is_no_run_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"run\.json is missing"):
        lantu.compare(tmp_path, tmp_path)


IDENTIFIERS = st.sets(st.sampled_from("abcdefgh"))


@given(IDENTIFIERS, IDENTIFIERS, IDENTIFIERS, IDENTIFIERS)
def test_each_open_finding_has_exactly_one_status(
    old: set[str], new: set[str], old_waived: set[str], new_waived: set[str]
) -> None:
    old_waived, new_waived = old_waived - old, new_waived - new
    found = statuses(old, old_waived, new, new_waived)
    assert set(found) == old | new
    sets = {name: {one for one, status in found.items() if status == name} for name in set(found.values())}
    open_now = sets.get("new", set()) | sets.get("reopened", set()) | sets.get("persisting", set())
    assert open_now == new
    assert sets.get("persisting", set()) == old & new
    assert sets.get("gone", set()) | sets.get("waived", set()) == old - new
    assert sets.get("reopened", set()) == (new - old) & old_waived
    turned = statuses(new, new_waived, old, old_waived)
    assert {one for one, status in turned.items() if status == "persisting"} == sets.get("persisting", set())
