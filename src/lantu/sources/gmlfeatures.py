"""Features of a GML document, and the table that they make; for files and for the pages of a service.

Read with the standard library's parser, feature by feature: nothing that a document refers to (schemas,
xlinks) is ever fetched, every value stays the text that was delivered (a guess of types would cost ``0101``
its zero), and a document that breaks off gives the features before and after the break.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET  # of text that `xml_text` has passed
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from lantu.messages import Message, message
from lantu.sources.axes import swapped
from lantu.sources.gmlreference import layer_reference
from lantu.sources.gmlshapes import GEOMETRIES, SOLIDS, local_name, shape_of
from lantu.sources.records import frame_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pandas as pd
    from pyproj import CRS

    from lantu.model import IntArray, ObjectArray
    from lantu.sources.damage import Damage

_MEMBERS = frozenset({"featureMember", "featureMembers", "member", "cityObjectMember", "spatialObjectMember"})
_NAMESPACE = re.compile(r"""\s(xmlns:[\w.-]+)\s*=\s*("[^"<]*"|'[^'<]*')""")
_FIRST_IN_MEMBER = re.compile(
    r"<(?:[\w.-]+:)?(?:featureMembers?|member|(?:city|spatial)ObjectMember)(?:\s[^<>]*)?>\s*"
    r"<(?:[\w.-]+:)?([\w.-]+)"
)
_MEMBER = re.compile(r"<(?:[\w.-]+:)?(?:featureMember|member|(?:city|spatial)ObjectMember)[\s>]")
_ID = "{http://www.opengis.net/gml/3.2}id"
_OLD_ID = "{http://www.opengis.net/gml}id"
_HREF = "{http://www.w3.org/1999/xlink}href"
_CHUNK = 1 << 16


@dataclass(frozen=True)
class Feature:
    """One feature of a document, numbered from 1 through all layers."""

    record: int
    element: ET.Element | None  # None where its XML is broken
    inherited: str | None = None  # srsName of the collection


@dataclass
class Contents:
    """Features by layer, in file order."""

    layers: dict[str, list[Feature]] = field(default_factory=dict)
    count: int = 0

    def add(self, layer: str, element: ET.Element | None, inherited: str | None) -> None:
        """Add the next feature of the document."""
        self.count += 1
        self.layers.setdefault(layer, []).append(Feature(self.count, element, inherited))


@dataclass(frozen=True, kw_only=True)
class GmlTable:
    """What features of one layer make: rows that could be read, x = east, and what is to be said."""

    attributes: pd.DataFrame
    geometry: ObjectArray
    record: IntArray
    crs: CRS | None
    srs: str | None  # as written
    turned: bool  # whether north came first
    further: int  # geometries beside a feature's first

    def notes(self) -> Iterator[Message]:
        """Yield what was not taken as it stands."""
        if self.srs is not None and self.crs is None:
            yield message("sources.gml_srs_unknown", srs=self.srs)
        if self.further:
            yield message("sources.gml_further_geometries", count=self.further)


@dataclass
class _Gathered:
    """What becomes of the features of one layer."""

    records: list[int] = field(default_factory=list)
    attributes: list[dict[str, Any]] = field(default_factory=list)
    shapes: list[Any] = field(default_factory=list)
    srs: list[str | None] = field(default_factory=list)
    further: int = 0  # geometries beside a feature's first


def parse_features(text: str) -> Contents:
    """Parse as far as the document is XML; after a break, each remaining feature on its own."""
    contents = Contents()
    parser: ET.XMLPullParser[Any] = ET.XMLPullParser(events=("start", "end"))
    stack: list[ET.Element] = []
    inside: ET.Element | None = None  # the feature that is being read
    inherited: str | None = None
    try:
        for event, element in _events(parser, text):
            if event == "start":
                if inside is None and stack and local_name(stack[-1].tag) in _MEMBERS:
                    inside = element
                stack.append(element)
                continue
            stack.pop()
            if element is inside:
                contents.add(local_name(element.tag), element, inherited)
                inside = None
                stack[-1].remove(element)  # else the whole document stays in memory twice over
            elif inside is None:
                inherited = inherited or _envelope_srs(element)
                if local_name(element.tag) in _MEMBERS and stack:
                    stack[-1].remove(element)
    except ET.ParseError:
        _add_fragments(text, contents, inherited)
    return contents


def table_of(features: Iterable[Feature], damage: Damage) -> GmlTable:
    """Return the features as one table in one CRS; each that cannot be read is listed by its record."""
    found = _gather(features, damage)
    srs, crs, turned = layer_reference(found.srs)
    keep = [number for number, own in enumerate(found.srs) if own is None or own == srs]
    for number in sorted(set(range(len(found.srs))) - set(keep)):
        reason = message("sources.gml_other_crs", found=str(found.srs[number]), layer=str(srs))
        damage.refuse(found.records[number], reason)
    shapes = np.empty(len(keep), dtype=object)
    shapes[:] = [found.shapes[number] for number in keep]
    return GmlTable(
        attributes=frame_of([found.attributes[number] for number in keep]),
        geometry=swapped(shapes) if turned else shapes,
        record=np.array([found.records[number] for number in keep], dtype=np.int64),
        crs=crs,
        srs=srs,
        turned=turned,
        further=found.further,
    )


def identity_of(feature: ET.Element) -> str | None:
    """Return the identifier that a feature's element carries, in any version of GML."""
    return feature.get(_ID) or feature.get(_OLD_ID) or feature.get("fid")


def _events(parser: Any, text: str) -> Iterator[tuple[str, ET.Element]]:  # noqa: ANN401  # ET.XMLPullParser is generic only in stubs
    for start in range(0, len(text), _CHUNK):
        parser.feed(text[start : start + _CHUNK])
        yield from parser.read_events()
    parser.close()
    yield from parser.read_events()


def _envelope_srs(element: ET.Element) -> str | None:
    return element.get("srsName") if local_name(element.tag) in {"Envelope", "Box"} else None


def _add_fragments(text: str, contents: Contents, inherited: str | None) -> None:
    names = sorted(set(_FIRST_IN_MEMBER.findall(text)) | set(contents.layers))
    if not names:
        return
    either = "|".join(re.escape(name) for name in names)
    begin = re.compile(rf"<(?:[\w.-]+:)?({either})(?=[\s>/])")
    spaces = dict(_NAMESPACE.findall(text))
    root = "<r " + " ".join(f"{name}={value}" for name, value in sorted(spaces.items())) + ">"
    starts = list(begin.finditer(text))[contents.count :]
    for found, following in zip(starts, [*starts[1:], None][: len(starts)], strict=True):
        piece = text[found.start() : following.start() if following else len(text)]
        end = re.search(rf"</(?:[\w.-]+:)?{re.escape(found[1])}\s*>", piece)
        try:
            element = ET.fromstring(f"{root}{piece[: end.end() if end else None]}</r>")[0]  # noqa: S314  # see the import
        except (ET.ParseError, IndexError):
            contents.add(found[1], None, None)
        else:
            contents.add(found[1], element, inherited)
    for _ in range(contents.count, len(_MEMBER.findall(text))):  # not even their first tag is left
        contents.add(names[0], None, None)


def _gather(features: Iterable[Feature], damage: Damage) -> _Gathered:
    found = _Gathered()
    for feature in features:
        if feature.element is None:
            damage.refuse(feature.record, message("sources.xml_feature_broken"))
            continue
        try:
            places = sorted(
                _geometries(feature.element), key=lambda place: local_name(place[0].tag) in SOLIDS
            )
            shape = shape_of(places[0][0]) if places else None
            values = _attributes(feature.element)
        except Exception as error:  # noqa: BLE001  # whatever is wrong with one feature costs only that one
            reason = message("sources.geometry_refused", reason=str(error) or type(error).__name__)
            damage.refuse(feature.record, reason, local_name(feature.element.tag))
            continue
        found.records.append(feature.record)
        found.attributes.append(values)
        found.shapes.append(shape)
        found.srs.append((places[0][1] or _own_srs(feature) or feature.inherited) if places else None)
        found.further += len(places) - 1 if places else 0
    return found


def _geometries(feature: ET.Element) -> Iterator[tuple[ET.Element, str | None]]:
    """Yield the geometries of a feature's properties, each with the srsName that it or a part of it has."""
    for child in feature:
        if local_name(child.tag) in {"boundedBy", "location"}:
            continue
        for part in child:
            if local_name(part.tag) in GEOMETRIES:
                named = (inner.get("srsName") for inner in part.iter())
                yield part, next((name for name in named if name), None)


def _own_srs(feature: Feature) -> str | None:
    """Return the srsName of the feature's own envelope."""
    if feature.element is None:
        return None
    bounds = (child for child in feature.element if local_name(child.tag) == "boundedBy")
    named = (_envelope_srs(part) for bound in bounds for part in bound)
    return next((name for name in named if name), None)


def _attributes(feature: ET.Element) -> dict[str, Any]:
    """Return all plain properties as text, nested ones as ``outer.inner``, repeated ones as a list."""
    values: dict[str, Any] = {}
    identity = identity_of(feature)
    if identity:
        values["gml_id"] = identity
    open_elements = [(local_name(child.tag), child) for child in reversed(feature)]
    while open_elements:
        name, element = open_elements.pop()
        inner = [child for child in element if local_name(child.tag) not in GEOMETRIES]
        if local_name(element.tag) == "boundedBy" or (len(element) and not inner):
            continue
        if inner:
            open_elements += [(f"{name}.{local_name(child.tag)}", child) for child in reversed(inner)]
            continue
        text = (element.text or "").strip() or element.get(_HREF)
        _put(values, name, text)
        if element.get("uom"):
            _put(values, f"{name}_uom", element.get("uom"))
    return values


def _put(values: dict[str, Any], name: str, text: str | None) -> None:
    if values.get(name) is None:
        values[name] = text
    elif text is not None:
        before = values[name]
        values[name] = [*before, text] if isinstance(before, list) else [before, text]
