"""Waivers take out exactly what they name, lapse by date, and are listed where they did nothing."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pytest

from lantu.errors import BlueprintError
from lantu.register import read_waivers, waive

if TYPE_CHECKING:
    from pathlib import Path

AS_OF = dt.date(2026, 11, 23)
HEADER = "rule,layer_a,id_a,layer_b,id_b,reason,decided_by,decided_on,until\n"


def write(folder: Path, lines: str) -> Path:
    path = folder / "waivers.csv"
    path.write_text(HEADER + lines, encoding="utf-8")
    return path


@pytest.fixture
def findings() -> gpd.GeoDataFrame:
    rows = [
        ("LU01", "parcels", "P1", "plan", "B1"),
        ("LU01", "parcels", "P2", "plan", "B1"),
        ("GE02", "parcels", "P1", "parcels", "P2"),
        ("DA01", "plan", "", None, None),
    ]
    table = pd.DataFrame(rows, columns=["rule", "layer_a", "id_a", "layer_b", "id_b"])
    return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries([None] * 4, crs="EPSG:4548"))


def test_a_waiver_takes_out_the_finding_it_names_and_no_other(
    tmp_path: Path, findings: gpd.GeoDataFrame
) -> None:
    path = write(tmp_path, "LU01,parcels,P1,plan,B1,历史遗留,专班,2026-01-05,2027-01-01\n")
    result = waive(findings, read_waivers(path), AS_OF)
    assert result.findings[["rule", "id_a"]].to_numpy().tolist() == [
        ["LU01", "P2"],
        ["GE02", "P1"],
        ["DA01", ""],
    ]
    assert result.waived[["id_a", "reason", "decided_by"]].to_numpy().tolist() == [["P1", "历史遗留", "专班"]]
    (entry,) = result.summary.pop("in_force")
    assert (entry["rule"], entry["id_a"], entry["findings"]) == ("LU01", "P1", 1)
    assert result.summary == {"used": 1, "findings": 1, "unused": [], "lapsed": [], "reopened": []}


def test_an_empty_id_is_any_and_sides_may_stand_either_way(
    tmp_path: Path, findings: gpd.GeoDataFrame
) -> None:
    path = write(
        tmp_path, "LU01,parcels,,plan,,r,b,2026-01-05,\nGE02,parcels,P2,parcels,P1,r,b,2026-01-05,\n"
    )
    result = waive(findings, read_waivers(path), AS_OF)
    assert result.findings["rule"].tolist() == ["DA01"]
    assert result.summary["used"] == 2


def test_lapsed_and_unused_waivers_take_out_nothing_and_are_listed(
    tmp_path: Path, findings: gpd.GeoDataFrame
) -> None:
    path = write(tmp_path, "LU01,,,,,r,b,2026-01-05,2026-11-22\nHE01,,,,,r,b,2026-01-05,2027-01-01\n")
    result = waive(findings, read_waivers(path), AS_OF)
    assert len(result.findings) == 4
    assert [(entry["rule"], entry["findings"]) for entry in result.summary["lapsed"]] == [("LU01", 2)]
    assert [entry["rule"] for entry in result.summary["unused"]] == ["HE01"]


def test_a_waiver_holds_on_its_last_day(tmp_path: Path, findings: gpd.GeoDataFrame) -> None:
    path = write(tmp_path, "DA01,plan,,,,r,b,2026-01-05,2026-11-23\n")
    assert waive(findings, read_waivers(path), AS_OF).summary["findings"] == 1


def test_all_mistakes_of_the_file_are_listed_with_their_lines(tmp_path: Path) -> None:
    path = write(tmp_path, "LU01,,,,,,b,2026-01-05,\nLU01,,,,,r,b,05.01.2026,\n")
    with pytest.raises(BlueprintError) as caught:
        read_waivers(path)
    assert str(caught.value).splitlines()[1:] == [
        "waivers.csv:2: required values are empty: reason",
        "waivers.csv:3: decided_on is no date: '05.01.2026', expected like 2026-11-23",
    ]


def test_a_file_without_the_columns_says_which(tmp_path: Path) -> None:
    path = tmp_path / "waivers.csv"
    path.write_text("rule,reason\nLU01,x\n", encoding="utf-8")
    with pytest.raises(BlueprintError, match="layer_a, id_a, layer_b, id_b, decided_by, decided_on, until"):
        read_waivers(path)
