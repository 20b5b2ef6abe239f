"""The area between a road's red lines: drawn as a control line, or built from centre line and width."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from lantu.relations.index import index_of
from lantu.rules.construction import zone_findings
from lantu.rules.zone_kind import KIND, may_be, undecided_by_kind

if TYPE_CHECKING:
    from lantu.model import BoolArray, Layer
    from lantu.relations import Pairs
    from lantu.rules.verdict import Verdict

WIDTH = "red_line_width_m"
ROAD = "transport.road"


def red_line_columns(layer: Layer) -> tuple[str, ...]:
    """Return the column without which nobody knows where the red lines of a layer are."""
    return (WIDTH,) if layer.standard == ROAD else (KIND,)


def between_red_lines(layer: Layer) -> Layer:
    """Return a road layer with each centre line widened to its red lines; another layer as it is.

    Ends are cut square, corners are round; a road without a width has no geometry. Made once a layer.
    """
    if layer.standard != ROAD:
        return layer
    made = index_of(layer).made
    if between_red_lines not in made:
        made[between_red_lines] = _widened(layer)
    widened: Layer = made[between_red_lines]
    return widened


def _widened(layer: Layer) -> Layer:
    half_m = layer.values(WIDTH).astype(np.float64) / 2.0
    known = half_m > 0
    area = np.full(len(layer), None, dtype=object)
    area[known] = shapely.buffer(layer.geometry[known], half_m[known], cap_style="flat")
    frame = layer.frame.set_geometry(gpd.GeoSeries(area, index=layer.frame.index, crs=layer.frame.crs))
    return replace(layer, frame=frame)


def red_lines(layer: Layer) -> BoolArray:
    """Return which features are road red lines, shape (n,): control lines by kind, roads by their width.

    Control lines of unknown kind are among them, roads of unknown width are not: nobody knows where they end.
    """
    if layer.standard == ROAD:
        return np.asarray(layer.values(WIDTH).astype(np.float64) > 0, dtype=np.bool_)
    return may_be(layer, "road_red")


def in_red_line(
    pairs: Pairs, *, severity: str, min_area_m2: float, undecidable: bool | BoolArray = False
) -> Verdict:
    """Return a finding for every pair; undecidable too where a control line is of unknown kind."""
    found = zone_findings(
        pairs, severity=severity, required_m2=min_area_m2, zone="road_red", undecidable=undecidable
    )
    return found if pairs.b is None or pairs.b.standard == ROAD else undecided_by_kind(pairs, found)
