"""The area between a road's red lines: drawn as a control line, or built from centre line and width."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from lantu.rules.construction import of_kind

if TYPE_CHECKING:
    from lantu.model import BoolArray, Layer

WIDTH = "red_line_width_m"


def between_red_lines(layer: Layer) -> Layer:
    """Return a road layer with each centre line widened to its red lines; another layer as it is.

    Ends are cut square, corners are round; a road without a width has no geometry.
    """
    if layer.standard != "transport.road":
        return layer
    half_m = layer.values(WIDTH).astype(np.float64) / 2.0
    known = half_m > 0
    area = np.full(len(layer), None, dtype=object)
    area[known] = shapely.buffer(layer.geometry[known], half_m[known], cap_style="flat")
    frame = layer.frame.set_geometry(gpd.GeoSeries(area, index=layer.frame.index, crs=layer.frame.crs))
    return replace(layer, frame=frame)


def red_lines(layer: Layer) -> BoolArray:
    """Return which features are road red lines, shape (n,): control lines by kind, roads by their width."""
    if layer.standard == "transport.road":
        return np.asarray(layer.values(WIDTH).astype(np.float64) > 0, dtype=np.bool_)
    return of_kind(layer, "road_red")
