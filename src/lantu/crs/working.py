"""The working CRS: the one plane in metres on which all layers are compared."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from pyproj import CRS, Proj

from lantu.crs.identity import describe, parse_crs
from lantu.errors import CrsError
from lantu.messages import Message, message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lantu.crs.extent import Bounds
    from lantu.model import FloatArray

AUTO = "auto"

ZONE_WIDTH_DEG = 3
CHINA_MERIDIANS_DEG = range(75, 136, ZONE_WIDTH_DEG)

MAX_LENGTH_ERROR = 0.001
"""A working CRS that stretches lengths by more than this share is said to do so (UTM: 0.0004)."""


def working_crs(text: str, *, extents: Sequence[Bounds] = (), weights: Sequence[float] | None = None) -> CRS:
    """Return the working CRS that a blueprint asks for: a projected system in metres.

    ``auto`` takes the CGCS2000 3-degree zone by central meridian (eastings without zone prefix, e.g.
    EPSG:4548) that holds the data's centre, and outside China the WGS 84 UTM zone. The centre is the
    median, weighted by ``weights`` (feature counts), of the centres of ``extents`` (west, south,
    east, north in degrees, one per layer that has a CRS): one layer in the wrong place moves nothing.

    Raises
    ------
    CrsError
        The text is not understood, the system is geographic or not in metres, or ``auto`` has no
        extents to go by.
    """
    if text.strip().lower() == AUTO:
        return zone_at(*_centre(extents, weights))
    crs = parse_crs(text)
    if not crs.is_projected:
        raise CrsError(message("crs.working_geographic", crs=describe(crs)))
    units = sorted({axis.unit_name for axis in crs.axis_info if axis.unit_conversion_factor != 1.0})
    if units:
        raise CrsError(message("crs.working_unit", crs=describe(crs), unit=", ".join(units)))
    return crs


def zone_at(lon: float, lat: float) -> CRS:
    """Return the CGCS2000 3-degree zone that holds a place in China, elsewhere its WGS 84 UTM zone."""
    meridian = ZONE_WIDTH_DEG * math.floor(lon / ZONE_WIDTH_DEG + 0.5)
    if meridian in CHINA_MERIDIANS_DEG:
        zone = CRS.from_user_input(f"CGCS2000 / 3-degree Gauss-Kruger CM {meridian}E")
        # The zone's own area is used: the box around the whole of China holds Seoul and Delhi too.
        area = zone.area_of_use
        if area is not None and area.south <= lat <= area.north and area.west <= lon <= area.east:
            return zone
    number = int((lon + 180.0) // 6.0) % 60 + 1
    return CRS.from_user_input(f"WGS 84 / UTM zone {number}{'N' if lat >= 0 else 'S'}")


def stretch_note(crs: CRS, *, lonlat: tuple[float, float]) -> Message | None:
    """Say by how much lengths in ``crs`` are wrong at a place (degrees), where it is too much to ignore."""
    factors = Proj(crs).get_factors(*lonlat)
    worst = max(abs(factors.meridional_scale - 1.0), abs(factors.parallel_scale - 1.0))
    if worst <= MAX_LENGTH_ERROR:
        return None
    return message("crs.working_stretches", crs=describe(crs), percent=100.0 * worst)


def _centre(extents: Sequence[Bounds], weights: Sequence[float] | None) -> tuple[float, float]:
    """Return the weighted median of the extents' centres, longitude and latitude."""
    boxes = np.asarray(extents, dtype=np.float64).reshape(-1, 4)
    counts = np.ones(len(boxes)) if weights is None else np.asarray(weights, dtype=np.float64)
    usable = np.isfinite(boxes).all(axis=1) & (counts > 0)
    if not usable.any():
        raise CrsError(message("crs.auto_without_extent"))
    centres = (boxes[usable, :2] + boxes[usable, 2:]) / 2.0
    return _median(centres[:, 0], counts[usable]), _median(centres[:, 1], counts[usable])


def _median(values: FloatArray, weights: FloatArray) -> float:
    """Return the lower weighted median."""
    order = np.argsort(values, kind="stable")
    below = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(below, below[-1] / 2.0)])
