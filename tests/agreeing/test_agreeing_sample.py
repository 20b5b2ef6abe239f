"""The one blueprint of the sample district, through the command line and the folder of a run."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import geopandas as gpd
import pyogrio
import pytest

from lantu.cli.main import main
from lantu.cli.sample import copy_sample

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow


def lantu(*arguments: object) -> int:
    with pytest.raises(SystemExit) as left:
        main([str(argument) for argument in arguments])
    return int(left.value.code or 0)


def test_areas_of_the_sample_reconcile_with_the_file_as_delivered(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    blueprint = copy_sample(tmp_path / "sample")
    assert lantu("check", blueprint, "--out", tmp_path / "run", "--format", "parquet", "--quiet") == 0
    capsys.readouterr()
    assert lantu("blueprint", tmp_path / "run", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["difference_m2"] < 0.01
    assert all(abs(row["difference_m2"]) < 0.01 for row in told["account"])
    whole = next(row for row in told["account"] if (row["town"], row["use_class"]) == ("*", "*"))
    # The file itself, read and projected by geopandas; zone 39 to the same meridian without the zone number.
    raw = gpd.read_file(tmp_path / "sample" / "land" / "ZD.shp", encoding="GBK")
    raw = raw[raw["ZT"] == "现势"].to_crs("EPSG:4548")
    raw = raw[raw.geometry.notna()]
    assert whole["input_m2"] == pytest.approx(raw.geometry.make_valid().area.sum(), abs=0.01)
    assert whole["blueprint_m2"] == pytest.approx(whole["input_m2"], abs=0.01)
    parts = pyogrio.read_dataframe(tmp_path / "run" / "blueprint.gpkg", layer="part")
    for state in ("agreed", "contested", "undecidable", "not_covered"):
        assert parts.loc[parts["state"] == state].area.sum() == pytest.approx(whole[f"{state}_m2"], abs=0.01)
    assert whole["contested_m2"] > 0


def test_a_folder_without_a_run_says_what_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert lantu("--lang", "en", "blueprint", tmp_path) == 2
    assert "kept/record.json is missing" in capsys.readouterr().err
