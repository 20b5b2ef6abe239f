"""Colours that the page, the QGIS styles and the workbook share, so that a severity looks the same in each.

The four severities were checked in greyscale and under the common colour-vision deficiencies; on the
map each has its own glyph and hatch too, so colour never carries the meaning alone.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

SEVERITY_COLOURS: Mapping[str, str] = MappingProxyType(
    {"critical": "#b2182b", "major": "#d95f02", "minor": "#6a3d9a", "info": "#35728a"}
)

SIDE_COLOURS: Mapping[str, str] = MappingProxyType({"a": "#0b5fa5", "b": "#b35806"})

DARK_SEVERITY_COLOURS: Mapping[str, str] = MappingProxyType(
    {"critical": "#ff7b7b", "major": "#ffb056", "minor": "#c3a5f5", "info": "#7cc4ee"}
)
"""The same four on the dark ground of the page's dark theme."""

DARK_SIDE_COLOURS: Mapping[str, str] = MappingProxyType({"a": "#63b4ff", "b": "#ffa45c"})

LAND_USE_COLOURS: Mapping[str, str] = MappingProxyType(
    {
        "cropland": "#f5f8dc",
        "orchard": "#bfe9aa",
        "forest": "#68b167",
        "grassland": "#cdf57a",
        "wetland": "#65cdaa",
        "agri_facility": "#d8d79f",
        "agri_other": "#d8d79f",
        "rural_road": "#b7b7b7",
        "residential_urban": "#ffff2d",
        "residential_rural": "#ffd380",
        "public_service": "#ff00ff",
        "commercial": "#ff0000",
        "industrial": "#bb9674",
        "mining": "#9e6c58",
        "warehouse": "#8761d3",
        "transport": "#b7b7b7",
        "utility": "#006380",
        "hydraulic_facility": "#338ec0",
        "green_open": "#00ff00",
        "special": "#859156",
        "heritage": "#859156",
        "reserved": "#ffffff",
        "construction_generic": "#e6c8a0",
        "water": "#338ec0",
        "unused": "#eeeeee",
        "sea": "#9fc5e8",
    }
)
"""Drawing colours of the land-use classes after 市级国土空间总体规划制图规范 appendix B; muted before use."""

OTHER_LAND_USE = "#eeeeee"

OUTLINE_COLOURS: Mapping[str, str] = MappingProxyType(
    {
        "land.parcel": "#7f858d",
        "land.survey": "#93a082",
        "plan.plot": "#a08567",
        "plan.control_line": "#7a5c94",
        "heritage.site": "#8a4b32",
        "heritage.zone": "#8a4b32",
        "utility.pipe": "#4c7d92",
        "utility.node": "#4c7d92",
        "housing.building": "#5f6469",
        "transport.road": "#8d8d8d",
        "water.zone": "#4b86b4",
        "admin.area": "#3c4248",
    }
)
"""Outlines of the context layers by standard."""

OTHER_OUTLINE = "#7f858d"


def muted(colour: str, *, strength: float = 0.36) -> str:
    """Return ``#rrggbb`` taken towards its own grey and towards white, so that findings stand out on it."""
    red, green, blue = channels(colour)
    grey = 0.3 * red + 0.59 * green + 0.11 * blue
    parts = ((grey + (part - grey) * 0.5) * strength + 252 * (1 - strength) for part in (red, green, blue))
    return "#" + "".join(f"{min(255, round(part)):02x}" for part in parts)


def dimmed(colour: str) -> str:
    """Return ``#rrggbb`` for the dark ground: most of its own hue, little of its light."""
    red, green, blue = channels(colour)
    grey = 0.3 * red + 0.59 * green + 0.11 * blue
    parts = ((grey + (part - grey) * 0.6) * 0.2 + 24 for part in (red, green, blue))
    return "#" + "".join(f"{max(0, min(255, round(part))):02x}" for part in parts)


def lightened(colour: str) -> str:
    """Return ``#rrggbb`` half way to white: an outline that is drawn on the dark ground."""
    return "#" + "".join(f"{round(part * 0.5 + 255 * 0.42):02x}" for part in channels(colour))


def channels(colour: str) -> tuple[int, int, int]:
    """Return red, green and blue (0 to 255) of ``#rrggbb``."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
