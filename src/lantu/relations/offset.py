"""Offset: the one movement that a layer of displacements has in common, if it has one.

Everything rests on medians, so that objects which were really redrawn move nothing. Three answers are
weighed by what spread they leave: one vector; a vector with a rotation and a scale; two populations,
one of which was moved. Sums run over displacements in a canonical order, so that the order of rows
changes no bit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from lantu.relations.centres import ROUNDING_M, ROUNDS, from_each_m, spread_of_m, two_centres

if TYPE_CHECKING:
    from lantu.model import BoolArray, FloatArray

Kind: TypeAlias = Literal["moved", "turned", "half"]

ERROR_OF_MEDIAN = 1.2533
"""Standard error of a median, in standard deviations over the root of the count: sqrt(pi / 2)."""

CERTAIN = 5.0
"""A vector counts from this many standard errors on: by chance one pair of layers in 270,000 has one."""

NEAR_SIGMAS = 3.0
"""An object is explained when it is no further than this from where the movement puts it (98.9 %)."""

LEAST_SHARE = 0.5
"""A movement that explains fewer of the objects is not one the layer has in common."""

LEAST_PART = 0.2
"""The smaller of two populations has at least this share."""

APART_SIGMAS = 2.5
"""Two populations lie at least this many standard deviations apart; splitting one in two gives 1.6."""

FEW_SIGMAS = 8.0
"""... and further where objects are few: by this over the root of their number."""

SIGNIFICANCE = 0.001
"""A rotation and scale are believed when chance would do as much less often: F(2, 2n - 4)."""

TURNED_SPREAD = 0.8
"""... and if they leave at most this share of the spread that a vector leaves."""

CHANCE_SHARE = 0.1
"""What is left may spread over this share of the ground that the objects lie on; two lists that both count
1, 2, 3 leave more than all of it."""


@dataclass(frozen=True, kw_only=True)
class Offset:
    """How layer b lies against layer a: b = a + (dx, dy), turned and scaled about the centre.

    ``spread_m`` is the standard deviation (from the MAD) of what is left, per axis; ``share`` the part of the
    objects that the movement explains and ``explained`` which ones. ``kind`` ``half``: the rest stands by
    itself at ``rest_dx_m``, ``rest_dy_m``, with ``rest_share``.
    """

    kind: Kind
    dx_m: float
    dy_m: float
    spread_m: float
    share: float
    explained: BoolArray
    x_m: float
    y_m: float
    rotation_arcsec: float = 0.0
    scale_ppm: float = 0.0
    rest_dx_m: float = 0.0
    rest_dy_m: float = 0.0
    rest_share: float = 0.0

    @property
    def length_m(self) -> float:
        """Return the length of the vector, at the centre."""
        return float(np.hypot(self.dx_m, self.dy_m))

    def at(self, places: FloatArray) -> FloatArray:
        """Return the movement at places (n, 2) of layer a, shape (n, 2)."""
        turn = np.radians(self.rotation_arcsec / 3600.0)
        return _turned(
            places - (self.x_m, self.y_m), (self.dx_m, self.dy_m), self.scale_ppm * 1e-6, float(turn)
        )


def offset_between(places: FloatArray, moves: FloatArray, *, error_m: float) -> Offset | None:
    """Return the movement that displacements have in common, or None where there is none to speak of.

    ``places`` and ``moves`` have shape (n, 2). ``error_m`` is the joint standard error of both layers,
    sqrt(a² + b²): a movement has to be longer than that, longer than the spread around it, certain (five
    standard errors of the median), and must explain at least half of the objects. What spreads over the
    whole ground is no movement: the objects were matched by chance.
    """
    if len(moves) == 0:
        return None
    order = np.lexsort((moves[:, 1], moves[:, 0], places[:, 1], places[:, 0]))
    place, move = places[order], moves[order]
    found = [_half(place, move, error_m), _moved(place, move, error_m), _turn(place, move, error_m)]
    most_m = CHANCE_SHARE * spread_of_m(place)
    some = [offset for offset in found if offset is not None and offset.spread_m <= most_m]
    if not some:
        return None
    best = min(some, key=lambda offset: offset.spread_m)  # of equals the first, which says most
    back = np.empty(len(order), dtype=np.int64)
    back[order] = np.arange(len(order))
    return _with_explained(best, best.explained[back])


def median_move(places: FloatArray, moves: FloatArray) -> Offset:
    """Return the median of displacements, whatever it is worth; arguments as in ``offset_between``."""
    vector = np.median(moves, axis=0)
    spread_m = spread_of_m(moves - vector)
    return _offset("moved", places, vector, spread_m, _explained(moves, vector, spread_m))


def _moved(place: FloatArray, move: FloatArray, error_m: float) -> Offset | None:
    """Return one vector for all, the median displacement."""
    vector = np.median(move, axis=0)
    spread_m = spread_of_m(move - vector)
    length_m = float(np.hypot(*vector))
    certain = length_m > CERTAIN * ERROR_OF_MEDIAN * spread_m / np.sqrt(len(move))
    explained = _explained(move, vector, spread_m)
    if length_m <= max(error_m, spread_m) or not certain or explained.mean() < LEAST_SHARE:
        return None
    return _offset("moved", place, vector, spread_m, explained)


def _turn(place: FloatArray, move: FloatArray, error_m: float) -> Offset | None:
    """Return a vector with rotation and scale where they leave clearly less than the vector alone."""
    centre = np.median(place, axis=0)
    near = place - centre
    kept = _within(move - np.median(move, axis=0), share=0.9)
    for _ in range(ROUNDS):
        vector, scale, turn = _similarity(near[kept], move[kept])
        left = move - _turned(near, vector, scale, turn)
        again = np.hypot(left[:, 0], left[:, 1]) <= NEAR_SIGMAS * spread_of_m(left) + ROUNDING_M
        if (again == kept).all() or not again.any():
            break
        kept = again
    spread_m = spread_of_m(left)
    alone = move[kept] - move[kept].mean(axis=0)
    gain = float((alone**2).sum() - (left[kept] ** 2).sum())
    rest = max(float((left[kept] ** 2).sum()), len(move) * ROUNDING_M**2 / 100)
    chance = (rest / (rest + max(gain, 0.0))) ** (int(kept.sum()) - 2)
    del left, alone  # of millions of objects each array is tens of megabytes
    edge_m = _far_m(_turned(near, np.zeros(2), scale, turn))
    whole = _turned(near, vector, scale, turn)
    reach_m = _far_m(whole)
    explained = _explained(move, whole, spread_m)
    if chance >= SIGNIFICANCE or spread_m > TURNED_SPREAD * spread_of_m(move - np.median(move, axis=0)):
        return None
    if edge_m <= error_m / 2 or reach_m <= max(error_m, spread_m) or explained.mean() < LEAST_SHARE:
        return None
    offset = _offset("turned", place, vector, spread_m, explained)
    return _with_turn(offset, centre, scale, turn)


def _far_m(moves: FloatArray) -> float:
    """Return the length that nine tenths of displacements do not exceed."""
    return float(np.quantile(np.hypot(moves[:, 0], moves[:, 1]), 0.9))


def _half(place: FloatArray, move: FloatArray, error_m: float) -> Offset | None:
    """Return the vector of the population that lies further off, where there are two."""
    centres = two_centres(move)
    if centres is None:
        return None
    distance_m = from_each_m(move, centres)
    nearest = distance_m.argmin(axis=1)
    spread_m = spread_of_m(move - centres[nearest])
    near = distance_m <= NEAR_SIGMAS * spread_m + ROUNDING_M
    parts = [near[:, k] & (nearest == k) for k in (0, 1)]
    shares = np.array([part.mean() for part in parts])
    apart_m = float(np.hypot(*(centres[1] - centres[0])))
    fewest = len(move) * float(shares.min())
    if shares.min() < LEAST_PART or apart_m <= error_m:
        return None
    if apart_m <= spread_m * max(
        APART_SIGMAS + FEW_SIGMAS / np.sqrt(len(move)), CERTAIN * ERROR_OF_MEDIAN / np.sqrt(fewest)
    ):
        return None
    off = int(np.hypot(centres[:, 0], centres[:, 1]).argmax())
    offset = _offset("half", place, centres[off], spread_m, parts[off])
    if offset.length_m <= error_m:
        return None
    rest = centres[1 - off]
    return replace(
        offset,
        rest_dx_m=float(rest[0]),
        rest_dy_m=float(rest[1]),
        rest_share=float(shares[1 - off]),
    )


def _similarity(near: FloatArray, move: FloatArray) -> tuple[FloatArray, float, float]:
    """Return shift, scale - 1 and rotation (radians) of displacements about the centre, by least squares."""
    middle = near.mean(axis=0)
    arm, shift = near - middle, move - move.mean(axis=0)
    total = float((arm**2).sum())
    if total == 0.0:
        return move.mean(axis=0), 0.0, 0.0
    scale = float((arm * shift).sum()) / total
    turn = float((arm[:, 0] * shift[:, 1] - arm[:, 1] * shift[:, 0]).sum()) / total
    return move.mean(axis=0) - _turned(middle[None, :], np.zeros(2), scale, turn)[0], scale, turn


def _turned(
    near: FloatArray, vector: FloatArray | tuple[float, float], scale: float, turn: float
) -> FloatArray:
    """Return the displacement at places about the centre; turns are small, so their sine is the angle."""
    moved: FloatArray = near * scale
    moved += np.asarray(vector)
    moved[:, 0] += -near[:, 1] * turn
    moved[:, 1] += near[:, 0] * turn
    return moved


def _explained(move: FloatArray, fitted: FloatArray, spread_m: float) -> BoolArray:
    """Return which displacements lie at the movement, and nearer to it than to standing still."""
    left = move - fitted
    distance_m = np.hypot(left[:, 0], left[:, 1])
    still_m = np.hypot(move[:, 0], move[:, 1])
    return np.asarray(
        (distance_m <= NEAR_SIGMAS * spread_m + ROUNDING_M) & (distance_m < still_m), dtype=np.bool_
    )


def _within(left: FloatArray, *, share: float) -> BoolArray:
    """Return which displacements are among the shortest ``share`` of all."""
    distance_m = np.hypot(left[:, 0], left[:, 1])
    return np.asarray(distance_m <= np.quantile(distance_m, share), dtype=np.bool_)


def _offset(
    kind: Kind, place: FloatArray, vector: FloatArray, spread_m: float, explained: BoolArray
) -> Offset:
    centre = np.median(place, axis=0)
    return Offset(
        kind=kind,
        dx_m=float(vector[0]),
        dy_m=float(vector[1]),
        spread_m=spread_m,
        share=float(explained.mean()),
        explained=explained,
        x_m=float(centre[0]),
        y_m=float(centre[1]),
    )


def _with_turn(offset: Offset, centre: FloatArray, scale: float, turn: float) -> Offset:
    return replace(
        offset,
        x_m=float(centre[0]),
        y_m=float(centre[1]),
        rotation_arcsec=float(np.degrees(turn) * 3600.0),
        scale_ppm=scale * 1e6,
    )


def _with_explained(offset: Offset, explained: BoolArray) -> Offset:
    return replace(offset, explained=explained)
