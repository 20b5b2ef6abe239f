"""The transformation that a blueprint states, where PROJ knows none that can be trusted."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import numpy as np
from pyproj import Transformer

from lantu.crs.control_points import ControlPoints, read_control_points
from lantu.crs.extent import inside_area, lonlat_points
from lantu.crs.fitting import ControlFit, PlaneModel, fit
from lantu.crs.identity import describe, identify
from lantu.crs.operation import Operation
from lantu.crs.pipeline import chain, degrees_of, ellipsoid_parameters, plain_definition, validate
from lantu.crs.seven_parameters import fit_helmert7
from lantu.errors import CrsError
from lantu.messages import Message, message

if TYPE_CHECKING:
    from pyproj import CRS

    from lantu.crs.extent import Bounds
    from lantu.model import FloatArray, TransformSpec

HELMERT_PARAMETERS = 7

RELIEF_M = 100.0
"""Height for which the note on seven parameters says how much another height would matter."""

DIRECT_GAIN = 0.5
"""Source numbers are fitted as they stand, against what their CRS says of them, only if that at least
halves the error of left-out points: the declared CRS is then not the one of the numbers."""


def stated_operation(
    transform: TransformSpec,
    *,
    source: CRS | None,
    target: CRS,
    area_of_interest: Bounds | None = None,
    stated_accuracy_m: float | None = None,
) -> Operation:
    """Return the operation that a ``transform`` of the blueprint defines.

    A pipeline and control points need no source CRS, seven parameters do.

    Raises
    ------
    CrsError
        Not exactly one kind is given, or what is given is not usable.
    """
    given = [transform.pipeline, transform.helmert7, transform.control_points]
    if sum(item is not None for item in given) != 1:
        raise CrsError(message("crs.transform_one_of"))
    if transform.control_points is not None:
        points = read_control_points(transform.control_points)
        operation = from_points(points, source=source, target=target, stated_accuracy_m=stated_accuracy_m)
        return _warn_extrapolation(operation, points, target, area_of_interest)
    if transform.pipeline is not None:
        definition, kind = validate(transform.pipeline), "pipeline"
    else:
        definition, kind = (
            helmert_definition(transform.helmert7 or (), source=source, target=target),
            "helmert7",
        )
    return Operation(
        source=identify(source) if source is not None else None,
        target=identify(target),
        description=f"blueprint: {kind}",
        definition=definition,
        accuracy_m=None,
        shift=f"blueprint: {definition}",
        note=message("crs.note_stated_accuracy_unknown", kind=kind),
    )


def helmert_definition(
    parameters: tuple[float, ...], *, source: CRS | None, target: CRS, height_m: float = 0.0
) -> str:
    """Return the pipeline of a seven-parameter Helmert between the datums of two systems.

    tx, ty, tz in metres, rx, ry, rz in arc seconds, scale in ppm, position vector convention
    (EPSG 9606; the other convention has the rotations' signs reversed). The plane is moved as it lies
    ``height_m`` above the source's ellipsoid, on it by default; heights themselves are not converted. A place
    that lies 1,000 m higher moves by as much less or more as the verticals of the two datums differ there:
    5 mm for each arc second.
    """
    if source is None:
        raise CrsError(message("crs.helmert_without_source"))
    if len(parameters) != HELMERT_PARAMETERS or not all(math.isfinite(value) for value in parameters):
        raise CrsError(message("crs.helmert_parameters", count=len(parameters)))
    named = zip(("x", "y", "z", "rx", "ry", "rz", "s"), parameters, strict=True)
    values = " ".join(f"{name}={float(value)!r}" for name, value in named)
    return chain(
        plain_definition(source, degrees_of(source)),
        "proj=unitconvert xy_in=deg xy_out=rad",
        "proj=push v_3",
        f"proj=affine zoff={float(height_m)!r}" if height_m else "proj=noop",
        f"proj=cart {ellipsoid_parameters(source)}",
        f"proj=helmert {values} convention=position_vector",
        f"inv proj=cart {ellipsoid_parameters(target)}",
        "proj=pop v_3",
        "proj=unitconvert xy_in=rad xy_out=deg",
        plain_definition(degrees_of(target), target),
    )


def from_points(
    points: ControlPoints, *, source: CRS | None, target: CRS, stated_accuracy_m: float | None = None
) -> Operation:
    """Return the operation fitted to control points, their standard error as its accuracy.

    Without a source CRS, or with one on the same projection as the working CRS, the fit is between
    the coordinates as they stand. From another projection (degrees, another meridian) the source is
    first projected without a datum shift: a plane fit cannot bend. Seven parameters are fitted only where
    the file of the points asks for them; they move places as these lie at the points' mean height.
    """
    _refuse_misplaced(points, target)
    fitted, before = fit_between(points, source=source, target=target)
    note = _fit_note(fitted, stated_accuracy_m)
    description = f"blueprint: {fitted.model} from {len(points)} control points"
    if fitted.model == "helmert7":
        heights = _height_note(points, fitted, source=source, target=target)
        note = message("crs.note_and", first=note, second=heights)
        description += f", at their mean height {points.source_h_m.mean():.1f} m"
    return Operation(
        source=identify(source) if source is not None else None,
        target=identify(target),
        description=description,
        definition=chain(before, fitted.step),
        accuracy_m=fitted.accuracy_m,
        note=note,
        fit=fitted,
    )


def fit_between(points: ControlPoints, *, source: CRS | None, target: CRS) -> tuple[ControlFit, str]:
    """Return the fit, and the pipeline that runs before it (``proj=noop`` where it is direct)."""
    if points.model == "helmert7":
        return _fit_between_datums(points, source=source, target=target)
    model: PlaneModel | Literal["auto"] = points.model or "auto"
    if source is None or same_projection(source, target):
        return fit(points, model=model), "proj=noop"
    before = plain_definition(source, target)
    x, y = points.source.T.copy()
    projected = np.column_stack(Transformer.from_pipeline(before).transform(x, y, errcheck=False))
    if not np.isfinite(projected).all():
        return fit(points, model=model), "proj=noop"
    through = fit(replace(points, source=projected), model=model)
    try:
        direct = fit(points, model=model)
    except CrsError:  # degrees on one line, say: the way through the projection stands
        return through, before
    if direct.left_out_rms_m < DIRECT_GAIN * through.left_out_rms_m and not source.is_geographic:
        return direct, "proj=noop"
    return through, before


def _fit_between_datums(points: ControlPoints, *, source: CRS | None, target: CRS) -> tuple[ControlFit, str]:
    """Return the seven parameters and their pipeline, at the mean height of the points.

    A layer's own Z is not used, even where it has one: it is a height above the geoid, of a depth or of
    nothing as often as one above the ellipsoid. The points' mean is good to the relief of the district, and
    what that costs is in the note (``_height_note``): millimetres for 100 m, as rotations are small.
    """
    fitted = fit_helmert7(points, source=source, target=target)
    height_m = float(points.source_h_m.mean())
    parameters = fitted.helmert7 or ()
    return fitted, helmert_definition(parameters, source=source, target=target, height_m=height_m)


def _height_note(points: ControlPoints, fitted: ControlFit, *, source: CRS | None, target: CRS) -> Message:
    """Say at which height seven parameters move places, and how far another height would move them."""
    height_m = float(points.source_h_m.mean())
    here, higher = (
        np.column_stack(
            Transformer.from_pipeline(
                helmert_definition(fitted.helmert7 or (), source=source, target=target, height_m=high_m)
            ).transform(*points.source.T.copy())
        )
        for high_m in (height_m, height_m + RELIEF_M)
    )
    off_m = float(np.hypot(*(higher - here).T).max())
    return message("crs.note_height", height_m=height_m, relief_m=RELIEF_M, off_m=off_m)


def same_projection(one: CRS, other: CRS) -> bool:
    """Say whether two systems use one projection with the same parameters, but for false origins.

    Then coordinates differ by a shift (a zone prefix) and the datum, which a similarity takes up.
    """
    if not (one.is_projected and other.is_projected):
        return False
    return _projection(one) == _projection(other)


def _projection(crs: CRS) -> tuple[str, tuple[tuple[str, float], ...], tuple[float, ...]]:
    """Return method, parameters but for the false origin, and units."""
    operation = crs.coordinate_operation
    if operation is None:
        return crs.name, (), ()
    parameters = tuple(
        sorted((item.name, float(item.value)) for item in operation.params if "alse" not in item.name)
    )
    return operation.method_name, parameters, tuple(axis.unit_conversion_factor for axis in crs.axis_info[:2])


def _refuse_misplaced(points: ControlPoints, target: CRS) -> None:
    """Refuse target coordinates that lie nowhere near the working CRS's area: swapped, or another zone."""
    area = target.area_of_use
    if area is None:
        return
    box = (area.west, area.south, area.east, area.north)
    if inside_area(lonlat_points(points.target, crs=target), area=box).any():
        return
    turned: FloatArray = points.target[:, ::-1]
    if inside_area(lonlat_points(turned, crs=target), area=box).all():
        raise CrsError(message("crs.points_swapped", crs=describe(target)))
    x, y = points.target[0].tolist()
    raise CrsError(message("crs.points_outside", crs=describe(target), name=points.names[0], x=x, y=y))


def _fit_note(fitted: ControlFit, stated_accuracy_m: float | None) -> Message:
    """Say how well the points fit, which one does not, and whether the stated accuracy holds."""
    note = message(
        f"crs.note_{fitted.model}",
        count=len(fitted.names),
        accuracy_m=fitted.accuracy_m,
        left_out_m=fitted.left_out_rms_m,
    )
    if fitted.blunder is not None:
        residual_m = fitted.left_out_m[fitted.names.index(fitted.blunder)]
        without_m = fitted.accuracy_without_blunder_m
        blunder = message("crs.note_blunder", name=fitted.blunder, off_m=residual_m, without_m=without_m)
        note = message("crs.note_and", first=note, second=blunder)
    if stated_accuracy_m is not None and fitted.above(stated_accuracy_m):
        names = "、".join(fitted.above(stated_accuracy_m))
        above = message("crs.note_above_stated", names=names, stated_m=stated_accuracy_m)
        note = message("crs.note_and", first=note, second=above)
    return note


def _warn_extrapolation(
    operation: Operation, points: ControlPoints, target: CRS, area: Bounds | None
) -> Operation:
    """Note that the layer reaches far beyond the control points, where their accuracy does not hold."""
    if area is None or operation.note is None:
        return operation
    around = lonlat_points(points.target, crs=target)
    west, south = np.nanmin(around, axis=0).tolist()
    east, north = np.nanmax(around, axis=0).tolist()
    corners = np.array([(area[0], area[1]), (area[2], area[3]), (area[0], area[3]), (area[2], area[1])])
    # Half the points' own spread beyond them is still within what the fit can carry.
    reach = 0.5 * max(east - west, north - south)
    if inside_area(corners, area=(west - reach, south - reach, east + reach, north + reach)).all():
        return operation
    beyond = message("crs.note_extrapolates")
    return replace(operation, note=message("crs.note_and", first=operation.note, second=beyond))
