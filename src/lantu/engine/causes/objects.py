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
    keys, of_object = _memberships(ledger)
    heap = [(-len(rows), number) for number, rows in enumerate(of_object)]
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


def _memberships(ledger: Ledger) -> tuple[list[tuple[str, str]], list[IntArray]]:
    """Return the objects of at least LEAST_FINDINGS free findings, sorted, and the findings of each."""
    free = np.flatnonzero(ledger.free)
    layers = np.concatenate([ledger.text("layer_a")[free], ledger.text("layer_b")[free]])
    ids = np.concatenate([ledger.text("id_a")[free], ledger.text("id_b")[free]])
    layer, layer_names = pd.factorize(layers)
    name, names = pd.factorize(ids)
    member = layer * len(names) + name
    named = ids != ""
    named[len(free) :] &= member[len(free) :] != member[: len(free)]  # both sides of one finding count once
    finding, member = np.concatenate([free, free])[named], member[named]
    order = np.argsort(member, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(member[order])) + 1)
    found = [
        ((layer_names[number // len(names)], names[number % len(names)]), finding[part])
        for part in parts
        if len(part) >= LEAST_FINDINGS
        for number in [int(member[part[0]])]
    ]
    found.sort(key=lambda entry: entry[0])
    return [key for key, _ in found], [rows for _, rows in found]
