"""Findings that lie on disk are gathered and written as those in memory, and never are in memory whole."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
import shapely
from engine_district import district
from engine_layers import CRS, as_run, every_rule, make_facts

from lantu.engine import check, filed, ordering
from lantu.engine.causes import gather_in
from lantu.engine.filed import Filed, as_table
from lantu.engine.ordering import ordered
from lantu.engine.records import Records
from lantu.keeping import read_kept, write_kept
from lantu.model import (
    FINDING_COLUMNS,
    StoredFindings,
    in_memory,
    shelf,
    stored_findings,
)
from lantu.register import note_presence
from lantu.report import write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lantu.model import Run

AT_ONCE = 40


@pytest.fixture
def few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have so few findings in memory at a time that a test's districts have many times as many."""
    for module in (filed, ordering, stored_findings):
        monkeypatch.setattr(module, "FINDINGS_AT_ONCE", AT_ONCE)


def written(run: Run, folder: Path, *formats: str) -> list[bytes]:
    files = [path.name for path in write(run, folder, formats=("parquet", *formats))]
    write_kept(run, folder, findings=folder / "findings.parquet")
    files.remove("timings.json")
    names = (*files, "kept/translations.parquet", "kept/findings.parquet")
    return [(folder / name).read_bytes() for name in names]


def geometry_of_row_groups(path: Path) -> Iterator[list[int]]:
    """Yield the bytes that each geometry has, row group by row group."""
    with pq.ParquetFile(path) as file:
        for number in range(file.num_row_groups):
            column = file.read_row_group(number, columns=["geometry"]).column("geometry")
            yield pc.binary_length(column).fill_null(0).to_pylist()


@pytest.mark.parametrize(("seed", "most_bytes"), [(1, 2**25), (2, 2**25), (2, 1500)])
@pytest.mark.usefixtures("few_at_once")
def test_findings_are_the_same_bytes_wherever_they_lie(
    seed: int, most_bytes: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored_findings, "BYTES_AT_ONCE", most_bytes)
    (tmp_path / "done").mkdir()
    layers = district(seed, 3, 2)
    facts = make_facts(*layers)
    options: dict[str, Any] = {"jobs": 1, "tile_m": 60.0, "towns": layers[-1]}
    here = check(every_rule(), facts, **options)
    there = check(
        every_rule(),
        facts,
        **options,
        whole=False,
        folder=tmp_path,
        records=Records(folder=tmp_path / "done"),
    )
    kept = check(every_rule(), facts, **options, whole=False, records=Records())
    assert len(here.findings) > 3 * AT_ONCE
    runs = [replace(as_run(one, facts), translations=one.translations) for one in (here, there, kept)]
    expected, *others = (written(run, tmp_path / str(number), "xlsx") for number, run in enumerate(runs))
    assert others == [expected, expected]
    groups = list(geometry_of_row_groups(tmp_path / "0" / "findings.parquet"))
    assert all(sum(sizes[:-1]) < most_bytes for sizes in groups)
    assert all(len(sizes) == AT_ONCE for sizes in groups[:-1]) is (most_bytes == 2**25)
    again = in_memory(runs[1])
    pd.testing.assert_frame_equal(pd.DataFrame(again.findings), pd.DataFrame(here.findings))
    pd.testing.assert_frame_equal(again.translations, here.translations)
    taken = np.random.default_rng(seed).random(len(here.findings)) < 0.3
    left = here.findings[~taken].reset_index(drop=True)
    stored = runs[1].findings.without(taken)
    pd.testing.assert_frame_equal(pd.DataFrame(stored.whole()), pd.DataFrame(left))
    some = left["rule"] == left["rule"].iloc[-1]
    pd.testing.assert_frame_equal(pd.DataFrame(stored[some]), pd.DataFrame(left[some]).reset_index(drop=True))
    assert written(replace(runs[1], findings=stored), tmp_path / "c") == written(
        replace(runs[0], findings=left), tmp_path / "d"
    )
    assert len(read_kept(tmp_path / "c").findings) == len(left)


def test_findings_of_one_key_are_ordered_by_their_ids() -> None:
    frame = _many(50).assign(rule="LU01", layer_a="p", id_a="same", layer_b="q", id_b="same")
    expected = frame.sort_values("finding_id")["finding_id"].tolist()
    for order in (np.arange(50), np.random.default_rng(1).permutation(50)):
        assert ordered([frame.iloc[order]], CRS)["finding_id"].tolist() == expected


def _many(count: int) -> pd.DataFrame:
    """Return findings of which most have no cause, each with a long sentence, all over a district."""
    rng = np.random.default_rng(3)
    columns: dict[str, Any] = {name: np.full(count, None, dtype=object) for name in FINDING_COLUMNS}
    numbers = rng.permutation(count).astype(str).astype(object)
    columns |= {
        "finding_id": "LU01-" + numbers,
        "rule": rng.choice(np.array(["LU01", "PI02", "HE01"], dtype=object), count),
        "verdict": "conflict",
        "severity": "minor",
        "layer_a": "parcels",
        "id_a": "P" + rng.permutation(count).astype(str).astype(object),
        "layer_b": "plots",
        "id_b": "Q" + rng.permutation(count).astype(str).astype(object),
        "level": "internal",
        "message": numbers + "x" * LETTERS,
        "translation": numbers + "y" * LETTERS,
    }
    x, y = rng.uniform(0, 50_000, (2, count))
    frame = pd.DataFrame(columns).astype(FINDING_COLUMNS)
    shapes = shapely.buffer(shapely.points(x, y), 3.0, quad_segs=16)
    return frame.assign(cause_text=None, explains=None, geometry=shapes)


LETTERS = 4_000
FINDINGS = 12_000


def test_no_more_than_some_findings_are_in_memory_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the records to the last file: what their sentences take, 8 KiB a finding, never is in memory."""
    at_once = 500
    for module in (filed, ordering, stored_findings):
        monkeypatch.setattr(module, "FINDINGS_AT_ONCE", at_once)
    path = tmp_path / "record.parquet"
    pq.write_table(as_table([_many(FINDINGS)]), path, row_group_size=at_once)
    most = {"shapes": 0, "arrow": 0}
    read, take_up = stored_findings.shapes_of, shelf.Shelf.take_up
    before = pa.total_allocated_bytes()

    def counted(column: Any) -> Any:
        most["shapes"] = max(most["shapes"], len(column))
        return read(column)

    def weighed(self: Any, *asked: Any) -> Any:
        most["arrow"] = max(most["arrow"], pa.total_allocated_bytes() - before)
        return take_up(self, *asked)

    monkeypatch.setattr(stored_findings, "shapes_of", counted)
    monkeypatch.setattr(shelf.Shelf, "take_up", weighed)
    monkeypatch.setattr(StoredFindings, "whole", None)
    facts = make_facts()
    tracemalloc.start()
    try:
        found = ordered([Filed(path, 0, FINDINGS)], CRS, tmp_path)
        rules = {rule.code: rule for rule in every_rule()}
        ids, (causes, _) = gather_in(("en", "zh"), found, rules)
        empty = {
            name: found.coded["verdict"].of_objects(np.full(FINDINGS, None)) for name in ("town", "village")
        }
        found = replace(found, coded={**found.coded, **empty, "cause_id": ids})
        run = replace(
            as_run(check([], facts, whole=False), facts),
            findings=found,
            causes=causes.assign(level="internal"),
        )
        written(run, tmp_path / "run")
        note_presence(run, tmp_path / "run")
        objects = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert pq.read_metadata(tmp_path / "run" / "findings.parquet").num_rows == FINDINGS
    assert 0 < most["shapes"] <= 2 * at_once
    sentences = 2 * LETTERS * FINDINGS
    assert most["arrow"] < sentences / 3
    assert objects < sentences / 3
