"""A delivery of two sound layers and room for a bad one: how it is written, opened and looked at."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest
import shapely

import lantu
from lantu.cli import main
from lantu.errors import LantuError

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from lantu.messages import Language
    from lantu.model import Layer, Outcome
    from lantu.run import Run

CRS = "EPSG:4548"
EAST_M, NORTH_M = 576_000.0, 4_075_000.0
"""In Zhoucun district; CGCS2000 3-degree zone of 117° E without zone prefix."""

HEAD = f"""
[blueprint]
name = "test"
crs = "{CRS}"
as_of = 2026-11-23
language = "en"

[departments.land]
name = "Land"
[departments.planning]
name = "Planning"
[departments.third]
name = "Third"
"""


def cell(column: float, row: float = 0.0, side_m: float = 100.0) -> Any:
    """Return a square of the district's grid."""
    x, y = EAST_M + column * side_m, NORTH_M + row * side_m
    return shapely.box(x, y, x + side_m, y + side_m)


def parcels(count: int = 3, **columns: Any) -> gpd.GeoDataFrame:
    """Return parcels of farmland in a row, with their true areas."""
    shapes = [cell(number) for number in range(count)]
    given = {"ZDDM": [f"P{number}" for number in range(count)], "DLBM": "0103", "ZDMJ": 10_000.0, **columns}
    return gpd.GeoDataFrame(given, geometry=shapes, crs=CRS)


def plots() -> gpd.GeoDataFrame:
    """Return a plan that builds on the first parcel and leaves the second as it is."""
    codes = ["1001", "0103"]
    return gpd.GeoDataFrame({"DKBH": ["A-1", "A-2"], "YDDM": codes}, geometry=[cell(0), cell(1)], crs=CRS)


@dataclass(frozen=True)
class Delivery:
    """A folder with a blueprint, two sound layers and, once added, others."""

    folder: Path

    @property
    def file(self) -> Path:
        """Return the blueprint file."""
        return self.folder / "blueprint.toml"

    def write(self, **layers: dict[str, Any]) -> Path:
        """Write the blueprint with the two sound layers and these; return its path."""
        parcels().to_file(self.folder / "parcels.gpkg", layer="ZD")
        plots().to_file(self.folder / "plots.gpkg", layer="DK")
        sound: dict[str, dict[str, Any]] = {
            "parcels": {
                "path": "parcels.gpkg",
                "standard": "land.parcel",
                "department": "land",
                "codelist": "gbt21010-2017",
                "fields": {"id": "ZDDM", "use_code": "DLBM", "area_registered_m2": "ZDMJ"},
            },
            "plots": {
                "path": "plots.gpkg",
                "standard": "plan.plot",
                "department": "planning",
                "codelist": "spatial-2023",
                "fields": {"id": "DKBH", "use_code": "YDDM"},
            },
        }
        tables = [_table(name, keys) for name, keys in (sound | layers).items()]
        self.file.write_text(HEAD + "\n".join(tables), encoding="utf-8")
        return self.file

    def check(self, **bad: Any) -> Run:
        """Check the sound layers with one more, named ``bad``; it is of parcels unless it says otherwise."""
        layer = {"standard": "land.parcel", "department": "third", **bad}
        return lantu.open(self.write(bad=layer)).check()

    def command(self, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
        """Run ``lantu`` with the blueprint and return its exit status and what it said."""
        with pytest.raises(SystemExit) as left:
            main(["--lang", "en", arguments[0], str(self.file), *arguments[1:]])
        said = capsys.readouterr()
        assert isinstance(left.value.code, int)
        return left.value.code, said.out, said.err


def _table(name: str, keys: dict[str, Any]) -> str:
    lines = [f"{key} = {_value(value)}" for key, value in keys.items()]
    return "\n".join([f"[layers.{name}]", *lines, ""])


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_value(entry)}" for key, entry in value.items()) + " }"
    return json.dumps(value, ensure_ascii=False)


def layer_of(run: Run, name: str = "bad") -> Layer:
    """Return a layer of the run."""
    return next(layer for layer in run.facts.layers if layer.name == name)


def found(run: Run, rule: str, layer: str = "bad") -> pd.DataFrame:
    """Return the findings of a rule on a layer, without geometry."""
    table = run.findings.drop(columns="geometry")
    return table[(table["rule"] == rule) & (table["layer_a"] == layer)].reset_index(drop=True)


def outcomes(run: Run, layer: str = "bad") -> list[Outcome]:
    """Return what was answered about a layer, on either side."""
    return [one for one in run.outcomes if layer in (one.layer_a, one.layer_b)]


def refusal(run: Run, language: Language = "en") -> str:
    """Return why the bad layer was refused; make sure that every rule on it says so."""
    refused = layer_of(run).refusal
    assert refused is not None
    text = refused.reason.text(language)
    for one in outcomes(run):
        if one.rule == refused.code:
            assert one.answer == "conflict"
            continue
        assert one.answer == "not_checked", one
        assert one.reason is not None
        assert one.reason.key in {"engine.layer_refused", "engine.no_layer", "engine.no_second_layer"}
        assert one.reason.key != "engine.layer_refused" or text in one.reason.text(language)
    return text


def assert_the_rest_went_on(run: Run) -> None:
    """Check that the sound layers were compared, nothing crashed, and no record got lost in silence."""
    (compared,) = [
        one for one in run.outcomes if (one.rule, one.layer_a, one.layer_b) == ("LU01", "parcels", "plots")
    ]
    assert compared.answer == "conflict"
    assert "P0" in set(found(run, "LU01", "parcels")["id_a"])
    crashed = [one for one in run.outcomes if one.reason is not None and one.reason.key == "engine.crashed"]
    assert crashed == []
    for layer in run.facts.layers:
        counts = layer.provenance
        assert counts.count_out == len(layer)
        if layer.refusal is None:
            assert counts.count_in == counts.count_out + counts.count_listed + counts.count_filtered
        else:
            assert counts.count_out == 0


def assert_counts_add_up(delivery: Delivery) -> None:
    """Assert that no layer that takes part lost a record in silence, and that none was refused for that."""
    try:
        layers = lantu.open(delivery.file).layers.values()
    except LantuError:
        return  # no data was read
    for layer in layers:
        source = layer.provenance
        if layer.refusal is None:
            assert source.count_in == len(layer) + source.count_listed + source.count_filtered, layer.name
        else:
            assert layer.refusal.reason.key != "engine.counts_differ", layer.refusal.reason.text("en")
