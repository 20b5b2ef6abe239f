"""Objects as causes: the one parcel against many buildings, the one building across twenty pipes."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lantu.engine.causes.ledger import Cause

if TYPE_CHECKING:
    from lantu.engine.causes.ledger import Ledger
    from lantu.model import IntArray

LEAST_FINDINGS = 3
"""An object is a cause when it takes part in so many findings that nothing else explains."""


def add_objects(ledger: Ledger) -> None:
    """Add the objects that explain most: the one with most free findings first, until none has enough.

    This is the greedy cover; of equals the first by layer and id goes first.
    """
    keys, finding, owner = _memberships(ledger)
    if not len(keys):
        return
    order = np.argsort(owner, kind="stable")
    starts = np.searchsorted(owner[order], np.arange(len(keys) + 1))
    of_object = [finding[order[starts[n] : starts[n + 1]]] for n in range(len(keys))]
    heap = [(-len(rows), n) for n, rows in enumerate(of_object) if len(rows) >= LEAST_FINDINGS]
    heapq.heapify(heap)
    while heap:
        counted, number = heapq.heappop(heap)
        rows = of_object[number][ledger.free[of_object[number]]]
        if len(rows) < LEAST_FINDINGS:
            continue
        if len(rows) < -counted:  # others have taken some: it waits for its turn
            heapq.heappush(heap, (-len(rows), number))
            continue
        layer, name = keys[number]
        ledger.add(
            Cause(
                scope="object", kind="object", layer=layer, key=(layer, name), rows=np.sort(rows), object=name
            )
        )


def _memberships(ledger: Ledger) -> tuple[list[tuple[str, str]], IntArray, IntArray]:
    """Return the objects of the free findings, sorted, and which finding each takes part in."""
    free = np.flatnonzero(ledger.free)
    sides = [
        pd.DataFrame({"layer": ledger.text(f"layer_{side}")[free], "id": ledger.text(f"id_{side}")[free]})
        for side in ("a", "b")
    ]
    both = pd.concat([side.assign(finding=free) for side in sides], ignore_index=True)
    both = both[both["id"] != ""].drop_duplicates()
    if both.empty:  # pandas before 3 cannot factorise an index without rows
        return [], np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    index = pd.MultiIndex.from_frame(both[["layer", "id"]])
    owner, keys = index.factorize(sort=True)
    return list(keys), both["finding"].to_numpy(dtype=np.int64), owner.astype(np.int64)
