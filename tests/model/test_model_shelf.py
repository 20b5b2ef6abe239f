"""What is put on a shelf in any order is taken up in the order of the places, however few files are open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest

from lantu.model import Shelf, shelf

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("most_bytes", [2**30, 900, 50])
@pytest.mark.parametrize("open_at_once", [1, 3, 64])
@pytest.mark.parametrize("on_file", [True, False])
def test_rows_are_taken_up_in_the_order_of_their_places(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, open_at_once: int, most_bytes: int, *, on_file: bool
) -> None:
    monkeypatch.setattr(shelf, "OPEN_AT_ONCE", open_at_once)
    place = np.random.default_rng(5).permutation(1000)
    made = Shelf(90, tmp_path if on_file else None)
    for some in np.array_split(place, 13):
        made.put(pa.table({"text": [f"行 {one}" for one in some], "number": some}), some)
    stretches = list(made.stretches(1000, most_bytes))
    assert (len(stretches) > 12) is (most_bytes < 2**30)
    taken = pa.concat_tables([made.take_up(*stretch, ["number", "text"]) for stretch in stretches])
    assert taken.column("number").to_pylist() == list(range(1000))
    assert taken.column("text").to_pylist() == [f"行 {one}" for one in range(1000)]
    made.clear()
    assert not list(tmp_path.iterdir())


def test_no_more_files_are_open_than_a_system_may_allow(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    opened, files = [], pa.OSFile

    def counted(*given: object, **named: object) -> pa.OSFile:
        opened.append(files(*given, **named))
        assert sum(not one.closed for one in opened) <= 5
        return opened[-1]

    monkeypatch.setattr(shelf, "OPEN_AT_ONCE", 5)
    monkeypatch.setattr(shelf.pa, "OSFile", counted)
    made = Shelf(10, tmp_path)
    for start in (0, 1):
        made.put(pa.table({"number": np.arange(start, 400, 2)}), np.arange(start, 400, 2))
    assert made.take_up(390, 400, ["number"]).column("number").to_pylist() == list(range(390, 400))
