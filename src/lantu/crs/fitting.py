"""Fitting the transformation that control points define, and judging how far it can be trusted.

A similarity keeps shapes (two shifts, one rotation, one scale: the four parameters of Chinese survey
practice); an affine has six parameters and also takes up a difference of scale between the axes.
The similarity is preferred, because a wrong point bends an affine more than it bends a similarity.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from lantu.crs.control_points import ControlPoints, Model
from lantu.errors import CrsError
from lantu.messages import message

if TYPE_CHECKING:
    from lantu.model import FloatArray

PlaneModel: TypeAlias = Literal["similarity", "affine"]

MIN_POINTS: dict[PlaneModel, int] = {"similarity": 3, "affine": 4}
"""One more than the parameters need: without a spare point the fit cannot be checked."""

SIGNIFICANCE = 0.01
"""A point is called a blunder, and an affine better, when chance would do as much less often than this."""

AFFINE_GAIN = 0.5
"""... and an affine only if it also predicts left-out points with less than this share of the error."""

GOOD_ENOUGH_M = 0.05
"""A similarity that predicts left-out points this well is kept: 5 cm is the standard error that cadastral
surveys ask of the best boundary points, and two datums are never exactly similar."""

THINNEST = 1e-6
"""Points whose spread across is below this share of their spread along stand on one line."""

MIRROR_GAIN = 0.01
"""Residuals of a mirrored fit below this share of the straight one: x and y are swapped on one side."""


@dataclass(frozen=True, kw_only=True)
class ControlFit:
    """A transformation fitted to control points, and how well it fits.

    ``matrix`` is (s11, s12, s21, s22) and ``offset_m`` (dx, dy): target = matrix * source + offset.
    Residuals are target minus fitted, in metres, in the order of ``names``. ``left_out_m`` is how far
    each point lies from where the other points put it, ``left_out_rms_m`` its root mean square.
    ``accuracy_m`` is the standard error of a point (点位中误差). ``blunder`` names the point that the
    others contradict, None where there is none. ``helmert7`` holds the seven parameters of that model
    (metres, arc seconds, ppm; position vector), which leaves nothing to the matrix: it is then the identity.
    """

    model: Model
    names: tuple[str, ...]
    matrix: tuple[float, float, float, float]
    offset_m: tuple[float, float]
    residual_x_m: tuple[float, ...]
    residual_y_m: tuple[float, ...]
    left_out_m: tuple[float, ...]
    left_out_rms_m: float
    accuracy_m: float
    blunder: str | None
    accuracy_without_blunder_m: float | None
    target_m: tuple[tuple[float, float], ...] = ()
    helmert7: tuple[float, ...] | None = None

    @property
    def residual_m(self) -> tuple[float, ...]:
        """Return the length of each point's residual."""
        return tuple(math.hypot(x, y) for x, y in zip(self.residual_x_m, self.residual_y_m, strict=True))

    @property
    def rotation_arcsec(self) -> float:
        """Return the rotation, anticlockwise (for an affine: of the x axis)."""
        return math.degrees(math.atan2(self.matrix[2], self.matrix[0])) * 3600.0

    @property
    def scale_ppm(self) -> float:
        """Return the scale's difference from 1 (for an affine: along the x axis)."""
        return (math.hypot(self.matrix[0], self.matrix[2]) - 1.0) * 1e6

    @property
    def step(self) -> str:
        """Return what the fit does in the plane as one step of a PROJ pipeline."""
        if self.helmert7 is not None:
            return "proj=noop"
        s11, s12, s21, s22 = self.matrix
        dx, dy = self.offset_m
        return f"proj=affine xoff={dx!r} yoff={dy!r} s11={s11!r} s12={s12!r} s21={s21!r} s22={s22!r}"

    def above(self, accuracy_m: float) -> tuple[str, ...]:
        """Return the names of the points whose residual is larger than ``accuracy_m``."""
        pairs = zip(self.names, self.residual_m, strict=True)
        return tuple(name for name, residual_m in pairs if residual_m > accuracy_m)


def fit(points: ControlPoints, *, model: PlaneModel | Literal["auto"] = "auto") -> ControlFit:
    """Fit a similarity, or an affine where that is asked for or clearly better, by least squares.

    ``auto`` takes the affine from 4 points on if it is significantly better, predicts left-out points
    with less than half the error, and the similarity's error is not just one wrong point.

    Raises
    ------
    CrsError
        Too few points, points all in one place (or on one line, for an affine), or x and y swapped
        on one side.
    """
    wanted: PlaneModel = "affine" if model == "affine" else "similarity"
    if len(points) < MIN_POINTS[wanted]:
        raise CrsError(message("crs.points_few", count=len(points), least=MIN_POINTS[wanted]))
    fitted = _fit(points, wanted)
    if wanted == "similarity":
        _refuse_mirrored(points, fitted)
    if model == "auto" and len(points) >= MIN_POINTS["affine"] and fitted.blunder is None:
        return _affine_if_better(points, fitted)
    return fitted


def _affine_if_better(points: ControlPoints, similarity: ControlFit) -> ControlFit:
    """Return the affine if it is clearly better, else the similarity; points may not define an affine."""
    try:
        affine = _fit(points, "affine")
    except CrsError:
        return similarity
    return affine if _clearly_better(affine, similarity) else similarity


def _fit(points: ControlPoints, model: PlaneModel) -> ControlFit:
    """Solve one model, with the statistics of leaving each point out in turn (in closed form).

    Both models have the same leverage for x and y, so a point's left-out error is its residual over
    1 - leverage, and F(2, m) tests it; for 2 degrees of freedom F's tail is (1 + 2F/m)^(-m/2).
    """
    centre, to = points.source.mean(axis=0), points.target.mean(axis=0)
    near, far = points.source - centre, points.target - to
    matrix, leverage = _similarity(near, far) if model == "similarity" else _affine(near, far)
    residual = far - near @ matrix.T
    left_out_m = np.hypot(residual[:, 0], residual[:, 1]) / (1.0 - leverage)
    parameters = 2 if model == "similarity" else 3
    squares, spare = float((residual**2).sum()), len(points) - parameters
    drop = (residual**2).sum(axis=1) / (1.0 - leverage)
    blunder = blunder_among(drop, squares, spare) if spare > 1 else None
    without = None if blunder is None else math.sqrt(max(squares - drop[blunder], 0.0) / (spare - 1))
    offset = to - matrix @ centre
    return ControlFit(
        model=model,
        names=points.names,
        matrix=(float(matrix[0, 0]), float(matrix[0, 1]), float(matrix[1, 0]), float(matrix[1, 1])),
        offset_m=(float(offset[0]), float(offset[1])),
        residual_x_m=tuple(residual[:, 0].tolist()),
        residual_y_m=tuple(residual[:, 1].tolist()),
        left_out_m=tuple(left_out_m.tolist()),
        left_out_rms_m=math.sqrt(float((left_out_m**2).mean())),
        accuracy_m=math.sqrt(squares / spare),
        blunder=None if blunder is None else points.names[blunder],
        accuracy_without_blunder_m=without,
        target_m=tuple((x, y) for x, y in points.target.tolist()),
    )


def _similarity(near: FloatArray, far: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return matrix and leverages of the similarity between centred points."""
    square = (near**2).sum(axis=1)
    total = float(square.sum())
    if total == 0.0:
        raise CrsError(message("crs.points_degenerate"))
    along = float((near * far).sum()) / total
    across = float((near[:, 0] * far[:, 1] - near[:, 1] * far[:, 0]).sum()) / total
    return np.array([[along, -across], [across, along]]), 1.0 / len(near) + square / total


def _affine(near: FloatArray, far: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return matrix and leverages of the affine between centred points."""
    spread = np.linalg.svd(near, compute_uv=False)
    if spread[1] <= THINNEST * spread[0]:
        raise CrsError(message("crs.points_degenerate"))
    normal = np.linalg.inv(near.T @ near)
    leverage = 1.0 / len(near) + np.einsum("ij,jk,ik->i", near, normal, near)
    if leverage.max() > 1.0 - THINNEST:  # without this point the others stand on one line
        raise CrsError(message("crs.points_degenerate"))
    return (normal @ near.T @ far).T, leverage


def blunder_among(drop: FloatArray, squares: float, spare: int) -> int | None:
    """Return the position of the point that the others contradict, or None.

    ``drop`` is what the sum of squares loses without each point. Tested for the worst of all points.
    """
    worst = int(np.argmax(drop))
    rest = squares - float(drop[worst])
    if float(drop[worst]) <= _rounding(squares):
        return None
    chance = _tail(float(drop[worst]), max(rest, 0.0), spare - 1) * len(drop)
    return worst if chance < SIGNIFICANCE else None


def _clearly_better(affine: ControlFit, similarity: ControlFit) -> bool:
    """Say whether an affine earns its two further parameters."""
    before_m, after_m = similarity.left_out_rms_m, affine.left_out_rms_m
    if before_m <= GOOD_ENOUGH_M or after_m >= AFFINE_GAIN * before_m:
        return False
    spare = len(affine.names) - 3
    squares = affine.accuracy_m**2 * spare
    gain = similarity.accuracy_m**2 * (spare + 1) - squares
    return gain > _rounding(gain) and _tail(gain, squares, spare) < SIGNIFICANCE


def _tail(gain: float, rest: float, spare: int) -> float:
    """Return the chance of F(2, 2 spare) being as large as (gain / 2) / (rest / 2 spare)."""
    return (rest / (rest + gain)) ** spare


def _rounding(squares: float) -> float:
    """Return the sum of squares (m²) below which differences are rounding: points to 0.1 mm."""
    return max(1e-8, 1e-12 * squares)


def _refuse_mirrored(points: ControlPoints, fitted: ControlFit) -> None:
    """Refuse points whose x and y are swapped on one side: only a mirror image fits them."""
    mirrored = _fit(
        ControlPoints(names=points.names, source=points.source[:, ::-1], target=points.target), "similarity"
    )
    if fitted.accuracy_m > 1.0 and mirrored.accuracy_m < MIRROR_GAIN * fitted.accuracy_m:
        raise CrsError(message("crs.points_mirrored"))
