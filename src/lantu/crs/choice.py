"""Choosing the operation that brings a layer to the working CRS, or refusing to.

PROJ always has an answer. Where it knows no datum shift it silently takes none (a *ballpark*
operation): Xian 1980 and Beijing 1954 then land 50 to 150 m beside CGCS2000. Such an answer is refused
until the blueprint states a transformation; one pair of datums is named and allowed without a shift.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pyproj import CRS

from lantu.crs.identity import canonical, describe, identify, vertical_name
from lantu.crs.operation import Operation
from lantu.crs.pipeline import chain, operations
from lantu.crs.stated import stated_operation
from lantu.crs.web_maps import ACCURACY_M, web_map_named
from lantu.messages import Message, message
from lantu.model import Refusal

if TYPE_CHECKING:
    from pyproj import Transformer
    from pyproj.transformer import TransformerGroup

    from lantu.crs.extent import Bounds
    from lantu.crs.web_maps import WebMap
    from lantu.model import TransformSpec

WGS84_CGCS2000_ACCURACY_M = 1.0
"""Accuracy stated for taking CGCS2000 and WGS 84 as one.

CGCS2000 is ITRF97 held at epoch 2000.0, WGS 84 follows ITRF through time to some centimetres; the
ellipsoids differ by 0.1 mm. What is left is the motion of the Eurasian plate under China since 2000,
some 3 cm a year, which nears a metre in the 2020s. EPSG states the same 1 m for equating
other plate-fixed systems with WGS 84 (e.g. operation 9772).
"""

_WGS84 = CRS.from_epsg(4326)
_WGS84_DATUM = "World Geodetic System 1984"  # and its realisations: "... (G1762)", "... ensemble"
_CGCS2000 = "EPSG:4490"


@dataclass(frozen=True, kw_only=True)
class _Way:
    """An operation between two systems before it has been made a layer's."""

    description: str
    definition: str
    accuracy_m: float | None
    shift: str | None
    notes: tuple[Message, ...] = ()


def choose_operation(
    source: CRS | None,
    target: CRS,
    *,
    area_of_interest: Bounds | None = None,
    transform: TransformSpec | None = None,
    stated_accuracy_m: float | None = None,
) -> Operation | Refusal:
    """Return the operation that brings a layer from ``source`` to ``target``, or why there is none.

    ``area_of_interest`` (west, south, east, north in degrees) is where the layer, or better the
    district, lies; without it the target's own area of use is taken. A ``transform`` of the blueprint
    goes before anything PROJ knows. ``stated_accuracy_m`` is what the department states for its
    layer; control points that fit worse are named in the note, and so is the vertical part of a
    compound source system.

    A refusal carries CR01 (no CRS declared) or CR02 (nothing but a null datum shift).

    Raises
    ------
    CrsError
        The stated transform is not usable.
    """
    heights = None if source is None else vertical_name(source)
    target = canonical(target)
    source = None if source is None else canonical(source)
    chosen = _choose(source, target, area_of_interest, transform, stated_accuracy_m)
    if heights is None or isinstance(chosen, Refusal):
        return chosen
    named = message("crs.note_heights", vertical=heights)
    return replace(chosen, note=_joined((*((chosen.note,) if chosen.note else ()), named)))


def _choose(
    source: CRS | None,
    target: CRS,
    area_of_interest: Bounds | None,
    transform: TransformSpec | None,
    stated_accuracy_m: float | None,
) -> Operation | Refusal:
    """Choose between two systems that are canonical."""
    area = area_of_interest or _area_of(target)
    if transform is not None:
        return stated_operation(
            transform,
            source=source,
            target=target,
            area_of_interest=area_of_interest,
            stated_accuracy_m=stated_accuracy_m,
        )
    if source is None:
        advice = message("crs.advice_declare")
        return Refusal(reason=message("crs.undeclared"), code="CR01", suggestion=advice)
    web_map = web_map_named(source.name)
    if web_map is not None:
        return _from_web_map(web_map, target, area)
    if not (source.is_projected or source.is_geographic):
        return _refuse(source, target, area)
    way = _best(source, target, area) or _named_null(source, target, area)
    if way is None:
        return _refuse(source, target, area)
    return Operation(
        source=identify(source),
        target=identify(target),
        description=way.description,
        definition=way.definition,
        accuracy_m=way.accuracy_m,
        shift=way.shift,
        note=_joined(way.notes),
    )


def _from_web_map(web_map: WebMap, target: CRS, area: Bounds | None) -> Operation | Refusal:
    """Return the web map's formula back to WGS 84, and the way on from there."""
    way = _best(_WGS84, target, area) or _named_null(_WGS84, target, area)
    if way is None:
        return _refuse(_WGS84, target, area)
    own_m = ACCURACY_M[web_map]
    return Operation(
        source=web_map,
        target=identify(target),
        description=f"{web_map} to WGS 84 (public formula, iterated) + {way.description}",
        definition=way.definition,
        accuracy_m=math.hypot(own_m, way.accuracy_m or 0.0),
        shift=" + ".join(part for part in (f"{web_map} to WGS 84", way.shift) if part),
        note=message("crs.note_web_map", web_map=web_map, accuracy_m=own_m),
        web_map=web_map,
    )


def _best(source: CRS, target: CRS, area: Bounds | None) -> _Way | None:
    """Return PROJ's best operation that is no ballpark and is valid at the middle of the area."""
    group = operations(source, target, area=area)
    found = [] if group is None else [item for item in group.transformers if _holds(item, area)]
    if group is None or not found:
        return None
    best: Transformer = found[0]
    accuracy_m = best.accuracy if best.accuracy is not None and best.accuracy >= 0 else None
    notes = [*_missing_grid_note(group, accuracy_m)]
    if accuracy_m is None:
        notes.append(message("crs.note_accuracy_unknown", operation=best.description))
    if not _holds(best, area, whole=True):
        notes.append(message("crs.note_partly_outside", operation=best.description))
    return _Way(
        description=best.description,
        definition=chain(best.definition),
        accuracy_m=accuracy_m,
        shift=_shift(best),
        notes=tuple(notes),
    )


def _named_null(source: CRS, target: CRS, area: Bounds | None) -> _Way | None:
    """Return the way that takes CGCS2000 and WGS 84 as one, alone or after a real shift to WGS 84."""
    if _is_wgs84(source) and _is_cgcs2000(target):
        return _null(source, target)
    if _is_cgcs2000(source) and _is_wgs84(target):
        return _null(source, target)
    if _is_cgcs2000(target):
        return _joined_ways(_best(source, _WGS84, area), _null(_WGS84, target))
    if _is_cgcs2000(source):
        return _joined_ways(_null(source, _WGS84), _best(_WGS84, target, area))
    return None


def _null(source: CRS, target: CRS) -> _Way | None:
    """Return the null operation of the named pair, with its stated accuracy."""
    group = operations(source, target, allow_ballpark=True)
    if group is None or not group.transformers:
        return None
    return _Way(
        description=group.transformers[0].description,
        definition=chain(group.transformers[0].definition),
        accuracy_m=WGS84_CGCS2000_ACCURACY_M,
        shift="CGCS2000 = WGS 84",
        notes=(message("crs.note_named_null", accuracy_m=WGS84_CGCS2000_ACCURACY_M),),
    )


def _joined_ways(first: _Way | None, second: _Way | None) -> _Way | None:
    """Return two ways one after the other; their errors add up as squares."""
    if first is None or second is None:
        return None
    known = first.accuracy_m is not None and second.accuracy_m is not None
    return _Way(
        description=f"{first.description} + {second.description}",
        definition=chain(first.definition, second.definition),
        accuracy_m=math.hypot(first.accuracy_m or 0.0, second.accuracy_m or 0.0) if known else None,
        shift=" + ".join(shift for shift in (first.shift, second.shift) if shift),
        notes=first.notes + second.notes,
    )


def _refuse(source: CRS, target: CRS, area: Bounds | None) -> Refusal:
    """Say what is missing between two systems and what to give."""
    group = operations(source, target, area=area)
    names = {"source": describe(source), "target": describe(target)}
    advice = message("crs.advice_transform")
    on_earth = source.is_projected or source.is_geographic
    if not on_earth or operations(source, target, allow_ballpark=True) is None:
        return Refusal(reason=message("crs.no_operation", **names), code="CR02", suggestion=advice)
    unavailable = [] if group is None else group.unavailable_operations
    grids = sorted({grid.short_name for item in unavailable for grid in item.grids})
    if grids:
        reason = message("crs.ballpark_grid_missing", **names, grids=", ".join(grids))
        return Refusal(reason=reason, code="CR02", suggestion=advice)
    return Refusal(reason=message("crs.ballpark", **names), code="CR02", suggestion=advice)


def _missing_grid_note(group: TransformerGroup, accuracy_m: float | None) -> tuple[Message, ...]:
    """Say that a better operation exists whose grid is not installed."""
    better = [
        item
        for item in group.unavailable_operations
        if item.accuracy >= 0 and (accuracy_m is None or item.accuracy < accuracy_m)
    ]
    if not better:
        return ()
    best = min(better, key=lambda item: item.accuracy)  # the first of equals, in PROJ's order
    grids = ", ".join(grid.short_name for grid in best.grids if not grid.available)
    return (message("crs.note_grid_missing", operation=best.name, accuracy_m=best.accuracy, grids=grids),)


def _holds(transformer: Transformer, area: Bounds | None, *, whole: bool = False) -> bool:
    """Say whether an operation is valid at the middle of the area, or in all of it."""
    use = transformer.area_of_use
    if area is None or use is None:
        return True
    west, south, east, north = area
    if not whole:
        west = east = (west + east) / 2.0
        south = north = (south + north) / 2.0
    if not use.south <= south <= north <= use.north:
        return False
    if use.west > use.east:  # across the 180th meridian
        return west >= use.west or east <= use.east
    return bool(use.west <= west and east <= use.east)


def _shift(transformer: Transformer) -> str | None:
    """Return the names of the steps that change the datum."""
    names = [item.name for item in transformer.operations or () if item.type_name == "Transformation"]
    return " + ".join(name for name in names if not name.startswith("Null geographic offset")) or None


def _is_wgs84(crs: CRS) -> bool:
    """Say whether a system is on WGS 84, the ensemble or any realisation, with no shift attached."""
    return not crs.is_bound and crs.datum is not None and crs.datum.name.startswith(_WGS84_DATUM)


def _is_cgcs2000(crs: CRS) -> bool:
    """Say whether a system is on CGCS2000, with no shift attached."""
    base = crs.geodetic_crs
    return not crs.is_bound and base is not None and identify(base) == _CGCS2000


def _area_of(crs: CRS) -> Bounds | None:
    """Return the area of use of a system."""
    area = crs.area_of_use
    return None if area is None else (area.west, area.south, area.east, area.north)


def _joined(notes: tuple[Message, ...]) -> Message | None:
    """Return all notes as one message."""
    if not notes:
        return None
    said = notes[0]
    for note in notes[1:]:
        said = message("crs.note_and", first=said, second=note)
    return said
