"""Fitting seven parameters between two datums to control points whose heights are known on both sides.

In geocentric coordinates PROJ's Helmert is t = T + (1 + s) (x + r × x), with small rotations r: linear in
T, s and (1 + s) r. How well it fits is judged in the plane, as for the other models: a district is flat, and
of the seven parameters the plane carries four, as a similarity does, and the heights three.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from pyproj import Transformer

from lantu.crs.fitting import THINNEST, ControlFit, blunder_among, fit
from lantu.crs.identity import describe
from lantu.crs.pipeline import (
    chain,
    degrees_of,
    ellipsoid_parameters,
    plain_definition,
)
from lantu.errors import CrsError
from lantu.messages import message

if TYPE_CHECKING:
    from pyproj import CRS

    from lantu.crs.control_points import ControlPoints
    from lantu.model import FloatArray

MIN_POINTS = 4
"""Three points give the seven parameters; without a fourth none can be left out."""

NARROWEST = 1e-3
"""Points narrower than this share of their length stand on one line: the earth itself bends a line of 30 km
by half as much."""

PLANE_PARAMETERS = 2
"""Pairs of parameters that the plane carries; see above."""

_ARCSEC = 3600.0


def fit_helmert7(points: ControlPoints, *, source: CRS | None, target: CRS) -> ControlFit:
    """Fit a seven-parameter Helmert (position vector) by least squares in geocentric coordinates.

    Heights are ellipsoidal; what both sides' heights have in common, as a geoid's height, does no harm.
    The parameters stand in ``helmert7``. Residuals, left-out errors and the standard error are those in
    the plane of ``target``, in metres.

    Raises
    ------
    CrsError
        No source CRS, heights missing, fewer than 4 points, points on one line, x and y swapped, or source
        coordinates that their CRS cannot express.
    """
    if source is None:
        raise CrsError(message("crs.helmert_without_source"))
    if len(points) < MIN_POINTS:
        raise CrsError(message("crs.points_few", count=len(points), least=MIN_POINTS))
    _require_heights(points)
    _refuse_mirrored(points, source, target)
    near = geocentric(points.source, points.source_h_m, crs=source)
    _require_finite(points, near, source)
    far = geocentric(points.target, points.target_h_m, crs=target)
    centre = near.mean(axis=0)
    spread = np.linalg.svd(near - centre, compute_uv=False)
    if spread[1] <= NARROWEST * spread[0]:
        raise CrsError(message("crs.points_degenerate"))
    design = _design(near - centre)
    rows = design.reshape(-1, 7)
    solution = np.linalg.lstsq(rows / _scale(rows), (far - near).ravel(), rcond=None)[0] / _scale(rows)
    residual = (far - near) - design @ solution
    return _judged(points, target, parameters=_parameters(solution, centre), design=design, residual=residual)


def geocentric(points: FloatArray, heights_m: FloatArray, *, crs: CRS) -> FloatArray:
    """Return geocentric coordinates (n, 3) in metres on the datum of ``crs``; infinite where impossible."""
    transformer = Transformer.from_pipeline(to_geocentric(crs))
    found = transformer.transform(points[:, 0].copy(), points[:, 1].copy(), heights_m, errcheck=False)
    return np.column_stack(found)


def to_geocentric(crs: CRS) -> str:
    """Return the pipeline from coordinates and ellipsoidal heights to geocentric ones, on one datum."""
    return chain(
        plain_definition(crs, degrees_of(crs)),
        "proj=unitconvert xy_in=deg xy_out=rad",
        f"proj=cart {ellipsoid_parameters(crs)}",
    )


def _plane(xyz: FloatArray, *, crs: CRS) -> FloatArray:
    """Return the plane coordinates (n, 2) of geocentric ones."""
    definition = chain(
        f"inv proj=cart {ellipsoid_parameters(crs)}",
        "proj=unitconvert xy_in=rad xy_out=deg",
        plain_definition(degrees_of(crs), crs),
    )
    x, y, _ = Transformer.from_pipeline(definition).transform(
        xyz[:, 0].copy(), xyz[:, 1].copy(), xyz[:, 2].copy(), errcheck=False
    )
    return np.column_stack([x, y])


def _design(near: FloatArray) -> FloatArray:
    """Return the observation equations (n, 3, 7) of shifts, scale and (1 + s) rotations."""
    design = np.zeros((len(near), 3, 7))
    design[:, :, :3] = np.eye(3)
    design[:, :, 3] = near
    x, y, z = near.T
    design[:, 0, 5], design[:, 0, 6] = z, -y  # r × x
    design[:, 1, 4], design[:, 1, 6] = -z, x
    design[:, 2, 4], design[:, 2, 5] = y, -x
    return design


def _scale(rows: FloatArray) -> FloatArray:
    """Return the length of each column: metres and kilometres side by side lose no digits then."""
    lengths: FloatArray = np.linalg.norm(rows, axis=0)
    return lengths


def _parameters(solution: FloatArray, centre: FloatArray) -> tuple[float, ...]:
    """Return shifts (m), rotations (arc seconds) and scale (ppm) from those about the points' centre."""
    scale, turned = float(solution[3]), solution[4:]
    shift = solution[:3] - scale * centre - np.cross(turned, centre)
    arcsec = np.degrees(turned / (1.0 + scale)) * _ARCSEC
    return (*shift.tolist(), *arcsec.tolist(), scale * 1e6)


def _judged(
    points: ControlPoints,
    target: CRS,
    *,
    parameters: tuple[float, ...],
    design: FloatArray,
    residual: FloatArray,
) -> ControlFit:
    """Return the fit with its statistics in the plane; leaving each point out in turn is in closed form.

    A point's left-out error is (I - H)⁻¹ times its residual, H its 3 x 3 part of the hat matrix.
    """
    far = geocentric(points.target, points.target_h_m, crs=target)
    redundancy = _redundancy(design)
    left_out = np.linalg.solve(redundancy, residual[:, :, None])[:, :, 0]
    off = points.target - _plane(far - residual, crs=target)
    left_off = points.target - _plane(far - left_out, crs=target)
    left_out_m = np.hypot(*left_off.T)
    across = _horizontal(far)
    flat = np.einsum("nij,nj->ni", across, residual)
    kept = across @ redundancy @ across.transpose(0, 2, 1)
    drop = np.einsum("ni,ni->n", flat, np.linalg.solve(kept, flat[:, :, None])[:, :, 0])
    squares, spare = float((off**2).sum()), len(points) - PLANE_PARAMETERS
    blunder = blunder_among(drop, squares, spare)
    without = None if blunder is None else math.sqrt(max(squares - float(drop[blunder]), 0.0) / (spare - 1))
    return ControlFit(
        model="helmert7",
        names=points.names,
        matrix=(1.0, 0.0, 0.0, 1.0),
        offset_m=(0.0, 0.0),
        residual_x_m=tuple(off[:, 0].tolist()),
        residual_y_m=tuple(off[:, 1].tolist()),
        left_out_m=tuple(left_out_m.tolist()),
        left_out_rms_m=math.sqrt(float((left_out_m**2).mean())),
        accuracy_m=math.sqrt(squares / spare),
        blunder=None if blunder is None else points.names[blunder],
        accuracy_without_blunder_m=without,
        target_m=tuple((x, y) for x, y in points.target.tolist()),
        helmert7=parameters,
    )


def _redundancy(design: FloatArray) -> FloatArray:
    """Return I - H (n, 3, 3) of each point; refuse points that leave the rest on one line."""
    rows = design.reshape(-1, 7)
    base = np.linalg.qr(rows / _scale(rows))[0].reshape(-1, 3, 7)
    found: FloatArray = np.eye(3) - base @ base.transpose(0, 2, 1)
    if np.linalg.eigvalsh(found).min() <= THINNEST:
        raise CrsError(message("crs.points_degenerate"))
    return found


def _horizontal(xyz: FloatArray) -> FloatArray:
    """Return the unit vectors east and north (n, 2, 3) at geocentric places; the sphere's do."""
    up = xyz / np.linalg.norm(xyz, axis=1, keepdims=True)
    east = np.cross([0.0, 0.0, 1.0], up)
    east /= np.linalg.norm(east, axis=1, keepdims=True)
    return np.stack([east, np.cross(up, east)], axis=1)


def _require_heights(points: ControlPoints) -> None:
    """Refuse points without a height on both sides, by name."""
    known = np.isfinite(points.source_h_m) & np.isfinite(points.target_h_m)
    lacking = [name for name, here in zip(points.names, known.tolist(), strict=True) if not here]
    if lacking:
        raise CrsError(message("crs.points_heights", names="、".join(lacking)))


def _require_finite(points: ControlPoints, near: FloatArray, source: CRS) -> None:
    """Refuse source coordinates that their CRS cannot express."""
    for name, place, xyz in zip(points.names, points.source.tolist(), near.tolist(), strict=True):
        if not all(math.isfinite(value) for value in xyz):
            x, y = place
            raise CrsError(message("crs.points_source_outside", crs=describe(source), name=name, x=x, y=y))


def _refuse_mirrored(points: ControlPoints, source: CRS, target: CRS) -> None:
    """Refuse points that no similarity of the plane could be fitted to either: swapped, or in one place."""
    if source.is_projected and target.is_projected:
        fit(points, model="similarity")
