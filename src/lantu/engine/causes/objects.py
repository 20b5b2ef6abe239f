"""Objects as causes: the one parcel against many buildings, the one building across twenty pipes."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

import numpy as np
import pyarrow.compute as pc

from lantu.engine.causes.ledger import Cause, groups_of
from lantu.model import in_common

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
    layers = in_common(ledger.kinds("layer_a"), ledger.kinds("layer_b"))
    ids = in_common(ledger.kinds("id_a"), ledger.kinds("id_b"))
    width, nobody = len(ids[0].texts), pc.index(ids[0].texts, "").as_py()
    one, other = (
        layer.of[free].astype(np.int64) * width + name.of[free]
        for layer, name in zip(layers, ids, strict=True)
    )
    named_a, named_b = (name.of[free] != nobody for name in ids)
    named_b &= other != one  # both sides of one finding count once
    member = np.concatenate([one[named_a], other[named_b]])
    finding = np.concatenate([free[named_a], free[named_b]])
    keys, rows = [], []
    for part in groups_of(member, LEAST_FINDINGS):  # by layer and id, since their numbers are in this order
        number = divmod(int(member[part[0]]), width)
        keys.append((str(layers[0].texts[number[0]]), str(ids[0].texts[number[1]])))
        rows.append(finding[part])
    return keys, rows
