"""Where the district lies, and which features fall outside it (CR03)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from lantu.crs import Bounds, diagnose, grow, identify, lonlat_bounds, lonlat_extent, outside_area
from lantu.messages import message
from lantu.model import ProblemKind, flat_of
from lantu.relations.index import extent_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pyproj import CRS

    from lantu.messages import Message
    from lantu.model import BoolArray, FloatArray, Layer, RawTable


FEWEST_TOGETHER = 2
"""Layers that must lie together before another one can be said to lie elsewhere."""


@dataclass(frozen=True, kw_only=True)
class District:
    """Where most layers lie: west, south, east, north in degrees; None where no layer says."""

    lonlat: Bounds | None

    @classmethod
    def of(cls, layers: Sequence[tuple[CRS | None, FloatArray | None]], *, working: CRS) -> District:
        """Find it from each layer's CRS and bounds in source units.

        One layer in the wrong place moves nothing: only extents that meet the median box are joined.
        Without any layer that has a CRS, the working CRS's area of use stands in.
        """
        found = [
            lonlat_extent(bounds, crs=crs) for crs, bounds in layers if crs is not None and bounds is not None
        ]
        extents = np.array([box for box in found if box is not None], dtype=np.float64).reshape(-1, 4)
        if len(extents) == 0:
            area = working.area_of_use
            return cls(lonlat=(area.west, area.south, area.east, area.north) if area else None)
        middle = np.median(extents, axis=0)
        near = (extents[:, :2] <= middle[2:]).all(axis=1) & (middle[:2] <= extents[:, 2:]).all(axis=1)
        joined = extents[near] if near.any() else extents
        west, south = joined[:, :2].min(axis=0)
        east, north = joined[:, 2:].max(axis=0)
        return cls(lonlat=(float(west), float(south), float(east), float(north)))


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where a layer's features are as delivered, aligned with its rows, and the CRS declared for them.

    ``points`` are the first vertex of each, shape (n, 2), NaN where there is none. ``failed`` are those that
    could not be brought to the working CRS at all, e.g. swapped degrees.
    """

    points: FloatArray
    crs: CRS | None
    failed: BoolArray

    @classmethod
    def of(cls, raw: RawTable, crs: CRS | None, failed: BoolArray) -> Origin:
        """Remember where geometries are without keeping them."""
        flat = flat_of(raw)
        if flat is not None:
            return cls(points=flat.first_points, crs=crs, failed=failed)
        geometry = raw.geometry
        count = shapely.get_num_coordinates(geometry)
        some = count > 0
        points = np.full((len(geometry), 2), np.nan)
        points[some] = shapely.get_coordinates(geometry)[(np.cumsum(count) - count)[some]]
        return cls(points=points, crs=crs, failed=failed)

    @classmethod
    def joined(cls, parts: Sequence[Origin]) -> Origin:
        """Return the origin of a layer from those of its parts, in order."""
        points, failed = (
            np.concatenate([getattr(part, name) for part in parts]) for name in ("points", "failed")
        )
        return cls(points=points, crs=parts[0].crs, failed=failed)


def note_outside(
    layers: Sequence[Layer],
    origins: Mapping[str, Origin],
    working: CRS,
    towns: Layer | None,
) -> list[Layer]:
    """Return the layers with a problem for each feature outside the district, and what it looks like.

    With a town layer the district is its extent with a margin; without, the working CRS's area of
    use, and for a layer as a whole the place where the other layers lie. A layer that lies outside
    altogether gets one problem for the layer as a whole.
    """
    noted = []
    common = _common_ground(layers)
    for layer in layers:
        if layer.refusal is not None or layer.name not in origins:
            noted.append(layer)
            continue
        origin = origins[layer.name]
        area, name = _area(layer, common, working, towns)
        outside = _outside(layer, working, area) | origin.failed
        if area is None or not outside.any():
            noted.append(layer)
            continue
        detail = message("engine.outside_area", area=name, guess=_guess(origin, outside, area))
        located = np.isfinite(layer.bounds_m[:, 0]) | origin.failed
        rows = np.array([-1]) if bool(outside[located].all()) else np.flatnonzero(outside)
        noted.append(replace(layer, problems=_with(layer, rows, detail)))
    return noted


def _outside(layer: Layer, working: CRS, area: Bounds | None) -> BoolArray:
    outside = np.zeros(len(layer), dtype=np.bool_)
    if area is not None and len(layer):
        located = np.isfinite(layer.bounds_m[:, 0])
        whole = extent_of(layer.bounds_m)
        if whole is not None and _well_inside(lonlat_extent(whole, crs=working), area):
            return outside
        boxes = lonlat_bounds(layer.bounds_m[located], crs=working)
        nowhere = ~np.isfinite(boxes).all(axis=1)  # far outside what the projection can express
        outside[located] = nowhere | outside_area(boxes, area=area)
    return outside


def _well_inside(box: Bounds | None, area: Bounds) -> bool:
    """Say whether a layer's extent lies in an area, so that no feature of it has to be looked at.

    ``outside_area`` grows the area by a margin that is far larger than what the extent's curved sides
    may reach beyond the points taken on them.
    """
    if box is None:
        return False
    return box[0] >= area[0] and box[1] >= area[1] and box[2] <= area[2] and box[3] <= area[3]


def _area(
    layer: Layer, common: FloatArray | None, working: CRS, towns: Layer | None
) -> tuple[Bounds | None, Message]:
    """Return the area a layer's features should lie in, in degrees, and its name."""
    if towns is not None and towns.refusal is None and towns is not layer:
        box = extent_of(towns.bounds_m)
        if box is not None:
            reached = lonlat_extent(box, crs=working)
            return (grow(reached) if reached else None), message("engine.area_towns")
    mine = extent_of(layer.bounds_m)
    reached = lonlat_extent(common, crs=working) if common is not None and mine is not None else None
    if reached is not None and mine is not None:
        area = grow(reached)
        if outside_area(lonlat_bounds(mine[None, :], crs=working), area=area)[0]:
            return area, message("engine.area_others")
    use = working.area_of_use
    return (
        (use.west, use.south, use.east, use.north) if use else None,
        message("engine.area_of_use", crs=identify(working)),
    )


def _common_ground(layers: Sequence[Layer]) -> FloatArray | None:
    """Return the box of the layers that lie together, if they are most; scattered layers have none.

    Layers lie together whose boxes meet, directly or through others.
    """
    found = [extent_of(layer.bounds_m) for layer in layers if layer.refusal is None and len(layer)]
    boxes = np.array([box for box in found if box is not None], dtype=np.float64).reshape(-1, 4)
    below = np.asarray((boxes[:, None, :2] <= boxes[None, :, 2:]).all(axis=2), dtype=np.bool_)
    meet: BoolArray = below & below.T
    largest: BoolArray = np.zeros(len(boxes), dtype=np.bool_)
    for start in range(len(boxes)):
        together = meet[start]
        while (grown := meet[together].any(axis=0)).sum() > together.sum():
            together = grown
        largest = together if together.sum() > largest.sum() else largest
    if largest.sum() < FEWEST_TOGETHER or 2 * largest.sum() <= len(boxes):
        return None
    common: FloatArray = np.r_[boxes[largest, :2].min(axis=0), boxes[largest, 2:].max(axis=0)]
    return common


def _guess(origin: Origin, outside: BoolArray, area: Bounds) -> Message:
    """Say what the stray coordinates look like, if anything."""
    points = origin.points[outside]
    points = points[np.isfinite(points).all(axis=1)]
    found = diagnose(points, crs=origin.crs, expected=area)
    return found.message if found is not None else message("engine.no_guess")


def _with(layer: Layer, rows: Any, detail: Message) -> pd.DataFrame:  # noqa: ANN401  # an index array
    size = len(rows)
    record, there = layer.frame["record"].to_numpy(), rows >= 0
    shapes = np.full(size, None, dtype=object)
    shapes[there] = layer.geometry[rows[there]]
    added = pd.DataFrame(
        {
            "kind": [ProblemKind.OUTSIDE_AREA.value] * size,
            "row": rows.astype(np.int64),
            "record": np.where(there, record[rows], -1).astype(np.int64),
            "column": [None] * size,
            "raw": [None] * size,
            "detail": [detail] * size,
            "geometry": list(shapes),
        }
    )
    return pd.concat([layer.problems, added], ignore_index=True) if len(layer.problems) else added
