"""QGIS layer styles (QML): severities as on the report's own map, columns named, tables coloured."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from lantu.messages import say
from lantu.model import SEVERITIES
from lantu.report.palette import SEVERITY_COLOURS, channels
from lantu.report.qgis_columns import describe

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lantu.messages import Language

_HEAD = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
_GLYPHS = {"critical": "diamond", "major": "triangle", "minor": "square", "info": "circle"}
_HATCH_ANGLES = {"critical": (45, 135), "major": (45,), "minor": (135,), "info": (0,)}
_SIZES_MM = {"critical": 3.6, "major": 3.2, "minor": 2.8, "info": 2.4}
_LINES_MM = {"critical": 0.9, "major": 0.7, "minor": 0.6, "info": 0.5}
NO_GEOMETRY = "4"

UNDECIDABLE = "?"
CATEGORY = f"\"severity\" || CASE WHEN \"verdict\" = 'undecidable' THEN '{UNDECIDABLE}' ELSE '' END"
"""What a finding is drawn by, as an expression of QGIS."""

_SYMBOL_TYPES = {2: "fill", 1: "line", 0: "marker"}


def severity_style(dimension: int, columns: Iterable[str], language: Language) -> str:
    """Return a QML document that draws findings by their severity, undecidable ones hollow.

    ``dimension`` is 2 for polygons, 1 for lines, 0 for points; ``columns`` are those of the layer. Written
    as QGIS 3.22 writes it: each property once as ``Option`` (read by newer versions) and once as ``prop``
    (read by older ones).
    """
    root = _root()
    renderer = ET.SubElement(
        root, "renderer-v2", type="categorizedSymbol", attr=CATEGORY, enableorderby="0",
        forceraster="0", symbollevels="1",
    )  # fmt: skip
    categories = ET.SubElement(renderer, "categories")
    symbols = ET.SubElement(renderer, "symbols")
    kinds = [(severity, hollow) for severity in SEVERITIES for hollow in (False, True)]
    for number, (severity, hollow) in enumerate(kinds):
        text = say(f"report.severity.{severity}", language)
        if hollow:
            text = f"{text} · {say('report.verdict.undecidable', language)}"
        value = severity + UNDECIDABLE * hollow
        ET.SubElement(categories, "category", render="true", value=value, symbol=str(number), label=text)
        symbols.append(_symbol(str(number), dimension, severity, hollow=hollow))
    ET.SubElement(root, "blendMode").text = "0"
    describe(root, columns, language)
    ET.SubElement(root, "layerGeometryType").text = str(dimension)
    return _written(root)


def table_style(columns: Iterable[str], language: Language) -> str:
    """Return a QML document for a layer without geometry: columns named, rows coloured by severity."""
    root = _root()
    describe(root, columns, language)
    ET.SubElement(root, "layerGeometryType").text = NO_GEOMETRY
    return _written(root)


def _root() -> ET.Element:
    return ET.Element("qgis", version="3.22.0-Białowieża", styleCategories="AllStyleCategories")


def _written(root: ET.Element) -> str:
    ET.indent(root, " ")
    return _HEAD + ET.tostring(root, encoding="unicode") + "\n"


def _symbol(name: str, dimension: int, severity: str, *, hollow: bool) -> ET.Element:
    symbol = ET.Element(
        "symbol", name=name, type=_SYMBOL_TYPES[dimension], alpha="1", clip_to_extent="1", force_rhr="0"
    )
    # More serious findings are drawn over less serious ones.
    order = str(len(SEVERITIES) - SEVERITIES.index(severity))
    if dimension == 0:
        symbol.append(_marker(severity, order, hollow=hollow))
    elif dimension == 1:
        symbol.append(_line("#ffffff", _LINES_MM[severity] + 0.8, order))
        symbol.append(_line(SEVERITY_COLOURS[severity], _LINES_MM[severity], order, dashed=hollow))
    else:
        symbol.append(_fill(severity, order, hollow=hollow))
        for angle in () if hollow else _HATCH_ANGLES[severity]:
            symbol.append(_hatch(severity, angle, order))
    return symbol


def _marker(severity: str, order: str, *, hollow: bool) -> ET.Element:
    return _layer(
        "SimpleMarker",
        order,
        {
            "name": _GLYPHS[severity],
            "color": _rgba("#ffffff" if hollow else SEVERITY_COLOURS[severity], 255),
            "outline_color": _rgba(SEVERITY_COLOURS[severity] if hollow else "#ffffff", 255),
            "outline_width": "0.4",
            "outline_width_unit": "MM",
            "size": str(_SIZES_MM[severity]),
            "size_unit": "MM",
        },
    )


def _line(colour: str, width_mm: float, order: str, *, dashed: bool = False) -> ET.Element:
    return _layer(
        "SimpleLine",
        order,
        {
            "line_color": _rgba(colour, 255),
            "line_style": "dash" if dashed else "solid",
            "line_width": f"{width_mm:.2f}",
            "line_width_unit": "MM",
            "capstyle": "round",
            "joinstyle": "round",
        },
    )


def _fill(severity: str, order: str, *, hollow: bool) -> ET.Element:
    colour = SEVERITY_COLOURS[severity]
    return _layer(
        "SimpleFill",
        order,
        {
            "color": _rgba(colour, 25 if hollow else 60),
            "style": "solid",
            "outline_color": _rgba(colour, 255),
            "outline_style": "dash" if hollow else "solid",
            "outline_width": "0.5",
            "outline_width_unit": "MM",
            "joinstyle": "round",
        },
    )


def _hatch(severity: str, angle: int, order: str) -> ET.Element:
    layer = _layer(
        "LinePatternFill",
        order,
        {
            "angle": str(angle),
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
