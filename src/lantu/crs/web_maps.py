"""GCJ-02 and BD-09: the displaced longitudes and latitudes of Chinese web maps, and the way back.

Both move WGS 84 by some 100 to 800 m in a way that varies over kilometres, so no datum shift and no
similarity brings them back. The formulas are the public ones (reconstructed, not published by their
makers): GCJ-02 as in eviltransform and PROJ's community, with the Krasovsky ellipsoid; BD-09 on top of
GCJ-02. Web maps use them on land in China only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import numpy as np
from pyproj import CRS

if TYPE_CHECKING:
    from lantu.model import FloatArray

WebMap: TypeAlias = Literal["GCJ-02", "BD-09"]

WEB_MAPS: tuple[WebMap, ...] = get_args(WebMap)

ACCURACY_M: dict[WebMap, float] = {"GCJ-02": 5.0, "BD-09": 6.0}
"""Standard error of a place brought back. The inverse meets the formula to 0.1 mm; what is uncertain is the
formula, which meets the makers' own numbers to a few metres, and web maps' own digitising."""

_AXIS_M = 6378245.0
_ECCENTRICITY2 = 0.00669342162296594323
_BD_TURN = np.pi * 3000.0 / 180.0
_ROUNDS = 12


def web_map_crs(system: WebMap) -> CRS:
    """Return a coordinate system that bears the web map's name, so that it goes where other systems go.

    Degrees on WGS 84's ellipsoid and a datum that PROJ knows nothing of: PROJ cannot take it for WGS 84,
    and ``choose_operation`` knows it by its name.
    """
    return CRS.from_wkt(
        f'GEOGCRS["{system}",DATUM["{system} (displaced WGS 84)",'
        'ELLIPSOID["WGS 84",6378137,298.257223563,LENGTHUNIT["metre",1]]],'
        'PRIMEM["Greenwich",0],CS[ellipsoidal,2],AXIS["longitude",east],AXIS["latitude",north],'
        'ANGLEUNIT["degree",0.0174532925199433]]'
    )


def web_map_named(text: str) -> WebMap | None:
    """Return the web-map system that a blueprint's ``crs`` names, however it is spelled; None for others."""
    plain = text.strip().upper().replace("-", "").replace("_", "").replace(" ", "")
    return next((name for name in WEB_MAPS if name.replace("-", "") == plain), None)


def to_web_map(lonlat: FloatArray, *, system: WebMap) -> FloatArray:
    """Return where a web map shows WGS 84 longitudes and latitudes (n, 2), degrees."""
    shown = lonlat + _gcj02_offset(lonlat)
    return shown if system == "GCJ-02" else _bd09(shown)


def from_web_map(lonlat: FloatArray, *, system: WebMap) -> FloatArray:
    """Return the WGS 84 longitudes and latitudes that a web map shows at ``lonlat`` (n, 2), degrees.

    The offset varies by less than 1 in 1,000, so each round of the iteration gains three digits or more.
    """
    found: FloatArray = np.array(lonlat, dtype=np.float64)
    for _ in range(_ROUNDS):
        found = found + (lonlat - to_web_map(found, system=system))
    return found


def _gcj02_offset(lonlat: FloatArray) -> FloatArray:
    """Return the displacement of GCJ-02 in degrees, shape (n, 2)."""
    x, y = lonlat[:, 0] - 105.0, lonlat[:, 1] - 35.0
    root = 0.2 * np.sqrt(np.abs(x))
    common = (20.0 * np.sin(6.0 * np.pi * x) + 20.0 * np.sin(2.0 * np.pi * x)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + root + common
    north += (20.0 * np.sin(np.pi * y) + 40.0 * np.sin(np.pi / 3.0 * y)) * 2.0 / 3.0
    north += (160.0 * np.sin(np.pi / 12.0 * y) + 320.0 * np.sin(np.pi / 30.0 * y)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + root / 2.0 + common
    east += (20.0 * np.sin(np.pi * x) + 40.0 * np.sin(np.pi / 3.0 * x)) * 2.0 / 3.0
    east += (150.0 * np.sin(np.pi / 12.0 * x) + 300.0 * np.sin(np.pi / 30.0 * x)) * 2.0 / 3.0
    latitude = np.radians(lonlat[:, 1])
    flat = 1.0 - _ECCENTRICITY2 * np.sin(latitude) ** 2
    meridian_m = _AXIS_M * (1.0 - _ECCENTRICITY2) / flat**1.5
    parallel_m = _AXIS_M / np.sqrt(flat) * np.cos(latitude)
    return np.column_stack([np.degrees(east / parallel_m), np.degrees(north / meridian_m)])


def _bd09(lonlat: FloatArray) -> FloatArray:
    """Return BD-09 longitudes and latitudes of GCJ-02 ones."""
    x, y = lonlat[:, 0], lonlat[:, 1]
    reach = np.hypot(x, y) + 0.00002 * np.sin(y * _BD_TURN)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * _BD_TURN)
    return np.column_stack([reach * np.cos(angle) + 0.0065, reach * np.sin(angle) + 0.006])
