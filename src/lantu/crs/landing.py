"""In which coordinate systems numbers would land in a given area."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pyproj import CRS, Proj
from pyproj.aoi import AreaOfInterest
from pyproj.database import query_crs_info
from pyproj.enums import PJType
from pyproj.exceptions import CRSError, ProjError

from lantu.crs.extent import Bounds, grow, inside_area, lonlat_points

if TYPE_CHECKING:
    from lantu.model import FloatArray

MAX_SAMPLE = 500
"""Points looked at, evenly spread over those given."""

LANDED = 0.5
"""Share of the points that has to land in the expected area for a system to be considered."""

FAR_DEG = 5.0
"""Much further than any change of datum or meridian in EPSG leads that the projection leaves out."""

WIDEST_AREA_DEG = 60.0
"""Systems for a larger area than this are for maps of continents, not for a district's data."""

WEB_MERCATOR = 3857
"""The exception: web maps are exported as they are."""

ZONE_DEG = 3.0
"""An area narrower than this is a district's, and one zone can hold it."""

WIDEST_DISTRICT_DEG = 12.0
"""Where a layer lands in a wider area than this (the earth, of a stand-in) tells no system from another:
with eastings of six digits it lands in each of thousands."""

CHINA: Bounds = (73.62, 16.7, 134.77, 53.56)
"""Area of use of CGCS2000 in EPSG."""

METRES_A_ZONE = 1_000_000
"""Weight of the zone number in a prefixed easting."""


def sample(coordinates: FloatArray) -> FloatArray:
    """Return at most MAX_SAMPLE finite points, evenly spread over the points (n, 2) or the box (4,) given."""
    given = np.asarray(coordinates, dtype=np.float64)
    if given.ndim == 1:
        across, up = np.meshgrid(np.linspace(0.0, 1.0, 5), np.linspace(0.0, 1.0, 5))
        given = given[:2] + np.column_stack([across.ravel(), up.ravel()]) * (given[2:] - given[:2])
    points = given[np.isfinite(given).all(axis=1)]
    return points[:: max(1, -(-len(points) // MAX_SAMPLE))]


def share_landed(points: FloatArray, *, crs: CRS, area: Bounds) -> float:
    """Return the share of points that lie in an area (degrees) if they are in ``crs``."""
    return float(inside_area(lonlat_points(points, crs=crs), area=area).mean())


def surely_elsewhere(points: FloatArray, *, crs: CRS, area: Bounds) -> bool:
    """Say that too few points to count land anywhere near an area if they are in a projected system.

    By the projection alone, which takes a hundredth of the time in which PROJ finds a way between two datums;
    such a way leads less than FAR_DEG further.
    """
    try:
        lon, lat = Proj(crs)(points[:, 0], points[:, 1], inverse=True, errcheck=False)
    except (CRSError, ProjError):
        return False
    west, south, east, north = grow(area)
    with np.errstate(invalid="ignore"):  # infinite where the projection cannot express the numbers
        across = np.abs((lon - (west + east) / 2.0 + 180.0) % 360.0 - 180.0)
    near = (across <= (east - west) / 2.0 + FAR_DEG) & (lat >= south - FAR_DEG) & (lat <= north + FAR_DEG)
    return bool(near.mean() < LANDED)


def tells_systems_apart(area: Bounds) -> bool:
    """Say whether an area is small enough for where points land in it to name their system."""
    return area[2] - area[0] <= WIDEST_DISTRICT_DEG


def degree_systems(points: FloatArray, *, area: Bounds) -> list[tuple[str, float]]:
    """Return the codes of longitude and latitude, with the share landed, if points are degrees there."""
    share = float(inside_area(points, area=area).mean())
    if share < LANDED:
        return []
    return [("EPSG:4490", share), ("EPSG:4326", share)] if _overlap(area, CHINA) else [("EPSG:4326", share)]


def projected_systems(points: FloatArray, *, area: Bounds) -> list[tuple[str, float]]:
    """Return EPSG's projected systems in which points land in an area they are made for, best first.

    With the share landed; CGCS2000 before others, then those with the narrowest area of use. None for an
    area that does not tell systems apart.
    """
    if not tells_systems_apart(area):
        return []
    found: list[tuple[float, bool, float, int]] = []
    district = max(area[2] - area[0], area[3] - area[1]) < ZONE_DEG
    around = AreaOfInterest(*area)
    infos = query_crs_info("EPSG", PJType.PROJECTED_CRS, area_of_interest=around, contains=district)
    for code, info in sorted({int(info.code): info for info in infos}.items()):
        use = info.area_of_use
        width = 360.0 if use is None else (use.east - use.west) % 360.0
        if width > WIDEST_AREA_DEG and code != WEB_MERCATOR:
            continue
        crs = CRS.from_epsg(code)
        if surely_elsewhere(points, crs=crs, area=area):
            continue
        share = share_landed(points, crs=crs, area=area)
        if share >= LANDED:
            found.append((-share, not info.name.startswith("CGCS2000"), width, code))
    return [(f"EPSG:{code}", -share) for share, _, _, code in sorted(found)]


def prefixed_systems(points: FloatArray) -> list[tuple[str, float]]:
    """Return the systems of China whose zone prefix the eastings carry, best first.

    25 to 45 are 3-degree zones with the meridian 3 z, 13 to 23 6-degree zones with 6 z - 3.
    """
    zone = int(np.median(points[:, 0]) // METRES_A_ZONE)
    if 25 <= zone <= 45:  # noqa: PLR2004  # the range stands above
        west, east = 3.0 * zone - 1.4, 3.0 * zone + 1.4
    elif 13 <= zone <= 23:  # noqa: PLR2004  # the range stands above
        west, east = 6.0 * zone - 5.9, 6.0 * zone - 0.1
    else:
        return []
    landed = projected_systems(points, area=(west, CHINA[1], east, CHINA[3]))
    return [
        (code, share)
        for code, share in landed
        if (false_easting_m(CRS.from_user_input(code)) or 0.0) // METRES_A_ZONE == zone
    ]


def meridian_deg(crs: CRS) -> float | None:
    """Return the central meridian; None for a projection without one, or no projection."""
    return _parameter(crs, "Longitude of natural origin")


def false_easting_m(crs: CRS) -> float | None:
    """Return the false easting, in the unit of the system; None where it has none."""
    return _parameter(crs, "False easting")


def unit_m(crs: CRS) -> float:
    """Return the length of a unit of the first axis in metres (or radians)."""
    return float(crs.axis_info[0].unit_conversion_factor)


def _parameter(crs: CRS, name: str) -> float | None:
    """Return a parameter of the projection by its name in EPSG."""
    operation = crs.coordinate_operation
    values = {item.name: float(item.value) for item in operation.params} if operation is not None else {}
    return values.get(name)


def _overlap(one: Bounds, other: Bounds) -> bool:
    """Say whether two areas overlap."""
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]
