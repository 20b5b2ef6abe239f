"""QGIS layer styles (QML) by severity: the colours, glyphs and hatches of the report's own map."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from lantu.messages import say
from lantu.model import SEVERITIES
from lantu.report.palette import SEVERITY_COLOURS, channels

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lantu.messages import Language

_HEAD = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
_GLYPHS = {"critical": "diamond", "major": "triangle", "minor": "square", "info": "circle"}
_HATCH_ANGLES = {"critical": 45, "major": 45, "minor": 135, "info": 0}
_SIZES_MM = {"critical": 3.6, "major": 3.2, "minor": 2.8, "info": 2.4}
_LINES_MM = {"critical": 0.9, "major": 0.7, "minor": 0.6, "info": 0.5}
_SYMBOL_TYPES = {2: "fill", 1: "line", 0: "marker"}


def severity_style(dimension: int, language: Language) -> str:
    """Return a QML document that draws findings by the column ``severity``.

    ``dimension`` is 2 for polygons, 1 for lines, 0 for points. Written as QGIS 3.22 writes it: each
    property once as ``Option`` (read by newer versions) and once as ``prop`` (read by older ones).
    """
    root = ET.Element("qgis", version="3.22.0-Białowieża", styleCategories="Symbology")
    renderer = ET.SubElement(
        root, "renderer-v2", type="categorizedSymbol", attr="severity", enableorderby="0",
        forceraster="0", symbollevels="1",
    )  # fmt: skip
    categories = ET.SubElement(renderer, "categories")
    symbols = ET.SubElement(renderer, "symbols")
    for number, severity in enumerate(SEVERITIES):
        text = say(f"report.severity.{severity}", language)
        ET.SubElement(categories, "category", render="true", value=severity, symbol=str(number), label=text)
        symbols.append(_symbol(str(number), dimension, severity))
    ET.SubElement(root, "blendMode").text = "0"
    ET.SubElement(root, "layerGeometryType").text = str(dimension)
    ET.indent(root, " ")
    return _HEAD + ET.tostring(root, encoding="unicode") + "\n"


def _symbol(name: str, dimension: int, severity: str) -> ET.Element:
    symbol = ET.Element(
        "symbol", name=name, type=_SYMBOL_TYPES[dimension], alpha="1", clip_to_extent="1", force_rhr="0"
    )
    # More serious findings are drawn over less serious ones.
    order = str(len(SEVERITIES) - SEVERITIES.index(severity))
    if dimension == 0:
        symbol.append(_marker(severity, order))
    elif dimension == 1:
        symbol.append(_line("#ffffff", _LINES_MM[severity] + 0.8, order))
        symbol.append(_line(SEVERITY_COLOURS[severity], _LINES_MM[severity], order))
    else:
        symbol.append(_fill(severity, order))
        symbol.append(_hatch(severity, order))
    return symbol


def _marker(severity: str, order: str) -> ET.Element:
    return _layer(
        "SimpleMarker",
        order,
        {
            "name": _GLYPHS[severity],
            "color": _rgba(SEVERITY_COLOURS[severity], 255),
            "outline_color": "255,255,255,255",
            "outline_width": "0.4",
            "outline_width_unit": "MM",
            "size": str(_SIZES_MM[severity]),
            "size_unit": "MM",
        },
    )


def _line(colour: str, width_mm: float, order: str) -> ET.Element:
    return _layer(
        "SimpleLine",
        order,
        {
            "line_color": _rgba(colour, 255),
            "line_style": "solid",
            "line_width": f"{width_mm:.2f}",
            "line_width_unit": "MM",
            "capstyle": "round",
            "joinstyle": "round",
        },
    )


def _fill(severity: str, order: str) -> ET.Element:
    colour = SEVERITY_COLOURS[severity]
    return _layer(
        "SimpleFill",
        order,
        {
            "color": _rgba(colour, 70),
            "style": "solid",
            "outline_color": _rgba(colour, 255),
            "outline_style": "solid",
            "outline_width": "0.5",
            "outline_width_unit": "MM",
            "joinstyle": "round",
        },
    )


def _hatch(severity: str, order: str) -> ET.Element:
    layer = _layer(
        "LinePatternFill",
        order,
        {
            "angle": str(_HATCH_ANGLES[severity]),
            "color": _rgba(SEVERITY_COLOURS[severity], 255),
            "distance": "2.2",
            "distance_unit": "MM",
            "line_width": "0.26",
            "line_width_unit": "MM",
        },
    )
    lines = ET.SubElement(
        layer, "symbol", name="@0@1", type="line", alpha="1", clip_to_extent="1", force_rhr="0"
    )
    lines.append(_line(SEVERITY_COLOURS[severity], 0.26, "0"))
    return layer


def _layer(kind: str, order: str, properties: Mapping[str, str]) -> ET.Element:
    layer = ET.Element("layer", {"class": kind, "enabled": "1", "locked": "0", "pass": order})
    options = ET.SubElement(layer, "Option", type="Map")
    for name, value in properties.items():
        ET.SubElement(options, "Option", type="QString", name=name, value=value)
    for name, value in properties.items():
        ET.SubElement(layer, "prop", k=name, v=value)
    return layer


def _rgba(colour: str, opacity: int) -> str:
    return ",".join(str(part) for part in (*channels(colour), opacity))
