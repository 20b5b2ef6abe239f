"""KML 2.2 and its dialects (.ovkml is KML under another name).

Read with the standard library's parser: nothing that a file refers to (NetworkLink, icons, styles) is
ever fetched, and a file that breaks off gives the placemarks before and after the break.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET  # of text that `xml_text` has passed
from dataclasses import dataclass, field
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from pyproj import CRS

from lantu.errors import SourceError
from lantu.messages import Message, message
from lantu.sources.damage import Damage
from lantu.sources.geojson import WGS84
from lantu.sources.kmltable import described
from lantu.sources.records import frame_of
from lantu.sources.source import NotedTable, choose_layer
from lantu.sources.xmltext import xml_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from lantu.sources.coding import Coding

DRIVER = "KML"

_PLACEMARK = re.compile(r"<(?:\w+:)?Placemark[\s/>]")
_END_OF_PLACEMARK = re.compile(r"</(?:\w+:)?Placemark\s*>")
_PREFIX = re.compile(r"<(/?)\w+:(\w)")
_ATTRIBUTE_PREFIX = re.compile(r"""\s\w+:\w+\s*=\s*("[^"]*"|'[^']*')""")
_OVITAL = re.compile("ovital|奥维|omap".encode(), re.IGNORECASE)
_HEAD_BYTES = 4096
_TEXT_FIELDS = ("name", "description", "address", "phoneNumber", "Snippet")


@dataclass
class _Contents:
    """Placemarks by layer, in file order; None stands for one that could not be parsed."""

    layers: dict[str, list[tuple[int, ET.Element | None]]] = field(default_factory=dict)
    count: int = 0
    broken: bool = False

    def add(self, layer: str, placemark: ET.Element | None) -> None:
        self.count += 1
        self.layers.setdefault(layer, []).append((self.count, placemark))


@dataclass(frozen=True)
class KmlSource:
    """One KML file; each folder (or document) that holds placemarks itself is a layer."""

    path: Path
    encoding: str | None = None
    driver: str = DRIVER

    def layers(self) -> tuple[str, ...]:
        """Return the names of the folders that hold placemarks; the file's name where one has none."""
        return tuple(self._contents()[0].layers)

    def read(self, layer: str | None = None, *, geometry: bool = True) -> NotedTable:  # noqa: ARG002
        """Read one folder; record numbers count the placemarks of the whole file."""
        contents, coding = self._contents()
        name = choose_layer(self.path, layer, tuple(contents.layers))
        damage = Damage()
        records: list[int] = []
        attributes: list[dict[str, Any]] = []
        shapes: list[Any] = []
        for record, placemark in contents.layers[name]:
            if placemark is None:
                damage.refuse(record, message("sources.xml_broken"))
                continue
            try:
                shape = _shape(placemark)
            except Exception as error:  # noqa: BLE001  # whatever is wrong with one placemark costs only that one
                reason = message("sources.geometry_refused", reason=str(error))
                damage.refuse(record, reason, ET.tostring(placemark, encoding="unicode"))
                continue
            records.append(record)
            attributes.append(_attributes(placemark))
            shapes.append(shape)
        geometries = np.empty(len(shapes), dtype=object)
        geometries[:] = shapes
        return NotedTable(
            attributes=frame_of(attributes),
            geometry=geometries,
            record=np.array(records, dtype=np.int64),
            crs=CRS.from_user_input(WGS84),
            driver=self.driver,
            count_in=len(contents.layers[name]),
            layer=name,
            encoding=coding.encoding,
            encoding_how=coding.how,
            files=(self.path,),
            problems=damage.log(),
            notes=self._notes(coding),
        )

    def _notes(self, coding: Coding) -> tuple[Message, ...]:
        notes = [coding.note] if coding.note else []
        with self.path.open("rb") as file:
            ovital = _OVITAL.search(file.read(_HEAD_BYTES))
        if ovital or self.path.suffix.casefold() == ".ovkml":
            notes.append(message("sources.kml_perhaps_shifted"))
        return tuple(notes)

    def _contents(self) -> tuple[_Contents, Coding]:
        text, coding = xml_text(self.path.read_bytes(), self.encoding, name=self.path.name)
        contents = _parse(text, self.path.stem)
        if not contents.layers:
            if "<kml" not in text[:2000] and not re.search(r"<\w+:kml", text[:2000]):
                raise SourceError(message("sources.not_kml", path=self.path.name))
            contents.layers[self.path.stem] = []
            if contents.broken:  # off before its first placemark: there was something, and it is lost
                contents.add(self.path.stem, None)
        return contents, coding


def _parse(text: str, default: str) -> _Contents:
    """Parse as far as the document is XML; after a break, each remaining placemark on its own."""
    contents = _Contents()
    parser: ET.XMLPullParser[Any] = ET.XMLPullParser(events=("start", "end"))
    names: list[list[str | None]] = []  # one list for each open container: its name, once it is known
    try:
        parser.feed(text)
        parser.close()
    except ET.ParseError:
        broken = True
    else:
        broken = False
    inside = 0  # depth within a placemark
    for event, element in _events(parser):
        tag = _local(element.tag)
        if tag == "Placemark":
            inside += 1 if event == "start" else -1
            if event == "end" and not inside:
                contents.add(_layer(names, default), element)
        elif not inside and tag in {"Folder", "Document"}:
            if event == "start":
                names.append([None])
            else:
                names.pop()
        elif not inside and event == "end" and tag == "name" and names and names[-1][0] is None:
            names[-1][0] = (element.text or "").strip() or None
    contents.broken = broken
    if broken:
        _add_fragments(text, contents, _layer(names, default))
    return contents


def _events(parser: ET.XMLPullParser[Any]) -> Any:  # noqa: ANN401  # an iterator of events, broken off by a ParseError
    events = parser.read_events()
    while True:
        try:
            yield next(events)
        except (StopIteration, ET.ParseError):
            return


def _layer(names: list[list[str | None]], default: str) -> str:
    """Return the innermost open container's name; placemarks of one without a name are the file's own."""
    return (names[-1][0] if names else None) or default


def _add_fragments(text: str, contents: _Contents, layer: str) -> None:
    starts = [found.start() for found in _PLACEMARK.finditer(text)][contents.count :]
    for start, following in pairwise([*starts, len(text)]):
        end = _END_OF_PLACEMARK.search(text, start, following)
        fragment = text[start : end.end() if end else following]
        plain = _ATTRIBUTE_PREFIX.sub(
            "", _PREFIX.sub(r"<\1\2", fragment)
        )  # prefixes are undeclared out of context
        try:
            contents.add(layer, ET.fromstring(plain))  # noqa: S314  # see the import
        except ET.ParseError:
            contents.add(layer, None)


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _children(element: ET.Element, *tags: str) -> list[ET.Element]:
    return [child for child in element if _local(child.tag) in tags]


def _attributes(placemark: ET.Element) -> dict[str, Any]:
    """Return name, description, the extended data, and what stands in a table of the description, as text."""
    values: dict[str, Any] = {}
    if placemark.get("id"):
        values["id"] = placemark.get("id")
    for child in _children(placemark, *_TEXT_FIELDS):
        values[_local(child.tag)] = (child.text or "").strip() or None
    for extended in _children(placemark, "ExtendedData"):
        for entry in extended.iter():
            if _local(entry.tag) == "SimpleData":
                values[entry.get("name", "")] = entry.text
            elif _local(entry.tag) == "Data":
                found = _children(entry, "value")
                values[entry.get("name", "")] = found[0].text if found else None
    return {**described(values.get("description") or ""), **values}


def _shape(element: ET.Element) -> Any:  # noqa: ANN401  # any shapely geometry, or None
    """Return the geometry directly inside ``element``; None where there is none."""
    shapes = [found for child in element for found in [_geometry(child)] if found is not None]
    return shapes[0] if shapes else None


def _geometry(element: ET.Element) -> Any:  # noqa: ANN401  # as above
    tag = _local(element.tag)
    if tag in _PLAIN:
        return _PLAIN[tag](element)
    if tag == "Model":
        drawn = "a 3D model has no line or area"
        raise ValueError(drawn)
    if tag == "Polygon":
        outer = [_closed(ring) for bound in _children(element, "outerBoundaryIs") for ring in bound]
        inner = [_closed(ring) for bound in _children(element, "innerBoundaryIs") for ring in bound]
        if len(outer) != 1:
            wrong = f"{len(outer)} outer boundaries"
            raise ValueError(wrong)
        return shapely.Polygon(outer[0], inner)
    if tag in {"MultiGeometry", "MultiTrack"}:
        return _collected([found for child in element for found in [_geometry(child)] if found is not None])
    return None


def _track(element: ET.Element) -> Any:  # noqa: ANN401  # as above
    """Return the way of a track as a line, or the place of one that never moved; blanks part its numbers."""
    rows = [(coordinate.text or "").split() for coordinate in _children(element, "coord")]
    width = min((len(row) for row in rows), default=0)
    if width < 2:  # noqa: PLR2004  # longitude and latitude; an empty coord is a moment without a place
        rows = [row for row in rows if row]
        width = min((len(row) for row in rows), default=0)
    points = np.array([[float(number) for number in row[: min(width, 3)]] for row in rows])
    if width < 2 or not np.isfinite(points).all():  # noqa: PLR2004
        wrong = "the coordinates of the track are missing or no numbers"
        raise ValueError(wrong)
    moved = (points != points[0]).any()
    return shapely.linestrings(points) if moved else shapely.points(points[0])


def _collected(parts: list[Any]) -> Any:  # noqa: ANN401  # as above
    flat = [piece for part in parts for piece in shapely.get_parts(part)]  # some nest them without need
    kinds = {piece.geom_type for piece in flat}
    makers = {
        "Point": shapely.multipoints,
        "LineString": shapely.multilinestrings,
        "Polygon": shapely.multipolygons,
    }
    if len(kinds) == 1 and kinds <= set(makers):
        return makers[kinds.pop()](flat)
    return shapely.geometrycollections(flat)


def _closed(ring: ET.Element) -> Any:  # noqa: ANN401  # an array of positions
    points = _positions(ring)
    if not np.array_equal(points[0], points[-1]):
        unclosed = "ring is not closed"
        raise ValueError(unclosed)
    return points


def _positions(element: ET.Element) -> Any:  # noqa: ANN401  # an array of positions, shape (n, 2) or (n, 3)
    """Read ``lon,lat[,height]`` tuples; some programs put blanks after the commas."""
    found = _children(element, "coordinates")
    text = re.sub(r"\s*,\s*", ",", (found[0].text or "") if found else "")
    tuples = [entry.split(",") for entry in text.split()]
    width = min((len(entry) for entry in tuples), default=0)
    if width < 2:  # noqa: PLR2004  # longitude and latitude
        missing = "coordinates are missing"
        raise ValueError(missing)
    points = np.array([[float(number) for number in entry[: min(width, 3)]] for entry in tuples])
    if not np.isfinite(points).all():
        wrong = "coordinates are not finite"
        raise ValueError(wrong)
    return points


_PLAIN: Mapping[str, Callable[[ET.Element], Any]] = MappingProxyType(
    {
        "Point": lambda element: shapely.points(_positions(element)[0]),
        "LineString": lambda element: shapely.linestrings(_positions(element)),
        "LinearRing": lambda element: shapely.linearrings(_closed(element)),
        "Track": _track,  # gx:Track of Google Earth, Track of KML 2.3: a place for each moment
    }
)
