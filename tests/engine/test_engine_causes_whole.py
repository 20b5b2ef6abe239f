"""One mistake in one layer is one cause on the first page: `lantu check` on the sample, end to end."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pytest

from lantu.cli import main
from lantu.cli.sample import copy_sample

if TYPE_CHECKING:
    from pathlib import Path

FIRST_PAGE = 5


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], pd.DataFrame]:
    """Return what the sample gives as it is."""
    blueprint = copy_sample(tmp_path_factory.mktemp("plain") / "district")
    return checked(blueprint)


def checked(blueprint: Path) -> tuple[dict[str, Any], pd.DataFrame]:
    """Check with the command, and return run.json and the findings by id."""
    out = blueprint.parent / "out"
    with pytest.raises(SystemExit) as left:
        main(["check", str(blueprint), "--out", str(out), "--format", "parquet", "--quiet"])
    assert left.value.code == 0
    record = json.loads((out / "run.json").read_text(encoding="utf-8"))
    return record, pd.read_parquet(out / "findings.parquet").set_index("finding_id")


def test_parcels_shifted_by_half_a_metre_are_one_cause(
    tmp_path: Path, plain: tuple[dict[str, Any], pd.DataFrame]
) -> None:
    blueprint = copy_sample(tmp_path / "district")
    parcels = gpd.read_file(blueprint.parent / "land" / "ZD.shp", encoding="gbk")
    parcels.set_geometry(parcels.geometry.translate(0.5, 0.0)).to_file(blueprint.parent / "land" / "off.gpkg")
    text = blueprint.read_text(encoding="utf-8")
    assert text.count('"land/ZD.shp"') == 1
    blueprint.write_text(text.replace('"land/ZD.shp"', '"land/off.gpkg"'), encoding="utf-8")

    record, found = checked(blueprint)
    first = record["causes"][0]
    assert (first["kind"], first["scope"], first["layer"]) == ("shift", "layer", "parcels")
    assert first["findings"] > 1000
    assert "0.50" in first["message"]
    assert [cause["kind"] for cause in record["causes"]].count("shift") == 1
    new = found[~found.index.isin(plain[1].index)]
    assert len(new) > 1000
    assert (new["cause_id"] == first["cause_id"]).mean() > 0.97  # the rest has moved by more than the shift
    # what was there before keeps its causes, and their ids
    before = {cause["cause_id"] for cause in plain[0]["causes"]}
    assert len(before - {cause["cause_id"] for cause in record["causes"]}) <= 0.1 * len(before)


def test_areas_in_mu_declared_as_square_metres_are_one_cause(
    tmp_path: Path, plain: tuple[dict[str, Any], pd.DataFrame]
) -> None:
    blueprint = copy_sample(tmp_path / "district")
    head, mark, rest = blueprint.read_text(encoding="utf-8").partition("[layers.parcels]")
    assert 'units      = { area_registered_m2 = "mu" }' in rest.split("[layers.", 1)[0]
    rest = rest.replace('area_registered_m2 = "mu"', 'area_registered_m2 = "m2"', 1)
    blueprint.write_text(head + mark + rest, encoding="utf-8")

    record, found = checked(blueprint)
    page = [cause for cause in record["causes"][:FIRST_PAGE] if cause["kind"] == "unit"]
    assert [cause["layer"] for cause in page] == ["parcels"]
    new = found[~found.index.isin(plain[1].index)]
    assert len(new) > 500
    assert (new["cause_id"] == page[0]["cause_id"]).mean() > 0.97
    assert page[0]["findings"] >= len(new) * 0.97


def test_the_record_says_what_grouping_did(plain: tuple[dict[str, Any], pd.DataFrame]) -> None:
    record, found = plain
    assert record["grouping"] == {
        "findings": len(found),
        "explained": int(found["cause_id"].notna().sum()),
        "consolidated": True,
    }
    assert sum(cause["findings"] for cause in record["causes"]) == record["grouping"]["explained"]
