"""Which coordinate system this is: reading a user's text, and naming a CRS by its authority code.

Two CRS objects are never compared with ``==``: an ESRI .prj and EPSG's own text of one system differ
in names, axis order and rounding. They are compared by the code that ``identify`` finds for them.
"""

from __future__ import annotations

import difflib
import re

from pyproj import CRS
from pyproj.database import get_authorities, query_crs_info
from pyproj.enums import PJType
from pyproj.exceptions import CRSError

from lantu.crs.web_maps import web_map_crs, web_map_named
from lantu.errors import CrsError
from lantu.messages import message

MIN_CONFIDENCE = 70
"""Least confidence, in percent, at which PROJ's identification of a WKT is believed.

At 100 names and numbers agree; at 90 a name is spelled differently; at 70 the numbers agree and the
name does not (a .prj that somebody renamed). At 25 only the kind of system agrees: a local grid
with a false easting of its own "is" some Gauss-Kruger zone, which is exactly the trap.
"""

_CODE = re.compile(r"([A-Za-z]+):+([0-9A-Za-z_]+)")
_SAME_PLACE = {"OGC:CRS84": "EPSG:4326"}  # differ in axis order alone, and x is always east here


def parse_crs(text: str) -> CRS:
    """Read a coordinate system as a person writes it: ``EPSG:4548``, a name, WKT or PROJJSON.

    ``GCJ-02`` and ``BD-09``, which no authority lists, are understood too.

    Raises
    ------
    CrsError
        The text is not understood (with the nearest codes or names), or names something that does
        not place features on a plane or in degrees, such as a height system.
    """
    cleaned = text.strip()
    web_map = web_map_named(cleaned)
    if web_map is not None:
        return web_map_crs(web_map)
    try:
        crs = CRS.from_user_input(cleaned)
    except CRSError as error:
        raise _unknown(cleaned) from error
    if _is_guess(cleaned, crs):
        raise _unknown(cleaned)
    flat = horizontal(crs)
    if not (flat.is_projected or flat.is_geographic):
        raise CrsError(message("crs.not_horizontal", text=cleaned, kind=crs.type_name))
    return flat


def identify(crs: CRS) -> str:
    """Return the authority code of ``crs``, e.g. ``EPSG:4527``; its name where no code fits.

    Believed from ``MIN_CONFIDENCE`` upwards, or where the name and every number of the projection and
    the ellipsoid agree and only the datum's name is spelled in another way. EPSG wins over other
    authorities, heights do not count.
    """
    flat = horizontal(crs)
    base = flat.source_crs if flat.is_bound and flat.source_crs is not None else flat
    found = base.to_authority("EPSG", MIN_CONFIDENCE) or base.to_authority(min_confidence=MIN_CONFIDENCE)
    if found is None:
        return _same_but_for_datum_name(base) or base.name
    code = ":".join(found)
    return _SAME_PLACE.get(code, code)


def canonical(crs: CRS) -> CRS:
    """Return the authority's own definition of a system that ``identify`` knows, else its map part.

    A .prj may spell the datum in a way that PROJ has no transformation for. A system that brings its
    own datum shift (TOWGS84) stays as it is, because the authority's definition has none.
    """
    flat = horizontal(crs)
    code = identify(flat)
    return flat if flat.is_bound or code == flat.name else CRS.from_user_input(code)


def describe(crs: CRS) -> str:
    """Return code and name for a sentence, e.g. ``EPSG:4527 (CGCS2000 / 3-degree Gauss-Kruger zone 39)``."""
    code, name = identify(crs), horizontal(crs).name
    return code if code == name else f"{code} ({name})"


def same_crs(one: CRS, other: CRS) -> bool:
    """Say whether two coordinate systems are the same by identified code."""
    return identify(one) == identify(other)


def horizontal(crs: CRS) -> CRS:
    """Return the part of ``crs`` that places features on the map, without its heights.

    A TOWGS84 of seven zeros, which some programs write into every .prj, is dropped: it claims a datum
    shift and gives none.
    """
    if crs.is_compound:
        return horizontal(crs.sub_crs_list[0])
    if crs.is_bound and crs.source_crs is not None:
        shift = crs.coordinate_operation.towgs84 if crs.coordinate_operation else []
        return horizontal(crs.source_crs) if not any(shift) else crs
    return crs.to_2d() if len(crs.axis_info) == 3 and not crs.is_geocentric else crs  # noqa: PLR2004  # x, y, height


def vertical_name(crs: CRS) -> str | None:
    """Return code and name of the height system of a compound system; None where there is none."""
    if not crs.is_compound:
        return None
    part = next((item for item in crs.sub_crs_list if item.is_vertical), None)
    if part is None:
        return None
    code = part.to_authority(min_confidence=MIN_CONFIDENCE)
    return part.name if code is None else f"{':'.join(code)} ({part.name})"


def _same_but_for_datum_name(crs: CRS) -> str | None:
    """Return the EPSG code of the system of the same name, numbers and ellipsoid, if there is one."""
    for match in crs.list_authority("EPSG", 0):
        official = CRS.from_authority(match.auth_name, match.code)
        if official.name == crs.name and _numbers(official) == _numbers(crs):
            return f"{match.auth_name}:{match.code}"
    return None


def _numbers(crs: CRS) -> tuple[tuple[str, float], ...]:
    """Return all that a system is computed with: projection, units, ellipsoid."""
    operation, geod = crs.coordinate_operation, crs.get_geod()
    found = [(item.name, float(item.value)) for item in operation.params] if operation is not None else []
    found += [(axis.direction, float(axis.unit_conversion_factor)) for axis in crs.axis_info]
    if geod is not None:
        found += [("a", geod.a), ("b", round(geod.b, 4))]  # 0.1 mm: 298.257 and 298.25700001 are one
    return tuple(sorted(found))


def _is_guess(text: str, crs: CRS) -> bool:
    """Say whether PROJ completed a name of which only a part was given, as it does without a word."""
    said, name = (re.sub(r"[\W_]", "", part).lower() for part in (text, crs.name))
    return said != name and said in name and not _CODE.fullmatch(text) and not text.isdigit()


def _unknown(text: str) -> CrsError:
    """Say that a text names no coordinate system, with the nearest ones where there are some."""
    if not text:
        return CrsError(message("crs.empty"))
    near = _nearest(text)
    if near:
        return CrsError(message("crs.unknown_near", text=text, near=", ".join(near)))
    return CrsError(message("crs.unknown", text=text))


def _nearest(text: str) -> list[str]:
    """Return up to three codes, each with its name, that are spelled like ``text``."""
    names = {
        f"EPSG:{info.code}": info.name
        for info in query_crs_info("EPSG", [PJType.PROJECTED_CRS, PJType.GEOGRAPHIC_2D_CRS])
    }
    parts = _CODE.fullmatch(text)
    if parts:
        authority = difflib.get_close_matches(parts[1].upper(), sorted(get_authorities()), 1, 0.5)
        wanted = f"{authority[0] if authority else 'EPSG'}:{parts[2]}"
        codes = [wanted] if wanted in names else difflib.get_close_matches(wanted, sorted(names), 3, 0.8)
    else:
        titles = {name: code for code, name in sorted(names.items(), reverse=True)}
        codes = [titles[name] for name in difflib.get_close_matches(text, sorted(titles), 3, 0.75)]
    return [f"{code} ({names[code]})" for code in codes]
