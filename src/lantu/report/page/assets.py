"""The files that are put into the page: Leaflet, fflate and the page's own scripts and styles."""

from __future__ import annotations

import base64
import json
import re
from functools import cache
from importlib.resources import files
from typing import Any

SCRIPTS = (
    "dom.js",
    "payload.js",
    "facets.js",
    "state.js",
    "sentences.js",
    "decisions.js",
    "appearance.js",
    "canvas.js",
    "sketch.js",
    "evidence.js",
    "map.js",
    "legend.js",
    "badges.js",
    "measuring.js",
    "panels.js",
    "numbers.js",
    "matrix.js",
    "filters.js",
    "csv.js",
    "table.js",
    "since.js",
    "deciding.js",
    "agenda.js",
    "card.js",
    "views.js",
    "address.js",
    "leafdrawing.js",
    "leaves.js",
    "print.js",
    "dossier.js",
    "keys.js",
    "boot.js",
)
"""Own scripts in the order in which they run; each fills one name of ``Lantu``."""

STYLES = (
    "page.css",
    "panels.css",
    "map.css",
    "list.css",
    "card.css",
    "decisions.css",
    "documents.css",
    "print.css",
)
"""Own style sheets, the frame of the page first."""

_MEDIA = {"png": "image/png", "svg": "image/svg+xml"}
_SOURCE_MAP = re.compile(r"^//[#@] sourceMappingURL=.*$", re.MULTILINE)
_URL = re.compile(r"url\(([^)#]+)\)")


@cache
def asset(name: str) -> str:
    """Return a text file of ``assets/``, e.g. ``app/dom.js``."""
    return (files("lantu.report") / "assets" / name).read_text(encoding="utf-8")


@cache
def vendored() -> list[dict[str, Any]]:
    """Return what is vendored: name, version, licence, integrity of the npm package, files with SHA-256."""
    entries: list[dict[str, Any]] = json.loads(asset("vendor/VENDOR.json"))
    return entries


@cache
def vendor_script(name: str) -> str:
    """Return a vendored script without the pointer to its source map, which would not be there."""
    return _SOURCE_MAP.sub("", asset(f"vendor/{name}"))


@cache
def vendor_style(name: str) -> str:
    """Return a vendored style sheet with its pictures inside it."""
    return _URL.sub(lambda found: f"url({_data_uri(found.group(1))})", asset(f"vendor/{name}"))


@cache
def own_script() -> str:
    """Return the page's own scripts as one, strict, out of the global scope but for ``Lantu``."""
    parts = "\n".join(asset(f"app/{name}") for name in SCRIPTS)
    return f'"use strict";\nconst Lantu = {{}};\n{parts}'


@cache
def own_style() -> str:
    """Return the page's own style sheets as one."""
    return "\n".join(asset(f"app/{name}") for name in STYLES)


@cache
def licences() -> str:
    """Return the licence texts of what the page redistributes."""
    parts = [
        f"{entry['name']} {entry['version']} ({entry['licence']}), {entry['home']}\n\n"
        + asset(f"vendor/{entry['name']}.LICENSE.txt").strip()
        for entry in vendored()
    ]
    return "\n\n----\n\n".join(parts) + "\n"


def _data_uri(path: str) -> str:
    name = path.strip("'\" ").rpartition("/")[2]
    content = (files("lantu.report") / "assets" / "vendor" / name).read_bytes()
    return f"data:{_MEDIA[name.rpartition('.')[2]]};base64,{base64.b64encode(content).decode('ascii')}"
