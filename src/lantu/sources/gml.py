"""GML 2, 3.1 and 3.2 feature collections, as WFS servers and planning portals hand them over.

Positions come out as x = east, y = north, whatever order their srsName stands for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lantu.errors import SourceError
from lantu.messages import Message, message
from lantu.sources.damage import Damage
from lantu.sources.gmlfeatures import Contents, GmlTable, parse_features, table_of
from lantu.sources.source import NotedTable, choose_layer
from lantu.sources.xmltext import xml_text

if TYPE_CHECKING:
    from pathlib import Path

    from lantu.sources.coding import Coding

DRIVER = "GML"

_POSITIONS = re.compile(r"<(?:[\w.-]+:)?(?:posList|pos|coordinates)[\s>]")
_ROOT = re.compile(r"<(?:[\w.-]+:)?[A-Za-z_][\w.-]*[^<>]*?(?:opengis\.net/(?:gml|wfs))")


@dataclass(frozen=True)
class GmlSource:
    """One GML file; each feature type is a layer."""

    path: Path
    encoding: str | None = None
    driver: str = DRIVER

    def layers(self) -> tuple[str, ...]:
        """Return the names of the feature types, in order of first appearance."""
        return tuple(self._contents()[0].layers)

    def read(self, layer: str | None = None, *, geometry: bool = True) -> NotedTable:  # noqa: ARG002
        """Read one feature type; record numbers count the features of the whole file."""
        contents, coding = self._contents()
        name = choose_layer(self.path, layer, tuple(contents.layers))
        damage = Damage()
        found = table_of(contents.layers[name], damage)
        return NotedTable(
            attributes=found.attributes,
            geometry=found.geometry,
            record=found.record,
            crs=found.crs,
            driver=self.driver,
            count_in=len(contents.layers[name]),
            layer=name,
            encoding=coding.encoding,
            encoding_how=coding.how,
            files=(self.path,),
            problems=damage.log(),
            notes=_notes(coding, found),
        )

    def _contents(self) -> tuple[Contents, Coding]:
        text, coding = xml_text(self.path.read_bytes(), self.encoding, name=self.path.name)
        contents = parse_features(text)
        if not contents.layers:
            if not _ROOT.search(text[:4000]):
                raise SourceError(message("sources.not_gml", path=self.path.name))
            if _POSITIONS.search(text):
                raise SourceError(message("sources.gml_no_members", path=self.path.name))
            contents.layers[self.path.stem] = []
        return contents, coding


def _notes(coding: Coding, found: GmlTable) -> tuple[Message, ...]:
    notes = [coding.note] if coding.note else []
    if found.turned:
        notes.append(message("sources.gml_north_first", srs=str(found.srs)))
    return (*notes, *found.notes())
