"""A large layer that is read piece by piece is the layer that is read whole, to the last bit."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from lantu.engine import load, making, reading, tiles
from lantu.engine.store import Store, spill
from lantu.model import LayerSpec
from lantu.sources import database, parquet
from lantu.standards.enumeration import use_classes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lantu.model import Layer

COUNT, PIECE = 331, 50
SUFFIXES = (".gpkg", ".parquet", ".fgb")


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LARGE_LAYER", 100)
    monkeypatch.setattr(database, "FEATURES_AT_ONCE", PIECE)
    monkeypatch.setattr(parquet, "FEATURES_AT_ONCE", PIECE)
    monkeypatch.setattr(spill, "FEATURES_AT_ONCE", 2 * PIECE)


def delivered(**more: Any) -> gpd.GeoDataFrame:
    """Return parcels with everything that a piece alone would be read otherwise for."""
    number = np.arange(COUNT)
    west = 117.9 + (number % 20) * 0.001
    south = 36.8 + (number // 20) * 0.001
    shapes = shapely.box(west, south, west + 0.0009, south + 0.0009)
    shapes[7] = shapely.Polygon([(117.9, 36.8), (117.91, 36.81), (117.91, 36.8), (117.9, 36.81)])  # a bow tie
    shapes[200] = shapely.MultiPolygon([shapes[200], shapely.box(118.0, 36.9, 118.001, 36.901)])
    frame = {
        "ZDDM": [f"P{one % 300:04d}" for one in number],  # the last ones repeat the first
        "DLBM": np.where(number % 7 == 3, "nonsense", "0701"),
        "ZDMJ": pd.array(np.where(number < 60, number, -1), dtype="Int64"),
        "RJL": [None if one % 11 == 0 else f"{one / 100}" for one in number],
        "LATE": [None] * (COUNT - 1) + ["a text in the last piece"],
        "YES": pd.array([None, *([True, False] * COUNT)][:COUNT], dtype="boolean"),
    }
    frame["ZDMJ"][frame["ZDMJ"] < 0] = pd.NA  # gaps in later pieces only
    return gpd.GeoDataFrame(frame | more, geometry=shapes, crs="EPSG:4490")


def written(folder: Path, frame: gpd.GeoDataFrame, suffix: str) -> Path:
    path = folder / f"parcels{suffix}"
    if suffix == ".parquet":
        frame.to_parquet(path)
    elif suffix == ".fgb":
        frame.to_file(path, driver="FlatGeobuf", SPATIAL_INDEX="NO")
    else:
        frame.to_file(path)
    return path


def both(path: Path, tmp_path: Path, **said: Any) -> tuple[Layer, Layer]:
    """Return the layer as read whole, and as read piece by piece into a store."""
    fields = {"id": "ZDDM", "use_code": "DLBM", "area_registered_m2": "ZDMJ", "far_ratio": "RJL"}
    said = {"codelist": "gbt21010-2017", "fields": fields, **said}
    spec = LayerSpec(name="parcels", path=path, standard="land.parcel", department="land", **said)
    given = {"base": tmp_path, "crs": "EPSG:4548"}
    (whole,) = load([spec], **given).layers
    (stored,) = load([spec], **given, store=Store(tmp_path / "store")).layers
    assert stored.on_disk
    return whole, stored


def assert_same(whole: Layer, stored: Layer, tmp_path: Path) -> None:
    again = Store(tmp_path / "again").put(whole)
    rows = np.arange(len(whole))
    pd.testing.assert_frame_equal(
        pd.DataFrame(stored.frame.take(rows)).drop(columns="geometry"),
        pd.DataFrame(whole.frame).drop(columns="geometry"),
    )
    assert shapely.to_wkb(np.asarray(stored.geometry)).tolist() == shapely.to_wkb(whole.geometry).tolist()
    pd.testing.assert_frame_equal(whole.problems, stored.problems)
    assert whole.provenance == stored.provenance
    assert again.filled == stored.filled
    assert again.frame.kept == stored.frame.kept
    assert np.array_equal(again.bounds_m, stored.bounds_m, equal_nan=True)
    for name in ("digests", "ids", "keys"):
        assert np.array_equal(getattr(again, name), getattr(stored, name)), name
    assert (tmp_path / "again/000.parquet").read_bytes() == (tmp_path / "store/000.parquet").read_bytes()


@pytest.fixture
def pieces_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail where a layer for the store is read whole."""
    found = reading.look_through

    def looked(spec: LayerSpec) -> reading.Delivered:
        seen = found(spec)
        assert seen is not None
        return seen

    monkeypatch.setattr(import_module("lantu.engine.load"), "look_through", looked)


@pytest.mark.usefixtures("pieces_only")
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_pieces_make_the_layer_that_the_whole_makes(tmp_path: Path, suffix: str) -> None:
    whole, stored = both(written(tmp_path, delivered(), suffix), tmp_path)
    assert len(whole.problems) > 100
    assert {"geometry_invalid", "id_repeated", "code_unknown"} <= set(whole.problems["kind"])
    assert_same(whole, stored, tmp_path)


@pytest.mark.usefixtures("pieces_only")
@pytest.mark.parametrize("codes", ["foreign", "words"])
def test_whether_codes_are_words_is_said_of_the_whole_layer(tmp_path: Path, codes: str) -> None:
    number = np.arange(COUNT)
    ours = number < (40 if codes == "foreign" else 300)  # either way some pieces alone would say otherwise
    frame = delivered(DLBM=np.where(ours, use_classes().words[0], "R-1"))
    whole, stored = both(written(tmp_path, frame, ".gpkg"), tmp_path, codelist=None)
    kinds = set(whole.problems["kind"])
    assert ("code_unknown" in kinds) == (codes == "words")
    assert ("use_class" in set(whole.problems["column"])) == (codes == "foreign")
    assert_same(whole, stored, tmp_path)


@pytest.mark.usefixtures("pieces_only")
def test_an_id_field_is_blank_in_the_whole_layer_or_not(tmp_path: Path) -> None:
    for last in (None, "P1"):
        frame = delivered(id=[None] * (COUNT - 1) + [last])
        folder = tmp_path / str(last)
        folder.mkdir()
        whole, stored = both(written(folder, frame, ".gpkg"), folder, fields={"use_code": "DLBM"})
        assert ("id" in whole.provenance.fields_matched) == (last is not None)
        assert_same(whole, stored, folder)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_what_needs_care_is_read_whole(tmp_path: Path, suffix: str) -> None:
    path = written(tmp_path, delivered(), suffix)
    whole, stored = both(path, tmp_path, where="DLBM = '0701'")
    assert whole.provenance.count_filtered > 0
    assert_same(whole, stored, tmp_path)


@pytest.mark.usefixtures("pieces_only")
def test_a_missing_geometry_is_read_in_pieces_and_said(tmp_path: Path) -> None:
    frame = delivered()
    frame.loc[[3, 120], "geometry"] = None
    whole, stored = both(written(tmp_path, frame, ".gpkg"), tmp_path)
    assert (whole.problems["kind"] == "geometry_missing").sum() == 2
    assert_same(whole, stored, tmp_path)


@pytest.mark.usefixtures("pieces_only")
def test_no_more_than_some_pieces_are_in_memory_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The promise of a store while it is filled, counted in features."""
    monkeypatch.setattr(tiles, "SUBJECTS_PER_TILE", PIECE)
    most: dict[str, int] = {}

    def counted(module: Any, name: str, size: Callable[[Any, Any], int]) -> None:
        work = getattr(module, name)

        def counting(*given: Any, **named: Any) -> Any:
            done = work(*given, **named)
            most[name] = max(most.get(name, 0), size(given, done))
            return done

        monkeypatch.setattr(module, name, counting)

    counted(making, "standardise_piece", lambda given, _: len(given[0].record))
    counted(spill, "_read", lambda _, done: done.num_rows)
    path = written(tmp_path, delivered(), ".gpkg")
    spec = LayerSpec(name="parcels", path=path, standard="land.parcel", department="land")
    (stored,) = load([spec], base=tmp_path, crs="EPSG:4548", store=Store(tmp_path / "store")).layers
    assert len(stored) == COUNT
    assert most["standardise_piece"] == PIECE
    assert most["_read"] <= 3 * PIECE
