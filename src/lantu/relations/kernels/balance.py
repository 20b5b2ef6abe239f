"""Which edges of a coverage no neighbour has the other way round.

Where neighbours share their vertices every inner edge stands twice, once in each direction, and its balance
is zero. Edges are looked up in a table by their two ends, so the work grows with their number and no
more; ends are compared coordinate for coordinate, a chance agreement of two hashes does no harm.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lantu.pieces import in_pieces
from lantu.relations.kernels.compiled import inner_kernel, kernel
from lantu.relations.kernels.outlines import outlines_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from lantu.model import BoolArray, FloatArray, IntArray
    from lantu.relations.kernels.outlines import Outlines

EMPTY = -1

AT_ONCE = 1 << 15
"""Edges that are balanced in one table: few enough for it to stay in the processor's cache."""

MIX = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
"""The odd constants of splitmix64, which spreads the bits of coordinates that differ in few."""


def unbalanced(outlines: Outlines, chosen: BoolArray) -> tuple[IntArray, int]:
    """Return the edges of chosen features that are out of balance, by first vertex, and the number of all.

    Features that follow each other are mostly neighbours: their edges are balanced among themselves first,
    and only what is left of that is looked up in one table for all.
    """
    bits = (outlines.xy + 0.0).view(np.uint64)  # -0.0 and 0.0 are one place
    edges = _edges_of(outlines, chosen)

    def left_of(start: int, stop: int) -> IntArray:
        return _unbalanced(outlines, bits, edges[start:stop], 2 * AT_ONCE)

    left = np.concatenate([np.empty(0, dtype=np.int64), *in_pieces(len(edges), left_of, piece=AT_ONCE)])
    return _unbalanced(outlines, bits, left, 1 << int(2 * len(left) + 1).bit_length()), len(edges)


class Edges(NamedTuple):
    """Edges with both ends (k, 2, 2), the side their polygon is on (k,), and whose they are (k,)."""

    ends: FloatArray
    side: NDArray[np.int8]
    owner: IntArray


def unbalanced_of_parts(parts: Iterable[tuple[Outlines, IntArray]]) -> tuple[Edges, int]:
    """Return what ``unbalanced`` would of all parts together, with no more than one of them in memory.

    Each part is some outlines and what their features are called, in the order of the whole. Edges are taken
    by as many, whatever the parts, so the same ones are left.
    """
    waiting, left, count = _joined([]), [], 0
    for outlines, names in parts:
        edges = _edges_of(outlines, np.ones(len(names), dtype=np.bool_))
        owner = names[np.searchsorted(outlines.first, edges, side="right") - 1]
        ends = np.stack([outlines.xy[edges], outlines.xy[edges + 1]], axis=1)
        waiting = _joined([waiting, Edges(ends, outlines.side[edges], owner)])
        whole = len(waiting.owner) // AT_ONCE * AT_ONCE
        left += [_out_of_balance(_cut(waiting, slice(at, at + AT_ONCE))) for at in range(0, whole, AT_ONCE)]
        waiting = _cut(waiting, slice(whole, None))
        count += len(edges)
    return _out_of_balance(_joined([*left, _out_of_balance(waiting)])), count


def _out_of_balance(edges: Edges) -> Edges:
    """Return the edges that are out of balance among some."""
    xy = edges.ends.reshape(-1, 2)
    side = np.stack([edges.side, np.zeros_like(edges.side)], axis=1).reshape(-1)
    alone = outlines_of(np.empty(0, dtype=object))._replace(xy=xy, side=side)
    bits, first = (xy + 0.0).view(np.uint64), 2 * np.arange(len(edges.owner))
    return _cut(edges, _unbalanced(alone, bits, first, 1 << int(2 * len(first) + 1).bit_length()) // 2)


def _joined(parts: list[Edges]) -> Edges:
    nothing = Edges(np.empty((0, 2, 2)), np.empty(0, dtype=np.int8), np.empty(0, dtype=np.int64))
    ends, side, owner = zip(nothing, *parts, strict=True)
    return Edges(np.concatenate(ends), np.concatenate(side), np.concatenate(owner))


def _cut(edges: Edges, some: IntArray | slice) -> Edges:
    return Edges(edges.ends[some], edges.side[some], edges.owner[some])


@kernel
def _edges_of(outlines: Outlines, chosen: BoolArray) -> IntArray:
    """Return the edges of the chosen features that have a length, by their first vertices."""
    edges, count = np.empty(outlines.xy.shape[0], dtype=np.int64), 0
    xy, side, first = outlines.xy, outlines.side, outlines.first
    for row in range(chosen.shape[0]):
        if chosen[row]:
            for i in range(first[row], first[row + 1] - 1):
                if side[i] != 0 and _order(xy, i) != 0:
                    edges[count] = i
                    count += 1
    return edges[:count]


@kernel
def _unbalanced(outlines: Outlines, bits: NDArray[np.uint64], edges: IntArray, slots: int) -> IntArray:
    """Return those of the edges that do not stand as often one way as the other way round.

    ``bits`` are the vertices' coordinates as they stand in memory, shape (m, 2); ``slots``, a power of two,
    is more than there are edges.
    """
    edge_in = np.full(slots, EMPTY, dtype=np.int64)
    balance = np.zeros(slots, dtype=np.int32)
    slot_of = np.empty(edges.shape[0], dtype=np.int64)
    xy, side = outlines.xy, outlines.side
    for k in range(edges.shape[0]):
        i = edges[k]
        slot = _slot(xy, bits, i, edge_in)
        edge_in[slot] = i
        balance[slot] += side[i] * _order(xy, i)
        slot_of[k] = slot
    left, count = np.empty(edges.shape[0], dtype=np.int64), 0
    for k in range(edges.shape[0]):
        if balance[slot_of[k]] != 0:
            left[count] = edges[k]
            count += 1
    return left[:count]


@inner_kernel
def _order(xy: FloatArray, i: int) -> int:
    """Return 1 where an edge runs eastwards (or straight up), -1 where the other way, 0 without length."""
    if xy[i, 0] != xy[i + 1, 0]:
        return 1 if xy[i, 0] < xy[i + 1, 0] else -1
    if xy[i, 1] != xy[i + 1, 1]:
        return 1 if xy[i, 1] < xy[i + 1, 1] else -1
    return 0


@inner_kernel
def _slot(xy: FloatArray, bits: NDArray[np.uint64], i: int, edge_in: IntArray) -> np.int64:
    """Return the slot of an edge, in whichever direction it runs, or the empty one where it belongs."""
    one, other = _mixed(_mixed(bits[i, 0]) ^ bits[i, 1]), _mixed(_mixed(bits[i + 1, 0]) ^ bits[i + 1, 1])
    last = np.uint64(edge_in.shape[0] - 1)
    slot = np.int64(_mixed(min(one, other) ^ (max(one, other) * MIX[0])) & last)
    while edge_in[slot] != EMPTY:
        j = edge_in[slot]
        here = xy[i, 0] == xy[j, 0] and xy[i, 1] == xy[j, 1]
        there = xy[i + 1, 0] == xy[j + 1, 0] and xy[i + 1, 1] == xy[j + 1, 1]
        if here and there:
            return slot
        back = xy[i, 0] == xy[j + 1, 0] and xy[i, 1] == xy[j + 1, 1]
        if back and xy[i + 1, 0] == xy[j, 0] and xy[i + 1, 1] == xy[j, 1]:
            return slot
        slot = (slot + 1) & (edge_in.shape[0] - 1)
    return slot


@inner_kernel
def _mixed(number: np.uint64) -> np.uint64:
    """Return a number whose bits all hang on all bits of the given one."""
    number = number + MIX[0]
    number = (number ^ (number >> np.uint64(30))) * MIX[1]
    number = (number ^ (number >> np.uint64(27))) * MIX[2]
    return number ^ (number >> np.uint64(31))
