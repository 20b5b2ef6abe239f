"""What several polygons together leave of another one: its area less what any of them covers.

A sweep. Every height where a piece of a boundary starts, ends or crosses another cuts the window into slabs;
within a slab the pieces stand side by side, from right to left each says which polygon begins or ends there,
and what lies between two of them belongs to the remainder where the subject stands and nothing covers it.
Its width is linear in the height, so the width in the middle times the height of the slab is its area.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lantu.relations.kernels.compiled import inner_kernel, kernel, put_in_order
from lantu.relations.kernels.window import (
    COLUMNS,
    HIGH,
    LOW,
    MOST_HALVINGS,
    SIGN,
    SLOPE,
    Window,
    X,
    halved,
    most_pieces,
    pieces_in,
    put,
    taken,
)

if TYPE_CHECKING:
    from lantu.model import FloatArray, IntArray
    from lantu.relations.kernels.outlines import Outlines

MOST_PIECES = 64
"""A window with more pieces is halved: each is tried against each."""

MOST_HEIGHTS = 1024
"""... and one with more heights at which something begins, ends or crosses."""

SUBJECT = 0
"""The number of the subject among the polygons of a window; those that cover it follow."""


class Room(NamedTuple):
    """Arrays that all subjects use in turn: waiting windows, pieces and whose they are, heights, one slab."""

    windows: FloatArray
    pieces: FloatArray
    owner: IntArray
    heights: FloatArray
    x: FloatArray
    order: IntArray
    winding: IntArray


@kernel
def remainders(
    one: Outlines, i: IntArray, two: Outlines, first: IntArray, j: IntArray, area_m2: FloatArray
) -> None:
    """Fill in what the features j[first[k]:first[k + 1]] of two leave of feature i[k] of one, shape (n,).

    NaN where the kernel cannot promise its bound, and where a feature has no outline.
    """
    room = Room(
        np.empty((MOST_HALVINGS + 2, 4)),
        np.empty((MOST_PIECES + max(most_pieces(one, i), most_pieces(two, j)), COLUMNS)),
        np.empty(MOST_PIECES, dtype=np.int64),
        np.empty(MOST_HEIGHTS),
        np.empty(MOST_PIECES),
        np.empty(MOST_PIECES, dtype=np.int64),
        np.empty(MOST_PIECES + 1, dtype=np.int64),
    )
    for k in range(i.shape[0]):
        area_m2[k] = _remainder_m2(one, i[k], two, j[first[k] : first[k + 1]], room)


@inner_kernel
def _remainder_m2(one: Outlines, i: int, two: Outlines, covers: IntArray, room: Room) -> float:
    """Return what the covers leave of one subject, window by window."""
    if one.first[i] == one.first[i + 1]:
        return np.nan
    for k in range(covers.shape[0]):
        if two.first[covers[k]] == two.first[covers[k] + 1]:
            return np.nan
    windows = room.windows
    boxes_m = one.boxes_m
    put(windows, np.int64(0), Window(boxes_m[i, 0], boxes_m[i, 1], boxes_m[i, 2], boxes_m[i, 3]))
    waiting, total = 1, 0.0
    while waiting:
        waiting -= 1
        window = taken(windows, waiting)
        count = _collected(one, i, two, covers, window, room)
        heights = _heights(room, count) if count >= 0 else -1
        if heights >= 0:
            total += _swept_m2(room, count, heights)
        elif waiting + 2 > MOST_HALVINGS:
            return np.nan
        else:
            waiting = halved(window, windows, waiting)
    return total


@inner_kernel
def _collected(one: Outlines, i: int, two: Outlines, covers: IntArray, window: Window, room: Room) -> int:
    """Collect the pieces of all polygons in a window; return how many there are, -1 for too many.

    None where the subject has no part in the window, or one polygon covers the window whole.
    """
    pieces, owner = room.pieces, room.owner
    count = pieces_in(one, i, window, pieces)
    if count > MOST_PIECES:
        return -1
    for piece in range(count):
        owner[piece] = SUBJECT
    if count == 0:
        return 0
    too_many, number = False, SUBJECT
    boxes_m = two.boxes_m
    for k in range(covers.shape[0]):
        row = covers[k]
        beside = boxes_m[row, 0] >= window.high_x or boxes_m[row, 2] <= window.low_x
        if beside or boxes_m[row, 1] >= window.high_y or boxes_m[row, 3] <= window.low_y:
            continue
        found = pieces_in(two, row, window, pieces[count:])
        if found == 1 and _fills(pieces[count], window):
            return 0
        if count + found > MOST_PIECES:
            too_many = True  # yet a later one may cover the window whole
            continue
        number += found > 0
        for piece in range(count, count + found):
            owner[piece] = number
        count += found
    return -1 if too_many else count


@inner_kernel
def _fills(piece: FloatArray, window: Window) -> bool:
    """Say whether a polygon with this piece alone covers the window."""
    upright = piece[SLOPE] == 0.0 and piece[X] == window.high_x - window.low_x
    whole = piece[LOW] == 0.0 and piece[HIGH] == window.high_y - window.low_y
    return bool(upright and whole and piece[SIGN] == 1.0)


@inner_kernel
def _heights(room: Room, count: int) -> int:
    """Fill in, in order, where pieces begin, end and cross; return how many heights, -1 for too many."""
    pieces, heights = room.pieces, room.heights
    number = 0
    for p in range(count):
        heights[number], heights[number + 1] = pieces[p, LOW], pieces[p, HIGH]
        number += 2
    for p in range(count):
        for q in range(p):
            low, high = max(pieces[p, LOW], pieces[q, LOW]), min(pieces[p, HIGH], pieces[q, HIGH])
            if not low < high:
                continue
            before = _at(pieces, p, low) - _at(pieces, q, low)
            after = _at(pieces, p, high) - _at(pieces, q, high)
            if before * after < 0.0:
                if number == MOST_HEIGHTS:
                    return -1
                heights[number] = low + (high - low) * (before / (before - after))
                number += 1
    put_in_order(heights, np.int64(0), np.int64(number))
    return number


@inner_kernel
def _at(pieces: FloatArray, p: int, y: float) -> float:
    x: float = pieces[p, X] + (y - pieces[p, LOW]) * pieces[p, SLOPE]
    return x


@inner_kernel
def _swept_m2(room: Room, count: int, heights: int) -> float:
    """Return what is left of the subject in a window, slab by slab."""
    total = 0.0
    for k in range(heights - 1):
        low, high = room.heights[k], room.heights[k + 1]
        if low < high:
            total += (high - low) * _free_m(room, count, (low + high) / 2.0)
    return total


@inner_kernel
def _free_m(room: Room, count: int, y: float) -> float:
    """Return how long a level line through the window runs in the subject and under no cover."""
    pieces, owner, x, order, winding = room.pieces, room.owner, room.x, room.order, room.winding
    active = 0
    for p in range(count):
        if pieces[p, LOW] <= y < pieces[p, HIGH]:
            at = _at(pieces, p, y)
            place = active
            while place > 0 and x[place - 1] < at:  # from right to left
                x[place], order[place] = x[place - 1], order[place - 1]
                place -= 1
            x[place], order[place] = at, p
            active += 1
            winding[owner[p]] = 0
    winding[SUBJECT], free_m = 0, 0.0
    covering = np.int64(0)
    for k in range(active):
        whose = owner[order[k]]
        before = winding[whose]
        winding[whose] = before + np.int64(pieces[order[k], SIGN])
        if whose != SUBJECT:
            covering += np.int64(winding[whose] > 0) - np.int64(before > 0)
        if winding[SUBJECT] > 0 and covering == 0:
            free_m += x[k] - (x[k + 1] if k + 1 < active else 0.0)
    return free_m
