"""Za'atari, Bubeneč and the French plans: counts against plain shapely and the README of the data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyogrio
import pytest
import shapely

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = [pytest.mark.real, pytest.mark.slow]

PLANS = {
    "plu_30014": ("30014_PLU_20171013", "30014_ZONE_URBA_20171013.shp", 5, 25),
    "plui_241800432": ("241800432_PLUi_20200128", "241800432_ZONE_URBA_20200128.shp", 25, 72),
    "plui_200011781": ("200011781_PLUi_20180101", "ZONE_URBA.shp", 32, 28),
    "plu_41175": ("41175_PLU_20140603", "ZONE_URBA.shp", 131, 236),
}
"""Layer to folder, file, and the README's counts of overlaps over 1 m² and of gaps."""

TOPOLOGY_M = 0.001


def found(run: Any, rule: str, layer: str) -> Any:
    return run.findings[(run.findings["rule"] == rule) & (run.findings["layer_a"] == layer)]


def test_zaatari_pipes_run_through_facilities(scenario: Callable[[str], Any], real_data: Path) -> None:
    folder = real_data / "zaatari_camp"
    pipes = pyogrio.read_dataframe(folder / "Pipes_Septic_2017_03.shp.zip").geometry.to_numpy()
    facilities = pyogrio.read_dataframe(folder / "CampFacilities_2017_02.shp.zip").geometry.to_numpy()
    pipe, facility = shapely.STRtree(facilities).query(pipes, predicate="intersects")
    length_m = shapely.length(shapely.intersection(pipes[pipe], shapely.make_valid(facilities[facility])))
    inside = length_m > 1.0
    assert (len(set(pipe[inside].tolist())), len(set(facility[inside].tolist()))) == (101, 37)  # the README
    ours = found(scenario("zaatari"), "PI01", "septic")
    assert 101 - 3 <= len(set(ours["id_a"])) <= 101  # one that grazes a wall is within the tolerance
    assert 37 - 1 <= len(set(ours["id_b"])) <= 37
    assert ours["measure"].sum() == pytest.approx(length_m[inside].sum(), rel=0.01)


def test_zaatari_blocks_are_a_clean_coverage_with_arabic_names(scenario: Callable[[str], Any]) -> None:
    run = scenario("zaatari")
    blocks = next(layer for layer in run.facts.layers if layer.name == "blocks")
    assert len(blocks) == 193
    assert blocks.provenance.encoding == "UTF-8"
    assert blocks.frame["name"].str.contains("[؀-ۿ]").any()
    outcome = next(o for o in run.outcomes if o.rule == "GE02" and o.layer_a == "blocks")
    assert outcome.answer == "none_found"
    assert outcome.candidates > 193


def test_nothing_is_wrong_in_bubenec(scenario: Callable[[str], Any]) -> None:
    findings = scenario("bubenec").findings
    wrong = findings[(findings["verdict"] == "conflict") & ~findings["rule"].str.startswith("DA")]
    assert wrong["message"].tolist() == []


def test_bubenec_earns_its_silence(scenario: Callable[[str], Any]) -> None:
    run = scenario("bubenec")
    earned = {outcome.rule for outcome in run.outcomes if outcome.answer == "none_found"}
    assert {"GE01", "GE02", "GE04", "BU01"} <= earned


@pytest.mark.parametrize("name", PLANS)
def test_zones_of_french_plans_overlap_as_counted(
    scenario: Callable[[str], Any], real_data: Path, name: str
) -> None:
    folder, file, overlaps, _ = PLANS[name]
    path = real_data / "france_plu_ign" / "documents" / folder / "Donnees_geographiques" / file
    zones = shapely.force_2d(pyogrio.read_dataframe(path).geometry.make_valid().to_numpy())
    first, second = shapely.STRtree(zones).query(zones, predicate="intersects")
    once = first < second
    shared = shapely.intersection(zones[first[once]], zones[second[once]])
    shared = shared[shapely.area(shared) > 1.0]
    assert len(shared) == overlaps  # the README's count
    ours = found(scenario("france"), "GE02", name)
    assert len(ours) == overlaps
    assert ours["measure"].max() == pytest.approx(shapely.area(shared).max(), rel=1e-9)


@pytest.mark.parametrize("name", PLANS)
def test_holes_between_zones_are_those_wider_than_a_millimetre(
    scenario: Callable[[str], Any], real_data: Path, name: str
) -> None:
    folder, file, _, gaps = PLANS[name]
    path = real_data / "france_plu_ign" / "documents" / folder / "Donnees_geographiques" / file
    zones = shapely.force_2d(pyogrio.read_dataframe(path).geometry.make_valid().to_numpy())
    whole = shapely.get_parts(shapely.union_all(zones))
    holes = np.array([shapely.Polygon(ring) for part in whole for ring in part.interiors])
    assert len(holes) == gaps  # the README's count
    wide = ~shapely.is_empty(shapely.buffer(holes, -TOPOLOGY_M / 2))
    ours = found(scenario("france"), "GE03", name)
    assert abs(len(ours) - int(wide.sum())) <= 2
