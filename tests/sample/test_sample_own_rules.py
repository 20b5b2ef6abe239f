"""The planner's own rules of the cookbook on the shipped sample, against a plain loop over all pairs."""

from __future__ import annotations

import math
import re
import shutil
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import shapely

import lantu

if TYPE_CHECKING:
    from lantu.model import Layer
    from lantu.run import Run

PAGE = Path(__file__).resolve().parents[2] / "docs" / "cookbook" / "own_rules.md"
RULE = re.compile(r"^```toml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TOLERANCE_M = 1.0
"""More than any two layers of the sample need; the loop looks at pairs that are clear of it."""


@pytest.fixture(scope="module")
def run(district: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = shutil.copytree(district, tmp_path_factory.mktemp("own") / "district")
    rules = [text for text in RULE.findall(PAGE.read_text(encoding="utf-8")) if "required" not in text]
    file = folder / "blueprint.toml"
    text = "\n".join([file.read_text(encoding="utf-8"), *rules]).replace('"rivers"', '"water_zones"')
    file.write_text(text, encoding="utf-8")
    return lantu.open(file).check(select=["ZC01", "HD01"])


def pairs_of(run: Run, rule: str) -> set[tuple[str, str]]:
    found = run.findings[(run.findings["rule"] == rule) & (run.findings["verdict"] == "conflict")]
    return set(zip(found["id_a"], found["id_b"], strict=True))


def layer(run: Run, name: str) -> Layer:
    return next(one for one in run.facts.layers if one.name == name)


def test_plot_ratios_in_control_zones(run: Run) -> None:
    plots, zones = layer(run, "plots"), layer(run, "heritage_zones")
    kind, ratio = zones.values("kind"), plots.values("far_max")
    surely, maybe = set(), set()
    for a, b in product(range(len(plots)), range(len(zones))):
        if kind[b] == "control" and ratio[a] > 1.0:
            shared = shapely.intersection(plots.geometry[a], zones.geometry[b])
            pair = (plots.ids[a], zones.ids[b])
            if shared.area > 10.0:
                maybe.add(pair)
            if shared.buffer(-TOLERANCE_M).area > 10.0:
                surely.add(pair)
    assert surely <= pairs_of(run, "ZC01") <= maybe
    assert len(surely) > 10


def test_construction_parcels_near_rivers(run: Run) -> None:
    parcels, zones = layer(run, "parcels"), layer(run, "water_zones")
    kind, use_class = zones.values("kind"), parcels.values("use_class")
    classes = {"residential_urban", "residential_rural", "commercial", "industrial", "warehouse"}
    rivers = [b for b in range(len(zones)) if kind[b] == "river_management"]
    near = {
        (parcels.ids[a], zones.ids[b]): shapely.distance(parcels.geometry[a], zones.geometry[b])
        for a, b in product([a for a in range(len(parcels)) if use_class[a] in classes], rivers)
    }
    tolerance_m = 2.0 * math.hypot(parcels.accuracy_m, zones.accuracy_m)
    expected = {pair for pair, distance_m in near.items() if distance_m + tolerance_m <= 50.0}
    assert pairs_of(run, "HD01") == expected
    assert len(expected) > 10
