"""TopoJSON (specification 1.0): arcs shared by neighbours, whole numbers scaled and shifted, differences.

Decoded here rather than with GDAL, which drops a geometry whose arcs are damaged and turns text into dates.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from lantu.errors import SourceError
from lantu.messages import message
from lantu.sources.damage import Damage
from lantu.sources.geojson import declared_crs
from lantu.sources.jsontext import read_json_text
from lantu.sources.records import frame_of
from lantu.sources.source import NotedTable, choose_layer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lantu.model import FloatArray

DRIVER = "TopoJSON"

_RING_POSITIONS = 4


@dataclass(frozen=True)
class TopoJsonSource:
    """One topology; each of its objects is a layer."""

    path: Path
    encoding: str | None = None
    driver: str = DRIVER

    def layers(self) -> tuple[str, ...]:
        """Return the names of the topology's objects."""
        return tuple(self._topology()[0]["objects"])

    def read(self, layer: str | None = None, *, geometry: bool = True) -> NotedTable:  # noqa: ARG002
        """Read one object; a TopoJSON has no CRS of its own, so that the blueprint has to state it."""
        whole, coding = self._topology()
        name = choose_layer(self.path, layer, tuple(whole["objects"]))
        members = _members(whole["objects"][name])
        decoder = _Decoder.of(whole)
        damage = Damage()
        shapes = np.full(len(members), None, dtype=object)
        for position, member in enumerate(members):
            try:
                shapes[position] = decoder.geometry(member)
            except Exception as error:  # noqa: BLE001  # whatever is wrong with one object costs only that one
                reason = message("sources.geometry_refused", reason=f"{type(error).__name__}: {error}")
                damage.refuse(position + 1, reason, json.dumps(member))
        good = np.array([number + 1 not in damage.unreadable for number in range(len(members))], dtype=bool)
        kept = [member for member, well in zip(members, good, strict=True) if well]
        crs, note = declared_crs(whole) if "crs" in whole else (None, None)
        return NotedTable(
            attributes=frame_of([_attributes(member) for member in kept]),
            geometry=shapes[good],
            record=np.flatnonzero(good).astype(np.int64) + 1,
            crs=crs,
            driver=self.driver,
            count_in=len(members),
            layer=name,
            encoding=coding.encoding,
            encoding_how=coding.how,
            files=(self.path,),
            problems=damage.log(),
            notes=tuple(text for text in (coding.note, note) if text),
        )

    def _topology(self) -> tuple[dict[str, Any], Any]:
        document = read_json_text(self.path, self.encoding)
        try:
            whole = json.loads(document.text)
        except (json.JSONDecodeError, RecursionError) as error:
            raise SourceError(
                message("sources.unreadable", path=self.path.name, reason=str(error))
            ) from error
        if not isinstance(whole, dict) or not isinstance(whole.get("objects"), dict):
            raise SourceError(message("sources.not_topojson", path=self.path.name))
        return whole, document.coding


@dataclass(frozen=True)
class _Decoder:
    """Turns arc numbers and quantised positions into geometries."""

    arcs: tuple[FloatArray | None, ...]  # None where an arc is damaged
    position: Callable[[Any], FloatArray]

    @classmethod
    def of(cls, whole: dict[str, Any]) -> _Decoder:
        """Decode the arcs of a topology; one that is damaged costs only the objects that use it."""
        transform = whole.get("transform")
        scale = np.array(transform["scale"] if transform else (1.0, 1.0), dtype=np.float64)
        shift = np.array(transform["translate"] if transform else (0.0, 0.0), dtype=np.float64)

        def placed(values: FloatArray) -> FloatArray:
            """Scale and shift x and y; heights stay."""
            found = values.copy()
            found[..., :2] = values[..., :2] * scale + shift
            return found

        def arc(values: Any) -> FloatArray | None:  # noqa: ANN401  # anything may stand in a damaged file
            try:
                points = np.array(values, dtype=np.float64).reshape(len(values), -1)
            except (TypeError, ValueError):
                return None
            if transform:
                points[:, :2] = np.cumsum(points[:, :2], axis=0)
            return placed(points)

        arcs = tuple(arc(values) for values in whole.get("arcs", []))
        return cls(arcs=arcs, position=lambda value: placed(np.array(value, dtype=np.float64)))

    def geometry(self, member: dict[str, Any]) -> Any:  # noqa: ANN401  # any shapely geometry, or None
        """Return the geometry of one object; None where its type is null."""
        kind = member.get("type")
        if kind is None:
            return None
        if kind == "GeometryCollection":
            return shapely.geometrycollections([self.geometry(part) for part in member["geometries"]])
        if kind == "Point":
            return shapely.points(self.position(member["coordinates"]))
        if kind == "MultiPoint":
            return shapely.multipoints(self.position(member["coordinates"]))
        makers: dict[str, Callable[[Any], Any]] = {
            "LineString": self._line,
            "MultiLineString": lambda lines: shapely.multilinestrings([self._line(line) for line in lines]),
            "Polygon": self._polygon,
            "MultiPolygon": lambda parts: shapely.multipolygons([self._polygon(part) for part in parts]),
        }
        if kind not in makers:
            unknown = f"no geometry type: {kind}"
            raise ValueError(unknown)
        return makers[kind](member["arcs"])

    def _polygon(self, rings: list[list[int]]) -> Any:  # noqa: ANN401  # as above
        if not rings:
            return shapely.Polygon()
        shells = [shapely.linearrings(self._closed(ring), handle_nan="error") for ring in rings]
        return shapely.polygons(shells[0], holes=shells[1:] or None)

    def _closed(self, numbers: list[int]) -> FloatArray:
        points = self._points(numbers)
        if not np.array_equal(points[0], points[-1]):
            unclosed = "ring is not closed"
            raise ValueError(unclosed)
        # A small ring may have collapsed in quantisation: padded, as topojson-client does,
        # it is invalid and not lost.
        missing = max(_RING_POSITIONS - len(points), 0)
        return np.concatenate([points, np.repeat(points[:1], missing, axis=0)])

    def _line(self, numbers: list[int]) -> Any:  # noqa: ANN401  # as above
        return shapely.linestrings(self._points(numbers))

    def _points(self, numbers: list[int]) -> FloatArray:
        """Join arcs end to start; ``~n`` is arc n backwards, and the shared position stands once."""
        parts: list[FloatArray] = []
        for number in numbers:
            points = self.arcs[number if number >= 0 else ~number]
            if points is None:
                damaged = f"arc {number} is damaged"
                raise ValueError(damaged)
            ordered = points if number >= 0 else points[::-1]
            parts.append(ordered[1:] if parts else ordered)
        return np.concatenate(parts)


def _members(whole: dict[str, Any]) -> list[dict[str, Any]]:
    if whole.get("type") == "GeometryCollection" and isinstance(whole.get("geometries"), list):
        return list(whole["geometries"])
    return [whole]


def _attributes(member: dict[str, Any]) -> dict[str, Any]:
    values = dict(member.get("properties") or {})
    if "id" in member and "id" not in values:
        values = {"id": member["id"], **values}
    return values
