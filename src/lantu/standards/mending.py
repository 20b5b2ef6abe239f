"""Geometry as the standards want it: right dimension, valid, on a copy, with every change noted."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import shapely

from lantu.messages import Message, catalogue, listed, message
from lantu.model import ProblemKind, each_in_threads, in_threads

if TYPE_CHECKING:
    from lantu.model import BoolArray, ObjectArray
    from lantu.standards.problems import ProblemNotes
    from lantu.standards.schema import Standard

FIRST_MULTI = 4
COLLECTION = 7
REASON = re.compile(r"(?P<reason>[^\[]*)\[(?P<x>\S+) (?P<y>\S+)\]")
MULTI = {0: shapely.multipoints, 1: shapely.multilinestrings, 2: shapely.multipolygons}
KINDS = {0: "point", 1: "line", 2: "polygon"}


def mend(geometry: ObjectArray, *, standard: Standard, notes: ProblemNotes) -> ObjectArray:
    """Return valid geometries of an allowed dimension, None where there is none, shape (n,).

    Null, empty, wrong, mixed and invalid geometries are noted. Valid geometries pass unchanged but for
    Z and M, which are dropped unless the standard keeps them; vertices are never moved or reordered.
    """
    found = np.array(geometry, dtype=object)
    missing = shapely.is_missing(found) | shapely.is_empty(found)
    found[missing] = None
    notes.rows(ProblemKind.GEOMETRY_MISSING, np.flatnonzero(missing))
    if not standard.keeps_z:
        deep = shapely.has_z(found) | shapely.has_m(found)
        found[deep] = shapely.force_2d(found[deep])
    found = _right_dimension(found, standard=standard, notes=notes)
    return _valid(found, standard=standard, notes=notes)


def _right_dimension(found: ObjectArray, *, standard: Standard, notes: ProblemNotes) -> ObjectArray:
    """Return geometries of an allowed dimension; note wrong kinds and mixed collections."""
    collections = np.flatnonzero(shapely.get_type_id(found) == COLLECTION)
    mixed = np.zeros(len(found), dtype=np.bool_)
    kinds = shapely.get_dimensions(found)
    for index in collections:
        dimensions = set(shapely.get_dimensions(_simple_parts(found[index])).tolist())
        mixed[index] = len(dimensions) > 1
        allowed = [dimension for dimension in standard.dimensions if dimension in dimensions]
        if allowed:
            found[index] = _parts(found[index], allowed[0])
            kinds[index] = allowed[0]
    wrong = ~shapely.is_missing(found) & ~np.isin(kinds, standard.dimensions)
    expected = listed([message(f"standards.geometry.{kind}") for kind in standard.geometry])
    details = np.array(
        [
            message(
                "standards.detail.wrong_kind",
                found=message(f"standards.geometry.{KINDS[kind]}"),
                expected=expected,
            )
            for kind in kinds[wrong]
        ],
        dtype=object,
    )
    notes.rows(ProblemKind.GEOMETRY_WRONG_KIND, np.flatnonzero(wrong), detail=details)
    notes.rows(ProblemKind.GEOMETRY_MIXED, np.flatnonzero(mixed & ~wrong))
    found[wrong] = None
    return found


def _valid(found: ObjectArray, *, standard: Standard, notes: ProblemNotes) -> ObjectArray:
    """Return valid geometries, repaired where they were not; note the reason and the place of each."""
    valid = in_threads(shapely.is_valid, found)
    broken = np.flatnonzero(~shapely.is_missing(found) & ~valid)
    if not len(broken):
        return found
    dimensions = shapely.get_dimensions(found[broken])
    reasons = shapely.is_valid_reason(found[broken])
    notes.rows(
        ProblemKind.GEOMETRY_INVALID,
        broken,
        detail=np.array([_reason(text) for text in reasons], dtype=object),
        place=_places(reasons),
    )
    repair = partial(_repaired, keeps_z=standard.keeps_z)
    found[broken] = each_in_threads(repair, found[broken], dimensions)
    lost = broken[shapely.is_missing(found[broken])]
    notes.rows(ProblemKind.GEOMETRY_MISSING, lost, detail=message("standards.detail.nothing_left"))
    return found


def _repaired(geometry: shapely.Geometry, dimension: int, *, keeps_z: bool) -> shapely.Geometry | None:
    """Return the valid part of ``geometry`` in its own dimension, None where nothing is left."""
    if not np.isfinite(shapely.get_coordinates(geometry)).all():
        return None
    try:
        mended = shapely.make_valid(geometry, method="structure", keep_collapsed=False)
    except shapely.GEOSException:
        return None
    parts = _parts(mended, dimension)
    return parts if keeps_z or parts is None else shapely.force_2d(parts)


def _simple_parts(geometry: shapely.Geometry) -> ObjectArray:
    """Return the parts of a geometry without collections among them, empty ones left out."""
    parts = shapely.get_parts(np.array([geometry], dtype=object))
    while (nested := shapely.get_type_id(parts) >= FIRST_MULTI).any():
        parts = np.concatenate([parts[~nested], shapely.get_parts(parts[nested])])
    return np.asarray(parts[~shapely.is_empty(parts)], dtype=object)


def _parts(geometry: shapely.Geometry, dimension: int) -> shapely.Geometry | None:
    """Return the parts of one dimension as one geometry, None where there are none."""
    parts = _simple_parts(geometry)
    right: BoolArray = shapely.get_dimensions(parts) == dimension
    if not right.any():
        return None
    return parts[right][0] if right.sum() == 1 else MULTI[dimension](parts[right])


def _reason(text: str) -> Message | str:
    """Return GEOS's reason; one that the catalogue does not know as GEOS gives it."""
    found = REASON.fullmatch(text)
    plain = found["reason"] if found else text
    key = "standards.invalid." + plain.lower().replace(" ", "_").replace("-", "_")
    return message(key) if key in catalogue() else plain


def _places(reasons: ObjectArray) -> ObjectArray:
    """Return the point that each reason names, None where it names none that can be drawn."""
    places = np.full(len(reasons), None, dtype=object)
    for index, text in enumerate(reasons):
        found = REASON.fullmatch(text)
        if found:
            xy = np.array([float(found["x"]), float(found["y"])])
            places[index] = shapely.points(xy) if np.isfinite(xy).all() else None
    return places
