"""How QGIS shows the columns of a layer: named in the reader's language, rows coloured by severity."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from lantu.messages import say
from lantu.model import SEVERITIES
from lantu.report.palette import SEVERITY_COLOURS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lantu.messages import Language

DISPLAY = "message"
"""The column that stands for a row in lists and on hovering, as text: QGIS reads other map tips as HTML."""

WIDTHS_PX = {"message": 520, "reason": 520, "title": 200, "finding_id": 190, "cause_id": 190}


def describe(root: ET.Element, columns: Iterable[str], language: Language) -> None:
    """Add to a QML document the columns' names, their widths in the table, and its rows' colours."""
    names = list(columns)
    aliases = ET.SubElement(root, "aliases")
    for number, name in enumerate(names, start=1):  # 0 is the key that GeoPackage adds
        ET.SubElement(
            aliases, "alias", field=name, index=str(number), name=say(f"report.column.{name}", language)
        )
    if DISPLAY in names:
        ET.SubElement(root, "previewExpression").text = f'"{DISPLAY}"'
    table = ET.SubElement(
        root, "attributetableconfig", actionWidgetStyle="dropDown", sortExpression="", sortOrder="0"
    )
    widths = ET.SubElement(table, "columns")
    ET.SubElement(widths, "column", type="field", name="fid", hidden="1", width="-1")
    for name in names:
        width = str(WIDTHS_PX.get(name, -1))
        ET.SubElement(widths, "column", type="field", name=name, hidden="0", width=width)
    if "severity" in names:
        _colour_rows(root)


def _colour_rows(root: ET.Element) -> None:
    styles = ET.SubElement(root, "conditionalstyles")
    rows = ET.SubElement(styles, "rowstyles")
    for severity in SEVERITIES:
        ET.SubElement(
            rows, "style", name=severity, rule=f"\"severity\" = '{severity}'", background_color="#00000000",
            background_color_alpha="0", text_color=SEVERITY_COLOURS[severity], text_color_alpha="255",
        )  # fmt: skip
    ET.SubElement(styles, "fieldstyles")
