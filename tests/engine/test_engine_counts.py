"""Counts in = counts out + counts listed + counts filtered, in every run."""

from __future__ import annotations

import textwrap
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest
import shapely

import lantu
from lantu.engine import reading
from lantu.sources import open_source

if TYPE_CHECKING:
    from pathlib import Path

    from lantu.model import RawTable

SIZE = 7


@pytest.fixture
def blueprint(tmp_path: Path) -> Path:
    """Two layers of seven parcels; a condition leaves three of the second."""
    shapes = [shapely.box(576_000 + 60 * k, 4_075_000, 576_050 + 60 * k, 4_075_040) for k in range(SIZE)]
    frame = gpd.GeoDataFrame({"ZDDM": [f"P{k}" for k in range(SIZE)]}, geometry=shapes, crs="EPSG:4548")
    layer = '[layers.{0}]\npath = "{0}.gpkg"\nstandard = "land.parcel"\ndepartment = "d"\n'
    layer += 'fields = {{ id = "ZDDM" }}\n'
    for name in ("good", "bad"):
        frame.to_file(tmp_path / f"{name}.gpkg", driver="GPKG")
    head = '[blueprint]\ncrs = "EPSG:4548"\nas_of = 2026-11-23\nlanguage = "en"\n[departments.d]\n'
    text = textwrap.dedent(head) + layer.format("bad") + layer.format("good") + "where = \"ZDDM < 'P3'\"\n"
    (tmp_path / "blueprint.toml").write_text(text, encoding="utf-8")
    return tmp_path


class Losing:
    """A reader whose source has seven records, and which spoils what it read of ``bad``."""

    def __init__(self, spoil: Any) -> None:
        self.spoil = spoil

    def open(self, path: Path, *, encoding: str | None = None) -> Any:
        source = open_source(path, encoding=encoding)
        return source if path.stem == "good" else _Spoiled(source, self.spoil)


class _Spoiled:
    def __init__(self, source: Any, spoil: Any) -> None:
        self.source, self.spoil = source, spoil

    def read(self, layer: str | None = None) -> RawTable:
        spoiled: RawTable = self.spoil(self.source.read(layer))
        return spoiled


def without_last(raw: RawTable, *parts: str) -> RawTable:
    return replace(raw, **{part: getattr(raw, part)[:-1] for part in parts})


@pytest.mark.parametrize(
    "parts",
    [("record", "attributes", "geometry"), ("record",), ("attributes",), ("geometry",)],
    ids="+".join,
)
def test_a_reader_that_loses_a_feature_is_refused_with_the_numbers(
    blueprint: Path, monkeypatch: pytest.MonkeyPatch, parts: tuple[str, ...]
) -> None:
    monkeypatch.setattr(reading, "open_source", Losing(lambda raw: without_last(raw, *parts)).open)
    layers = lantu.open(blueprint / "blueprint.toml").layers
    refusal = layers["bad"].refusal
    assert refusal is not None
    said = refusal.reason.text("en")
    assert "the source has 7 records, but 6 came out, 0 are listed as unreadable and 0 were filtered" in said
    assert "7 条记录，而读出 6 个" in refusal.reason.text("zh")
    assert len(layers["bad"]) == 0
    assert layers["good"].refusal is None  # the others go on
    assert len(layers["good"]) == 3


def test_a_feature_lost_on_the_way_to_the_standard_is_noticed(
    blueprint: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = reading.filter_where

    def losing(raw: RawTable, where: str) -> tuple[RawTable, int]:
        kept, filtered = whole(raw, where)
        return without_last(kept, "record", "attributes", "geometry"), filtered

    monkeypatch.setattr(reading, "filter_where", losing)
    layer = lantu.open(blueprint / "blueprint.toml").layers["good"]
    assert layer.refusal is not None
    assert "7 records, but 2 came out, 0 are listed as unreadable and 4" in layer.refusal.reason.text("en")
    assert layer.provenance.count_in == SIZE


def test_what_was_filtered_is_counted(blueprint: Path) -> None:
    source = lantu.open(blueprint / "blueprint.toml").layers["good"].provenance
    counts = (source.count_in, source.count_out, source.count_listed, source.count_filtered)
    assert counts == (7, 3, 0, 4)
