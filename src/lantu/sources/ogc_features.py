"""OGC API - Features (OGC 17-069r4; coordinate systems by part 2, OGC 18-058r1), read page by page."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urljoin, urlsplit, urlunsplit

from lantu.errors import SourceError
from lantu.messages import message
from lantu.sources.axes import north_first
from lantu.sources.features import (
    Pages,
    Reference,
    extent_of,
    features_of,
    json_of,
)
from lantu.sources.gdal import crs_of
from lantu.sources.source import NotedTable, choose_layer
from lantu.sources.web import Limits, Web

if TYPE_CHECKING:
    from lantu.sources.address import Address
    from lantu.sources.web import Answer

DRIVER = "OGC API Features"

_PAGE_FEATURES = 1000
_JSON = "application/json"
_GEOJSON = "application/geo+json, application/json;q=0.9"
_LONLAT = "CRS84"
_COLLECTION = re.compile(r"/collections/([^/]+)(?:/items)?$")


@dataclass(frozen=True)
class OgcFeaturesSource:
    """One service; the collection stands in the address (``…/collections/NAME/items``) or is the layer."""

    address: Address
    limits: Limits = field(default_factory=Limits, kw_only=True)
    driver: str = DRIVER

    @property
    def path(self) -> Address:
        """Return the address, which names itself without its secrets."""
        return self.address

    def layers(self) -> tuple[str, ...]:
        """Return the names of the service's collections, in its order."""
        web = self._web()
        named = _COLLECTION.search(web.place)
        return (unquote(named[1]),) if named else self._collections(web)

    def read(self, layer: str | None = None, *, geometry: bool = True) -> NotedTable:  # noqa: ARG002
        """Read a collection whole, in its storage CRS where the service offers that.

        Raises
        ------
        SourceError
            The service cannot be reached, there is no such collection, an answer is none, or the pages
            do not come to what the service says it holds.
        """
        web = self._web()
        named = _COLLECTION.search(web.place)
        if named:
            web.place = web.place[: named.start()]
            name = unquote(named[1])
        else:
            name = layer if layer is not None else choose_layer(self.address, None, self._collections(web))
        path = f"/collections/{quote(name, safe='')}"
        about = json_of(web.get(web.url(path), accept=_JSON), self.address)
        asked = _storage_crs(about)
        parameters = {"limit": str(_PAGE_FEATURES), **({"crs": asked} if asked else {})}
        answer = web.get(web.url(path + "/items", **parameters), accept=_GEOJSON)
        reference = self._reference(answer, about, asked)
        return self._pages(web, answer).table(reference, layer=name, driver=DRIVER)

    def _web(self) -> Web:
        return Web(self.address, self.limits)

    def _collections(self, web: Web) -> tuple[str, ...]:
        found = json_of(web.get(web.url("/collections"), accept=_JSON), self.address).get("collections")
        listed = found if isinstance(found, list) else []
        return tuple(str(one["id"]) for one in listed if isinstance(one, dict) and "id" in one)

    def _pages(self, web: Web, answer: Answer) -> Pages:
        pages, matched = Pages(self.address), None
        for _ in range(self.limits.pages):
            page = json_of(answer, self.address)
            pages.add(features_of(page, self.address))
            matched = page.get("numberMatched", matched)
            following = self._next(web, page, answer)
            if following is None:
                pages.require(matched)
                return pages
            answer = web.get(following, accept=_GEOJSON)
        raise SourceError(message("live.pages_endless", address=self.address.shown, pages=self.limits.pages))

    def _next(self, web: Web, page: dict[str, Any], answer: Answer) -> str | None:
        """Return the URL of the page that follows; None after the last."""
        link = _next(page)
        if link is None:
            return None
        try:
            return _with_parameters(urljoin(answer.url, link), web)
        except ValueError:
            target = self.address.quoted(link)
            raise SourceError(
                message("live.web_elsewhere", address=self.address.shown, target=target)
            ) from None

    def _reference(self, answer: Answer, about: dict[str, Any], asked: str | None) -> Reference:
        """Return the CRS that the service says it used, else the one it was asked for."""
        said = answer.headers.get("content-crs", "").strip("<> ") or asked
        box = about.get("extent")
        spatial = box.get("spatial") if isinstance(box, dict) else None
        boxes = spatial.get("bbox") if isinstance(spatial, dict) else None
        extent = extent_of(boxes[0]) if isinstance(boxes, list) and boxes else None
        if said is None or _LONLAT in said:
            return Reference(crs=crs_of("EPSG:4326"), extent=extent)
        crs = crs_of(said)
        if crs is None:
            raise SourceError(
                message("live.crs_unknown", address=self.address.shown, crs=self.address.quoted(said))
            )
        return Reference(crs=crs, north_first=north_first(crs), extent=extent)


def _storage_crs(about: dict[str, Any]) -> str | None:
    """Return the CRS in which a collection is stored where it may be asked for and is not the default."""
    stored, offered = about.get("storageCrs"), about.get("crs")
    if not isinstance(stored, str) or _LONLAT in stored or crs_of(stored) is None:
        return None
    listed = [str(one) for one in offered] if isinstance(offered, list) else []
    return stored if stored in listed or "#/crs" in listed else None


def _next(page: dict[str, Any]) -> str | None:
    links = page.get("links")
    for link in links if isinstance(links, list) else []:
        if isinstance(link, dict) and link.get("rel") == "next" and link.get("href"):
            return str(link["href"])
    return None


def _with_parameters(url: str, web: Web) -> str:
    """Return a link with the parameters of the address (a token, say) that the server left out of it."""
    parts = urlsplit(url)
    given = parse_qsl(parts.query, keep_blank_values=True)
    names = {name for name, _ in given}
    lacking = [(name, value) for name, value in web.query.items() if name not in names]
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode([*given, *lacking]), ""))
