"""Long arrays in pieces: compiled code runs without the interpreter's lock, so threads share the work."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    Found = TypeVar("Found")

PIECE = 20_000
"""Elements that a thread takes at a time."""


def in_pieces(count: int, work: Callable[[int, int], Found]) -> list[Found]:
    """Return ``work(start, stop)`` of the pieces of ``count`` elements, in order.

    What an element gets may not depend on the piece that it is in: their size is no promise.
    """
    pieces = [(start, min(start + PIECE, count)) for start in range(0, count, PIECE)]
    threads = min(_cores(), len(pieces))
    if threads <= 1:
        return [work(*piece) for piece in pieces]
    with ThreadPoolExecutor(max_workers=threads) as pool:
        return list(pool.map(lambda piece: work(*piece), pieces))


def _cores() -> int:
    """Return how many threads this process may keep busy; ``lantu.model`` says the same, and loads tables."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
