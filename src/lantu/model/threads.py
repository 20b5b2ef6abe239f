"""Work on long arrays in threads, where the libraries let go of the interpreter; the order stays."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import starmap
from typing import TYPE_CHECKING, Any

import numpy as np

from lantu.pieces import PIECE, cores, in_pieces

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future

    from lantu.model.arrays import ObjectArray


def in_threads(work: Callable[..., np.ndarray], *values: np.ndarray, piece: int = PIECE) -> np.ndarray:
    """Return ``work(*values)`` of a function that works element by element, computed in pieces.

    ``piece`` elements are done at a time: few where one of them may be long.
    """
    size = len(values[0])
    if size <= piece or cores() == 1:
        return work(*values)
    parts = in_pieces(size, lambda start, stop: work(*(each[start:stop] for each in values)), piece=piece)
    return np.concatenate(parts)


@contextmanager
def meanwhile(work: Callable[[], object]) -> Iterator[None]:
    """Do ``work`` on a thread while the block is done; both are over then, and its error is raised."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        begun = pool.submit(work)
        yield
    begun.result()


@contextmanager
def behind(work: Callable[..., object]) -> Iterator[Callable[..., None]]:
    """Give what does ``work`` on a thread while the block goes on: one after the other, and one that waits.

    All of it is over at the end of the block. An error is raised by the next call, or at the end.
    """
    with ThreadPoolExecutor(max_workers=1) as pool:
        begun: list[Future[object]] = []

        def do(*given: object) -> None:
            if begun:
                begun.pop().result()
            begun.append(pool.submit(work, *given))

        yield do
        if begun:
            begun.pop().result()


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
