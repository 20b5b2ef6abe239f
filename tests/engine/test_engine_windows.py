"""A task that sees its window of a layer, in memory or on disk, judges as if it saw all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from engine_district import district
from engine_layers import every_rule, make_facts, make_layer, record_of, run, square
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from lantu.engine import check
from lantu.engine.executors import Serial
from lantu.engine.store import Store
from lantu.engine.tasks import cutting
from lantu.engine.tiles import SUBJECTS_PER_TILE, Density, box_of, tiles, tiling_of
from lantu.relations.index import index_of
from lantu.rules import build

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from lantu.engine.tasks import Done, Ground, Task
    from lantu.model import Layer

few = settings(
    max_examples=3,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
districts = st.builds(district, st.integers(0, 2**32 - 1), columns=st.integers(2, 3), rows=st.integers(1, 3))
tilings = st.sampled_from([None, 33.0, 121.0])


@few
@given(layers=districts, tile_m=tilings)
def test_windows_change_no_byte(layers: tuple[Layer, ...], tile_m: float | None) -> None:
    whole = run(every_rule(), *layers, towns=layers[-1])
    again = tuple(replace(layer) for layer in layers)
    facts = make_facts(*again)
    seen = check(every_rule(), facts, tile_m=tile_m, towns=again[-1], executor=Serial(windowed=True))
    assert seen.outcomes == whole.outcomes
    assert record_of(seen, facts) == record_of(whole, make_facts(*layers))


@few
@given(layers=districts, tile_m=tilings)
def test_layers_on_disk_change_no_byte(
    layers: tuple[Layer, ...], tile_m: float | None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    whole = run(every_rule(), *layers, towns=layers[-1])
    store = Store(tmp_path_factory.mktemp("store"))
    stored = tuple(store.put(layer) for layer in layers)
    facts = make_facts(*stored)
    seen = check(every_rule(), facts, tile_m=tile_m, towns=stored[-1], executor=Serial(windowed=True))
    assert seen.outcomes == whole.outcomes
    assert record_of(seen, facts) == record_of(whole, make_facts(*layers))


@few
@given(layers=districts, most=st.sampled_from([1, 12, 40]))
def test_tiles_that_see_much_are_parted_and_change_no_byte(layers: tuple[Layer, ...], most: int) -> None:
    whole = run(every_rule(), *layers, towns=layers[-1])
    again = tuple(replace(layer) for layer in layers)
    facts = make_facts(*again)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cutting, "MOST_SEEN", most)
        seen = check(every_rule(), facts, towns=again[-1], executor=Serial(windowed=True))
    assert seen.outcomes == whole.outcomes
    assert record_of(seen, facts) == record_of(whole, make_facts(*layers))


def parts_of_tiles(monkeypatch: pytest.MonkeyPatch, most: int, *layers: Layer) -> list[list[int]]:
    """Return the subjects of each task of the first layer."""
    seen: list[list[int]] = []

    class Watching(Serial):
        def run(self, ground: Ground, tasks: Iterable[Task]) -> Iterator[tuple[Task, tuple[Done, ...]]]:
            told = list(tasks)
            own = [one for one in told if ground.planned[one.planned[0]].meeting.a.name == layers[0].name]
            seen.extend(one.rows[layers[0].name].tolist() for one in own)
            return super().run(ground, told)

    monkeypatch.setattr(cutting, "MOST_SEEN", most)
    check(build(("BU01",), (), {}), make_facts(*layers), executor=Watching(windowed=True))
    return seen


def test_subjects_are_parted_where_much_stands_among_them(monkeypatch: pytest.MonkeyPatch) -> None:
    buildings = make_layer("b", "housing.building", [square(x, 0, 0.5, 0.5) for x in range(64)])
    parcels = make_layer("p", "land.parcel", [square(x, 0) for x in range(64)])
    parts = parts_of_tiles(monkeypatch, 40, buildings, parcels)
    assert sorted(row for part in parts for row in part) == list(range(64))
    assert sorted(map(len, parts)) == [16, 16, 16, 16]


def test_subjects_that_see_all_of_it_anyway_stay_together(monkeypatch: pytest.MonkeyPatch) -> None:
    buildings = make_layer("b", "housing.building", [square(0, 0, 64.0, 64.0)] * 8)
    parcels = make_layer("p", "land.parcel", [square(x, 0) for x in range(64)])
    assert parts_of_tiles(monkeypatch, 40, buildings, parcels) == [list(range(8))]


def test_a_divided_parcel_is_told_from_within_a_window() -> None:
    """BD02 looks at what stands on the ground of a vanished id, and whether the old edition knows it."""
    old = make_layer("old", "land.parcel", [square(0, 0), square(1, 0), square(9, 9)], id=["A", "B", "far"])
    halves = [square(0, 0, 0.5, 1.0), square(0.5, 0, 0.5, 1.0)]
    new = make_layer("new", "land.parcel", [*halves, square(1, 0)], id=["A1", "far", "B"])
    rules = build(("BD02",), (), {})
    whole = run(rules, old, new)
    seen = check(rules, make_facts(old, new), tile_m=20.0, executor=Serial(windowed=True))
    assert len(whole.findings) == 2
    assert record_of(seen, make_facts(old, new)) == record_of(whole, make_facts(old, new))


def test_a_stored_frame_gives_back_what_was_put(tmp_path: Path) -> None:
    """To the type: texts, numbers, dates, whole numbers, mixed kinds, nothing."""
    shapes = [square(2, 0), None, square(0, 0), square(1, 5)]
    given_columns = {
        "source:text": np.array(["a", None, "丙", ""], dtype=object),
        "source:whole": np.array([1, 2, 3, 4], dtype=np.int64),
        "source:gaps": pd.array([1, None, 3, 4], dtype="Int64"),
        "source:float": np.array([1.5, np.nan, -0.0, 1e300]),
        "source:mixed": np.array([1, "1", None, [2, 3]], dtype=object),
        "source:flag": np.array([True, False, True, True]),
    }
    layer = make_layer("plots", "plan.plot", shapes, id=["d", "c", "b", "b~2"])
    frame = layer.frame.assign(**given_columns)
    layer = replace(layer, frame=gpd.GeoDataFrame(frame, geometry="geometry", crs=layer.frame.crs))
    stored = Store(tmp_path).put(layer)
    for rows in ([0, 1, 2, 3], [3, 0], [], [1]):
        part, keys = stored.frame.part(np.array(rows, dtype=np.int64))
        expected = layer.frame.iloc[rows].reset_index(drop=True)
        pd.testing.assert_frame_equal(pd.DataFrame(part)[list(expected.columns)], pd.DataFrame(expected))
        assert list(keys) == list(index_of(layer).keys[rows])
    for name in given_columns:
        pd.testing.assert_series_equal(stored.frame[name], layer.frame[name], check_names=False)
    assert shapely.equals_identical(stored.geometry, layer.geometry)[[0, 2, 3]].all()
    assert np.array_equal(stored.bounds_m, layer.bounds_m, equal_nan=True)
    pd.testing.assert_frame_equal(
        pd.DataFrame(stored.frame[list(layer.frame.columns)]), pd.DataFrame(layer.frame)
    )


def test_anybody_can_open_a_store(tmp_path: Path) -> None:
    layer = make_layer("plots", "plan.plot", [square(0, 0), square(3, 3)])
    stored = Store(tmp_path).put(layer)
    opened = gpd.read_parquet(stored.frame.path, bbox=tuple(box_of(layer.bounds_m[1:])))
    assert opened.crs == layer.frame.crs
    assert list(opened["id"]) == [layer.ids[1]]


def test_automatic_tiles_are_small_where_much_stands() -> None:
    rng = np.random.default_rng(1)
    crowd = rng.uniform(0, 100, (SUBJECTS_PER_TILE + 1, 2))
    lone = rng.uniform(10_000, 200_000, (50, 2))
    layer = make_layer("nodes", "utility.node", list(shapely.points(np.concatenate([crowd, lone]))))
    parts = tiles(layer)
    assert max(map(len, parts)) <= SUBJECTS_PER_TILE
    sizes = [np.hypot(*(box[2:] - box[:2])) for box in tiling_of(layer).boxes]
    assert sizes[int(np.argmax([len(part) for part in parts]))] < 150.0


def test_one_more_feature_changes_only_the_tiles_around_it() -> None:
    """What else an incremental run would have to judge anew."""
    rng = np.random.default_rng(2)
    points = rng.uniform(0, 5000, (4 * SUBJECTS_PER_TILE, 2))
    before = make_layer("nodes", "utility.node", list(shapely.points(points)))
    after = make_layer("nodes", "utility.node", list(shapely.points(np.concatenate([points, [[1.0, 1.0]]]))))
    old, new = ({tuple(part) for part in tiles(layer)} for layer in (before, after))
    assert len(old & new) >= len(old) - 1 > 3


def test_an_id_that_the_other_layer_knows_elsewhere_is_seen_from_a_window() -> None:
    """BD03 asks whether the other layer has an id; its bearer may stand at the other end of the district."""
    old = make_layer("old", "land.parcel", [square(0, 0), square(1, 0), square(3, 0)], id=["A", "B", "E"])
    shapes = [square(0, 0), square(90, 90), square(1, 0), square(3, 0)]
    new = make_layer("new", "land.parcel", shapes, id=["C", "A", "D", "E"])
    rules = build(("BD03",), (), {})
    whole = run(rules, old, new)
    seen = check(rules, make_facts(old, new), tile_m=20.0, executor=Serial(windowed=True))
    assert whole.findings["id_a"].tolist() == ["B"]
    assert record_of(seen, make_facts(old, new)) == record_of(whole, make_facts(old, new))


def test_roads_without_common_ids_see_their_rivals_from_a_window() -> None:
    """RO01 goes by course where ids say nothing; a line of either layer in a farther tile may be a rival."""
    rng = np.random.default_rng(3)

    def roads(name: str, shift_m: float) -> Layer:
        lines = [
            shapely.LineString([(x, y + rng.normal(shift_m, 2.0)), (x + 40.0, y + rng.normal(shift_m, 2.0))])
            for y in (0.0, 24.0, 55.0, 90.0)
            for x in np.arange(0.0, 400.0, 40.0)
        ]
        moved = [shapely.transform(line, lambda xy: xy + np.array([5e5, 4e6])) for line in lines]
        ids = [f"{name}{number}" for number in range(len(lines))]
        return make_layer(name, "transport.road", moved, id=ids)

    a, b = roads("roads", 0.0), roads("old_roads", 5.0)
    rules = build(("RO01",), (), {"RO01": {"min_length_m": 5.0}})
    whole = run(rules, a, b)
    assert whole.outcomes[0].judged > 0
    assert len(whole.findings) > 3
    for tile_m in (15.0, 70.0):
        seen = check(rules, make_facts(a, b), tile_m=tile_m, executor=Serial(windowed=True))
        assert record_of(seen, make_facts(a, b)) == record_of(whole, make_facts(a, b))


def test_how_many_stand_in_a_box_is_told_from_tiles_alone() -> None:
    rng = np.random.default_rng(4)
    places = rng.uniform(0, 5000, (4 * SUBJECTS_PER_TILE, 2))
    layer = make_layer("nodes", "utility.node", [*shapely.points(places), None])
    tiling, density = tiling_of(layer), Density.of([layer])
    for box in ([1000.0, 500.0, 3000.0, 2500.0], [-9.0, -9.0, 6000.0, 6000.0], [7000.0, 0.0, 8000.0, 1.0]):
        exact = len(tiling.rows_in(np.array(box), layer.bounds_m))
        assert abs(density.about_in(np.array(box)) - exact) <= 0.05 * exact + 1
    assert density.about_in(np.full(4, np.nan)) == 0.0
