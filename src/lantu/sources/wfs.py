"""OGC Web Feature Service 2.0 (OGC 09-025r2), read page by page as GeoJSON, else as GML.

Coordinates of GeoJSON come with x first from the servers in use, whatever the CRS says, those of GML in
the order that their srsName stands for; either is checked against the extent in the capabilities.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET  # of text that `xml_text` has passed
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lantu.errors import SourceError
from lantu.messages import message
from lantu.sources.features import Extent, Pages, Reference, extent_of, features_of, json_of
from lantu.sources.gdal import crs_of
from lantu.sources.geojson import declared_crs
from lantu.sources.gml_pages import GmlPages
from lantu.sources.source import NotedTable, choose_layer
from lantu.sources.web import Limits, Web
from lantu.sources.xmltext import xml_text

if TYPE_CHECKING:
    from lantu.sources.address import Address
    from lantu.sources.web import Answer

DRIVER = "WFS"

_VERSION = "2.0.0"
_PAGE_FEATURES = 1000
_WFS = "{http://www.opengis.net/wfs/2.0}"
_OWS = "{http://www.opengis.net/ows/1.1}"
_HEAD_BYTES = 4096
_MATCHED = re.compile(r"""\bnumberMatched=["'](\d+)["']""")
_RETURNED = re.compile(r"""\bnumberReturned=["'](\d+)["']""")
_OWN_PARAMETERS = frozenset({"service", "version", "request", "typename", "typenames", "count", "startindex"})


@dataclass(frozen=True, kw_only=True)
class FeatureType:
    """A feature type as the capabilities describe it; the extent is in degrees, longitude first."""

    name: str
    crs: str
    extent: Extent | None


@dataclass(frozen=True, kw_only=True)
class Capabilities:
    """What a service offers: its feature types in order, and the format to ask for (None: GML)."""

    types: tuple[FeatureType, ...]
    json_format: str | None


@dataclass(frozen=True)
class WfsSource:
    """One service; the feature type stands in the address (``typeNames=``) or is the layer."""

    address: Address
    limits: Limits = field(default_factory=Limits, kw_only=True)
    driver: str = DRIVER

    @property
    def path(self) -> Address:
        """Return the address, which names itself without its secrets."""
        return self.address

    def layers(self) -> tuple[str, ...]:
        """Return the names of the service's feature types, in its order."""
        return tuple(one.name for one in self._capabilities(self._web()[0]).types)

    def read(self, layer: str | None = None, *, geometry: bool = True) -> NotedTable:  # noqa: ARG002
        """Read a feature type whole, in its default CRS.

        Raises
        ------
        SourceError
            The service cannot be reached, there is no such type, an answer is none, or the pages do not
            come to what the service says it holds.
        """
        web, named = self._web()
        offer = self._capabilities(web)
        name = choose_layer(self.address, named or layer, [one.name for one in offer.types])
        kind = next(one for one in offer.types if one.name == name)
        if offer.json_format is None:
            return self._gml(web, kind)
        return self._json(web, kind, offer.json_format)

    def _web(self) -> tuple[Web, str | None]:
        """Return the conversation, and the feature type that the address names."""
        web = Web(self.address, self.limits)
        given = {name.casefold(): value for name, value in web.query.items()}
        web.query = {name: text for name, text in web.query.items() if name.casefold() not in _OWN_PARAMETERS}
        return web, given.get("typenames") or given.get("typename")

    def _ask(self, web: Web, request: str, **parameters: str) -> Answer:
        url = web.url(service="WFS", version=_VERSION, request=request, **parameters)
        answer = web.get(url, accept="*/*")
        if b"ExceptionReport" in answer.body[:_HEAD_BYTES]:
            texts = (one.text for one in self._xml(answer).iter(f"{_OWS}ExceptionText"))
            reason = self.address.quoted("; ".join(text for text in texts if text))
            raise SourceError(message("live.wfs_exception", address=self.address.shown, reason=reason))
        return answer

    def _capabilities(self, web: Web) -> Capabilities:
        root = self._xml(self._ask(web, "GetCapabilities"))
        if root.tag != f"{_WFS}WFS_Capabilities":
            raise SourceError(
                message("live.wfs_version", address=self.address.shown, found=root.get("version", "?"))
            )
        operations = root.iter(f"{_OWS}Operation")
        gets = (one for one in operations if one.get("name") == "GetFeature")
        parameters = (one for get in gets for one in get.iter(f"{_OWS}Parameter"))
        formats = [
            (value.text or "").strip()
            for parameter in parameters
            if parameter.get("name") == "outputFormat"
            for value in parameter.iter(f"{_OWS}Value")
        ]
        jsons = [one for one in formats if "json" in one.casefold() and "callback" not in one.casefold()]
        exact = next((one for one in jsons if one.casefold() == "application/json"), None)
        types = tuple(_feature_type(one) for one in root.iter(f"{_WFS}FeatureType"))
        return Capabilities(types=types, json_format=exact or (jsons[0] if jsons else None))

    def _text(self, answer: Answer) -> str:
        return xml_text(answer.body, name=self.address.name)[0]

    def _xml(self, answer: Answer) -> ET.Element:
        try:
            return ET.fromstring(self._text(answer))  # noqa: S314  # no entities, size limited
        except ET.ParseError:
            kind = self.address.quoted(answer.headers.get("content-type", "?"))
            raise SourceError(message("live.not_xml", address=self.address.shown, kind=kind)) from None

    def _page(self, web: Web, kind: FeatureType, start: int, form: str | None) -> Answer:
        parameters = {"outputFormat": form} if form else {}
        return self._ask(
            web,
            "GetFeature",
            typeNames=kind.name,
            count=str(_PAGE_FEATURES),
            startIndex=str(start),
            **parameters,
        )

    def _json(self, web: Web, kind: FeatureType, form: str) -> NotedTable:
        pages, crs = Pages(self.address), crs_of(kind.crs)
        for number in range(self.limits.pages):
            page = json_of(self._page(web, kind, len(pages.features), form), self.address)
            features = features_of(page, self.address)
            if number == 0 and "crs" in page:
                crs = declared_crs(page)[0] or crs
            pages.add(features)
            matched = page.get("numberMatched", page.get("totalFeatures"))
            if _is_last(len(features), len(pages.features), matched):
                pages.require(matched)
                return pages.table(Reference(crs=crs, extent=kind.extent), layer=kind.name, driver=DRIVER)
        raise SourceError(message("live.pages_endless", address=self.address.shown, pages=self.limits.pages))

    def _gml(self, web: Web, kind: FeatureType) -> NotedTable:
        pages = GmlPages(self.address, srs=kind.crs)
        for _ in range(self.limits.pages):
            text = self._text(self._page(web, kind, len(pages.features), None))
            matched, stated = (_number(one, text) for one in (_MATCHED, _RETURNED))
            before, returned = len(pages.features), pages.add(text)
            if stated is None and not returned:
                raise SourceError(message("live.not_features", address=self.address.shown))
            pages.require(None if stated is None else before + stated)
            if _is_last(returned, len(pages.features), matched):
                pages.require(matched)
                reference = Reference(crs=crs_of(kind.crs), extent=kind.extent)
                return pages.table(reference, layer=kind.name, driver=DRIVER)
        raise SourceError(message("live.pages_endless", address=self.address.shown, pages=self.limits.pages))


def _is_last(page: int, count: int, matched: object) -> bool:
    """Say whether all pages are in: all features that there are, or, where that is not said, a short page."""
    if page == 0 or (isinstance(matched, int) and count >= matched):
        return True
    return not isinstance(matched, int) and page < _PAGE_FEATURES


def _feature_type(node: ET.Element) -> FeatureType:
    corners = [
        node.findtext(f"{_OWS}WGS84BoundingBox/{_OWS}{corner}", "").split()
        for corner in ("LowerCorner", "UpperCorner")
    ]
    try:
        edges: object = [float(edge) for corner in corners for edge in corner]
    except ValueError:
        edges = None
    return FeatureType(
        name=node.findtext(f"{_WFS}Name", "").strip(),
        crs=node.findtext(f"{_WFS}DefaultCRS", "").strip(),
        extent=extent_of(edges),
    )


def _number(pattern: re.Pattern[str], text: str) -> int | None:
    found = pattern.search(text[:_HEAD_BYTES])
    return int(found[1]) if found else None
