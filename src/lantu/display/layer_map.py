"""A layer on an interactive map that needs no network; the data travels beside folium, never through it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from lantu.messages import say
from lantu.model.layer import SOURCE_PREFIX
from lantu.report.page.assets import asset
from lantu.report.page.codec import pack
from lantu.report.page.degrees import to_degrees, view
from lantu.report.page.folium_map import OfflineMap, Page
from lantu.report.page.page import HTML_LANGUAGE
from lantu.report.palette import LAND_USE_COLOURS, OTHER_LAND_USE, OTHER_OUTLINE, OUTLINE_COLOURS
from lantu.standards import column_label, value_label

if TYPE_CHECKING:
    from lantu.messages import Language
    from lantu.model import IntArray, Layer, ObjectArray

VERTICES = 400_000
"""Vertices that one map carries; of a larger layer the first features are shown, and the map says so."""

DECIMALS = 7
"""Decimals of a degree: about a centimetre."""


class LayerPage(Page):
    """The page of a layer's map: the map alone."""

    vendored = ("leaflet.js", "fflate.js")

    def own_script(self) -> str:
        """Return the script that draws the layer."""
        return asset("layer_map/map.js")

    def own_style(self) -> str:
        """Return a style that gives the map the whole page."""
        return asset("layer_map/map.css")


class LayerMap(OfflineMap):
    """The folium map of one layer; folium's own layers can be added to it, ``save`` writes it."""

    def __init__(self, layer: Layer, language: Language) -> None:
        rows = _carried(layer)
        degrees = to_degrees(layer.geometry[rows], layer.frame.crs)
        content = {
            "features": _features(layer, rows, degrees, language),
            "line": OUTLINE_COLOURS.get(layer.standard, OTHER_OUTLINE),
            "note": _note(len(rows), len(layer), language),
        }
        title = say("display.layer.title", language, name=layer.name, department=layer.department)
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        blocks = {"data-layer": pack(text.encode("utf-8", errors="replace"))}
        super().__init__(
            view(shapely.bounds(degrees)),
            LayerPage(title=title, language=HTML_LANGUAGE[language], blocks=blocks),
        )


def _carried(layer: Layer) -> IntArray:
    """Return the rows that the map carries, in order: those with a place, within the limit of vertices."""
    sizes = np.asarray(shapely.get_num_coordinates(layer.geometry), dtype=np.int64)
    return np.flatnonzero((sizes > 0) & (np.cumsum(sizes) <= VERTICES)).astype(np.int64)


def _features(layer: Layer, rows: IntArray, degrees: ObjectArray, language: Language) -> list[dict[str, Any]]:
    """Return the features as GeoJSON, each with the lines of its popup and its colour."""
    rounded = shapely.set_precision(degrees, 0)  # a copy; the browser gets rounded numbers below
    columns = [name for name in layer.frame.columns if name not in {"geometry", "record"}]
    table = layer.frame.iloc[rows]
    texts = [_said(layer, name, table[name], language) for name in columns]
    fills = _fills(layer, rows)
    return [
        {
            "type": "Feature",
            "geometry": json.loads(
                shapely.to_geojson(shape), parse_float=lambda text: round(float(text), DECIMALS)
            ),
            "properties": {
                "fill": fill,
                "lines": [(name, text) for name, text in lines if text is not None],
            },
        }
        for shape, fill, lines in zip(rounded, fills, zip(*texts, strict=True), strict=True)
    ]


def _said(
    layer: Layer, name: str, values: pd.Series[Any], language: Language
) -> list[tuple[str, str | None]]:
    """Return a column as pairs of what it is called and the value as text, None where there is none."""
    if name.startswith(SOURCE_PREFIX):
        return [(name.removeprefix(SOURCE_PREFIX), None if pd.isna(one) else str(one)) for one in values]
    title = column_label(name, language)
    field = f"{layer.standard}.{name}"
    return [(title, None if pd.isna(one) else _text(field, one, language)) for one in values]


def _text(field: str, value: Any, language: Language) -> str:  # noqa: ANN401  # a cell
    return f"{value:,.10g}" if isinstance(value, float) else value_label(field, str(value), language)


def _fills(layer: Layer, rows: IntArray) -> list[str | None]:
    if "use_class" not in layer.frame:
        return [None] * len(rows)
    return [
        None if name is None else LAND_USE_COLOURS.get(name, OTHER_LAND_USE)
        for name in layer.values("use_class", rows)
    ]


def _note(shown: int, total: int, language: Language) -> str:
    return "" if shown == total else say("display.layer.capped", language, shown=shown, total=total)
