"""Which columns of a plain table hold positions, and what they say.

Decided by header first and by the values only where the header leaves it open:

- 经度/纬度, lon/lat, easting/northing, 东坐标/北坐标 and 横坐标/纵坐标 say by name which one is which;
- ``X坐标``/``Y坐标`` is northing/easting in surveying and easting/northing in GIS exports: the values decide
  (an easting with a zone prefix, a northing of 1.9 to 6.1 million, Chinese longitudes and latitudes); where
  they do not tell, metres are taken as surveying writes them and degrees as longitude/latitude;
- bare ``x``/``y`` is easting/northing, unless y cannot be a northing because it carries a zone prefix, or
  the table is a surveyor's (点号, 物探点号) and the values are those of Chinese northings and eastings.
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

if TYPE_CHECKING:
    from lantu.model import FloatArray, IntArray, ObjectArray
    from lantu.sources.damage import Damage

# Headers as `_plain` leaves them: lower case, without blanks, brackets and units.
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

_SURVEY_POINTS = frozenset("点号 点名 物探点号 图上点号 管线点号 管点号 管点编号 测点号".split())  # noqa: SIM905
"""Headers of a surveyor's table of points, in which a bare X can be the northing."""

_HEIGHT_NAMES = frozenset({"z", "高程", "z坐标", "坐标z", "height", "elevation", "altitude"})

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
class PositionColumns:
    """The columns of a position, two or three of numbers, and what is to be said of how they were taken."""

    east: str
    north: str
    height: str | None = None
    note: Message | None = None


def find_positions(frame: pd.DataFrame) -> PositionColumns | None:
    """Return the columns that hold a position a row, None where there are none."""
    plain = {str(name): plain_header(str(name)) for name in frame.columns}
    height = _first(plain, _HEIGHT_NAMES)
    east, north = _first(plain, _EAST_NAMES), _first(plain, _NORTH_NAMES)
    if east and north:
        return PositionColumns(east=east, north=north, height=height)
    for name, key in plain.items():
        partner = next((other for other in plain if _is_pair(key, plain[other])), None)
        if partner is not None:
            return PositionColumns(east=name, north=partner, height=height)
    for first, second, survey in ((_SURVEY_X, _SURVEY_Y, True), ({"x"}, {"y"}, False)):
        x, y = _first(plain, frozenset(first)), _first(plain, frozenset(second))
        if x and y:
            surveyed = not _SURVEY_POINTS.isdisjoint(plain.values())
            return _by_values(frame, (x, y), height, survey=survey, surveyed=surveyed)
    return None


def _is_pair(east: str, north: str) -> bool:
    """Say whether two headers name longitude and latitude of one thing."""
    return any(
        len(east) > len(first) and east.endswith(first) and north == east.removesuffix(first) + second
        for first, second in zip(_EAST_ENDINGS, _NORTH_ENDINGS, strict=True)
    )


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


def _by_values(
    frame: pd.DataFrame, names: tuple[str, str], height: str | None, *, survey: bool, surveyed: bool
) -> PositionColumns:
    x, y = names
    first, second = numbers_of(frame[x]), numbers_of(frame[y])
    swapped = says_northing_first(first, second)
    note: Message | None
    if not survey:
        # Nothing on Earth is 13 000 km north of the equator: a y of 39 577 000 is an easting.
        swapped = bool(swapped) and (surveyed or _typical(second, _ZONE_PREFIXED_M))
    elif swapped is None:
        swapped = not (_typical(np.abs(first), (0.0, _DEGREES)) and _typical(np.abs(second), (0.0, _DEGREES)))
    if swapped:
        note = message("sources.northing_first", north=x, east=y)
        return PositionColumns(east=y, north=x, height=height, note=note)
    note = message("sources.easting_first", east=x, north=y) if survey else None
    return PositionColumns(east=x, north=y, height=height, note=note)


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


def read_points(
    frame: pd.DataFrame, columns: PositionColumns, *, records: IntArray, damage: Damage
) -> ObjectArray:
    """Return a point a row, None where its cells are empty; what cannot be read is listed by record."""
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
