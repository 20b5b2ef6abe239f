"""Telling a web map's coordinates by what they are laid against: its displacement is known at every place."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import CRS, Transformer

from lantu.crs.extent import lonlat_points
from lantu.crs.identity import horizontal
from lantu.crs.web_maps import WEB_MAPS, from_web_map, to_web_map

if TYPE_CHECKING:
    from lantu.crs.web_maps import WebMap
    from lantu.model import FloatArray, ObjectArray

LIKE_M = 10.0
"""Displacements that a formula foretells to this much are explained by it: twice its own error."""

LEAST_M = 50.0
"""Nearer to zero than this, a displacement could have other reasons."""

FEWEST = 3
"""Objects that have to agree; each alone would by chance once in thousands."""


@dataclass(frozen=True, kw_only=True)
class WebMapTrace:
    """A web map's displacement between matched objects, ``other`` against ``one``, medians in metres.

    ``in_other`` says that ``other`` has the web map's coordinates. ``left_m`` is how far the objects lie, in
    the median, from where the formula puts each of them.
    """

    system: WebMap
    in_other: bool
    observed_m: tuple[float, float]
    expected_m: tuple[float, float]
    left_m: float


def web_map_between(one: ObjectArray, other: ObjectArray, *, crs: CRS) -> WebMapTrace | None:
    """Return the web map whose displacement stands between matched objects; None where none does.

    ``one`` and ``other`` are geometries (n,) in ``crs``, projected, metres: whole ones, because the
    displacement varies within a district. There have to be three of them, 50 m apart or more in the median,
    and the formula has to leave no more than 10 m of that.
    """
    if len(one) < FEWEST:
        return None
    observed = _centres(other) - _centres(one)
    if _median_length_m(observed) < LEAST_M:
        return None
    found = []
    for system in WEB_MAPS:
        for true, in_other in ((one, True), (other, False)):
            moved = shapely.transform(true, partial(in_web_map, crs=crs, system=system))
            expected = (_centres(moved) - _centres(true)) * (1.0 if in_other else -1.0)
            found.append((_median_length_m(observed - expected), system, in_other, expected))
    left_m, named, in_other, expected = min(found, key=lambda entry: entry[0])
    if left_m > LIKE_M:
        return None
    return WebMapTrace(
        system=named,
        in_other=in_other,
        observed_m=_median(observed),
        expected_m=_median(expected),
        left_m=left_m,
    )


def in_web_map(points: FloatArray, *, crs: CRS, system: WebMap, back: bool = False) -> FloatArray:
    """Return where a web map shows points (n, 2) of ``crs``, in ``crs``; ``back``: what it shows there.

    The datum of ``crs`` is taken for WGS 84's: some decimetres, of a displacement good to metres.
    """
    degrees = lonlat_points(points, crs=crs)
    moved = (from_web_map if back else to_web_map)(degrees, system=system)
    x, y = _from_lonlat(horizontal(crs).to_wkt()).transform(moved[:, 0], moved[:, 1], errcheck=False)
    return np.column_stack([x, y])


@lru_cache(maxsize=8)
def _from_lonlat(wkt: str) -> Transformer:
    """Return the way back from what ``lonlat_points`` gives."""
    return Transformer.from_crs("EPSG:4326", CRS.from_wkt(wkt), always_xy=True)


def _centres(geometry: ObjectArray) -> FloatArray:
    centres: FloatArray = shapely.get_coordinates(shapely.centroid(geometry))
    return centres


def _median_length_m(steps: FloatArray) -> float:
    return float(np.median(np.hypot(steps[:, 0], steps[:, 1])))


def _median(steps: FloatArray) -> tuple[float, float]:
    east_m, north_m = np.median(steps, axis=0).tolist()
    return east_m, north_m
