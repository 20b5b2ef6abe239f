"""GeoJSON (RFC 7946, and the 2008 format with its ``crs`` member).

Not read with GDAL, which gives a null geometry for a damaged one, drops members that are no features, turns
text into dates and long identifiers into floats, all without a word.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from pyproj import CRS

from lantu.errors import SourceError
from lantu.messages import Message, message
from lantu.sources.damage import Damage
from lantu.sources.gdal import crs_of
from lantu.sources.jsontext import JsonText, read_json_text, rescued_features
from lantu.sources.records import frame_of
from lantu.sources.source import NotedTable, OneLayerFile, choose_layer

if TYPE_CHECKING:
    from lantu.model import ObjectArray

DRIVER = "GeoJSON"
WGS84 = "EPSG:4326"

_GEOMETRIES = frozenset(
    {"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection"}
)
_DIMENSIONS = 3


@dataclass(frozen=True)
class GeoJsonSource(OneLayerFile):
    """One GeoJSON file: a collection, a single feature, a bare geometry, or one feature a line."""

    driver: str = DRIVER

    def read(self, layer: str | None = None, *, geometry: bool = True) -> NotedTable:  # noqa: ARG002
        """Read all features; a missing or null ``geometry`` is None, a damaged one lists its record."""
        name = choose_layer(self.path, layer, self.layers())
        document = read_json_text(self.path, self.encoding)
        damage = Damage()
        notes = [document.coding.note] if document.coding.note else []
        features, crs, crs_note = self._features(document, damage)
        if crs_note:
            notes.append(crs_note)
        kept = [number for number, feature in enumerate(features) if is_feature(feature)]
        for number in set(range(len(features))) - set(kept):
            damage.refuse(number + 1, message("sources.not_a_feature"), features[number])
        shapes, failures = parse_geometries([features[number].get("geometry") for number in kept])
        for position, reason in failures.items():
            damage.refuse(kept[position] + 1, reason, json.dumps(features[kept[position]].get("geometry")))
        good = np.array([number + 1 not in damage.unreadable for number in kept], dtype=bool)
        records = np.array(kept, dtype=np.int64) + 1
        attributes = frame_of([attributes_of(features[number - 1]) for number in records[good]])
        return NotedTable(
            attributes=attributes,
            geometry=shapes[good],
            record=records[good],
            crs=crs,
            driver=self.driver,
            count_in=len(features),
            layer=name,
            encoding=document.coding.encoding,
            encoding_how=document.coding.how,
            files=(self.path,),
            problems=damage.log(),
            notes=tuple(notes),
        )

    def _features(self, document: JsonText, damage: Damage) -> tuple[list[Any], CRS | None, Message | None]:
        try:
            whole = json.loads(document.text)
        except (json.JSONDecodeError, RecursionError) as error:
            return self._salvaged(document.text, damage, error)
        crs, note = declared_crs(whole)
        return self._members(whole), crs, note

    def _members(self, whole: object) -> list[Any]:
        kind = whole.get("type") if isinstance(whole, dict) else None
        if isinstance(whole, dict):
            if kind == "FeatureCollection" and isinstance(whole.get("features"), list):
                return list(whole["features"])
            if kind == "Feature":
                return [whole]
            if kind in _GEOMETRIES:
                return [{"type": "Feature", "properties": {}, "geometry": whole}]
        raise SourceError(message("sources.not_geojson", path=self.path.name, found=str(kind)))

    def _salvaged(
        self, text: str, damage: Damage, error: Exception
    ) -> tuple[list[Any], CRS | None, Message | None]:
        """Take what can be read of a broken document, or of one feature a line."""
        lines = [line.strip("\x1e \t\r\n") for line in text.splitlines()]
        lines = [line for line in lines if line]
        if len(lines) > 1 and _decoded_line(lines[0]) is not None:
            features = [_decoded_line(line) for line in lines]
            return features, CRS.from_user_input(WGS84), None
        features = rescued_features(text, self.path, damage, error)
        crs, note = declared_crs(_member(text, "crs"))
        return features, crs, note


def declared_crs(whole: object) -> tuple[CRS | None, Message | None]:
    """Return the CRS of a GeoJSON object: its ``crs`` member, else longitude and latitude on WGS 84.

    ``"crs": null`` says that there is none (GeoJSON 2008); a member that names nothing known says nothing
    that could be trusted either, and a note says so.
    """
    if not isinstance(whole, dict) or "crs" not in whole:
        return CRS.from_user_input(WGS84), None
    member = whole["crs"]
    if member is None:
        return None, None
    properties = member.get("properties") if isinstance(member, dict) else None
    text = str(properties.get("name") if isinstance(properties, dict) else member)
    if "CRS84" in text.upper():
        return CRS.from_user_input(WGS84), None
    crs = crs_of(text)
    return crs, None if crs else message("sources.crs_member_unknown", text=text)


def parse_geometries(members: list[Any]) -> tuple[ObjectArray, dict[int, Message]]:
    """Return geometries from GeoJSON ones, None where null or damaged, and the reasons by position."""
    texts = np.array([None if member is None else json.dumps(member) for member in members], dtype=object)
    with np.errstate(invalid="ignore"):
        shapes = np.asarray(shapely.from_geojson(texts, on_invalid="ignore"), dtype=object).reshape(-1)
    failures: dict[int, Message] = {}
    for position in np.flatnonzero([shape is None for shape in shapes]):
        if members[position] is None:
            continue
        try:
            shapes[position] = shapely.from_geojson(json.dumps(_flattened(members[position])))
        except Exception as error:  # noqa: BLE001  # whatever the parser says is the reason
            reason = str(error).rpartition("Exception: ")[2].strip()
            failures[int(position)] = message("sources.geometry_refused", reason=reason)
    return shapes, failures


def _flattened(member: object) -> object:
    """Return a geometry without the fourth and further numbers of its positions (measures)."""
    if isinstance(member, dict):
        return {key: _flattened(value) for key, value in member.items()}
    if isinstance(member, list):
        if len(member) > _DIMENSIONS and all(isinstance(value, (int, float)) for value in member):
            return member[:_DIMENSIONS]
        return [_flattened(value) for value in member]
    return member


def is_feature(feature: object) -> bool:
    """Say whether a decoded value is a GeoJSON feature."""
    return isinstance(feature, dict) and feature.get("type") == "Feature"


def attributes_of(feature: dict[str, Any]) -> dict[str, Any]:
    """Return the properties, and the feature's own id beside them unless a property bears that name."""
    properties = feature.get("properties")
    values = dict(properties) if isinstance(properties, dict) else {}
    if "id" in feature and "id" not in values:
        values = {"id": feature["id"], **values}
    return values


def _decoded_line(line: str) -> object:
    try:
        found = json.loads(line)
    except (json.JSONDecodeError, RecursionError):
        return None
    return found if is_feature(found) else None


def _member(text: str, name: str) -> dict[str, Any]:
    """Return the member ``name`` of a broken document as far as it stands before its features."""
    head, _, _ = text.partition('"features"')
    place = head.find(f'"{name}"')
    if place < 0:
        return {}
    try:
        value, _ = json.JSONDecoder().raw_decode(head, head.index(":", place) + 1 + _blanks(head, place))
    except (json.JSONDecodeError, ValueError):
        return {}
    return {name: value}


def _blanks(head: str, place: int) -> int:
    rest = head[head.index(":", place) + 1 :]
    return len(rest) - len(rest.lstrip())
