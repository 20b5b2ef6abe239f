"""Geometries that stand whole in the cells of a table: WKT and EWKT, WKB and EWKB in hexadecimal, GeoJSON.

A column is one of geometries by its name and one value, or without such a name by nearly all its values;
each cell is read as what it is, whatever stands in the others.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import numpy as np
import shapely

from lantu.messages import message
from lantu.sources.coordinates import plain_header
from lantu.sources.gdal import crs_of, geometries_of
from lantu.sources.geojson import WGS84, declared_crs, parse_geometries

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from pyproj import CRS

    from lantu.messages import Message
    from lantu.model import IntArray, ObjectArray
    from lantu.sources.damage import Damage

_NAMES = frozenset(
    "wkt geom geometry thegeom wktgeom wktgeometry geomwkt geowkt shape shapewkt ewkt stastext stasewkt wkb "  # noqa: SIM905
    "ewkb geomwkb wkbgeom wkbgeometry shapewkb stasbinary geojson geomjson geojsongeom stasgeojson "
    "几何 几何图形 图形 空间坐标 坐标串".split()
)
"""Headers as ``plain_header`` leaves them."""

_TYPICAL_SHARE = 0.9
_WKT = re.compile(
    r"^\s*(?:SRID\s*=\s*\d+\s*;)?\s*(?:(?:MULTI)?(?:POINT|LINESTRING|POLYGON)|GEOMETRYCOLLECTION)\b",
    re.IGNORECASE,
)
_SRID = re.compile(r"^\s*SRID\s*=\s*(\d+)\s*;", re.IGNORECASE)
_HEXADECIMAL = re.compile(r"^\s*(?:\\x|0x)?((?:[0-9a-f]{2})+)\s*$", re.IGNORECASE)
_WKB_HEAD = re.compile(r"01[0-9a-f]{4}00[0-9a-f]{2}|00[0-9a-f]{2}00[0-9a-f]{4}", re.IGNORECASE)
"""Byte order, then the kind in four bytes: a code in two, flags for Z, M, SRID in the highest."""

_SHORTEST_WKB = 42
"""Hexadecimal digits of a point: what is shorter is a number or a key that begins as WKB does."""

_LARGEST_DEGREES = np.array([180.0, 90.0])


def find_written(frame: pd.DataFrame) -> str | None:
    """Return the column that holds whole geometries, None where there is none."""
    named = [str(name) for name in frame.columns if plain_header(str(name)) in _NAMES]
    others = [str(name) for name in frame.columns if name not in named and frame[name].dtype == object]
    return next((name for name in (*named, *others) if _holds(frame[name], named=name in named)), None)


def find_empty(frame: pd.DataFrame) -> str | None:
    """Return a column named as one of geometries that has no value at all, None where there is none."""
    named = (str(name) for name in frame.columns if plain_header(str(name)) in _NAMES)
    return next((name for name in named if frame[name].isna().all()), None)


def read_written(series: pd.Series, *, records: IntArray, damage: Damage) -> tuple[ObjectArray, CRS | None]:
    """Return the geometries of a column, None where a cell is empty, and the CRS that its cells state.

    A cell that cannot be read is listed by record. SRIDs that differ state no CRS. GeoJSON without a
    ``crs`` is in degrees on WGS 84 where its numbers can be degrees (PostGIS writes metres there too).
    """
    texts = series.to_numpy(dtype=object)
    shapes: ObjectArray = np.full(len(texts), None, dtype=object)
    failures: dict[int, Message] = {}
    stated: set[str] = set()
    for kind, read in (("json", _from_json), ("wkb", _from_wkb), ("wkt", _from_wkt)):
        places = np.flatnonzero([isinstance(text, str) and _kind(text) == kind for text in texts])
        if not len(places):
            continue
        found, refused, systems = read(texts[places])
        shapes[places] = found
        failures |= {int(places[position]): reason for position, reason in refused.items()}
        stated |= systems
    for position, reason in sorted(failures.items()):
        damage.refuse(int(records[position]), reason, texts[position])
    return shapes, crs_of(stated.pop()) if len(stated) == 1 else None


def _holds(series: pd.Series, *, named: bool) -> bool:
    """Say whether a column holds geometries: by one value, or by most where its name does not say so."""
    values = [value for value in series if isinstance(value, str)]
    share = sum(_is_written(value) for value in values) / max(len(values), 1)
    return share > 0.0 if named else share >= _TYPICAL_SHARE


def _is_written(text: str) -> bool:
    if _WKT.match(text):
        return True
    if _kind(text) == "json":
        return '"type"' in text and ('"coordinates"' in text or '"geometries"' in text)
    digits = _digits(text)
    return len(digits) >= _SHORTEST_WKB and _WKB_HEAD.match(digits) is not None


def _kind(text: str) -> str:
    """Return how one cell is written; the parser of WKT says what is wrong with anything else."""
    if text.lstrip().startswith("{"):
        return "json"
    return "wkb" if _digits(text) else "wkt"


def _digits(text: str) -> str:
    """Return the digits of a hexadecimal cell without a mark before them; empty where it is none."""
    found = _HEXADECIMAL.match(text)
    return found[1] if found else ""


def _from_wkt(texts: ObjectArray) -> tuple[ObjectArray, Mapping[int, Message], set[str]]:
    plain = np.array([_SRID.sub("", text) for text in texts] + [None], dtype=object)[:-1]
    with np.errstate(invalid="ignore", over="ignore"):  # 1e400 is infinite, which standardising lists
        shapes = np.asarray(shapely.from_wkt(plain, on_invalid="ignore"), dtype=object).reshape(-1)
    refused = {int(at): _wkt_reason(plain[at]) for at in np.flatnonzero(shapely.is_missing(shapes))}
    return shapes, refused, {f"EPSG:{found[1]}" for text in texts for found in [_SRID.match(text)] if found}


def _wkt_reason(text: str) -> Message:
    try:
        with np.errstate(invalid="ignore", over="ignore"):
            shapely.from_wkt(text)
    except Exception as error:  # noqa: BLE001  # whatever the parser says is the reason
        reason = str(error).rpartition("Exception: ")[2].strip()
        return message("sources.geometry_refused", reason=reason)
    return message("sources.geometry_corrupt")


def _from_wkb(texts: ObjectArray) -> tuple[ObjectArray, Mapping[int, Message], set[str]]:
    blobs: ObjectArray = np.full(len(texts), None, dtype=object)
    blobs[:] = [bytes.fromhex(_digits(text)) for text in texts]
    shapes, refused = geometries_of(blobs)
    srids = np.unique(shapely.get_srid(shapes[~shapely.is_missing(shapes)]))
    return shapely.set_srid(shapes, 0), refused, {f"EPSG:{srid}" for srid in srids[srids > 0].tolist()}


def _from_json(texts: ObjectArray) -> tuple[ObjectArray, Mapping[int, Message], set[str]]:
    members: list[object] = []
    broken: dict[int, Message] = {}
    stated: set[str] = set()
    for position, text in enumerate(texts):
        member = _decoded(text)
        if member is None:
            broken[position] = message("sources.cell_not_geojson")
        elif "crs" in member:
            crs, _ = declared_crs(member)
            stated |= {crs.to_wkt()} if crs is not None else set()
        members.append(member)
    shapes, refused = parse_geometries(members)
    points = shapely.get_coordinates(shapes)
    if not stated and len(points) and (np.abs(points) <= _LARGEST_DEGREES).all():
        stated = {WGS84}
    return shapes, {**refused, **broken}, stated


def _decoded(text: str) -> dict[str, object] | None:
    """Return the geometry of a cell, or that of the feature which stands there; None where it is neither."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if isinstance(found, dict) and found.get("type") == "Feature":
        found = found.get("geometry")
    return found if isinstance(found, dict) else None
