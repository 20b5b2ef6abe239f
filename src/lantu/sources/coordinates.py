"""Which columns of a plain table hold its geometry, and what they say.

Decided by header first and by the values only where the header leaves it open:

- a column of WKT wins;
- 经度/纬度, lon/lat, easting/northing, 东坐标/北坐标 and 横坐标/纵坐标 say by name which one is which;
- ``X坐标``/``Y坐标`` is northing/easting in surveying and easting/northing in GIS exports: the values decide
  (an easting with a zone prefix, a northing of 1.9 to 6.1 million, Chinese longitudes and latitudes); where
  they do not tell, metres are taken as surveying writes them and degrees as longitude/latitude;
- bare ``x``/``y`` is easting/northing, unless y cannot be a northing because it carries a zone prefix.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from lantu.messages import Message, message
from lantu.sources.gdal import crs_of

if TYPE_CHECKING:
    from pyproj import CRS

    from lantu.model import FloatArray, ObjectArray
    from lantu.sources.damage import Damage

# Headers as `_plain` leaves them: lower case, without blanks, brackets and units.
_WKT_NAMES = frozenset(
    {
        "wkt",
        "geom",
        "geometry",
        "thegeom",
        "wktgeom",
        "wktgeometry",
        "geomwkt",
        "geowkt",
        "shape",
        "shapewkt",
        "几何",
        "几何图形",
        "图形",
        "空间坐标",
        "坐标串",
    }
)
_EAST_NAMES = frozenset(
    {
        "lon",
        "lng",
        "long",
        "longitude",
        "经度",
        "东经",
        "easting",
        "east",
        "eastings",
        "东坐标",
        "东",
        "e",
        "横坐标",
        "横坐标y",
        "y横坐标",
        "x经度",
        "经度x",
        "pointx",
        "coordx",
        "l",
        "大地经度",
        "大地经度l",
        "y东",
        "东y",
        "y坐标东",
        "东坐标y",
        "y东坐标",
    }
)
_NORTH_NAMES = frozenset(
    {
        "lat",
        "latitude",
        "纬度",
        "北纬",
        "northing",
        "north",
        "northings",
        "北坐标",
        "北",
        "n",
        "纵坐标",
        "纵坐标x",
        "x纵坐标",
        "y纬度",
        "纬度y",
        "pointy",
        "coordy",
        "b",
        "大地纬度",
        "大地纬度b",
        "x北",
        "北x",
        "x坐标北",
        "北坐标x",
        "x北坐标",
    }
)
_SURVEY_X = frozenset({"x坐标", "坐标x", "x坐标值", "x坐标m", "x坐标米", "x米"})
_SURVEY_Y = frozenset({"y坐标", "坐标y", "y坐标值", "y坐标m", "y坐标米", "y米"})
_EAST_ENDINGS = ("经度", "longitude", "lon", "lng")
_NORTH_ENDINGS = ("纬度", "latitude", "lat", "lat")
"""Pairs: a header may say of what the degrees are (中心经度, site_longitude), if it says it of both."""

_HEIGHT_NAMES = frozenset({"z", "高程", "z坐标", "坐标z", "height", "elevation", "altitude"})

_WKT = re.compile(
    r"^\s*(?:SRID\s*=\s*(\d+)\s*;)?\s*((?:MULTI)?(?:POINT|LINESTRING|POLYGON)|GEOMETRYCOLLECTION)\b",
    re.IGNORECASE,
)
_SRID = re.compile(r"^\s*SRID\s*=\s*(\d+)\s*;", re.IGNORECASE)
_DMS = re.compile(
    r"^([+-]?)(\d{1,3})\s*[°度]\s*(\d{1,2})\s*['′分]\s*(?:(\d{1,2}(?:\.\d+)?)\s*(?:[\"″秒]|''|′′)?)?\s*([NSEW北南东西]?)$"
)

_ZONE_PREFIXED_M = (13e6, 46e6)
NORTHING_CHINA_M = (1.9e6, 6.1e6)
EASTING_M = (0.0, 1.0e6)
LON_CHINA, LAT_CHINA = (73.0, 136.0), (3.0, 54.0)
_DEGREES = 180.0
_TYPICAL_SHARE = 0.9


@dataclass(frozen=True, kw_only=True)
class GeometryColumns:
    """The columns that hold the geometry: one of WKT, or two (or three) of numbers."""

    wkt: str | None = None
    east: str | None = None
    north: str | None = None
    height: str | None = None
    note: Message | None = None


def find_geometry_columns(frame: pd.DataFrame) -> GeometryColumns | None:
    """Return the columns that hold the geometry, None where there are none."""
    plain = {name: plain_header(name) for name in frame.columns}
    wkt = [name for name, key in plain.items() if key in _WKT_NAMES]
    wkt += [name for name in frame.columns if name not in wkt and frame[name].dtype == object]
    for name in wkt:
        if _holds_wkt(frame[name], named=plain[name] in _WKT_NAMES):
            return GeometryColumns(wkt=name)
    return _find_positions(frame, plain) or next(
        (GeometryColumns(wkt=name) for name in wkt if plain[name] in _WKT_NAMES and frame[name].isna().all()),
        None,
    )


def _find_positions(frame: pd.DataFrame, plain: dict[str, str]) -> GeometryColumns | None:
    height = _first(plain, _HEIGHT_NAMES)
    east, north = _first(plain, _EAST_NAMES), _first(plain, _NORTH_NAMES)
    if east and north:
        return GeometryColumns(east=east, north=north, height=height)
    for name, key in plain.items():
        partner = next((other for other in plain if _is_pair(key, plain[other])), None)
        if partner is not None:
            return GeometryColumns(east=name, north=partner, height=height)
    for first, second, survey in ((_SURVEY_X, _SURVEY_Y, True), ({"x"}, {"y"}, False)):
        x, y = _first(plain, frozenset(first)), _first(plain, frozenset(second))
        if x and y:
            return _by_values(frame, x, y, height, survey=survey)
    return None


def _is_pair(east: str, north: str) -> bool:
    """Say whether two headers name longitude and latitude of one thing."""
    return any(
        len(east) > len(first) and east.endswith(first) and north == east.removesuffix(first) + second
        for first, second in zip(_EAST_ENDINGS, _NORTH_ENDINGS, strict=True)
    )


def read_geometry(
    frame: pd.DataFrame, columns: GeometryColumns, *, records: ObjectArray, damage: Damage
) -> tuple[ObjectArray, CRS | None]:
    """Return the geometries, None where the cells are empty; what cannot be read is listed by record."""
    if columns.wkt is not None:
        return _read_wkt(frame[columns.wkt], records, damage)
    return _read_points(frame, columns, records, damage), None


def numbers_of(series: pd.Series) -> FloatArray:
    """Return a column as numbers, NaN where it is not one.

    Text may have full-width digits, thousands commas, blanks, or degrees, minutes and seconds.
    """
    if pd.api.types.is_numeric_dtype(series.dtype):
        return series.to_numpy(dtype=np.float64, na_value=np.nan)
    found = pd.to_numeric(series, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan).copy()
    for position in np.flatnonzero(np.isnan(found) & series.notna().to_numpy(dtype=bool)):
        found[position] = number_of(series.iloc[position])
    return found


def _by_values(frame: pd.DataFrame, x: str, y: str, height: str | None, *, survey: bool) -> GeometryColumns:
    first, second = numbers_of(frame[x]), numbers_of(frame[y])
    swapped = says_northing_first(first, second)
    note: Message | None
    if not survey:
        # Nothing on Earth is 13 000 km north of the equator: a y of 39 577 000 is an easting.
        swapped = bool(swapped) and _typical(second, _ZONE_PREFIXED_M)
    elif swapped is None:
        swapped = not (_typical(np.abs(first), (0.0, _DEGREES)) and _typical(np.abs(second), (0.0, _DEGREES)))
    if swapped:
        note = message("sources.northing_first", north=x, east=y)
        return GeometryColumns(east=y, north=x, height=height, note=note)
    note = message("sources.easting_first", east=x, north=y) if survey else None
    return GeometryColumns(east=x, north=y, height=height, note=note)


def says_northing_first(first: FloatArray, second: FloatArray) -> bool | None:
    """Say whether the values can only be northing, easting (True) or easting, northing (False)."""
    for north, east, verdict in ((first, second, True), (second, first, False)):
        if _typical(north, NORTHING_CHINA_M) and (
            _typical(east, _ZONE_PREFIXED_M) or _typical(east, EASTING_M)
        ):
            return verdict
        if _typical(north, LAT_CHINA) and _typical(east, LON_CHINA):
            return verdict
        if _typical(np.abs(north), (0.0, 90.0)) and _typical(np.abs(east), (90.0, _DEGREES)):
            return verdict
    return None


def _typical(values: FloatArray, limits: tuple[float, float]) -> bool:
    finite = values[np.isfinite(values)]
    if not finite.size:
        return False
    return bool(np.mean((finite >= limits[0]) & (finite <= limits[1])) >= _TYPICAL_SHARE)


def _holds_wkt(series: pd.Series, *, named: bool) -> bool:
    """Say whether a column holds WKT: most of its values where only they say so, one where its name does."""
    values = [value for value in series if isinstance(value, str)]
    share = sum(_WKT.match(value) is not None for value in values) / max(len(values), 1)
    return share > 0.0 if named else share >= _TYPICAL_SHARE


def _read_wkt(series: pd.Series, records: ObjectArray, damage: Damage) -> tuple[ObjectArray, CRS | None]:
    texts = series.to_numpy(dtype=object)
    present = np.array([isinstance(text, str) for text in texts], dtype=bool)
    plain = np.array(
        [_SRID.sub("", text) if here else None for text, here in zip(texts, present, strict=True)], object
    )
    with np.errstate(invalid="ignore"):
        shapes = np.asarray(shapely.from_wkt(plain, on_invalid="ignore"), dtype=object).reshape(-1)
    for position in np.flatnonzero(present & shapely.is_missing(shapes)):
        damage.refuse(int(records[position]), _wkt_reason(plain[position]), texts[position])
    srids = {found[1] for text in texts[present] for found in [_SRID.match(text)] if found}
    return shapes, crs_of(f"EPSG:{srids.pop()}") if len(srids) == 1 else None


def _wkt_reason(text: str) -> Message:
    try:
        shapely.from_wkt(text)
    except Exception as error:  # noqa: BLE001  # whatever the parser says is the reason
        reason = str(error).rpartition("Exception: ")[2].strip()
        return message("sources.geometry_refused", reason=reason)
    return message("sources.geometry_corrupt")


def _read_points(
    frame: pd.DataFrame, columns: GeometryColumns, records: ObjectArray, damage: Damage
) -> ObjectArray:
    east, north = numbers_of(frame[columns.east]), numbers_of(frame[columns.north])
    empty = (frame[columns.east].isna() & frame[columns.north].isna()).to_numpy()
    good = np.isfinite(east) & np.isfinite(north)
    shapes = np.full(len(frame), None, dtype=object)
    shapes[good] = shapely.points(east[good], north[good])
    if columns.height is not None:
        height = numbers_of(frame[columns.height])
        raised = good & np.isfinite(height)
        shapes[raised] = shapely.points(east[raised], north[raised], height[raised])
    for position in np.flatnonzero(~good & ~empty):
        raw = f"{frame[columns.east].iloc[position]}, {frame[columns.north].iloc[position]}"
        reason = message("sources.position_unreadable", east=columns.east, north=columns.north)
        damage.refuse(int(records[position]), reason, raw)
    return shapes


def number_of(value: object) -> float:
    """Return one cell as a number, NaN where it is not one; see ``numbers_of``."""
    if not isinstance(value, str):
        return float("nan") if value is None or pd.isna(value) else float(value)  # type: ignore[call-overload, arg-type]
    text = unicodedata.normalize("NFKC", value).strip().replace(" ", "")
    try:
        return float(re.sub(r"(?<=\d),(?=\d{3}(\D|$))", "", text).replace("_", "x"))
    except ValueError:
        found = _DMS.match(text)
    if not found:
        return float("nan")
    sign, degrees, minutes, seconds, side = found.groups()
    size = float(degrees) + float(minutes) / 60 + float(seconds or 0) / 3600
    return -size if sign == "-" or side in {"S", "W", "南", "西"} else size


def plain_header(name: str) -> str:
    """Return a header for comparison: width, case, blanks, brackets and units of measure removed."""
    text = unicodedata.normalize("NFKC", name).casefold()
    text = re.sub(r"[\s_\-.]|\((?:m|米|°|度)\)", "", text)
    return re.sub(r"[()\[\]:]", "", text)


def _first(plain: dict[str, str], names: frozenset[str]) -> str | None:
    return next((name for name, key in plain.items() if key in names), None)
