"""GeoJSON features that a service delivers page by page, made into a table.

Services disagree about the order of coordinates, and some say one thing and do another; the extent that
every service declares in longitude and latitude decides.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from lantu.crs import lonlat_extent
from lantu.errors import SourceError
from lantu.messages import Message, message
from lantu.sources.axes import swapped
from lantu.sources.damage import Damage
from lantu.sources.geojson import attributes_of, is_feature, parse_geometries
from lantu.sources.records import frame_of
from lantu.sources.source import NotedTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pyproj import CRS

    from lantu.model import ObjectArray
    from lantu.sources.address import Address
    from lantu.sources.web import Answer

Extent = tuple[float, float, float, float]
"""West, south, east, north in degrees."""

_MARGIN_DEG = 0.1
_EDGES = (4, 6)


@dataclass(frozen=True, kw_only=True)
class Reference:
    """How a service says its coordinates are to be read; ``north_first`` if latitude or northing leads."""

    crs: CRS | None
    north_first: bool = False
    extent: Extent | None = None


@dataclass
class Collected:
    """What pages have brought so far; a server that repeats or withholds features is found out."""

    address: Address
    features: list[Any] = field(default_factory=list)
    _ids: set[str] = field(default_factory=set)

    def require(self, matched: object) -> None:
        """Raise a SourceError where fewer or more features came than the server says there are."""
        if isinstance(matched, int) and not isinstance(matched, bool) and matched != len(self.features):
            found = len(self.features)
            raise SourceError(
                message("live.incomplete", address=self.address.shown, expected=matched, found=found)
            )

    def take(self, features: Iterable[tuple[str | None, Any]]) -> None:
        """Add the features of a page, each with its identifier.

        Raises
        ------
        SourceError
            One was there before: the server does not turn pages.
        """
        for identity, feature in features:
            if identity in self._ids:
                known = self.address.quoted(identity)
                raise SourceError(message("live.page_repeated", address=self.address.shown, id=known))
            if identity is not None:
                self._ids.add(identity)
            self.features.append(feature)


@dataclass
class Pages(Collected):
    """Features of GeoJSON pages."""

    def add(self, features: Sequence[Any]) -> None:
        """Add a page; raises a SourceError where one of its features was there before."""
        ids = (feature.get("id") if isinstance(feature, dict) else None for feature in features)
        self.take(
            (None if identity is None else str(identity), feature)
            for identity, feature in zip(ids, features, strict=True)
        )

    def table(self, reference: Reference, *, layer: str, driver: str) -> NotedTable:
        """Return all features in the order of their ids, else of their content, whatever the pages were."""
        features = _ordered(self.features)
        damage = Damage()
        kept = []
        for number, feature in enumerate(features):
            if is_feature(feature):
                kept.append(number)
            else:
                damage.refuse(number + 1, message("sources.not_a_feature"), self.address.quoted(feature))
        shapes, failures = parse_geometries([features[number].get("geometry") for number in kept])
        for position, reason in failures.items():
            damage.refuse(kept[position] + 1, reason)
        good = np.array([number + 1 not in damage.unreadable for number in kept], dtype=bool)
        records = np.array(kept, dtype=np.int64) + 1
        geometry, notes = settle_axes(shapes[good], reference)
        return NotedTable(
            attributes=frame_of([attributes_of(features[number - 1]) for number in records[good]]),
            geometry=geometry,
            record=records[good],
            crs=reference.crs,
            driver=driver,
            count_in=len(features),
            layer=layer,
            encoding="UTF-8",
            encoding_how="format",
            problems=damage.log(),
            notes=notes,
        )


def settle_axes(geometry: ObjectArray, reference: Reference) -> tuple[ObjectArray, tuple[Message, ...]]:
    """Return geometries with x as easting or longitude, and notes on a server that contradicts itself."""
    said = swapped(geometry) if reference.north_first else geometry
    if reference.crs is None or reference.extent is None or not len(geometry):
        return said, ()
    if _meets(said, reference.crs, reference.extent):
        return said, ()
    other = geometry if reference.north_first else swapped(geometry)
    if _meets(other, reference.crs, reference.extent):
        return other, (message("live.axes_swapped"),)
    return said, (message("live.outside_extent"),)


def json_of(answer: Answer, address: Address) -> dict[str, Any]:
    """Return the object that an answer holds.

    Raises
    ------
    SourceError
        It is no JSON object; what it is instead is named, not repeated.
    """
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        kind = answer.headers.get("content-type", "?")
        raise SourceError(message("live.not_json", address=address.shown, kind=address.quoted(kind)))
    return found


def features_of(page: dict[str, Any], address: Address) -> list[Any]:
    """Return the features of a page; raises a SourceError where it is no feature collection."""
    features = page.get("features")
    if page.get("type") != "FeatureCollection" or not isinstance(features, list):
        raise SourceError(message("live.not_features", address=address.shown))
    return features


def extent_of(edges: object) -> Extent | None:
    """Return a declared box in degrees, of four numbers or of six with heights; None where it is none."""
    if not isinstance(edges, list) or len(edges) not in _EDGES:
        return None
    if not all(isinstance(edge, (int, float)) and np.isfinite(edge) for edge in edges):
        return None
    half = len(edges) // 2
    west, south, east, north = edges[0], edges[1], edges[half], edges[half + 1]
    return (float(west), float(south), float(east), float(north))


def _meets(geometry: ObjectArray, crs: CRS, extent: Extent) -> bool:
    bounds = shapely.total_bounds(geometry)
    if not np.isfinite(bounds).all():
        return True
    found = lonlat_extent(bounds, crs=crs)
    if found is None:
        return False
    west, south, east, north = extent
    return bool(
        found[0] <= east + _MARGIN_DEG
        and found[2] >= west - _MARGIN_DEG
        and found[1] <= north + _MARGIN_DEG
        and found[3] >= south - _MARGIN_DEG
    )


def _ordered(features: list[Any]) -> list[Any]:
    """Return features by id, shorter ids first, then by content.

    GeoServer makes ids up anew at every request (``fid-…``) where a table has no key; such are dropped.
    """
    made_up = [isinstance(one, dict) and str(one.get("id", "")).startswith("fid-") for one in features]
    if features and all(made_up):
        features = [{name: value for name, value in one.items() if name != "id"} for one in features]

    def rank(feature: object) -> tuple[int, str, str]:
        identity = str(feature.get("id", "")) if isinstance(feature, dict) else ""
        return len(identity), identity, json.dumps(feature, sort_keys=True)

    return sorted(features, key=rank)
