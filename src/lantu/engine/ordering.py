"""All findings of a run in the contract's order, without all of them in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from lantu.engine.filed import EXPLAINS, FLOATS, GEOMETRY, filed, parts
from lantu.model import FINDINGS_AT_ONCE, Coded, Shelf, StoredFindings, shapes_of, type_ids_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pandas as pd
    from pyproj import CRS

    from lantu.engine.filed import Filed
    from lantu.model import IntArray

SORT_COLUMNS = ("rule", "layer_a", "id_a", "layer_b", "id_b")
LAST = "finding_id"
"""Sorted by where all others are equal."""

CODED = (
    *SORT_COLUMNS, "verdict", "severity", "department_a", "department_b", "field", "unit", "level",
    "cause_text", EXPLAINS,
)  # fmt: skip
"""Columns that causes, counts and the order ask for: in memory as numbers."""

ON_SHELF = (LAST, "value_a", "value_b", "raw_a", "raw_b", *FLOATS, "message", "translation", GEOMETRY)


def ordered(
    tables: Sequence[pd.DataFrame | Filed],
    crs: CRS | str | None,
    folder: Path | None = None,
    *,
    given: bool = False,
) -> StoredFindings:
    """Return findings in the contract's order, or in the order ``given``; what is large lies in ``folder``.

    They are read twice: once what they are sorted by, and once whole, each to its place.
    """
    findings = filed(tables)
    coded = _coded(findings)
    size = sum(map(len, findings))
    if not given:
        order = _order(findings, coded)
        for name in coded:
            coded[name] = coded[name].take(order)
        place = np.empty(size, dtype=np.int64)
        place[order] = np.arange(size)
    else:
        place = np.arange(size)
    shelf = Shelf(FINDINGS_AT_ONCE, folder)
    bounds_m, type_ids = np.full((size, 4), np.nan), np.full(size, -1, dtype=np.int8)
    for part, numbers in parts(findings, ON_SHELF):
        at, shapes = place[numbers], shapes_of(part.column(GEOMETRY))
        bounds_m[at] = shapely.bounds(shapes)
        type_ids[at] = type_ids_of(shapes)
        shelf.put(part, at)
    return StoredFindings(coded=coded, shelf=shelf, bounds_m=bounds_m, type_ids=type_ids, crs=crs)


def _coded(findings: Sequence[Filed]) -> dict[str, Coded]:
    chunks: dict[str, list[pa.Array]] = {name: [] for name in CODED}
    numbers = [np.empty(0, dtype=np.int64)]
    for part, number in parts(findings, CODED):
        numbers.append(number)
        for name in CODED:
            chunks[name].extend(chunk.dictionary_encode() for chunk in part.column(name).chunks)
    back = np.argsort(np.concatenate(numbers))
    return {name: Coded.of_chunks(chunks.pop(name)).take(back) for name in CODED}


def _order(findings: Sequence[Filed], coded: Mapping[str, Coded]) -> IntArray:
    """Sort as the contract says; no object on a side comes before any."""
    ranks: list[Any] = [coded[name].without_none.of for name in SORT_COLUMNS]
    order = np.lexsort(ranks[::-1])
    alike = np.all([rank[order[1:]] == rank[order[:-1]] for rank in ranks], axis=0)
    tied = order[np.r_[alike, False] | np.r_[False, alike]] if len(order) else order
    if len(tied):  # few: only their last key has to be looked at
        rank = np.zeros(len(order), dtype=np.int64)
        rank[tied] = _last_ranks(findings, tied)
        order = np.lexsort([rank, *ranks[::-1]])
    return order


def _last_ranks(findings: Sequence[Filed], tied: IntArray) -> IntArray:
    wanted = np.zeros(sum(map(len, findings)), dtype=np.bool_)
    wanted[tied] = True
    found, numbers = [], []
    for part, number in parts(findings, [LAST]):
        here = wanted[number]
        found.append(part.column(LAST).filter(pa.array(here)))
        numbers.append(number[here])
    texts = pa.chunked_array([chunk for one in found for chunk in one.chunks], type=pa.string()).fill_null("")
    rank = np.zeros(len(wanted), dtype=np.int64)
    rank[np.concatenate(numbers)] = pc.rank(texts, tiebreaker="dense").to_numpy()
    return rank[tied]
