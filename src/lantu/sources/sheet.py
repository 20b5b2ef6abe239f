"""Excel workbooks (.xlsx), with GDAL: always there, no macro or formula is run, cached values are read."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd

from lantu.errors import SourceError
from lantu.messages import message
from lantu.sources.damage import Damage
from lantu.sources.delimited import finish_table
from lantu.sources.gdal import Rows, list_layers, read_bulk, reason_of
from lantu.sources.jsontext import FORMAT
from lantu.sources.source import NotedTable, choose_layer

if TYPE_CHECKING:
    from pathlib import Path

DRIVER = "XLSX"

_NAMELESS = re.compile(r"Field\d+")


@dataclass(frozen=True)
class SheetSource:
    """One workbook; each sheet with a header in its first row is a layer."""

    path: Path
    driver: str = DRIVER

    def layers(self) -> tuple[str, ...]:
        """Return the names of the sheets.

        Raises
        ------
        SourceError
            The workbook is damaged.
        """
        try:
            return list_layers(self.path)
        except Exception as error:
            raise SourceError(
                message("sources.unreadable", path=self.path.name, reason=reason_of(error, self.path))
            ) from error

    def read(self, layer: str | None = None, *, geometry: bool = True) -> NotedTable:
        """Read a sheet: text cells stay text, numbers numbers; record 1 is the row below the header."""
        name = choose_layer(self.path, layer, self.layers())
        try:
            rows = read_bulk(self.path, layer=name, HEADERS="FORCE", FIELD_TYPES="AUTO")
        except Exception as error:
            raise SourceError(
                message("sources.unreadable", path=self.path.name, reason=reason_of(error, self.path))
            ) from error
        rows = _without_header(rows)
        return finish_table(
            rows.attributes,
            records=rows.ids - 1,
            count=len(rows.ids),
            damage=Damage(),
            notes=[message("sources.gdal_says", text=text) for text in rows.warnings],
            geometry=geometry,
            path=self.path,
            layer=name,
            driver=self.driver,
            coding=FORMAT,
        )


def _without_header(rows: Rows) -> Rows:
    """Return a sheet that holds nothing but its header as one without rows (GDAL takes it for a row)."""
    frame = rows.attributes
    if len(frame) != 1 or not all(_NAMELESS.fullmatch(name) for name in frame.columns):
        return rows
    names = [str(name) for name in frame.iloc[0]]
    empty = pd.DataFrame({name: pd.Series(dtype=object) for name in names}, index=pd.RangeIndex(0))
    return replace(rows, ids=rows.ids[:0], attributes=empty, geometry=rows.geometry[:0])
