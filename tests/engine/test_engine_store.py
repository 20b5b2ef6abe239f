"""A layer on disk answers as the same layer in memory does, and never is in memory whole."""

from __future__ import annotations

import pickle
import shutil
from collections import OrderedDict
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
import shapely
from engine_district import district
from engine_layers import as_run, every_rule, make_facts, make_layer, square
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lantu.engine import check, tiles
from lantu.engine.executors import Serial
from lantu.engine.store import Store, StoredFrame, groups
from lantu.engine.store.frame import KEY
from lantu.keeping import read_kept, write_kept
from lantu.model import Texts
from lantu.register.objects import digests, write_objects
from lantu.relations import Coverage, Displaced, coverage, displaced, displacement, gaps
from lantu.relations.index import index_of
from lantu.relations.kernels import balance

if TYPE_CHECKING:
    from pathlib import Path

    from lantu.model import Layer

PER_TILE = 60
SIDE = 24


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make parts of layers so small that a test's layers have many."""
    monkeypatch.setattr(tiles, "SUBJECTS_PER_TILE", PER_TILE)
    monkeypatch.setattr(coverage, "FEATURES_AT_ONCE", PER_TILE)
    monkeypatch.setattr(balance, "AT_ONCE", 256)  # a power of two
    monkeypatch.setattr(displacement, "PAIRS_AT_ONCE", PER_TILE)
    monkeypatch.setattr(displacement, "FEATURES_AT_ONCE", PER_TILE)


def _town(name: str, seed: int, *, stray: float = 0.2, shift_m: float = 0.0, twice: bool = True) -> Layer:
    """Return neighbours that share most of their corners; some features are missing, some stand twice."""
    rng = np.random.default_rng(seed)
    corners = rng.uniform(-8.0, 8.0, (SIDE + 1, SIDE + 1, 2)) + shift_m
    shapes: list[Any] = []
    for row in range(SIDE):
        for column in range(SIDE):
            ring = shapely.get_coordinates(square(column, row))[:4]
            at = [(column + 1, row), (column + 1, row + 1), (column, row + 1), (column, row)]
            moved = ring + np.array([corners[place] for place in at])
            if rng.random() < stray:
                moved[0] += rng.uniform(0.1, 1.0, 2)
            if rng.random() > 0.05:
                shapes += [shapely.Polygon(moved)] * int(rng.choice([1, 1, 1, 1, 1 + twice]))
    order = rng.permutation(len(shapes))
    ids = [f"{name}{number:04d}" for number in rng.permutation(len(shapes))]
    return make_layer(name, "land.survey", [shapes[number] for number in order], id=ids)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32 - 1), stray=st.sampled_from([0.002, 0.3]), kernels=st.booleans())
@pytest.mark.usefixtures("small_parts")
def test_gaps_of_a_stored_coverage_are_those_in_memory(
    *, seed: int, stray: float, kernels: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    layer = _town("plots", seed, stray=stray)
    stored = Store(tmp_path_factory.mktemp("store")).put(layer)
    chosen = np.random.default_rng(seed).random(len(layer)) > 0.02
    here, left = gaps(Coverage(max_width_m=30.0), layer, chosen_a=chosen, kernels=kernels)
    there, also_left = gaps(Coverage(max_width_m=30.0), stored, chosen_a=chosen, kernels=kernels)
    assert len(here) > 0
    assert left == also_left
    assert np.array_equal(here.rows_a, there.rows_a)
    assert shapely.equals_identical(here.shape(), there.shape()).all()
    assert all(np.array_equal(here[name], there[name]) for name in here.measures)


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("kernels", [False, True])
@pytest.mark.parametrize("way", [displacement.BY_ID, displacement.BY_CENTROID, displacement.BY_CORNER])
def test_stored_layers_are_displaced_as_in_memory(*, way: int, kernels: bool, tmp_path: Path) -> None:
    by_corner = way == displacement.BY_CORNER
    a = _town("a", 1, stray=0.0)
    b = _town("a" if way == displacement.BY_ID else "b", 1, stray=0.0, shift_m=0.4)
    b = replace(b, name="b", frame=b.frame.set_geometry(b.frame.boundary) if by_corner else b.frame)
    chosen_a, chosen_b = np.ones(len(a), dtype=np.bool_), np.ones(len(b), dtype=np.bool_)
    store = Store(tmp_path)
    relation = Displaced(min_pairs=30, line_work=frozenset({"land.survey"}))
    here = displaced(relation, a, b, chosen_a=chosen_a, chosen_b=chosen_b, kernels=kernels)
    there = displaced(
        relation, store.put(a), store.put(b), chosen_a=chosen_a, chosen_b=chosen_b, kernels=kernels
    )
    assert len(here) > 30
    assert set(here["way"]) == {float(way)}
    assert np.array_equal(here.rows_a, there.rows_a)
    assert np.array_equal(here.rows_b, there.rows_b)
    assert all(np.array_equal(here[name], there[name]) for name in here.measures)


@pytest.mark.usefixtures("small_parts")
def test_what_is_known_of_stored_features_is_what_their_geometry_says(tmp_path: Path) -> None:
    empty = shapely.Polygon()
    shapes = [square(0, 0), None, empty, shapely.Point(1, 2), shapely.LineString([(0, 0), (3, 4)])]
    layer = make_layer("mixed", "land.survey", shapes)
    stored = Store(tmp_path).put(layer)
    for name in ("dimension", "area_m2", "length_m", "centre_m"):
        here, there = getattr(index_of(layer), name), getattr(index_of(stored), name)
        assert np.array_equal(here, there, equal_nan=True), name
    shown = stored.geometry
    assert shown[0] == layer.geometry[0]
    assert shown[np.array([False, True, False, True, False])].tolist() == [None, layer.geometry[3]]
    assert shapely.equals_identical(np.asarray(shown), layer.geometry)[[0, 2, 3, 4]].all()


def test_stored_layers_about_which_more_is_noted_are_not_read_for_their_boxes_and_ids(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stray feature is noted on a layer that lies in the store; another process knows its boxes too."""
    layer = _town("a", 3)
    noted = replace(Store(tmp_path).put(layer), problems=layer.problems.copy())
    sent = pickle.dumps(noted.frame)
    assert len(sent) < layer.bounds_m.nbytes / 2
    monkeypatch.setattr(StoredFrame, "shapes_of", None)
    for frame in (noted.frame, pickle.loads(sent)):  # noqa: S301  # our own
        one = replace(noted, frame=frame)
        np.testing.assert_array_equal(one.bounds_m, layer.bounds_m)
        assert isinstance(one.ids, Texts)
        assert list(one.ids) == list(layer.ids)


@pytest.mark.usefixtures("small_parts")
def test_what_is_kept_of_stored_layers_is_what_is_kept_of_those_in_memory(tmp_path: Path) -> None:
    layers = (_town("survey", 3), *district(5, columns=3, rows=3))
    store = Store(tmp_path / "store")
    stored = tuple(store.put(layer) for layer in layers)
    kept = []
    for name, some in (("here", layers), ("there", stored)):
        facts = make_facts(*some)
        checked = check([], facts)
        write_kept(as_run(checked, facts), tmp_path / name)
        kept.append(read_kept(tmp_path / name).facts.layers)
        write_objects(some, tmp_path / f"{name}.parquet")
    for one, other in zip(*kept, strict=True):
        pd.testing.assert_frame_equal(pd.DataFrame(one.frame), pd.DataFrame(other.frame))
    tables = [pd.read_parquet(tmp_path / f"{name}.parquet") for name in ("here", "there")]
    here, there = (table.sort_values(["layer", "id"], ignore_index=True) for table in tables)
    pd.testing.assert_frame_equal(here, there)
    assert tables[0].attrs == tables[1].attrs == digests(stored).attrs


@pytest.mark.usefixtures("small_parts")
def test_no_more_than_some_tiles_of_a_large_layer_are_in_memory_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The promise of a store, from the plan to the last file, counted in features."""
    monkeypatch.setenv("LANTU_KERNELS", "on")
    layers = [_town("survey", 7, stray=0.001, twice=False), _town("resurvey", 7, stray=0.001, twice=False)]
    layers.append(replace(_town("parcels", 8), standard="land.parcel"))
    store = Store(tmp_path / "store")
    stored = tuple(store.put(layer) for layer in layers)
    most: dict[str, int] = {}

    def counted(name: str) -> None:
        read = getattr(StoredFrame, name)

        def reading(self: StoredFrame, rows: Any, *given: Any) -> Any:
            most[name] = max(most.get(name, 0), len(rows))
            return read(self, rows, *given)

        monkeypatch.setattr(StoredFrame, name, reading)

    for name in ("part", "some", "shapes_of"):
        counted(name)
    facts = make_facts(*stored)
    checked = check(every_rule(), facts, tile_m=250.0, executor=Serial(windowed=True))
    write_kept(as_run(checked, facts), tmp_path)
    write_objects(stored, tmp_path / "objects.parquet")
    assert set(most) == {"part", "some", "shapes_of"}
    assert len(checked.findings) > 0
    assert max(map(len, stored)) > 8 * PER_TILE
    assert max(most.values()) <= 4 * PER_TILE, most


@pytest.mark.usefixtures("small_parts")
def test_row_groups_read_last_stay_in_memory_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(groups, "_held", OrderedDict())
    stored = Store(tmp_path).put(_town("survey", 9))
    parts = list(stored.parts())
    names = ("id", KEY)
    one = groups.read_group(stored.frame.path, 0, names)
    assert groups.read_group(stored.frame.path, 0, names) is one
    monkeypatch.setattr(groups, "MOST_BYTES", 3 * one.nbytes)
    for number in range(len(parts)):
        groups.read_group(stored.frame.path, number, names)
        assert sum(table.nbytes for table, _ in groups._held.values()) <= groups.MOST_BYTES
    assert groups.read_group(stored.frame.path, 0, names) is not one
    shutil.rmtree(tmp_path)
    again = Store(tmp_path).put(_town("others", 10))  # another layer under the same name
    assert again.frame.take(np.arange(3))["id"].tolist() == again.ids[:3].tolist()
