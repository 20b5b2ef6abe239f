"""A folium map that needs no network and lets no data through a template.

folium compiles what its templates have rendered as a template once more, so a parcel that is named
``{{ … }}`` would run as code while the report is made. Nothing that comes from a department is given
to folium here: data travels as base64 in elements that print themselves literally (``Raw``).
"""

from __future__ import annotations

import base64
import hashlib
from html import escape
from typing import TYPE_CHECKING, Any, ClassVar

import folium
from branca.element import Element, Figure

from lantu.report.page.assets import asset, own_script, own_style, vendor_script, vendor_style

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MAP_NAME = "map"
"""Id of the map's element and name of its variable in the page."""

_CSP = (
    "default-src 'none'; script-src {scripts}; style-src 'unsafe-inline'; img-src data: blob:; "
    "font-src data:; connect-src 'none'; base-uri 'none'; form-action 'none'; object-src 'none'"
)


class Raw(Element):
    """A text that stands in the page as it is; it is never compiled as a template."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._name = "Raw"
        self.text = text

    def render(self, **_: Any) -> str:  # noqa: ANN401  # branca's signature
        """Return the text."""
        return self.text


class Page(Figure):
    """The page around the map: a head of our own, a strict content security policy, then the data."""

    vendored: ClassVar = ("leaflet.js", "fflate.js")

    def __init__(self, *, title: str, language: str, blocks: Mapping[str, str]) -> None:
        super().__init__()
        self.page_title = title
        self.language = language
        self.blocks = blocks

    def render(self, **kwargs: Any) -> str:  # noqa: ANN401  # branca's signature
        """Return the whole page; equal content gives equal bytes."""
        for child in self._children.values():
            child.render(**kwargs)
        vendor = [vendor_script(name) for name in self.vendored]
        scripts = [*vendor, str(self.script.render(**kwargs)).strip(), self.own_script()]
        hashes = " ".join(f"'sha256-{_digest(script)}'" for script in scripts)
        head = [
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{_CSP.format(scripts=hashes)}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="color-scheme" content="light dark">',
            '<meta name="referrer" content="no-referrer">',
            f"<title>{escape(self.page_title)}</title>",
            f"<style>{vendor_style('leaflet.css')}</style>",
            f"<style>{self.own_style()}</style>",
            *(f"<script>{script}</script>" for script in vendor),
        ]
        own = (f"<script>{script}</script>" for script in scripts[len(vendor) :])
        body = [self.html.render(**kwargs), *_data_blocks(self.blocks), *own]
        return (
            f'<!DOCTYPE html>\n<html lang="{self.language}">\n<head>\n' + "\n".join(head)
            + "\n</head>\n<body>\n" + "\n".join(body) + "\n</body>\n</html>\n"
        )  # fmt: skip

    def own_script(self) -> str:
        """Return the page's own script."""
        return own_script()

    def own_style(self) -> str:
        """Return the page's own style sheet."""
        return own_style()


class OfflineMap(folium.Map):
    """A folium map in a page that holds all it needs; ``get_root().render()`` gives the page.

    ``bounds`` is ((south, west), (north, east)) in degrees.
    """

    def __init__(self, bounds: tuple[tuple[float, float], tuple[float, float]], page: Page) -> None:
        (south, west), (north, east) = bounds
        super().__init__(
            location=[(south + north) / 2, (west + east) / 2],
            zoom_start=12,
            tiles=None,
            zoom_snap=0.25,
            zoom_delta=1,
            wheel_px_per_zoom_level=90,
            min_zoom=3,
            max_zoom=22,
            zoom_control=False,
        )
        # folium's own lists name ten addresses on the internet; these take their place on this map only.
        self.default_js: list[tuple[str, str]] = []
        self.default_css: list[tuple[str, str]] = []
        self.page = page
        self.page.add_child(self)

    def get_name(self) -> str:
        """Return the fixed name that takes the place of folium's random one."""
        return MAP_NAME


class ReportMap(OfflineMap):
    """The map of a report with the report around it.

    ``blocks`` maps an element's id to base64 text. ``noscript`` are paragraphs of plain text for browsers
    without scripts.
    """

    def __init__(
        self,
        bounds: tuple[tuple[float, float], tuple[float, float]],
        *,
        title: str,
        language: str,
        blocks: Mapping[str, str],
        noscript: Sequence[str],
    ) -> None:
        super().__init__(bounds, Page(title=title, language=language, blocks=blocks))
        self._noscript = noscript

    def render(self, **kwargs: Any) -> None:  # type: ignore[override]  # noqa: ANN401  # as folium does
        """Put the page's frame around folium's element for the map."""
        before, _, after = asset("app/shell.html").partition("<!-- map -->")
        page = self.page
        page.html.add_child(Raw(before), name="frame_before")
        super().render(**kwargs)  # type: ignore[no-untyped-call]
        page.html.add_child(Raw(after), name="frame_after")
        page.html.add_child(Raw(_noscript(self._noscript)), name="noscript")


def _noscript(paragraphs: Sequence[str]) -> str:
    """Return what a browser without scripts shows instead of the page."""
    style = (
        "body > :not(noscript) { display: none } "
        "body { display: block; overflow: auto; padding: 1em 2em; max-width: 60em }"
    )
    text = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)
    return f"<noscript><style>{style}</style>{text}</noscript>"


def _data_blocks(blocks: Mapping[str, str]) -> list[str]:
    """Return elements that hold data; a browser neither runs nor shows a script of this type."""
    return [
        f'<script type="application/octet-stream" id="{name}">{text}</script>'
        for name, text in blocks.items()
    ]


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
