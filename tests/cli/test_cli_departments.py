"""The commands between departments on a district small enough to check by hand."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "agreeing"))

from agreement_district import box, district, write

from lantu.cli.main import main


def lantu(*arguments: object) -> int:
    with pytest.raises(SystemExit) as left:
        main([str(argument) for argument in arguments])
    return int(left.value.code or 0)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("departments")
    blueprint = district(made / "district")
    text = blueprint.read_text(encoding="utf-8")
    text = text.replace(
        'right_holder = "who" }', 'right_holder = "who" }\nlevels = { use_class = "confidential" }'
    )
    blueprint.write_text(text, encoding="utf-8")
    assert lantu("check", blueprint, "--out", made / "run", "--quiet") == 0
    return made


def first(place: Path, rule: str) -> Any:
    import geopandas as gpd

    findings = gpd.read_parquet(place / "run" / "findings.parquet")
    return findings[findings["rule"] == rule].iloc[0]


def test_explain_says_which_column_gives_the_level(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    finding = first(place, "LU01")
    assert finding["level"] == "confidential"
    capsys.readouterr()
    assert lantu("--lang", "en", "explain", place / "run", finding["finding_id"]) == 0
    out = capsys.readouterr().out
    assert "its column 'use_class' is CONFIDENTIAL, and it is what contradicts" in out
    assert "layer 'parcels' (land) is INTERNAL" in out
    assert lantu("--lang", "en", "explain", place / "run", "LU01-none") == 2
    assert "has no finding LU01-none" in capsys.readouterr().err


def test_an_edition_below_leaves_it_out_and_says_how_many(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    out = place / "edition"
    assert (
        lantu(
            "--lang", "en", "publish", place / "run", "--for", "planning", "--level", "internal", "--out", out
        )
        == 0
    )
    told = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert told["withheld"]["findings"] == {"confidential": None, "secret": 0}
    assert "fewer than 3 CONFIDENTIAL" in capsys.readouterr().out
    assert told["rules"]["LU01"]["answer"] == "not_checked"  # never "none found" where something is withheld
    line = json.loads((place / "audit.jsonl").read_text(encoding="utf-8").splitlines()[-1])
    assert (line["audience"], line["level"], line["run"]) == ("planning", "internal", "run")
    assert len(line["sha256"]) == 64


def test_for_and_each_are_one_or_the_other(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert lantu("--lang", "en", "publish", place / "run", "--level", "internal", "--out", place / "x") == 2
    assert "--for and --each" in capsys.readouterr().err


def test_each_department_gets_its_own_package(place: Path) -> None:
    out = place / "packages"
    assert (
        lantu(
            "publish", place / "run", "--each", "--level", "confidential", "--out", out, "--format", "parquet"
        )
        == 0
    )
    assert sorted(one.name for one in out.iterdir()) == ["civil", "land", "planning"]
    assert "LU01" in (out / "land" / "actions.csv").read_text(encoding="utf-8-sig")
    assert "LU01" not in (out / "civil" / "actions.csv").read_text(encoding="utf-8-sig")


def test_rollup_adds_up(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert lantu("rollup", place / "run", "--json", "--out", place / "rollup.csv") == 0
    rows = json.loads(capsys.readouterr().out)
    whole = next(row for row in rows if row["level"] == "district")
    assert whole["findings"] == sum(row["findings"] for row in rows if row["level"] == "town")
    assert (place / "rollup.csv").read_text(encoding="utf-8-sig").startswith("level,town")
    assert lantu("--lang", "en", "rollup", place / "run") == 0
    assert "whole district" in capsys.readouterr().out


def test_a_trial_says_what_a_delivery_would_mend_and_registers_nothing(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plots = [("P1", "070101", box(0, 100)), ("P3", "1001", box(200, 100))]
    write(place, "better", plots[:1], ("no", "use"))
    worse = [*plots, ("P2", "1001", box(100, 30)), ("P4", "1001", box(160, 40))]
    write(place, "worse", worse, ("no", "use"))
    blueprint = place / "district" / "blueprint.toml"
    register = (place / "register.sqlite").read_bytes()
    for name, said in (("better", "0 new, 2 mended"), ("worse", "1 new, 0 mended")):
        capsys.readouterr()
        trial = (
            "--as-if",
            f"plots={place / name}.gpkg",
            "--out",
            place / "trial",
            "--format",
            "parquet",
            "--quiet",
        )
        assert lantu("--lang", "en", "check", blueprint, *trial) == 0
        assert f"as if plots = {name}.gpkg: {said}" in capsys.readouterr().out
    assert (place / "register.sqlite").read_bytes() == register


@pytest.mark.parametrize(
    ("word", "said"),
    [("plots", "LAYER=FILE"), ("plot=x.gpkg", "no layer 'plot'"), ("plots=none.gpkg", "no file 'none.gpkg'")],
)
def test_a_trial_without_sense_is_said(
    place: Path, capsys: pytest.CaptureFixture[str], word: str, said: str
) -> None:
    assert lantu("--lang", "en", "check", place / "district" / "blueprint.toml", "--as-if", word) == 2
    assert said in capsys.readouterr().err
