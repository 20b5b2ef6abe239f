"""Every layer of the sample obeys the law of counts, and its inventory knows what was planted."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

import lantu

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def opened(district: Path) -> lantu.Blueprint:
    return lantu.open(district)


def test_counts_of_every_layer_add_up(opened: lantu.Blueprint) -> None:
    taking_part = [layer for layer in opened.layers.values() if layer.refusal is None]
    assert len(taking_part) > 15
    for layer in taking_part:
        source = layer.provenance
        assert source.count_in == source.count_out + source.count_listed + source.count_filtered, layer.name
        assert source.count_out == len(layer)
    refused = {layer.name for layer in opened.layers.values() if layer.refusal is not None}
    assert refused == {"street_lights", "poles", "census_1986", "wells_1980"}  # for their coordinates only


def test_inventory_agrees_with_the_rules(opened: lantu.Blueprint) -> None:
    opened.facts  # noqa: B018  # loading is not measured
    started = time.process_time()
    inventory = opened.inventory().set_index("layer")
    assert time.process_time() - started < 3.0
    run = opened.check(select=["DA07", "CR04"])
    overdue = run.findings[run.findings["rule"] == "DA07"]["layer_a"]
    assert set(inventory.index[inventory["overdue"].fillna(False)]) == set(overdue) == {"hydrants", "roads"}  # noqa: FBT003
    assert inventory["overdue"].isna().sum() == 4  # no date stated for the refused ones
    shifted = run.findings[run.findings["rule"] == "CR04"]
    assert set(inventory.index[inventory["offset"] != ""]) == {*shifted["layer_a"], *shifted["layer_b"]}
    assert inventory["sha256"].str.fullmatch("[0-9a-f]{64}").all()
