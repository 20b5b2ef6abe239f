"""Esri's own JSON: a set of features as ArcGIS services answer with ``f=json`` and ArcGIS Pro exports.

Not read with GDAL, for the reasons given in ``geojson``. Rings make polygons by containment, not by the way
they turn. Layout: ArcGIS REST API, "Feature object" and "Geometry objects".
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from lantu.errors import SourceError
from lantu.messages import message
from lantu.sources.damage import Damage
from lantu.sources.gdal import crs_of
from lantu.sources.jsontext import read_json_text, rescued_features
from lantu.sources.records import frame_of
from lantu.sources.rings import is_ring, nest_rings
from lantu.sources.source import NotedTable, OneLayerFile, choose_layer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pyproj import CRS

    from lantu.model import FloatArray, IntArray, ObjectArray

DRIVER = "ESRIJSON"

_MARKS = (b'"esriGeometry', b'"esriFieldType', b'"fieldAliases"', b'"displayFieldName"', b'"attributes":{')
_CURVES = ("curveRings", "curvePaths")
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def is_esri_json(head: bytes) -> bool:
    """Say whether a JSON document is Esri's by its first bytes, without blanks between its words."""
    return b'"FeatureCollection"' not in head and any(mark in head for mark in _MARKS)


@dataclass(frozen=True)
class EsriJsonSource(OneLayerFile):
    """One set of features; all are of one kind and in one CRS."""

    driver: str = DRIVER

    def read(self, layer: str | None = None, *, geometry: bool = True) -> NotedTable:  # noqa: ARG002
        """Read all features; a missing geometry is None, a damaged one and one of arcs lists its record.

        Raises
        ------
        SourceError
            Also where the service says that it sent only a part (``exceededTransferLimit``).
        """
        name = choose_layer(self.path, layer, self.layers())
        document = read_json_text(self.path, self.encoding)
        damage = Damage()
        whole, features = self._features(document.text, damage)
        records, shapes = _drawn(features, whole, damage)
        dates = _date_fields(whole)
        return NotedTable(
            attributes=frame_of(
                [_attributes(features[at - 1].get("attributes", {}), dates) for at in records]
            ),
            geometry=shapes,
            record=records,
            crs=_crs(whole.get("spatialReference")),
            driver=self.driver,
            count_in=len(features),
            layer=name,
            encoding=document.coding.encoding,
            encoding_how=document.coding.how,
            files=(self.path,),
            problems=damage.log(),
            notes=() if document.coding.note is None else (document.coding.note,),
            aliases=_aliases(whole),
        )

    def _features(self, text: str, damage: Damage) -> tuple[dict[str, Any], list[Any]]:
        """Return the document and its features; of a broken one what stands before them, and them."""
        try:
            whole = json.loads(text)
        except (ValueError, RecursionError) as error:
            return _before_features(text), rescued_features(text, self.path, damage, error)
        if not isinstance(whole, dict) or not isinstance(whole.get("features"), list):
            raise SourceError(message("sources.not_esri_json", path=self.path.name))
        if whole.get("exceededTransferLimit") is True:
            count = len(whole["features"])
            raise SourceError(message("sources.esri_json_part", path=self.path.name, count=count))
        return whole, whole["features"]


def _drawn(features: Sequence[Any], whole: Mapping[str, Any], damage: Damage) -> tuple[IntArray, ObjectArray]:
    """Return the records of the sound features and their geometries, None for no geometry."""
    shapes: list[Any] = []
    records: list[int] = []
    for number, feature in enumerate(features, start=1):
        if number in damage.unreadable:
            continue
        if not isinstance(feature, dict) or not isinstance(feature.get("attributes", {}), dict):
            damage.refuse(number, message("sources.not_a_feature"), feature)
            continue
        try:
            shapes.append(_shape(feature.get("geometry"), whole))
        except Exception as error:  # noqa: BLE001  # whatever is wrong with one costs only that one
            reason = message("sources.geometry_refused", reason=str(error))
            damage.refuse(number, reason, json.dumps(feature.get("geometry")))
            continue
        records.append(number)
    geometries = np.empty(len(shapes), dtype=object)
    geometries[:] = shapes
    return np.array(records, dtype=np.int64), geometries


def _aliases(whole: Mapping[str, Any]) -> dict[str, str]:
    """Return the longer names of fields, where they say more than the field."""
    aliases = whole.get("fieldAliases")
    told = aliases if isinstance(aliases, dict) else {}
    return {str(key): str(value) for key, value in told.items() if key != value}


def _before_features(text: str) -> dict[str, Any]:
    """Return the members that stand before the features of a broken document, none where those are broken."""
    head, _, _ = text.partition('"features"')
    try:
        found = json.loads(head.rstrip().removesuffix(",") + "}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _crs(reference: object) -> CRS | None:
    """Return the CRS of a ``spatialReference``: the newest number that is known, else its WKT."""
    if not isinstance(reference, dict):
        return None
    numbers = [reference.get(key) for key in ("latestWkid", "wkid")]
    tried = [f"{who}:{number}" for number in numbers if isinstance(number, int) for who in ("EPSG", "ESRI")]
    found = (crs_of(text) for text in (*tried, reference.get("wkt")) if isinstance(text, str))
    return next((crs for crs in found if crs is not None), None)


_NO_GEOMETRY = "no point, line or polygon"


def _shape(geometry: object, whole: Mapping[str, Any]) -> Any:  # noqa: ANN401  # any shapely geometry, or None
    if geometry is None or geometry == {}:
        return None
    if not isinstance(geometry, dict):
        raise TypeError(_NO_GEOMETRY)
    if any(key in geometry for key in _CURVES):
        arcs = "arcs; export it with its curves densified"
        raise ValueError(arcs)
    raised = bool(geometry.get("hasZ", whole.get("hasZ", False)))
    if "x" in geometry:
        place = [geometry["x"], geometry.get("y")]
        return None if place[0] in (None, "NaN") else shapely.points(_places([place], raised=False)[0])
    if "rings" in geometry:
        return _polygon([_places(ring, raised=False) for ring in geometry["rings"]])
    if "paths" in geometry:
        lines = [shapely.linestrings(_places(path, raised=raised)) for path in geometry["paths"]]
        return None if not lines else lines[0] if len(lines) == 1 else shapely.multilinestrings(lines)
    if "points" in geometry:
        places = _places(geometry["points"], raised=raised)
        return shapely.multipoints(places) if len(places) else None
    raise ValueError(_NO_GEOMETRY)


def _polygon(rings: Sequence[FloatArray]) -> Any:  # noqa: ANN401  # as above
    if not rings:
        return None
    if not all(is_ring(ring) for ring in rings):
        short = "a ring has fewer than three different points"
        raise ValueError(short)
    polygons = [polygon for polygon, _ in nest_rings(rings)]
    if not polygons:
        deep = "rings are nested too deeply"
        raise ValueError(deep)
    return polygons[0] if len(polygons) == 1 else shapely.multipolygons(polygons)


def _places(rows: Sequence[Sequence[Any]], *, raised: bool) -> FloatArray:
    """Return positions (n, 2), or (n, 3) with heights; a third number that is a measure is left out."""
    width = 3 if raised and all(len(row) > 2 and row[2] is not None for row in rows) else 2  # noqa: PLR2004
    places = np.array([[float(number) for number in row[:width]] for row in rows], dtype=np.float64)
    if not np.isfinite(places).all():
        wrong = "coordinates are not finite"
        raise ValueError(wrong)
    return places.reshape(len(rows), width)


def _date_fields(whole: Mapping[str, Any]) -> frozenset[str]:
    fields = whole.get("fields")
    listed = [one for one in fields if isinstance(one, dict)] if isinstance(fields, list) else []
    return frozenset(str(one.get("name")) for one in listed if one.get("type") == "esriFieldTypeDate")


def _attributes(values: Mapping[str, Any], dates: frozenset[str]) -> dict[str, Any]:
    """Return the values with dates, which are milliseconds since 1970, written as dates."""
    return {key: _date(value) if key in dates else value for key, value in values.items()}


def _date(value: object) -> object:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return value
    try:
        moment = _EPOCH + dt.timedelta(milliseconds=value)
    except (OverflowError, ValueError):
        return value
    midnight = moment.time() == dt.time()
    return moment.date().isoformat() if midnight else moment.isoformat()
