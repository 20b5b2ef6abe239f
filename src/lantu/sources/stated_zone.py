"""The coordinate system that a header states in words: datum, width of the zones, zone or meridian.

The numbers have a say too: eight-digit eastings carry their zone, six-digit ones do not, and a header
that says another zone than the eastings is not left unsaid. Codes: EPSG v11.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from pyproj import CRS

from lantu.messages import Message, message

if TYPE_CHECKING:
    from lantu.model import FloatArray

# Datum -> code of degrees; (width, prefixed) -> code of the first zone (25 of 3 degrees, 13 of 6).
_DEGREES = {"CGCS2000": 4490, "Xian 1980": 4610, "Beijing 1954": 4214, "WGS 84": 4326}
_FIRST_CODES = {
    "CGCS2000": {(3, True): 4513, (3, False): 4534, (6, True): 4491, (6, False): 4502},
    "Xian 1980": {(3, True): 2349, (3, False): 2370, (6, True): 2327, (6, False): 2338},
    "Beijing 1954": {(3, True): 2401, (3, False): 2422, (6, True): 21413, (6, False): 21453},
}
_ZONES = {3: range(25, 46), 6: range(13, 24)}
_DATUMS = (
    (re.compile(r"CGCS|GCS_?2000|2000|6378137(?:\.0*)?,298\.2572221"), "CGCS2000"),
    (re.compile(r"XIAN|XI'AN|西安|IAG|1980|(?:^|\D)80(?:$|\D)|6378140"), "Xian 1980"),
    (re.compile(r"BEIJING|北京|KRASS?OV|克拉索夫斯基|1954|(?:^|\D)54(?:$|\D)|6378245"), "Beijing 1954"),
    (re.compile(r"WGS_?-?\s?(?:19)?84"), "WGS 84"),
)
_LARGEST_DEGREE = 360.0
_ZONE_M = 1e6


@dataclass(frozen=True, kw_only=True)
class StatedZone:
    """What a header states; None where it does not say or not in a way that can be understood."""

    datum: str | None = None
    width_deg: int | None = None
    zone: int | None = None
    meridian_deg: float | None = None


def datum_named(text: str) -> str | None:
    """Return the datum that a header names (``西安80``, an ellipsoid), None where it is unknown."""
    plain = unicodedata.normalize("NFKC", text).upper().replace(" ", "")
    return next((name for pattern, name in _DATUMS if pattern.search(plain)), None)


def stated_crs(stated: StatedZone, eastings: FloatArray) -> tuple[CRS | None, tuple[Message, ...]]:
    """Return the system that a header states, as the eastings (metres or degrees) write it, and remarks.

    None where the datum is not stated, or neither the header nor the eastings say which zone it is: a
    layer without a coordinate system is refused later, with a suggestion.
    """
    if not len(eastings) or stated.datum is None:
        return None, (message("sources.zone_no_datum"),) if len(eastings) else ()
    typical = float(np.median(eastings))
    if abs(typical) <= _LARGEST_DEGREE:
        return CRS.from_epsg(_DEGREES[stated.datum]), ()
    prefix = int(typical // _ZONE_M)
    width, zone = _zone(stated, prefix)
    codes = _FIRST_CODES.get(stated.datum)
    if codes is None or width is None or zone is None or zone not in _ZONES[width]:
        return None, (message("sources.zone_unknown", datum=stated.datum),)
    crs = CRS.from_epsg(codes[width, prefix > 0] + zone - _ZONES[width].start)
    if prefix and prefix != zone:
        return crs, (message("sources.zone_disagrees", crs=crs.name, zone=zone, prefix=prefix),)
    if stated.zone is None and stated.meridian_deg is None:
        return crs, (message("sources.zone_from_eastings", crs=crs.name, zone=zone),)
    return crs, ()


def _zone(stated: StatedZone, prefix: int) -> tuple[int | None, int | None]:
    """Return width and zone as stated; what is left unsaid comes from the other numbers."""
    zone, width = stated.zone, stated.width_deg
    if zone is None and stated.meridian_deg is not None:
        for candidate in (width,) if width else (3, 6):
            zone = _zone_at(stated.meridian_deg, candidate)
            if zone is not None and (prefix in {0, zone} or width):
                return candidate, zone
    if zone is None:
        zone = prefix or None
    if width not in _ZONES and zone is not None:
        width = next((candidate for candidate, zones in _ZONES.items() if zone in zones), None)
    return (width if width in _ZONES else None), zone


def _zone_at(meridian_deg: float, width_deg: int) -> int | None:
    """Return the zone whose central meridian this is; None where no zone of that width has it."""
    zone = meridian_deg / 3 if width_deg == 3 else (meridian_deg + 3) / 6  # noqa: PLR2004  # 3 z, 6 z - 3
    return round(zone) if zone == round(zone) and round(zone) in _ZONES.get(width_deg, ()) else None
