"""Work on long arrays in threads, where the libraries let go of the interpreter; the order stays."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import starmap
from typing import TYPE_CHECKING, Any

import numpy as np

from lantu.pieces import PIECE, cores, in_pieces

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from lantu.model.arrays import ObjectArray


def in_threads(work: Callable[[ObjectArray], np.ndarray], values: ObjectArray) -> np.ndarray:
    """Return ``work(values)`` of a function that works element by element, computed in pieces."""
    if len(values) <= PIECE or cores() == 1:
        return work(values)
    return np.concatenate(in_pieces(len(values), lambda start, stop: work(values[start:stop])))


def each_in_threads(work: Callable[..., Any], *values: Iterable[Any]) -> ObjectArray:
    """Return ``work`` of each element, for work that is long for a single one."""
    rows = list(zip(*values, strict=True))
    found = np.empty(len(rows), dtype=object)
    if len(rows) == 1 or cores() == 1:
        found[:] = list(starmap(work, rows))
        return found
    with ThreadPoolExecutor(max_workers=cores()) as pool:
        found[:] = list(pool.map(lambda row: work(*row), rows))
    return found
