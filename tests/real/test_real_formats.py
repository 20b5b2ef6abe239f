"""One delivery in many formats, and deliveries in the formats of Chinese departments, as they were made."""

from __future__ import annotations

import datetime as dt
import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pyogrio
import pytest
import shapely

import lantu
from lantu.crs import suggest_crs
from lantu.sources import open_source

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

pytestmark = pytest.mark.real

BLOCKS = "zaatari_camp/BlockBoundaries_2016_12"
DRAWN = ("geojson", "kml", "shp.zip", "topojson")
TABLES = ("csv", "xlsx")
ZIBO = ["高青县", "桓台县", "临淄区", "张店区", "博山区", "沂源县", "淄川区", "周村区"]
ZIBO_BOX = (117.0, 35.5, 119.0, 37.5)


def opened(folder: Path, crs: str, layers: dict[str, tuple[Path, str, str]]) -> Any:
    """Open a blueprint of layers: name, then path, standard and further lines."""
    text = f'[blueprint]\nname = "formats"\ncrs = "{crs}"\n\n[departments.one]\nname = "One"\n'
    for name, (path, standard, more) in layers.items():
        text += f'\n[layers.{name}]\npath = "{path.as_posix()}"\nstandard = "{standard}"\n'
        text += f'department = "one"\n{more}\n'
    target = folder / "blueprint.toml"
    target.write_text(text, encoding="utf-8")
    return lantu.open(target, today=dt.date(2026, 11, 23))


@pytest.fixture(scope="module")
def blocks(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The block layer in the formats that have geometry, each in the order of its keys."""
    layers = {}
    for suffix in DRAWN:
        named = '"name"' if suffix == "kml" else '"BLOCK_CODE", name = "NAME_AR"'
        more = f"fields = {{ id = {named} }}" + ('\ncrs = "EPSG:4326"' if suffix == "topojson" else "")
        layers[suffix.replace(".", "_")] = (real_data / f"{BLOCKS}.{suffix}", "admin.area", more)
    read = opened(tmp_path_factory.mktemp("formats"), "EPSG:32637", layers).layers
    return {name: layer.frame.sort_values("id", ignore_index=True) for name, layer in read.items()}


def keys_of_table(path: Path) -> list[str]:
    """Read with GDAL, with none of our own reading."""
    frame = pyogrio.read_dataframe(path, read_geometry=False)
    return sorted(frame["BLOCK_CODE"])


def test_193_blocks_have_the_same_keys_in_every_format(blocks: dict[str, Any], real_data: Path) -> None:
    plain = keys_of_table(real_data / f"{BLOCKS}.csv")
    assert len(plain) == len(set(plain)) == 193
    assert {name: frame["id"].tolist() == plain for name, frame in blocks.items()} == dict.fromkeys(
        ("geojson", "kml", "shp_zip", "topojson"), True
    )


def test_blocks_lie_within_a_decimetre_in_every_format(blocks: dict[str, Any]) -> None:
    for one, other in ((one, other) for one in blocks for other in blocks if one < other):
        apart_m = shapely.hausdorff_distance(blocks[one].geometry, blocks[other].geometry)
        assert len(apart_m) == 193
        assert apart_m.max() <= 0.1, (one, other)
    assert min(frame.geometry.area.sum() for frame in blocks.values()) > 1e6


def test_names_are_readable_in_arabic_and_the_same_in_every_format(
    blocks: dict[str, Any], real_data: Path
) -> None:
    named = [frame["name"].tolist() for name, frame in blocks.items() if name != "kml"]  # which has keys only
    assert all(one == other for one, other in pairwise(named))
    assert all(is_arabic(name) for name in named[0])
    assert set(named[0]) == set(read_table(real_data / f"{BLOCKS}.csv")["NAME_AR"])


@pytest.mark.parametrize("suffix", TABLES)
def test_tables_without_geometry_have_the_same_rows(
    suffix: str, blocks: dict[str, Any], real_data: Path, tmp_path: Path
) -> None:
    frame = read_table(real_data / f"{BLOCKS}.{suffix}")
    assert len(frame) == 193
    assert sorted(frame["BLOCK_CODE"]) == blocks["geojson"]["id"].tolist()
    by_key = dict(zip(frame["BLOCK_CODE"], frame["NAME_AR"], strict=True))
    assert [by_key[key] for key in blocks["geojson"]["id"]] == blocks["geojson"]["name"].tolist()
    alone = opened(tmp_path, "EPSG:32637", {"table": (real_data / f"{BLOCKS}.{suffix}", "admin.area", "")})
    refusal = alone.layers["table"].refusal
    assert refusal is not None
    assert "no column holds geometry" in refusal.reason.text("en")


@pytest.fixture(scope="module")
def plots(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[Path, Any]:
    paths = sorted((real_data / "jiezhidian_txt_cn").glob("4412*.txt"))
    layers = {f"plot{number}": (path, "land.survey", "") for number, path in enumerate(paths)}
    read = opened(tmp_path_factory.mktemp("plots"), "EPSG:4526", layers).layers
    return {path: read[name] for name, (path, _, _) in layers.items()}


def test_the_ten_plots_have_the_areas_that_are_declared_for_them(plots: dict[Path, Any]) -> None:
    assert len(plots) == 10
    for path, layer in plots.items():
        declared = declared_ha(path)
        assert len(layer) == len(declared) == 1
        area_ha = layer.frame.geometry.area / 10_000
        assert [f"{value:.4f}" for value in area_ha] == declared, path.name


def test_the_variant_without_an_area_is_the_same_plot(
    plots: dict[Path, Any], real_data: Path, tmp_path: Path
) -> None:
    path = real_data / "jiezhidian_txt_cn" / "plot_000_variant_J6_closing_no_area.txt"
    variant = opened(tmp_path, "EPSG:4526", {"variant": (path, "land.survey", "")}).layers["variant"]
    first = next(iter(plots.values()))
    assert shapely.equals(variant.frame.geometry, first.frame.geometry).all()


def test_names_of_zibo_are_read_as_chinese_and_come_back_from_the_web_map(
    real_data: Path, tmp_path: Path
) -> None:
    path = real_data / "zibo_gcj02" / "淄博市_district.shp"
    layers = {
        "web": (path, "admin.area", 'crs = "GCJ-02"'),
        "taken_as_it_is": (path, "admin.area", 'crs = "EPSG:4326"'),
        "undeclared": (path, "admin.area", ""),
    }
    read = opened(tmp_path, "EPSG:4548", layers).layers
    assert read["web"].frame["name"].tolist() == ZIBO
    assert read["web"].provenance.encoding.lower().replace("-", "") == "utf8"
    places = [
        shapely.get_coordinates(read[name].frame.geometry.centroid) for name in ("web", "taken_as_it_is")
    ]
    apart_m = np.hypot(*(places[1] - places[0]).T)
    assert ((apart_m > 300.0) & (apart_m < 800.0)).all()  # what GCJ-02 displaces in Shandong
    refusal = read["undeclared"].refusal
    assert refusal is not None
    assert refusal.code == "CR01"
    assert "GCJ-02" in refusal.suggestion.text("zh")


def test_degrees_of_zibo_may_be_a_web_maps(real_data: Path) -> None:
    geometry = pyogrio.read_dataframe(real_data / "zibo_gcj02" / "淄博市_district.shp").geometry
    for expected in (None, ZIBO_BOX):
        found = suggest_crs(shapely.get_coordinates(geometry), expected=expected)
        assert found is not None
        assert found.crs == "EPSG:4490"
        assert "GCJ-02" in found.message.text("en")
        assert "low confidence" in found.message.text("en")
        assert "可信度低" in found.message.text("zh")


def read_table(path: Path) -> Any:
    """Read a table as a layer's ``join`` does: its rows as delivered."""
    return open_source(path).read(geometry=False).attributes


def declared_ha(path: Path) -> list[str]:
    """Return the areas in the text itself: the second word of each plot's line."""
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    words = [line.split(",") for line in lines if line.rstrip().endswith("@")]
    return [f"{float(line[1]):.4f}" for line in words if not math.isnan(float(line[1]))]


def is_arabic(text: str) -> bool:
    letters: Iterable[str] = [letter for letter in text if letter.isalpha()]
    return bool(letters) and all("\u0600" <= letter <= "\u06ff" for letter in letters)
