"""Tasks of several layers in a square of ground: nobody is judged twice, and little is seen twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from engine_district import district
from engine_layers import every_rule, make_facts, make_layer, record_of, run, square
from hypothesis import given
from hypothesis import strategies as st

from lantu.engine import check, tiles
from lantu.engine.executors import Serial
from lantu.engine.tasks import cutting, together
from lantu.engine.tiles import Square, corners_in, squares_of, tiling_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lantu.engine.tasks import Done, Ground, Task
    from lantu.model import FloatArray, Layer
    from lantu.rules import Rule


class Watching(Serial):
    """Does the tasks, and remembers them with their ground."""

    def run(self, ground: Ground, tasks: Iterable[Task]) -> Iterator[tuple[Task, tuple[Done, ...]]]:
        """Yield each task with what came of it."""
        self.__dict__["seen"] = (ground, told := list(tasks))
        return super().run(ground, told)


def tasks_of(
    rules: list[Rule], layers: tuple[Layer, ...], tile_m: float | None = None
) -> tuple[Ground, list[Task]]:
    """Return the tasks of a check in windows, without statements about whole layers."""
    watching = Watching(windowed=True)
    check(rules, make_facts(*layers), tile_m=tile_m, executor=watching)
    ground, told = watching.__dict__["seen"]
    return ground, [task for task in told if not ground.planned[task.planned[0]].is_statement]


def corners(values: list[tuple[float, float]]) -> FloatArray:
    """Return the boxes (n, 4) of points."""
    low = np.array(values, dtype=np.float64).reshape(-1, 2)
    return np.column_stack([low, low])


def points_of(bounds_m: FloatArray) -> Layer:
    """Return a layer of points."""
    return make_layer("nodes", "utility.node", list(shapely.points(bounds_m[:, :2])))


side_m = st.sampled_from([33.0, 121.0, 0.1, 1.0 / 3.0, 4000.0])
steps = st.tuples(st.integers(-9, 9), st.integers(-9, 9))


@given(side=side_m, cells=st.lists(steps, min_size=1, max_size=30), east=st.sampled_from([0.0, 39_500_000.0]))
def test_a_corner_on_an_edge_is_in_one_square(side: float, cells: list[tuple[int, int]], east: float) -> None:
    """Corners that are computed as multiples of the side, where a division may round to either square."""
    first = np.floor(east / side)
    edges = np.array([((first + column) * side, row * side) for column, row in cells])
    placed = corners(
        np.concatenate([np.nextafter(edges, -np.inf), edges, np.nextafter(edges, np.inf)]).tolist()
    )
    layer = points_of(placed)
    found = [corners_in(one, tiling_of(layer), layer.bounds_m) for one in squares_of([placed], side_m=side)]
    assert sorted(np.concatenate(found).tolist()) == list(range(3 * len(cells)))


@given(seed=st.integers(0, 2**32 - 1), most=st.integers(1, 40))
def test_halved_squares_hold_every_feature_once_and_few_of_all_layers(seed: int, most: int) -> None:
    rng = np.random.default_rng(seed)
    placed = [corners(list(map(tuple, rng.uniform(-3e4, 3e4, (size, 2))))) for size in (40, 7)]
    squares = squares_of(placed, most=most)
    layers = [points_of(one) for one in placed]
    held = [[corners_in(one, tiling_of(layer), layer.bounds_m) for one in squares] for layer in layers]
    for layer, parts in zip(layers, held, strict=True):
        assert sorted(np.concatenate(parts).tolist()) == list(range(len(layer)))
    for one, *parts in zip(squares, *held, strict=True):
        assert sum(map(len, parts)) <= most or one.side_m == tiles.FINEST_M


def test_crowded_squares_are_as_small_as_they_may_be() -> None:
    crowd = corners([(100.0, 100.0)] * 9 + [(5000.0, 5000.0)])
    smallest = squares_of([crowd], most=3)[0]
    assert smallest == Square(0.0, 0.0, tiles.FINEST_M)


@pytest.mark.parametrize("tile_m", [None, 60.0])
def test_every_subject_of_every_meeting_is_in_one_task(tile_m: float | None) -> None:
    ground, tasks = tasks_of(every_rule(), district(7, columns=4, rows=3), tile_m)
    for place, planned in enumerate(ground.planned):
        if planned.is_statement or not planned.choices:
            continue
        own = [task.rows[planned.meeting.a.name] for task in tasks if place in task.planned]
        assert sorted(np.concatenate(own).tolist()) == list(range(len(planned.meeting.a)))


def test_layers_in_a_square_are_judged_together() -> None:
    buildings = make_layer("b", "housing.building", [square(x, 0, 0.5, 0.5) for x in range(5)])
    parcels = make_layer("p", "land.parcel", [square(x, 0) for x in range(5)])
    _, tasks = tasks_of(every_rule(), (buildings, parcels))
    assert [sorted(task.rows) for task in tasks] == [["b", "p"]]
    assert tasks[0].windows is not None
    assert {name: len(rows) for name, rows in tasks[0].windows.items()} == {"b": 5, "p": 5}


def test_features_without_geometry_are_judged_together_too() -> None:
    buildings = make_layer("b", "housing.building", [square(0, 0), None])
    parcels = make_layer("p", "land.parcel", [None, square(0, 0), None])
    _, tasks = tasks_of(every_rule(), (buildings, parcels))
    assert [{name: rows.tolist() for name, rows in task.rows.items()} for task in tasks] == [
        {"b": [0], "p": [1]},
        {"b": [1], "p": [0, 2]},
    ]


def test_a_layer_that_reaches_through_the_district_keeps_tiles_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each square would see the whole length of its rivers, and with it the district."""
    monkeypatch.setattr(cutting, "MOST_IN_SQUARE", 20)
    parcels = make_layer("p", "land.parcel", [square(x, y) for x in range(60) for y in range(30)])
    rivers = make_layer("w", "water.zone", [square(12 * n, 0, 60.0, 30.0) for n in range(5)])
    _, tasks = tasks_of(every_rule(), (parcels, rivers))
    assert not any({"p", "w"} <= set(task.rows) for task in tasks)
    assert sum("p" in task.rows for task in tasks) > 5
    assert [task.rows["w"].tolist() for task in tasks if "w" in task.rows] == [[0, 1, 2, 3, 4]]


def test_small_squares_change_no_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    layers = district(11, columns=3, rows=3)
    whole = record_of(run(every_rule(), *layers, towns=layers[-1]), make_facts(*layers))
    monkeypatch.setattr(cutting, "MOST_IN_SQUARE", 5)
    monkeypatch.setattr(tiles, "FINEST_M", 32.0)
    _, tasks = tasks_of(every_rule(), layers)
    assert max(len(task.rows) for task in tasks) > 3
    seen = check(every_rule(), make_facts(*layers), towns=layers[-1], executor=Serial(windowed=True))
    assert record_of(seen, make_facts(*layers)) == whole


def test_windows_together_hold_what_each_holds() -> None:
    first, second = {"p": np.array([1, 4]), "b": np.array([0])}, {"p": np.array([2, 4])}
    found = together([first, second])
    assert found is not None
    assert {name: rows.tolist() for name, rows in found.items()} == {"p": [1, 2, 4], "b": [0]}
    assert together([first, None]) is None
