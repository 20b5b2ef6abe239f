"""A run that goes on from another one, finished or interrupted, gives the bytes of a run from the start."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from engine_district import district
from engine_layers import every_rule, make_facts, record_of, run
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from lantu.engine import check
from lantu.engine.executors import Serial
from lantu.engine.records import JUDGED_FILE, Records
from lantu.engine.tasks import perform
from lantu.model import feature_digests

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from lantu.engine import Checked
    from lantu.engine.tasks import Done, Ground, Task
    from lantu.model import Layer

few = settings(
    max_examples=4,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
TILE_M = 60.0


def fresh(layers: tuple[Layer, ...]) -> tuple[Layer, ...]:
    return tuple(replace(layer) for layer in layers)


def checked(layers: tuple[Layer, ...], **options: Any) -> Checked:
    return check(every_rule(), make_facts(*layers), tile_m=TILE_M, towns=layers[-1], jobs=1, **options)


def with_frame(layer: Layer, frame: gpd.GeoDataFrame) -> Layer:
    return replace(layer, frame=gpd.GeoDataFrame(frame, geometry="geometry", crs=layer.frame.crs))


def moved(layer: Layer, row: int) -> Layer:
    shapes = layer.geometry.copy()
    shapes[row] = shapely.transform(shapes[row], lambda xy: xy + np.array([0.7, -0.4]))
    return with_frame(layer, layer.frame.assign(geometry=shapes))


def reworded(layer: Layer, row: int) -> Layer:
    names = [name for name in ("use_class", "medium", "kind", "name") if name in layer.frame.columns]
    if not names:
        return layer
    values = layer.frame[names[0]].to_numpy(dtype=object).copy()
    values[row] = values[(row + 1) % len(values)]
    return with_frame(layer, layer.frame.assign(**{names[0]: values}))


def removed(layer: Layer, row: int) -> Layer:
    if len(layer) == 1:
        return layer
    return with_frame(layer, layer.frame.drop(index=row).reset_index(drop=True))


def first_last(layer: Layer, row: int) -> Layer:
    """Return the layer with its rows rotated: an object's place in its file is not what it is."""
    order = np.roll(np.arange(len(layer)), row)
    return with_frame(layer, layer.frame.iloc[order].reset_index(drop=True))


edits = st.lists(
    st.tuples(
        st.sampled_from([moved, reworded, removed, first_last]), st.integers(0, 12), st.integers(0, 2**16)
    ),
    max_size=3,
)


@few
@given(seed=st.integers(0, 2**32 - 1), changes=edits)
def test_an_incremental_run_gives_the_bytes_of_a_full_one(
    seed: int, changes: list[tuple[Any, int, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("run")
    before = district(seed, 3, 2)
    first = Records()
    checked(before, records=first)
    first.write(folder)
    after = list(fresh(before))
    for edit, number, row in changes:
        layer = after[number % len(after)]
        after[number % len(after)] = edit(layer, row % len(layer))
    again = Records(earlier=folder)
    spared = checked(tuple(after), records=again)
    full = run(every_rule(), *fresh(tuple(after)), towns=after[-1])
    assert spared.outcomes == full.outcomes
    assert record_of(spared, make_facts(*after)) == record_of(full, make_facts(*after))
    assert again.reused > 0


def test_where_nothing_changed_nothing_is_judged_again(tmp_path: Path) -> None:
    layers = district(5, 3, 2)
    first = Records()
    whole = checked(layers, records=first)
    first.write(tmp_path)
    again = checked(fresh(layers), records=Records(earlier=tmp_path), executor=NobodyWorks())
    assert record_of(again, make_facts(*layers)) == record_of(whole, make_facts(*layers))


def test_one_moved_object_costs_its_neighbourhood_only(tmp_path: Path) -> None:
    layers = district(6, 6, 6)
    first = Records()
    checked(layers, records=first)
    first.write(tmp_path)
    again = Records(earlier=tmp_path)
    counted = Counting()
    checked((moved(layers[0], 0), *fresh(layers[1:])), records=again, executor=counted)
    # Statements about whole layers, and what looks at all of a small layer, are judged again; tiles are not.
    assert counted.tiles < 0.2 * again.reused


@pytest.mark.parametrize("kept", [0, 1, 7])
def test_an_interrupted_run_goes_on(tmp_path: Path, kept: int) -> None:
    layers = district(8, 3, 2)
    whole = run(every_rule(), *fresh(layers), towns=layers[-1])
    with pytest.raises(KeyboardInterrupt):
        checked(fresh(layers), records=Records(folder=tmp_path), executor=Interrupted(after=kept))
    assert len(list(tmp_path.glob("*.parquet"))) == kept
    records = Records(folder=tmp_path)
    again = checked(fresh(layers), records=records)
    assert record_of(again, make_facts(*layers)) == record_of(whole, make_facts(*layers))
    assert records.reused >= kept


def test_half_a_file_is_no_record(tmp_path: Path) -> None:
    layers = district(8, 2, 2)
    first = Records()
    whole = checked(layers, records=first)
    first.write(tmp_path)
    content = (tmp_path / JUDGED_FILE).read_bytes()
    (tmp_path / JUDGED_FILE).write_bytes(content[: len(content) // 2])
    again = Records(earlier=tmp_path)
    second = checked(fresh(layers), records=again)
    assert again.reused == 0
    assert record_of(second, make_facts(*layers)) == record_of(whole, make_facts(*layers))


def test_a_record_holds_no_code(tmp_path: Path) -> None:
    """The folder of an earlier run may come from anybody: it is read as data, and only as that."""
    first = Records()
    checked(district(8, 2, 2), records=first)
    first.write(tmp_path)
    schema = pq.read_schema(tmp_path / JUDGED_FILE)
    assert {str(field.type) for field in schema} <= {"string", "double", "binary"}
    assert [field.name for field in schema if field.type == pa.binary()] == ["geometry"]


@given(st.integers(0, 2**32 - 1), st.sampled_from([moved, reworded]))
@settings(max_examples=10, deadline=None)
def test_a_digest_tells_what_changed_and_nothing_else(seed: int, edit: Any) -> None:
    for layer in district(seed, 2, 2):
        row = seed % len(layer)
        before, after = feature_digests(layer.frame), feature_digests(edit(layer, row).frame)
        same = before == after
        assert same[np.arange(len(layer)) != row].all()
        changed = edit(layer, row).frame.iloc[[row]].to_wkb() != layer.frame.iloc[[row]].to_wkb()
        assert same[row] == (not changed.to_numpy(dtype=bool).any() or bool(same[row]))
        rolled = feature_digests(first_last(layer, 1).frame)
        assert sorted(rolled) == sorted(before)


class NobodyWorks:
    """Refuses every task."""

    windowed = False

    def run(self, ground: Ground, tasks: Iterable[Task]) -> Iterator[tuple[Task, tuple[Done, ...]]]:
        for task in tasks:
            raise AssertionError([ground.planned[place].meeting.relation for place in task.planned])
        return iter(())


class Counting(Serial):
    """Counts the meetings of tiles that are judged."""

    tiles = 0

    def run(self, ground: Ground, tasks: Iterable[Task]) -> Iterator[tuple[Task, tuple[Done, ...]]]:
        for task in tasks:
            statement = ground.planned[task.planned[0]].is_statement
            object.__setattr__(self, "tiles", self.tiles + (0 if statement else len(task.planned)))
            yield task, perform(ground, task)


class Interrupted:
    """Stops the run after some tasks."""

    windowed = False

    def __init__(self, after: int) -> None:
        self.left = after

    def run(self, ground: Ground, tasks: Iterable[Task]) -> Iterator[tuple[Task, tuple[Done, ...]]]:
        for task in tasks:
            if self.left == 0:
                raise KeyboardInterrupt
            self.left -= 1
            yield task, perform(ground, task)
