"""The sample district itself: the same bytes, clean where nothing is planted, delivered as described."""

from __future__ import annotations

import csv
import math
import tomllib
from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
import shapely

import generate
from sample_district.areas import record_areas
from sample_district.noise import measure
from sample_district.sample import lay_base, number_manholes

if TYPE_CHECKING:
    from pathlib import Path

BINARY = frozenset({".gpkg", ".fgb", ".parquet"})
"""Formats whose bytes hang on the version of the library that writes them."""


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folders = tmp_path_factory.mktemp("first") / "a", tmp_path_factory.mktemp("second") / "b"
    for folder in folders:
        generate.write_sample(folder)
    return folders


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_two_runs_give_the_same_bytes(twice: tuple[Path, Path]) -> None:
    first, second = twice
    assert files(first) == files(second)
    assert [
        name for name in files(first) if (first / name).read_bytes() != (second / name).read_bytes()
    ] == []


def test_shipped_files_are_what_the_generator_writes(twice: tuple[Path, Path], district: Path) -> None:
    fresh, _ = twice
    assert files(district) == files(fresh)
    text = [name for name in files(district) if not name.endswith(tuple(BINARY))]
    assert [name for name in text if (district / name).read_bytes() != (fresh / name).read_bytes()] == []


@pytest.mark.parametrize(
    ("name", "layer"),
    [
        ("land/survey.gpkg", "DLTB"), ("land/survey.gpkg", "BGTB"), ("planning/plan.gpkg", "KG_DKXX"),
        ("planning/plan.gpkg", "KZX"), ("planning/plan.gpkg", "GHDL"), ("planning/plan.gpkg", "CZGH"),
        ("housing/parcels.fgb", None),
    ],
)  # fmt: skip
def test_shipped_binary_layers_hold_what_the_generator_writes(
    name: str, layer: str | None, twice: tuple[Path, Path], district: Path
) -> None:
    options = {} if layer is None else {"layer": layer}
    shipped, fresh = gpd.read_file(district / name, **options), gpd.read_file(twice[0] / name, **options)
    assert shipped.crs == fresh.crs
    assert shipped.drop(columns="geometry").equals(fresh.drop(columns="geometry"))
    assert bool((shipped.geometry.to_wkb() == fresh.geometry.to_wkb()).all())


def test_sample_is_small(district: Path) -> None:
    assert sum(path.stat().st_size for path in district.rglob("*") if path.is_file()) < 2_500_000


def test_base_has_no_contradiction_but_the_monuments_that_the_old_lists_have_no_class_for() -> None:
    sample = lay_base()
    number_manholes(sample)
    for layer in sample.layers.values():
        measure(layer, sample.rng)
    record_areas(sample)
    # Two plans of one ground are both in force there, whatever they say: TE02 is not about what they contain.
    found = [one for one in generate.find_truth(sample) if one.rule != "TE02"]
    monuments = {plot.id for plot in sample.base if plot.use == "heritage"}
    in_park = {(one.rule, one.layer_b) for one in found if one.id_b not in monuments}
    assert in_park == {("LU01", "plots_park"), ("LU08", "plots_park")}  # the park's plan builds on fields
    assert {one.id_b for one in found if one.layer_b == "plots" and one.rule == "LU01"} == monuments


def test_neighbours_share_their_boundary_to_the_bit() -> None:
    sample = lay_base()
    for name in ("parcels", "survey", "plots"):
        measure(sample.layers[name], sample.rng)
        assert shapely.coverage_is_valid([one.geometry for one in sample[name]])


def test_noise_of_any_two_layers_stays_below_their_tolerance() -> None:
    layers = [one for one in lay_base().layers.values() if one.noise_m]
    for a in layers:
        for b in layers:
            assert a.noise_m + b.noise_m < 2.0 * math.hypot(a.accuracy_m, b.accuracy_m)


def test_parcels_come_in_gbk_and_say_so_nowhere(district: Path) -> None:
    assert not (district / "land" / "ZD.cpg").exists()
    content = (district / "land" / "ZD.dbf").read_bytes()
    assert content[29] == 0
    assert "现势".encode("gbk") in content
    assert (district / "land" / "ZD.prj").read_text().find("39500000") > 0


def test_pipe_nodes_have_their_northing_first(district: Path) -> None:
    with (district / "municipal" / "nodes.csv").open(encoding="gb18030", newline="") as lines:
        first = next(csv.DictReader(lines))
    assert 4_073_000 < float(first["X"]) < 4_077_000
    assert 39_574_000 < float(first["Y"]) < 39_578_000


def test_blueprint_names_every_file(district: Path) -> None:
    tables = tomllib.loads((district / "blueprint.toml").read_text(encoding="utf-8"))
    named = {table["path"] for table in tables["layers"].values()} | {"housing/buildings.csv"}
    suffixes = (".shp", ".gpkg", ".csv", ".geojson", ".kml", ".fgb", ".parquet")
    assert named == {name for name in files(district) if name.endswith(suffixes)} - {"truth.csv"}
    assert {table["department"] for table in tables["layers"].values()} == set(tables["departments"])


def test_numbers_are_those_of_a_district(district: Path) -> None:
    assert len(gpd.read_file(district / "land" / "ZD.shp", encoding="GBK")) == 1_051
    assert 300 <= len(gpd.read_file(district / "housing" / "buildings.geojson")) <= 600
    assert 150 <= len(gpd.read_file(district / "municipal" / "GX.shp")) <= 300
