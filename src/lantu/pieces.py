"""Long arrays in pieces, on threads: for work that runs without the interpreter's lock; the order stays.

It loads nothing but Python's own, because the kernels start with it.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    Found = TypeVar("Found")

PIECE = 20_000
"""Elements that a thread takes at a time; shorter arrays stay where they are."""


def cores() -> int:
    """Return how many threads this process may keep busy."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def in_pieces(count: int, work: Callable[[int, int], Found], *, piece: int = PIECE) -> list[Found]:
    """Return ``work(start, stop)`` of the pieces of ``count`` elements, in order."""
    pieces = [(start, min(start + piece, count)) for start in range(0, count, piece)]
    threads = min(cores(), len(pieces))
    if threads <= 1:
        return [work(*piece) for piece in pieces]
    with ThreadPoolExecutor(max_workers=threads) as pool:
        return list(pool.map(lambda piece: work(*piece), pieces))
