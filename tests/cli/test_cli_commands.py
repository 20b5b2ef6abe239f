"""The commands on a small blueprint: what stands on stdout, what on stderr, and the exit status."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from lantu.cli import main

BLUEPRINT = """\
[blueprint]
name = "小城"
crs = "EPSG:4548"
as_of = 2026-11-23
language = "en"

[departments.land]
name = "Land"
[departments.planning]
name = "Planning"

[layers.parcels]
path = "parcels.geojson"
standard = "land.parcel"
department = "land"
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

[rules]
select = ["LU01"]
[report]
formats = ["parquet"]
"""


def square(identity: str, use: str, x: float) -> dict[str, Any]:
    ring = [[x, 0], [x + 100, 0], [x + 100, 100], [x, 100], [x, 0]]
    east, north = 500_000.0, 4_070_000.0
    polygon = [[[east + dx, north + dy] for dx, dy in ring]]
    return {
        "type": "Feature",
        "properties": {"id": identity, "use": use},
        "geometry": {"type": "Polygon", "coordinates": polygon},
    }


def collection(*features: dict[str, Any]) -> str:
    return json.dumps({"type": "FeatureCollection", "features": list(features)})


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A parcel of dry cropland (0103) that the plan wants for industry (100101): one conflict of LU01."""
    for name in ("LANTU_LANG", "LANTU_DEBUG", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C")
    (tmp_path / "parcels.geojson").write_text(collection(square("P1", "0103", 0)), encoding="utf-8")
    (tmp_path / "plots.geojson").write_text(collection(square("Q1", "100101", 0)), encoding="utf-8")
    (tmp_path / "blueprint.toml").write_text(BLUEPRINT, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def lantu(*arguments: str) -> int:
    """Run the command line in this process and return its exit status."""
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert isinstance(left.value.code, int)
    return left.value.code


def test_check_prints_verdict_table_and_report_and_talks_on_stderr_only(
    town: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert lantu("check", "--out", "out") == 0
    out, err = capsys.readouterr()
    lines = out.splitlines()
    assert lines[0].startswith("Conflicts: 1 (1 ")
    assert lines[0].endswith("undecidable: 0, not checked: 0.")
    assert lines[2].split() == ["rule", "title", "conflict", "undecidable", "not", "checked"]
    assert lines[3].split()[0] == "LU01"
    assert lines[3].split()[-3:] == ["1", "0", "0"]
    assert lines[-3].startswith("Grouping consolidated nothing: ")  # one finding, no cause
    assert lines[-1] == "Report: out"
    assert err == ""
    assert (town / "out" / "findings.parquet").is_file()
    assert (town / "out" / "run.json").is_file()


@pytest.mark.parametrize(
    ("fail_on", "status"), [("critical", None), ("major", 1), ("minor", 1), ("never", 0), ("NEVER", 0)]
)
def test_the_exit_status_follows_fail_on(
    town: Path, capsys: pytest.CaptureFixture[str], fail_on: str, status: int | None
) -> None:
    left = lantu("check", "--json", "--out", str(town / "out"), "--fail-on", fail_on)
    counts = json.loads(capsys.readouterr().out)["counts"]["by_severity"]["conflict"]
    expected = int(counts["critical"] > 0) if status is None else status
    assert left == expected


def test_json_is_the_run_summary_and_nothing_else(town: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert lantu("check", "--json", "--out", "out") == 0
    out, err = capsys.readouterr()
    assert json.loads(out) == json.loads((town / "out" / "run.json").read_text(encoding="utf-8"))
    assert json.loads(out)["blueprint"]["name"] == "小城"
    assert out.isascii()
    assert err == ""


def test_quiet_leaves_the_verdict_and_the_report(town: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert lantu("check", str(town), "--quiet", "--out", "out") == 0
    out, err = capsys.readouterr()
    assert [line.split(":")[0] for line in out.splitlines()] == ["Conflicts", "Report"]
    assert err == ""


def test_the_reports_go_to_a_folder_of_the_blueprints_name_by_default(
    town: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert lantu("check", "--quiet") == 0
    (folder,) = [path for path in (town / "reports").iterdir() if path.is_dir()]
    assert folder.name.startswith("小城-20")
    assert capsys.readouterr().out.endswith(f"{Path('reports') / folder.name}\n")


def test_formats_are_repeated_or_separated_by_commas(town: Path) -> None:
    assert lantu("check", "--out", "a", "--format", "parquet,xlsx") == 0
    assert lantu("check", "--out", "b", "--format", "parquet", "--format", "XLSX") == 0
    for name in ("a", "b"):
        written = {path.name for path in (town / name).iterdir()}
        assert {"findings.parquet", "findings.xlsx", "run.json"} <= written
        assert "report.html" not in written


@pytest.mark.usefixtures("town")
def test_select_and_ignore_go_before_the_blueprint(capsys: pytest.CaptureFixture[str]) -> None:
    assert lantu("check", "--out", "a", "--json", "--select", "LU,GE04", "--ignore", "LU02, LU06") == 0
    rules = json.loads(capsys.readouterr().out)["rules"]
    assert {"LU01", "LU07", "GE04"} <= set(rules)
    assert not {"LU02", "LU06", "GE01"} & set(rules)


def test_no_conflict_is_only_said_of_what_was_checked(town: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (town / "plots.geojson").write_text(collection(square("Q1", "100101", 500)), encoding="utf-8")
    assert lantu("check", "--out", "a", "--fail-on", "minor") == 0
    assert capsys.readouterr().out.startswith(
        "No conflict found in what was checked; undecidable: 0, not checked: 1"
    )


def test_jobs_and_tile_change_nothing_in_the_findings(town: Path) -> None:
    assert lantu("check", "--out", "a") == 0
    assert lantu("check", "--out", "b", "--jobs", "2", "--tile", "50") == 0
    assert (town / "a/findings.parquet").read_bytes() == (town / "b/findings.parquet").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["chek"], "there is no command 'chek'; did you mean 'check'?"),
        (["sing"], "there is no command 'sing'"),
        (["check", "--jobz", "2"], "there is no option '--jobz'; did you mean '--jobs'?"),
        (["check", "--since", "x"], "x is not the folder of a finished check: run.json is missing"),
        (["check", "--jobs", "0"], "--jobs should be a whole number of 1 or more, but is '0'"),
        (["check", "--jobs", "two"], "--jobs should be a whole number of 1 or more, but is 'two'"),
        (["check", "--tile", "-5"], "--tile should be a number of metres greater than 0, but is '-5'"),
        (["check", "--tile", "nan"], "--tile should be a number of metres greater than 0, but is 'nan'"),
        (["check", "--fail-on", "mayor"], "--fail-on cannot be 'mayor'; did you mean 'major'?"),
        (["check", "--format", "html,pdf"], "--format cannot be 'pdf'; one of html, gpkg, xlsx, parquet"),
        (["check", "--out"], "the option --out needs a value"),
        (["check", "a", "b"], "too many arguments: b"),
        (["check", "--select", "LU0l"], "there is no rule or family 'LU0l'. did you mean 'LU0"),
        (["check", "--lang", "fr"], "there is no option '--lang'"),
        (["--lang", "fr", "check"], "--lang cannot be 'fr'; one of zh, en"),
        (["check", "nowhere.toml"], "there is no blueprint file nowhere.toml"),
        (["layers", "nowhere.toml"], "there is no blueprint file nowhere.toml"),
        (["rules", "LU1"], "LU01"),
    ],
)
def test_what_cannot_run_leaves_with_2_and_a_sentence(
    town: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert lantu(*arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("error: ")
    assert said in err
    assert "Traceback" not in err
    assert not (town / "reports").exists()


def test_a_blueprint_with_mistakes_is_refused_with_all_of_them(
    town: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = BLUEPRINT.replace('"land.parcel"', '"land.parcle"').replace("plots.geojson", "plot.geojson")
    (town / "blueprint.toml").write_text(broken, encoding="utf-8")
    assert lantu("check") == 2
    err = capsys.readouterr().err.splitlines()
    assert err[0] == "error: the blueprint file has 2 mistakes; no data was read:"
    assert err[1].startswith("blueprint.toml:14: 'layers.parcels.standard' names the standard 'land.parcle'")
    assert err[2] == "  help: did you mean 'land.parcel'?"
    assert err[3].startswith("blueprint.toml:21: 'layers.plots.path' names a file that does not exist")
    assert err[4] == "  help: did you mean 'plots.geojson'?"


@pytest.mark.usefixtures("town")
def test_layers_lists_what_was_delivered(capsys: pytest.CaptureFixture[str]) -> None:
    assert lantu("layers") == 0
    out, err = capsys.readouterr()
    head, parcels, plots = out.splitlines()
    assert head.split()[:4] == ["layer", "department", "standard", "features"]
    assert parcels.split()[:4] == ["parcels", "land", "land.parcel", "1"]
    assert plots.split()[:4] == ["plots", "planning", "plan.plot", "1"]
    assert err == ""


def test_layers_as_json_has_every_column_of_the_inventory(
    town: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert lantu("layers", str(town / "blueprint.toml"), "--json") == 0
    parcels, plots = json.loads(capsys.readouterr().out)
    assert (parcels["layer"], parcels["features"], parcels["refusal"]) == ("parcels", 1, None)
    assert plots["crs_source"] == "EPSG:4548"
    assert {"driver", "encoding", "operation", "fields_matched", "fields_missed"} <= set(plots)


def test_layers_leaves_with_2_where_none_could_be_read(
    town: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("parcels.geojson", "plots.geojson"):
        (town / name).write_text("no JSON", encoding="utf-8")
    assert lantu("layers") == 2
    assert capsys.readouterr().out.count("takes no part in comparisons") == 2


def test_rules_are_listed_in_both_languages(capsys: pytest.CaptureFixture[str]) -> None:
    assert lantu("--lang", "en", "rules") == 0
    english = capsys.readouterr().out.splitlines()
    assert lantu("rules", "--lang", "zh") == 0
    chinese = capsys.readouterr().out.splitlines()
    assert len(english) == len(chinese)
    assert english[0].split() == ["rule", "severity", "title", "name"]
    (line,) = [line for line in chinese if line.startswith("LU02")]
    assert line.split() == ["LU02", "重要", "登记用途与调查地类不一致", "registered-use-differs-from-survey"]


def test_rules_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert lantu("--lang=en", "rules", "--json") == 0
    listed = {row["code"]: row for row in json.loads(capsys.readouterr().out)}
    assert listed["LU02"]["name"] == "registered-use-differs-from-survey"
    assert listed["LU02"]["severity"] == "major"


def test_one_rule_is_explained_with_all_its_headings(capsys: pytest.CaptureFixture[str]) -> None:
    assert lantu("--lang", "en", "rules", "lu02") == 0
    out = capsys.readouterr().out
    headings = ["What it finds", "Why it matters", "Basis", "Example", "How to resolve", "Trap", "Parameters"]
    places = [out.index(f"\n{heading}\n") for heading in headings]
    assert places == sorted(places)
    assert "min_area_m2" in out
    assert "\nCases with known answers: " in out
    assert "Registered and surveyed as cropland" in out


def test_one_rule_as_json_has_parameters_with_defaults(capsys: pytest.CaptureFixture[str]) -> None:
    assert lantu("--lang", "zh", "rules", "LU02", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["title"] == "登记用途与调查地类不一致"
    assert told["parameters"]["min_area_m2"] == 50.0
    assert any("旱地" in says for says in told["cases"])
    assert all(told[part] for part in ("finds", "why", "basis", "example", "resolve", "trap"))


def test_every_rule_can_be_explained_in_both_languages(capsys: pytest.CaptureFixture[str]) -> None:
    assert lantu("rules", "--json") == 0
    codes = [row["code"] for row in json.loads(capsys.readouterr().out)]
    for code in codes:
        for language in ("zh", "en"):
            assert lantu("--lang", language, "rules", code, "--json") == 0, code
            assert json.loads(capsys.readouterr().out)["code"] == code


def test_python_m_lantu_is_the_same_command(town: Path) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-m", "lantu", "check", "--quiet", "--out", "out", "--fail-on", "minor"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, cwd=town)  # noqa: S603
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("Conflicts: 1")
