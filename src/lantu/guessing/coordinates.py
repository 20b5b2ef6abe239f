"""The coordinate system of a layer that states none, or states what its format always states.

Numbers tell a zone, a unit and an order of axes, never a datum: Xian 1980 and CGCS2000 differ by a hundred
metres in the same numbers. So a system is declared only where the layer's points lie on those of a layer
that states its own, where degrees lie outside China (no shifted web maps there), or, for GeoJSON and KML,
which cannot say anything but WGS 84, where the other deliveries of the folder are in CGCS2000.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import CRS

from lantu.crs import crs_candidates, identify, lonlat_points, zone_at
from lantu.guessing.discovery import lonlat_box
from lantu.guessing.model import Guess, Question
from lantu.messages import message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lantu.crs import Bounds, Suggestion
    from lantu.guessing.discovery import Found
    from lantu.model import FloatArray

SAMPLE = 2000
POOL = 200_000
"""Points of one layer that are laid on the others, and of one other layer that they are laid on."""

ON_M = 0.5
"""A point this near to one of another layer lies on it."""

CONTROL_SHIFT_M = 11.0
"""The same points, moved by this much east and north, show how many lie on others by chance."""

ON_SHARE = 0.3
FEWEST = 20
"""Fewer points than this prove nothing."""

ABOVE_CHANCE = 3.0

METRES_A_DEGREE = 111_320.0
NEIGHBOURHOOD_DEG = 1.0
CGCS2000 = "EPSG:4490"
WGS84 = "EPSG:4326"
LABELLED_DRIVERS = frozenset({"GeoJSON", "KML", "LIBKML", "GeoJSONSeq"})
"""Formats that know no coordinate system but WGS 84."""


@dataclass(frozen=True, kw_only=True)
class Placing:
    """What is guessed of a layer's coordinates: the system, where that puts it, and what is to be asked."""

    crs: Guess | None = None
    question: Question | None = None
    extent: Bounds | None = None
    measured_in: CRS | None = None


def place_layers(layers: Sequence[Found]) -> list[Placing]:
    """Return the placing of each layer, in order."""
    district = _district(layers)
    stating = [layer for layer in layers if layer.raw.crs is not None and not _is_labelled(layer)]
    return [_place(layer, layers, stating, district) for layer in layers]


def working_crs_guess(placings: Sequence[Placing], layers: Sequence[Found]) -> Guess | None:
    """Return the working system to write where no layer has a system of its own to go by; None for auto."""
    if any(
        placing.crs is not None or layer.raw.crs is not None
        for placing, layer in zip(placings, layers, strict=True)
    ):
        return None
    extent = next((placing.extent for placing in placings if placing.extent is not None), None)
    if extent is None:
        return Guess(value="EPSG:3857", confidence="low", reason=message("guessing.reason.stand_in"))
    zone = zone_at((extent[0] + extent[2]) / 2.0, (extent[1] + extent[3]) / 2.0)
    return Guess(value=identify(zone), confidence="low", reason=message("guessing.reason.zone"))


def _place(
    layer: Found, layers: Sequence[Found], stating: Sequence[Found], district: Bounds | None
) -> Placing:
    if layer.raw.crs is not None:
        return _labelled(layer, stating) if _is_labelled(layer) else _stated(layer)
    points = _points(layer, SAMPLE)
    found = [one for one in crs_candidates(points, expected=district) if one.crs is not None]
    if not found:
        why = message("guessing.question.crs_unknown")
        return Placing(question=Question(key="crs", value="EPSG:…", why=why))
    for one in () if found[0].swapped else found:
        other = _lies_on(layer, CRS.from_user_input(str(one.crs)), stating or layers)
        if other is not None:
            said = message("guessing.reason.crs_lies_on", layer=other.title, metres=ON_M)
            return _placed(layer, Guess(value=str(one.crs), confidence="high", reason=said))
    return _unproven(layer, found[0])


def _unproven(layer: Found, likeliest: Suggestion) -> Placing:
    """Declare degrees outside China, ask about everything else."""
    code = str(likeliest.crs)
    crs = CRS.from_user_input(code)
    extent = lonlat_box(layer.raw.geometry, crs=crs)
    if crs.is_geographic and not likeliest.swapped and extent is not None and not is_in_china(extent):
        said = message("guessing.reason.crs_degrees")
        return _placed(layer, Guess(value=WGS84, confidence="medium", reason=said))
    key = "guessing.question.crs_swapped" if likeliest.swapped else "guessing.question.crs_datum"
    why = message(key, looks=likeliest.message)
    return Placing(
        question=Question(key="crs", value=code, why=why),
        extent=None if likeliest.swapped else extent,
        measured_in=None if likeliest.swapped else crs,
    )


def _placed(layer: Found, guess: Guess) -> Placing:
    crs = CRS.from_user_input(guess.value)
    extent = lonlat_box(layer.raw.geometry, crs=crs)
    return Placing(crs=guess, extent=extent, measured_in=crs)


def _stated(layer: Found) -> Placing:
    return Placing(extent=layer.extent, measured_in=layer.raw.crs)


def _labelled(layer: Found, stating: Sequence[Found]) -> Placing:
    """Take a label of WGS 84 for CGCS2000 where the other deliveries around it are in CGCS2000."""
    extent = layer.extent
    around = [_datum(other.raw.crs) for other in stating]
    if extent is None or not is_in_china(extent) or around.count(CGCS2000) * 2 <= len(around):
        return _stated(layer)
    other = _lies_on(layer, CRS.from_user_input(CGCS2000), stating)
    if other is not None:
        said = message("guessing.reason.crs_lies_on", layer=other.title, metres=ON_M)
        return _placed(layer, Guess(value=CGCS2000, confidence="high", reason=said))
    said = message("guessing.reason.crs_label", driver=layer.raw.driver)
    return _placed(layer, Guess(value=CGCS2000, confidence="medium", reason=said))


def _lies_on(layer: Found, crs: CRS, others: Sequence[Found]) -> Found | None:
    """Return the layer of the same datum on whose points most of a layer's points lie, far above chance."""
    points = _metres(lonlat_points(_points(layer, SAMPLE), crs=crs))
    best: tuple[float, Found] | None = None
    if len(points) < FEWEST:
        return None
    for other in others:
        if other is layer or other.raw.crs is None or _datum(other.raw.crs) != _datum(crs):
            continue
        tree = shapely.STRtree(
            shapely.points(_metres(lonlat_points(_points(other, POOL), crs=other.raw.crs)))
        )
        share, chance = _share_on(points, tree), _share_on(points + CONTROL_SHIFT_M, tree)
        if share >= max(ON_SHARE, ABOVE_CHANCE * chance) and (best is None or share > best[0]):
            best = share, other
    return best[1] if best is not None else None


def _share_on(points: FloatArray, tree: shapely.STRtree) -> float:
    if not len(points) or not len(tree):
        return 0.0
    near = tree.query(shapely.points(points), predicate="dwithin", distance=ON_M)
    return len(np.unique(near[0])) / len(points)


def _metres(lonlat: FloatArray) -> FloatArray:
    """Return metres east and north of degrees, good enough for half a metre within a district."""
    good = lonlat[np.isfinite(lonlat).all(axis=1)]
    scaled = good * METRES_A_DEGREE
    # One latitude scales all: the same degrees give the same metres in every layer.
    return np.column_stack([scaled[:, 0] * np.cos(np.radians(np.round(good[:, 1], 1))), scaled[:, 1]])


def _points(layer: Found, most: int) -> FloatArray:
    """Return vertices (n, 2) of a layer, evenly taken where there are more than ``most``."""
    points: FloatArray = shapely.get_coordinates(layer.raw.geometry)
    rows = np.unique(np.linspace(0, len(points) - 1, min(most, len(points))).astype(np.int64))
    return points[rows]


def _district(layers: Sequence[Found]) -> Bounds | None:
    """Return the box around the layers near the middle one, so that one far away widens nothing."""
    boxes = np.array([extent for layer in layers if (extent := layer.extent) is not None]).reshape(-1, 4)
    if not len(boxes):
        return None
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2.0
    near = (np.abs(centres - np.median(centres, axis=0)) <= NEIGHBOURHOOD_DEG).all(axis=1)
    kept = boxes[near] if near.any() else boxes
    west, south = kept[:, :2].min(axis=0).tolist()
    east, north = kept[:, 2:].max(axis=0).tolist()
    return west, south, east, north


def _is_labelled(layer: Found) -> bool:
    return (
        layer.raw.driver in LABELLED_DRIVERS and layer.raw.crs is not None and _datum(layer.raw.crs) == WGS84
    )


def _datum(crs: CRS | None) -> str | None:
    base = crs.geodetic_crs if crs is not None else None
    return identify(base) if base is not None else None


def is_in_china(extent: Bounds) -> bool:
    """Say whether the middle of a box lies where Chinese zones are used."""
    zone = zone_at((extent[0] + extent[2]) / 2.0, (extent[1] + extent[3]) / 2.0)
    return _datum(zone) == CGCS2000
