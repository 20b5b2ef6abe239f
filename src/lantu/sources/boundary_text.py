"""The land registry's boundary-point text (界址点 TXT): plots, their points, hectares, northing first."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from lantu.errors import SourceError
from lantu.messages import Message, message
from lantu.sources.boundary_lines import BoundaryText, Plot, parse_boundary_text
from lantu.sources.coordinates import EASTING_M, LAT_CHINA, LON_CHINA, NORTHING_CHINA_M, numbers_of
from lantu.sources.damage import Damage
from lantu.sources.delimited import decode_file, list_undecodable
from lantu.sources.rings import closed, is_ring, polygons_of
from lantu.sources.source import NotedTable, OneLayerFile, choose_layer
from lantu.sources.stated_zone import StatedZone, datum_named, stated_crs

if TYPE_CHECKING:
    from pathlib import Path

    from pyproj import CRS

    from lantu.model import BoolArray, FloatArray, IntArray, ObjectArray

DRIVER = "JZDTXT"
NO_POINTS = message("sources.txt_no_points")
TOO_FEW_POINTS = message("sources.ring_too_short")
TOO_DEEP = message("sources.rings_too_deep")

AREA_HA = "地块面积_公顷"
_POINTS = "界址点数"
_FIELDS = (_POINTS, AREA_HA, "地块编号", "地块名称", "图形属性", "图幅号", "地块用途", "地类编码")
_AREA_SHARE, _AREA_HA = 0.001, 0.0001
"""A declared area may be ellipsoidal (up to 0.05 % off in a zone) and is rounded to four decimals."""

_UNIT_RATIOS = (10_000.0, 15.0, 2000 / 3, 0.01)
_M2_A_HECTARE = 10_000.0
_LARGEST_DEGREE = 360.0
_NAMED = 3
_NO_SHIFT = frozenset({"", "无", "空", "/", "-"})


@dataclass(frozen=True)
class BoundaryTextSource(OneLayerFile):
    """One boundary-point text; every plot is a feature, its record number its place among the plots."""

    driver: str = DRIVER

    def read(self, layer: str | None = None, *, geometry: bool = True) -> NotedTable:  # noqa: ARG002
        """Read all plots, fields as text; coordinates become x = easting, y = northing.

        Raises
        ------
        SourceError
            The file has no plot, or states transformation parameters, so that its coordinates are not
            in the system that it names.
        """
        name = choose_layer(self.path, layer, self.layers())
        text, coding = decode_file(self.path.read_bytes(), self.encoding)
        parsed = parse_boundary_text(io.StringIO(text, newline=None))
        _refuse_shifted(parsed.header, self.path)
        if not parsed.plots:
            raise SourceError(message("sources.txt_no_plots", path=self.path.name))
        damage = Damage()
        frame = _attributes(parsed.plots)
        records: IntArray = np.arange(1, len(parsed.plots) + 1)
        if "\ufffd" in text:
            list_undecodable(frame, records, coding, damage)
        shapes, notes = _shapes(parsed, damage)
        crs, said = _crs(parsed.header, shapes)
        counted = _check(frame, shapes, parsed.plots, damage)
        good = ~np.isin(records, sorted(damage.unreadable))
        lead = [coding.note] if coding.note else []
        return NotedTable(
            attributes=frame[good].reset_index(drop=True),
            geometry=shapes[good],
            record=records[good],
            crs=crs,
            driver=self.driver,
            count_in=len(records),
            layer=name,
            encoding=coding.encoding,
            encoding_how=coding.how,
            files=(self.path,),
            problems=damage.log(),
            notes=(*lead, *said, *notes, *counted),
        )


def _refuse_shifted(header: dict[str, str], path: Path) -> None:
    """Refuse a file whose coordinates still have to be transformed: they are not where they claim to be."""
    stated = header.get("转换参数", "").replace("，", ",")
    parts = [part.strip() for part in stated.split(",") if part.strip() not in _NO_SHIFT]
    values = numbers_of(pd.Series(parts, dtype=object))
    if np.any(values != 0.0):  # NaN, for what is no number, differs from zero too
        raise SourceError(message("sources.txt_shifted", path=path.name, stated=stated[:80]))


def _attributes(plots: list[Plot]) -> pd.DataFrame:
    """Return the fields of the plot lines, by position, empty ones as None."""
    width = max(len(_FIELDS), *(len(plot.fields) for plot in plots))
    names = [*_FIELDS, *(f"字段{number}" for number in range(len(_FIELDS) + 1, width + 1))]
    columns = {
        name: pd.Series(
            [(plot.fields[place] or None) if place < len(plot.fields) else None for plot in plots],
            dtype=object,
        )
        for place, name in enumerate(names)
    }
    return pd.DataFrame(columns, index=pd.RangeIndex(len(plots)))


def _shapes(parsed: BoundaryText, damage: Damage) -> tuple[ObjectArray, list[Message]]:
    """Return the geometry of each plot, x = easting, and what is to be said of the file."""
    plots = parsed.plots
    notes = []
    if parsed.stray:
        notes.append(message("sources.txt_stray", count=parsed.stray, line=parsed.first_stray))
    swapped = _swapped(plots)
    if swapped.any():
        notes.append(message("sources.txt_swapped", count=int(swapped.sum()), plots=len(plots)))
    shapes: ObjectArray = np.full(len(plots), None, dtype=object)
    rings: list[FloatArray] = []
    owners: list[int] = []
    for place, plot in enumerate(plots):
        reason = plot.reason or (None if plot.points else NO_POINTS)
        parts = [] if reason else [ring if swapped[place] else ring[:, ::-1] for ring in plot.rings()]
        kind = plot.fields[4] if len(plot.fields) > 4 else ""  # noqa: PLR2004  # the fifth field
        if "线" in kind or "点" in kind:
            shapes[place] = _other_shape(parts, plot, points="点" in kind) if parts else None
        elif all(is_ring(ring) for ring in parts):
            rings += parts
            owners += [place] * len(parts)
        else:
            reason = TOO_FEW_POINTS
        if reason is not None:
            damage.refuse(place + 1, reason, ",".join(plot.fields))
    polygons = polygons_of(rings, owners, count=len(plots))
    for place in sorted({place for place in owners if polygons[place] is None}):
        damage.refuse(place + 1, TOO_DEEP, ",".join(plots[place].fields))
    return np.where(shapely.is_missing(shapes), polygons, shapes), notes


def _other_shape(parts: list[FloatArray], plot: Plot, *, points: bool) -> object:
    """Return points or lines; a line of one point is none."""
    if points:
        found = shapely.points(np.concatenate(parts))
        return found[0] if len(found) == 1 else shapely.multipoints(found)
    lines = [
        shapely.linestrings(closed(part) if closing else part)
        for part, closing in zip(parts, plot.closings, strict=True)
        if len(part) > 1
    ]
    if not lines:
        return None
    return lines[0] if len(lines) == 1 else shapely.multilinestrings(lines)


def _swapped(plots: list[Plot]) -> BoolArray:
    """Say of each plot whether easting or longitude stands first; not where the numbers do not tell."""
    means = np.full((len(plots), 2), np.nan)
    for place, plot in enumerate(plots):
        if plot.points:
            means[place] = np.frombuffer(plot.coordinates, dtype=np.float64).reshape(-1, 2).mean(axis=0)
    first, second = means.T
    northing = (second >= NORTHING_CHINA_M[0]) & (second <= NORTHING_CHINA_M[1])
    metres = northing & ((first > NORTHING_CHINA_M[1]) | (first < EASTING_M[1]))
    latitude = (second >= LAT_CHINA[0]) & (second <= LAT_CHINA[1])
    found: BoolArray = metres | (latitude & (first >= LON_CHINA[0]) & (first <= LON_CHINA[1]))
    return found


def _crs(header: dict[str, str], shapes: ObjectArray) -> tuple[CRS | None, tuple[Message, ...]]:
    unit = header.get("计量单位", "")
    if unit and unit not in {"米", "m", "M", "度", "公尺"}:
        return None, (message("sources.txt_unit", unit=unit[:40]),)
    meridian = re.search(r"\d{2,3}(?:\.\d+)?", _stated(header, "中央子午线", "中央经线"))
    stated = StatedZone(
        datum=datum_named(_stated(header, "坐标系", "坐标基准")),
        width_deg=_integer(_stated(header, "几度分带", "分带", "度带")),
        zone=_integer(_stated(header, "带号")),
        meridian_deg=float(meridian[0]) if meridian else None,
    )
    eastings = shapely.get_coordinates(shapes)[:, 0]
    return stated_crs(stated, eastings)


def _stated(header: dict[str, str], *names: str) -> str:
    """Return what the header says under the first of ``names``, or under a name that holds it."""
    for name in names:
        found = (text for key, text in header.items() if name in key)
        text = header.get(name) or next((text for text in found if text), "")
        if text:
            return text
    return ""


def _integer(text: str) -> int | None:
    found = re.search(r"\d{1,3}", text)
    return int(found[0]) if found else None


def _check(frame: pd.DataFrame, shapes: ObjectArray, plots: list[Plot], damage: Damage) -> list[Message]:
    """Compare declared counts and areas with what is there; a plot short of points is not whole."""
    declared = numbers_of(frame[AREA_HA])
    area = shapely.area(shapes) / _M2_A_HECTARE  # NaN where there is none
    degrees = np.nanmax(np.abs(shapely.get_coordinates(shapes)), initial=0.0) <= _LARGEST_DEGREE
    known = np.isfinite(declared) & np.isfinite(area) & (area > 0) & (not degrees)
    with np.errstate(invalid="ignore"):
        off = known & (np.abs(declared - area) > _AREA_HA + _AREA_SHARE * np.abs(area))
    for place in np.flatnonzero(np.isnan(declared) & frame[AREA_HA].notna().to_numpy(dtype=bool)).tolist():
        raw = str(frame[AREA_HA].iloc[place])
        damage.doubt(place + 1, AREA_HA, raw, message("sources.txt_area_no_number"))
    stated = numbers_of(frame[_POINTS])
    least = np.array([plot.points for plot in plots], dtype=np.float64)
    most = least + np.array([sum(plot.closings) for plot in plots], dtype=np.float64)
    # One closing point more may be counted than is written, or fewer: all three habits are met.
    rings = np.array([len(plot.starts) for plot in plots], dtype=np.float64)
    miscounted = np.isfinite(stated) & ((stated < least) | (stated > np.maximum(most, least + rings)))
    readable = ~shapely.is_missing(shapes)
    short = readable & miscounted & (stated > most) & (off | ~known)
    for place in np.flatnonzero(short).tolist():
        reason = message(
            "sources.txt_points_short", stated=int(min(stated[place], 1e9)), found=int(most[place])
        )
        damage.refuse(place + 1, reason, ",".join(plots[place].fields))
    names = frame["地块编号"].where(frame["地块编号"].notna(), frame["地块名称"])
    notes = _area_notes(off & ~short, declared, area, names)
    counted = np.flatnonzero(miscounted & readable & ~short)
    if len(counted):
        listed = _listed(names, counted, (stated, most))
        notes.append(message("sources.txt_miscounted", count=len(counted), plots=listed))
    return notes


def _area_notes(off: BoolArray, declared: FloatArray, area: FloatArray, names: pd.Series) -> list[Message]:
    wrong = np.flatnonzero(off)
    if not len(wrong):
        return []
    ratio = float(np.median(declared[wrong] / area[wrong]))
    listed = _listed(names, wrong, (declared, np.round(area, 4)))
    notes = [message("sources.txt_area_off", count=len(wrong), plots=listed)]
    if any(abs(ratio / unit - 1.0) < 0.01 for unit in _UNIT_RATIOS):  # noqa: PLR2004  # to a hundredth
        notes.append(message("sources.txt_area_unit", ratio=ratio))
    return notes


def _listed(names: pd.Series, places: IntArray, numbers: tuple[FloatArray, FloatArray]) -> str:
    """Return the first of some plots, each with what is declared and what is there."""
    declared, found = numbers
    return "、".join(
        f"{str(names.iloc[place])[:40]} ({declared[place]:g}/{found[place]:g})"
        for place in places[:_NAMED].tolist()
    )
